package store_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"
	_ "modernc.org/sqlite"

	"diaoyue.example/workstation/backend/fault"
	"diaoyue.example/workstation/backend/store"
)

func open(tb testing.TB, path string) *store.DB {
	tb.Helper()
	db, err := store.Open(tb.Context(), path)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = db.Close() })
	return db
}

// file returns a path that an unescaped URI would mangle.
func file(tb testing.TB) string {
	tb.Helper()
	return filepath.Join(tb.TempDir(), "案 卷%20?#.db")
}

// raw opens the database as a stranger would: another process, sqlite3.
func raw(tb testing.TB, path string) *sql.DB {
	tb.Helper()
	tmp := filepath.Join(tb.TempDir(), "plain.db")
	if err := os.Symlink(path, tmp); err != nil {
		tb.Fatal(err)
	}
	db, err := sql.Open("sqlite", "file:"+tmp+"?_pragma=busy_timeout(5000)")
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = db.Close() })
	return db
}

// atVersion makes a database as a program that knew only the first migrations
// left it.
func atVersion(tb testing.TB, path string, version int) *sql.DB {
	tb.Helper()
	db := raw(tb, path)
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		tb.Fatal(err)
	}
	names, err := filepath.Glob("migrations/*.sql")
	if err != nil || len(names) < version {
		tb.Fatalf("%d migrations, %v", len(names), err)
	}
	queries := []string{
		`PRAGMA journal_mode = WAL`, `PRAGMA application_id = 1146704945`,
		`CREATE TABLE schema_version (id INTEGER PRIMARY KEY AUTOINCREMENT, version_id INTEGER NOT NULL, is_applied INTEGER NOT NULL, tstamp TIMESTAMP DEFAULT (datetime('now')))`,
		`INSERT INTO schema_version (version_id, is_applied) VALUES (0, 1)`,
	}
	for _, name := range names[:version] {
		number, _, _ := strings.Cut(filepath.Base(name), "-")
		n, err := strconv.Atoi(number) // numbers may be left out
		if err != nil {
			tb.Fatal(err)
		}
		text, err := os.ReadFile(name)
		if err != nil {
			tb.Fatal(err)
		}
		queries = append(queries, string(text), fmt.Sprintf(`INSERT INTO schema_version (version_id, is_applied) VALUES (%d, 1)`, n))
	}
	for _, q := range queries {
		if _, err := db.Exec(q); err != nil {
			tb.Fatalf("%s: %v", q, err)
		}
	}
	return db
}

func do(query string, args ...any) func(*store.Tx) error {
	return func(tx *store.Tx) error {
		_, err := tx.Exec(query, args...)
		return err
	}
}

func add(id string) func(*store.Tx) error {
	return do(`INSERT INTO account (id, number, name, department, password, created) VALUES (?, ?, '', '', '', '')`, id, id)
}

func accounts(tb testing.TB, db *store.DB) (n int) {
	tb.Helper()
	err := db.Read(tb.Context(), func(tx *store.Tx) error { return tx.QueryRow(`SELECT COUNT(*) FROM account`).Scan(&n) })
	if err != nil {
		tb.Fatal(err)
	}
	return n
}

