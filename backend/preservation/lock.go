package preservation

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"diaoyue.example/workstation/backend/accounts"
	"diaoyue.example/workstation/backend/audit"
	"diaoyue.example/workstation/backend/catalog"
	"diaoyue.example/workstation/backend/store"
	"diaoyue.example/workstation/backend/vault"
)

// Lock is a file that is not as it must be: a record behind a red lock, or a
// sealed copy that cannot be shown or released.
type Lock struct {
	Kind, ID             string
	RecordID, RecordCode string
	CaseCode, Title      string
	State                string
	Want, Got            string
	Since                time.Time
}

// Locks returns what is broken, longest first.
func (d *Desk) Locks(ctx context.Context, actor accounts.Actor) ([]Lock, error) {
	if err := d.mayRead(ctx, actor, accounts.Fixity, accounts.Approve, accounts.LogRead); err != nil {
		return nil, err
	}
	out := []Lock{}
	err := d.cfg.DB.Read(ctx, func(tx *store.Tx) error {
		rows, err := tx.QueryContext(ctx, `SELECT kind, id, record_id, state, got, since FROM fixity WHERE state <> 'ok' ORDER BY since, id`)
		if err != nil {
			return fmt.Errorf("read locks: %w", err)
		}
		defer rows.Close()
		for rows.Next() {
			var l Lock
			var since string
			if err := rows.Scan(&l.Kind, &l.ID, &l.RecordID, &l.State, &l.Got, &since); err != nil {
				return fmt.Errorf("read locks: %w", err)
			}
			l.Since = parseTime(since)
			out = append(out, l)
		}
		return rows.Err()
	})
	if err != nil {
		return nil, err
	}
	for i := range out {
		r, err := d.cfg.Catalog.Record(ctx, out[i].RecordID)
		if err != nil {
			return nil, err
		}
		out[i].RecordCode, out[i].CaseCode, out[i].Want = r.Code, r.CaseCode, r.SHA256
		if titled(actor) {
			out[i].Title = r.Title
		}
	}
	return out, nil
}

// CandidateSound returns catalog.ErrBroken when the newest check found the
// sealed copy of that name in the vault not to be as it was sealed.
func (d *Desk) CandidateSound(ctx context.Context, id string) error {
	var n int
	err := d.cfg.DB.Read(ctx, func(tx *store.Tx) error {
		return tx.QueryRowContext(ctx, `SELECT count(*) FROM fixity WHERE kind = 'candidate' AND id = ? AND state <> 'ok'`, id).Scan(&n)
	})
	if err == nil && n > 0 {
		return catalog.ErrBroken.With("record", id, "basis", "S20.1")
	}
	return err
}

// Mend puts an intact copy of a broken original back, from the file at path:
// both digests must be those of the original. The damaged file is laid aside.
// It returns the position of the entry. Errors: accounts.ErrForbidden,
// ErrNotBroken, ErrNotIntact, ErrUnreadable.
func (d *Desk) Mend(ctx context.Context, actor accounts.Actor, recordID, path string) (int64, error) {
	if err := d.cfg.Accounts.Require(ctx, actor, accounts.Fixity, map[string]string{"record": recordID}); err != nil {
		return 0, err
	}
	r, err := d.cfg.Catalog.Record(ctx, recordID)
	if err != nil {
		return 0, err
	}
	if r.Custody != catalog.CustodyBroken {
		return 0, ErrNotBroken.With("record", r.Code)
	}
	src, err := os.Open(path)
	if err != nil {
		return 0, errors.Join(ErrUnreadable.With("path", path), err)
	}
	defer src.Close()
	_, err = d.cfg.Vault.Mend(ctx, src, r.SHA256, r.SM3)
	if errors.Is(err, vault.ErrMismatch) {
		_, noted := d.cfg.Log.Note(ctx, audit.Entry{
			Actor: actor.ID, Event: audit.Recovery, Result: audit.Failed, Objects: objectsOf(r), Codes: map[string]any{"code": ErrNotIntact.Code(), "want": r.SHA256},
			Details: map[string]any{"name": filepath.Base(path)},
		})
		return 0, errors.Join(ErrNotIntact.With("name", filepath.Base(path)), err, noted)
	}
	if err != nil && !errors.Is(err, vault.ErrIntact) { // put back, but the program died before it was written down
		return 0, fmt.Errorf("mend original: %w", err)
	}
	entry := audit.Entry{
		Actor: actor.ID, Event: audit.Recovery, Objects: objectsOf(r),
		Codes:   map[string]any{"sha256": r.SHA256, "sm3": r.SM3, "size": r.Size, "unlocked": true},
		Details: map[string]any{"name": filepath.Base(path)},
	}
	receipt, err := d.cfg.Log.Do(ctx, entry, func(tx *store.Tx) error {
		_, err = tx.ExecContext(ctx, `UPDATE fixity SET state = 'ok', got = ?, since = '', checked_at = ? WHERE kind = 'original' AND id = ?`, r.SHA256, d.stamp(), r.SHA256)
		if err != nil {
			return err
		}
		_, err = d.cfg.Catalog.SetCustody(ctx, tx, r.ID, "")
		return err
	})
	d.nudge()
	return receipt.Seq, err
}
