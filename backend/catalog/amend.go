package catalog

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"diaoyue.example/workstation/backend/store"
)

// Acts that make a new version of a line.
const (
	ActAdd     = "add"     // a cue more
	ActEdit    = "edit"    // other words or another speaker; never another time
	ActCheck   = "check"   // a person compared the cue with the sound
	ActUncheck = "uncheck" //
	ActRemove  = "remove"  // the new version has one cue less; earlier ones keep it
	ActRestore = "restore" // what stood in an earlier version stands again
)

// maxCueRunes bounds what one cue says: ten minutes of fast speech.
const maxCueRunes = 4000

// maxCueSeconds bounds a time that can be typed: a hundred hours.
const maxCueSeconds = 360_000

// Amendment is one change of a line by a person.
type Amendment struct {
	Act     string
	Line    string // "" with ActAdd begins a line of its own, OriginTyped
	Base    string // id of the version that the person saw
	Number  int    // of the cue; none for ActAdd and ActRestore
	From    float64
	To      float64 // both in seconds, of ActAdd alone: times that stand never move
	Speaker string
	Text    string
	Version string // ActRestore: the version that is to stand again
	Author  string
	ID      string // of the author's account
}

// Amend makes a new version of a line of recordID's transcript; what stood
// before stays readable. Errors: ErrNoTranscript, ErrNoCue, ErrCueText,
// ErrCueTimes, and ErrTranscriptMoved when Base is not the newest version.
func (c *Catalog) Amend(ctx context.Context, tx *store.Tx, recordID string, a Amendment) (Transcript, error) {
	now := Transcript{RecordID: recordID, SourceID: recordID, Origin: OriginTyped, Cues: []Cue{}}
	if a.Line != "" {
		var err error
		if now, err = newestOf(ctx, tx, recordID, a.Line); err != nil {
			return Transcript{}, err
		}
		if now.ID != a.Base {
			return Transcript{}, ErrTranscriptMoved.With("record", recordID)
		}
	} else if a.Act != ActAdd {
		return Transcript{}, ErrNoTranscript.With("record", recordID)
	}
	if err := a.tidy(); err != nil {
		return Transcript{}, err
	}
	next := now
	next.Line, next.Act, next.Author, next.AuthorID = a.Line, a.Act, a.Author, a.ID
	next, err := c.writeVersion(ctx, tx, next)
	if err != nil {
		return Transcript{}, err
	}
	ended, begun, err := c.difference(ctx, tx, now, next, a)
	if err != nil {
		return Transcript{}, err
	}
	if err = endCues(ctx, tx, next, ended); err != nil {
		return Transcript{}, err
	}
	for _, q := range begun {
		if err = writeCue(ctx, tx, next.ID, q); err != nil {
			return Transcript{}, err
		}
	}
	if err = c.Touch(ctx, tx, ChangeRecord, recordID); err != nil {
		return Transcript{}, err
	}
	return versionOf(ctx, tx, recordID, next.ID)
}

// tidy trims what was typed and refuses what cannot stand.
func (a *Amendment) tidy() error {
	a.Speaker, a.Text = strings.Join(strings.Fields(a.Speaker), " "), strings.TrimSpace(a.Text)
	if a.Act != ActAdd && a.Act != ActEdit {
		return nil
	}
	if n := utf8.RuneCountInString(a.Text); n == 0 || n > maxCueRunes || utf8.RuneCountInString(a.Speaker) > 100 {
		return ErrCueText.With("max", strconv.Itoa(maxCueRunes))
	}
	if a.Act == ActAdd && !(a.From >= 0 && a.To >= a.From && a.To <= maxCueSeconds) { // NaN fails too
		return ErrCueTimes
	}
	return nil
}

// difference says which cues the version ends, by number, and which it brings.
func (c *Catalog) difference(ctx context.Context, tx *store.Tx, now, next Transcript, a Amendment) (ended []int, begun []Cue, err error) {
	switch a.Act {
	case ActAdd:
		number, err := freeNumber(ctx, tx, now)
		return nil, []Cue{{Number: number, From: a.From, To: a.To, Speaker: a.Speaker, Text: a.Text}}, err
	case ActRestore:
		then, err := versionOf(ctx, tx, now.RecordID, a.Version)
		if err == nil && then.Line != now.Line {
			err = ErrNoTranscript.With("record", now.RecordID)
		}
		if err != nil {
			return nil, nil, err
		}
		for _, q := range now.Cues {
			if !slices.Contains(then.Cues, q) {
				ended = append(ended, q.Number)
			}
		}
		for _, q := range then.Cues {
			if !slices.Contains(now.Cues, q) {
				begun = append(begun, q)
			}
		}
		return ended, begun, nil
	}
	i := slices.IndexFunc(now.Cues, func(q Cue) bool { return q.Number == a.Number })
	if i < 0 {
		return nil, nil, ErrNoCue.With("cue", strconv.Itoa(a.Number))
	}
	q := now.Cues[i]
	checked := a.Act == ActCheck
	switch a.Act {
	case ActRemove:
		return []int{q.Number}, nil, nil
	case ActEdit:
		// Who puts a machine's words right has compared them with the sound; of
		// other words nobody has checked what they now are.
		q.Speaker, q.Text, checked = a.Speaker, a.Text, q.Engine != ""
	case ActCheck, ActUncheck:
	default:
		return nil, nil, ErrNoCue.With("cue", strconv.Itoa(a.Number))
	}
	q.CheckedBy, q.CheckedID, q.CheckedAt = "", "", time.Time{}
	if checked {
		q.CheckedBy, q.CheckedID, q.CheckedAt = a.Author, a.ID, next.CreatedAt
	}
	return []int{q.Number}, []Cue{q}, nil
}

// freeNumber is one that no cue of the line ever had.
func freeNumber(ctx context.Context, tx *store.Tx, t Transcript) (int, error) {
	var number int
	err := tx.QueryRowContext(ctx, `SELECT coalesce(max(q.number), 0) + 1 FROM transcript v JOIN cue q ON q.transcript_id = v.id
		WHERE v.record_id = ?1 AND (v.id = ?2 OR v.line = ?2)`, t.RecordID, t.Line).Scan(&number)
	if err != nil {
		return 0, fmt.Errorf("number cue: %w", err)
	}
	return number, nil
}

// endCues lets the cues that stand under these numbers stand no longer from
// the version on.
func endCues(ctx context.Context, tx *store.Tx, next Transcript, numbers []int) error {
	for _, n := range numbers {
		_, err := tx.ExecContext(ctx, `UPDATE cue SET ended = ?1 WHERE number = ?2 AND ended = 0 AND transcript_id IN
			(SELECT id FROM transcript WHERE record_id = ?3 AND (id = ?4 OR line = ?4))`, next.Version, n, next.RecordID, next.Line)
		if err != nil {
			return fmt.Errorf("end cue: %w", err)
		}
	}
	return nil
}
