package desktop

import (
	"context"
	"time"

	"diaoyue.example/workstation/backend/catalog"
	"diaoyue.example/workstation/backend/viewing"
)

// Cue is one span of a transcript.
type Cue struct {
	Number     int     `json:"number"` // its name in the line, the same in every version
	From       float64 `json:"from"`   // s
	To         float64 `json:"to"`
	Frame      int64   `json:"frame"` // of sound alone: millisecond
	Text       string  `json:"text"`
	Speaker    string  `json:"speaker"`
	Engine     string  `json:"engine"`     // the machine that heard it, "" = a person or a file
	Confidence float64 `json:"confidence"` // 0..1, 0 unknown
	CheckedBy  string  `json:"checkedBy"`  // "" = nobody
	CheckedAt  string  `json:"checkedAt"`
}

// TranscriptLine is a version of one line of a transcript; its cues are left
// out where versions are listed.
type TranscriptLine struct {
	ID        string `json:"id"` // of the version
	Line      string `json:"line"`
	Version   int    `json:"version"` // 1-based, within the line
	Origin    string `json:"origin"`  // file | embedded | typed | machine
	Track     int    `json:"track"`
	Label     string `json:"label"`
	Language  string `json:"language"`
	Engine    string `json:"engine"`
	Act       string `json:"act"` // add | edit | check | uncheck | remove | restore, "" = the first
	Author    string `json:"author"`
	CreatedAt string `json:"createdAt"`
	Cues      []Cue  `json:"cues"`
}

// Amendment is one change of a line.
type Amendment struct {
	Act     string `json:"act"`
	Line    string `json:"line"` // "" with add: a line of its own
	Base    string `json:"base"` // id of the version that was seen
	Number  int    `json:"number"`
	Frame   int64  `json:"frame"`   // add: first frame (of sound alone: millisecond)
	FrameTo int64  `json:"frameTo"` // add: last
	Speaker string `json:"speaker"`
	Text    string `json:"text"`
	Version string `json:"version"` // restore: the one that is to stand again
}

// Transcripts gives the lines of what is spoken in the recording.
func (v *Viewings) Transcripts(id string) ([]TranscriptLine, error) {
	return through(v.shell, id, func(ctx context.Context, one *viewing.Viewing) ([]TranscriptLine, error) {
		lines, err := one.Transcripts(ctx)
		return each(lines, dtoLine), err
	})
}

// TranscriptVersions lists the versions of a line, newest first.
func (v *Viewings) TranscriptVersions(id, line string) ([]TranscriptLine, error) {
	return through(v.shell, id, func(ctx context.Context, one *viewing.Viewing) ([]TranscriptLine, error) {
		all, err := one.TranscriptVersions(ctx, line)
		return each(all, dtoVersion), err
	})
}

// TranscriptAt gives a version as it stood.
func (v *Viewings) TranscriptAt(id, version string) (TranscriptLine, error) {
	return through(v.shell, id, func(ctx context.Context, one *viewing.Viewing) (TranscriptLine, error) {
		line, err := one.TranscriptAt(ctx, version)
		return dtoLine(line), err
	})
}

// Amend changes a line as a new version and gives it; times never move.
func (v *Viewings) Amend(id string, a Amendment) (TranscriptLine, error) {
	return through(v.shell, id, func(ctx context.Context, one *viewing.Viewing) (TranscriptLine, error) {
		line, err := one.Amend(ctx, catalog.Amendment{
			Act: a.Act, Line: a.Line, Base: a.Base, Number: a.Number, Speaker: a.Speaker, Text: a.Text, Version: a.Version,
		}, a.Frame, a.FrameTo)
		return dtoLine(line), err
	})
}

func dtoLine(l viewing.Line) TranscriptLine {
	out := dtoVersion(l.Transcript)
	out.Cues = each(l.Cues, dtoCue)
	return out
}

func dtoVersion(t catalog.Transcript) TranscriptLine {
	return TranscriptLine{
		ID: t.ID, Line: t.Line, Version: t.Ordinal, Origin: t.Origin, Track: t.Track, Label: t.Label, Language: t.Language,
		Engine: t.Engine, Act: t.Act, Author: t.Author, CreatedAt: t.CreatedAt.Format(time.RFC3339), Cues: []Cue{},
	}
}

func dtoCue(c viewing.Cue) Cue {
	out := Cue{
		Number: c.Number, From: c.From, To: c.To, Frame: c.Frame, Text: c.Text, Speaker: c.Speaker,
		Engine: c.Engine, Confidence: c.Confidence, CheckedBy: c.CheckedBy,
	}
	if !c.CheckedAt.IsZero() {
		out.CheckedAt = c.CheckedAt.Format(time.RFC3339)
	}
	return out
}
