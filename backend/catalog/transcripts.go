package catalog

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"diaoyue.example/workstation/backend/store"
)

// Where a line of a transcript came from.
const (
	OriginFile     = "file"     // a subtitle file, itself an original of the archive
	OriginEmbedded = "embedded" // a subtitle track inside the recording
	OriginTyped    = "typed"    // typed by people in the player
	OriginMachine  = "machine"  // heard by a transcriber; candidates until a person checks them
)

// Transcript is one version of one line of what is spoken in a recording. A
// recording may have several lines: a file, embedded tracks in several
// languages, what was typed, what a machine heard.
type Transcript struct {
	ID        string // of this version
	Line      string // of the line: the id of its first version
	RecordID  string // the recording
	SourceID  string // the record that holds the words' original; RecordID when it is the recording itself
	Version   int    // 1-based, counted over all lines of the recording
	Ordinal   int    // 1-based, counted within the line
	Origin    string
	Track     int    // 1-based, of OriginEmbedded
	Label     string // as the file or track calls itself; may be empty
	Language  string // as the container says, ISO 639; may be empty
	Engine    string // of OriginMachine: name and digest of the model
	Act       string // what made this version: one of the Acts, "" for the first
	Author    string // who; "" = the program
	AuthorID  string
	CreatedAt time.Time
	Cues      []Cue // in the order of their times
}

// Cue is one spoken span, in seconds from the first frame.
type Cue struct {
	Number     int // its name within the line, the same in every version
	From, To   float64
	Speaker    string
	Text       string
	Engine     string  // the machine that heard it, "" = a person or a file
	Confidence float64 // of the engine, 0..1; 0 unknown
	CheckedBy  string  // who compared it with the sound, "" = nobody
	CheckedID  string
	CheckedAt  time.Time
}

// AddTranscript writes the first version of a line; the cues are numbered in
// their order. Adding the same once more changes nothing and gives what is
// there: the same source, origin, track and engine.
func (c *Catalog) AddTranscript(ctx context.Context, tx *store.Tx, t Transcript) (Transcript, error) {
	if t.Origin == "" {
		t.Origin = OriginFile
	}
	var known string
	err := tx.QueryRowContext(ctx, `SELECT id FROM transcript
		WHERE record_id = ? AND source_id = ? AND line = '' AND origin = ? AND track = ? AND engine = ?`,
		t.RecordID, t.SourceID, stored(t.Origin), t.Track, t.Engine).Scan(&known)
	if err == nil {
		return newestOf(ctx, tx, t.RecordID, known)
	}
	if !errors.Is(err, sql.ErrNoRows) {
		return Transcript{}, fmt.Errorf("look for transcript: %w", err)
	}
	t.Line = ""
	if t, err = c.writeVersion(ctx, tx, t); err != nil {
		return Transcript{}, err
	}
	for i := range t.Cues {
		t.Cues[i].Number = i + 1
		if err = writeCue(ctx, tx, t.ID, t.Cues[i]); err != nil {
			return Transcript{}, err
		}
	}
	return t, c.Touch(ctx, tx, ChangeRecord, t.RecordID)
}

