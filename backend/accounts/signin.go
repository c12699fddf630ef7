package accounts

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"diaoyue.example/workstation/backend/audit"
	"diaoyue.example/workstation/backend/fault"
	"diaoyue.example/workstation/backend/store"
)

var (
	// ErrSignIn says that number or password is wrong, without saying which.
	// Parameter "left": tries before the lock.
	ErrSignIn = fault.New("accounts.sign_in", "number or password is wrong")
	// ErrSamePassword says that the new password is the old one.
	ErrSamePassword = fault.New("accounts.same_password", "the new password is the old one")
	// ErrLocked says that there were too many failures. Parameter "until"
	// (RFC 3339).
	ErrLocked = fault.New("accounts.locked", "too many failures, locked for a while")
)

// Five failures lock a number for ten minutes.
const (
	maxFailures = 5
	lockTime    = 10 * time.Minute
)

// SignIn returns the actor whose number and password these are. Each try is
// logged. Failures are counted in the database by the number typed, whether
// it exists or not, so that neither the answer nor its time tells which
// numbers do, and so that a restart does not begin the count again.
func (d *Desk) SignIn(ctx context.Context, number, password string) (Actor, error) {
	actor, err := d.authenticate(ctx, strings.TrimSpace(number), password, audit.SignIn)
	if err != nil {
		return Actor{}, fmt.Errorf("sign in: %w", err)
	}
	return actor, nil
}

// SignOut logs that the actor left.
func (d *Desk) SignOut(ctx context.Context, actor Actor) error {
	_, err := d.log.Note(ctx, audit.Entry{Actor: actor.ID, Event: audit.SignOut, Objects: map[string]string{"account": actor.ID}})
	if err != nil {
		return fmt.Errorf("sign out: %w", err)
	}
	return nil
}

// SetPassword changes the actor's own password. A wrong old one counts as a
// failure to sign in.
func (d *Desk) SetPassword(ctx context.Context, actor Actor, old, fresh string) error {
	if err := CheckPassword(fresh); err != nil {
		return err
	}
	if old == fresh {
		return ErrSamePassword
	}
	account, err := d.ByID(ctx, actor.ID)
	if err != nil {
		return fmt.Errorf("set password: %w", err)
	}
	if err = d.check(ctx, account.Number, old, audit.PasswordChange); err != nil {
		return fmt.Errorf("set password: %w", err)
	}
	hash, err := d.newHash(ctx, fresh)
	if err != nil {
		return fmt.Errorf("set password: %w", err)
	}
	entry := audit.Entry{Actor: actor.ID, Event: audit.PasswordChange, Objects: map[string]string{"account": actor.ID}}
	_, err = d.log.Do(ctx, entry, func(tx *store.Tx) error {
		return errors.Join(forgetFailures(ctx, tx, account.Number), setPassword(ctx, tx, actor.ID, hash))
	})
	if err != nil {
		return fmt.Errorf("set password: %w", err)
	}
	return nil
}

// authenticate checks a password and, when it is right, ends the count of
// failures together with the entry.
func (d *Desk) authenticate(ctx context.Context, number, password string, event audit.Event) (Actor, error) {
	if err := d.check(ctx, number, password, event); err != nil {
		return Actor{}, err
	}
	all, err := d.List(ctx)
	if err != nil {
		return Actor{}, err
	}
	i := slices.IndexFunc(all, func(a Account) bool { return a.Number == number })
	if i < 0 {
		return Actor{}, ErrSignIn
	}
	if all[i].AwaitsConfirmation {
		return Actor{}, ErrUnconfirmed
	}
	actor := all[i].Actor
	entry := audit.Entry{Actor: actor.ID, Event: event, Objects: map[string]string{"account": actor.ID}, Codes: map[string]any{"roles": joined(actor.Roles)}}
	_, err = d.log.Do(ctx, entry, func(tx *store.Tx) error { return forgetFailures(ctx, tx, number) })
	return actor, err
}

