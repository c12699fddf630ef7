package audit

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"

	"diaoyue.example/workstation/backend/store"
)

// Tally says how many entries fit a filter, and how they divide.
type Tally struct {
	Total  int64
	Events map[Event]int64  // of each event, as if no event were chosen
	Actors map[string]int64 // of each account, as if none of Actors were chosen; "" is the program itself
}

// Tally counts the entries that fit. Before and Limit are not asked, so that
// the numbers stay the same from page to page; Actor and Except, by which a
// caller keeps an account to what it may see, hold for every number.
func (l *Log) Tally(ctx context.Context, f Filter) (Tally, error) {
	counts, err := l.shares(ctx, f)
	if err != nil {
		return Tally{}, fmt.Errorf("count log: %w", err)
	}
	t := Tally{Events: map[Event]int64{}, Actors: map[string]int64{}}
	for s, n := range counts {
		if f.Actor != "" && s.actor != f.Actor || slices.Contains(f.Except, s.actor) {
			continue
		}
		event := (f.Event == "" || s.event == f.Event) && (len(f.Events) == 0 || slices.Contains(f.Events, s.event))
		actor := len(f.Actors) == 0 || slices.Contains(f.Actors, s.actor)
		if event && actor {
			t.Total += n
		}
		if actor {
			t.Events[s.event] += n
		}
		if event {
			t.Actors[s.actor] += n
		}
	}
	return t, nil
}

// share is what an account did of one kind.
type share struct {
	event Event
	actor string
}

// tallies keeps the numbers of the whole log: entries are only added, so what
// was counted once stays counted.
type tallies struct {
	mu     sync.Mutex
	size   int64
	counts map[share]int64
}

// shares counts by event and account what fits in time, object and result.
func (l *Log) shares(ctx context.Context, f Filter) (map[share]int64, error) {
	counts := map[share]int64{}
	if f.ObjectKind == "" {
		whole, err := l.counted(ctx)
		if err != nil || f.From.IsZero() && f.To.IsZero() && f.Result == "" {
			return whole, err
		}
		return counts, l.dated(ctx, f, whole, counts)
	}
	err := l.db.Read(ctx, func(tx *store.Tx) error {
		asked := Filter{From: f.From, To: f.To, ObjectKind: f.ObjectKind, ObjectID: f.ObjectID, Result: f.Result}
		w, err := asked.within(ctx, tx)
		if err != nil {
			return err
		}
		return w.count(ctx, tx, counts)
	})
	return counts, err
}

// counted brings the numbers of the whole log up to date.
func (l *Log) counted(ctx context.Context) (map[share]int64, error) {
	t := &l.tallies
	t.mu.Lock()
	defer t.mu.Unlock()
	fresh := map[share]int64{}
	size := t.size
	err := l.db.Read(ctx, func(tx *store.Tx) error {
		var err error
		if size, _, err = tail(ctx, tx); err != nil {
			return err
		}
		return found{lo: t.size + 1, hi: size}.count(ctx, tx, fresh)
	})
	if err != nil {
		return nil, err
	}
	if t.counts == nil {
		t.counts = map[share]int64{}
	}
	for s, n := range fresh {
		t.counts[s] += n
	}
	t.size = size
	return maps.Clone(t.counts), nil
}

// dated counts what fits in time and result of each share that there is: the
// index of counts holds the times of a share in a row, so that a month costs
// the entries of a month and not those of the whole log.
func (l *Log) dated(ctx context.Context, f Filter, whole, counts map[share]int64) error {
	condition, args := `event = ? AND actor = ?`, []any{nil, nil}
	and := func(set bool, more, value string) {
		if set {
			condition += ` AND ` + more
			args = append(args, value)
		}
	}
	and(!f.From.IsZero(), `at >= ?`, store.FormatTime(f.From))
	and(!f.To.IsZero(), `at < ?`, store.FormatTime(f.To))
	and(f.Result != "", `result = ?`, string(f.Result))
	return l.db.Read(ctx, func(tx *store.Tx) error {
		query, err := tx.PrepareContext(ctx, `SELECT count(*) FROM audit_entry INDEXED BY audit_entry_tally WHERE `+condition)
		if err != nil {
			return err
		}
		defer query.Close()
		for s := range whole {
			args[0], args[1] = string(s.event), s.actor
			var n int64
			if err := query.QueryRowContext(ctx, args...).Scan(&n); err != nil {
				return err
			}
			if n > 0 {
				counts[s] = n
			}
		}
		return nil
	})
}

// few is how many entries are sooner counted one by one than by going through
// the whole index of counts.
const few = 20_000

func (f found) count(ctx context.Context, tx *store.Tx, counts map[share]int64) error {
	hint := ` INDEXED BY audit_entry_tally`
	if f.ObjectKind != "" || f.hi-f.lo < few {
		hint = ` NOT INDEXED` // by number
	}
	from, args := f.from(hint)
	rows, err := tx.QueryContext(ctx, `SELECT e.event, e.actor, count(*)`+from+` GROUP BY e.event, e.actor`, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var s share
		var n int64
		if err := rows.Scan(&s.event, &s.actor, &n); err != nil {
			return err
		}
		counts[s] += n
	}
	return rows.Err()
}
