package desktop

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"

	"diaoyue.example/workstation/backend"
	"diaoyue.example/workstation/backend/accounts"
	"diaoyue.example/workstation/backend/audit"
)

// What another workstation gives and gets, the key, and the marks outside.

// Mark is a high-water mark of the log, outside the archive.
type Mark struct {
	Place   string `json:"place"`
	Second  bool   `json:"second"` // on the second medium
	Size    int64  `json:"size"`
	At      string `json:"at"`
	Missing bool   `json:"missing"` // it cannot be read now
}

// KeyState says what signs the log, and where the secret half lies.
type KeyState struct {
	Kind        string `json:"kind"`  // file | keyring
	Place       string `json:"place"` // a path, or "keyring"
	Public      string `json:"public"`
	Fingerprint string `json:"fingerprint"`
	Marks       []Mark `json:"marks"`
}

// Key says which key signs, where it lies, and where the marks lie.
func (r *Register) Key() (KeyState, error) {
	return ask(r.shell, func(ctx context.Context, w *backend.Workstation, actor accounts.Actor) (KeyState, error) {
		marks, err := w.Marks(ctx, actor)
		if err != nil {
			return KeyState{}, err
		}
		public := w.Log.Public()
		return KeyState{
			Kind: w.Log.KeyKind(), Place: w.Log.KeyPlace(), Public: public.String(), Fingerprint: public.Fingerprint(),
			Marks: each(marks, func(m audit.Mark) Mark {
				return Mark{Place: m.Place, Second: m.Second, Size: m.Size, At: stamp(m.At), Missing: m.Missing}
			}),
		}, nil
	})
}

// ChangeKey makes a new signing key; the old one introduces it and is gone.
func (r *Register) ChangeKey(reason string) error {
	return tell(r.shell, func(ctx context.Context, w *backend.Workstation, actor accounts.Actor) error {
		if strings.TrimSpace(reason) == "" {
			if err := w.Accounts.Require(ctx, actor, accounts.LogVerify, nil); err != nil {
				return err
			}
			return ErrBadRequest.With("field", "reason")
		}
		return w.ChangeKey(ctx, actor, strings.TrimSpace(reason))
	})
}

// SetSecondMedium keeps a second mark in dir; "" gives it up.
func (r *Register) SetSecondMedium(dir string) error {
	return tell(r.shell, func(ctx context.Context, w *backend.Workstation, actor accounts.Actor) error {
		return w.SetSecondMedium(ctx, actor, dir)
	})
}

// Cosign signs another workstation's checkpoint, from the file at path, with
// the key that its people gave, and writes the answer beside it.
func (r *Register) Cosign(path, key string) (string, error) {
	return ask(r.shell, func(ctx context.Context, w *backend.Workstation, actor accounts.Actor) (string, error) {
		request, err := r.note(ctx, w, actor, path)
		if err != nil {
			return "", err
		}
		note, err := w.Cosign(ctx, actor, request, strings.TrimSpace(key))
		if err != nil {
			return "", err
		}
		out := filepath.Clean(path) + ".cosigned-" + w.Now().UTC().Format("20060102-150405") + ".txt"
		return out, writeNew(out, note)
	})
}

// ImportCosignature takes another workstation's answer, from the file at path.
func (r *Register) ImportCosignature(path, key string) (Witness, error) {
	return ask(r.shell, func(ctx context.Context, w *backend.Workstation, actor accounts.Actor) (Witness, error) {
		note, err := r.note(ctx, w, actor, path)
		if err != nil {
			return Witness{}, err
		}
		made, err := w.ImportCosignature(ctx, actor, string(note), strings.TrimSpace(key))
		return dtoWitness(made), err
	})
}

// noteSize bounds what is read as a checkpoint: it fits a code on paper.
const noteSize = 1 << 20

// note reads a checkpoint's file for who may verify the log: nobody else gets
// to ask what is readable on this disk.
func (r *Register) note(ctx context.Context, w *backend.Workstation, actor accounts.Actor, path string) ([]byte, error) {
	if err := w.Accounts.Require(ctx, actor, accounts.LogVerify, nil); err != nil {
		return nil, err
	}
	info, err := os.Stat(filepath.Clean(path))
	if err != nil || !info.Mode().IsRegular() || info.Size() > noteSize {
		return nil, errors.Join(ErrBadRequest.With("field", "path"), err)
	}
	text, err := os.ReadFile(filepath.Clean(path))
	if err != nil {
		return nil, errors.Join(ErrBadRequest.With("field", "path"), err)
	}
	return text, nil
}

func writeNew(path string, text []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return errors.Join(ErrNotWritten.With("path", path), err)
	}
	_, err = f.Write(text)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return errors.Join(ErrNotWritten.With("path", path), err)
	}
	return nil
}