func forgetFailures(ctx context.Context, tx *store.Tx, number string) error {
	_, err := tx.ExecContext(ctx, `DELETE FROM sign_in_failure WHERE number = ?`, number)
	return err
}

func setPassword(ctx context.Context, tx *store.Tx, id, hash string) error {
	_, err := tx.ExecContext(ctx, `UPDATE account SET password = ?, must_change = 0, reset_until = '' WHERE id = ?`, hash, id)
	return err
}

// credentials are what is kept of a number; one that nobody has is "" all over.
type credentials struct {
	id, phc  string
	oneTime  string // until when a one-time password holds
	until    string // until when the number is locked
	disabled bool
}

func (d *Desk) credentials(ctx context.Context, number string) (c credentials, err error) {
	err = d.db.Read(ctx, func(tx *store.Tx) error {
		row := tx.QueryRowContext(ctx, `SELECT id, password, reset_until, disabled FROM account WHERE number = ?`, number)
		if failed := row.Scan(&c.id, &c.phc, &c.oneTime, &c.disabled); failed != nil && !errors.Is(failed, sql.ErrNoRows) {
			return failed
		}
		failed := tx.QueryRowContext(ctx, `SELECT until FROM sign_in_failure WHERE number = ?`, number).Scan(&c.until)
		if errors.Is(failed, sql.ErrNoRows) {
			return nil
		}
		return failed
	})
	return c, err
}

// right reports whether the password opens the account. A one-time password
// that ran out and an account out of use answer, and cost, as a wrong password
// does.
func (d *Desk) right(ctx context.Context, c credentials, password string) (bool, error) {
	usual, _, err := d.cost(ctx)
	if err != nil {
		return false, err
	}
	stale := c.oneTime != "" && c.oneTime <= store.FormatTime(d.cfg.Now())
	return d.matches(usual, c.phc, password) && !c.disabled && !stale, nil
}

func (c credentials) locked(now time.Time) bool { return c.until > store.FormatTime(now) }

// check returns nil when the password is that of the number; otherwise the
// try is counted and logged.
func (d *Desk) check(ctx context.Context, number, password string, event audit.Event) error {
	c, err := d.credentials(ctx, number)
	if err != nil {
		return err
	}
	entry := audit.Entry{Event: event, Result: audit.Refused, Codes: map[string]any{"reason": "password"}, Details: map[string]any{"number": number}}
	if c.id != "" {
		entry.Objects = map[string]string{"account": c.id}
	}
	if c.locked(d.cfg.Now()) {
		entry.Codes["reason"] = "locked"
		if _, err = d.log.Note(ctx, entry); err != nil {
			return err
		}
		return locked(c.until)
	}
	right, err := d.right(ctx, c, password)
	if err != nil || right {
		return err
	}
	return d.countFailure(ctx, number, entry)
}

func (d *Desk) countFailure(ctx context.Context, number string, entry audit.Entry) error {
	var count int
	until := ""
	now := d.cfg.Now()
	_, err := d.log.Do(ctx, entry, func(tx *store.Tx) error {
		err := tx.QueryRowContext(ctx, `INSERT INTO sign_in_failure (number, count, last, until) VALUES (?, 1, ?, '')
ON CONFLICT (number) DO UPDATE SET count = count + 1, last = excluded.last RETURNING count`, number, store.FormatTime(now)).Scan(&count)
		if err != nil || count < maxFailures {
			return err
		}
		until = store.FormatTime(now.Add(lockTime))
		_, err = tx.ExecContext(ctx, `UPDATE sign_in_failure SET count = 0, until = ? WHERE number = ?`, until, number)
		return err
	})
	if err != nil {
		return err
	}
	if until != "" {
		return locked(until)
	}
	return ErrSignIn.With("left", strconv.Itoa(maxFailures-count))
}

func locked(until string) error {
	t, err := store.ParseTime(until)
	if err != nil {
		return err
	}
	return ErrLocked.With("until", t.Format(time.RFC3339))
}
