// Package store opens the archive's database and lends transactions. What a
// write transaction committed is on the disk; there is one writer at a time,
// and one process at a time holds an archive. Nothing in the process opens
// SQLite's files as plain files: closing such a descriptor would strip
// SQLite's locks.
package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"diaoyue.example/workstation/backend/fault"
)

var (
	// ErrNewerSchema says that a newer version of the program made the
	// database. Parameters "have", "know".
	ErrNewerSchema = fault.New("store.newer_schema", "the database was made by a newer version")
	// ErrForeign says that the file is a database of another program.
	ErrForeign = fault.New("store.foreign", "the file is not a database of this program")
	// ErrNoSpace says that the disk is full; nothing was changed.
	ErrNoSpace = fault.New("store.no_space", "no space is left for the database")
	// ErrReadOnly says that the database cannot be written to.
	ErrReadOnly = fault.New("store.read_only", "the database cannot be written to")
	// ErrCorrupt says that the database file is damaged.
	ErrCorrupt = fault.New("store.corrupt", "the database is damaged")
	// ErrBusy says that another process kept the database locked.
	ErrBusy = fault.New("store.busy", "the database is locked by another process")
	// ErrDisk says that the disk failed to read or write.
	ErrDisk = fault.New("store.disk", "the disk failed")
	// ErrClosed says that the database is closed: by Close, or for a moment
	// because a commit failed and what the disk holds is only known after
	// opening it again, which the next call does.
	ErrClosed = fault.New("store.closed", "the database is closed")
)

// DB is an open database: one writing connection and a few reading ones. It
// is safe for concurrent use.
type DB struct {
	path string

	mu     sync.Mutex
	now    *handle // nil after a failed commit
	old    *handle // given up and not gone yet
	closed bool
}

// Tx is a transaction lent to a capability; it must not be kept.
type Tx struct{ *sql.Tx }

// readers is how many snapshots may be read at once.
const readers = 4

// Open opens the database file, makes it if need be, and brings its schema up
// to date. The caller must hold the archive's Lock. Before an existing
// database is changed, a copy of it is written beside it.
func Open(ctx context.Context, path string) (*DB, error) {
	if err := useOFDLocks(); err != nil {
		return nil, err
	}
	if err := ready(ctx, path); err != nil {
		return nil, fmt.Errorf("open database: %w", folder(path, err))
	}
	h, err := connect(ctx, path)
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	return &DB{path: path, now: h}, nil
}

// OpenReadOnly opens an existing database for reading alone, whoever holds
// the archive; it changes nothing and accepts an older schema. Write fails.
func OpenReadOnly(ctx context.Context, path string) (*DB, error) {
	if err := useOFDLocks(); err != nil {
		return nil, err
	}
	// Asked first, because SQLite's own answer for a missing file is obscure.
	if _, err := os.Stat(path); err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	db := &DB{path: path, now: &handle{read: pool(path, reading, guarded(), readers)}}
	if err := db.Read(ctx, func(tx *Tx) error { return recognise(ctx, tx.Tx) }); err != nil {
		_ = db.Close()
		return nil, fmt.Errorf("open database: %w", err)
	}
	return db, nil
}

// Close closes the database. Transactions still open end with an error.
func (db *DB) Close() error {
	db.mu.Lock()
	defer db.mu.Unlock()
	h := db.now
	db.closed, db.now = true, nil
	if h == nil {
		return nil // closed, or given up and closing
	}
	return h.close()
}

// Path returns the path of the database file.
func (db *DB) Path() string { return db.path }

// Read runs fn in one snapshot, which sees everything committed before. What
// fn returns is returned; nothing that fn does can write.
func (db *DB) Read(ctx context.Context, fn func(*Tx) error) error {
	h, err := db.lend(ctx)
	if err != nil {
		return err
	}
	tx, err := h.read.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return classify(err)
	}
	defer tx.Rollback()
	return classify(fn(&Tx{tx}))
}

