// Package audit is the tamper-evident log and the one door through which the
// archive changes: a change and its entry stand together or fall together.
// Entries are numbered from 1 without gaps, are never changed and never
// removed; their order is their number, not their time.
package audit

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"diaoyue.example/workstation/backend/audit/check"
	"diaoyue.example/workstation/backend/fault"
	"diaoyue.example/workstation/backend/store"
)

var (
	// ErrTampered says that the log is not what was written. Parameters
	// "seq", "to", "kind".
	ErrTampered = check.ErrTampered
	// ErrRolledBack says that the log is shorter than, or other than, the
	// high-water mark outside the archive says it has been. Parameters "size",
	// "highwater", "seq" (the first entry that is missing or other).
	ErrRolledBack = fault.New("audit.rolled_back", "the log has been longer, or other, than it is now")
	// ErrNoEntry says that there is no entry of that number.
	ErrNoEntry = fault.New("audit.no_entry", "no such log entry")
)

// Entry is what is to be logged. Codes are ids, numbers, digests and times,
// which the three administrators may see; Details are titles, names, reasons
// and queries, salted, so that they can be withheld without breaking a proof.
// Values of both must be what encoding/json can write.
type Entry struct {
	Actor   string            // account id; "" is the program itself
	Event   Event             // one of the constants
	Objects map[string]string // kind → id: "record", "case", "viewing", "copy", "account"…
	Result  Result            // "" is taken as OK
	Codes   map[string]any
	Details map[string]any
}

// Receipt says where an entry stands.
type Receipt struct {
	Seq int64 // from 1
	At  time.Time
}

// Config says where the log keeps what does not lie in the database.
type Config struct {
	ArchiveDir string           // the public key and checkpoints lie below it
	StateDir   string           // the private key and the high-water mark: outside the archive
	Now        func() time.Time // the clock
	Every      int64            // entries between automatic checkpoints; 0 = 1000
	// Restored, when set, is asked who says that the archive was lawfully
	// restored from a copy, and why, before anything is added to the log.
	Restored func(context.Context) (Acceptance, error)
	Keyring  Keyring // where a new private key goes; nil = a file of mode 0600 in StateDir
}

// Acceptance is an account's word for a lawful restore.
type Acceptance struct{ Actor, Reason string }

// Log is the archive's log. It is safe for concurrent use.
type Log struct {
	db      *store.DB
	cfg     Config
	archive string
	place   place
	key     atomic.Pointer[heldKey]
	keeper  *keeper

	changing sync.Mutex // one change of keys at a time
	tallies  tallies
}

// Open opens the log of db: makes the archive's identity and key the first
// time, compares the log with the high-water mark, and starts the keeper of
// mark and checkpoints. It returns ErrRolledBack when the mark knows more
// than the log; Config.Restored accepts that with an entry.
func Open(ctx context.Context, db *store.DB, cfg Config) (*Log, error) {
	if cfg.Every <= 0 {
		cfg.Every = check.Interval
	}
	l := &Log{db: db, cfg: cfg}
	// Nothing is added to the log before it was compared with the marks.
	for _, step := range []func(context.Context) error{l.identify, l.findKey, l.compare, l.takeKey, l.signOwn} {
		if err := step(ctx); err != nil {
			return nil, fmt.Errorf("open log: %w", err)
		}
	}
	l.keeper = keep(ctx, l)
	return l, nil
}

// Close writes a last checkpoint and the mark. It is called before the
// database is closed.
func (l *Log) Close(ctx context.Context) error {
	l.keeper.stop()
	_, err := l.Checkpoint(ctx)
	return errors.Join(err, l.mark(ctx))
}

// Archive returns the archive's id, a UUID.
func (l *Log) Archive() string { return l.archive }

// Do runs change and appends e in the same transaction: either both stand or
// neither does, and when Do returns nil both are on the disk. A refused or
// failed act is recorded by Note. change must not call Do or Note: there is
// one writer, and it would wait for itself; further entries are appended with
// Append.
func (l *Log) Do(ctx context.Context, e Entry, change func(*store.Tx) error) (Receipt, error) {
	var r Receipt
	err := l.db.Write(ctx, func(tx *store.Tx) error {
		if err := change(tx); err != nil {
			return err
		}
		var err error
		r, err = l.Append(ctx, tx, e)
		return err
	})
	if err != nil {
		return Receipt{}, err
	}
	l.keeper.poke()
	return r, nil
}

// Note appends e alone: a viewing opened, an access refused. When it returns
// nil the entry is on the disk.
func (l *Log) Note(ctx context.Context, e Entry) (Receipt, error) {
	return l.Do(ctx, e, func(*store.Tx) error { return nil })
}

