package viewing_test

import (
	"errors"
	"testing"
	"time"

	"diaoyue.example/workstation/backend/accounts"
	"diaoyue.example/workstation/backend/audit"
	"diaoyue.example/workstation/backend/backendtest"
	"diaoyue.example/workstation/backend/viewing"
)

// TestNobodyReviewsHisOwnCase: an officer views his case for the case's sake,
// never as its reviewer, but on the head's word in writing (refusal R5).
func TestNobodyReviewsHisOwnCase(t *testing.T) {
	r := furnish(t, backendtest.Options{}, backendtest.Small())
	ctx, officer, head := t.Context(), r.As(accounts.Handler), r.As(accounts.HeadOfAgency)
	review := viewing.Request{RecordID: r.record.ID, Purpose: viewing.PurposePlanned, Basis: "P-1"}
	try := func() error {
		v, err := r.Viewing.Open(ctx, officer, review)
		if err == nil {
			err = v.Close(ctx, viewing.CloseNormal)
		}
		return err
	}
	newest := func() audit.Row {
		rows, err := r.Log.List(ctx, audit.Filter{Events: []audit.Event{audit.Refusal, audit.Displaying}, Limit: 1})
		if err != nil {
			t.Fatal(err)
		}
		return rows[0]
	}

	if err := try(); !errors.Is(err, viewing.ErrReviewOwn) {
		t.Fatalf("reviewing his own case: %v", err)
	}
	if e := newest(); e.Event != audit.Refusal || e.Codes["basis"] != "R5" || e.Actor != officer.ID {
		t.Errorf("the refusal is logged as %+v", e)
	}
	another := r.Case(t, "C-9", "T99")
	allow := accounts.Authorisation{
		Kind: accounts.AuthoriseReviewOwn, AccountID: officer.ID, ObjectKind: "case", ObjectID: another.ID,
		Reason: "only two people", Until: r.Clock.Now().Add(24 * time.Hour),
	}
	if _, err := r.Accounts.Authorise(ctx, head, allow); err != nil {
		t.Fatal(err)
	}
	if err := try(); !errors.Is(err, viewing.ErrReviewOwn) {
		t.Errorf("allowed for another case: %v", err)
	}
	allow.ObjectID = r.record.CaseID
	given, err := r.Accounts.Authorise(ctx, head, allow)
	if err != nil {
		t.Fatal(err)
	}
	if err = try(); err != nil {
		t.Fatalf("allowed in writing: %v", err)
	}
	if e := newest(); e.Event != audit.Displaying || e.Codes["authorisation"] != given.ID {
		t.Errorf("the entry does not name the authorisation: %+v", e)
	}
	if err = r.Accounts.Revoke(ctx, head, given.ID, "no longer needed"); err != nil {
		t.Fatal(err)
	}
	if err = try(); !errors.Is(err, viewing.ErrReviewOwn) {
		t.Errorf("after it was revoked: %v", err)
	}
	// Everybody else reviews it.
	if v, err := r.Viewing.Open(ctx, r.As(accounts.Reviewer), review); err != nil {
		t.Errorf("the reviewer: %v", err)
	} else if err = v.Close(ctx, viewing.CloseNormal); err != nil {
		t.Error(err)
	}
}
