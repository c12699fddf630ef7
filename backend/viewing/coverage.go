package viewing

import (
	"context"
	"encoding/json"
	"fmt"

	"diaoyue.example/workstation/backend/audit"
	"diaoyue.example/workstation/backend/store"
)

// maxLoggedRanges bounds the ranges written into a closing entry; their number
// and sum are always there.
const maxLoggedRanges = 200

// Coverage returns what an account was shown of a record (or of the candidate
// of a copy) over all its viewings; never merged between people. total is the
// number of frames or pages, 0 = as of the newest viewing.
func (d *Desk) Coverage(ctx context.Context, recordID, copyID, accountID string, total int64) (Coverage, error) {
	return d.coverage(ctx, recordID, copyID, accountID, total)
}

// ShownCopy returns the viewings of a copy's candidate by an account and how
// much of it was shown to that account.
func (d *Desk) ShownCopy(ctx context.Context, accountID, copyID string) (viewingIDs []string, shown, total int64, err error) {
	viewingIDs = []string{}
	err = d.cfg.DB.Read(ctx, func(tx *store.Tx) error {
		rows, failure := tx.QueryContext(ctx, `SELECT id, total FROM viewing
			WHERE copy_id = ? AND account_id = ? AND close_kind <> 'failed' ORDER BY seq_first`, copyID, accountID)
		if failure != nil {
			return fmt.Errorf("read viewings: %w", failure)
		}
		defer rows.Close()
		for rows.Next() {
			var id string
			if failure = rows.Scan(&id, &total); failure != nil {
				return fmt.Errorf("read viewings: %w", failure)
			}
			viewingIDs = append(viewingIDs, id)
		}
		if failure = rows.Err(); failure != nil {
			return fmt.Errorf("read viewings: %w", failure)
		}
		c, failure := coverageOf(ctx, tx, total, `v.copy_id = ? AND v.account_id = ?`, copyID, accountID)
		shown = c.Shown
		return failure
	})
	return viewingIDs, shown, total, err
}

func (d *Desk) coverage(ctx context.Context, recordID, copyID, accountID string, total int64) (Coverage, error) {
	var c Coverage
	err := d.cfg.DB.Read(ctx, func(tx *store.Tx) error {
		var err error
		if total == 0 {
			err = tx.QueryRowContext(ctx, `SELECT coalesce(max(total), 0) FROM viewing WHERE record_id = ? AND copy_id = ?`,
				recordID, copyID).Scan(&total)
			if err != nil {
				return fmt.Errorf("read coverage: %w", err)
			}
		}
		c, err = coverageOf(ctx, tx, total, `v.record_id = ? AND v.copy_id = ? AND v.account_id = ?`, recordID, copyID, accountID)
		return err
	})
	return c, err
}

func coverageOf(ctx context.Context, tx *store.Tx, total int64, where string, args ...any) (Coverage, error) {
	// Rows in the numbers of an index that was never verified name the same
	// frames only where their number is the same.
	rows, err := tx.QueryContext(ctx, `SELECT i.counted, i.passed, v.unit FROM viewing_interval i JOIN viewing v ON v.id = i.viewing_id
		WHERE i.replaced = 0 AND (i.provisional = 0 OR v.total = ? OR ? = 0) AND `+where, append([]any{total, total}, args...)...)
	if err != nil {
		return Coverage{}, fmt.Errorf("read coverage: %w", err)
	}
	defer rows.Close()
	var counted, passed []Range
	unit := ""
	for rows.Next() {
		var a, b string
		if err := rows.Scan(&a, &b, &unit); err != nil {
			return Coverage{}, fmt.Errorf("read coverage: %w", err)
		}
		var ra, rb []Range
		if err := json.Unmarshal([]byte(a), &ra); err != nil {
			return Coverage{}, fmt.Errorf("read coverage: %w", err)
		}
		if err := json.Unmarshal([]byte(b), &rb); err != nil {
			return Coverage{}, fmt.Errorf("read coverage: %w", err)
		}
		counted, passed = append(counted, ra...), append(passed, rb...)
	}
	c := Coverage{Ranges: union(counted), Total: total, Unit: unit}
	c.Fast = without(passed, c.Ranges)
	c.Shown = count(c.Ranges)
	c.Seen = c.Shown + count(c.Fast)
	if total > 0 {
		c.Share = min(float64(c.Shown)/float64(total), 1)
	}
	return c, rows.Err()
}

// closing is what a closing entry needs.
type closing struct {
	id, kind, actor, record, copyID string
	total                           int64
	objects                         map[string]string
}

// closeEntry writes the closing entry with the coverage of this viewing and of
// this account, and closes the row.
func (d *Desk) closeEntry(ctx context.Context, c closing) error {
	var own, all Coverage
	var untold []Range
	err := d.cfg.DB.Read(ctx, func(tx *store.Tx) error {
		var err error
		if untold, err = announcedOf(ctx, tx, c.id, c.total); err != nil {
			return err
		}
		if own, err = coverageOf(ctx, tx, c.total, `v.id = ?`, c.id); err != nil {
			return err
		}
		all, err = coverageOf(ctx, tx, c.total, `v.record_id = ? AND v.copy_id = ? AND v.account_id = ?`, c.record, c.copyID, c.actor)
		return err
	})
	if err != nil {
		return err
	}
	entry := audit.Entry{
		Actor: c.actor, Event: audit.ViewingClosed, Objects: c.objects,
		Codes: map[string]any{
			"kind": c.kind, "total": c.total,
			"shown": own.Shown, "ranges": own.Ranges[:min(len(own.Ranges), maxLoggedRanges)], "range_count": len(own.Ranges),
			"fast": count(own.Fast), "account_shown": all.Shown,
		},
	}
	if c.kind == CloseRecovered {
		// The program was killed: of what was announced and never told, nobody
		// knows how much was shown.
		entry.Codes["untold"], entry.Codes["untold_count"] = untold[:min(len(untold), maxLoggedRanges)], count(untold)
	}
	_, err = d.cfg.Log.Do(ctx, entry, func(tx *store.Tx) error {
		_, err = tx.ExecContext(ctx, `UPDATE viewing SET closed_at = ?, close_kind = ?, total = ?,
			seq_last = (SELECT coalesce(max(seq), 0) + 1 FROM audit_entry) WHERE id = ? AND closed_at = ''`,
			store.FormatTime(d.cfg.Now()), c.kind, c.total, c.id)
		return err
	})
	if err != nil {
		return fmt.Errorf("log the closing: %w", err)
	}
	return nil
}

// Recover closes the viewings that were open when the program last ended. It
// is called once, before any is opened, and returns how many there were.
func (d *Desk) Recover(ctx context.Context) (int, error) {
	rows, err := d.rows(ctx, `v.closed_at = ''`, ` ORDER BY v.seq_first`)
	if err != nil {
		return 0, err
	}
	for _, r := range rows {
		objects := map[string]string{"viewing": r.ID, "record": r.RecordID}
		if r.CopyID != "" {
			objects["copy"] = r.CopyID
		}
		err := d.closeEntry(ctx, closing{
			id: r.ID, kind: CloseRecovered, actor: r.AccountID, record: r.RecordID, copyID: r.CopyID, total: r.Total, objects: objects,
		})
		if err != nil {
			return 0, err
		}
	}
	return len(rows), nil
}
