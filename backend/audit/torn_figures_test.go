//go:build faults && linux && amd64

package audit_test

import (
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"diaoyue.example/workstation/backend/audit"
	"diaoyue.example/workstation/backend/figure"
	"diaoyue.example/workstation/backend/figure/mishap"
)

// The WAL ends early, at every k: SQLite opens it, says that all is well and
// drops what follows; the mark outside the archive knows better.
func TestFigureTornWAL(t *testing.T) {
	a := newArchive(t)
	a.note(t, 12)
	head, err := a.log.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	marked(t, a, head.Size)
	main, wal := slurp(t, a.path()), slurp(t, a.path()+"-wal") // as a kill -9 leaves them
	home, err := mishap.NewMemory(t, 64<<20)
	if errors.Is(err, mishap.ErrUnable) {
		home = t.TempDir()
	} else if err != nil {
		t.Fatal(err)
	}
	runs, unsaid, noticed, whole, blind := 0, 0, 0, 0, 0
	for k := range cutsOf(len(wal)) {
		torn := &archive{dir: filepath.Join(home, fmt.Sprint(k)), state: a.state, clock: a.clock}
		if err = errors.Join(os.Mkdir(torn.dir, 0o700), os.WriteFile(torn.path(), main, 0o600), os.WriteFile(torn.path()+"-wal", wal[:k], 0o600)); err != nil {
			t.Fatal(err)
		}
		runs++
		lost := sizeBySQLite(t, torn.path()) < head.Size
		if lost {
			blind++
		}
		err := torn.tryOpen(t.Context(), "")
		switch {
		case errors.Is(err, audit.ErrRolledBack):
			noticed++
		case lost:
			unsaid++
			t.Errorf("cut at %d of %d: %v", k, len(wal), err)
		case err != nil:
			t.Fatal(err)
		default:
			whole++
		}
		torn.close(t)
		if err := os.RemoveAll(torn.dir); err != nil {
			t.Fatal(err)
		}
	}
	figure.Report(t, figure.Figure{
		Row: figure.TornWAL,
		Name: fmt.Sprintf("%d cuts, ten in each frame of %d bytes; %d lost entries and were refused, %d whole; SQLite alone called %d of them sound; the mark follows within 0.5 s",
			runs, len(wal), noticed, whole, blind),
		Value: verdict(unsaid == 0, "all", fmt.Sprintf("all but %d", unsaid)), OK: unsaid == 0 && noticed > 100 && whole > 0 && blind > 100,
	})
}

func verdict(ok bool, yes, no string) string {
	if ok {
		return yes
	}
	return no
}

// cutsOf yields the places where a WAL of so many bytes is cut: in its head,
// ten in each of its frames, their ends among them, and its end.
func cutsOf(size int) func(func(int) bool) {
	const head, frame = 32, 24 + 4096
	return func(yield func(int) bool) {
		for k := 0; k < head; k += 8 {
			if !yield(k) {
				return
			}
		}
		for k := head; k < size; k += frame / 10 {
			if !yield(k) {
				return
			}
		}
		yield(size)
	}
}

// marked waits until the mark outside says size.
func marked(t *testing.T, a *archive, size int64) {
	t.Helper()
	for range 100 {
		marks, err := a.log.Marks(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if len(marks) == 1 && marks[0].Size == size {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatal("the mark does not follow")
}

func slurp(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// sizeBySQLite is what a database holds for which SQLite's own check says ok.
func sizeBySQLite(t *testing.T, path string) (size int64) {
	t.Helper()
	db, err := sql.Open("sqlite", path+"?mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var said string
	if err := db.QueryRow(`PRAGMA integrity_check`).Scan(&said); err != nil || said != "ok" {
		t.Fatalf("SQLite finds something: %s, %v", said, err)
	}
	var tables int
	if err := db.QueryRow(`SELECT count(*) FROM sqlite_schema WHERE name = 'audit_entry'`).Scan(&tables); err != nil || tables == 0 {
		return 0
	}
	if err := db.QueryRow(`SELECT coalesce(max(seq), 0) FROM audit_entry`).Scan(&size); err != nil {
		t.Fatal(err)
	}
	return size
}
