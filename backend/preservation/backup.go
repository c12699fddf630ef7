package preservation

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"filippo.io/age"

	"diaoyue.example/workstation/backend/accounts"
	"diaoyue.example/workstation/backend/audit"
	"diaoyue.example/workstation/backend/catalog"
	"diaoyue.example/workstation/backend/store"
)

// Steps of a backup, a restore and a drill.
const (
	StepDatabase  = "database"
	StepFiles     = "files"
	StepReadBack  = "reading-back"
	StepComparing = "comparing"
)

// Set is one backup of the archive in a folder: the database as it was, and
// every original and sealed copy it speaks of. Files that an earlier set holds
// are not written again.
type Set struct {
	ID            string // name of the set's folder
	Dir           string
	At            time.Time
	By            string
	LogSize       int64
	LogRoot       string
	CatalogDigest string
	Originals     int // files of the set, copies included
	Bytes         int64
	Added         int // files new in the folder
	AddedBytes    int64
	Skipped       []Finding // locked or damaged files, which are in no set
}

// NewIdentity makes the key that opens backups, writes it to a new file at
// path (0600) and returns its public half, for which backups are encrypted.
// Who has the file can read every backup; without it nobody can.
func NewIdentity(path string, now time.Time) (recipient string, err error) {
	id, err := age.GenerateX25519Identity()
	if err != nil {
		return "", fmt.Errorf("make backup key: %w", err)
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return "", errors.Join(ErrUnreadable.With("path", path), err)
	}
	_, err = fmt.Fprintf(f, "# created: %s\n# public key: %s\n%s\n", now.UTC().Format(time.RFC3339), id.Recipient(), id)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return "", errors.Join(ErrUnreadable.With("path", path), err)
	}
	return id.Recipient().String(), nil
}

// Backup writes a set into dir, which is empty or holds earlier sets of this
// archive. recipients are the public keys it is encrypted for; none means
// those of the folder. A file is written, synced and read back before it gets
// its name; what was finished before ctx ended, or the program, is not done
// again. Errors: accounts.ErrForbidden, ErrNoRecipient, ErrBadKey,
// ErrForeignBackup, ErrInside, ErrUnreadable, ErrBusy.
func (d *Desk) Backup(ctx context.Context, actor accounts.Actor, dir string, recipients []string, progress func(Progress)) (Set, error) {
	if err := d.cfg.Accounts.Require(ctx, actor, accounts.Backup, nil); err != nil {
		return Set{}, err
	}
	if !d.backing.TryLock() {
		return Set{}, ErrBusy
	}
	defer d.backing.Unlock()
	s, err := d.backup(ctx, actor, dir, recipients, progress)
	if err != nil {
		_, noted := d.cfg.Log.Note(context.WithoutCancel(ctx), audit.Entry{
			Actor: actor.ID, Event: audit.Replication, Result: audit.Failed, Codes: map[string]any{"code": coding(err), "cancelled": ctx.Err() != nil},
			Details: map[string]any{"dir": dir},
		})
		return Set{}, errors.Join(err, noted)
	}
	return s, nil
}

