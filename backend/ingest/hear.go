package ingest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"

	"diaoyue.example/workstation/backend/audit"
	"diaoyue.example/workstation/backend/catalog"
	"diaoyue.example/workstation/backend/conduit"
	"diaoyue.example/workstation/backend/jobs"
	"diaoyue.example/workstation/backend/store"
	"diaoyue.example/workstation/backend/worker"
	"diaoyue.example/workstation/media"
	"diaoyue.example/workstation/media/remote"
	"diaoyue.example/workstation/media/speech"
)

const (
	// pieceOfSound is how much is heard between two looks at other work, in s. It
	// is more than a transcriber may leave to be given again.
	pieceOfSound = 60
	// afterPictures is how much sound may follow the last picture, in s.
	afterPictures = 5
)

// hear makes words of the sound of a recording, piece by piece. Each is kept as
// it is heard: a crash loses one. Other work goes first.
func (d *Desk) hear(ctx context.Context, j jobs.Job, progress jobs.Progress) error {
	r, err := d.cfg.Catalog.Record(ctx, j.Subject)
	if err != nil {
		return jobs.Permanent(err)
	}
	if err = r.Readable(); err != nil {
		return jobs.Permanent(err)
	}
	if _, err = d.cfg.Transcriber.Present(); err != nil {
		return jobs.Permanent(err)
	}
	f, err := d.cfg.Vault.Original(r.SHA256)
	if err != nil {
		return fmt.Errorf("open original: %w", err)
	}
	defer f.Close()
	defer d.cfg.Transcriber.Rest() // a model takes a good part of the memory
	h := &hearing{desk: d, record: r, job: j.ID, file: f}
	if err = h.begin(ctx); err != nil {
		return err
	}
	if err = h.hear(ctx, progress); err != nil {
		return err
	}
	return h.publish(ctx)
}

// hearing is a recording that is being heard.
type hearing struct {
	desk   *Desk
	record catalog.Record
	job    string
	file   *os.File

	model string        // kind and digest
	piece int           // of the next
	at    int           // sample up to which it was heard
	cues  []catalog.Cue // heard
}

// heardPart is a piece as it is kept.
type heardPart struct {
	Model string        `json:"model"`
	At    int           `json:"at"` // sample up to which it was heard
	Cues  []catalog.Cue `json:"cues"`
}

// begin asks for the model's name and takes up what the job had heard with that
// same model when it was last interrupted.
func (h *hearing) begin(ctx context.Context) error {
	d := h.desk
	var err error
	if h.model, err = d.cfg.Transcriber.Name(ctx, h.file); err != nil {
		return h.faulty(ctx, err)
	}
	known, err := d.cfg.Catalog.Transcripts(ctx, h.record.ID)
	if err != nil {
		return err
	}
	same := func(t catalog.Transcript) bool { return t.Origin == catalog.OriginMachine && t.Engine == h.model }
	if slices.ContainsFunc(known, same) {
		return jobs.Permanent(ErrHeardAlready.With("name", h.record.FileName))
	}
	parts, err := d.cfg.Jobs.Parts(ctx, h.job)
	if err != nil {
		return err
	}
	for _, p := range parts {
		var part heardPart
		if err := json.Unmarshal(p.Data, &part); err != nil {
			return fmt.Errorf("read kept words: %w", err)
		}
		if part.Model != h.model { // the folder holds another by now: its parts are written over
			break
		}
		h.piece, h.at, h.cues = p.Number+1, part.At, append(h.cues, part.Cues...)
	}
	return nil
}

func (h *hearing) hear(ctx context.Context, progress jobs.Progress) error {
	d := h.desk
	index, err := d.derivedBytes(h.record, catalog.DerivedFrameIndex)
	if err != nil {
		return err
	}
	rec, err := d.cfg.Media.Open(ctx, h.file, index)
	if err != nil {
		return h.unheard(ctx, err)
	}
	defer rec.Close() //nolint:contextcheck // letting go must not be cancelled
	all := int64(max(1, h.record.Duration))
	for last := false; !last; {
		progress(min(int64(h.at/speech.Rate), all), all)
		if last, err = h.next(ctx, rec); err != nil {
			return err
		}
		if yield, err := d.cfg.Jobs.GiveWay(ctx, JobTranscription); !last && (err != nil || yield) {
			return errors.Join(err, jobs.ErrYield)
		}
	}
	return nil
}

