package catalog

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"diaoyue.example/workstation/backend/store"
)

// Record is one 件 of a case file: a text or an audio-visual record
// (article 3), with the digests of its original.
type Record struct {
	ID        string
	CaseID    string
	CaseCode  string // read from the case
	CaseTitle string // read from the case
	Code      string // case code and three digits
	Number    int    // place in the case, 1-based
	Kind      string // KindText or KindAV
	Medium    string
	Stage     string
	Title     string
	Date      string // YYYY-MM-DD, of the file or the recording
	FileName  string // base name as received
	Format    string // container or document kind, for instance mp4, pdf
	Size      int64  // bytes
	SHA256    string
	SM3       string
	StoredAt  time.Time // set by the program only (refusal R11)
	StoredBy  string    // account id

	Pages       int
	Frames      int64
	Duration    float64 // s
	Width       int     // upright
	Height      int
	StartedAt   time.Time // device clock at the first frame, zero if unknown
	CompletedAt time.Time // end of the recording or time of the file
	DueAt       time.Time // article 17, zero if unknown
	Timeliness  string
	IndexState  string
	Diagnosis   string // JSON of media.Diagnosis, "" unless IndexState is IndexUnreadable
	TextState   string
	TextReason  string
	ChainID     string
	Segment     int // 1-based place in the chain, 0 when alone
	Segments    int // read: length of the chain
	ClockOffset float64
	EnclosedIn  string // id of the mail or paper in which the file came, "" for one received by itself
	Suspected   bool   // perhaps a state secret: kept apart (保密法 30)
	Annotations int    // read

	// Custody is "" while the original is whole and here. (A row sealed before
	// this was known keeps its digest.)
	Custody string `json:",omitempty"`
}

// Original names the stored bytes of a record.
type Original struct {
	SHA256, SM3 string
	Size        int64
}

// Original returns the digests and size of the record's original.
func (r Record) Original() Original { return Original{r.SHA256, r.SM3, r.Size} }

// Playable reports whether the recording has frames or sound that can be
// decoded.
func (r Record) Playable() bool { return r.Footage() && r.IndexState != IndexUnreadable }

// DiagnosisKind is why the recording cannot be played, "" for one that can be.
func (r Record) DiagnosisKind() string {
	var d struct {
		Kind string `json:"kind"`
	}
	if r.Diagnosis == "" || json.Unmarshal([]byte(r.Diagnosis), &d) != nil {
		return ""
	}
	return d.Kind
}

// Footage reports whether the record has frames or sound in time.
func (r Record) Footage() bool { return r.Medium == MediumVideo || r.Medium == MediumAudio }

// AddRecord describes a new original in its case. ID, Number, Code and StoredAt
// are set here. Errors: ErrBadStage, ErrNoCase, ErrOriginalKnown.
func (c *Catalog) AddRecord(ctx context.Context, tx *store.Tx, r Record) (Record, error) {
	if !ValidStage(r.Stage) {
		return Record{}, ErrBadStage.With("stage", r.Stage)
	}
	if r.SHA256 == "" || r.SM3 == "" {
		return Record{}, ErrMissingField.With("field", "digest")
	}
	cases, err := scanCases(tx.QueryContext(ctx, selectCase+` WHERE f.id = ?`, r.CaseID))
	if err != nil {
		return Record{}, err
	}
	if len(cases) == 0 {
		return Record{}, ErrNoCase.With("case", r.CaseID)
	}
	var known string
	err = tx.QueryRowContext(ctx, `SELECT coalesce((SELECT id FROM record WHERE sha256 = ?), ''),
		(SELECT coalesce(max(number), 0) + 1 FROM record WHERE case_id = ?)`, r.SHA256, r.CaseID).Scan(&known, &r.Number)
	if err != nil {
		return Record{}, fmt.Errorf("number record: %w", err)
	}
	if known != "" {
		return Record{}, ErrOriginalKnown.With("record", known)
	}
	if r.ID == "" {
		if r.ID, err = c.newID(); err != nil {
			return Record{}, err
		}
	}
	r.Title, r.FileName = clean(r.Title), clean(r.FileName)
	r.StoredAt = c.now().UTC()
	if r.Timeliness == "" {
		r.Timeliness = TimeUnknown
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO record (id, case_id, number, kind, medium, stage, title, date, file_name,
		format, size, sha256, sm3, stored_at, stored_by, pages, frames, duration, width, height, started_at,
		completed_at, due_at, timeliness, index_state, diagnosis, text_state, text_reason, chain_id, segment, clock_offset, suspected, enclosed_in)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		r.ID, r.CaseID, r.Number, r.Kind, r.Medium, r.Stage, r.Title, r.Date, r.FileName,
		r.Format, r.Size, r.SHA256, r.SM3, store.FormatTime(r.StoredAt), r.StoredBy, r.Pages, r.Frames, r.Duration, r.Width, r.Height, formatTime(r.StartedAt),
		formatTime(r.CompletedAt), formatTime(r.DueAt), r.Timeliness, r.IndexState, r.Diagnosis, r.TextState, r.TextReason, r.ChainID, r.Segment, r.ClockOffset, r.Suspected, r.EnclosedIn)
	if err != nil {
		return Record{}, fmt.Errorf("write record: %w", err)
	}
	return c.changed(ctx, tx, r.ID)
}

