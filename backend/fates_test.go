package backend_test

import (
	"testing"

	"diaoyue.example/workstation/backend/accounts"
	"diaoyue.example/workstation/backend/viewing"
)

// The register names who approved the copy that was viewed, and whether it was
// handed out; a viewing of an original names neither.
func TestRegisterTellsCopies(t *testing.T) {
	d := newDesk(t)
	ctx, head := t.Context(), d.As(accounts.HeadOfAgency)
	v, err := d.Viewing.Open(ctx, d.As(accounts.Archivist), viewing.Request{RecordID: d.record.ID, Purpose: viewing.PurposeCase})
	if err != nil {
		t.Fatal(err)
	}
	id := d.candidate(t)
	d.watch(t, head, id)
	row := func() viewing.Row {
		t.Helper()
		rows, failed := d.PaperRows(ctx, d.As(accounts.SecurityAuditor), viewing.Filter{CopyID: id})
		if failed != nil || len(rows) != 1 {
			t.Fatalf("%d rows, %v", len(rows), failed)
		}
		one, failed := d.Session(ctx, head, rows[0].ID)
		if failed != nil || one.Approver != rows[0].Approver || one.Exported != rows[0].Exported || one.CopyNumber != rows[0].CopyNumber {
			t.Errorf("the session tells %+v (%v), the row %+v", one, failed, rows[0])
		}
		return rows[0]
	}
	if r := row(); r.CopyNumber == "" || r.Approver != "" || r.ApprovalNumber != "" || r.Exported {
		t.Errorf("before the approval: %+v", r)
	}
	if err = d.approve(t, id); err != nil {
		t.Fatal(err)
	}
	if r := row(); r.Approver != head.Name || r.ApprovalNumber != r.CopyNumber || r.Exported {
		t.Errorf("approved: %+v", r)
	}
	if _, err = d.Disclosure.Release(ctx, d.As(accounts.DisclosureOfficer), id, t.TempDir()); err != nil {
		t.Fatal(err)
	}
	if r := row(); r.Approver != head.Name || !r.Exported {
		t.Errorf("handed out: %+v", r)
	}
	original, err := d.Session(ctx, head, v.ID())
	if err != nil || original.CopyNumber != "" || original.Approver != "" || original.Exported {
		t.Errorf("the original: %+v, %v", original, err)
	}
}
