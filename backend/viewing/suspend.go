package viewing

import (
	"context"
	"errors"

	"diaoyue.example/workstation/backend/accounts"
)

// Suspend stops the actor's viewings while the seat is locked: what was served
// is logged, and nothing leaves them until Resume. Their idle time runs on.
func (d *Desk) Suspend(ctx context.Context, actor accounts.Actor) error {
	var errs []error
	for _, v := range d.of(actor) {
		v.mu.Lock()
		v.suspended = true
		for w := range v.waiting {
			w.cancel()
		}
		v.mu.Unlock()
		errs = append(errs, v.flush(ctx))
	}
	return errors.Join(errs...)
}

// Resume lets the actor's viewings go on.
func (d *Desk) Resume(actor accounts.Actor) {
	for _, v := range d.of(actor) {
		v.mu.Lock()
		v.suspended = false
		v.mu.Unlock()
	}
}

func (d *Desk) of(actor accounts.Actor) []*Viewing {
	d.mu.Lock()
	defer d.mu.Unlock()
	out := []*Viewing{}
	for _, v := range d.open {
		if v.info.Actor.ID == actor.ID {
			out = append(out, v)
		}
	}
	return out
}