func (d *Desk) backup(ctx context.Context, actor accounts.Actor, dir string, recipients []string, progress func(Progress)) (Set, error) {
	if err := d.outside(dir); err != nil {
		return Set{}, err
	}
	at := d.cfg.Now()
	b := &writer{dir: dir, at: at, told: progress, now: d.cfg.Now, begun: at}
	if err := b.open(d.cfg.Log.Archive(), recipients); err != nil {
		return Set{}, err
	}
	if _, err := d.cfg.Log.Checkpoint(ctx); err != nil {
		return Set{}, fmt.Errorf("sign checkpoint: %w", err)
	}
	// The database first: what it speaks of lies in the vault already.
	plain, err := d.copyDatabase(ctx)
	if err != nil {
		return Set{}, err
	}
	defer func() { logged(ctx, "remove plain copy", os.Remove(plain)) }()
	m, err := d.manifest(ctx, plain)
	if err != nil {
		return Set{}, err
	}
	m.At, m.Archive = store.FormatTime(at), d.cfg.Log.Archive()
	for _, f := range m.Files {
		b.total += f.Size
	}
	out := Set{Dir: dir, At: at, By: actor.Name, LogSize: m.LogSize, LogRoot: m.LogRoot, CatalogDigest: m.Catalog}
	kept := m.Files[:0]
	for _, f := range m.Files {
		var added bool
		added, err = b.object(ctx, d, f)
		if errors.Is(err, errNotSound) {
			out.Skipped = append(out.Skipped, Finding{Kind: f.Kind, ID: f.ID, RecordID: f.Record, Want: f.SHA256, State: FoundMismatch, At: d.cfg.Now()})
			m.Missing = append(m.Missing, f)
			continue
		}
		if err != nil {
			return Set{}, err
		}
		kept = append(kept, f)
		out.Originals, out.Bytes = out.Originals+1, out.Bytes+f.Size
		if added {
			out.Added, out.AddedBytes = out.Added+1, out.AddedBytes+f.Size
		}
	}
	m.Files = kept
	if out.ID, err = b.finish(ctx, plain, m); err != nil {
		return Set{}, err
	}
	return out, d.backedUp(ctx, actor, out)
}

// copyDatabase writes a whole copy of the database beside the originals'
// staging, which is swept at each opening: unencrypted, it must not lie on the
// medium of the backup.
func (d *Desk) copyDatabase(ctx context.Context) (string, error) {
	id, err := newID()
	if err != nil {
		return "", err
	}
	path := filepath.Join(d.cfg.Dir, "staging", "database-"+id+".part")
	if err := d.cfg.DB.Backup(ctx, path); err != nil {
		return "", err
	}
	return path, os.Chmod(path, 0o600)
}

// manifest says what belongs to the set, from the copy of the database: the
// archive may have grown since.
func (d *Desk) manifest(ctx context.Context, plain string) (manifest, error) {
	m := manifest{Format: formatName, Version: formatVersion, Extras: map[string][]byte{}}
	db, err := store.OpenReadOnly(ctx, plain)
	if err != nil {
		return m, err
	}
	defer db.Close()
	if m.Catalog, m.Change, err = catalog.Root(ctx, db); err != nil {
		return m, err
	}
	report, err := audit.VerifyFile(ctx, audit.VerifyConfig{Database: plain}, nil)
	if err != nil {
		return m, fmt.Errorf("verify log before backup: %w", err)
	}
	m.LogSize, m.LogRoot = report.Entries, report.Root
	records, err := catalog.New(catalog.Config{DB: db, Now: d.cfg.Now}).AllRecords(ctx)
	if err != nil {
		return m, err
	}
	known := map[string]bool{}
	for _, r := range records {
		if r.Custody == catalog.CustodyTakenOut || r.Custody == catalog.CustodyDisposed || r.Suspected {
			continue // a suspected state secret is not multiplied
		}
		known[r.ID] = true
		m.Files = append(m.Files, stored{Kind: KindOriginal, ID: r.SHA256, Record: r.ID, SHA256: r.SHA256, SM3: r.SM3, Size: r.Size})
	}
	sealed, err := d.sealed(ctx)
	if err != nil {
		return m, err
	}
	for _, c := range sealed {
		if known[c.RecordID] {
			m.Files = append(m.Files, stored{Kind: KindCandidate, ID: c.ID, Record: c.RecordID, SHA256: c.SHA256, SM3: c.SM3, Size: c.Size})
		}
	}
	return m, d.extras(&m)
}