// writeVersion numbers and writes the version, without cues.
func (c *Catalog) writeVersion(ctx context.Context, tx *store.Tx, t Transcript) (Transcript, error) {
	err := tx.QueryRowContext(ctx, `SELECT coalesce(max(version), 0) + 1 FROM transcript WHERE record_id = ?`, t.RecordID).Scan(&t.Version)
	if err != nil {
		return Transcript{}, fmt.Errorf("number transcript: %w", err)
	}
	if t.ID, err = c.newID(); err != nil {
		return Transcript{}, err
	}
	t.CreatedAt, t.Label = c.now().UTC(), clean(t.Label)
	_, err = tx.ExecContext(ctx, `INSERT INTO transcript
		(id, record_id, source_id, version, created_at, line, origin, track, label, language, engine, act, author, author_id)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		t.ID, t.RecordID, t.SourceID, t.Version, store.FormatTime(t.CreatedAt), t.Line, stored(t.Origin), t.Track,
		t.Label, t.Language, t.Engine, t.Act, t.Author, t.AuthorID)
	if err != nil {
		return Transcript{}, fmt.Errorf("write transcript: %w", err)
	}
	if t.Line == "" {
		t.Line, t.Ordinal = t.ID, 1
	}
	return t, nil
}

func writeCue(ctx context.Context, tx *store.Tx, version string, q Cue) error {
	at := ""
	if !q.CheckedAt.IsZero() {
		at = store.FormatTime(q.CheckedAt)
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO cue
		(transcript_id, number, from_ms, to_ms, speaker, text, engine, confidence, checked_by, checked_id, checked_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		version, q.Number, millis(q.From), millis(q.To), clean(q.Speaker), clean(q.Text), q.Engine, millis(q.Confidence),
		q.CheckedBy, q.CheckedID, at)
	if err != nil {
		return fmt.Errorf("write cue: %w", err)
	}
	return nil
}

// Transcripts returns every line of a recording in its newest version. First
// stands what people last worked on; what only a machine heard stands last.
func (c *Catalog) Transcripts(ctx context.Context, recordID string) ([]Transcript, error) {
	return read(ctx, c.db, func(tx *store.Tx) ([]Transcript, error) {
		all, err := versions(ctx, tx, recordID)
		if err != nil {
			return nil, err
		}
		newest := map[string]int{} // by line, where in out
		out := []Transcript{}
		for _, t := range all { // in order of version
			if i, ok := newest[t.Line]; ok {
				out[i] = t
				continue
			}
			newest[t.Line] = len(out)
			out = append(out, t)
		}
		slices.SortStableFunc(out, func(a, b Transcript) int {
			if raw := rank(a) - rank(b); raw != 0 {
				return raw
			}
			return b.Version - a.Version
		})
		for i := range out {
			if out[i].Cues, err = cuesOf(ctx, tx, out[i]); err != nil {
				return nil, err
			}
		}
		return out, nil
	})
}

func rank(t Transcript) int {
	if t.Origin == OriginMachine && t.Act == "" {
		return 1
	}
	return 0
}

// Speaks reports whether a record is the source of any transcript.
func (c *Catalog) Speaks(ctx context.Context, sourceID string) (bool, error) {
	return read(ctx, c.db, func(tx *store.Tx) (bool, error) {
		var n int
		err := tx.QueryRowContext(ctx, `SELECT count(*) FROM transcript WHERE source_id = ?`, sourceID).Scan(&n)
		return n > 0, err
	})
}

// TranscriptVersions returns the versions of a line, newest first, without
// their cues. ErrNoTranscript.
func (c *Catalog) TranscriptVersions(ctx context.Context, recordID, line string) ([]Transcript, error) {
	return read(ctx, c.db, func(tx *store.Tx) ([]Transcript, error) {
		all, err := versions(ctx, tx, recordID)
		if err != nil {
			return nil, err
		}
		all = slices.DeleteFunc(all, func(t Transcript) bool { return t.Line != line })
		if len(all) == 0 {
			return nil, ErrNoTranscript.With("record", recordID)
		}
		slices.Reverse(all)
		return all, nil
	})
}

// TranscriptAt returns a version as it stood then. ErrNoTranscript.
func (c *Catalog) TranscriptAt(ctx context.Context, recordID, version string) (Transcript, error) {
	return read(ctx, c.db, func(tx *store.Tx) (Transcript, error) { return versionOf(ctx, tx, recordID, version) })
}

func versionOf(ctx context.Context, tx *store.Tx, recordID, version string) (Transcript, error) {
	all, err := versions(ctx, tx, recordID)
	if err != nil {
		return Transcript{}, err
	}
	i := slices.IndexFunc(all, func(t Transcript) bool { return t.ID == version })
	if i < 0 {
		return Transcript{}, ErrNoTranscript.With("record", recordID)
	}
	all[i].Cues, err = cuesOf(ctx, tx, all[i])
	return all[i], err
}

// newestOf returns the newest version of a line. ErrNoTranscript.
func newestOf(ctx context.Context, tx *store.Tx, recordID, line string) (Transcript, error) {
	var version string
	err := tx.QueryRowContext(ctx, `SELECT id FROM transcript WHERE record_id = ? AND (id = ? OR line = ?) ORDER BY version DESC LIMIT 1`,
		recordID, line, line).Scan(&version)
	if errors.Is(err, sql.ErrNoRows) {
		return Transcript{}, ErrNoTranscript.With("record", recordID)
	}
	if err != nil {
		return Transcript{}, fmt.Errorf("find transcript: %w", err)
	}
	return versionOf(ctx, tx, recordID, version)
}

// versions lists all versions of all lines in order, without their cues.
func versions(ctx context.Context, tx *store.Tx, recordID string) ([]Transcript, error) {
	rows, err := tx.QueryContext(ctx, `SELECT id, source_id, version, created_at, line, origin, track, label, language, engine, act, author, author_id
		FROM transcript WHERE record_id = ? ORDER BY version`, recordID)
	if err != nil {
		return nil, fmt.Errorf("read transcripts: %w", err)
	}
	defer rows.Close()
	var out []Transcript
	ordinals := map[string]int{}
	for rows.Next() {
		t := Transcript{RecordID: recordID, Cues: []Cue{}}
		var created string
		err = rows.Scan(&t.ID, &t.SourceID, &t.Version, &created, &t.Line, &t.Origin, &t.Track, &t.Label, &t.Language, &t.Engine, &t.Act, &t.Author, &t.AuthorID)
		if err != nil {
			return nil, fmt.Errorf("read transcripts: %w", err)
		}
		if t.CreatedAt, err = store.ParseTime(created); err != nil {
			return nil, fmt.Errorf("read transcripts: %w", err)
		}
		if t.Line == "" {
			t.Line = t.ID
		}
		if t.Origin == "" {
			t.Origin = OriginFile
		}
		ordinals[t.Line]++
		t.Ordinal = ordinals[t.Line]
		out = append(out, t)
	}
	return out, rows.Err()
}

// cuesOf reads what stood in a version: what it or one before it brought and
// none up to it ended.
func cuesOf(ctx context.Context, tx *store.Tx, t Transcript) ([]Cue, error) {
	rows, err := tx.QueryContext(ctx, `SELECT q.number, q.from_ms, q.to_ms, q.speaker, q.text, q.engine, q.confidence, q.checked_by, q.checked_id, q.checked_at
		FROM transcript v JOIN cue q ON q.transcript_id = v.id
		WHERE v.record_id = ?1 AND (v.id = ?2 OR v.line = ?2) AND v.version <= ?3 AND (q.ended = 0 OR q.ended > ?3)
		ORDER BY q.from_ms, q.number`, t.RecordID, t.Line, t.Version)
	if err != nil {
		return nil, fmt.Errorf("read cues: %w", err)
	}
	defer rows.Close()
	out := []Cue{}
	for rows.Next() {
		var q Cue
		var from, to, confidence int64
		var checked string
		err = rows.Scan(&q.Number, &from, &to, &q.Speaker, &q.Text, &q.Engine, &confidence, &q.CheckedBy, &q.CheckedID, &checked)
		if err == nil && checked != "" {
			q.CheckedAt, err = store.ParseTime(checked)
		}
		if err != nil {
			return nil, fmt.Errorf("read cues: %w", err)
		}
		q.From, q.To, q.Confidence = float64(from)/1000, float64(to)/1000, float64(confidence)/1000
		out = append(out, q)
	}
	return out, rows.Err()
}

// stored is how an origin is written: the first kind there was has no word, so
// that rows of earlier versions of the program keep their seals.
func stored(origin string) string {
	if origin == OriginFile {
		return ""
	}
	return origin
}

func millis(seconds float64) int64 { return int64(math.Round(seconds * 1000)) }
