package accounts

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"diaoyue.example/workstation/backend/fault"
)

// ErrVouch says that nobody was found to answer. Parameter "why": "password",
// "locked", "given" (a password that somebody else set) or "permission".
var ErrVouch = fault.New("accounts.vouch", "this account cannot answer for that")

// Vouch returns the actor whose number and password these are, if it may do p
// and its password is its own, else ErrVouch. It is for the one act that comes
// before the log can be written to, taking a restored archive: nothing is
// counted or logged, and whoever can try here holds the database file anyway.
func (d *Desk) Vouch(ctx context.Context, number, password string, p Permission) (Actor, error) {
	c, err := d.credentials(ctx, strings.TrimSpace(number))
	if err != nil {
		return Actor{}, fmt.Errorf("vouch: %w", err)
	}
	if c.locked(d.cfg.Now()) {
		return Actor{}, ErrVouch.With("why", "locked")
	}
	right, err := d.right(ctx, c, password)
	if err != nil {
		return Actor{}, fmt.Errorf("vouch: %w", err)
	}
	account, err := d.ByID(ctx, c.id)
	switch {
	case errors.Is(err, ErrUnknown) || err == nil && !right:
		return Actor{}, ErrVouch.With("why", "password")
	case err != nil:
		return Actor{}, fmt.Errorf("vouch: %w", err)
	case account.AwaitsConfirmation || account.MustChange:
		return Actor{}, ErrVouch.With("why", "given")
	case !account.May(p):
		return Actor{}, ErrVouch.With("why", "permission")
	}
	return account.Actor, nil
}
