package catalog

import (
	"context"
	"fmt"
	"strings"
	"time"

	"diaoyue.example/workstation/backend/store"
)

// Annotation is a note at a frame, a range of frames or a page.
type Annotation struct {
	ID        string
	RecordID  string
	ViewingID string  // the viewing in which it was made
	Frame     int64   // 0-based, -1 on a page
	FrameTo   int64   // = Frame for a single frame
	Page      int     // 1-based, 0 on footage
	Time      float64 // s from the first frame
	Text      string
	Author    string // name as it was
	AuthorID  string
	CreatedAt time.Time
}

// AddAnnotation writes a note. ErrBadAnnotation.
func (c *Catalog) AddAnnotation(ctx context.Context, tx *store.Tx, a Annotation) (Annotation, error) {
	a.Text = clean(strings.TrimSpace(a.Text))
	if a.Page > 0 {
		a.Frame, a.FrameTo = -1, -1
	}
	if a.Page == 0 && a.FrameTo < a.Frame {
		a.FrameTo = a.Frame
	}
	if a.Text == "" || a.Page < 0 || a.Page == 0 && a.Frame < 0 {
		return Annotation{}, ErrBadAnnotation
	}
	id, err := c.newID()
	if err != nil {
		return Annotation{}, err
	}
	a.ID, a.CreatedAt = id, c.now().UTC()
	_, err = tx.ExecContext(ctx, `INSERT INTO annotation (id, record_id, viewing_id, frame, frame_to, page, time_ms, text, author, author_id, created_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		a.ID, a.RecordID, a.ViewingID, a.Frame, a.FrameTo, a.Page, millis(a.Time), a.Text, a.Author, a.AuthorID, store.FormatTime(a.CreatedAt))
	if err != nil {
		return Annotation{}, fmt.Errorf("write annotation: %w", err)
	}
	return a, c.Touch(ctx, tx, ChangeRecord, a.RecordID)
}

// Annotations returns the notes of a record in the order of their places.
func (c *Catalog) Annotations(ctx context.Context, recordID string) ([]Annotation, error) {
	return read(ctx, c.db, func(tx *store.Tx) ([]Annotation, error) {
		rows, err := tx.QueryContext(ctx, `SELECT id, record_id, viewing_id, frame, frame_to, page, time_ms, text, author, author_id, created_at
			FROM annotation WHERE record_id = ? ORDER BY page, frame, id`, recordID)
		if err != nil {
			return nil, fmt.Errorf("read annotations: %w", err)
		}
		defer rows.Close()
		out := []Annotation{}
		for rows.Next() {
			var a Annotation
			var ms int64
			var created string
			err := rows.Scan(&a.ID, &a.RecordID, &a.ViewingID, &a.Frame, &a.FrameTo, &a.Page, &ms, &a.Text, &a.Author, &a.AuthorID, &created)
			if err != nil {
				return nil, fmt.Errorf("read annotation: %w", err)
			}
			if a.CreatedAt, err = store.ParseTime(created); err != nil {
				return nil, fmt.Errorf("read annotation: %w", err)
			}
			a.Time = float64(ms) / 1000
			out = append(out, a)
		}
		return out, rows.Err()
	})
}

// CountAnnotations returns how many notes were made in a viewing.
func (c *Catalog) CountAnnotations(ctx context.Context, viewingID string) (int, error) {
	return read(ctx, c.db, func(tx *store.Tx) (int, error) {
		var n int
		if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM annotation WHERE viewing_id = ?`, viewingID).Scan(&n); err != nil {
			return 0, fmt.Errorf("count annotations: %w", err)
		}
		return n, nil
	})
}
