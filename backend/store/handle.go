package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"time"
)

// handle is the connections of an open database. It is given up as a whole
// when a commit failed: SQLite may then hold in memory what the disk does not.
type handle struct {
	write, read *sql.DB // write is nil for reading alone
}

func (h *handle) close() error {
	err := h.read.Close()
	if h.write != nil {
		err = errors.Join(err, h.write.Close())
	}
	return err
}

// gone reports whether every connection is closed, those lent out included.
func (h *handle) gone() bool {
	n := h.read.Stats().OpenConnections
	if h.write != nil {
		n += h.write.Stats().OpenConnections
	}
	return n == 0
}

// connect opens the connections of an up-to-date database.
func connect(ctx context.Context, path string) (*handle, error) {
	h := &handle{write: pool(path, writing, guarded(), 1), read: pool(path, reading, guarded(), readers)}
	if err := errors.Join(h.write.PingContext(ctx), h.read.PingContext(ctx)); err != nil {
		return nil, errors.Join(classify(err), h.close())
	}
	return h, nil
}

// patience is how long a call waits for the transactions of a handle that was
// given up to end.
const patience = 2 * time.Second

// lend returns the connections in use. After a failed commit it opens the
// database again, once nobody has anything of the old ones: what it then holds
// is read from the disk, with the log that SQLite recovers. Errors: ErrClosed,
// also while an old snapshot is still being read, and those of Open.
func (db *DB) lend(ctx context.Context) (*handle, error) {
	db.mu.Lock()
	defer db.mu.Unlock()
	switch {
	case db.closed:
		return nil, ErrClosed
	case db.old == nil:
		return db.now, nil
	}
	if err := db.old.leave(ctx); err != nil {
		return nil, err
	}
	if err := try(db.path); err != nil {
		return nil, fmt.Errorf("open database again: %w", err)
	}
	steps, err := steps(migrations)
	if err != nil {
		return nil, err
	}
	if err = look(ctx, db.path, steps); err != nil {
		return nil, fmt.Errorf("open database again: %w", err)
	}
	fresh, err := connect(ctx, db.path)
	if err != nil {
		return nil, fmt.Errorf("open database again: %w", err)
	}
	db.now, db.old = fresh, nil
	slog.WarnContext(ctx, "database opened again after a failed commit")
	return fresh, nil
}

// try asks the disk whether a file can be made beside the database. SQLite
// itself, where its shared memory cannot be opened, asks again for ten seconds.
func try(path string) error {
	probe := path + ".try"
	f, err := os.OpenFile(probe, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return classifyFile(err)
	}
	return classifyFile(errors.Join(f.Close(), os.Remove(probe)))
}

// leave waits until the handle is gone.
func (h *handle) leave(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !h.gone() {
		select {
		case <-ctx.Done():
			return fmt.Errorf("%w: %w", ErrClosed, ctx.Err())
		case <-tick.C:
		}
	}
	return nil
}

// giveUp closes the handle: nobody uses it any more.
func (db *DB) giveUp(h *handle) {
	db.mu.Lock()
	defer db.mu.Unlock()
	if db.now != h || db.closed {
		return // given up already
	}
	db.now, db.old = nil, h
	// Closing waits for open transactions, so it must not hold up the caller,
	// whose own connection is still out.
	go func() { _ = h.close() }()
}
