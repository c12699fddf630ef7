package ingest

import (
	"context"
	"fmt"
	"os"

	"diaoyue.example/workstation/backend/accounts"
	"diaoyue.example/workstation/backend/audit"
	"diaoyue.example/workstation/backend/jobs"
	"diaoyue.example/workstation/backend/store"
	"diaoyue.example/workstation/media/speech"
)

// JobTranscription makes words of what is said in a recording, by a machine. A
// person asks for it.
const JobTranscription = "transcription"

// Transcriber hears what is said, with a model that the bureau provides and in
// a process of its own.
type Transcriber interface {
	// Present is the kind of the model; the error is a fault that says what there
	// is not.
	Present() (string, error)
	// Name is the kind and the digest of the model. About is the recording's file,
	// of which nothing is handed over.
	Name(ctx context.Context, about *os.File) (string, error)
	// Lines hears a piece of sound at speech.Rate, as speech.Client does.
	Lines(ctx context.Context, about *os.File, pcm []int16, last bool, emit func(speech.Line) error) (used int, err error)
	// Rest lets the process go until the next call.
	Rest()
}

// Transcription is how far the words of a recording are.
type Transcription struct {
	Model string    // its kind, "" = nothing on this machine hears
	Lack  error     // why, a fault
	Job   *jobs.Job // the last that was asked for; nil = none
}

// Transcription says how far the words of a recording are.
func (d *Desk) Transcription(ctx context.Context, recordID string) (out Transcription, err error) {
	out.Model, out.Lack = d.cfg.Transcriber.Present()
	of, err := d.cfg.Jobs.Of(ctx, recordID)
	if err != nil {
		return out, err
	}
	for _, j := range of {
		if j.Kind == JobTranscription {
			out.Job = &j
		}
	}
	return out, nil
}

// Transcribe lets a machine make words of what is said in a recording, when
// nothing else is to be done. Errors: accounts.ErrForbidden, catalog.ErrNoRecord,
// ErrNotHeard, ErrHearing, and what Transcriber.Present lacks.
func (d *Desk) Transcribe(ctx context.Context, actor accounts.Actor, recordID string) error {
	if err := d.cfg.Accounts.Require(ctx, actor, accounts.Annotate, map[string]string{"record": recordID}); err != nil {
		return err
	}
	r, err := d.cfg.Catalog.Record(ctx, recordID)
	if err != nil {
		return err
	}
	if err = r.Readable(); err != nil {
		return err
	}
	if !r.Playable() {
		return ErrNotHeard.With("name", r.FileName)
	}
	now, err := d.Transcription(ctx, r.ID)
	switch {
	case err != nil:
		return err
	case now.Lack != nil:
		return now.Lack
	case now.Job != nil && now.Job.Open():
		return ErrHearing.With("name", r.FileName)
	}
	entry := audit.Entry{
		Actor: actor.ID, Event: audit.Job, Objects: map[string]string{"record": r.ID, "case": r.CaseID},
		Codes: map[string]any{"kind": JobTranscription, "model": now.Model},
	}
	_, err = d.cfg.Log.Do(ctx, entry, func(tx *store.Tx) error {
		if now.Job != nil { // stopped or failed: what it had heard is heard anew
			if err = d.cfg.Jobs.DropParts(ctx, tx, now.Job.ID); err != nil {
				return err
			}
		}
		_, err = d.cfg.Jobs.Enqueue(ctx, tx, jobs.Spec{Kind: JobTranscription, Subject: r.ID})
		return err
	})
	if err != nil {
		return fmt.Errorf("ask for words: %w", err)
	}
	return nil
}

// StopTranscription ends what Transcribe began; without it nothing happens.
// accounts.ErrForbidden.
func (d *Desk) StopTranscription(ctx context.Context, actor accounts.Actor, recordID string) error {
	if err := d.cfg.Accounts.Require(ctx, actor, accounts.Annotate, map[string]string{"record": recordID}); err != nil {
		return err
	}
	now, err := d.Transcription(ctx, recordID)
	if err != nil || now.Job == nil || !now.Job.Open() {
		return err
	}
	entry := audit.Entry{
		Actor: actor.ID, Event: audit.Job, Objects: map[string]string{"record": recordID},
		Codes: map[string]any{"kind": JobTranscription, "stopped": true},
	}
	if _, err = d.cfg.Log.Note(ctx, entry); err != nil {
		return fmt.Errorf("stop making words: %w", err)
	}
	return d.cfg.Jobs.Cancel(ctx, now.Job.ID)
}
