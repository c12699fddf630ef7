package vault_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"diaoyue.example/workstation/backend/vault"
	"diaoyue.example/workstation/backend/vault/vaulttest"
)

func prepare(tb testing.TB, dir string) string {
	tb.Helper()
	mark, err := vault.Prepare(dir)
	if err != nil {
		tb.Fatal(err)
	}
	return mark
}

// Originals on another disk are held to the same.
func TestConformanceApart(t *testing.T) {
	vaulttest.Run(t, func(t *testing.T) vaulttest.Keeper {
		t.Helper()
		dir := t.TempDir()
		return open(t, t.TempDir(), vault.WithOriginals(dir, prepare(t, dir)))
	})
}

// The place where a disk is to be mounted, another archive's folder and a full
// folder are not taken for the folder of originals.
func TestOriginalsApart(t *testing.T) {
	dir, root := t.TempDir(), t.TempDir()
	mark := prepare(t, dir)
	v := open(t, root, vault.WithOriginals(dir, mark))
	o := put(t, v, "kept")
	if _, err := os.Stat(filepath.Join(dir, "sha256", o.SHA256[:2], o.SHA256)); err != nil {
		t.Error(err)
	}
	if _, err := vault.Prepare(dir); !errors.Is(err, fs.ErrExist) {
		t.Errorf("prepared again: %v", err)
	}
	if err := vault.Unprepare(dir, mark); err == nil {
		t.Error("a folder with originals was taken back")
	}
	if err := v.Verify(t.Context(), o.SHA256); err != nil {
		t.Error(err)
	}
	other := t.TempDir()
	prepare(t, other)
	for name, at := range map[string]string{"empty": t.TempDir(), "another's": other, "none": filepath.Join(other, "none")} {
		if _, err := vault.Open(root, vault.WithOriginals(at, mark)); !errors.Is(err, vault.ErrNoOriginals) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := vault.Prepare(filepath.Join(other, "none")); !errors.Is(err, vault.ErrNoOriginals) {
		t.Errorf("no folder: %v", err)
	}
	if err := os.Rename(dir, dir+".away"); err != nil {
		t.Fatal(err)
	}
	if err := v.Ready(); !errors.Is(err, vault.ErrNoOriginals) {
		t.Errorf("pulled out: %v", err)
	}
	if err := os.Rename(dir+".away", dir); err != nil {
		t.Fatal(err)
	}
	if err := v.Ready(); err != nil {
		t.Error(err)
	}
}

// A founding that failed leaves the folder as it was.
func TestUnprepare(t *testing.T) {
	dir := t.TempDir()
	mark := prepare(t, dir)
	open(t, t.TempDir(), vault.WithOriginals(dir, mark))
	if err := vault.Unprepare(dir, mark); err != nil {
		t.Fatal(err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 0 {
		t.Errorf("left %v, %v", left, err)
	}
	prepare(t, dir)
}
