package catalog

import (
	"context"
	"fmt"

	"diaoyue.example/workstation/backend/store"
)

// Kinds of change.
const (
	ChangeCase   = "case"   // a case file or its description
	ChangeRecord = "record" // a record, its text, its transcript or its annotations
)

// Change is one row of the feed: something about this case or record is new.
type Change struct {
	Seq  int64 // 1-based, gapless, in order of commit
	Kind string
	ID   string
}

// Touch writes one change. Every method of this package that changes a row
// does it; other rooms call it when what they keep about a record changed.
func (c *Catalog) Touch(ctx context.Context, tx *store.Tx, kind, id string) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO change (seq, kind, id)
		SELECT coalesce(max(seq), 0) + 1, ?, ? FROM change`, kind, id)
	if err != nil {
		return fmt.Errorf("write change: %w", err)
	}
	return nil
}

// Changes returns up to limit changes after since, oldest first. limit 0 means
// all.
func (c *Catalog) Changes(ctx context.Context, since int64, limit int) ([]Change, error) {
	if limit <= 0 {
		limit = -1
	}
	return read(ctx, c.db, func(tx *store.Tx) ([]Change, error) {
		rows, err := tx.QueryContext(ctx, `SELECT seq, kind, id FROM change WHERE seq > ? ORDER BY seq LIMIT ?`, since, limit)
		if err != nil {
			return nil, fmt.Errorf("read changes: %w", err)
		}
		defer rows.Close()
		out := []Change{}
		for rows.Next() {
			var ch Change
			if err := rows.Scan(&ch.Seq, &ch.Kind, &ch.ID); err != nil {
				return nil, fmt.Errorf("read changes: %w", err)
			}
			out = append(out, ch)
		}
		return out, rows.Err()
	})
}

// LastChange returns the sequence number of the newest change, 0 when there is
// none.
func (c *Catalog) LastChange(ctx context.Context) (int64, error) {
	return read(ctx, c.db, func(tx *store.Tx) (int64, error) {
		var seq int64
		err := tx.QueryRowContext(ctx, `SELECT coalesce(max(seq), 0) FROM change`).Scan(&seq)
		return seq, err
	})
}
