// Package backendtest opens a real workstation in a test's own folder: real
// database, vault, decoder and index; only the clock stands still and the
// passwords are cheap.
//
// Invariant: nothing of it touches the user's own folders.
package backendtest

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"diaoyue.example/workstation/backend"
	"diaoyue.example/workstation/backend/accounts"
	"diaoyue.example/workstation/backend/catalog"
	"diaoyue.example/workstation/backend/converter"
	"diaoyue.example/workstation/backend/ingest"
	"diaoyue.example/workstation/backend/store"
	"diaoyue.example/workstation/backend/transcription"
	"diaoyue.example/workstation/media/mediatest"
	"diaoyue.example/workstation/search/extract/formats"
)

// Password is every account's password.
const Password = "correct horse"

// Clock is the time of a test's workstation: it stands until it is moved.
type Clock struct {
	mu sync.Mutex
	at time.Time
}

// NewClock gives a clock that stands at a working Monday morning in Beijing.
func NewClock() *Clock { return &Clock{at: time.Date(2026, 11, 23, 1, 0, 0, 0, time.UTC)} }

// Now returns the clock's time.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

// Move lets d pass.
func (c *Clock) Move(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// House is a workstation with one account for each role.
type House struct {
	*backend.Workstation

	Clock  *Clock
	Config backend.Config
	people map[accounts.Role]accounts.Actor
}

// Options change a house. The zero value is right.
type Options struct {
	Silence, Idle time.Duration
	Originals     string // as of backend.Founding
	OCRDir        string // "" reads no scans
	Office        string // program of LibreOffice, "" lays nothing out
}

// Open founds an archive in the test's folder with an account for each role; it is
// closed when the test ends.
func Open(tb testing.TB, o Options) *House {
	tb.Helper()
	dir := tb.TempDir()
	h := &House{Clock: NewClock(), people: map[accounts.Role]accounts.Actor{}}
	h.Config = backend.Config{
		Dir: filepath.Join(dir, "archive"), StateDir: filepath.Join(dir, "state"), CacheDir: CacheDir(), Mode: store.ModeCLI,
		Now: h.Clock.Now, Argon: accounts.CheapForTests(), Silence: o.Silence, Idle: o.Idle,
		OCRDir: cmp.Or(o.OCRDir, formats.NoOCR), Office: cmp.Or(o.Office, converter.None),
		SpeechModel: transcription.None,
	}
	f := Founding()
	f.Originals = o.Originals
	w, err := backend.Create(tb.Context(), h.Config, f)
	if err != nil {
		tb.Fatal(err)
	}
	h.Workstation = w
	tb.Cleanup(func() {
		if err := h.Close(); err != nil {
			tb.Error(err)
		}
	})
	h.meet(tb)
	return h
}

// Reopen closes the house and opens it again.
func (h *House) Reopen(tb testing.TB) {
	tb.Helper()
	if err := h.Close(); err != nil {
		tb.Fatal(err)
	}
	w, err := backend.Open(tb.Context(), h.Config)
	if err != nil {
		tb.Fatal(err)
	}
	h.Workstation = w
}

// Enter opens an archive that another process of the same test founded.
func Enter(ctx context.Context, dir, stateDir string) (*backend.Workstation, error) {
	return backend.Open(ctx, backend.Config{
		Dir: dir, StateDir: stateDir, CacheDir: CacheDir(), Mode: store.ModeCLI, Argon: accounts.CheapForTests(),
		OCRDir: formats.NoOCR, Office: converter.None, SpeechModel: transcription.None,
	})
}

// CacheDir is where the compiled PDF engine is kept between test runs; without
// it each run would compile for a quarter of a minute.
func CacheDir() string {
	dir, err := os.UserCacheDir()
	if err != nil {
		dir = os.TempDir()
	}
	return filepath.Join(dir, "diaoyue")
}

// Founding is an organ with one account for each role; numbers are T01, T02…
// in the order of accounts.Roles.
func Founding() backend.Founding {
	f := backend.Founding{Organ: "Yuntai Bureau", Fonds: "J037"}
	for i, r := range accounts.Roles() {
		f.Accounts = append(f.Accounts, accounts.NewAccount{
			Number: Number(i), Name: string(r), Department: "office", Password: Password, Roles: []accounts.Role{r},
		})
	}
	return f
}

// Number is the account number of the role at place i of accounts.Roles.
func Number(i int) string { return fmt.Sprintf("T%02d", i+1) }

func (h *House) meet(tb testing.TB) {
	tb.Helper()
	all, err := h.Accounts.List(tb.Context())
	if err != nil {
		tb.Fatal(err)
	}
	for _, a := range all {
		h.people[a.Roles[0]] = a.Actor
	}
}

// As returns the person with this role.
func (h *House) As(r accounts.Role) accounts.Actor { return h.people[r] }

// Case opens a case file with this code, whose officers have these numbers.
func (h *House) Case(tb testing.TB, code string, officers ...string) catalog.CaseFile {
	tb.Helper()
	f, err := h.AddCase(tb.Context(), h.As(accounts.Archivist), catalog.CaseFile{Code: code, Title: "Case " + code, Officers: officers})
	if err != nil {
		tb.Fatal(err)
	}
	return f
}

// Take ingests files into a case and fails the test when one is not stored.
func (h *House) Take(tb testing.TB, caseID string, paths ...string) []catalog.Record {
	tb.Helper()
	out, err := h.Ingest.Receive(tb.Context(), h.As(accounts.Archivist), ingest.Submission{
		CaseID: caseID, Stage: catalog.StageInvestigation, Paths: paths,
	}, nil)
	if err != nil {
		tb.Fatal(err)
	}
	var records []catalog.Record
	for _, o := range out {
		if o.State != ingest.Stored {
			tb.Fatalf("%s is %s: %v", o.Name, o.State, o.Err)
		}
		r, err := h.Catalog.Record(tb.Context(), o.RecordID)
		if err != nil {
			tb.Fatal(err)
		}
		records = append(records, r)
	}
	return records
}

// Clip makes a small recording and returns its path.
func Clip(tb testing.TB, dir, name string, c mediatest.Clip) string {
	tb.Helper()
	path := filepath.Join(dir, name)
	if err := mediatest.Make(tb.Context(), path, c); err != nil {
		tb.Fatal(err)
	}
	return path
}

// Small is a clip that is made and decoded in a moment: 2 s, 320×180, with
// B-frames and sound.
func Small() mediatest.Clip {
	return mediatest.Clip{Width: 320, Height: 180, FPS: 25, Frames: 50, GOP: 25, BFrames: 2, Sound: true}
}

// Spoil makes the kept frame index of a recording unreadable, as another
// version of the decoder would leave it.
func (h *House) Spoil(tb testing.TB, r catalog.Record) {
	tb.Helper()
	kept, err := filepath.Glob(filepath.Join(h.Dir(), "derived", r.SHA256, "*"))
	if err != nil || len(kept) == 0 {
		tb.Fatalf("derived files %v (%v)", kept, err)
	}
	for _, path := range kept {
		if err := os.Chmod(path, 0o600); err != nil {
			tb.Fatal(err)
		}
		if err := os.WriteFile(path, []byte("of another time"), 0o600); err != nil { //nolint:forbidigo // a derived file of a test's own archive
			tb.Fatal(err)
		}
	}
}
