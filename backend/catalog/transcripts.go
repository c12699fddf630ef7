package catalog

import (
	"context"
	"fmt"
	"math"
	"time"

	"diaoyue.example/workstation/backend/store"
)

// Transcript is one version of what is spoken in a recording.
type Transcript struct {
	ID        string
	RecordID  string // the recording
	SourceID  string // the record that holds the transcript's original
	Version   int    // 1-based; the highest is shown
	CreatedAt time.Time
	Cues      []Cue
}

// Cue is one spoken span, in seconds from the first frame.
type Cue struct {
	From, To float64
	Speaker  string
	Text     string
}

// AddTranscript writes a new version of a recording's transcript. Adding the
// same source again changes nothing.
func (c *Catalog) AddTranscript(ctx context.Context, tx *store.Tx, t Transcript) (Transcript, error) {
	var known int
	err := tx.QueryRowContext(ctx, `SELECT coalesce(max(source_id = ?), 0), coalesce(max(version), 0) + 1 FROM transcript WHERE record_id = ?`,
		t.SourceID, t.RecordID).Scan(&known, &t.Version)
	if err != nil {
		return Transcript{}, fmt.Errorf("number transcript: %w", err)
	}
	if known == 1 {
		return c.transcriptIn(ctx, tx, t.RecordID)
	}
	if t.ID, err = c.newID(); err != nil {
		return Transcript{}, err
	}
	t.CreatedAt = c.now().UTC()
	_, err = tx.ExecContext(ctx, `INSERT INTO transcript (id, record_id, source_id, version, created_at) VALUES (?, ?, ?, ?, ?)`,
		t.ID, t.RecordID, t.SourceID, t.Version, store.FormatTime(t.CreatedAt))
	if err != nil {
		return Transcript{}, fmt.Errorf("write transcript: %w", err)
	}
	for i, q := range t.Cues {
		_, err := tx.ExecContext(ctx, `INSERT INTO cue (transcript_id, number, from_ms, to_ms, speaker, text) VALUES (?, ?, ?, ?, ?, ?)`,
			t.ID, i+1, millis(q.From), millis(q.To), clean(q.Speaker), clean(q.Text))
		if err != nil {
			return Transcript{}, fmt.Errorf("write cue: %w", err)
		}
	}
	return t, c.Touch(ctx, tx, ChangeRecord, t.RecordID)
}

// Transcript returns the newest transcript of a recording; one without cues
// and with Version 0 when there is none.
func (c *Catalog) Transcript(ctx context.Context, recordID string) (Transcript, error) {
	return read(ctx, c.db, func(tx *store.Tx) (Transcript, error) { return c.transcriptIn(ctx, tx, recordID) })
}

func (c *Catalog) transcriptIn(ctx context.Context, tx *store.Tx, recordID string) (Transcript, error) {
	t := Transcript{RecordID: recordID, Cues: []Cue{}}
	rows, err := tx.QueryContext(ctx, `SELECT t.id, t.source_id, t.version, t.created_at, q.from_ms, q.to_ms, q.speaker, q.text
		FROM transcript t JOIN cue q ON q.transcript_id = t.id
		WHERE t.record_id = ? AND t.version = (SELECT max(version) FROM transcript WHERE record_id = ?) ORDER BY q.number`, recordID, recordID)
	if err != nil {
		return t, fmt.Errorf("read transcript: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var q Cue
		var created string
		var from, to int64
		if err = rows.Scan(&t.ID, &t.SourceID, &t.Version, &created, &from, &to, &q.Speaker, &q.Text); err != nil {
			return t, fmt.Errorf("read transcript: %w", err)
		}
		if t.CreatedAt, err = store.ParseTime(created); err != nil {
			return t, fmt.Errorf("read transcript: %w", err)
		}
		q.From, q.To = float64(from)/1000, float64(to)/1000
		t.Cues = append(t.Cues, q)
	}
	return t, rows.Err()
}

func millis(seconds float64) int64 { return int64(math.Round(seconds * 1000)) }
