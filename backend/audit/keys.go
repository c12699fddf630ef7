package audit

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"diaoyue.example/workstation/backend/audit/check"
	"diaoyue.example/workstation/backend/fault"
	"diaoyue.example/workstation/backend/signature"
	"diaoyue.example/workstation/backend/store"
)

// ErrKeyAway says that the private key lies in the operating system's keyring
// and that the keyring cannot be asked now. Parameter "place".
var ErrKeyAway = fault.New("audit.key_away", "the private key lies in a keyring that cannot be reached")

// Kinds of places where the private key may lie.
const (
	KeyInFile    = "file"    // a file of mode 0600 in the user's state folder
	KeyInKeyring = "keyring" // the operating system's keyring
)

// Keyring keeps secrets for this user outside of files. Get's error is
// fs.ErrNotExist when there is no such secret, anything else when the keyring
// cannot be asked.
type Keyring interface {
	Get(ctx context.Context, name string) (string, error)
	Set(ctx context.Context, name, secret string) error
	Delete(ctx context.Context, name string) error
}

// PublicKeyFile is the name of the public key in the archive's folder.
const PublicKeyFile = "log.pub"

// KeyPlace says where the private key lies: the path of its file, or
// "keyring".
func (l *Log) KeyPlace() string { return l.place.where(l.KeyKind()) }

// KeyKind is KeyInFile or KeyInKeyring.
func (l *Log) KeyKind() string { return l.key.Load().kind }

// Public returns the public key with which checkpoints and certificates are
// checked. It helps only him who has it from elsewhere than the archive.
func (l *Log) Public() signature.Public { return l.key.Load().Public() }

// Sign signs msg with the archive's key; domain keeps statements apart.
func (l *Log) Sign(domain string, msg []byte) (signature.Signature, error) {
	return l.key.Load().Sign(domain, msg)
}

// heldKey is the private key and where it was found.
type heldKey struct {
	*signature.Private
	kind string
}

// place is where the private key of an archive lies: always outside the
// archive. A file in the state folder is there in either case; when the key is
// in the keyring, the file says so and has only the public half.
type place struct {
	dir, archive string
	ring         Keyring
}

func newPlace(stateDir, archive string, ring Keyring) place { return place{stateDir, archive, ring} }

const (
	slotNow  = ""      // the key that signs
	slotNext = ".next" // the key that is to sign, during a change

	inKeyring = "KEYRING "
)

func (p place) path(slot string) string {
	return filepath.Join(p.dir, "keys", p.archive+".key"+slot)
}

func (p place) where(kind string) string {
	if kind == KeyInKeyring {
		return KeyInKeyring
	}
	return p.path(slotNow)
}

// public returns the public half and the kind of place, without asking the
// keyring. fs.ErrNotExist when there is no key.
func (p place) public() (public, kind string, err error) {
	text, err := os.ReadFile(p.path(slotNow))
	if err != nil {
		return "", "", fmt.Errorf("read private key: %w", err)
	}
	if public, ok := strings.CutPrefix(string(text), inKeyring); ok {
		return strings.TrimSpace(public), KeyInKeyring, nil
	}
	key, err := signature.ParsePrivate(string(text))
	if err != nil {
		return "", "", fmt.Errorf("read private key: %w", err)
	}
	return key.Public().String(), KeyInFile, nil
}

// load returns the key of a slot; fs.ErrNotExist when there is none.
func (p place) load(ctx context.Context, slot string) (*heldKey, error) {
	text, err := os.ReadFile(p.path(slot))
	if err != nil {
		return nil, fmt.Errorf("read private key: %w", err)
	}
	kind, secret := KeyInFile, string(text)
	if strings.HasPrefix(secret, inKeyring) {
		kind = KeyInKeyring
		if p.ring == nil {
			return nil, ErrKeyAway.With("place", KeyInKeyring)
		}
		if secret, err = p.ring.Get(ctx, p.archive+slot); errors.Is(err, fs.ErrNotExist) {
			return nil, err // the keyring was asked and has it no more: lost
		} else if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrKeyAway.With("place", KeyInKeyring), err)
		}
	}
	key, err := signature.ParsePrivate(secret)
	if err != nil {
		return nil, fmt.Errorf("read private key: %w", err)
	}
	return &heldKey{key, kind}, nil
}

// save puts a key into a slot: into the keyring when there is one that gives
// back what it was given, else into the file.
func (p place) save(ctx context.Context, slot string, key *signature.Private) (*heldKey, error) {
	kind, text := KeyInFile, key.Marshal()
	if p.ring != nil && p.ring.Set(ctx, p.archive+slot, text) == nil {
		if back, err := p.ring.Get(ctx, p.archive+slot); err == nil && back == text {
			kind, text = KeyInKeyring, inKeyring+key.Public().String()
		}
	}
	if err := store.Keep(p.path(slot), []byte(text+"\n"), 0o600); err != nil {
		return nil, fmt.Errorf("keep private key: %w", err)
	}
	return &heldKey{key, kind}, nil
}

