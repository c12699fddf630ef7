package catalog

import (
	"context"
	"fmt"

	"diaoyue.example/workstation/backend/store"
)

// TextCount is how many papers are in one state of their text.
type TextCount struct {
	State   string
	Records int
}

// TextCounts counts the papers by the state of their text; states without any
// are left out. Footage has no text of this kind.
func (c *Catalog) TextCounts(ctx context.Context) ([]TextCount, error) {
	return read(ctx, c.db, func(tx *store.Tx) ([]TextCount, error) {
		rows, err := tx.QueryContext(ctx, `SELECT text_state, count(*) FROM record WHERE text_state <> ?
			GROUP BY text_state ORDER BY text_state`, TextNone)
		if err != nil {
			return nil, fmt.Errorf("count texts: %w", err)
		}
		defer rows.Close()
		out := []TextCount{}
		for rows.Next() {
			var n TextCount
			if err := rows.Scan(&n.State, &n.Records); err != nil {
				return nil, fmt.Errorf("count texts: %w", err)
			}
			out = append(out, n)
		}
		return out, rows.Err()
	})
}

// ByTextState returns papers in a state of their text, newest first: at most
// limit of those older than the record before, or from the newest for "".
func (c *Catalog) ByTextState(ctx context.Context, state, before string, limit int) ([]Record, error) {
	return c.records(ctx, `r.text_state = ? AND (? = '' OR r.id < ?) ORDER BY r.id DESC LIMIT ?`, state, before, before, limit)
}
