package viewing

import (
	"context"
	"encoding/json"
	"fmt"

	"diaoyue.example/workstation/backend/audit"
	"diaoyue.example/workstation/backend/store"
	"diaoyue.example/workstation/media/frameindex"
	"diaoyue.example/workstation/media/remote"
)

// TakeIndex takes over the verified frame index, when it has been made since
// the viewing was opened with provisional numbers, and reports whether it did.
// What was shown is told again in the verified numbers, each frame found by
// its timestamp; the rows in provisional numbers stay and are marked. A
// viewing that has nothing to take over is left as it is.
func (v *Viewing) TakeIndex(ctx context.Context) (bool, error) {
	if !v.Info().Provisional || v.info.CopyID != "" {
		return false, nil
	}
	index, err := v.desk.index(v.info.Record)
	if err != nil || index == nil {
		return false, err
	}
	ix, err := frameindex.Unmarshal(index)
	if err != nil || ix.State() == frameindex.Provisional {
		return false, nil // of another version: it is being made anew
	}
	if err = v.begin(); err != nil {
		return false, err
	}
	defer v.using.Done()
	v.engine.RUnlock() // begin holds it; here it is wanted alone
	v.engine.Lock()
	defer v.engine.Unlock()
	if !v.info.Provisional {
		return false, nil // another request was faster
	}
	fresh, err := v.desk.cfg.Media.Open(ctx, v.file, index)
	if err != nil {
		return false, engineFault(err)
	}
	if fresh.Info().Provisional {
		return false, fresh.Close() //nolint:contextcheck // letting go is not to be stopped
	}
	times, err := fresh.Times(ctx)
	if err == nil {
		err = v.renumber(ctx, fresh.Info(), numbering(ix, v.stamps))
	}
	if err != nil {
		_ = fresh.Close() //nolint:contextcheck // letting go is not to be stopped; the error is the one worth telling
		return false, err
	}
	old := v.recording
	v.mu.Lock()
	v.recording, v.times, v.index, v.stamps = fresh, times, index, nil
	v.info.Frames, v.info.Provisional = fresh.Info().Frames, false
	v.pace()
	v.mu.Unlock()
	return true, old.Close() //nolint:contextcheck // letting go is not to be stopped
}

// numbering finds the verified number of each frame that was served.
func numbering(ix *frameindex.Index, stamps map[int64]int64) map[int64]int64 {
	byStamp := make(map[int64]int64, ix.Len())
	for n := range ix.Len() {
		if pts := ix.At(n).PTS; pts != frameindex.NoPTS {
			byStamp[pts] = n
		}
	}
	out := make(map[int64]int64, len(stamps))
	for n, pts := range stamps {
		if verified, ok := byStamp[pts]; ok {
			out[n] = verified
		}
	}
	return out
}

// renumber writes rows with verified numbers beside those that were reported
// in provisional ones, under one entry.
func (v *Viewing) renumber(ctx context.Context, fresh remote.RecordingInfo, to map[int64]int64) error {
	rows, err := v.desk.provisional(ctx, v.info.ID)
	if err != nil {
		return err
	}
	intervals := []Interval{}
	for i := range rows {
		rows[i] = rows[i].mapped(to, v.served)
		intervals = append(intervals, rows[i].Interval)
	}
	entry := audit.Entry{
		Actor: v.info.Actor.ID, Event: audit.Renumbering, Objects: v.objects(),
		Codes: map[string]any{
			"frames_before": v.info.Frames, "frames": fresh.Frames, "served": len(v.stamps), "lost": len(v.stamps) - len(to),
			"intervals": intervals,
		},
	}
	_, err = v.desk.cfg.Log.Do(ctx, entry, func(tx *store.Tx) error {
		_, err = tx.ExecContext(ctx, `UPDATE viewing_interval SET replaced = 1 WHERE viewing_id = ? AND provisional = 1`, v.info.ID)
		if err != nil {
			return fmt.Errorf("mark provisional rows: %w", err)
		}
		for _, r := range rows {
			if err = insertRow(ctx, tx, v.info.ID, r, false); err != nil {
				return err
			}
		}
		return v.moveSeqOf(ctx, tx, fresh.Frames)
	})
	if err != nil {
		return v.speechless(err)
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.served, v.unreported = mapMarks(v.served, to), mapMarks(v.unreported, to)
	v.announced = nil // announced in numbers that hold no longer
	return nil
}

// mapped gives an interval in other numbers: its ends are those of the frames
// that were served within it.
func (s shown) mapped(to map[int64]int64, served marks) shown {
	if hull := mapRanges(served.within(Range{s.From, s.To}), to); len(hull) > 0 {
		s.From, s.To = hull[0].From, hull[len(hull)-1].To
	}
	s.counted, s.passed = mapRanges(s.counted, to), mapRanges(s.passed, to)
	return s
}

func mapRanges(in []Range, to map[int64]int64) []Range {
	var m marks
	for _, r := range in {
		for n := r.From; n <= r.To; n++ {
			if verified, ok := to[n]; ok {
				m.add(Range{verified, verified})
			}
		}
	}
	return append([]Range{}, m...)
}

func mapMarks(in marks, to map[int64]int64) marks { return mapRanges(in, to) }

// provisional reads a viewing's rows in provisional numbers.
func (d *Desk) provisional(ctx context.Context, viewingID string) ([]shown, error) {
	out := []shown{}
	err := d.cfg.DB.Read(ctx, func(tx *store.Tx) error {
		rows, err := tx.QueryContext(ctx, `SELECT kind, from_at, to_at, presented, speed, sound, visible, wall_ms, counted, passed
			FROM viewing_interval WHERE viewing_id = ? AND provisional = 1 AND replaced = 0 ORDER BY number`, viewingID)
		if err != nil {
			return fmt.Errorf("read intervals: %w", err)
		}
		defer rows.Close()
		for rows.Next() {
			var s shown
			var counted, passed string
			if err := rows.Scan(&s.Kind, &s.From, &s.To, &s.Presented, &s.Speed, &s.Sound, &s.Visible, &s.WallMs, &counted, &passed); err != nil {
				return fmt.Errorf("read interval: %w", err)
			}
			if err := json.Unmarshal([]byte(counted), &s.counted); err != nil {
				return fmt.Errorf("read ranges: %w", err)
			}
			if err := json.Unmarshal([]byte(passed), &s.passed); err != nil {
				return fmt.Errorf("read ranges: %w", err)
			}
			out = append(out, s)
		}
		return rows.Err()
	})
	return out, err
}
