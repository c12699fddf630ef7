package viewing

import (
	"cmp"
	"context"
	"crypto/rand"
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
	"diaoyue.example/workstation/backend/store"
	"diaoyue.example/workstation/media"
	"diaoyue.example/workstation/media/remote"
)

// Open opens a viewing. The order is the point: permission and purpose, then
// the entry "displaying" on the disk, and only then the record's bytes. No
// entry, no picture. Refusals are logged. Errors: ErrNoPurpose, ErrNotYours,
// ErrReviewOwn, ErrIsolated, accounts.ErrForbidden, catalog.ErrNoRecord, ErrDamaged,
// ErrUnsupported, ErrEncrypted, ErrUnreadable.
func (d *Desk) Open(ctx context.Context, actor accounts.Actor, q Request) (*Viewing, error) {
	var candidate *Candidate
	if q.CopyID != "" {
		if d.candidates == nil {
			return nil, ErrNoCopy.With("copy", q.CopyID)
		}
		c, err := d.candidates.Candidate(ctx, q.CopyID)
		if err != nil {
			return nil, err
		}
		q.RecordID, candidate = c.RecordID, &c
	}
	record, err := d.cfg.Catalog.Record(ctx, q.RecordID)
	if err != nil {
		return nil, err
	}
	if err = d.allowed(ctx, actor, q, record); err != nil {
		return nil, err
	}
	if record.Footage() && !record.Playable() {
		return nil, ErrUnreadable.With("kind", record.DiagnosisKind())
	}
	v, err := d.enter(ctx, actor, q, record, candidate)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNoLog, err)
	}
	if err := v.fetch(ctx, candidate); err != nil {
		failure := engineFault(err)
		return nil, errors.Join(failure, v.Close(context.WithoutCancel(ctx), CloseFailed))
	}
	v.warm(ctx)
	return v, nil
}

// warm lets the decoder start up while the page is being built. The entry is on
// the disk, and nothing of the picture leaves the desk.
func (v *Viewing) warm(ctx context.Context) {
	if v.recording == nil || v.info.Frames == 0 || v.begin() != nil {
		return
	}
	go func() {
		defer v.end()
		// Whoever asks for a frame meets the error himself.
		_, _ = v.recording.Frame(context.WithoutCancel(ctx), 0, remote.Request{MaxWidth: 16, MaxHeight: 16})
	}()
}

// allowed refuses, with an entry, what must not be seen.
func (d *Desk) allowed(ctx context.Context, actor accounts.Actor, q Request, record catalog.Record) error {
	objects := map[string]string{"record": record.ID, "case": record.CaseID}
	file, err := d.cfg.Catalog.Case(ctx, record.CaseID)
	if err != nil {
		return err
	}
	// The table gives officers the records of their own cases only; the three
	// administrators see none (refusal R10).
	switch {
	case file.Of(actor.Number):
		err = d.cfg.Accounts.RequireOwn(ctx, actor, accounts.View, objects)
	case !actor.May(accounts.View) && actor.MayOwn(accounts.View):
		err = d.refuse(ctx, actor, objects, ErrNotYours, "S19")
	default:
		err = d.cfg.Accounts.Require(ctx, actor, accounts.View, objects)
	}
	if err != nil {
		return err
	}
	if record.Suspected || file.Suspected {
		return d.refuse(ctx, actor, objects, ErrIsolated, "S18.2")
	}
	if err = record.Readable(); err != nil {
		_, noted := d.cfg.Log.Note(ctx, audit.Entry{
			Actor: actor.ID, Event: audit.Refusal, Objects: objects, Result: audit.Refused,
			Codes: map[string]any{"code": fault.Code(err), "basis": fault.Params(err)[fault.Basis]},
		})
		return errors.Join(err, noted)
	}
	if !slices.Contains(Purposes(), q.Purpose) || q.Purpose == PurposeOther && strings.TrimSpace(q.Note) == "" {
		return d.refuse(ctx, actor, objects, ErrNoPurpose, "S19")
	}
	if q.Purpose == PurposePlanned && file.Of(actor.Number) {
		return d.reviewsOwn(ctx, actor, record.CaseID, objects)
	}
	return nil
}

// reviewsOwn lets an officer review a case of his own only where the head of
// agency allowed it in writing; the register's entry then names whose word it
// rests on.
func (d *Desk) reviewsOwn(ctx context.Context, actor accounts.Actor, caseID string, objects map[string]string) error {
	_, ok, err := d.cfg.Accounts.Authorised(ctx, accounts.AuthoriseReviewOwn, actor.ID, caseID)
	if err != nil || ok {
		return err
	}
	return d.refuse(ctx, actor, objects, ErrReviewOwn, "R5")
}

