package backend_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

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

// Whoever reads the log of others stands in it, from whatever page he begins.
func TestReadingIsNoted(t *testing.T) {
	h := backendtest.Open(t, backendtest.Options{})
	auditor := h.As(accounts.SecurityAuditor)
	noted := func() int64 {
		t.Helper()
		tally, err := h.Log.Tally(t.Context(), audit.Filter{Event: audit.LogRead})
		if err != nil {
			t.Fatal(err)
		}
		return tally.Total
	}
	for _, step := range []struct {
		name  string
		f     audit.Filter
		later time.Duration
		want  int64
	}{
		{name: "first page", want: 1},
		{name: "next page", f: audit.Filter{Before: 5}, want: 1},
		{name: "from the middle, of another event", f: audit.Filter{Before: 5, Events: []audit.Event{audit.Search}}, want: 2},
		{name: "its next page", f: audit.Filter{Before: 3, Events: []audit.Event{audit.Search}}, want: 2},
		{name: "back at the first reading", f: audit.Filter{Before: 1 << 40}, want: 3},
		{name: "a day later", f: audit.Filter{Before: 1 << 40}, later: 24 * time.Hour, want: 4},
	} {
		h.Clock.Move(step.later)
		if _, err := h.Entries(t.Context(), auditor, step.f); err != nil {
			t.Fatal(err)
		}
		if n := noted(); n != step.want {
			t.Errorf("%s: %d readings noted, want %d", step.name, n, step.want)
		}
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
	// Several events and accounts widen nobody's right.
	mine := h.As(accounts.Archivist).ID
	for role, want := range map[accounts.Role][]string{
		accounts.SecurityAuditor: {mine, h.As(accounts.SecurityAuditor).ID}, accounts.SecurityAdministrator: {mine}, accounts.Archivist: {mine},
	} {
		if _, err := h.Accounts.SignIn(t.Context(), h.As(accounts.SecurityAuditor).Number, backendtest.Password); err != nil {
			t.Fatal(err)
		}
		f := audit.Filter{Actors: []string{mine, h.As(accounts.SecurityAuditor).ID}, Events: []audit.Event{audit.Description, audit.SignIn}}
		rows, err := h.Entries(t.Context(), h.As(role), f)
		seen := map[string]int64{}
		for _, r := range rows {
			seen[r.Actor]++
			if r.Details != nil && role != accounts.Archivist {
				t.Errorf("%s sees details: %+v", role, r)
			}
		}
		if err != nil || len(seen) != len(want) || seen[mine] == 0 {
			t.Errorf("%s reads %v, %v; want those of %v", role, seen, err, want)
		}
		tally, err := h.Tally(t.Context(), h.As(role), f)
		if err != nil || tally.Total != int64(len(rows)) {
			t.Errorf("%s is told %+v, %v; want %d", role, tally, err, len(rows))
		}
		for actor, n := range seen {
			if tally.Actors[actor] != n {
				t.Errorf("%s is told %d of %s, want %d", role, tally.Actors[actor], actor, n)
			}
		}
		for actor := range tally.Actors {
			if role == accounts.Archivist && actor != mine || role == accounts.SecurityAdministrator && actor == h.As(accounts.SecurityAuditor).ID {
				t.Errorf("%s is told about %s", role, actor)
			}
		}
	}
	if _, err := h.Tally(t.Context(), h.As(accounts.SystemAdministrator), audit.Filter{}); !errors.Is(err, accounts.ErrForbidden) {
		t.Errorf("system administrator counts the log: %v", err)
	}
	if _, err := h.Entries(t.Context(), h.As(accounts.SystemAdministrator), audit.Filter{}); !errors.Is(err, accounts.ErrForbidden) {
		t.Errorf("system administrator reads the log: %v", err)
	}
	if _, err := h.Cases(t.Context(), h.As(accounts.SystemAdministrator), ""); !errors.Is(err, accounts.ErrForbidden) {
		t.Errorf("system administrator lists cases: %v", err)
	}
}

// TestPaperEntries: no more goes on paper than the screen tells, oldest first,
// and what is too long is refused whole.
func TestPaperEntries(t *testing.T) {
	h := backendtest.Open(t, backendtest.Options{})
	h.Case(t, "C-1")
	h.Case(t, "C-2")
	h.Case(t, "C-3")
	auditor := h.As(accounts.SecurityAuditor)
	described := audit.Filter{Event: audit.Description}
	screen, err := h.Entries(t.Context(), auditor, described)
	if err != nil || len(screen) < 3 {
		t.Fatalf("on the screen: %d (%v)", len(screen), err)
	}
	rows, err := h.PaperEntries(t.Context(), auditor, described, len(screen))
	if err != nil || len(rows) != len(screen) || rows[0].Seq != screen[len(screen)-1].Seq || rows[0].Details != nil {
		t.Errorf("all fit: %+v (%v)", rows, err)
	}
	if _, err := h.PaperEntries(t.Context(), auditor, described, len(screen)-1); !errors.Is(err, backend.ErrTooManyRows) {
		t.Errorf("one too many: %v", err)
	}
	if _, err := h.PaperEntries(t.Context(), h.As(accounts.HeadOfAgency), described, 3); !errors.Is(err, accounts.ErrForbidden) {
		t.Errorf("the head has a summary, not the entries: %v", err)
	}
}
