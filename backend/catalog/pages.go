package catalog

import (
	"context"
	"fmt"
	"strconv"

	"diaoyue.example/workstation/backend/store"
)

// PageText is the text of one page of a record.
type PageText struct {
	RecordID string
	Page     int    // 1-based
	Source   string // text | ocr | garbled | none
	Text     string
	// Of a page that was read off its picture: boxes as extract.PackBoxes makes
	// them, and the mean confidence, 0…1.
	Boxes      []byte
	Confidence float64
}

// PutPages writes the text of pages. A page that has text already keeps it: a
// text layer is never overwritten by a later reading.
func (c *Catalog) PutPages(ctx context.Context, tx *store.Tx, recordID string, pages []PageText) error {
	for _, p := range pages {
		_, err := tx.ExecContext(ctx, `INSERT INTO page_text (record_id, page, source, text) VALUES (?, ?, ?, ?)
			ON CONFLICT (record_id, page) DO UPDATE SET source = excluded.source, text = excluded.text
			WHERE page_text.text = ''`, recordID, p.Page, p.Source, clean(p.Text))
		if err != nil {
			return fmt.Errorf("write page text: %w", err)
		}
	}
	return c.Touch(ctx, tx, ChangeRecord, recordID)
}

// ReplacePages writes the text of pages in place of all that a record has: its
// pages are others now.
func (c *Catalog) ReplacePages(ctx context.Context, tx *store.Tx, recordID string, pages []PageText) error {
	if _, err := tx.ExecContext(ctx, `DELETE FROM page_text WHERE record_id = ?`, recordID); err != nil {
		return fmt.Errorf("drop page text: %w", err)
	}
	return c.PutPages(ctx, tx, recordID, pages)
}

// Pages returns the text of all pages of a record, in order.
func (c *Catalog) Pages(ctx context.Context, recordID string) ([]PageText, error) {
	return read(ctx, c.db, func(tx *store.Tx) ([]PageText, error) {
		return pagesOf(ctx, tx, recordID, 0)
	})
}

// Page returns the text of one page. ErrNoPage.
func (c *Catalog) Page(ctx context.Context, recordID string, page int) (PageText, error) {
	return read(ctx, c.db, func(tx *store.Tx) (PageText, error) {
		found, err := pagesOf(ctx, tx, recordID, page)
		if err != nil {
			return PageText{}, err
		}
		if len(found) == 0 {
			return PageText{}, ErrNoPage.With("page", strconv.Itoa(page))
		}
		return found[0], nil
	})
}

func pagesOf(ctx context.Context, tx *store.Tx, recordID string, page int) ([]PageText, error) {
	rows, err := tx.QueryContext(ctx, `SELECT t.record_id, t.page, iif(o.page IS NULL, t.source, 'ocr'), coalesce(o.text, t.text), o.boxes, coalesce(o.confidence, 0)
		FROM page_text t LEFT JOIN page_ocr o ON o.record_id = t.record_id AND o.page = t.page
			AND o.state = 'done' AND o.text <> '' AND `+unreadSources+`
		WHERE t.record_id = ? AND (? = 0 OR t.page = ?) ORDER BY t.page`, recordID, page, page)
	if err != nil {
		return nil, fmt.Errorf("read page text: %w", err)
	}
	defer rows.Close()
	out := []PageText{}
	for rows.Next() {
		var p PageText
		if err := rows.Scan(&p.RecordID, &p.Page, &p.Source, &p.Text, &p.Boxes, &p.Confidence); err != nil {
			return nil, fmt.Errorf("read page text: %w", err)
		}
		out = append(out, p)
	}
	return out, rows.Err()
}
