package vault

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/google/uuid"
)

// marker is the file that tells a folder of originals from the empty place
// where a disk is to be mounted, and from the folder of another archive.
const marker = "diaoyue-originals"

// Prepare makes an existing empty folder one of originals (WithOriginals) and
// returns its mark. It tries what keeping an original asks of the file system.
// Errors: ErrNoOriginals (there is no such folder), fs.ErrExist (it is not
// empty), ErrNoExclusive, ErrReadOnly, ErrNoSpace.
func Prepare(dir string) (mark string, err error) {
	if mark, err = prepare(dir); err != nil {
		return "", fmt.Errorf("prepare folder of originals: %w", classify(err))
	}
	return mark, nil
}

func prepare(dir string) (string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return "", errors.Join(ErrNoOriginals.With("dir", dir), err)
	}
	for _, e := range entries {
		if e.Name() != "lost+found" && e.Name() != "System Volume Information" {
			return "", fmt.Errorf("%s: %w", dir, fs.ErrExist)
		}
	}
	id, err := uuid.NewV7()
	if err != nil {
		return "", err
	}
	// The mark gets its name as an original does: refused here is better than
	// refused when the first original is taken.
	part := filepath.Join(dir, marker+".part")
	f, err := os.OpenFile(part, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o400)
	if err != nil {
		return "", err
	}
	defer os.Remove(part)
	_, err = f.WriteString(id.String() + "\n")
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return "", err
	}
	if err = (&Vault{link: os.Link}).name(part, filepath.Join(dir, marker)); err != nil {
		return "", err
	}
	return id.String(), syncDir(dir)
}

// Unprepare takes back Prepare where nothing was kept since, as after a
// founding that failed.
func Unprepare(dir, mark string) error {
	if err := marked(dir, mark); err != nil {
		return fmt.Errorf("take back folder of originals: %w", err)
	}
	for _, name := range []string{staging, byDigest, marker} { // folders only when empty
		if err := os.Remove(filepath.Join(dir, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("take back folder of originals: %w", classify(err))
		}
	}
	return nil
}

// MarkOf returns the mark of a folder of originals. ErrNoOriginals.
func MarkOf(dir string) (string, error) {
	text, err := os.ReadFile(filepath.Join(dir, marker))
	if err != nil {
		return "", errors.Join(ErrNoOriginals.With("dir", dir), err)
	}
	id, err := uuid.ParseBytes(trimmed(text))
	if err != nil {
		return "", errors.Join(ErrNoOriginals.With("dir", dir), err)
	}
	return id.String(), nil
}

func trimmed(text []byte) []byte {
	if n := len(text); n > 0 && text[n-1] == '\n' {
		return text[:n-1]
	}
	return text
}

// marked returns ErrNoOriginals when the folder has not this mark.
func marked(dir, mark string) error {
	if got, err := MarkOf(dir); err != nil {
		return err
	} else if got != mark {
		return ErrNoOriginals.With("dir", dir)
	}
	return nil
}
