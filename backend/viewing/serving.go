package viewing

import (
	"context"
	"fmt"

	"diaoyue.example/workstation/backend/audit"
	"diaoyue.example/workstation/backend/store"
)

// ahead makes sure that an entry says of r that it may leave the desk, before
// it does: whatever happens to the program then, nothing was served without
// its entry. It announces whole blocks, so that playing costs an entry in ten
// seconds, and returns a function that waits for the entry; the caller may
// decode meanwhile. What really left is told by the intervals that follow.
func (v *Viewing) ahead(ctx context.Context, r Range) func() error {
	blocks := v.blocks(r)
	v.mu.Lock()
	known := v.announced.holds(blocks)
	v.mu.Unlock()
	if known {
		return func() error { return nil }
	}
	done := make(chan error, 1)
	// An answer that was overtaken leaves its announcement standing.
	go func() { done <- v.announce(context.WithoutCancel(ctx), blocks) }()
	return func() error { return <-done }
}

// blocks widens r to the blocks it touches.
func (v *Viewing) blocks(r Range) Range {
	whole, size := v.info.whole(), v.info.block()
	from := whole.From + (r.From-whole.From)/size*size
	to := whole.From + ((r.To-whole.From)/size+1)*size - 1
	return Range{from, min(to, whole.To)}
}

func (v *Viewing) announce(ctx context.Context, r Range) error {
	v.announcing.Lock()
	defer v.announcing.Unlock()
	v.mu.Lock()
	missing := without([]Range{r}, v.announced)
	v.mu.Unlock()
	if len(missing) == 0 {
		return nil
	}
	entry := audit.Entry{
		Actor: v.info.Actor.ID, Event: audit.Serving, Objects: v.objects(),
		Codes: map[string]any{"ranges": missing, "unit": v.info.Unit()},
	}
	_, err := v.desk.cfg.Log.Do(ctx, entry, func(tx *store.Tx) error { return insertServing(ctx, tx, v.info.ID, missing) })
	if err != nil {
		return v.speechless(err)
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	for _, m := range missing {
		v.announced.add(m)
	}
	return nil
}

// insertServing notes ranges under the entry that is about to be appended.
func insertServing(ctx context.Context, tx *store.Tx, viewingID string, ranges []Range) error {
	for _, r := range ranges {
		_, err := tx.ExecContext(ctx, `INSERT INTO viewing_serving (viewing_id, seq, from_at, to_at)
			SELECT ?, coalesce(max(seq), 0) + 1, ?, ? FROM audit_entry`, viewingID, r.From, r.To)
		if err != nil {
			return fmt.Errorf("announce what is served: %w", err)
		}
	}
	return nil
}

// speechless says that the log could not be written. From then on nothing is
// announced any more, so that the next frame needs an entry of its own: no
// room for the log, no viewing.
func (v *Viewing) speechless(err error) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.announced = nil
	return fmt.Errorf("%w: %w", ErrNoLog, err)
}

// announcedOf returns what was announced of a viewing and is in none of its
// intervals: after a crash nobody knows how much of it was shown.
func announcedOf(ctx context.Context, tx *store.Tx, viewingID string, total int64) ([]Range, error) {
	announced, err := ranges(ctx, tx, `SELECT from_at, to_at FROM viewing_serving WHERE viewing_id = ?`, viewingID)
	if err != nil {
		return nil, err
	}
	told, err := ranges(ctx, tx, `SELECT from_at, to_at FROM viewing_interval WHERE viewing_id = ? AND replaced = 0 AND kind <> '`+KindThumbnail+`'`, viewingID)
	if err != nil {
		return nil, err
	}
	all := marks(without(announced, union(told)))
	if total > 0 {
		return all.within(Range{0, total}), nil // a block may reach beyond the end
	}
	return all, nil
}

func ranges(ctx context.Context, tx *store.Tx, query string, args ...any) ([]Range, error) {
	rows, err := tx.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("read ranges: %w", err)
	}
	defer rows.Close()
	out := []Range{}
	for rows.Next() {
		var r Range
		if err := rows.Scan(&r.From, &r.To); err != nil {
			return nil, fmt.Errorf("read ranges: %w", err)
		}
		out = append(out, r)
	}
	return out, rows.Err()
}
