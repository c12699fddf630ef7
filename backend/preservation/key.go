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
	"diaoyue.example/workstation/backend/store"
)

// Key is a key that opens backups: the public half, and where the secret half
// was put. The archive never holds the secret half.
type Key struct {
	Public string
	Place  string // path of the file when it was made
	Here   bool   // it still lies there, on this machine: a stolen machine opens its own backups
	By     string
	At     time.Time
}

// MakeKey makes the key that opens backups in a new file below dir, which must
// lie outside the archive: a key in the archive is lost with it. Errors:
// accounts.ErrForbidden, ErrInside, ErrUnreadable.
func (d *Desk) MakeKey(ctx context.Context, actor accounts.Actor, dir string) (Key, error) {
	if err := d.cfg.Accounts.Require(ctx, actor, accounts.Backup, nil); err != nil {
		return Key{}, err
	}
	if err := d.outside(dir); err != nil {
		return Key{}, err
	}
	now := d.cfg.Now()
	k := Key{Place: filepath.Join(dir, "diaoyue-backup-key-"+now.UTC().Format("20060102-150405")+".txt"), Here: true, By: actor.Name, At: now}
	var err error
	if k.Public, err = NewIdentity(k.Place, now); err != nil {
		return Key{}, err
	}
	_, err = d.cfg.Log.Do(ctx, audit.Entry{
		Actor: actor.ID, Event: audit.PolicyAssignment,
		Codes: map[string]any{"backup_key": k.Public, "step": "made"}, Details: map[string]any{"place": k.Place},
	}, func(tx *store.Tx) error {
		_, err = tx.ExecContext(ctx, `INSERT INTO backup_key (public, place, account, at) VALUES (?, ?, ?, ?)`, k.Public, k.Place, actor.ID, store.FormatTime(now))
		return err
	})
	if err != nil {
		// A key that nothing knows of opens nothing: made by this call, and empty-handed.
		return Key{}, errors.Join(fmt.Errorf("write down backup key: %w", err), os.Remove(k.Place))
	}
	return k, nil
}

// Keys lists the keys that were made here, newest first.
func (d *Desk) Keys(ctx context.Context, actor accounts.Actor) ([]Key, error) {
	if err := d.mayRead(ctx, actor, accounts.Backup); err != nil {
		return nil, err
	}
	out := []Key{}
	err := d.cfg.DB.Read(ctx, func(tx *store.Tx) error {
		rows, err := tx.QueryContext(ctx, `SELECT public, place, account, at FROM backup_key ORDER BY at DESC`)
		if err != nil {
			return fmt.Errorf("read backup keys: %w", err)
		}
		defer rows.Close()
		for rows.Next() {
			var k Key
			var at string
			if err := rows.Scan(&k.Public, &k.Place, &k.By, &at); err != nil {
				return fmt.Errorf("read backup keys: %w", err)
			}
			k.At = parseTime(at)
			out = append(out, k)
		}
		return rows.Err()
	})
	for i := range out {
		out[i].By = d.nameOf(ctx, out[i].By)
		_, missing := os.Stat(out[i].Place)
		out[i].Here = missing == nil
	}
	return out, err
}
