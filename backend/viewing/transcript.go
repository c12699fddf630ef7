package viewing

import (
	"context"
	"math"

	"diaoyue.example/workstation/backend/accounts"
	"diaoyue.example/workstation/backend/audit"
	"diaoyue.example/workstation/backend/catalog"
	"diaoyue.example/workstation/backend/store"
)

// Transcripts returns the lines of the recording's transcript in their newest
// versions, each cue with its frame.
func (v *Viewing) Transcripts(ctx context.Context) ([]Line, error) {
	if err := v.begin(); err != nil {
		return nil, err
	}
	defer v.end()
	all, err := v.desk.cfg.Catalog.Transcripts(ctx, v.info.Record.ID)
	if err != nil {
		return nil, err
	}
	out := make([]Line, 0, len(all))
	for _, t := range all {
		out = append(out, v.line(t))
	}
	return out, nil
}

// TranscriptVersions returns the versions of a line, newest first, without
// cues. catalog.ErrNoTranscript.
func (v *Viewing) TranscriptVersions(ctx context.Context, line string) ([]catalog.Transcript, error) {
	if err := v.begin(); err != nil {
		return nil, err
	}
	defer v.end()
	return v.desk.cfg.Catalog.TranscriptVersions(ctx, v.info.Record.ID, line)
}

// TranscriptAt returns a version as it stood. catalog.ErrNoTranscript.
func (v *Viewing) TranscriptAt(ctx context.Context, version string) (Line, error) {
	if err := v.begin(); err != nil {
		return Line{}, err
	}
	defer v.end()
	t, err := v.desk.cfg.Catalog.TranscriptAt(ctx, v.info.Record.ID, version)
	return v.line(t), err
}

// Amend changes the transcript of what is being viewed, as a new version. What
// is added stands at frames, first and last, whose times are those of the frame
// index; of sound alone at milliseconds. Errors: those of catalog.Amend,
// ErrNotFootage, ErrNoFrame.
func (v *Viewing) Amend(ctx context.Context, a catalog.Amendment, frame, frameTo int64) (Line, error) {
	if err := v.begin(); err != nil {
		return Line{}, err
	}
	defer v.end()
	actor, objects := v.info.Actor, v.objects()
	if err := v.desk.cfg.Accounts.Require(ctx, actor, accounts.Annotate, objects); err != nil {
		return Line{}, err
	}
	if !v.info.Record.Footage() || v.info.CopyID != "" { // a copy awaiting approval is as it is
		return Line{}, ErrNotFootage
	}
	a.Author, a.ID = actor.Name, actor.ID
	if a.Act == catalog.ActAdd {
		if frame < 0 || frameTo < frame || frameTo >= v.info.Total() {
			return Line{}, ErrNoFrame
		}
		a.From, a.To = v.secondsAt(frame), v.secondsAt(frameTo)
		if frameTo+1 < v.info.Total() {
			a.To = v.secondsAt(frameTo + 1) // to the end of the last frame
		}
	}
	entry := audit.Entry{
		Actor: actor.ID, Event: audit.MetadataChange, Objects: objects,
		Codes:   map[string]any{"transcript": a.Act, "line": a.Line, "cue": a.Number},
		Details: map[string]any{"speaker": a.Speaker, "text": a.Text},
	}
	if a.Version != "" {
		entry.Codes["version"] = a.Version
	}
	var t catalog.Transcript
	_, err := v.desk.cfg.Log.Do(ctx, entry, func(tx *store.Tx) error {
		var err error
		t, err = v.desk.cfg.Catalog.Amend(ctx, tx, v.info.Record.ID, a)
		return err
	})
	return v.line(t), err
}

func (v *Viewing) line(t catalog.Transcript) Line {
	out := Line{Transcript: t, Cues: make([]Cue, 0, len(t.Cues))}
	for _, c := range t.Cues {
		out.Cues = append(out.Cues, Cue{Cue: c, Frame: v.frameOf(c.From)})
	}
	return out
}

// secondsAt is when a frame, or a millisecond of sound alone, begins.
func (v *Viewing) secondsAt(at int64) float64 {
	if v.info.Unit() == UnitFrame {
		return v.times[at]
	}
	return float64(at) / 1000
}

// frameOf is the frame on the glass at a time that was kept in whole
// milliseconds: one that begins within that rounding is meant.
func (v *Viewing) frameOf(at float64) int64 {
	if v.info.Unit() != UnitFrame {
		return int64(math.Round(at * 1000))
	}
	return frameAt(v.times, at+0.0005)
}
