package backend_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"diaoyue.example/workstation/backend"
	"diaoyue.example/workstation/backend/accounts"
	"diaoyue.example/workstation/backend/backendtest"
	"diaoyue.example/workstation/backend/preservation"
	"diaoyue.example/workstation/backend/store"
	"diaoyue.example/workstation/backend/vault"
)

// Originals on another disk: founded there, found again after the disk moved,
// not confused with another folder, and not needed by what a backup restores.
func TestOriginalsOnAnotherDisk(t *testing.T) {
	disk := t.TempDir()
	h := backendtest.Open(t, backendtest.Options{Originals: disk})
	path := filepath.Join(t.TempDir(), "paper.txt")
	if err := os.WriteFile(path, []byte(words), 0o600); err != nil {
		t.Fatal(err)
	}
	r := h.Take(t, h.Case(t, "C-1").ID, path)[0]
	if _, err := os.Stat(filepath.Join(disk, "sha256", r.SHA256[:2], r.SHA256)); err != nil {
		t.Error(err)
	}
	if err := backend.PlaceOriginals(h.Dir(), disk); !errors.Is(err, store.ErrHeld) {
		t.Errorf("placed while it is open: %v", err)
	}
	to, key := t.TempDir(), filepath.Join(t.TempDir(), "key.txt")
	public, err := preservation.NewIdentity(key, h.Now())
	if err != nil {
		t.Fatal(err)
	}
	if _, err = h.Preservation.Backup(t.Context(), h.As(accounts.SystemAdministrator), to, []string{public}, nil); err != nil {
		t.Fatal(err)
	}
	if err = h.Close(); err != nil {
		t.Fatal(err)
	}
	moved := filepath.Join(t.TempDir(), "moved")
	if err = os.Rename(disk, moved); err != nil {
		t.Fatal(err)
	}
	if _, err = backend.Open(t.Context(), h.Config); !errors.Is(err, vault.ErrNoOriginals) {
		t.Errorf("opened without the disk: %v", err)
	}
	other := t.TempDir()
	if _, err = vault.Prepare(other); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{other, t.TempDir()} {
		if err = backend.PlaceOriginals(h.Config.Dir, dir); !errors.Is(err, vault.ErrNoOriginals) {
			t.Errorf("another folder: %v", err)
		}
	}
	if err = backend.PlaceOriginals(h.Config.Dir, moved); err != nil {
		t.Fatal(err)
	}
	if h.Workstation, err = backend.Open(t.Context(), h.Config); err != nil {
		t.Fatal(err)
	}
	if rep := check(t, h); rep.Run.Done != 1 || rep.Run.Broken != 0 {
		t.Errorf("checks: %+v", rep)
	}
	got, err := preservation.Restore(t.Context(), preservation.RestoreWish{From: to, IdentityPath: key, To: filepath.Join(t.TempDir(), "restored"), Now: h.Now}, nil)
	if err != nil || !got.Equal || got.Files != 1 {
		t.Errorf("restored: %+v, %v", got, err)
	}
}

// A founding that is refused leaves neither archive nor a prepared folder.
func TestFoundingElsewhereIsTakenBack(t *testing.T) {
	disk, dir := t.TempDir(), filepath.Join(t.TempDir(), "archive")
	cfg := backend.Config{Dir: dir, StateDir: t.TempDir(), CacheDir: backendtest.CacheDir(), Mode: store.ModeCLI, Argon: accounts.CheapForTests()}
	f := backendtest.Founding()
	f.Originals, f.Organ = disk, ""
	if w, err := backend.Create(t.Context(), cfg, f); err == nil {
		_ = w.Close()
		t.Fatal("founded without an organ")
	}
	for _, left := range []string{disk, dir} {
		if entries, err := os.ReadDir(left); err != nil || len(entries) > 0 {
			t.Errorf("%s holds %v, %v", left, entries, err)
		}
	}
	f.Organ, f.Originals = "Bureau", filepath.Dir(dir) // not empty
	if _, err := backend.Create(t.Context(), cfg, f); !errors.Is(err, backend.ErrNotEmpty) {
		t.Errorf("a full folder: %v", err)
	}
}