// Append appends a further entry inside a change given to Do.
func (l *Log) Append(ctx context.Context, tx *store.Tx, e Entry) (Receipt, error) {
	size, last, err := tail(ctx, tx)
	if err != nil {
		return Receipt{}, err
	}
	now := l.cfg.Now().UTC().Truncate(time.Microsecond)
	if now.Before(last) {
		// The clock went backwards: said in an entry of its own, so that the
		// order of numbers and of times can be told apart.
		step := Entry{Event: ClockStep, Codes: map[string]any{"from": store.FormatTime(last), "to": store.FormatTime(now)}}
		if err := insert(ctx, tx, size, now, step); err != nil {
			return Receipt{}, err
		}
		size++
	}
	if err := insert(ctx, tx, size, now, e); err != nil {
		return Receipt{}, err
	}
	return Receipt{Seq: size + 1, At: now}, nil
}

// Head says how far the log reaches.
type Head struct {
	Size           int64
	Root           string // lower hex
	CheckpointSize int64  // entries covered by the last checkpoint
	WitnessSize    int64  // entries covered by the last witness; 0 while there is none
}

// Head returns size and root of the log as committed.
func (l *Log) Head(ctx context.Context) (Head, error) {
	var h Head
	err := l.db.Read(ctx, func(tx *store.Tx) error {
		size, root, err := treeHead(ctx, tx)
		if err != nil {
			return err
		}
		h = Head{Size: size, Root: fmt.Sprintf("%x", root[:])}
		return tx.QueryRowContext(ctx, `SELECT (SELECT coalesce(max(size), 0) FROM audit_checkpoint), (SELECT coalesce(max(size), 0) FROM audit_witness)`).
			Scan(&h.CheckpointSize, &h.WitnessSize)
	})
	return h, err
}

// identify reads the archive's id, or makes it while the log is empty.
func (l *Log) identify(ctx context.Context) error {
	made := false
	err := l.db.Write(ctx, func(tx *store.Tx) error {
		err := tx.QueryRowContext(ctx, `SELECT archive FROM audit_origin`).Scan(&l.archive)
		if !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		size, _, err := tail(ctx, tx)
		if err != nil {
			return err
		}
		if size > 0 {
			return &TamperError{Seq: 1, To: size, Kind: KindIdentity}
		}
		id, err := uuid.NewV7()
		if err != nil {
			return err
		}
		l.archive = id.String()
		_, err = tx.ExecContext(ctx, `INSERT INTO audit_origin (one, archive, made) VALUES (1, ?, ?)`, l.archive, store.FormatTime(l.cfg.Now()))
		made = err == nil
		return err
	})
	if err != nil || !made {
		return err
	}
	// Marks are found by the id: were it lost with a torn write-ahead log, this
	// would open as another archive, of which nobody knows anything.
	return l.db.Fold(ctx)
}

// tail returns the number of entries and the time of the last.
func tail(ctx context.Context, tx *store.Tx) (size int64, last time.Time, err error) {
	var at string
	err = tx.QueryRowContext(ctx, `SELECT seq, at FROM audit_entry ORDER BY seq DESC LIMIT 1`).Scan(&size, &at)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, time.Time{}, nil
	}
	if err != nil {
		return 0, time.Time{}, err
	}
	last, err = store.ParseTime(at)
	if err != nil {
		return 0, time.Time{}, &TamperError{Seq: size, To: size, Kind: KindIndex}
	}
	return size, last, nil
}

// What a verification finds is described in package check, which needs no
// database; here it has the names by which the rooms above know it.
type (
	// Report is the outcome of a verification that found nothing wrong.
	Report = check.Report
	// TamperError says where the log is not what was written; it is ErrTampered.
	TamperError = check.TamperError
	// Restore is a lawful restore that an entry speaks of.
	Restore = check.Restore
	// KeyUse is a key that signs the log.
	KeyUse = check.KeyUse
)

// Kinds of tampering; package check says what each means.
const (
	KindMissing    = check.KindMissing
	KindBody       = check.KindBody
	KindDetails    = check.KindDetails
	KindIndex      = check.KindIndex
	KindHashes     = check.KindHashes
	KindRewritten  = check.KindRewritten
	KindCheckpoint = check.KindCheckpoint
	KindIdentity   = check.KindIdentity
	KindFile       = check.KindFile
	KindPublicKey  = check.KindPublicKey
	KindKey        = check.KindKey
	KindWitness    = check.KindWitness
)