// Write runs fn in the one write transaction and commits when fn returns nil;
// otherwise nothing of it remains. When Write returns nil, the change is
// durable. It waits for the writer before it; calling Write inside fn would
// wait for ever. Only audit and jobs call it: all else changes through
// audit.Log.Do.
func (db *DB) Write(ctx context.Context, fn func(*Tx) error) error {
	h, err := db.lend(ctx)
	if err != nil {
		return err
	}
	if h.write == nil {
		return ErrReadOnly
	}
	conn, err := h.write.Conn(ctx)
	if err != nil {
		return classify(err)
	}
	defer conn.Close()
	// The context may stop fn's statements but never a commit half way.
	steady := context.WithoutCancel(ctx)
	tx, err := conn.BeginTx(steady, nil)
	if err != nil {
		return distrust(conn, classify(err))
	}
	defer tx.Rollback()
	if err := fn(&Tx{tx}); err != nil {
		_ = tx.Rollback() // before the connection is let go
		return distrust(conn, classify(err))
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return db.commitFailed(steady, h, conn, err)
	}
	return nil
}

// Fold moves what was committed from the write-ahead log into the database
// file: a log that is torn later cannot take it away. SQLite does it by itself
// now and then; who must know asks for it. ErrBusy while an older snapshot is
// being read.
func (db *DB) Fold(ctx context.Context) error {
	h, err := db.lend(ctx)
	if err != nil {
		return err
	}
	var busy, pages, moved int
	if err := h.write.QueryRowContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &pages, &moved); err != nil {
		return fmt.Errorf("fold log into database: %w", classify(err))
	}
	if busy != 0 {
		return fmt.Errorf("fold log into database: %w", ErrBusy)
	}
	return nil
}

// distrust closes a connection on which the disk failed, so that the next
// write has a new one: SQLite falls back to reading alone when a file cannot
// be opened for writing, and stays so.
func distrust(conn *sql.Conn, err error) error {
	if errors.Is(err, ErrDisk) || errors.Is(err, ErrReadOnly) {
		_ = conn.Raw(func(any) error { return driver.ErrBadConn })
	}
	return err
}

// commitFailed decides what a failed commit means. A refused constraint
// leaves the transaction open and harmless. After anything else nobody knows
// what reached the disk: the change is never tried again, and the database is
// opened anew by the next call.
func (db *DB) commitFailed(ctx context.Context, h *handle, conn *sql.Conn, err error) error {
	if isConstraint(err) {
		// The driver may have rolled back already; then this says so.
		_, _ = conn.ExecContext(ctx, "ROLLBACK")
		return fmt.Errorf("commit: %w", err)
	}
	db.giveUp(h)
	return fmt.Errorf("commit: %w", classify(err))
}

// Backup writes a whole, consistent copy of the database to path while
// others go on writing. path must not exist.
func (db *DB) Backup(ctx context.Context, path string) error {
	if _, err := os.Lstat(path); err == nil {
		return fmt.Errorf("back up database: %w", os.ErrExist)
	}
	if err := copyTo(ctx, db.path, path); err != nil {
		return fmt.Errorf("back up database: %w", err)
	}
	return nil
}

// copyTo writes a copy of the database and makes it durable. A copy has its
// name only when it is whole; what a copy that was cut short left is removed.
func copyTo(ctx context.Context, from, to string) error {
	part := to + ".part"
	if err := os.Remove(part); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	plain := pool(from, copying, unguarded(), 1)
	defer plain.Close()
	_, err := plain.ExecContext(ctx, "VACUUM INTO ?", part)
	if err = classify(err); err == nil {
		// The copy is nobody's open database yet, so it may be opened as a file.
		err = syncPath(part)
	}
	if err == nil {
		err = os.Rename(part, to)
	}
	if err != nil {
		return errors.Join(classifyFile(err), os.RemoveAll(part))
	}
	return syncPath(filepath.Dir(to))
}

// folder says why SQLite, which does not, could not open the database: files
// cannot be made beside it.
func folder(path string, err error) error {
	if !cannotOpen(err) {
		return err
	}
	if denied := unix.Access(filepath.Dir(path), unix.W_OK); denied != nil {
		return fmt.Errorf("%w: %w", classifyFile(denied), err)
	}
	return err
}

func syncPath(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// timeLayout has a fixed width, so that texts sort as times do.
const timeLayout = "2006-01-02T15:04:05.000000Z"

// FormatTime writes t as RFC 3339 in UTC with six decimals, the form of every
// time in the database.
func FormatTime(t time.Time) string { return t.UTC().Format(timeLayout) }

// ParseTime reads what FormatTime wrote.
func ParseTime(text string) (time.Time, error) { return time.Parse(timeLayout, text) }
