package vault_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"diaoyue.example/workstation/backend/vault"
)

// A file of several windows is read back while it is written, to its odd end;
// what the disk has otherwise in the last of them is found, and nothing stays.
func TestReadBehind(t *testing.T) {
	data := make([]byte, 2*(64<<20)+12345)
	for i := range data {
		data[i] = byte(i * 7 >> 3)
	}
	root := t.TempDir()
	v := open(t, root)
	o, err := v.Put(t.Context(), bytes.NewReader(data), int64(len(data)), nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := v.Verify(t.Context(), o.SHA256); err != nil {
		t.Error(err)
	}
	data[0]++ // another original
	for _, at := range []int64{int64(len(data)) - 1, 2*(64<<20) + 1} {
		v = open(t, root, vault.WithSteps(func(name string) error {
			if name != "read back" {
				return nil
			}
			for _, p := range parts(t, root) {
				if err := flipAt(filepath.Join(root, "staging", p), at); err != nil {
					t.Error(err)
				}
			}
			return nil
		}))
		if _, err := v.Put(t.Context(), bytes.NewReader(data), int64(len(data)), nil); !errors.Is(err, vault.ErrMismatch) {
			t.Errorf("a flip at %d: %v", at, err)
		}
		if left := parts(t, root); len(left) != 0 {
			t.Errorf("left in staging: %v", left)
		}
	}
}

func flipAt(path string, at int64) error {
	if err := os.Chmod(path, 0o600); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	b := make([]byte, 1)
	_, err = f.ReadAt(b, at)
	if err == nil {
		b[0] ^= 4
		_, err = f.WriteAt(b, at)
	}
	return errors.Join(err, f.Close())
}
