package vault_test

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"diaoyue.example/workstation/backend/vault"
	"diaoyue.example/workstation/backend/vault/vaulttest"
)

func TestConformance(t *testing.T) {
	vaulttest.Run(t, func(t *testing.T) vaulttest.Keeper {
		t.Helper()
		return open(t, t.TempDir())
	})
}

func open(tb testing.TB, root string, options ...vault.Option) *vault.Vault {
	tb.Helper()
	v, err := vault.Open(root, options...)
	if err != nil {
		tb.Fatal(err)
	}
	return v
}

func put(tb testing.TB, v *vault.Vault, text string) vault.Original {
	tb.Helper()
	o, err := v.Put(tb.Context(), strings.NewReader(text), int64(len(text)), nil)
	if err != nil {
		tb.Fatal(err)
	}
	return o
}

// What lies on the disk can be read and checked without this program.
func TestOnDisk(t *testing.T) {
	root := t.TempDir()
	v := open(t, root)
	o := put(t, v, "an original")
	if _, err := v.PutCandidate(t.Context(), "c1", func(f *os.File) error { _, err := f.WriteString("copy"); return err }); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(root, "originals", "sha256", o.SHA256[:2], o.SHA256)
	if data, err := os.ReadFile(path); err != nil || string(data) != "an original" {
		t.Errorf("%q, %v", data, err)
	}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || path == root {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		want := fs.FileMode(0o400)
		if d.IsDir() {
			want = 0o700
		}
		if info.Mode().Perm() != want {
			t.Errorf("%s has mode %v, want %v", path, info.Mode().Perm(), want)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	if left := parts(t, root); len(left) != 0 {
		t.Errorf("left in staging: %v", left)
	}
}

func TestVerifyFindsEveryFlippedBit(t *testing.T) {
	root := t.TempDir()
	v := open(t, root)
	o := put(t, v, "an original")
	path := filepath.Join(root, "originals", "sha256", o.SHA256[:2], o.SHA256)
	before, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	for bit := range 8 * len("an original") {
		data := []byte("an original")
		data[bit/8] ^= 1 << (bit % 8)
		rewrite(t, path, data)
		if err := os.Chtimes(path, before.ModTime(), before.ModTime()); err != nil {
			t.Fatal(err)
		}
		var mismatch *vault.MismatchError
		if err := v.Verify(t.Context(), o.SHA256); !errors.As(err, &mismatch) || !errors.Is(err, vault.ErrMismatch) || mismatch.Want != o.SHA256 {
			t.Fatalf("bit %d: err = %v, want MismatchError", bit, err)
		}
	}
	// A damaged original must not be taken for a safe copy of a source.
	if _, err := v.Put(t.Context(), strings.NewReader("an original"), 11, nil); !errors.Is(err, vault.ErrMismatch) {
		t.Errorf("Put over a damaged original: err = %v, want ErrMismatch", err)
	}
	rewrite(t, path, []byte("an original"))
	if err := v.Verify(t.Context(), o.SHA256); err != nil {
		t.Error(err)
	}
}

func rewrite(tb testing.TB, path string, data []byte) {
	tb.Helper()
	if err := os.Chmod(path, 0o600); err != nil {
		tb.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o600); err != nil {
		tb.Fatal(err)
	}
}

// Each step of the writing fails in turn: the caller is told which sentinel,
// nothing half-kept stands under a name, staging is clean, and the next try
// succeeds.
func TestEveryStepMayFail(t *testing.T) {
	var steps []string
	put(t, open(t, t.TempDir(), vault.WithSteps(func(name string) error { steps = append(steps, name); return nil })), "x")
	if want := []string{"stage", "copy", "sync", "read back", "folder", "link", "sync folder"}; !slices.Equal(steps, want) {
		t.Fatalf("steps = %v, want %v", steps, want)
	}
	for _, at := range steps {
		for cause, want := range map[error]error{syscall.ENOSPC: vault.ErrNoSpace, syscall.EROFS: vault.ErrReadOnly, syscall.EIO: syscall.EIO} {
			root := t.TempDir()
			failing := true
			v := open(t, root, vault.WithSteps(func(name string) error {
				if failing && name == at {
					return cause
				}
				return nil
			}))
			if _, err := v.Put(t.Context(), strings.NewReader("text"), 4, nil); !errors.Is(err, want) {
				t.Errorf("%s: err = %v, want %v", at, err, want)
			}
			if _, err := v.PutCandidate(t.Context(), "c1", func(f *os.File) error { _, err := f.WriteString("copy"); return err }); at != "copy" && !errors.Is(err, want) {
				t.Errorf("candidate, %s: err = %v, want %v", at, err, want)
			}
			if left := parts(t, root); len(left) != 0 {
				t.Errorf("%s: left in staging: %v", at, left)
			}
			failing = false
			o := put(t, v, "text")
			if err := v.Verify(t.Context(), o.SHA256); err != nil {
				t.Errorf("%s: after trying again: %v", at, err)
			}
		}
	}
}

// A process killed in the middle leaves parts; they are swept, nothing else.
func TestSweep(t *testing.T) {
	root := t.TempDir()
	v := open(t, root)
	o := put(t, v, "kept")
	half := filepath.Join(root, "staging", "half.part")
	if err := os.WriteFile(half, []byte("ha"), 0o400); err != nil {
		t.Fatal(err)
	}
	if err := v.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	if left := parts(t, root); len(left) != 0 {
		t.Errorf("left in staging: %v", left)
	}
	if err := v.Verify(t.Context(), o.SHA256); err != nil {
		t.Error(err)
	}
}

// Somebody laid a link where an original should lie.
func TestLinksAreNotFollowed(t *testing.T) {
	root := t.TempDir()
	v := open(t, root)
	o := put(t, v, "kept")
	dir := filepath.Join(root, "originals", "sha256", o.SHA256[:2])
	if err := os.Rename(filepath.Join(dir, o.SHA256), filepath.Join(dir, "aside")); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("aside", filepath.Join(dir, o.SHA256)); err != nil {
		t.Fatal(err)
	}
	if f, err := v.Original(o.SHA256); err == nil {
		_ = f.Close()
		t.Error("a link was followed")
	}
}

func TestFullDisk(t *testing.T) {
	root := t.TempDir()
	if err := unix.Mount("tmpfs", root, "tmpfs", 0, "size=3m"); err != nil {
		t.Skipf("skipped: mounting a small tmpfs needs root: %v", err)
	}
	t.Cleanup(func() { _ = unix.Unmount(root, unix.MNT_DETACH) })
	v := open(t, root)
	small := put(t, v, "small")
	if _, err := v.Put(t.Context(), bytes.NewReader(make([]byte, 8<<20)), 8<<20, nil); !errors.Is(err, vault.ErrNoSpace) {
		t.Errorf("err = %v, want ErrNoSpace", err)
	}
	if left := parts(t, root); len(left) != 0 {
		t.Errorf("left in staging: %v", left)
	}
	if err := v.Verify(t.Context(), small.SHA256); err != nil {
		t.Error(err)
	}
	put(t, v, "another small one")
}

func parts(tb testing.TB, root string) []string {
	tb.Helper()
	entries, err := os.ReadDir(filepath.Join(root, "staging"))
	if err != nil {
		tb.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func BenchmarkPut(b *testing.B) {
	v := open(b, b.TempDir())
	data := make([]byte, 64<<20)
	b.SetBytes(int64(len(data)))
	for i := byte(0); b.Loop(); i++ {
		data[0] = i // another original each time
		if _, err := v.Put(b.Context(), io.Reader(bytes.NewReader(data)), int64(len(data)), nil); err != nil {
			b.Fatal(err)
		}
	}
}
