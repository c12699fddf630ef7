package accounts

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"diaoyue.example/workstation/backend/audit"
	"diaoyue.example/workstation/backend/fault"
	"diaoyue.example/workstation/backend/store"
)

// What the head of agency may allow in writing where a bureau has too few
// people (law-and-features §14). That somebody approves a copy of his own is
// not among it.
const (
	AuthoriseCheckOwn  = "check-own"  // the maker of a copy checks it himself; object "copy"
	AuthoriseReviewOwn = "review-own" // an officer reviews a case of his own; object "case"
)

// maxAuthorisation is how long one may hold.
const maxAuthorisation = 366 * 24 * time.Hour

var (
	// ErrBadAuthorisation says that a field is missing or unknown. Parameter
	// "field": kind, account, object, reason or until.
	ErrBadAuthorisation = fault.New("accounts.bad_authorisation", "a field of the authorisation is missing or wrong")
	// ErrNoAuthorisation says that there is none of that id in force.
	ErrNoAuthorisation = fault.New("accounts.no_authorisation", "no such authorisation in force")
)

// Authorisation is an exception that the head of agency allowed in writing
// (书面授权). Nothing is relaxed without one.
type Authorisation struct {
	ID         string
	Kind       string // one of the constants
	AccountID  string // who may
	ObjectKind string // "copy" or "case"; "" = any
	ObjectID   string
	Reason     string
	Basis      string // number of the document, may be empty
	Until      time.Time
	GrantedBy  string // account id
	GrantedAt  time.Time
	RevokedAt  time.Time // zero while not revoked
}

