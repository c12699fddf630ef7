package ingest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/google/uuid"

	"diaoyue.example/workstation/backend/accounts"
	"diaoyue.example/workstation/backend/audit"
	"diaoyue.example/workstation/backend/catalog"
	"diaoyue.example/workstation/backend/fault"
	"diaoyue.example/workstation/backend/jobs"
	"diaoyue.example/workstation/backend/store"
)

// Receive takes the files of a submission one after another and tells how far
// it is; progress may be nil. The outcomes say what became of each file. The
// error is that of the submission as a whole: accounts.ErrForbidden,
// catalog.ErrNoCase, catalog.ErrBadStage, ErrNothing, or ErrCancelled when ctx
// ended; then what was stored before stays stored, and the outcomes say so.
func (d *Desk) Receive(ctx context.Context, actor accounts.Actor, s Submission, progress func(Progress)) ([]Outcome, error) {
	if err := d.cfg.Accounts.Require(ctx, actor, accounts.Ingest, map[string]string{"case": s.CaseID}); err != nil {
		return nil, err
	}
	if !catalog.ValidStage(s.Stage) {
		return nil, catalog.ErrBadStage.With("stage", s.Stage)
	}
	if _, err := d.cfg.Catalog.Case(ctx, s.CaseID); err != nil {
		return nil, err
	}
	files, err := expand(ctx, s.Paths)
	if err != nil {
		return nil, err
	}
	w := &work{desk: d, actor: actor, submission: s, told: progress, p: Progress{
		Files: len(files), Started: d.cfg.Now(), Remaining: -1, Outcomes: files,
	}}
	for _, f := range files {
		w.p.Bytes += f.Size
	}
	intents, err := w.intend(ctx, files)
	if err != nil {
		return nil, err
	}
	for i := range files {
		w.file(ctx, i, intents[i])
	}
	// What is stored is joined even when the rest was cancelled.
	if err := errors.Join(w.chain(context.WithoutCancel(ctx)), w.alone(context.WithoutCancel(ctx))); err != nil {
		return w.p.Outcomes, err
	}
	if ctx.Err() != nil {
		return w.p.Outcomes, ErrCancelled
	}
	return w.p.Outcomes, nil
}

// work is one submission on its way.
type work struct {
	desk       *Desk
	actor      accounts.Actor
	submission Submission
	told       func(Progress)
	p          Progress
	recordings []catalog.Record
}

// file takes one file and writes down its outcome. intent is the row that says
// it was to be taken.
func (w *work) file(ctx context.Context, i int, intent string) {
	o := &w.p.Outcomes[i]
	before := w.p.BytesDone
	if o.State == Waiting {
		o.State = Running
		w.p.Current = o.Name
		w.tell(StepReading)
		done, err := w.take(ctx, *o, intent)
		if err != nil || done.State == Known {
			// Left over, it would be taken for an interruption and tried again.
			if dropped := w.desk.cfg.Jobs.Drop(context.WithoutCancel(ctx), intent); err == nil {
				err = dropped
			}
		}
		switch {
		case err == nil:
			*o = done
		case ctx.Err() != nil:
			o.State, o.Err = Refused, ErrCancelled.With("name", o.Name)
		default:
			o.State, o.Err = Refused, fileFault(o.Name, err)
		}
	}
	if o.State == Refused && !errors.Is(o.Err, ErrCancelled) {
		w.note(ctx, o)
	}
	w.p.FilesDone++
	w.p.BytesDone = before + o.Size
	w.tell(w.p.Step)
}

// note logs that a file was not taken. That the note itself fails must not
// change what the person is told about the file.
func (w *work) note(ctx context.Context, o *Outcome) {
	receipt, err := w.desk.cfg.Log.Note(context.WithoutCancel(ctx), audit.Entry{
		Actor: w.actor.ID, Event: audit.Ingestion, Result: audit.Failed,
		Objects: map[string]string{"case": w.submission.CaseID},
		Codes:   map[string]any{"code": fault.Code(o.Err), "size": o.Size}, Details: map[string]any{"name": o.Name},
	})
	if err == nil {
		o.Seq = receipt.Seq
	}
}

