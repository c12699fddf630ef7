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

// group sums up the entries of one value in an index. Numbers, and numbers mixed
// with a key that nobody knew who wrote the file, tell which entries they were,
// not only how many.
type group struct{ count, sum, mixed int64 }

// add takes an entry in. Its mixed share stays below 2⁸ times its number, so
// that a hundred million of them do not overflow.
func (g *group) add(seq, key int64) {
	g.count++
	g.sum += seq
	x := seq * key
	g.mixed += seq * (x >> 20 & (x >> 9) & 0xff) // not linear: what is would cancel out
}

// groups are the sums by event, by actor and by both; "" stands for the part
// that an index does not have.
type groups map[share]*group

func (g groups) add(f *check.Fields, seq, key int64) {
	// Written so that nothing is copied when the group is there.
	sum, ok := g[share{Event(f.Event), string(f.Actor)}]
	if !ok {
		sum = &group{}
		g[share{Event(f.Event), string(f.Actor)}] = sum
	}
	sum.add(seq, key)
}

// by folds the groups to those of one index.
func (g groups) by(event, actor bool) map[share]group {
	out := map[share]group{}
	for s, one := range g {
		if !event {
			s.event = ""
		}
		if !actor {
			s.actor = ""
		}
		sum := out[s]
		sum.count, sum.sum, sum.mixed = sum.count+one.count, sum.sum+one.sum, sum.mixed+one.mixed
		out[s] = sum
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
	w.indexed = map[string]map[share]group{}
	return w.db.Read(ctx, func(tx *store.Tx) error {
		for _, i := range indexes() {
			var known int
			err := tx.QueryRowContext(ctx, `SELECT count(*) FROM sqlite_schema WHERE type = 'index' AND name = ?`, i.name).Scan(&known)
			if err == nil && known > 0 { // an older schema, read only, lacks one
				w.indexed[i.name], err = i.sums(ctx, tx, w.last, w.key)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
}

func (i index) sums(ctx context.Context, tx *store.Tx, last, key int64) (map[share]group, error) {
	rows, err := tx.QueryContext(ctx, `SELECT `+i.columns+`, count(*), sum(seq), sum(seq * (seq * ?1 >> 20 & (seq * ?1 >> 9) & 0xff))
		FROM audit_entry INDEXED BY `+i.name+` WHERE +seq <= ?2 GROUP BY `+i.by, key, last)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := map[share]group{}
	for rows.Next() {
		var s share
		var g group
		if err := rows.Scan(&s.event, &s.actor, &g.count, &g.sum, &g.mixed); err != nil {
			return nil, err
		}
		out[s] = g
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