// restsOn is the id of the head's authorisation that a review of an own case
// rests on, "" for every other viewing.
func (d *Desk) restsOn(ctx context.Context, actor accounts.Actor, q Request, record catalog.Record) (string, error) {
	if q.Purpose != PurposePlanned {
		return "", nil
	}
	file, err := d.cfg.Catalog.Case(ctx, record.CaseID)
	if err != nil || !file.Of(actor.Number) {
		return "", err
	}
	a, _, err := d.cfg.Accounts.Authorised(ctx, accounts.AuthoriseReviewOwn, actor.ID, record.CaseID)
	return a.ID, err
}

type refusal interface {
	Code() string
	With(pairs ...string) error
}

func (d *Desk) refuse(ctx context.Context, actor accounts.Actor, objects map[string]string, why refusal, basis string) error {
	_, err := d.cfg.Log.Note(ctx, audit.Entry{
		Actor: actor.ID, Event: audit.Refusal, Objects: objects, Result: audit.Refused,
		Codes: map[string]any{"code": why.Code(), "basis": basis},
	})
	return errors.Join(why.With("basis", basis), err)
}

// enter writes the entry and the row of the register, and lists the viewing.
func (d *Desk) enter(ctx context.Context, actor accounts.Actor, q Request, record catalog.Record, candidate *Candidate) (*Viewing, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return nil, fmt.Errorf("make id: %w", err)
	}
	number, err := newNumber()
	if err != nil {
		return nil, err
	}
	segments, err := d.cfg.Catalog.Chain(ctx, record.ChainID)
	if err != nil {
		return nil, err
	}
	info := Info{
		ID: id.String(), Number: number, Actor: actor, Record: record,
		Purpose: q.Purpose, Basis: strings.TrimSpace(q.Basis), Note: strings.TrimSpace(q.Note),
		OpenedAt: d.cfg.Now(), ClockOffset: record.ClockOffset, Segments: segments, Sound: []SoundTrack{},
		Watermark: actor.Name + " " + actor.Number + " " + number,
	}
	allowed, err := d.restsOn(ctx, actor, q, record)
	if err != nil {
		return nil, err
	}
	digest, title := record.SHA256, record.Title
	objects := map[string]string{"viewing": info.ID, "record": record.ID, "case": record.CaseID}
	if candidate != nil {
		info.CopyID, digest, title = candidate.CopyID, candidate.SHA256, candidate.Title
		objects["copy"] = info.CopyID
	}
	unit, first := opening(record)
	entry := audit.Entry{
		Actor: actor.ID, Event: audit.Displaying, Objects: objects,
		Codes:   map[string]any{"number": number, "purpose": q.Purpose, "sha256": digest, "serving": first},
		Details: map[string]any{"title": title, "case": record.CaseTitle, "code": record.Code, "basis": info.Basis, "note": info.Note},
	}
	if allowed != "" {
		entry.Codes["authorisation"] = allowed
	}
	receipt, err := d.cfg.Log.Do(ctx, entry, func(tx *store.Tx) error {
		if failed := insert(ctx, tx, info, title, unit); failed != nil {
			return failed
		}
		return insertServing(ctx, tx, info.ID, []Range{first})
	})
	if err != nil {
		return nil, err
	}
	info.Seq, info.OpenedAt = receipt.Seq, receipt.At
	v := newViewing(d, info)
	v.announced.add(first)
	d.mu.Lock()
	d.open[info.ID] = v
	d.mu.Unlock()
	return v, nil
}

// opening says what a record counts and which first block the opening entry
// itself announces.
func opening(record catalog.Record) (unit string, first Range) {
	i := Info{Frames: 1}
	switch {
	case record.Medium == catalog.MediumAudio:
		i = Info{Sound: []SoundTrack{{}}}
	case !record.Footage():
		i = Info{Pages: 1}
	}
	from := i.whole().From
	return i.Unit(), Range{from, from + i.block() - 1}
}

func insert(ctx context.Context, tx *store.Tx, i Info, title, unit string) error {
	total := i.Record.Frames
	if !i.Record.Footage() {
		total = int64(i.Record.Pages)
	}
	// The opening entry gets the next number of the log; it is written in this
	// same transaction, after this row.
	_, err := tx.ExecContext(ctx, `INSERT INTO viewing (id, number, account_id, account_number, account_name, department,
		record_id, copy_id, purpose, basis, note, case_code, case_title, record_code, record_title, kind, unit, total, opened_at, seq_first, seq_last)
		SELECT ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, s.next, s.next
		FROM (SELECT coalesce(max(seq), 0) + 1 AS next FROM audit_entry) s`,
		i.ID, i.Number, i.Actor.ID, i.Actor.Number, i.Actor.Name, i.Actor.Department,
		i.Record.ID, i.CopyID, i.Purpose, i.Basis, i.Note, i.Record.CaseCode, i.Record.CaseTitle, i.Record.Code, title,
		i.Record.Kind, unit, total, store.FormatTime(i.OpenedAt))
	if err != nil {
		return fmt.Errorf("write viewing: %w", err)
	}
	return nil
}

