package backend

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"diaoyue.example/workstation/backend/store"
	"diaoyue.example/workstation/backend/vault"
)

// elsewhereName is the file in the archive's root that says where the
// originals lie when not below it. It is in no backup: what is restored has
// its originals with it.
const elsewhereName = "originals.json"

// elsewhere is the place of originals on another disk or a NAS.
type elsewhere struct {
	Dir  string `json:"dir"`
	Mark string `json:"mark"` // of the folder, see vault.Prepare
}

// place says where the originals of an archive lie, zero when below its root.
func place(archive string) (elsewhere, error) {
	var at elsewhere
	text, err := os.ReadFile(filepath.Join(archive, elsewhereName))
	if errors.Is(err, fs.ErrNotExist) {
		return at, nil
	}
	if err == nil {
		err = json.Unmarshal(text, &at)
	}
	if err != nil || at.Dir == "" || at.Mark == "" {
		return at, fmt.Errorf("read place of originals: %w", errors.Join(vault.ErrNoOriginals.With("dir", at.Dir), err))
	}
	return at, nil
}

func (e elsewhere) keep(archive string) error {
	text, err := json.Marshal(e)
	if err == nil {
		err = store.Keep(filepath.Join(archive, elsewhereName), append(text, '\n'), 0o600)
	}
	if err != nil {
		return fmt.Errorf("keep place of originals: %w", err)
	}
	return nil
}

// foundElsewhere prepares the folder that the founder chose for the originals.
// undo takes it back.
func foundElsewhere(archive, dir string) (undo func() error, err error) {
	if dir == "" {
		return func() error { return nil }, nil
	}
	if dir, err = filepath.Abs(dir); err != nil {
		return nil, fmt.Errorf("place of originals: %w", err)
	}
	mark, err := vault.Prepare(dir)
	if errors.Is(err, fs.ErrExist) {
		return nil, ErrNotEmpty.With("dir", dir)
	}
	if err != nil {
		return nil, err
	}
	undo = func() error { return vault.Unprepare(dir, mark) }
	if err := (elsewhere{dir, mark}).keep(archive); err != nil {
		return nil, errors.Join(err, undo())
	}
	return undo, nil
}

// PlaceOriginals tells an archive that its folder of originals, once chosen at
// the founding, is now found at dir: the disk is mounted elsewhere, or all of
// it was copied to another. Nothing is copied here. The archive must be closed
// (store.ErrHeld). vault.ErrNoOriginals when dir is not that folder.
func PlaceOriginals(archive, dir string) error {
	lock, err := store.Acquire(archive, store.Holder{Mode: store.ModeCLI})
	if err != nil {
		return err
	}
	defer func() { _ = lock.Release() }() // nothing is lost if that fails: the process ends, or tries again
	at, err := place(archive)
	if err != nil {
		return err
	}
	if dir, err = filepath.Abs(dir); err != nil {
		return fmt.Errorf("place of originals: %w", err)
	}
	mark, err := vault.MarkOf(dir)
	if err != nil {
		return err
	}
	if at.Mark == "" || mark != at.Mark {
		return vault.ErrNoOriginals.With("dir", dir)
	}
	return elsewhere{dir, mark}.keep(archive)
}