// Indexed says what the decoder found of a recording.
type Indexed struct {
	State         string // IndexProvisional, IndexVerified or IndexDamaged
	Frames        int64
	Duration      float64 // s
	Width, Height int
}

// SetIndex notes the state of a recording's frame index.
func (c *Catalog) SetIndex(ctx context.Context, tx *store.Tx, recordID string, x Indexed) (Record, error) {
	return c.update(ctx, tx, recordID, `index_state = ?, frames = ?, duration = ?, width = ?, height = ?`,
		x.State, x.Frames, x.Duration, x.Width, x.Height)
}

// SetText notes what the taking of a document's text gave.
func (c *Catalog) SetText(ctx context.Context, tx *store.Tx, recordID, state, reason string, pages int) (Record, error) {
	return c.update(ctx, tx, recordID, `text_state = ?, text_reason = ?, pages = ?`, state, reason, pages)
}

// SetChain makes recordings the segments of one activity, in the order given.
func (c *Catalog) SetChain(ctx context.Context, tx *store.Tx, chainID string, recordIDs []string) error {
	for i, id := range recordIDs {
		if _, err := c.update(ctx, tx, id, `chain_id = ?, segment = ?`, chainID, i+1); err != nil {
			return err
		}
	}
	return nil
}

func (c *Catalog) update(ctx context.Context, tx *store.Tx, recordID, set string, args ...any) (Record, error) {
	if _, err := tx.ExecContext(ctx, `UPDATE record SET `+set+` WHERE id = ?`, append(args, recordID)...); err != nil {
		return Record{}, fmt.Errorf("update record: %w", err)
	}
	return c.changed(ctx, tx, recordID)
}

// changed writes the change and returns the record as it now stands.
func (c *Catalog) changed(ctx context.Context, tx *store.Tx, recordID string) (Record, error) {
	r, err := oneRecord(ctx, tx, `r.id = ?`, recordID)
	if err != nil {
		return Record{}, err
	}
	return r, c.Touch(ctx, tx, ChangeRecord, recordID)
}

// Record returns the record with this id. ErrNoRecord.
func (c *Catalog) Record(ctx context.Context, id string) (Record, error) {
	return read(ctx, c.db, func(tx *store.Tx) (Record, error) { return oneRecord(ctx, tx, `r.id = ?`, id) })
}

// RecordByCode returns the record with this code (case code, hyphen, number).
// ErrNoRecord.
func (c *Catalog) RecordByCode(ctx context.Context, code string) (Record, error) {
	code = clean(strings.TrimSpace(code))
	return read(ctx, c.db, func(tx *store.Tx) (Record, error) {
		return oneRecord(ctx, tx, `f.code || printf('-%03d', r.number) = ?`, code)
	})
}

// RecordOf returns the record that describes this original. ErrNoRecord.
func (c *Catalog) RecordOf(ctx context.Context, sha256 string) (Record, error) {
	return read(ctx, c.db, func(tx *store.Tx) (Record, error) { return oneRecord(ctx, tx, `r.sha256 = ?`, sha256) })
}

