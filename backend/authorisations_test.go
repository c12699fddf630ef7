package backend_test

import (
	"errors"
	"testing"

	"diaoyue.example/workstation/backend/accounts"
	"diaoyue.example/workstation/backend/backendtest"
	"diaoyue.example/workstation/backend/catalog"
)

func TestExceptions(t *testing.T) {
	h := backendtest.Open(t, backendtest.Options{})
	ctx, head := t.Context(), h.As(accounts.HeadOfAgency)
	file := h.Case(t, "C-1", "Zhang "+backendtest.Number(0))
	day := h.Clock.Now().AddDate(0, 1, 0).Format("2006-01-02")
	officer := h.As(accounts.Handler)
	for _, c := range []struct {
		name, number, code, until, reason string
		want                              error
	}{
		{"nobody", "nobody", file.Code, day, "few people", accounts.ErrBadAuthorisation},
		{"no case", officer.Number, "X-9", day, "few people", catalog.ErrNoCase},
		{"no day", officer.Number, file.Code, "soon", "few people", accounts.ErrBadAuthorisation},
		{"no reason", officer.Number, file.Code, day, " ", accounts.ErrBadAuthorisation},
		{"too long", officer.Number, file.Code, h.Clock.Now().AddDate(2, 0, 0).Format("2006-01-02"), "few people", accounts.ErrBadAuthorisation},
		{"for himself", head.Number, file.Code, day, "few people", accounts.ErrForbidden},
	} {
		if _, err := h.AuthoriseReviewOwn(ctx, head, c.number, c.code, c.until, c.reason, ""); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
	}
	if _, err := h.AuthoriseReviewOwn(ctx, h.As(accounts.Archivist), officer.Number, file.Code, day, "few people", ""); !errors.Is(err, accounts.ErrForbidden) {
		t.Errorf("the archivist allows it: %v", err)
	}
	made, err := h.AuthoriseReviewOwn(ctx, head, officer.Number, file.Code, day, "few people", "D-1")
	if err != nil {
		t.Fatal(err)
	}
	all, err := h.Exceptions(ctx, h.As(accounts.SecurityAuditor))
	if err != nil || len(all) != 1 || all[0] != made {
		t.Fatalf("%+v, %v; want %+v", all, err, made)
	}
	if made.CaseCode != file.Code || made.Number != officer.Number || made.By != head.Name || made.Basis != "D-1" {
		t.Errorf("%+v", made)
	}
	if _, err := h.Exceptions(ctx, officer); !errors.Is(err, accounts.ErrForbidden) {
		t.Errorf("the officer reads them: %v", err)
	}
}
