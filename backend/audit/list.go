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
	Hash    string // first 8 hex digits of the entry's leaf
}

// Filter selects rows; zero fields select all, and a row must fit every field
// that is set: Actor narrows what Actors allows, and never widens it.
type Filter struct {
	Event      Event
	Events     []Event // any of them
	Actor      string
	Actors     []string // any of them; "" is the program itself
	Except     []string // none of them
	ObjectKind string   // together with ObjectID
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
	var all []Row
	err := l.db.Read(ctx, func(tx *store.Tx) error {
		found, err := f.within(ctx, tx)
		if err != nil {
			return err
		}
		query, args := found.query()
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
			leaf := tlog.RecordHash([]byte(text.String))
			row.Hash = hex.EncodeToString(leaf[:4])
			all = append(all, row)
		}
		return rows.Err()
	})
	if err != nil {
		return nil, fmt.Errorf("list log: %w", err)
	}
	return all, nil
}

func (f found) query() (string, []any) {
	from, args := f.from("")
	limit := f.Limit
	if limit <= 0 {
		limit = defaultLimit
	}
	return `SELECT e.seq, e.body, e.details` + from + ` ORDER BY e.seq DESC LIMIT ?`, append(args, limit)
}

// from is the part of a query that selects; hint tells SQLite by which index.
func (f found) from(hint string) (string, []any) {
	var b strings.Builder
	var args []any
	b.WriteString(` FROM audit_entry e` + hint)
	if f.ObjectKind != "" {
		b.WriteString(` JOIN audit_object o ON o.seq = e.seq AND o.kind = ? AND o.id = ?`)
		args = append(args, f.ObjectKind, f.ObjectID)
	}
	b.WriteString(` WHERE e.seq BETWEEN ? AND ?`)
	args = append(args, f.lo, f.hi)
	and := func(set bool, condition string, values ...any) {
		if set {
			b.WriteString(` AND ` + condition)
			args = append(args, values...)
		}
	}
	and(f.Event != "", `e.event = ?`, string(f.Event))
	and(len(f.Events) > 0, `e.event IN (`+places(len(f.Events))+`)`, values(f.Events)...)
	and(f.Actor != "", `e.actor = ?`, f.Actor)
	and(len(f.Actors) > 0, `e.actor IN (`+places(len(f.Actors))+`)`, values(f.Actors)...)
	and(len(f.Except) > 0, `e.actor NOT IN (`+places(len(f.Except))+`)`, values(f.Except)...)
	// The numbers are narrowed already, so the index of times is not asked:
	// sorting a month of it by number would take seconds.
	and(!f.From.IsZero(), `+e.at >= ?`, store.FormatTime(f.From))
	and(!f.To.IsZero(), `+e.at < ?`, store.FormatTime(f.To))
	and(f.Result != "", `e.result = ?`, string(f.Result))
	return b.String(), args
}

// places is a list of n places for values.
func places(n int) string { return strings.TrimPrefix(strings.Repeat(`, ?`, n), `, `) }

func values[T ~string](list []T) []any {
	out := make([]any, len(list))
	for i, v := range list {
		out[i] = string(v)
	}
	return out
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
