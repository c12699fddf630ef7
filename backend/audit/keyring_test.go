package audit_test

import (
	"context"
	"errors"
	"io/fs"
	"maps"
	"os"
	"strings"
	"testing"

	"diaoyue.example/workstation/backend/audit"
	"diaoyue.example/workstation/backend/store"
)

// drawer is a keyring in memory; locked, it answers nobody.
type drawer struct {
	secrets map[string]string
	locked  bool
	forgets bool // takes everything and keeps nothing
}

var errLocked = errors.New("the keyring is locked")

func (d *drawer) Get(_ context.Context, name string) (string, error) {
	if d.locked {
		return "", errLocked
	}
	s, ok := d.secrets[name]
	if !ok {
		return "", fs.ErrNotExist
	}
	return s, nil
}

func (d *drawer) Set(_ context.Context, name, secret string) error {
	if d.locked {
		return errLocked
	}
	if !d.forgets {
		d.secrets[name] = secret
	}
	return nil
}

func (d *drawer) Delete(_ context.Context, name string) error {
	if d.locked {
		return errLocked
	}
	delete(d.secrets, name)
	return nil
}

// with opens the archive with a keyring.
func (a *archive) with(t *testing.T, ring audit.Keyring) error {
	t.Helper()
	db, err := store.Open(t.Context(), a.path())
	if err != nil {
		return err
	}
	log, err := audit.Open(t.Context(), db, audit.Config{ArchiveDir: a.dir, StateDir: a.state, Now: a.clock.now, Keyring: ring})
	if err != nil {
		return errors.Join(err, db.Close())
	}
	a.db, a.log = db, log
	t.Cleanup(func() { a.close(t) })
	return nil
}

func TestKeyInTheKeyring(t *testing.T) {
	founded := newArchive(t)
	founded.close(t)
	a := &archive{dir: t.TempDir(), state: t.TempDir(), clock: founded.clock}
	ring := &drawer{secrets: map[string]string{}}
	if err := a.with(t, ring); err != nil {
		t.Fatal(err)
	}
	public := a.log.Public().String()
	if a.log.KeyKind() != audit.KeyInKeyring || a.log.KeyPlace() != audit.KeyInKeyring || len(ring.secrets) != 1 {
		t.Fatalf("the key lies in %s (%s), %d secrets", a.log.KeyPlace(), a.log.KeyKind(), len(ring.secrets))
	}
	// On the disk is the public half alone.
	err := fs.WalkDir(os.DirFS(a.state), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := fs.ReadFile(os.DirFS(a.state), path)
		if strings.Contains(string(text), "PRIVATE") {
			t.Errorf("%s has the private key", path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	a.note(t, 3)
	if err = a.log.ChangeKey(t.Context(), "a9", "年度更换"); err != nil {
		t.Fatal(err)
	}
	if len(ring.secrets) != 1 || a.log.Public().String() == public {
		t.Errorf("%d secrets after the change", len(ring.secrets))
	}
	public = a.log.Public().String()
	a.close(t)
	// Verification needs no private key, so it asks no keyring.
	if r, verifyErr := a.verify(t); verifyErr != nil || !r.Whole() || r.KeyKind != audit.KeyInKeyring {
		t.Errorf("%+v, %v", r, verifyErr)
	}

	ring.locked = true
	for _, away := range []audit.Keyring{ring, nil} {
		if err = a.with(t, away); !errors.Is(err, audit.ErrKeyAway) {
			t.Fatalf("err = %v, want ErrKeyAway and no new key", err)
		}
	}
	ring.locked = false
	if err = a.with(t, ring); err != nil || a.log.Public().String() != public {
		t.Fatalf("%v; the key is another", err)
	}
	a.close(t)

	// The keyring was asked and has it no more: lost, and that is an entry.
	clear(ring.secrets)
	if err = a.with(t, ring); err != nil {
		t.Fatal(err)
	}
	rows, err := a.log.List(t.Context(), audit.Filter{Event: audit.KeyLoss})
	if err != nil || len(rows) != 1 {
		t.Errorf("%+v, %v", rows, err)
	}
}

func TestKeyringThatKeepsNothing(t *testing.T) {
	for name, ring := range map[string]*drawer{"locked": {locked: true}, "forgets": {forgets: true, secrets: map[string]string{}}} {
		a := &archive{dir: t.TempDir(), state: t.TempDir(), clock: &clock{}}
		if err := a.with(t, ring); err != nil {
			t.Fatal(err)
		}
		if a.log.KeyKind() != audit.KeyInFile || !strings.HasPrefix(a.log.KeyPlace(), a.state) {
			t.Errorf("%s: the key lies in %s", name, a.log.KeyPlace())
		}
		public, before := a.log.Public().String(), maps.Clone(ring.secrets)
		a.close(t)
		if err := a.with(t, nil); err != nil || a.log.Public().String() != public || len(before) > 0 {
			t.Errorf("%s: %v, %v", name, err, before)
		}
	}
}
