package backend_test

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"diaoyue.example/workstation/backend"
	"diaoyue.example/workstation/backend/accounts"
	"diaoyue.example/workstation/backend/audit"
	"diaoyue.example/workstation/backend/backendtest"
	"diaoyue.example/workstation/backend/catalog"
	"diaoyue.example/workstation/backend/preservation"
	"diaoyue.example/workstation/backend/retrieval"
	"diaoyue.example/workstation/backend/viewing"
)

const words = "the statement of the witness, which nobody else may read"

func house(t *testing.T) (*backendtest.House, catalog.CaseFile, catalog.Record, string) {
	t.Helper()
	h := backendtest.Open(t, backendtest.Options{})
	f := h.Case(t, "C-1")
	path := filepath.Join(t.TempDir(), "paper.txt")
	if err := os.WriteFile(path, []byte(words), 0o600); err != nil {
		t.Fatal(err)
	}
	r := h.Take(t, f.ID, path)[0]
	if err := h.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	return h, f, r, path
}

func record(t *testing.T, h *backendtest.House, id string) catalog.Record {
	t.Helper()
	r, err := h.Catalog.Record(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func at(h *backendtest.House, r catalog.Record) string {
	return filepath.Join(h.Vault.Originals(), "sha256", r.SHA256[:2], r.SHA256)
}

func check(t *testing.T, h *backendtest.House) preservation.Report {
	t.Helper()
	rep, err := h.Preservation.RunFixity(t.Context(), h.As(accounts.Archivist), preservation.Wish{Scope: preservation.ScopeAll}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return rep
}

// A flipped bit with its time put back is found, locks the record, and only an
// intact copy unlocks it.
func TestBrokenOriginalIsLockedAndMended(t *testing.T) {
	h, _, r, path := house(t)
	if rep := check(t, h); rep.Run.Done != 1 || rep.Run.Broken != 0 || rep.Run.State != preservation.RunDone {
		t.Fatalf("sound: %+v", rep)
	}
	before, err := os.Stat(at(h, r))
	if err != nil {
		t.Fatal(err)
	}
	flip(t, at(h, r), before.ModTime())
	rep := check(t, h)
	if len(rep.Findings) != 1 || rep.Findings[0].State != preservation.FoundMismatch || rep.Findings[0].RecordCode != r.Code {
		t.Fatalf("broken: %+v", rep)
	}
	if _, err = h.Viewing.Open(t.Context(), h.As(accounts.Archivist), viewing.Request{RecordID: r.ID, Purpose: viewing.Purposes()[0]}); !errors.Is(err, catalog.ErrBroken) {
		t.Errorf("viewing a broken original: %v", err)
	}
	locks, err := h.Preservation.Locks(t.Context(), h.As(accounts.SecurityAuditor))
	if err != nil || len(locks) != 1 || locks[0].Title != "" {
		t.Errorf("locks for the auditor %+v, %v", locks, err)
	}
	other := filepath.Join(t.TempDir(), "other")
	if err = os.WriteFile(other, []byte("something else"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err = h.Preservation.Mend(t.Context(), h.As(accounts.Archivist), r.ID, other); !errors.Is(err, preservation.ErrNotIntact) {
		t.Errorf("mended with something else: %v", err)
	}
	if _, err = h.Preservation.Mend(t.Context(), h.As(accounts.Archivist), r.ID, path); err != nil {
		t.Fatal(err)
	}
	if got := record(t, h, r.ID); got.Custody != "" || h.Vault.Verify(t.Context(), r.SHA256) != nil {
		t.Errorf("after mending: custody %q", got.Custody)
	}
	if aside, err := os.ReadDir(filepath.Join(h.Vault.Originals(), "damaged")); err != nil || len(aside) != 1 {
		t.Errorf("the damaged file was not laid aside: %v %v", aside, err)
	}
	if rep := check(t, h); rep.Run.Broken != 0 {
		t.Errorf("after mending: %+v", rep)
	}
	if broken, err := h.Catalog.CheckSeals(t.Context()); err != nil || len(broken) > 0 {
		t.Errorf("seals: %+v, %v", broken, err)
	}
	if _, err := h.Log.Verify(t.Context(), nil); err != nil {
		t.Error(err)
	}
}

// A file that is gone locks its record too; found whole again, it unlocks.
func TestMissingOriginal(t *testing.T) {
	h, _, r, _ := house(t)
	aside := at(h, r) + ".aside"
	if err := os.Rename(at(h, r), aside); err != nil {
		t.Fatal(err)
	}
	if rep := check(t, h); len(rep.Findings) != 1 || rep.Findings[0].State != preservation.FoundMissing {
		t.Fatalf("%+v", rep)
	}
	if err := os.Rename(aside, at(h, r)); err != nil {
		t.Fatal(err)
	}
	if rep := check(t, h); rep.Run.Broken != 0 || record(t, h, r.ID).Custody != "" {
		t.Errorf("found again: %+v", rep)
	}
}

// Who may not, may not; the auditor reads without starting anything.
func TestFixityRights(t *testing.T) {
	h, _, _, _ := house(t)
	for _, role := range []accounts.Role{accounts.Reviewer, accounts.SystemAdministrator, accounts.SecurityAuditor} {
		if _, err := h.Preservation.StartFixity(t.Context(), h.As(role), preservation.Wish{Scope: preservation.ScopeAll}); !errors.Is(err, accounts.ErrForbidden) {
			t.Errorf("%s: %v", role, err)
		}
	}
	f, err := h.Preservation.Fixity(t.Context(), h.As(accounts.SecurityAuditor))
	if err != nil || f.Originals != 1 || f.Never != 1 || f.Overdue != 0 {
		t.Errorf("%+v, %v", f, err)
	}
	h.Clock.Move(91 * 24 * time.Hour)
	if f, err = h.Preservation.Fixity(t.Context(), h.As(accounts.Archivist)); err != nil || f.Overdue != 1 {
		t.Errorf("after 91 days: %+v, %v", f, err)
	}
}

// A backup is encrypted, written once, and comes back with equal roots.
func TestBackupAndDrill(t *testing.T) {
	h, f, _, _ := house(t)
	dir, scratch, key := t.TempDir(), t.TempDir(), filepath.Join(t.TempDir(), "key.txt")
	public, err := preservation.NewIdentity(key, h.Now())
	if err != nil {
		t.Fatal(err)
	}
	who := h.As(accounts.SystemAdministrator)
	if _, err = h.Preservation.Backup(t.Context(), who, dir, nil, nil); !errors.Is(err, preservation.ErrNoRecipient) {
		t.Errorf("without a key: %v", err)
	}
	if _, err = h.Preservation.Backup(t.Context(), who, filepath.Join(h.Dir(), "derived"), []string{public}, nil); !errors.Is(err, preservation.ErrInside) {
		t.Errorf("inside the archive: %v", err)
	}
	first, err := h.Preservation.Backup(t.Context(), who, dir, []string{public}, nil)
	if err != nil || first.Added != 1 {
		t.Fatalf("%+v, %v", first, err)
	}
	path := filepath.Join(t.TempDir(), "second.txt")
	if err = os.WriteFile(path, []byte("a second paper"), 0o600); err != nil {
		t.Fatal(err)
	}
	h.Take(t, f.ID, path)
	h.Clock.Move(time.Hour)
	second, err := h.Preservation.Backup(t.Context(), who, dir, nil, nil)
	if err != nil || second.Originals != 2 || second.Added != 1 {
		t.Fatalf("%+v, %v", second, err)
	}
	noPlain(t, dir, []byte(words[:20]), []byte("Case C-1"))
	for _, set := range []string{first.ID, second.ID, ""} {
		got, failed := h.Preservation.Drill(t.Context(), who, preservation.DrillWish{Dir: dir, Set: set, IdentityPath: key, Scratch: scratch}, nil)
		if failed != nil || !got.Equal {
			t.Errorf("drill of %q: %+v, %v", set, got, failed)
		}
	}
	if left, failed := os.ReadDir(scratch); failed != nil || len(left) != 0 {
		t.Errorf("the drill left %v, %v", left, failed)
	}
	other := filepath.Join(t.TempDir(), "other.txt")
	if _, err = preservation.NewIdentity(other, h.Now()); err != nil {
		t.Fatal(err)
	}
	if _, err = preservation.Restore(t.Context(), preservation.RestoreWish{From: dir, IdentityPath: other, To: t.TempDir(), Now: h.Now}, nil); !errors.Is(err, preservation.ErrWrongKey) {
		t.Errorf("another key: %v", err)
	}
	restoreAndOpen(t, h, dir, key)
	// One damaged file of the backup: the drill says so.
	objects, err := filepath.Glob(filepath.Join(dir, "objects", "*", "*.age"))
	if err != nil || len(objects) != 2 {
		t.Fatal(objects, err)
	}
	flip(t, objects[0], h.Now())
	if got, err := h.Preservation.Drill(t.Context(), who, preservation.DrillWish{Dir: dir, IdentityPath: key, Scratch: scratch}, nil); err != nil || got.Equal || got.Code != "preservation.backup_damaged" {
		t.Errorf("damaged backup: %+v, %v", got, err)
	}
}

func restoreAndOpen(t *testing.T, h *backendtest.House, from, key string) {
	t.Helper()
	to := filepath.Join(t.TempDir(), "restored")
	got, err := preservation.Restore(t.Context(), preservation.RestoreWish{From: from, IdentityPath: key, To: to, Now: h.Now}, nil)
	if err != nil || !got.Equal || got.Files != 2 {
		t.Fatalf("%+v, %v", got, err)
	}
	if _, err = preservation.Restore(t.Context(), preservation.RestoreWish{From: from, IdentityPath: key, To: to, Now: h.Now}, nil); !errors.Is(err, preservation.ErrNotEmpty) {
		t.Errorf("into a full folder: %v", err)
	}
	h.Reopen(t) // closing writes the mark of the log
	cfg := h.Config
	cfg.Dir, cfg.StateDir = to, filepath.Join(t.TempDir(), "state")
	if err = os.CopyFS(cfg.StateDir, os.DirFS(h.Config.StateDir)); err != nil {
		t.Fatal(err)
	}
	if w, failed := backend.Open(t.Context(), cfg); !errors.Is(failed, audit.ErrRolledBack) {
		t.Errorf("opened without a word: %v", failed)
		if failed == nil {
			_ = w.Close()
		}
	}
	number := func(r accounts.Role) string { return backendtest.Number(slices.Index(accounts.Roles(), r)) }
	for _, refused := range []struct {
		word backend.Acceptance
		want error
	}{
		{backend.Acceptance{Number: number(accounts.Archivist), Password: backendtest.Password}, accounts.ErrNoReason},
		{backend.Acceptance{Number: number(accounts.Archivist), Password: "not it", Reason: "the disk died"}, accounts.ErrVouch},
		{backend.Acceptance{Number: "nobody", Password: backendtest.Password, Reason: "the disk died"}, accounts.ErrVouch},
		{backend.Acceptance{Number: number(accounts.Reviewer), Password: backendtest.Password, Reason: "the disk died"}, accounts.ErrVouch},
	} {
		cfg.Restored = &refused.word
		if w, failed := backend.Open(t.Context(), cfg); !errors.Is(failed, refused.want) {
			t.Errorf("%+v: %v", refused.word, failed)
			if failed == nil {
				_ = w.Close()
			}
		}
	}
	cfg.Restored = nil
	if _, failed := backend.Open(t.Context(), cfg); !errors.Is(failed, audit.ErrRolledBack) {
		t.Errorf("what was refused was taken all the same: %v", failed)
	}
	who := h.As(accounts.Archivist)
	cfg.Restored = &backend.Acceptance{Number: number(accounts.Archivist), Password: backendtest.Password, Reason: " the disk died "}
	w, err := backend.Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	found, err := w.Log.List(t.Context(), audit.Filter{Events: []audit.Event{audit.Recovery}, Limit: 1})
	if err != nil || len(found) != 1 || found[0].Actor != who.ID || found[0].Details["reason"] != "the disk died" {
		t.Errorf("%+v, %v", found, err)
	}
	if err := w.Close(); err != nil {
		t.Error(err)
	}
}

// R1: the grades are refused, the record is kept apart at once, and leaves by
// two people; then nothing of it is left but its record.
func TestTakeOut(t *testing.T) {
	h, _, r, _ := house(t)
	ctx := t.Context()
	if n := hits(t, h); n == 0 {
		t.Fatal("not found before")
	}
	if err := h.Preservation.Classify(ctx, h.As(accounts.Reviewer), r.ID, preservation.ClassTopSecret, ""); !errors.Is(err, preservation.ErrStateSecret) {
		t.Fatalf("classify: %v", err)
	}
	if err := h.Settle(ctx); err != nil {
		t.Fatal(err)
	}
	if n := hits(t, h); n != 0 || !record(t, h, r.ID).Suspected {
		t.Errorf("kept apart, yet %d hits", n)
	}
	if _, err := h.Viewing.Open(ctx, h.As(accounts.Archivist), viewing.Request{RecordID: r.ID, Purpose: viewing.Purposes()[0]}); !errors.Is(err, viewing.ErrIsolated) {
		t.Errorf("viewing: %v", err)
	}
	stick, head, sec := t.TempDir(), h.As(accounts.HeadOfAgency), h.As(accounts.SecurityAdministrator)
	if _, err := h.Preservation.ConfirmTakeOut(ctx, head, r.ID, stick); !errors.Is(err, preservation.ErrNotIsolated) {
		t.Errorf("confirmed without a request: %v", err)
	}
	if err := h.Preservation.RequestTakeOut(ctx, head, r.ID, "carries a mark"); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Preservation.ConfirmTakeOut(ctx, head, r.ID, stick); !errors.Is(err, preservation.ErrSamePerson) {
		t.Errorf("one person: %v", err)
	}
	if _, err := h.Preservation.ConfirmTakeOut(ctx, h.As(accounts.Archivist), r.ID, stick); !errors.Is(err, accounts.ErrForbidden) {
		t.Errorf("the archivist: %v", err)
	}
	out, err := h.Preservation.ConfirmTakeOut(ctx, sec, r.ID, stick)
	if err != nil {
		t.Fatal(err)
	}
	if got, failed := os.ReadFile(out); failed != nil || string(got) != words {
		t.Errorf("on the medium: %q, %v", got, failed)
	}
	if _, err = h.Vault.Original(r.SHA256); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("still in the vault: %v", err)
	}
	if pages, failed := h.Catalog.Pages(ctx, r.ID); failed != nil || len(pages) != 0 {
		t.Errorf("text left: %v %v", pages, failed)
	}
	if rep := check(t, h); rep.Run.Broken != 0 {
		t.Errorf("the checks do not know: %+v", rep)
	}
	if got := record(t, h, r.ID); got.Custody != catalog.CustodyTakenOut {
		t.Errorf("custody %q", got.Custody)
	}
	list, err := h.Preservation.Isolated(ctx, sec)
	if err != nil || len(list) != 1 || list[0].State != preservation.IsolationTakenOut || list[0].Title != "" {
		t.Errorf("%+v, %v", list, err)
	}
	rows, err := h.Log.List(ctx, audit.Filter{Event: audit.Deaccession})
	if err != nil || len(rows) != 2 {
		t.Errorf("%d entries, %v", len(rows), err)
	}
	if broken, err := h.Catalog.CheckSeals(ctx); err != nil || len(broken) > 0 {
		t.Errorf("seals: %+v, %v", broken, err)
	}
}

// A description that was changed past the program is found by a run of checks
// and named.
func TestBrokenDescription(t *testing.T) {
	h, f, r, _ := house(t)
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	past(t, h.Dir(), `UPDATE record SET title = 'another' WHERE id = '`+r.ID+`'`)
	past(t, h.Dir(), `UPDATE case_file SET party = 'nobody' WHERE id = '`+f.ID+`'`)
	h.Reopen(t)
	rep := check(t, h)
	if len(rep.Findings) != 2 || rep.Run.Broken != 2 || rep.Run.State != preservation.RunDone {
		t.Fatalf("%+v", rep)
	}
	for i, want := range []preservation.Finding{
		{Kind: preservation.KindCatalog, CaseCode: f.Code, Title: f.Title, State: preservation.FoundMismatch},
		{Kind: preservation.KindCatalog, CaseCode: f.Code, RecordCode: r.Code, Title: "another", State: preservation.FoundMismatch},
	} {
		got := rep.Findings[i]
		if got.Kind != want.Kind || got.CaseCode != want.CaseCode || got.RecordCode != want.RecordCode || got.Title != want.Title || got.State != want.State || got.Want == got.Got {
			t.Errorf("%+v, want %+v", got, want)
		}
	}
	rows, err := h.Log.List(t.Context(), audit.Filter{Event: audit.FixityCheck, ObjectKind: "record", ObjectID: r.ID})
	if err != nil || len(rows) != 1 || rows[0].Result != audit.Failed {
		t.Errorf("entries %+v, %v", rows, err)
	}
}

// past changes the database of a closed archive with another program.
func past(t *testing.T, dir, query string) {
	t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(dir, "workstation.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(t.Context(), query); err != nil {
		t.Fatal(err)
	}
}

func hits(t *testing.T, h *backendtest.House) int {
	t.Helper()
	res, err := h.Retrieval.Search(t.Context(), h.As(accounts.Archivist), retrieval.Query{Text: "witness"})
	if err != nil {
		t.Fatal(err)
	}
	return res.Places
}

// R3: nothing is disposed of in its time; afterwards only by appraisal,
// approval and registration, and the program removes nothing.
func TestRetention(t *testing.T) {
	h, _, _, path := house(t)
	ctx := t.Context()
	archivist, head := h.As(accounts.Archivist), h.As(accounts.HeadOfAgency)
	f, err := h.AddCase(ctx, archivist, catalog.CaseFile{Code: "C-2", Title: "Old", DateFrom: "2015-03-02", Retention: "D10"})
	if err != nil {
		t.Fatal(err)
	}
	if err = os.WriteFile(path, []byte("old paper"), 0o600); err != nil {
		t.Fatal(err)
	}
	r := h.Take(t, f.ID, path)[0]
	young, err := h.AddCase(ctx, archivist, catalog.CaseFile{Code: "C-3", Title: "Young", DateFrom: "2020-03-02", Retention: "D10"})
	if err != nil {
		t.Fatal(err)
	}
	dispose := preservation.Appraisal{CaseID: young.ID, Outcome: preservation.OutcomeDispose, Opinion: "no further use"}
	if _, err = h.Preservation.Appraise(ctx, archivist, dispose); !errors.Is(err, preservation.ErrWithinRetention) {
		t.Errorf("within retention: %v", err)
	}
	due, err := h.Preservation.Due(ctx, archivist)
	if err != nil || len(due) != 1 || due[0].CaseID != f.ID || due[0].State != preservation.DueExpired {
		t.Fatalf("%+v, %v", due, err)
	}
	hold, err := h.Preservation.Hold(ctx, head, f.ID, "suit pending", "")
	if err != nil {
		t.Fatal(err)
	}
	dispose.CaseID = f.ID
	if _, err = h.Preservation.Appraise(ctx, archivist, dispose); !errors.Is(err, preservation.ErrHeld) {
		t.Errorf("held: %v", err)
	}
	if err = h.Preservation.EndHold(ctx, head, hold.ID, "suit ended"); err != nil {
		t.Fatal(err)
	}
	a, err := h.Preservation.Appraise(ctx, archivist, dispose)
	if err != nil {
		t.Fatal(err)
	}
	done := preservation.Disposal{AppraisalID: a.ID, Inventory: "2026-1", On: "2026-11-20", Supervisors: []string{"Lin", "Zhou"}}
	if err = h.Preservation.RegisterDisposal(ctx, archivist, done); !errors.Is(err, preservation.ErrNoAppraisal) {
		t.Errorf("before approval: %v", err)
	}
	if err = h.Preservation.ApproveAppraisal(ctx, head, a.ID, "agreed"); err != nil {
		t.Fatal(err)
	}
	alone := done
	alone.Supervisors = []string{"Lin", "Lin"}
	if err = h.Preservation.RegisterDisposal(ctx, archivist, alone); !errors.Is(err, preservation.ErrBadAppraisal) {
		t.Errorf("one supervisor: %v", err)
	}
	if err = h.Preservation.RegisterDisposal(ctx, archivist, done); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(at(h, r)); err != nil {
		t.Errorf("the program removed it: %v", err)
	}
	if rep := check(t, h); len(rep.Findings) != 1 || rep.Findings[0].State != preservation.FoundUnexpected {
		t.Errorf("disposed of, yet there: %+v", rep)
	}
	if err := os.Remove(at(h, r)); err != nil { // as is done outside, under supervision
		t.Fatal(err)
	}
	if rep := check(t, h); rep.Run.Broken != 0 {
		t.Errorf("disposed of and gone: %+v", rep)
	}
}

// A run goes on where it was stopped.
func TestPausedRunGoesOn(t *testing.T) {
	h, f, _, path := house(t)
	for _, name := range []string{"a", "b", "c"} {
		if err := os.WriteFile(path, []byte(strings.Repeat(name, 3<<20)), 0o600); err != nil {
			t.Fatal(err)
		}
		h.Take(t, f.ID, path)
	}
	ctx, cancel := context.WithCancel(t.Context())
	rep, err := h.Preservation.RunFixity(ctx, h.As(accounts.Archivist), preservation.Wish{Scope: preservation.ScopeAll}, func(r preservation.Run) {
		if r.Bytes > 4<<20 {
			cancel()
		}
	})
	if rep.Run.ID != "" && rep.Run.State != preservation.RunPaused || err != nil && !errors.Is(err, context.Canceled) {
		t.Fatalf("%+v, %v", rep, err)
	}
	again := check(t, h)
	if again.Run.Done != 4 || again.Run.State != preservation.RunDone {
		t.Errorf("%+v", again.Run)
	}
	runs, err := h.Preservation.Runs(t.Context(), h.As(accounts.Archivist))
	if err != nil || len(runs) != 1 {
		t.Errorf("%d runs, %v", len(runs), err)
	}
}

func flip(t *testing.T, path string, modified time.Time) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	data[len(data)/2] ^= 1
	if err := errors.Join(os.Chmod(path, 0o600), os.WriteFile(path, data, 0o600), os.Chmod(path, 0o400), os.Chtimes(path, modified, modified)); err != nil {
		t.Fatal(err)
	}
}

// noPlain fails when a file below dir holds one of the texts.
func noPlain(t *testing.T, dir string, texts ...[]byte) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		for _, text := range texts {
			if bytes.Contains(data, text) {
				t.Errorf("%s holds %q", path, text)
			}
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// The key that opens backups is made outside of the archive, is in the log by
// its public half alone, and the screen knows whether it still lies here.
func TestBackupKeyPlace(t *testing.T) {
	h, _, _, _ := house(t)
	for _, dir := range []string{h.Dir(), filepath.Join(h.Dir(), "originals")} {
		if _, err := h.Preservation.MakeKey(t.Context(), h.As(accounts.Archivist), dir); !errors.Is(err, preservation.ErrInside) {
			t.Errorf("a key inside the archive: %v", err)
		}
	}
	if _, err := h.Preservation.MakeKey(t.Context(), h.As(accounts.Reviewer), t.TempDir()); !errors.Is(err, accounts.ErrForbidden) {
		t.Errorf("by a reviewer: %v", err)
	}
	made, err := h.Preservation.MakeKey(t.Context(), h.As(accounts.SystemAdministrator), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if st, failed := os.Stat(made.Place); failed != nil || st.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", st, failed)
	}
	text, err := os.ReadFile(made.Place)
	if err != nil || !bytes.Contains(text, []byte(made.Public)) {
		t.Errorf("the file does not name its public half: %v", err)
	}
	if err = os.Remove(made.Place); err != nil {
		t.Fatal(err)
	}
	keys, err := h.Preservation.Keys(t.Context(), h.As(accounts.SecurityAuditor))
	if err != nil || len(keys) != 1 || keys[0].Here || keys[0].Public != made.Public {
		t.Errorf("%+v, %v", keys, err)
	}
	rows, err := h.Log.List(t.Context(), audit.Filter{Event: audit.PolicyAssignment})
	if err != nil || len(rows) != 1 || rows[0].Codes["backup_key"] != made.Public {
		t.Errorf("%+v, %v", rows, err)
	}
}

// Each step on the way of a suspected record is an entry with its number; the
// three administrators are not told why.
func TestIsolationSteps(t *testing.T) {
	h, _, r, _ := house(t)
	ctx := t.Context()
	desk := h.Preservation
	for _, step := range []error{
		h.Classify(ctx, h.As(accounts.Archivist), r.ID, preservation.ClassSuspected, "a grade on the second page"),
		desk.RequestTakeOut(ctx, h.As(accounts.Archivist), r.ID, "to be handed over"),
		desk.WithdrawTakeOut(ctx, h.As(accounts.Archivist), r.ID),
		desk.RequestTakeOut(ctx, h.As(accounts.HeadOfAgency), r.ID, "to be handed over"),
	} {
		if step != nil {
			t.Fatal(step)
		}
	}
	if _, err := desk.ConfirmTakeOut(ctx, h.As(accounts.SecurityAdministrator), r.ID, t.TempDir()); err != nil {
		t.Fatal(err)
	}
	steps, err := desk.IsolationSteps(ctx, h.As(accounts.Archivist), r.ID)
	if err != nil {
		t.Fatal(err)
	}
	var said []string
	for i, s := range steps {
		said = append(said, s.Step)
		if s.Seq == 0 || s.By == "" || i > 0 && s.Seq <= steps[i-1].Seq {
			t.Errorf("step %d: %+v", i, s)
		}
	}
	if got := strings.Join(said, " "); got != "isolated requested withdrawn requested confirmed taken-out" {
		t.Errorf("steps: %s", got)
	}
	if steps[0].Reason == "" {
		t.Error("the archivist is not told why")
	}
	blind, err := desk.IsolationSteps(ctx, h.As(accounts.SecurityAuditor), r.ID)
	if err != nil || len(blind) != len(steps) || blind[0].Reason != "" {
		t.Errorf("the auditor: %+v, %v", blind, err)
	}
	if _, err = desk.IsolationSteps(ctx, h.As(accounts.Reviewer), r.ID); !errors.Is(err, accounts.ErrForbidden) {
		t.Errorf("a reviewer: %v", err)
	}
}