// take follows the order of custody: vault, catalogue, acknowledgement; the
// intent was written before.
func (w *work) take(ctx context.Context, o Outcome, intent string) (Outcome, error) {
	if err := ctx.Err(); err != nil {
		return o, err
	}
	f, err := os.Open(o.Path)
	if err != nil {
		return o, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return o, err
	}
	if o.Size = info.Size(); o.Size == 0 {
		return o, ErrEmpty.With("name", o.Name)
	}
	record, err := w.desk.describe(ctx, f, o, info.ModTime())
	if err != nil {
		return o, err
	}
	return w.keep(ctx, f, info, record, intent, o)
}

func (w *work) keep(ctx context.Context, f *os.File, info fs.FileInfo, record catalog.Record, intent string, o Outcome) (Outcome, error) {
	d := w.desk
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return o, err
	}
	w.tell(StepCopying)
	begun := w.p.BytesDone
	kept, err := d.cfg.Vault.Put(ctx, &steady{f: f, path: o.Path, was: info}, o.Size, func(copied int64) {
		w.p.BytesDone = begun + copied
		step := StepCopying
		if copied >= o.Size {
			step = StepReadingBack
		}
		w.tell(step)
	})
	if err != nil {
		return o, err
	}
	o.SHA256, o.SM3 = kept.SHA256, kept.SM3
	known, err := d.cfg.Catalog.RecordOf(ctx, kept.SHA256)
	if err == nil {
		return w.known(ctx, o, known.ID)
	}
	if !errors.Is(err, catalog.ErrNoRecord) {
		return o, err
	}
	w.tell(StepCataloguing)
	record.CaseID, record.Stage, record.StoredBy = w.submission.CaseID, w.submission.Stage, w.actor.ID
	record.SHA256, record.SM3, record.Size = kept.SHA256, kept.SM3, kept.Size
	d.count(ctx, &record)
	stored, receipt, remark, err := w.catalogue(ctx, record, intent)
	if id := knownRecord(err); id != "" { // another submission was quicker
		return w.known(ctx, o, id)
	}
	if err != nil {
		return o, err
	}
	o.State, o.RecordID, o.Seq, o.Err = Stored, stored.ID, receipt.Seq, remark
	if stored.Medium == catalog.MediumVideo && stored.Playable() {
		w.recordings = append(w.recordings, stored)
	}
	return o, nil
}

// known acknowledges an original that is there already.
func (w *work) known(ctx context.Context, o Outcome, recordID string) (Outcome, error) {
	receipt, err := w.desk.joinKnown(ctx, recordID, w.submission.RecordingID, audit.Entry{
		Actor: w.actor.ID, Event: audit.Ingestion,
		Objects: map[string]string{"case": w.submission.CaseID, "record": recordID},
		Codes:   map[string]any{"known": true, "sha256": o.SHA256}, Details: map[string]any{"name": o.Name},
	})
	o.State, o.RecordID, o.Seq = Known, recordID, receipt.Seq
	return o, err
}

// count gives a recording provisional frame numbers. A recording that cannot
// be scanned is stored all the same: making the index will say what is wrong.
func (d *Desk) count(ctx context.Context, r *catalog.Record) {
	if r.Medium != catalog.MediumVideo || !r.Playable() {
		return
	}
	f, err := d.cfg.Vault.Original(r.SHA256)
	if err != nil {
		return
	}
	defer f.Close()
	rec, err := d.cfg.Media.Open(ctx, f, nil)
	if err != nil {
		return
	}
	defer rec.Close() //nolint:contextcheck // letting go must not be cancelled
	x := rec.Info()
	r.Frames, r.Width, r.Height, r.IndexState = x.Frames, x.Width, x.Height, catalog.IndexProvisional
}

