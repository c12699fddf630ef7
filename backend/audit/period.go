package audit

import (
	"context"
	"math"

	"diaoyue.example/workstation/backend/store"
)

// found is a filter whose times are translated into numbers.
type found struct {
	Filter

	lo, hi int64 // no entry outside of these fits
}

// mostSteps is how often the clock may have gone backwards for a period to be
// looked up; a log with more of it is searched entry by entry.
const mostSteps = 100

// within narrows the filter to the numbers between which all fitting entries
// stand. Times grow with numbers but where a clock-step entry says otherwise
// (Append), so the ends of a period are found by halving.
func (f Filter) within(ctx context.Context, tx *store.Tx) (found, error) {
	out := found{Filter: f, hi: math.MaxInt64}
	if f.Before > 0 {
		out.hi = f.Before - 1
	}
	if f.From.IsZero() && f.To.IsZero() {
		return out, nil
	}
	size, _, err := tail(ctx, tx)
	if err != nil {
		return out, err
	}
	starts, err := clockSteps(ctx, tx)
	if err != nil || len(starts) > mostSteps {
		return out, err
	}
	first, last := int64(math.MaxInt64), int64(0)
	starts = append(append([]int64{1}, starts...), size+1)
	for i, start := range starts[:len(starts)-1] {
		lo, end := start, starts[i+1]
		if !f.To.IsZero() {
			if end, err = halve(ctx, tx, lo, end, store.FormatTime(f.To)); err != nil {
				return out, err
			}
		}
		if !f.From.IsZero() {
			if lo, err = halve(ctx, tx, lo, end, store.FormatTime(f.From)); err != nil {
				return out, err
			}
		}
		if lo < end {
			first, last = min(first, lo), max(last, end-1)
		}
	}
	out.lo, out.hi = first, min(out.hi, last)
	return out, nil
}

// halve returns the first number from lo to end whose time is not before when;
// end when there is none.
func halve(ctx context.Context, tx *store.Tx, lo, end int64, when string) (int64, error) {
	for lo < end {
		middle := lo + (end-lo)/2
		var at string
		if err := tx.QueryRowContext(ctx, `SELECT at FROM audit_entry WHERE seq = ?`, middle).Scan(&at); err != nil {
			return 0, err
		}
		if at < when {
			lo = middle + 1
		} else {
			end = middle
		}
	}
	return lo, nil
}

// clockSteps returns the numbers at which the clock went backwards, at most
// one more than mostSteps.
func clockSteps(ctx context.Context, tx *store.Tx) ([]int64, error) {
	rows, err := tx.QueryContext(ctx, `SELECT seq FROM audit_entry WHERE event = ? ORDER BY seq LIMIT ?`, string(ClockStep), mostSteps+1)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []int64
	for rows.Next() {
		var seq int64
		if err := rows.Scan(&seq); err != nil {
			return nil, err
		}
		all = append(all, seq)
	}
	return all, rows.Err()
}
