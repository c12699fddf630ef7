package backend_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"diaoyue.example/workstation/backend"
	"diaoyue.example/workstation/backend/accounts"
	"diaoyue.example/workstation/backend/audit"
	"diaoyue.example/workstation/backend/backendtest"
	"diaoyue.example/workstation/backend/catalog"
	"diaoyue.example/workstation/backend/retrieval"
	"diaoyue.example/workstation/backend/store"
	"diaoyue.example/workstation/backend/viewing"
)

func TestTheWholeWay(t *testing.T) {
	h := backendtest.Open(t, backendtest.Options{})
	dir := t.TempDir()
	file := h.Case(t, "J037-ZY-2026-001")
	note := filepath.Join(dir, "笔录.txt")
	if err := os.WriteFile(note, []byte("现场检查笔录：查封仓库一间。"), 0o600); err != nil {
		t.Fatal(err)
	}
	records := h.Take(t, file.ID, backendtest.Clip(t, dir, "clip.mp4", backendtest.Small()), note)
	if err := h.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	clip, err := h.Record(t.Context(), h.As(accounts.Reviewer), records[0].Code)
	if err != nil {
		t.Fatal(err)
	}
	if clip.IndexState != catalog.IndexVerified || clip.Frames != 50 {
		t.Errorf("clip is %s with %d frames, want verified with 50", clip.IndexState, clip.Frames)
	}
	found, err := h.Retrieval.Search(t.Context(), h.As(accounts.Reviewer), retrieval.Query{Text: `"查封仓库"`})
	if err != nil {
		t.Fatal(err)
	}
	if found.Records != 1 || found.Groups[0].Records[0].Record.ID != records[1].ID {
		t.Errorf("found %d records, want the note", found.Records)
	}
	v, err := h.Viewing.Open(t.Context(), h.As(accounts.Reviewer), viewing.Request{RecordID: clip.ID, Purpose: viewing.PurposeCase})
	if err != nil {
		t.Fatal(err)
	}
	answer, err := v.Frame(t.Context(), 37, viewing.FrameRequest{Digest: true})
	if err != nil {
		t.Fatal(err)
	}
	if answer.Info.Number != 37 || len(answer.Info.Digest) != 32 || len(answer.Bytes) == 0 {
		t.Errorf("frame 37 came as %+v with %d bytes", answer.Info, len(answer.Bytes))
	}
	h.Reopen(t) // closes the viewing
	row, err := h.Session(t.Context(), h.As(accounts.Reviewer), v.ID())
	if err != nil {
		t.Fatal(err)
	}
	if row.CloseKind != viewing.CloseNormal {
		t.Errorf("viewing closed as %q, want normal", row.CloseKind)
	}
	if _, err := h.Verify(t.Context(), h.As(accounts.SecurityAuditor), nil); err != nil {
		t.Errorf("log does not verify: %v", err)
	}
}

func TestOpenRefuses(t *testing.T) {
	h := backendtest.Open(t, backendtest.Options{})
	if _, err := backend.Open(t.Context(), h.Config); !errors.Is(err, store.ErrHeld) {
		t.Errorf("second opening: %v, want ErrHeld", err)
	}
	if _, err := backend.Create(t.Context(), h.Config, backendtest.Founding()); !errors.Is(err, backend.ErrNotEmpty) {
		t.Errorf("founding twice: %v, want ErrNotEmpty", err)
	}
	elsewhere := h.Config
	elsewhere.Dir = t.TempDir()
	if _, err := backend.Open(t.Context(), elsewhere); !errors.Is(err, backend.ErrNoArchive) {
		t.Errorf("opening an empty folder: %v, want ErrNoArchive", err)
	}
	lacking := backendtest.Founding()
	lacking.Accounts = lacking.Accounts[:3]
	if _, err := backend.Create(t.Context(), elsewhere, lacking); err == nil {
		t.Error("founded without the three administrators")
	}
	if left, err := os.ReadDir(elsewhere.Dir); err != nil || len(left) > 0 {
		t.Errorf("a failed founding left %v (%v)", left, err)
	}
}

func TestEntriesAreTrimmed(t *testing.T) {
	h := backendtest.Open(t, backendtest.Options{})
	h.Case(t, "C-1")
	for _, tc := range []struct {
		role    accounts.Role
		details bool
	}{{accounts.SecurityAuditor, false}, {accounts.Archivist, true}} {
		rows, err := h.Entries(t.Context(), h.As(tc.role), audit.Filter{Event: audit.Description, Actor: h.As(accounts.Archivist).ID})
		if err != nil {
			t.Fatal(err)
		}
		if len(rows) != 1 || (rows[0].Details != nil) != tc.details {
			t.Errorf("%s reads %+v, want one entry with details %v", tc.role, rows, tc.details)
		}
	}
	if _, err := h.Entries(t.Context(), h.As(accounts.SystemAdministrator), audit.Filter{}); !errors.Is(err, accounts.ErrForbidden) {
		t.Errorf("system administrator reads the log: %v", err)
	}
	if _, err := h.Cases(t.Context(), h.As(accounts.SystemAdministrator), ""); !errors.Is(err, accounts.ErrForbidden) {
		t.Errorf("system administrator lists cases: %v", err)
	}
}