func TestPragmas(t *testing.T) {
	db := open(t, file(t))
	want := map[string]string{
		"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1", "trusted_schema": "0",
		"recursive_triggers": "1", "busy_timeout": "10000", "application_id": "1146704945",
	}
	err := db.Write(t.Context(), func(tx *store.Tx) error {
		for name, value := range want {
			var got string
			if err := tx.QueryRow("PRAGMA " + name).Scan(&got); err != nil {
				return err
			}
			if got != value {
				t.Errorf("%s = %s, want %s", name, got, value)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestWriteStandsOrFalls(t *testing.T) {
	db := open(t, file(t))
	ctx := t.Context()
	if err := db.Write(ctx, add("1")); err != nil {
		t.Fatal(err)
	}
	boom := errors.New("boom")
	err := db.Write(ctx, func(tx *store.Tx) error { return errors.Join(add("2")(tx), boom) })
	if !errors.Is(err, boom) {
		t.Errorf("err = %v, want boom", err)
	}
	func() {
		defer func() { _ = recover() }()
		_ = db.Write(ctx, func(tx *store.Tx) error { _ = add("3")(tx); panic("boom") })
	}()
	stopped, cancel := context.WithCancel(ctx)
	err = db.Write(stopped, func(tx *store.Tx) error { cancel(); return add("4")(tx) })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("err = %v, want canceled", err)
	}
	if n := accounts(t, db); n != 1 {
		t.Errorf("accounts = %d, want 1", n)
	}
	if err := db.Write(ctx, add("5")); err != nil {
		t.Errorf("after all that: %v", err)
	}
}

func TestDeferredConstraintAtCommit(t *testing.T) {
	db := open(t, file(t))
	ctx := t.Context()
	err := db.Write(ctx, func(tx *store.Tx) error {
		return errors.Join(do(`PRAGMA defer_foreign_keys = 1`)(tx), do(`INSERT INTO account_role VALUES ('nobody', 'archivist')`)(tx))
	})
	if err == nil {
		t.Fatal("a role of nobody was committed")
	}
	if err := db.Write(ctx, add("1")); err != nil {
		t.Errorf("the next write: %v", err)
	}
	if n := accounts(t, db); n != 1 {
		t.Errorf("accounts = %d, want 1", n)
	}
}

func TestNobodyChangesTheSchema(t *testing.T) {
	db := open(t, file(t))
	ctx := t.Context()
	if err := db.Write(ctx, add("1")); err != nil {
		t.Fatal(err)
	}
	for _, q := range []string{
		`DROP TRIGGER account_hold`, `DROP TABLE account`, `ALTER TABLE account ADD COLUMN x TEXT`, `CREATE TABLE x (y TEXT)`,
		`ATTACH 'x.db' AS x`, `DELETE FROM account`, `REPLACE INTO account SELECT * FROM account`,
	} {
		if err := db.Write(ctx, do(q)); err == nil {
			t.Errorf("%s: no error", q)
		}
		if err := db.Read(ctx, do(q)); err == nil {
			t.Errorf("%s by a reader: no error", q)
		}
	}
	if err := db.Read(ctx, do(`UPDATE account SET name = 'x'`)); err == nil {
		t.Error("a reader could write")
	}
	if n := accounts(t, db); n != 1 {
		t.Errorf("accounts = %d, want 1", n)
	}
}

func TestReadersSeeSnapshotsWhileOthersWrite(t *testing.T) {
	db := open(t, file(t))
	ctx := t.Context()
	var wg sync.WaitGroup
	for w := range 4 {
		wg.Go(func() {
			for i := range 10 {
				if err := db.Write(ctx, add(fmt.Sprintf("%d/%d", w, i))); err != nil {
					t.Error(err)
				}
			}
		})
		wg.Go(func() {
			for range 10 {
				err := db.Read(ctx, func(tx *store.Tx) error {
					var a, b int
					if err := errors.Join(tx.QueryRow(`SELECT COUNT(*) FROM account`).Scan(&a), tx.QueryRow(`SELECT COUNT(*) FROM account`).Scan(&b)); err != nil {
						return err
					}
					if a != b {
						t.Errorf("one snapshot saw %d and %d accounts", a, b)
					}
					return nil
				})
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if n := accounts(t, db); n != 40 {
		t.Errorf("accounts = %d, want 40", n)
	}
}

func TestNewerSchemaIsRefused(t *testing.T) {
	path := file(t)
	if err := open(t, path).Close(); err != nil {
		t.Fatal(err)
	}
	r := raw(t, path)
	if _, err := r.Exec(`INSERT INTO schema_version (version_id, is_applied) VALUES (9999, 1)`); err != nil {
		t.Fatal(err)
	}
	_ = r.Close()
	_, err := store.Open(t.Context(), path)
	if !errors.Is(err, store.ErrNewerSchema) || fault.Params(err)["have"] != "9999" {
		t.Errorf("err = %v, want ErrNewerSchema", err)
	}
}

func TestForeignFilesAreRefusedAndLeftAlone(t *testing.T) {
	other := filepath.Join(t.TempDir(), "other.db")
	r := raw(t, other)
	if err := os.WriteFile(other, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Exec(`CREATE TABLE theirs (x)`); err != nil {
		t.Fatal(err)
	}
	_ = r.Close()
	text := filepath.Join(t.TempDir(), "text.db")
	if err := os.WriteFile(text, []byte(strings.Repeat("no database ", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{other, text} {
		before, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if _, err = store.Open(t.Context(), path); !errors.Is(err, store.ErrForeign) {
			t.Errorf("%s: err = %v, want ErrForeign", filepath.Base(path), err)
		}
		if _, err = store.OpenReadOnly(t.Context(), path); !errors.Is(err, store.ErrForeign) {
			t.Errorf("%s read-only: err = %v, want ErrForeign", filepath.Base(path), err)
		}
		after, err := os.ReadFile(path)
		if err != nil || string(after) != string(before) {
			t.Errorf("%s was changed (%v)", filepath.Base(path), err)
		}
	}
}

func TestMigrationKeepsACopy(t *testing.T) {
	path := file(t)
	r := atVersion(t, path, 1)
	if _, err := r.Exec(`INSERT INTO audit_origin VALUES (1, 'the one', '')`); err != nil {
		t.Fatal(err)
	}
	_ = r.Close()

	db := open(t, path)
	if n := accounts(t, db); n != 0 {
		t.Errorf("accounts = %d", n)
	}
	kept := raw(t, path+".version-1")
	var archive string
	if err := kept.QueryRow(`SELECT archive FROM audit_origin`).Scan(&archive); err != nil || archive != "the one" {
		t.Errorf("the copy holds %q, %v", archive, err)
	}
	var n int
	if err := kept.QueryRow(`SELECT COUNT(*) FROM sqlite_schema WHERE name = 'account'`).Scan(&n); err != nil || n != 0 {
		t.Errorf("the copy was taken after the migration (%d, %v)", n, err)
	}
}

func TestBackupWhileWriting(t *testing.T) {
	path := file(t)
	db := open(t, path)
	if err := db.Write(t.Context(), add("1")); err != nil {
		t.Fatal(err)
	}
	to := filepath.Join(t.TempDir(), "copy.db")
	err := db.Write(t.Context(), func(tx *store.Tx) error {
		if err := add("2")(tx); err != nil {
			return err
		}
		return db.Backup(t.Context(), to) // sees what is committed: one account
	})
	if err != nil {
		t.Fatal(err)
	}
	if n := accounts(t, open(t, to)); n != 1 {
		t.Errorf("the copy holds %d accounts, want 1", n)
	}
	if err := db.Backup(t.Context(), to); !errors.Is(err, os.ErrExist) {
		t.Errorf("over an existing copy: err = %v, want ErrExist", err)
	}
}

func TestReadOnly(t *testing.T) {
	path := file(t)
	if _, err := store.OpenReadOnly(t.Context(), path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("missing file: err = %v, want ErrNotExist", err)
	}
	writer := open(t, path)
	if err := writer.Write(t.Context(), add("1")); err != nil {
		t.Fatal(err)
	}
	db, err := store.OpenReadOnly(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	if n := accounts(t, db); n != 1 {
		t.Errorf("accounts = %d, want 1", n)
	}
	if err := db.Write(t.Context(), add("2")); !errors.Is(err, store.ErrReadOnly) {
		t.Errorf("err = %v, want ErrReadOnly", err)
	}
}

func TestNoSpaceIsSaidAndHarmsNothing(t *testing.T) {
	db := open(t, file(t))
	ctx := t.Context()
	if err := db.Write(ctx, add("1")); err != nil {
		t.Fatal(err)
	}
	err := db.Write(ctx, func(tx *store.Tx) error {
		if err := do(`PRAGMA max_page_count = 1`)(tx); err != nil { // as many pages as there are
			return err
		}
		return do(`INSERT INTO account (id, number, name, department, password, created) VALUES ('2', '2', ?, '', '', '')`, strings.Repeat("x", 1<<20))(tx)
	})
	if !errors.Is(err, store.ErrNoSpace) {
		t.Errorf("err = %v, want ErrNoSpace", err)
	}
	if n := accounts(t, db); n != 1 {
		t.Errorf("accounts = %d, want 1", n)
	}
}

func TestClosedSaysSo(t *testing.T) {
	db := open(t, file(t))
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if err := db.Write(t.Context(), add("1")); !errors.Is(err, store.ErrClosed) {
		t.Errorf("Write: %v, want ErrClosed", err)
	}
	if err := db.Read(t.Context(), add("1")); !errors.Is(err, store.ErrClosed) {
		t.Errorf("Read: %v, want ErrClosed", err)
	}
}

// The lock strip of custody.md: our process opens and closes the database
// files while a transaction is open; a stranger must still be kept out.
func TestClosingTheFileDoesNotStripTheLock(t *testing.T) {
	path := file(t)
	db := open(t, path)
	err := db.Write(t.Context(), func(tx *store.Tx) error {
		if err := add("1")(tx); err != nil {
			return err
		}
		f, err := os.Open(path)
		if err != nil {
			return err
		}
		if err = f.Close(); err != nil {
			return err
		}
		// Whoever wants the whole file for himself, as a stranger who would
		// remove the WAL does, must meet our shared lock still.
		g, err := os.OpenFile(path, os.O_RDWR, 0)
		if err != nil {
			return err
		}
		defer func() { _ = g.Close() }()
		shared := unix.Flock_t{Type: unix.F_WRLCK, Start: 0x40000002, Len: 510}
		if err := unix.FcntlFlock(g.Fd(), unix.F_SETLK, &shared); !errors.Is(err, unix.EAGAIN) {
			t.Errorf("a stranger's lock: err = %v, want EAGAIN", err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if n := accounts(t, db); n != 1 {
		t.Errorf("accounts = %d, want 1", n)
	}
}

func TestTimesSortAsTexts(t *testing.T) {
	a := time.Date(2026, 11, 23, 20, 0, 0, 999_000, time.FixedZone("", 8*3600))
	b := a.Add(time.Microsecond)
	if x, y := store.FormatTime(a), store.FormatTime(b); x >= y || x != "2026-11-23T12:00:00.000999Z" {
		t.Errorf("%s, %s", x, y)
	}
	if got, err := store.ParseTime(store.FormatTime(a)); err != nil || !got.Equal(a) {
		t.Errorf("ParseTime = %v, %v", got, err)
	}
}

// modernc.org/sqlite is tested with exactly one version of its libc: the one
// in its own go.mod.
func TestLibcIsTheDriversOwn(t *testing.T) {
	list := func(format, module string) string {
		out, err := exec.CommandContext(t.Context(), "go", "list", "-m", "-f", format, module).Output()
		if err != nil {
			t.Fatal(err)
		}
		return strings.TrimSpace(string(out))
	}
	theirs, err := os.ReadFile(list("{{.GoMod}}", "modernc.org/sqlite"))
	if err != nil {
		t.Fatal(err)
	}
	if ours := list("{{.Path}} {{.Version}}", "modernc.org/libc"); !strings.Contains(string(theirs), ours+"\n") {
		t.Errorf("%s is not the version that modernc.org/sqlite requires", ours)
	}
}

func TestLock(t *testing.T) {
	dir := t.TempDir()
	lock, err := store.Acquire(dir, store.Holder{Mode: store.ModeWindow, User: "1001", Since: time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)})
	if err != nil {
		t.Fatal(err)
	}
	// Reading the lock file and closing it must not give the hold away.
	if _, err = os.ReadFile(filepath.Join(dir, "lock")); err != nil {
		t.Fatal(err)
	}
	_, err = store.Acquire(dir, store.Holder{Mode: store.ModeCLI})
	if !errors.Is(err, store.ErrHeld) {
		t.Fatalf("err = %v, want ErrHeld", err)
	}
	p := fault.Params(err)
	if p["mode"] != "window" || p["user"] != "1001" || p["pid"] != fmt.Sprint(unix.Getpid()) || p["since"] != "2026-11-23T12:00:00Z" {
		t.Errorf("holder = %v", p)
	}
	if err = lock.Release(); err != nil {
		t.Fatal(err)
	}
	again, err := store.Acquire(dir, store.Holder{Mode: store.ModeCLI})
	if err != nil {
		t.Fatal(err)
	}
	_, err = store.Acquire(dir, store.Holder{})
	if p := fault.Params(err); p["mode"] != "cli" || p["since"] == "" {
		t.Errorf("holder = %v", p)
	}
	_ = again.Release()
}

func BenchmarkWrite(b *testing.B) {
	db := open(b, file(b))
	i := 0
	for b.Loop() {
		i++
		if err := db.Write(b.Context(), add(fmt.Sprint(i))); err != nil {
			b.Fatal(err)
		}
	}
}

// What was folded is in the file itself, without the write-ahead log.
func TestFold(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.db")
	db := open(t, path)
	if err := db.Write(t.Context(), add("one")); err != nil {
		t.Fatal(err)
	}
	if err := db.Fold(t.Context()); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	alone := filepath.Join(t.TempDir(), "b.db")
	if err = os.WriteFile(alone, text, 0o600); err != nil {
		t.Fatal(err)
	}
	other := open(t, alone)
	err = other.Read(t.Context(), func(tx *store.Tx) error {
		var n int
		failed := tx.QueryRow(`SELECT count(*) FROM account`).Scan(&n)
		if n != 1 {
			t.Errorf("%d rows", n)
		}
		return failed
	})
	if err != nil {
		t.Fatal(err)
	}
	held, release := make(chan struct{}), make(chan struct{})
	go func() {
		_ = db.Read(context.WithoutCancel(t.Context()), func(tx *store.Tx) error {
			var n int
			err := tx.QueryRow(`SELECT count(*) FROM account`).Scan(&n)
			close(held)
			<-release
			return err
		})
	}()
	<-held
	if err := db.Write(t.Context(), add("two")); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if err := db.Fold(ctx); err == nil {
		t.Error("folded under an older snapshot")
	}
	close(release)
}