// catalogue makes the file a record, in one transaction with its derived work,
// its transcripts, the settled intent and the entry.
func (w *work) catalogue(ctx context.Context, r catalog.Record, intent string) (stored catalog.Record, receipt audit.Receipt, remark, err error) {
	d := w.desk
	id, err := uuid.NewV7()
	if err != nil {
		return r, receipt, nil, fmt.Errorf("make id: %w", err)
	}
	r.ID = id.String()
	spoken, remark, err := d.transcripts(ctx, r, w.submission.RecordingID)
	if err != nil {
		return r, receipt, nil, err
	}
	entry := audit.Entry{
		Actor: w.actor.ID, Event: audit.Ingestion, Objects: map[string]string{"case": r.CaseID, "record": r.ID},
		Codes: map[string]any{
			"sha256": r.SHA256, "sm3": r.SM3, "size": r.Size, "stage": r.Stage, "medium": r.Medium, "timeliness": r.Timeliness, "index": r.IndexState, // what could be counted at once
		},
		Details: map[string]any{"name": r.FileName, "title": r.Title},
	}
	if r.Medium == catalog.MediumTranscript {
		entry.Codes["cues"] = cues(spoken)
	}
	receipt, err = d.cfg.Log.Do(ctx, entry, func(tx *store.Tx) error {
		if r, err = d.cfg.Catalog.AddRecord(ctx, tx, r); err != nil {
			return err
		}
		for _, t := range spoken {
			if _, err = d.cfg.Catalog.AddTranscript(ctx, tx, t); err != nil {
				return err
			}
		}
		for _, kind := range derived(r) {
			if _, err = d.cfg.Jobs.Enqueue(ctx, tx, jobs.Spec{Kind: kind, Subject: r.ID}); err != nil {
				return err
			}
		}
		return d.cfg.Jobs.Settle(ctx, tx, intent)
	})
	return r, receipt, remark, err
}

func cues(of []catalog.Transcript) int {
	n := 0
	for _, t := range of {
		n += len(t.Cues)
	}
	return n
}

func derived(r catalog.Record) []string {
	if r.IndexState == catalog.IndexUnreadable {
		return nil
	}
	switch r.Medium {
	case catalog.MediumVideo:
		return []string{JobFrameIndex}
	case catalog.MediumAudio:
		return []string{JobPreview, JobSubtitles}
	case catalog.MediumDocument, catalog.MediumTranscript, catalog.MediumPhoto:
		if carries(r) {
			return []string{JobText, JobEnclosures}
		}
		return []string{JobText}
	}
	return nil
}

// chain joins the recordings of the submission, by the time of their first
// frames, into one activity. The gaps between them stay in real time.
func (w *work) chain(ctx context.Context) error {
	if !w.submission.Chain || len(w.recordings) < 2 {
		return nil
	}
	slices.SortStableFunc(w.recordings, func(a, b catalog.Record) int {
		if c := a.StartedAt.Compare(b.StartedAt); c != 0 {
			return c
		}
		return strings.Compare(a.FileName, b.FileName)
	})
	id, err := uuid.NewV7()
	if err != nil {
		return fmt.Errorf("make id: %w", err)
	}
	segments := make([]string, 0, len(w.recordings))
	for _, r := range w.recordings {
		segments = append(segments, r.ID)
	}
	entry := audit.Entry{
		Actor: w.actor.ID, Event: audit.Description, Objects: map[string]string{"case": w.submission.CaseID, "chain": id.String()},
		Codes: map[string]any{"segments": segments},
	}
	_, err = w.desk.cfg.Log.Do(ctx, entry, func(tx *store.Tx) error {
		return w.desk.cfg.Catalog.SetChain(ctx, tx, id.String(), segments)
	})
	if err != nil {
		return fmt.Errorf("join segments: %w", err)
	}
	return nil
}

func (w *work) tell(step string) {
	w.p.Step = step
	if w.told == nil {
		return
	}
	w.p.Remaining = -1
	if spent := w.desk.cfg.Now().Sub(w.p.Started).Seconds(); spent > 0 && w.p.BytesDone > 0 {
		w.p.Remaining = spent / float64(w.p.BytesDone) * float64(max(w.p.Bytes-w.p.BytesDone, 0))
	}
	p := w.p
	p.Outcomes = slices.Clone(p.Outcomes)
	w.told(p)
}

// steady reads a source and, where it ends, makes sure that it is still the
// file that was chosen: what changed while it was copied must not be kept.
type steady struct {
	f    *os.File
	path string
	was  fs.FileInfo
}

func (s *steady) Read(p []byte) (int, error) {
	n, err := s.f.Read(p)
	if !errors.Is(err, io.EOF) {
		return n, err
	}
	open, err := s.f.Stat()
	if err != nil {
		return n, err
	}
	named, err := os.Stat(s.path)
	if err != nil || !os.SameFile(named, s.was) || open.Size() != s.was.Size() || !open.ModTime().Equal(s.was.ModTime()) {
		return n, ErrVanished.With("name", name(s.path))
	}
	return n, io.EOF
}
