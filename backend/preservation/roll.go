package preservation

import (
	"context"
	"errors"
	"time"
)

// How soon after the start, and how often then, the roll looks for what is due.
const (
	firstLook = time.Minute
	lookAgain = time.Hour
)

// Roll checks what is due, in the background, until Close: each original is
// looked at at least every 90 days without anybody thinking of it. A run that
// the program left goes on; one that a person paused waits for a person.
func (d *Desk) Roll() {
	d.idle.Go(func() {
		logged(d.ctx, "resume fixity", d.goOn(d.ctx))
		for wait := firstLook; ; wait = lookAgain {
			t := time.NewTimer(wait)
			select {
			case <-d.ctx.Done():
				t.Stop()
				return
			case <-t.C:
			}
			logged(d.ctx, "roll fixity", d.look(d.ctx))
		}
	})
}

// goOn continues the run that was at work when the program ended.
func (d *Desk) goOn(ctx context.Context) error {
	left, err := d.runs(ctx, `state = 'running' ORDER BY id DESC LIMIT 1`)
	if err != nil || len(left) == 0 {
		return err
	}
	_, err = d.launch(left[0]) //nolint:contextcheck // a run outlives the call that began it
	return err
}

// look begins a run when something is due and none is at work or paused.
func (d *Desk) look(ctx context.Context) error {
	open, err := d.unfinished(ctx)
	if err != nil || len(open) > 0 {
		return err
	}
	files, err := d.files(ctx)
	if err != nil {
		return err
	}
	due := d.cfg.Now().AddDate(0, 0, early-Every)
	for _, f := range files {
		if f.last.Before(due) {
			r, err := d.begin(ctx, "", Wish{Scope: ScopeDue})
			if err != nil {
				return err
			}
			if _, err = d.launch(r); errors.Is(err, ErrRunning) { //nolint:contextcheck // a run outlives the call that began it
				return nil
			}
			return err
		}
	}
	return nil
}
