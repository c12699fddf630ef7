package catalog

import (
	"context"
	"fmt"

	"diaoyue.example/workstation/backend/store"
)

// unreadSources are those of pages whose text must be read off their picture:
// there is none, or it means nothing.
const unreadSources = `t.source IN ('none', 'garbled')`

// States of a page that was to be read off its picture.
const (
	ReadDone   = "done"
	ReadFailed = "failed"
)

// ReadPage is what was read off the picture of a page.
type ReadPage struct {
	Page       int    // 1-based
	State      string // ReadDone or ReadFailed
	Engine     string // with what
	Text       string // as the boxes count it
	Boxes      []byte // extract.PackBoxes
	Confidence float64
	Code       string // fault code when State is ReadFailed
}

// PutRead writes what was read off pages. The text that a file itself holds
// stands apart and is not touched.
func (c *Catalog) PutRead(ctx context.Context, tx *store.Tx, recordID string, pages []ReadPage) error {
	for _, p := range pages {
		boxes := p.Boxes
		if boxes == nil {
			boxes = []byte{}
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO page_ocr (record_id, page, state, engine, text, boxes, confidence, code) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT (record_id, page) DO UPDATE SET state = excluded.state, engine = excluded.engine, text = excluded.text,
				boxes = excluded.boxes, confidence = excluded.confidence, code = excluded.code`,
			recordID, p.Page, p.State, p.Engine, p.Text, boxes, p.Confidence, p.Code)
		if err != nil {
			return fmt.Errorf("write page that was read: %w", err)
		}
	}
	return c.Touch(ctx, tx, ChangeRecord, recordID)
}

// ReadAgain lets the pages of a record that could not be read wait again and
// returns how many they are.
func (c *Catalog) ReadAgain(ctx context.Context, tx *store.Tx, recordID string) (int64, error) {
	done, err := tx.ExecContext(ctx, `DELETE FROM page_ocr WHERE record_id = ? AND state = 'failed'`, recordID)
	if err != nil {
		return 0, fmt.Errorf("let pages be read again: %w", err)
	}
	n, err := done.RowsAffected()
	if err != nil {
		return 0, fmt.Errorf("let pages be read again: %w", err)
	}
	return n, c.Touch(ctx, tx, ChangeRecord, recordID)
}

// FailedReads counts the pages of a record that could not be read.
func (c *Catalog) FailedReads(ctx context.Context, tx *store.Tx, recordID string) (int64, error) {
	var n int64
	err := tx.QueryRowContext(ctx, `SELECT count(*) FROM page_ocr WHERE record_id = ? AND state = 'failed'`, recordID).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("count failed pages: %w", err)
	}
	return n, nil
}

// Unread returns the pages of a record that wait to be read, in order.
func (c *Catalog) Unread(ctx context.Context, recordID string) ([]int, error) {
	return read(ctx, c.db, func(tx *store.Tx) ([]int, error) {
		rows, err := tx.QueryContext(ctx, `SELECT t.page FROM page_text t WHERE t.record_id = ? AND `+unread+` ORDER BY t.page`, recordID)
		if err != nil {
			return nil, fmt.Errorf("read unread pages: %w", err)
		}
		defer rows.Close()
		var out []int
		for rows.Next() {
			var n int
			if err := rows.Scan(&n); err != nil {
				return nil, fmt.Errorf("read unread pages: %w", err)
			}
			out = append(out, n)
		}
		return out, rows.Err()
	})
}

const unread = unreadSources + ` AND NOT EXISTS (SELECT 1 FROM page_ocr o WHERE o.record_id = t.record_id AND o.page = t.page)`

// ReadFailure is a record of which pages could not be read.
type ReadFailure struct {
	RecordID string
	Title    string
	Pages    int64
	Code     string // of one of them
}

// ReadCounts is how far the reading of the archive's pages is. Records that are
// kept apart or gone are not counted.
type ReadCounts struct {
	Waiting, WaitingRecords int64
	Done, Failed            int64
	Blank                   int64 // of Done: nothing is written on them
	Failures                []ReadFailure
}

// readFailuresShown bounds the list of records with failures.
const readFailuresShown = 20

// ReadCounts counts pages.
func (c *Catalog) ReadCounts(ctx context.Context) (ReadCounts, error) {
	return read(ctx, c.db, func(tx *store.Tx) (ReadCounts, error) {
		var out ReadCounts
		err := tx.QueryRowContext(ctx, `SELECT count(*), count(DISTINCT t.record_id) FROM page_text t JOIN record r ON r.id = t.record_id
			WHERE r.suspected = 0 AND r.custody = '' AND `+unread).Scan(&out.Waiting, &out.WaitingRecords)
		if err != nil {
			return out, fmt.Errorf("count unread pages: %w", err)
		}
		err = tx.QueryRowContext(ctx, `SELECT count(*) FILTER (WHERE state = 'done'), count(*) FILTER (WHERE state = 'failed'),
			count(*) FILTER (WHERE state = 'done' AND text = '') FROM page_ocr`).Scan(&out.Done, &out.Failed, &out.Blank)
		if err != nil || out.Failed == 0 {
			return out, err
		}
		rows, err := tx.QueryContext(ctx, `SELECT o.record_id, r.title, count(*), max(o.code) FROM page_ocr o JOIN record r ON r.id = o.record_id
			WHERE o.state = 'failed' AND r.suspected = 0 GROUP BY o.record_id ORDER BY o.record_id DESC LIMIT ?`, readFailuresShown)
		if err != nil {
			return out, fmt.Errorf("read failed pages: %w", err)
		}
		defer rows.Close()
		for rows.Next() {
			var f ReadFailure
			if err := rows.Scan(&f.RecordID, &f.Title, &f.Pages, &f.Code); err != nil {
				return out, fmt.Errorf("read failed pages: %w", err)
			}
			out.Failures = append(out.Failures, f)
		}
		return out, rows.Err()
	})
}

// UnreadRecords returns the records that have pages waiting to be read and may
// be opened.
func (c *Catalog) UnreadRecords(ctx context.Context) ([]string, error) {
	return read(ctx, c.db, func(tx *store.Tx) ([]string, error) {
		return textsOf(ctx, tx, `SELECT DISTINCT t.record_id FROM page_text t JOIN record r ON r.id = t.record_id
			WHERE r.suspected = 0 AND r.custody = '' AND `+unread)
	})
}
