package viewing

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"slices"

	"diaoyue.example/workstation/backend/audit"
	"diaoyue.example/workstation/backend/store"
)

// Bounds of what counts as shown (law-and-features §8.7).
const (
	stillMs   = 200  // a still counts when it stood this long
	pageMs    = 1000 // a page counts when it stood this long
	complete  = 0.95 // share of frames that must have been drawn at real time
	audible   = 0.90 // share of the sound that must have been given out where there is any
	tolerance = 1.25 // clocks of page and program differ
	insane    = 1000 // no player goes faster
	batch     = 500  // intervals in one report
)

// shown is an interval and what of it was really served.
type shown struct {
	Interval

	counted, passed []Range
}

// Present logs ranges that were on the glass. It returns when the entry is
// durable. Only what this viewing served can be shown: the rest of a range is
// not counted. Returned is the account's coverage over all its viewings.
// ErrBadInterval when a range makes no sense; then nothing is logged.
func (v *Viewing) Present(ctx context.Context, intervals []Interval) (Coverage, error) {
	if err := v.begin(); err != nil {
		return Coverage{}, err
	}
	defer v.end()
	all, err := v.judge(intervals)
	if err != nil {
		return Coverage{}, err
	}
	if len(all) > 0 {
		if err := v.write(ctx, all); err != nil {
			return Coverage{}, v.speechless(err)
		}
		v.reported(all)
	}
	return v.Coverage(ctx)
}

// Coverage returns what this account was shown over all its viewings of this
// record or copy.
func (v *Viewing) Coverage(ctx context.Context) (Coverage, error) {
	i := v.Info()
	c, err := v.desk.coverage(ctx, i.Record.ID, i.CopyID, i.Actor.ID, i.Total())
	c.Unit, c.Speed = i.Unit(), v.limit()
	return c, err
}

// limit is the fastest speed that counts: the check of a copy is stricter than
// the review of a record (refusal R8).
func (v *Viewing) limit() float64 {
	if v.info.CopyID != "" {
		return v.desk.cfg.CheckSpeed
	}
	return v.desk.cfg.Speed
}