// next hears the next piece and keeps it; last says that there is no more.
func (h *hearing) next(ctx context.Context, rec *remote.Recording) (last bool, err error) {
	from := float64(h.at) / speech.Rate
	to := from + pieceOfSound
	last = to >= h.record.Duration+afterPictures
	sound, err := rec.Sound(ctx, 0, from-speech.Margin, to+speech.Margin)
	if err != nil {
		return false, h.unheard(ctx, err)
	}
	var cues []catalog.Cue
	used, err := h.desk.cfg.Transcriber.Lines(ctx, h.file, speech.Mono(sound, from, to), last, func(l speech.Line) error {
		cues = append(cues, catalog.Cue{
			From: seconds(h.at + l.From), To: seconds(h.at + l.To), Text: l.Text, Engine: h.model, Confidence: l.Confidence,
		})
		return nil
	})
	if err == nil && used <= 0 {
		err = conduit.ErrProtocol // it would be asked for ever
	}
	if err != nil {
		return false, h.faulty(ctx, err)
	}
	data, err := json.Marshal(heardPart{h.model, h.at + used, cues})
	if err != nil {
		return false, fmt.Errorf("keep words: %w", err)
	}
	if err = h.desk.cfg.Jobs.KeepPart(ctx, h.job, jobs.Part{Number: h.piece, Data: data}); err != nil {
		return false, err
	}
	h.piece, h.at, h.cues = h.piece+1, h.at+used, append(h.cues, cues...)
	return last, nil
}

func seconds(sample int) float64 { return float64(sample) / speech.Rate }

// faulty gives what went wrong with the transcriber its code. What a fresh
// process may do better is tried again.
func (h *hearing) faulty(ctx context.Context, err error) error {
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(err, worker.ErrStart):
		return jobs.Permanent(fmt.Errorf("%w: %w", ErrSpeechRefused, err))
	case errors.Is(err, conduit.ErrRepeated):
		return jobs.Permanent(fmt.Errorf("%w: %w", ErrSpeechEnded.With("name", h.record.FileName), err))
	}
	return fmt.Errorf("%w: %w", ErrSpeechEnded.With("name", h.record.FileName), err)
}

// unheard gives what went wrong with the sound its code.
func (h *hearing) unheard(ctx context.Context, err error) error {
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(err, remote.ErrWorkerGone):
		return err
	case errors.Is(err, media.ErrNoSound):
		return jobs.Permanent(fmt.Errorf("%w: %w", ErrNotHeard.With("name", h.record.FileName), err))
	}
	return jobs.Permanent(fileFault(h.record.FileName, err))
}

// publish writes what was heard as a line of its own, with its entry; the index
// follows. Nobody has checked any of it.
func (h *hearing) publish(ctx context.Context) error {
	d, r := h.desk, h.record
	entry := audit.Entry{
		Event: audit.Extraction, Objects: map[string]string{"record": r.ID, "case": r.CaseID},
		Codes: map[string]any{"kind": JobTranscription, "model": h.model, "cues": len(h.cues)},
	}
	_, err := d.cfg.Log.Do(ctx, entry, func(tx *store.Tx) error {
		if err := d.cfg.Jobs.DropParts(ctx, tx, h.job); err != nil || len(h.cues) == 0 {
			return err
		}
		_, err := d.cfg.Catalog.AddTranscript(ctx, tx, catalog.Transcript{
			RecordID: r.ID, SourceID: r.ID, Origin: catalog.OriginMachine, Engine: h.model, Cues: h.cues,
		})
		return err
	})
	if err != nil {
		return fmt.Errorf("keep words: %w", err)
	}
	if len(h.cues) == 0 {
		return jobs.Permanent(ErrNothingHeard.With("name", r.FileName))
	}
	return nil
}