// Records returns the records of a case in their order.
func (c *Catalog) Records(ctx context.Context, caseID string) ([]Record, error) {
	return c.records(ctx, `r.case_id = ? ORDER BY r.number`, caseID)
}

// AllRecords returns every record, oldest first.
func (c *Catalog) AllRecords(ctx context.Context) ([]Record, error) {
	return c.records(ctx, `1 = 1 ORDER BY r.id`)
}

// Chain returns the segments of one activity in order.
func (c *Catalog) Chain(ctx context.Context, chainID string) ([]Record, error) {
	if chainID == "" {
		return []Record{}, nil
	}
	return c.records(ctx, `r.chain_id = ? ORDER BY r.segment`, chainID)
}

// After returns records in the order of their ids, which is that of their
// storing: at most limit after this one, or from the first for "".
func (c *Catalog) After(ctx context.Context, id string, limit int) ([]Record, error) {
	return c.records(ctx, `r.id > ? ORDER BY r.id LIMIT ?`, id, limit)
}

func (c *Catalog) records(ctx context.Context, where string, args ...any) ([]Record, error) {
	return read(ctx, c.db, func(tx *store.Tx) ([]Record, error) {
		return scanRecords(tx.QueryContext(ctx, selectRecord+` WHERE `+where, args...))
	})
}

func oneRecord(ctx context.Context, tx *store.Tx, where, arg string) (Record, error) {
	found, err := scanRecords(tx.QueryContext(ctx, selectRecord+` WHERE `+where, arg))
	if err != nil {
		return Record{}, err
	}
	if len(found) == 0 {
		return Record{}, ErrNoRecord.With("record", arg)
	}
	return found[0], nil
}

const selectRecord = `SELECT r.id, r.case_id, f.code, f.title, f.code || printf('-%03d', r.number), r.number, r.kind, r.medium,
	r.stage, r.title, r.date, r.file_name, r.format, r.size, r.sha256, r.sm3, r.stored_at, r.stored_by, r.pages, r.frames,
	r.duration, r.width, r.height, r.started_at, r.completed_at, r.due_at, r.timeliness, r.index_state, r.diagnosis, r.text_state,
	r.text_reason, r.chain_id, r.segment, r.clock_offset, r.suspected, r.custody, r.enclosed_in,
	CASE r.chain_id WHEN '' THEN 0 ELSE (SELECT count(*) FROM record s WHERE s.chain_id = r.chain_id) END,
	(SELECT count(*) FROM annotation a WHERE a.record_id = r.id)
	FROM record r JOIN case_file f ON f.id = r.case_id`

func scanRecords(rows *sql.Rows, err error) ([]Record, error) {
	if err != nil {
		return nil, fmt.Errorf("read records: %w", err)
	}
	defer rows.Close()
	out := []Record{}
	for rows.Next() {
		var r Record
		var stored, started, completed, due string
		err := rows.Scan(&r.ID, &r.CaseID, &r.CaseCode, &r.CaseTitle, &r.Code, &r.Number, &r.Kind, &r.Medium,
			&r.Stage, &r.Title, &r.Date, &r.FileName, &r.Format, &r.Size, &r.SHA256, &r.SM3, &stored, &r.StoredBy, &r.Pages, &r.Frames,
			&r.Duration, &r.Width, &r.Height, &started, &completed, &due, &r.Timeliness, &r.IndexState, &r.Diagnosis, &r.TextState,
			&r.TextReason, &r.ChainID, &r.Segment, &r.ClockOffset, &r.Suspected, &r.Custody, &r.EnclosedIn, &r.Segments, &r.Annotations)
		if err != nil {
			return nil, fmt.Errorf("read record: %w", err)
		}
		for _, t := range []struct {
			text string
			into *time.Time
		}{{stored, &r.StoredAt}, {started, &r.StartedAt}, {completed, &r.CompletedAt}, {due, &r.DueAt}} {
			if *t.into, err = parseTime(t.text); err != nil {
				return nil, fmt.Errorf("read record: %w", err)
			}
		}
		out = append(out, r)
	}
	return out, rows.Err()
}

func formatTime(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return store.FormatTime(t)
}

func parseTime(s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	return store.ParseTime(s)
}