// fetch opens the bytes.
func (v *Viewing) fetch(ctx context.Context, candidate *Candidate) error {
	var err error
	name := v.info.Record.FileName
	switch {
	case candidate != nil:
		v.file, err = v.desk.cfg.Vault.Candidate(cmp.Or(candidate.VaultID, candidate.CopyID))
	case v.info.Record.Footage():
		v.file, err = v.desk.cfg.Vault.Original(v.info.Record.SHA256)
	default:
		var laidOut bool
		if v.file, laidOut, err = v.desk.cfg.Vault.DerivedOr(v.info.Record.SHA256, catalog.DerivedOfficePDF); laidOut {
			name += ".pdf"
		}
	}
	if err != nil {
		return fmt.Errorf("open bytes: %w", err)
	}
	if v.info.Record.Footage() {
		return v.fetchFootage(ctx, candidate != nil)
	}
	v.document, err = v.desk.cfg.Documents.Open(ctx, v.file, name)
	if err != nil {
		return fmt.Errorf("open document: %w", err)
	}
	v.info.Pages = v.document.Pages()
	return nil
}

func (v *Viewing) fetchFootage(ctx context.Context, candidate bool) error {
	var index []byte
	var err error
	if !candidate {
		if index, err = v.desk.index(v.info.Record); err != nil {
			return err
		}
	}
	v.recording, err = v.desk.cfg.Media.Open(ctx, v.file, index)
	if err != nil && index != nil && !errors.Is(err, remote.ErrWorkerGone) && ctx.Err() == nil {
		// The kept index does not fit this decoder: frame numbers are
		// provisional until it is made anew.
		if v.recording, err = v.desk.cfg.Media.Open(ctx, v.file, nil); err == nil && v.desk.cfg.Reindex != nil {
			index, err = nil, v.desk.cfg.Reindex(ctx, v.info.Record.ID)
		}
	}
	if err != nil {
		return fmt.Errorf("open recording: %w", err)
	}
	if v.times, err = v.recording.Times(ctx); err != nil {
		return fmt.Errorf("read times: %w", err)
	}
	v.index = index
	r := v.recording.Info()
	v.info.Frames, v.info.Provisional, v.info.Width, v.info.Height = r.Frames, r.Provisional, r.Width, r.Height
	v.info.PixelAspect = r.PixelAspect
	v.info.Duration = r.Container.Duration
	v.pace()
	for _, s := range r.Container.Streams {
		if s.Kind == media.KindAudio {
			v.info.Sound = append(v.info.Sound, SoundTrack{len(v.info.Sound), s.SampleRate, s.Channels, s.Language})
		}
	}
	return nil
}

// pace works out rate and duration from the times of the frames.
func (v *Viewing) pace() {
	if n := len(v.times); n > 1 && v.times[n-1] > 0 {
		v.info.FrameRate = float64(n-1) / v.times[n-1]
		v.info.Duration = max(v.times[n-1]+1/v.info.FrameRate, 0)
	}
}

// index returns the verified frame index of a recording, nil when there is
// none yet: then frame numbers are provisional.
func (d *Desk) index(record catalog.Record) ([]byte, error) {
	f, err := d.cfg.Vault.Derived(record.SHA256, catalog.DerivedFrameIndex)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("open frame index: %w", err)
	}
	defer f.Close()
	return readAll(f)
}

func readAll(f *os.File) ([]byte, error) {
	b, err := io.ReadAll(f)
	if err != nil {
		return nil, fmt.Errorf("read frame index: %w", err)
	}
	return b, nil
}

// newNumber makes a session number: S-XXXX-XXXX of letters and digits that are
// not mistaken for each other on a photograph of the screen.
func newNumber() (string, error) {
	const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
	raw := make([]byte, 8)
	if _, err := rand.Read(raw); err != nil {
		return "", fmt.Errorf("make number: %w", err)
	}
	for i, b := range raw {
		raw[i] = alphabet[b%32]
	}
	return "S-" + string(raw[:4]) + "-" + string(raw[4:]), nil
}
