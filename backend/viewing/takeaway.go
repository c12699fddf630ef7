package viewing

import (
	"context"
	"fmt"
	"os"
	"slices"

	"diaoyue.example/workstation/backend/accounts"
	"diaoyue.example/workstation/backend/audit"
	"diaoyue.example/workstation/backend/store"
)

// Ways in which somebody may try to take what is on the glass with him.
const (
	TakeCopy       = "copy"
	TakePrint      = "print"
	TakeSave       = "save"
	TakeScreenshot = "screenshot"
)

// BasisTakeaway is what the refusal of a takeaway rests on: nothing is handed
// out without the legal procedure (《实施细则》第二十条第二款).
const BasisTakeaway = "S20.2"

// Takeaway refuses to copy, print or save what is being viewed, and logs the
// try (refusal R4). There is one way out, an approved copy; so it always
// returns an error: ErrTakeaway, or ErrNoLog when not even that could be
// written. A system's own screenshot is beyond the program: the watermark
// deters from it.
func (v *Viewing) Takeaway(ctx context.Context, act string) error {
	if err := v.begin(); err != nil {
		return err
	}
	defer v.end()
	refusal, act := takeaway(v.info.Actor, act)
	refusal.Objects = v.objects()
	if _, err := v.desk.cfg.Log.Note(ctx, refusal); err != nil {
		return v.speechless(err)
	}
	return ErrTakeaway.With("act", act, "basis", BasisTakeaway)
}

// Takeaway refuses to copy words of records that no viewing shows, such as
// those around a hit, and logs the try.
func (d *Desk) Takeaway(ctx context.Context, actor accounts.Actor, act string) error {
	refusal, act := takeaway(actor, act)
	if _, err := d.cfg.Log.Note(ctx, refusal); err != nil {
		return fmt.Errorf("log takeaway: %w", err)
	}
	return ErrTakeaway.With("act", act, "basis", BasisTakeaway)
}

func takeaway(actor accounts.Actor, act string) (audit.Entry, string) {
	if !slices.Contains([]string{TakeCopy, TakePrint, TakeSave, TakeScreenshot}, act) {
		act = TakeSave
	}
	return audit.Entry{
		Actor: actor.ID, Event: audit.Refusal, Result: audit.Refused,
		Codes: map[string]any{"code": ErrTakeaway.Code(), "act": act, "basis": BasisTakeaway},
	}, act
}

// Derived opens what was made of the recording for finding one's way: the
// thumbnails, the wave of the sound. Its first use in a viewing is logged, and
// it never counts as shown: who saw small pictures has not reviewed a
// recording (law-and-features §8.7).
func (v *Viewing) Derived(ctx context.Context, kind string) (*os.File, error) {
	if err := v.begin(); err != nil {
		return nil, err
	}
	defer v.end()
	if v.info.CopyID != "" {
		return nil, fmt.Errorf("open %s: %w", kind, os.ErrNotExist) // derived files are of originals
	}
	f, err := v.desk.cfg.Vault.Derived(v.info.Record.SHA256, kind)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", kind, err)
	}
	if err := v.logThumbnails(ctx, kind); err != nil {
		_ = f.Close() // only read
		return nil, err
	}
	return f, nil
}

func (v *Viewing) logThumbnails(ctx context.Context, kind string) error {
	v.thumbnails.Lock()
	defer v.thumbnails.Unlock()
	if slices.Contains(v.derived, kind) {
		return nil
	}
	whole := v.info.whole()
	i := Interval{Kind: KindThumbnail, From: whole.From, To: whole.To, Sound: SoundNone}
	entry := audit.Entry{
		Actor: v.info.Actor.ID, Event: audit.Shown, Objects: v.objects(),
		Codes: map[string]any{"intervals": []Interval{i}, "derived": kind},
	}
	_, err := v.desk.cfg.Log.Do(ctx, entry, func(tx *store.Tx) error {
		if err := v.writeRow(ctx, tx, shown{Interval: i, counted: []Range{}, passed: []Range{}}); err != nil {
			return err
		}
		return v.moveSeq(ctx, tx)
	})
	if err != nil {
		return v.speechless(err)
	}
	v.derived = append(v.derived, kind)
	return nil
}