// extras are the small files that verification of the log compares.
func (d *Desk) extras(m *manifest) error {
	names := []string{audit.PublicKeyFile}
	entries, err := os.ReadDir(filepath.Join(d.cfg.Dir, checkpoints))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("read checkpoints: %w", err)
	}
	for _, e := range entries {
		if e.Type().IsRegular() {
			names = append(names, filepath.Join(checkpoints, e.Name()))
		}
	}
	for _, name := range names {
		text, err := os.ReadFile(filepath.Join(d.cfg.Dir, name))
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err != nil {
			return fmt.Errorf("read checkpoints: %w", err)
		}
		m.Extras[filepath.ToSlash(name)] = text
	}
	return nil
}

const checkpoints = "checkpoints"

// backedUp writes down the set with its roots: what a drill compares with
// stands in the log.
func (d *Desk) backedUp(ctx context.Context, actor accounts.Actor, s Set) error {
	ctx = context.WithoutCancel(ctx) // the set is there
	result := audit.OK
	if len(s.Skipped) > 0 {
		result = audit.Failed
	}
	_, err := d.cfg.Log.Do(ctx, audit.Entry{
		Actor: actor.ID, Event: audit.Replication, Result: result,
		Codes: map[string]any{
			"set": s.ID, "log_size": s.LogSize, "log_root": s.LogRoot, "catalog": s.CatalogDigest,
			"files": s.Originals, "bytes": s.Bytes, "added": s.Added, "skipped": len(s.Skipped),
		},
		Details: map[string]any{"dir": s.Dir},
	}, func(tx *store.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO backup_set (id, dir, account, at, log_size, log_root, catalog, files, bytes, added, added_bytes)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, s.ID, s.Dir, actor.ID, store.FormatTime(s.At), s.LogSize, s.LogRoot, s.CatalogDigest,
			s.Originals, s.Bytes, s.Added, s.AddedBytes)
		return err
	})
	if err != nil {
		return fmt.Errorf("write down backup: %w", err)
	}
	return nil
}

// Backups returns the sets that were made, newest first.
func (d *Desk) Backups(ctx context.Context, actor accounts.Actor) ([]Set, error) {
	if err := d.mayRead(ctx, actor, accounts.Backup); err != nil {
		return nil, err
	}
	out := []Set{}
	err := d.cfg.DB.Read(ctx, func(tx *store.Tx) error {
		rows, err := tx.QueryContext(ctx, `SELECT id, dir, account, at, log_size, log_root, catalog, files, bytes, added, added_bytes FROM backup_set ORDER BY at DESC, id DESC`)
		if err != nil {
			return fmt.Errorf("read backups: %w", err)
		}
		defer rows.Close()
		for rows.Next() {
			var s Set
			var at string
			if err := rows.Scan(&s.ID, &s.Dir, &s.By, &at, &s.LogSize, &s.LogRoot, &s.CatalogDigest, &s.Originals, &s.Bytes, &s.Added, &s.AddedBytes); err != nil {
				return fmt.Errorf("read backups: %w", err)
			}
			s.At = parseTime(at)
			out = append(out, s)
		}
		return rows.Err()
	})
	for i := range out {
		out[i].By = d.nameOf(ctx, out[i].By)
	}
	return out, err
}

// recipientsOf reads public keys.
func recipientsOf(keys []string) ([]age.Recipient, error) {
	var out []age.Recipient
	for _, k := range keys {
		r, err := age.ParseX25519Recipient(strings.TrimSpace(k))
		if err != nil {
			return nil, errors.Join(ErrBadKey, err)
		}
		out = append(out, r)
	}
	if len(out) == 0 {
		return nil, ErrNoRecipient
	}
	return out, nil
}

// identitiesOf reads the file that NewIdentity made.
func identitiesOf(path string) ([]age.Identity, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, errors.Join(ErrUnreadable.With("path", path), err)
	}
	defer f.Close()
	ids, err := age.ParseIdentities(f)
	if err != nil {
		return nil, errors.Join(ErrBadKey, err)
	}
	return ids, nil
}
