package vault_test

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"diaoyue.example/workstation/backend/vault"
)

// Whatever is given as a digest, kind or id, it is refused or means a file
// below the vault; nothing lies beside it afterwards.
func FuzzNames(f *testing.F) {
	for _, s := range []string{
		"", ".", "..", "../x", "a/../../b", "/etc/passwd", "a\x00b", "a\\..\\b", "%2e%2e%2f", strings.Repeat("0", 64), strings.Repeat("a", 300), "\u202e", "con", "a.b", ".a", "\xff",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, name string) {
		home := t.TempDir()
		root := filepath.Join(home, "vault")
		if err := os.WriteFile(filepath.Join(home, "secret"), []byte("secret"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Mkdir(root, 0o700); err != nil {
			t.Fatal(err)
		}
		v := open(t, root)
		write := func(w io.Writer) error { _, err := io.WriteString(w, "made"); return err }
		zero := strings.Repeat("0", 64)
		for _, try := range []func() error{
			func() error { return closed(v.Original(name)) },
			func() error { return closed(v.Derived(name, "text-v1")) },
			func() error { return closed(v.Derived(zero, name)) },
			func() error { return closed(v.Candidate(name)) },
			func() error { return v.PutDerived(t.Context(), name, "text-v1", write) },
			func() error { return v.PutDerived(t.Context(), zero, name, write) },
			func() error {
				_, err := v.PutCandidate(t.Context(), name, func(f *os.File) error { return write(f) })
				return err
			},
		} {
			if err := try(); err != nil && !errors.Is(err, vault.ErrBadName) && !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("%q: %v", name, err)
			}
		}
		left, err := os.ReadDir(home)
		if err != nil || len(left) != 2 {
			t.Errorf("%q left %v beside the vault (%v)", name, left, err)
		}
		if text, err := os.ReadFile(filepath.Join(home, "secret")); err != nil || string(text) != "secret" {
			t.Errorf("%q changed what lies beside the vault: %q, %v", name, text, err)
		}
	})
}

// closed closes what was opened; what it held must be the vault's.
func closed(f *os.File, err error) error {
	if err != nil {
		return err
	}
	defer f.Close()
	if text, err := io.ReadAll(f); err != nil || string(text) != "made" {
		return errors.New("a file that is not the vault's: " + string(text))
	}
	return nil
}
