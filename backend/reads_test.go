package backend_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"diaoyue.example/workstation/backend/accounts"
	"diaoyue.example/workstation/backend/audit"
	"diaoyue.example/workstation/backend/backendtest"
	"diaoyue.example/workstation/backend/catalog"
)

func TestOfficersSeeTheirOwnCases(t *testing.T) {
	h := backendtest.Open(t, backendtest.Options{})
	own, other := h.Case(t, "C-1", "Zhang "+backendtest.Number(0)), h.Case(t, "C-2", "T99")
	officer := h.As(accounts.Handler)
	list, err := h.Cases(t.Context(), officer, "")
	if err != nil || len(list) != 1 || list[0].ID != own.ID {
		t.Errorf("list %v (%v)", list, err)
	}
	if _, err := h.Workstation.Case(t.Context(), officer, "C-1"); err != nil {
		t.Errorf("his own: %v", err)
	}
	if _, err := h.Workstation.Case(t.Context(), officer, other.ID); !errors.Is(err, accounts.ErrForbidden) {
		t.Errorf("another's: %v", err)
	}
	if all, err := h.Cases(t.Context(), h.As(accounts.Archivist), "C-2"); err != nil || len(all) != 1 {
		t.Errorf("the archivist finds %v (%v)", all, err)
	}
}

func TestRecordNames(t *testing.T) {
	h := backendtest.Open(t, backendtest.Options{})
	path := filepath.Join(t.TempDir(), "a.txt")
	if err := os.WriteFile(path, []byte("text"), 0o600); err != nil {
		t.Fatal(err)
	}
	r := h.Take(t, h.Case(t, "C-1").ID, path)[0]
	for name, want := range map[string]error{
		r.ID: nil, r.Code: nil, r.ID[:20]: nil, r.SHA256[:12]: nil, r.SHA256[:7]: catalog.ErrNoRecord, "ffffffffffff": catalog.ErrNoRecord,
	} {
		got, err := h.Record(t.Context(), h.As(accounts.Reviewer), name)
		if !errors.Is(err, want) || want == nil && got.ID != r.ID {
			t.Errorf("%s names %q (%v), want error %v", name, got.ID, err, want)
		}
	}
	steps, err := h.History(t.Context(), h.As(accounts.Reviewer), r.ID)
	if err != nil || len(steps) == 0 || steps[0].Event != audit.Ingestion || steps[0].Actor == "" {
		t.Errorf("history %+v (%v)", steps, err)
	}
}

func TestOverview(t *testing.T) {
	h := backendtest.Open(t, backendtest.Options{})
	h.Take(t, h.Case(t, "C-1").ID, backendtest.Clip(t, t.TempDir(), "c.mp4", backendtest.Small()))
	if err := h.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	o, err := h.Overview(t.Context(), h.As(accounts.Reviewer))
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]int64{}
	for _, c := range o.Counts {
		got[c.Key] = c.Value
	}
	for key, want := range map[string]int64{"cases": 1, "records": 1, "footage": 1, "unviewed": 1, "overdue": 0, "failed": 0} {
		if got[key] != want {
			t.Errorf("%s is %d, want %d", key, got[key], want)
		}
	}
	if o.Storage.Free <= 0 || o.Storage.Originals <= 0 {
		t.Errorf("storage %+v", o.Storage)
	}
	bare, err := h.Overview(t.Context(), h.As(accounts.SystemAdministrator))
	if err != nil || len(bare.Counts) != 0 || len(bare.Due) != 0 || len(bare.Recent) != 0 {
		t.Errorf("the system administrator sees %+v (%v)", bare, err)
	}
}
