package accounts

import (
	"context"
	"fmt"

	"diaoyue.example/workstation/backend/audit"
)

// Why a seat was locked.
const (
	LockIdle   = "idle"   // nobody did anything
	LockScreen = "screen" // the desktop locked its screen
	LockSleep  = "sleep"  // the machine goes to sleep
	LockAsked  = "asked"  // the person wished it
)

// Lock logs that the actor's seat is locked. Suspending what he has open is
// the caller's.
func (d *Desk) Lock(ctx context.Context, actor Actor, why string) error {
	_, err := d.log.Note(ctx, audit.Entry{
		Actor: actor.ID, Event: audit.SeatLocked, Objects: map[string]string{"account": actor.ID}, Codes: map[string]any{"why": why},
	})
	if err != nil {
		return fmt.Errorf("lock seat: %w", err)
	}
	return nil
}

// Unlock lets the actor go on when the password is his. A wrong one counts as
// a failure to sign in: ErrSignIn, ErrLocked.
func (d *Desk) Unlock(ctx context.Context, actor Actor, password string) error {
	account, err := d.ByID(ctx, actor.ID)
	if err != nil {
		return fmt.Errorf("unlock seat: %w", err)
	}
	if _, err := d.authenticate(ctx, account.Number, password, audit.SeatUnlocked); err != nil {
		return fmt.Errorf("unlock seat: %w", err)
	}
	return nil
}
