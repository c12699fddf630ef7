package audit

import (
	"context"
	"database/sql"
	"errors"
	"maps"

	"diaoyue.example/workstation/backend/audit/check"
	"diaoyue.example/workstation/backend/store"
)

// SQLite finds entries through indexes, which are copies of their own in the
// file: one who leaves the rows alone and takes an entry out of an index has
// hidden it from every filter. So what the indexes hold is summed up as well.

// mixed is the share of an entry in such a sum: its number, mixed with a key that
// nobody knew who wrote the file, so that no other entries sum up to the same. It
// is never 0, not linear in the number, for what is would cancel out, and below
// 2⁸ times it, so that a hundred million of them do not overflow.
func mixed(seq, key int64) int64 {
	x := seq * key
	return seq * (1 + (x >> 20 & (x >> 9) & 0xff))
}

// mixedSQL is mixed as SQLite computes it; ?1 is the key.
const mixedSQL = `seq * (1 + (seq * ?1 >> 20 & (seq * ?1 >> 9) & 0xff))`

// groups are the sums by event and by actor; "" stands for the part that an
// index does not have.
type groups map[share]*int64

func (g groups) add(f *check.Fields, part int64) {
	// Written so that nothing is copied when the group is there.
	sum, ok := g[share{Event(f.Event), string(f.Actor)}]
	if !ok {
		sum = new(int64)
		g[share{Event(f.Event), string(f.Actor)}] = sum
	}
	*sum += part
}

// by folds the groups to those of one index.
func (g groups) by(event, actor bool) map[share]int64 {
	out := map[share]int64{}
	for s, part := range g {
		if !event {
			s.event = ""
		}
		if !actor {
			s.actor = ""
		}
		out[s] += *part
	}
	return out
}

// index is one by which entries are found; empty parts are not in it.
type index struct {
	name         string
	event, actor bool
	columns      string // of share, in their order
	by           string
}

func indexes() []index {
	return []index{
		{"audit_entry_event", true, false, `event, ''`, `event`},
		{"audit_entry_actor", false, true, `'', actor`, `actor`},
		{"audit_entry_tally", true, true, `event, actor`, `event, actor`},
	}
}

// readIndexes sums up what the indexes hold of entries up to the last.
func (w *walker) readIndexes(ctx context.Context) error {
	w.indexed = map[string]map[share]int64{}
	return w.db.Read(ctx, func(tx *store.Tx) error {
		// Entries that were added since are left out, which costs each row a look.
		upTo := ` WHERE +seq <= ?2`
		var newest int64
		if err := tx.QueryRowContext(ctx, `SELECT coalesce(max(seq), 0) FROM audit_entry`).Scan(&newest); err != nil {
			return err
		}
		if newest == w.last {
			upTo = ` WHERE ?2 > 0`
		}
		for _, i := range indexes() {
			var known int
			err := tx.QueryRowContext(ctx, `SELECT count(*) FROM sqlite_schema WHERE type = 'index' AND name = ?`, i.name).Scan(&known)
			if err == nil && known > 0 { // an older schema, read only, lacks one
				w.indexed[i.name], err = i.sums(ctx, tx, w.key, w.last, upTo)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
}

func (i index) sums(ctx context.Context, tx *store.Tx, key, last int64, upTo string) (map[share]int64, error) {
	rows, err := tx.QueryContext(ctx, `SELECT `+i.columns+`, sum(`+mixedSQL+`)
		FROM audit_entry INDEXED BY `+i.name+upTo+` GROUP BY `+i.by, key, last)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := map[share]int64{}
	for rows.Next() {
		var s share
		var sum int64
		if err := rows.Scan(&s.event, &s.actor, &sum); err != nil {
			return nil, err
		}
		out[s] = sum
	}
	return out, rows.Err()
}

// compareIndexes names an entry that an index hides or misplaces.
func (w *walker) compareIndexes(ctx context.Context) error {
	if w.indexesErr != nil {
		return w.indexesErr
	}
	for _, i := range indexes() {
		found, ok := w.indexed[i.name]
		if !ok || maps.Equal(found, w.groups.by(i.event, i.actor)) {
			continue
		}
		return w.db.Read(ctx, func(tx *store.Tx) error { return i.hidden(ctx, tx, w.last) })
	}
	return nil
}

// hidden finds the first entry that the index does not have under its value.
func (i index) hidden(ctx context.Context, tx *store.Tx, last int64) error {
	same := `i.seq = e.seq`
	if i.event {
		same += ` AND i.event = e.event`
	}
	if i.actor {
		same += ` AND i.actor = e.actor`
	}
	var seq int64
	err := tx.QueryRowContext(ctx, `SELECT e.seq FROM audit_entry e NOT INDEXED WHERE e.seq <= ? AND NOT EXISTS
		(SELECT 1 FROM audit_entry i INDEXED BY `+i.name+` WHERE `+same+`) ORDER BY e.seq LIMIT 1`, last).Scan(&seq)
	if errors.Is(err, sql.ErrNoRows) {
		return &TamperError{Seq: 1, To: last, Kind: KindIndex} // one too many, or a copy of a copy
	}
	if err != nil {
		return err
	}
	return &TamperError{Seq: seq, To: seq, Kind: KindIndex}
}