func (v *Viewing) judge(intervals []Interval) ([]shown, error) {
	if len(intervals) > batch {
		return nil, ErrBadInterval.With("field", "count")
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	out := make([]shown, 0, len(intervals))
	for _, i := range intervals {
		if i.From > i.To { // played backwards
			i.From, i.To = i.To, i.From
		}
		if err := v.sane(i); err != nil {
			return nil, err
		}
		runs := v.served.within(Range{i.From, i.To})
		i.Presented = min(i.Presented, count(runs))
		s := shown{Interval: i, counted: []Range{}, passed: []Range{}}
		switch {
		case i.Presented == 0:
		case v.counts(i):
			s.counted = runs
		default:
			s.passed = runs
		}
		out = append(out, s)
	}
	return out, nil
}

func (v *Viewing) sane(i Interval) error {
	whole, kinds := v.info.whole(), []string{KindPlay, KindStep, KindStill}
	switch v.info.Unit() {
	case UnitPage:
		kinds = []string{KindPage}
	case UnitMs:
		kinds = []string{KindPlay}
	}
	bad := ""
	switch {
	case !slices.Contains(kinds, i.Kind):
		bad = "kind"
	case i.From < whole.From:
		bad = "from"
	case i.To > whole.To:
		bad = "to"
	case i.Presented < 0:
		bad = "presented"
	case math.IsNaN(i.Speed) || math.Abs(i.Speed) > insane:
		bad = "speed"
	case !slices.Contains([]string{SoundOn, SoundMuted, SoundNone}, i.Sound):
		bad = "sound"
	case i.WallMs < 0:
		bad = "wallMs"
	default:
		return nil
	}
	return ErrBadInterval.With("field", bad)
}

// counts is the rule of 有效审看 (law-and-features §8.7): visible; forward or
// by steps; not faster than the policy, by the player's word and by the clock
// on the wall; 95 % of the frames drawn at real time; with the sound on where
// there is any. Stills count for the frames that stood 200 ms, and a step shows
// a still: a key held down is no way to play without sound.
func (v *Viewing) counts(i Interval) bool {
	r := Range{i.From, i.To}
	length := i.To - i.From + 1
	limit := v.limit()
	switch {
	case !i.Visible:
		return false
	case i.Kind == KindPage:
		return i.WallMs >= pageMs*length
	case i.Kind == KindStill, i.Kind == KindStep:
		return i.WallMs >= stillMs*length
	case i.Speed <= 0 || i.Speed > limit:
		return false
	case v.span(r) > float64(i.WallMs)*limit*tolerance:
		return false
	case len(v.info.Sound) > 0 && (i.Sound != SoundOn || !v.sounded(r)):
		return false
	}
	return i.Speed > 1 || float64(i.Presented) >= complete*float64(length)
}

// sounded reports whether the sound of r was given out by this viewing.
func (v *Viewing) sounded(r Range) bool {
	if v.info.Unit() == UnitMs {
		return true // only what was given out is in the range at all
	}
	ms := Range{int64(v.times[r.From] * 1000), int64(v.times[r.To] * 1000)}
	return float64(count(v.heard.within(ms))) >= audible*float64(ms.To-ms.From+1)
}

// write appends one entry and the rows, together.
func (v *Viewing) write(ctx context.Context, all []shown) error {
	intervals := make([]Interval, 0, len(all))
	for _, s := range all {
		intervals = append(intervals, s.Interval)
	}
	entry := audit.Entry{
		Actor: v.info.Actor.ID, Event: audit.Shown, Objects: v.objects(),
		Codes: map[string]any{"intervals": intervals},
	}
	_, err := v.desk.cfg.Log.Do(ctx, entry, func(tx *store.Tx) error {
		for _, s := range all {
			if err := v.writeRow(ctx, tx, s); err != nil {
				return err
			}
		}
		return v.moveSeq(ctx, tx)
	})
	if err != nil {
		return fmt.Errorf("log what was shown: %w", err)
	}
	return nil
}

func (v *Viewing) writeRow(ctx context.Context, tx *store.Tx, s shown) error {
	return insertRow(ctx, tx, v.info.ID, s, v.info.Provisional)
}

func insertRow(ctx context.Context, tx *store.Tx, viewingID string, s shown, provisional bool) error {
	counted, err := json.Marshal(s.counted)
	if err != nil {
		return fmt.Errorf("write ranges: %w", err)
	}
	passed, err := json.Marshal(s.passed)
	if err != nil {
		return fmt.Errorf("write ranges: %w", err)
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO viewing_interval
		(viewing_id, number, seq, kind, from_at, to_at, presented, speed, sound, visible, wall_ms, counted, passed, provisional)
		SELECT ?, (SELECT coalesce(max(number), 0) + 1 FROM viewing_interval WHERE viewing_id = ?),
		(SELECT coalesce(max(seq), 0) + 1 FROM audit_entry), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?`,
		viewingID, viewingID, s.Kind, s.From, s.To, s.Presented, s.Speed, s.Sound, s.Visible, s.WallMs, string(counted), string(passed), provisional)
	if err != nil {
		return fmt.Errorf("write interval: %w", err)
	}
	return nil
}

// moveSeq notes the entry that is about to be appended as the viewing's last.
func (v *Viewing) moveSeq(ctx context.Context, tx *store.Tx) error {
	return v.moveSeqOf(ctx, tx, v.info.Total())
}

func (v *Viewing) moveSeqOf(ctx context.Context, tx *store.Tx, total int64) error {
	_, err := tx.ExecContext(ctx, `UPDATE viewing SET total = ?, unit = ?, seq_last = (SELECT coalesce(max(seq), 0) + 1 FROM audit_entry) WHERE id = ?`,
		total, v.info.Unit(), v.info.ID)
	if err != nil {
		return fmt.Errorf("write viewing: %w", err)
	}
	return nil
}

func (v *Viewing) reported(all []shown) {
	v.mu.Lock()
	defer v.mu.Unlock()
	for _, s := range all {
		v.unreported.remove(Range{s.From, s.To})
	}
	v.silence.Stop()
	if !v.closed && len(v.unreported) > 0 {
		v.silence.Reset(v.desk.cfg.Silence)
	}
}

// reportServed logs what left the desk and nobody reported, so that even a
// dead page leaves its trace.
func (v *Viewing) reportServed() {
	if v.begin() != nil {
		return
	}
	defer v.end()
	if err := v.flush(context.Background()); err != nil {
		slog.Error("log what was served", slog.String("viewing", v.info.ID), slog.Any("error", err))
		v.mu.Lock()
		defer v.mu.Unlock()
		if !v.closed {
			v.silence.Reset(v.desk.cfg.Silence)
		}
	}
}

// flush writes one entry of what was served and not reported.
func (v *Viewing) flush(ctx context.Context) error {
	v.mu.Lock()
	runs := v.unreported
	v.unreported = nil
	v.mu.Unlock()
	if len(runs) == 0 {
		return nil
	}
	all := make([]shown, 0, len(runs))
	for _, r := range runs {
		all = append(all, shown{
			Interval: Interval{Kind: KindServed, From: r.From, To: r.To, Presented: r.To - r.From + 1, Sound: SoundNone},
			counted:  []Range{}, passed: []Range{}, // served is not shown
		})
	}
	err := v.write(ctx, all)
	if err == nil {
		return nil
	}
	err = v.speechless(err)
	v.mu.Lock()
	defer v.mu.Unlock()
	for _, r := range runs {
		v.unreported.add(r)
	}
	return err
}

// Close ends the viewing: what was not reported is logged, the closing entry
// carries the coverage, and the handles are let go. Closing twice is harmless.
func (v *Viewing) Close(ctx context.Context, kind string) error {
	v.mu.Lock()
	if v.closed {
		v.mu.Unlock()
		return nil
	}
	v.closed = true
	v.idle.Stop()
	v.silence.Stop()
	for w := range v.waiting {
		w.cancel()
	}
	v.mu.Unlock()
	v.using.Wait()
	// Whatever happens to the log, no further frame leaves.
	release := v.release() //nolint:contextcheck // letting go is not to be stopped
	err := v.flush(ctx)
	if err == nil {
		err = v.desk.closeEntry(ctx, closing{
			id: v.info.ID, kind: kind, actor: v.info.Actor.ID, record: v.info.Record.ID, copyID: v.info.CopyID,
			total: v.info.Total(), objects: v.objects(),
		})
	}
	v.desk.mu.Lock()
	delete(v.desk.open, v.info.ID)
	v.desk.mu.Unlock()
	if v.desk.cfg.OnClose != nil {
		v.desk.cfg.OnClose(v.info.ID, kind)
	}
	return errors.Join(err, release)
}

func (v *Viewing) release() error {
	var errs []error
	if v.recording != nil {
		errs = append(errs, v.recording.Close())
	}
	if v.document != nil {
		errs = append(errs, v.document.Close())
	}
	if v.file != nil {
		errs = append(errs, v.file.Close())
	}
	return errors.Join(errs...)
}

func (v *Viewing) objects() map[string]string {
	o := map[string]string{"viewing": v.info.ID, "record": v.info.Record.ID, "case": v.info.Record.CaseID}
	if v.info.CopyID != "" {
		o["copy"] = v.info.CopyID
	}
	return o
}

func closeEach(ctx context.Context, all []*Viewing, kind string) error {
	var errs []error
	for _, v := range all {
		errs = append(errs, v.Close(ctx, kind))
	}
	return errors.Join(errs...)
}
