package audit

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"diaoyue.example/workstation/backend/signature"
	"diaoyue.example/workstation/backend/store"
)

// originOf is the name of an archive's log in checkpoints and keys.
func originOf(archive string) string { return "diaoyue.example/" + archive }

// keyPath is where the private key lies: in the user's state folder, outside
// the archive, readable by that user alone.
func keyPath(stateDir, archive string) string { return filepath.Join(stateDir, "keys", archive+".key") }

// PublicKeyFile is the name of the public key in the archive's folder.
const PublicKeyFile = "log.pub"

// KeyPlace says where the private key lies.
func (l *Log) KeyPlace() string { return keyPath(l.cfg.StateDir, l.archive) }

// Public returns the public key with which checkpoints and certificates are
// checked. It helps only him who has it from elsewhere than the archive.
func (l *Log) Public() signature.Public { return l.key.Public() }

// Sign signs msg with the archive's key; domain keeps statements apart.
func (l *Log) Sign(domain string, msg []byte) (signature.Signature, error) {
	return l.key.Sign(domain, msg)
}

// takeKey reads the private key, or makes one. A new key over an old log is
// an entry: whoever holds the old public key sees that it was changed.
func (l *Log) takeKey(ctx context.Context) error {
	key, err := readKey(l.cfg.StateDir, l.archive)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err != nil {
		if key, err = signature.Generate(originOf(l.archive)); err != nil {
			return err
		}
		if err := store.Keep(l.KeyPlace(), []byte(key.Marshal()+"\n"), 0o600); err != nil {
			return fmt.Errorf("keep private key: %w", err)
		}
	}
	l.key = key
	if err := l.introduce(ctx, key.Public()); err != nil {
		return err
	}
	if err := store.Keep(filepath.Join(l.cfg.ArchiveDir, PublicKeyFile), []byte(key.Public().String()+"\n"), 0o600); err != nil {
		return fmt.Errorf("keep public key: %w", err)
	}
	return nil
}

// introduce records a key that signs for the first time.
func (l *Log) introduce(ctx context.Context, p signature.Public) error {
	return l.db.Write(ctx, func(tx *store.Tx) error {
		var known, others int
		if err := tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM audit_key WHERE fingerprint = ?`, p.Fingerprint()).Scan(&known); err != nil || known > 0 {
			return err
		}
		if err := tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM audit_key`).Scan(&others); err != nil {
			return err
		}
		size, _, err := tail(ctx, tx)
		if err != nil {
			return err
		}
		if _, err = tx.ExecContext(ctx, `INSERT INTO audit_key (fingerprint, public, since) VALUES (?, ?, ?)`, p.Fingerprint(), p.String(), size+1); err != nil {
			return err
		}
		if others == 0 {
			return nil
		}
		_, err = l.Append(ctx, tx, Entry{Event: KeyChange, Codes: map[string]any{"public": p.String(), "fingerprint": p.Fingerprint()}})
		return err
	})
}

func readKey(stateDir, archive string) (*signature.Private, error) {
	text, err := os.ReadFile(keyPath(stateDir, archive))
	if err != nil {
		return nil, fmt.Errorf("read private key: %w", err)
	}
	key, err := signature.ParsePrivate(string(text))
	if err != nil {
		return nil, fmt.Errorf("read private key: %w", err)
	}
	return key, nil
}
