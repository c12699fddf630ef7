package accounts

import (
	"context"
	"crypto/rand"
	"fmt"
	"strings"
	"time"

	"diaoyue.example/workstation/backend/audit"
	"diaoyue.example/workstation/backend/store"
)

// oneTimeLife is how long a one-time password may be used.
const oneTimeLife = 24 * time.Hour

// ResetPassword gives an account a one-time password, returned once and never
// kept, which must be changed at the next sign-in and runs out after a day.
// The system or the security administrator does it, never for himself; it
// holds only when another of the three administrators has confirmed it, so
// that nobody alone can sign in as somebody who may see more than he.
func (d *Desk) ResetPassword(ctx context.Context, actor Actor, id string) (oneTime string, err error) {
	about := map[string]string{"account": id}
	if err = d.Require(ctx, actor, PasswordReset, about); err != nil {
		return "", err
	}
	if actor.ID == id {
		return "", d.refuse(ctx, actor.ID, PasswordReset, BasisSeparation, about)
	}
	if _, err = d.ByID(ctx, id); err != nil {
		return "", fmt.Errorf("reset password: %w", err)
	}
	oneTime = newOneTime()
	hash, err := d.newHash(ctx, oneTime)
	if err != nil {
		return "", fmt.Errorf("reset password: %w", err)
	}
	until := store.FormatTime(d.cfg.Now().Add(oneTimeLife))
	entry := audit.Entry{Actor: actor.ID, Event: audit.PasswordReset, Objects: about, Codes: map[string]any{"step": "given", "until": until}}
	_, err = d.log.Do(ctx, entry, func(tx *store.Tx) error {
		_, err = tx.ExecContext(ctx, `UPDATE account SET password = ?, must_change = 1, reset_by = ?, reset_until = ? WHERE id = ?`, hash, actor.ID, until, id)
		return err
	})
	if err != nil {
		return "", fmt.Errorf("reset password: %w", err)
	}
	return oneTime, nil
}

// ConfirmReset lets a one-time password hold and ends the count of failures.
// Who gave it, and whose it is, cannot confirm it. ErrNoReset when none waits.
func (d *Desk) ConfirmReset(ctx context.Context, actor Actor, id string) error {
	about := map[string]string{"account": id}
	if err := d.Require(ctx, actor, ResetConfirm, about); err != nil {
		return err
	}
	var by, number string
	err := d.db.Read(ctx, func(tx *store.Tx) error {
		return tx.QueryRowContext(ctx, `SELECT coalesce(max(reset_by), ''), coalesce(max(number), '') FROM account WHERE id = ?`, id).Scan(&by, &number)
	})
	if err != nil {
		return fmt.Errorf("confirm reset: %w", err)
	}
	if by == "" {
		return ErrNoReset
	}
	if actor.ID == by || actor.ID == id {
		return d.refuse(ctx, actor.ID, ResetConfirm, BasisSeparation, about)
	}
	entry := audit.Entry{Actor: actor.ID, Event: audit.PasswordReset, Objects: about, Codes: map[string]any{"step": "confirmed", "given_by": by}}
	_, err = d.log.Do(ctx, entry, func(tx *store.Tx) error {
		if _, err = tx.ExecContext(ctx, `UPDATE account SET reset_by = '' WHERE id = ?`, id); err != nil {
			return err
		}
		return forgetFailures(ctx, tx, number)
	})
	if err != nil {
		return fmt.Errorf("confirm reset: %w", err)
	}
	return nil
}

// Disable puts an account out of use, with a reason; the three administrators
// must remain. The account and its entries stay.
func (d *Desk) Disable(ctx context.Context, actor Actor, id, reason string) error {
	return d.setDisabled(ctx, actor, id, reason, true)
}

// Enable takes Disable back.
func (d *Desk) Enable(ctx context.Context, actor Actor, id, reason string) error {
	return d.setDisabled(ctx, actor, id, reason, false)
}

func (d *Desk) setDisabled(ctx context.Context, actor Actor, id, reason string, disabled bool) error {
	about := map[string]string{"account": id}
	if err := d.Require(ctx, actor, AccountCreate, about); err != nil {
		return err
	}
	if actor.ID == id {
		return d.refuse(ctx, actor.ID, AccountCreate, BasisSeparation, about)
	}
	reason = strings.TrimSpace(reason)
	if reason == "" {
		return ErrNoReason
	}
	if _, err := d.ByID(ctx, id); err != nil {
		return fmt.Errorf("change account: %w", err)
	}
	entry := audit.Entry{
		Actor: actor.ID, Event: audit.AccountState, Objects: about,
		Codes: map[string]any{"disabled": disabled}, Details: map[string]any{"reason": reason},
	}
	_, err := d.log.Do(ctx, entry, func(tx *store.Tx) error {
		if _, err := tx.ExecContext(ctx, `UPDATE account SET disabled = ? WHERE id = ?`, disabled, id); err != nil {
			return err
		}
		all, err := list(ctx, tx)
		if err != nil {
			return err
		}
		return threePresent(all)
	})
	if err != nil {
		return fmt.Errorf("change account: %w", err)
	}
	return nil
}

// newOneTime makes a password of twelve letters and digits that are not
// mistaken for each other: 60 bits.
func newOneTime() string {
	const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
	raw := make([]byte, 12)
	_, _ = rand.Read(raw) // never fails
	for i, b := range raw {
		raw[i] = alphabet[b%32]
	}
	return string(raw[:4]) + "-" + string(raw[4:8]) + "-" + string(raw[8:])
}