// drop empties the slot of the next key.
func (p place) drop(ctx context.Context) error {
	if p.ring != nil {
		_ = p.ring.Delete(ctx, p.archive+slotNext) // where it is not, or no longer reached, the file decides
	}
	err := os.Remove(p.path(slotNext)) //nolint:forbidigo // a key that is not used, in the state folder
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// findKey reads the private key; there may be none.
func (l *Log) findKey(ctx context.Context) error {
	l.place = newPlace(l.cfg.StateDir, l.archive, l.cfg.Keyring)
	key, err := l.place.load(ctx, slotNow)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil {
		key, err = l.finishChange(ctx, key)
	}
	if err == nil {
		l.key.Store(key)
	}
	return err
}

// takeKey makes a private key when none was found. A key that signs a log it
// has not signed before came because another was lost, and that is an entry:
// whoever holds the old public key sees it.
func (l *Log) takeKey(ctx context.Context) error {
	if l.key.Load() == nil {
		key, err := l.newKey(ctx, slotNow)
		if err != nil {
			return err
		}
		l.key.Store(key)
	}
	if err := l.introduce(ctx, l.Public()); err != nil {
		return err
	}
	return l.publish()
}

func (l *Log) newKey(ctx context.Context, slot string) (*heldKey, error) {
	key, err := signature.Generate(check.Origin(l.archive))
	if err != nil {
		return nil, err
	}
	return l.place.save(ctx, slot, key)
}

// publish writes the public key into the archive.
func (l *Log) publish() error {
	if err := store.Keep(filepath.Join(l.cfg.ArchiveDir, PublicKeyFile), []byte(l.Public().String()+"\n"), 0o600); err != nil {
		return fmt.Errorf("keep public key: %w", err)
	}
	return nil
}

// ChangeKey makes a new key and destroys the old one. The entry "key-change"
// names the new key, and the old key's last checkpoint covers that entry, so
// that whoever trusts the old key may trust the new one. The new key signs at
// once, for those who have only that.
func (l *Log) ChangeKey(ctx context.Context, actor, reason string) error {
	l.changing.Lock()
	defer l.changing.Unlock()
	next, err := l.newKey(ctx, slotNext)
	if err != nil {
		return fmt.Errorf("change key: %w", err)
	}
	old := l.Public()
	e := Entry{
		Actor: actor, Event: KeyChange, Details: map[string]any{"reason": reason},
		Codes: map[string]any{"public": next.Public().String(), "fingerprint": next.Public().Fingerprint(), "previous": old.Fingerprint()},
	}
	err = l.db.Write(ctx, func(tx *store.Tx) error {
		if err = l.admit(ctx, tx, next.Public(), e); err != nil {
			return err
		}
		var c Checkpoint
		return l.sign(ctx, tx, &c)
	})
	if err != nil {
		return errors.Join(fmt.Errorf("change key: %w", err), l.place.drop(ctx))
	}
	held, err := l.promote(ctx, next)
	if err != nil {
		return fmt.Errorf("change key: %w", err)
	}
	l.key.Store(held)
	l.keeper.poke()
	return errors.Join(l.publish(), l.signOwn(ctx))
}

// promote puts the next key over the old one, which is gone then.
func (l *Log) promote(ctx context.Context, next *heldKey) (*heldKey, error) {
	held, err := l.place.save(ctx, slotNow, next.Private)
	if err != nil {
		return nil, err
	}
	return held, l.place.drop(ctx)
}

// finishChange ends a change that was cut short: when the log knows the next
// key, it signs; when not, it never will.
func (l *Log) finishChange(ctx context.Context, key *heldKey) (*heldKey, error) {
	next, err := l.place.load(ctx, slotNext)
	if errors.Is(err, fs.ErrNotExist) {
		return key, nil
	}
	if err != nil {
		return nil, err
	}
	var known int
	err = l.db.Read(ctx, func(tx *store.Tx) error {
		return tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM audit_key WHERE fingerprint = ?`, next.Public().Fingerprint()).Scan(&known)
	})
	if err != nil {
		return nil, err
	}
	if known == 0 {
		return key, l.place.drop(ctx)
	}
	return l.promote(ctx, next)
}

// introduce records a key that signs for the first time.
func (l *Log) introduce(ctx context.Context, p signature.Public) error {
	return l.db.Write(ctx, func(tx *store.Tx) error {
		var known int
		var last string
		err := tx.QueryRowContext(ctx, `SELECT coalesce(sum(fingerprint = ?), 0), coalesce((SELECT fingerprint FROM audit_key ORDER BY since DESC, rowid DESC LIMIT 1), '') FROM audit_key`,
			p.Fingerprint()).Scan(&known, &last)
		if err != nil || known > 0 {
			return err
		}
		if last == "" {
			_, err = tx.ExecContext(ctx, `INSERT INTO audit_key (fingerprint, public, since) SELECT ?, ?, count(*) + 1 FROM audit_entry`, p.Fingerprint(), p.String())
			return err
		}
		return l.admit(ctx, tx, p, Entry{Event: KeyLoss, Codes: map[string]any{
			"public": p.String(), "fingerprint": p.Fingerprint(), "previous": last,
		}})
	})
}

// admit appends the entry that introduces a key, and the key.
func (l *Log) admit(ctx context.Context, tx *store.Tx, p signature.Public, e Entry) error {
	r, err := l.Append(ctx, tx, e)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO audit_key (fingerprint, public, since) VALUES (?, ?, ?)`, p.Fingerprint(), p.String(), r.Seq)
	return err
}