// Authorise records an exception for somebody else. Errors: ErrForbidden,
// ErrBadAuthorisation, ErrUnknown.
func (d *Desk) Authorise(ctx context.Context, actor Actor, a Authorisation) (Authorisation, error) {
	about := map[string]string{"account": a.AccountID}
	if a.ObjectID != "" {
		about[a.ObjectKind] = a.ObjectID
	}
	if err := d.Require(ctx, actor, Authorise, about); err != nil {
		return Authorisation{}, err
	}
	if actor.ID == a.AccountID {
		return Authorisation{}, d.refuse(ctx, actor.ID, Authorise, "R5", about)
	}
	a.Reason, a.Basis = strings.TrimSpace(a.Reason), strings.TrimSpace(a.Basis)
	now := d.cfg.Now().UTC().Truncate(time.Microsecond)
	if field := a.wrong(now); field != "" {
		return Authorisation{}, ErrBadAuthorisation.With("field", field)
	}
	if _, err := d.ByID(ctx, a.AccountID); err != nil {
		return Authorisation{}, fmt.Errorf("authorise: %w", err)
	}
	id, err := uuid.NewV7()
	if err != nil {
		return Authorisation{}, fmt.Errorf("authorise: %w", err)
	}
	a.ID, a.GrantedBy, a.GrantedAt, a.Until, a.RevokedAt = id.String(), actor.ID, now, a.Until.UTC().Truncate(time.Microsecond), time.Time{}
	entry := audit.Entry{
		Actor: actor.ID, Event: audit.Authorisation, Objects: about,
		Codes:   map[string]any{"authorisation": a.ID, "kind": a.Kind, "until": store.FormatTime(a.Until)},
		Details: map[string]any{"reason": a.Reason, "basis": a.Basis},
	}
	_, err = d.log.Do(ctx, entry, func(tx *store.Tx) error {
		_, err = tx.ExecContext(ctx, `INSERT INTO authorisation (id, kind, account, object_kind, object_id, reason, basis, until, granted_by, granted_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, a.ID, a.Kind, a.AccountID, a.ObjectKind, a.ObjectID, a.Reason, a.Basis,
			store.FormatTime(a.Until), a.GrantedBy, store.FormatTime(a.GrantedAt))
		return err
	})
	if err != nil {
		return Authorisation{}, fmt.Errorf("authorise: %w", err)
	}
	return a, nil
}

// wrong names the field that is missing or wrong, "" when none is.
func (a Authorisation) wrong(now time.Time) string {
	object := map[string]string{AuthoriseCheckOwn: "copy", AuthoriseReviewOwn: "case"}[a.Kind]
	switch {
	case object == "":
		return "kind"
	case a.AccountID == "":
		return "account"
	case (a.ObjectID == "") != (a.ObjectKind == "") || a.ObjectKind != "" && a.ObjectKind != object:
		return "object"
	case a.Reason == "":
		return "reason"
	case !a.Until.After(now) || a.Until.After(now.Add(maxAuthorisation)):
		return "until"
	}
	return ""
}

// Revoke ends an authorisation before its time. ErrNoAuthorisation.
func (d *Desk) Revoke(ctx context.Context, actor Actor, id, reason string) error {
	if err := d.Require(ctx, actor, Authorise, nil); err != nil {
		return err
	}
	reason = strings.TrimSpace(reason)
	if reason == "" {
		return ErrNoReason
	}
	all, err := d.authorisations(ctx, `id = ? AND revoked_at = ''`, id)
	if err != nil {
		return fmt.Errorf("revoke: %w", err)
	}
	if len(all) == 0 {
		return ErrNoAuthorisation
	}
	entry := audit.Entry{
		Actor: actor.ID, Event: audit.Authorisation, Objects: map[string]string{"account": all[0].AccountID},
		Codes: map[string]any{"authorisation": id, "kind": all[0].Kind, "revoked": true}, Details: map[string]any{"reason": reason},
	}
	_, err = d.log.Do(ctx, entry, func(tx *store.Tx) error {
		_, err = tx.ExecContext(ctx, `UPDATE authorisation SET revoked_at = ? WHERE id = ? AND revoked_at = ''`, store.FormatTime(d.cfg.Now()), id)
		return err
	})
	if err != nil {
		return fmt.Errorf("revoke: %w", err)
	}
	return nil
}

// Authorisations lists all, newest first, to the head of agency, to those who
// grant roles and to the auditor.
func (d *Desk) Authorisations(ctx context.Context, actor Actor) ([]Authorisation, error) {
	if !actor.May(RoleGrant) && !actor.May(LogRead) {
		if err := d.Require(ctx, actor, Authorise, nil); err != nil {
			return nil, err
		}
	}
	return d.authorisations(ctx, `1 = 1`)
}

// Authorised returns the authorisation in force that allows kind to an account
// for an object; ok is false when there is none.
func (d *Desk) Authorised(ctx context.Context, kind, accountID, objectID string) (a Authorisation, ok bool, err error) {
	all, err := d.authorisations(ctx, `kind = ? AND account = ? AND (object_id = '' OR object_id = ?) AND revoked_at = '' AND until > ?`,
		kind, accountID, objectID, store.FormatTime(d.cfg.Now()))
	if err != nil || len(all) == 0 {
		return Authorisation{}, false, err
	}
	return all[0], true, nil
}

func (d *Desk) authorisations(ctx context.Context, where string, args ...any) ([]Authorisation, error) {
	out := []Authorisation{}
	err := d.db.Read(ctx, func(tx *store.Tx) error {
		rows, err := tx.QueryContext(ctx, `SELECT id, kind, account, object_kind, object_id, reason, basis, until, granted_by, granted_at, revoked_at
FROM authorisation WHERE `+where+` ORDER BY id DESC`, args...)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var a Authorisation
			var until, granted, revoked string
			err := rows.Scan(&a.ID, &a.Kind, &a.AccountID, &a.ObjectKind, &a.ObjectID, &a.Reason, &a.Basis, &until, &a.GrantedBy, &granted, &revoked)
			if err != nil {
				return err
			}
			for _, t := range []struct {
				text string
				into *time.Time
			}{{until, &a.Until}, {granted, &a.GrantedAt}, {revoked, &a.RevokedAt}} {
				if t.text == "" {
					continue
				}
				if *t.into, err = store.ParseTime(t.text); err != nil {
					return err
				}
			}
			out = append(out, a)
		}
		return rows.Err()
	})
	if err != nil {
		return nil, fmt.Errorf("read authorisations: %w", err)
	}
	return out, nil
}
