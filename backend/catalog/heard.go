package catalog

import (
	"context"
	"encoding/json"
	"fmt"

	"diaoyue.example/workstation/backend/store"
)

// Heard returns, of these recordings, when cues begin (ms) that only a machine
// wrote and nobody has checked.
func (c *Catalog) Heard(ctx context.Context, recordIDs []string) (map[string]map[int64]bool, error) {
	ids, err := json.Marshal(recordIDs)
	if err != nil {
		return nil, fmt.Errorf("encode ids: %w", err)
	}
	return read(ctx, c.db, func(tx *store.Tx) (map[string]map[int64]bool, error) {
		rows, err := tx.QueryContext(ctx, `SELECT t.record_id, q.from_ms FROM transcript t JOIN cue q ON q.transcript_id = t.id
			WHERE t.record_id IN (SELECT value FROM json_each(?)) AND q.ended = 0
			GROUP BY t.record_id, q.from_ms HAVING min(q.engine <> '' AND q.checked_by = '')`, string(ids))
		if err != nil {
			return nil, fmt.Errorf("read cues: %w", err)
		}
		defer rows.Close()
		out := map[string]map[int64]bool{}
		for rows.Next() {
			var id string
			var from int64
			if err = rows.Scan(&id, &from); err != nil {
				return nil, fmt.Errorf("read cues: %w", err)
			}
			if out[id] == nil {
				out[id] = map[int64]bool{}
			}
			out[id][from] = true
		}
		return out, rows.Err()
	})
}
