package store

import (
	"errors"
	"os"
	"path/filepath"
)

// Keep writes a small file whole and durably: a reader, and a restart after a
// power cut, finds the old content or the new, never a mixture. Missing
// folders are made with mode 0700.
func Keep(path string, data []byte, perm os.FileMode) error {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(dir, "."+filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.Write(data)
	if perm != 0o600 { // which it has; a stick without permissions refuses to change them
		err = errors.Join(err, f.Chmod(perm))
	}
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return err
	}
	return syncPath(dir)
}
