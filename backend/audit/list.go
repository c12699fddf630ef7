package audit

import (
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"diaoyue.example/workstation/backend/audit/check"
	"diaoyue.example/workstation/backend/signature"
	"diaoyue.example/workstation/backend/store"
)

// Row is an entry as it stands in the log. Numbers in Codes and Details are
// json.Number.
type Row struct {
	Seq     int64
	At      time.Time
	Actor   string
	Event   Event
	Objects map[string]string
	Result  Result
	Codes   map[string]any
	Details map[string]any
}

// Filter selects rows; zero fields select all.
type Filter struct {
	Event      Event
	Actor      string
	ObjectKind string // together with ObjectID
	ObjectID   string
	From, To   time.Time // From inclusive, To exclusive
	Result     Result
	Before     int64 // only entries with a smaller number
	Limit      int   // 0 = 200
}

// defaultLimit is how many rows List returns when not told.
const defaultLimit = 200

// List returns the entries that fit, newest first. Who may see which, and
// whether with details, is for the caller to decide.
func (l *Log) List(ctx context.Context, f Filter) ([]Row, error) {
	query, args := f.query()
	var all []Row
	err := l.db.Read(ctx, func(tx *store.Tx) error {
		rows, err := tx.QueryContext(ctx, query, args...)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var seq int64
			var text, details sql.NullString
			if err := rows.Scan(&seq, &text, &details); err != nil {
				return err
			}
			row, err := parseRow(text.String, details.String)
			if err != nil || row.Seq != seq {
				return &TamperError{Seq: seq, To: seq, Kind: KindBody}
			}
			all = append(all, row)
		}
		return rows.Err()
	})
	if err != nil {
		return nil, fmt.Errorf("list log: %w", err)
	}
	return all, nil
}

func (f Filter) query() (string, []any) {
	var b strings.Builder
	var args []any
	b.WriteString(`SELECT e.seq, e.body, e.details FROM audit_entry e`)
	if f.ObjectKind != "" {
		b.WriteString(` JOIN audit_object o ON o.seq = e.seq AND o.kind = ? AND o.id = ?`)
		args = append(args, f.ObjectKind, f.ObjectID)
	}
	b.WriteString(` WHERE 1 = 1`)
	and := func(set bool, condition string, arg any) {
		if set {
			b.WriteString(` AND ` + condition)
			args = append(args, arg)
		}
	}
	and(f.Event != "", `e.event = ?`, string(f.Event))
	and(f.Actor != "", `e.actor = ?`, f.Actor)
	and(!f.From.IsZero(), `e.at >= ?`, store.FormatTime(f.From))
	and(!f.To.IsZero(), `e.at < ?`, store.FormatTime(f.To))
	and(f.Result != "", `e.result = ?`, string(f.Result))
	and(f.Before > 0, `e.seq < ?`, f.Before)
	limit := f.Limit
	if limit <= 0 {
		limit = defaultLimit
	}
	b.WriteString(` ORDER BY e.seq DESC LIMIT ?`)
	return b.String(), append(args, limit)
}

func parseRow(text, details string) (Row, error) {
	b, err := check.ParseBody([]byte(text))
	if err != nil {
		return Row{}, err
	}
	at, err := store.ParseTime(b.At)
	if err != nil {
		return Row{}, err
	}
	row := Row{Seq: b.Seq, At: at, Actor: b.Actor, Event: Event(b.Event), Objects: b.Objects, Result: Result(b.Result)}
	if len(b.Codes) > 0 {
		if err := read(b.Codes, &row.Codes); err != nil {
			return Row{}, err
		}
	}
	if details != "" {
		if err := read([]byte(details), &row.Details); err != nil {
			return Row{}, err
		}
	}
	return row, nil
}

// Proof shows that an entry is in the log that a checkpoint signs.
type Proof = signature.Inclusion

// Prove returns the proof that entry seq is in the log of the newest
// checkpoint, which is made if none covers the entry. It returns ErrNoEntry
// when there is no such entry.
func (l *Log) Prove(ctx context.Context, seq int64) (Proof, error) {
	var c Checkpoint
	err := l.db.Read(ctx, func(tx *store.Tx) error {
		var err error
		c, err = lastCheckpoint(ctx, tx)
		return err
	})
	if err == nil && seq > c.Size {
		c, err = l.Checkpoint(ctx)
	}
	if err != nil {
		return Proof{}, fmt.Errorf("prove entry: %w", err)
	}
	if seq < 1 || seq > c.Size {
		return Proof{}, ErrNoEntry
	}
	p := Proof{Seq: seq, Checkpoint: c.Note}
	err = l.db.Read(ctx, func(tx *store.Tx) error { return include(ctx, tx, &p, c.Size) })
	if err != nil {
		return Proof{}, fmt.Errorf("prove entry: %w", err)
	}
	return p, nil
}

// include fills in the entry and its path to the root of size entries.
func include(ctx context.Context, tx *store.Tx, p *Proof, size int64) error {
	err := tx.QueryRowContext(ctx, `SELECT body FROM audit_entry WHERE seq = ?`, p.Seq).Scan(&p.Body)
	if errors.Is(err, sql.ErrNoRows) {
		return &TamperError{Seq: p.Seq, To: p.Seq, Kind: KindMissing}
	}
	if err != nil {
		return err
	}
	path, err := tlog.ProveRecord(size, p.Seq-1, reader(ctx, tx))
	for _, h := range path {
		p.Path = append(p.Path, hex.EncodeToString(h[:]))
	}
	return err
}
