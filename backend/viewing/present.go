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
	fastest   = 2.0  // speed
	stillMs   = 200  // a still counts when it stood this long
	pageMs    = 1000 // a page counts when it stood this long
	complete  = 0.95 // share of frames that must have been drawn at real time
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
	defer v.using.Done()
	all, err := v.judge(intervals)
	if err != nil {
		return Coverage{}, err
	}
	if len(all) > 0 {
		if err := v.write(ctx, all); err != nil {
			return Coverage{}, err
		}
		v.reported(all)
	}
	return v.Coverage(ctx)
}

// Coverage returns what this account was shown over all its viewings of this
// record or copy.
func (v *Viewing) Coverage(ctx context.Context) (Coverage, error) {
	return v.desk.coverage(ctx, v.info.Record.ID, v.info.CopyID, v.info.Actor.ID, v.info.Total())
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
		runs := v.served.runs(Range{i.From, i.To})
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
	first, last := int64(0), v.info.Frames-1
	kinds := []string{KindPlay, KindStep, KindStill}
	if v.document != nil {
		first, last, kinds = 1, int64(v.info.Pages), []string{KindPage}
	}
	bad := ""
	switch {
	case !slices.Contains(kinds, i.Kind):
		bad = "kind"
	case i.From < first:
		bad = "from"
	case i.To > last:
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

// counts is the rule of 有效审看 (§8.7): visible; forward or by steps; not
// faster than the policy, by the player's word and by the clock on the wall;
// with sound where there is any; stills and pages long enough to be seen.
func (v *Viewing) counts(i Interval) bool {
	length := i.To - i.From + 1
	switch {
	case !i.Visible:
		return false
	case i.Kind == KindPage:
		return i.WallMs >= pageMs*length
	case i.Kind == KindStill:
		return i.WallMs >= stillMs
	case (v.times[i.To]-v.times[i.From])*1000 > float64(i.WallMs)*fastest*tolerance:
		return false
	case i.Kind == KindStep:
		return true
	case i.Speed <= 0 || i.Speed > fastest:
		return false
	case len(v.info.Sound) > 0 && i.Sound != SoundOn:
		return false
	}
	return i.Speed > 1 || float64(i.Presented) >= complete*float64(length)
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
	counted, err := json.Marshal(s.counted)
	if err != nil {
		return fmt.Errorf("write ranges: %w", err)
	}
	passed, err := json.Marshal(s.passed)
	if err != nil {
		return fmt.Errorf("write ranges: %w", err)
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO viewing_interval
		(viewing_id, number, seq, kind, from_at, to_at, presented, speed, sound, visible, wall_ms, counted, passed)
		SELECT ?, (SELECT coalesce(max(number), 0) + 1 FROM viewing_interval WHERE viewing_id = ?),
		(SELECT coalesce(max(seq), 0) + 1 FROM audit_entry), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?`,
		v.info.ID, v.info.ID, s.Kind, s.From, s.To, s.Presented, s.Speed, s.Sound, s.Visible, s.WallMs, string(counted), string(passed))
	if err != nil {
		return fmt.Errorf("write interval: %w", err)
	}
	return nil
}

// moveSeq notes the entry that is about to be appended as the viewing's last.
func (v *Viewing) moveSeq(ctx context.Context, tx *store.Tx) error {
	_, err := tx.ExecContext(ctx, `UPDATE viewing SET total = ?, seq_last = (SELECT coalesce(max(seq), 0) + 1 FROM audit_entry) WHERE id = ?`,
		v.info.Total(), v.info.ID)
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
	if !v.closed && len(v.unreported.all()) > 0 {
		v.silence.Reset(v.desk.cfg.Silence)
	}
}

// reportServed logs what left the desk and nobody reported, so that even a
// dead page leaves its trace.
func (v *Viewing) reportServed() {
	if v.begin() != nil {
		return
	}
	defer v.using.Done()
	if err := v.flush(context.Background()); err != nil {
		slog.Error("log what was served", slog.String("viewing", v.info.ID), slog.Any("error", err))
	}
}

// flush writes one entry of what was served and not reported.
func (v *Viewing) flush(ctx context.Context) error {
	v.mu.Lock()
	runs := v.unreported.all()
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
	if err != nil {
		v.mu.Lock()
		defer v.mu.Unlock()
		for _, r := range runs {
			for n := r.From; n <= r.To; n++ {
				v.unreported.add(n)
			}
		}
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
	release := v.release() //nolint:contextcheck // letting go must not be cancelled
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
