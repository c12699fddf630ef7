package vault

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/google/uuid"
)

// Mend puts an intact copy, read from src, where an original is damaged or
// gone. Both digests must be those of the original (*MismatchError), and one
// that is intact is not touched (ErrIntact). The damaged file is no original
// any more; it is not deleted but laid aside under "damaged", as evidence.
func (v *Vault) Mend(ctx context.Context, src io.Reader, sha256, sm3 string) (Original, error) {
	path, err := v.originalPath(sha256)
	if err != nil {
		return Original{}, err
	}
	o, err := v.mend(ctx, src, path, sha256, sm3)
	if err != nil {
		return Original{}, fmt.Errorf("mend original: %w", classify(err))
	}
	return o, nil
}

func (v *Vault) mend(ctx context.Context, src io.Reader, path, sha256, sm3 string) (Original, error) {
	there, err := v.Digests(ctx, sha256, nil)
	gone := errors.Is(err, fs.ErrNotExist)
	switch {
	case err == nil && there.SHA256 == sha256:
		return Original{}, ErrIntact
	case err != nil && !gone && ctx.Err() != nil:
		return Original{}, err
	}
	part, err := v.newPart(v.staging)
	if err != nil {
		return Original{}, err
	}
	defer part.drop()
	s, err := copyAndDigest(ctx, part.f, src, -1, nil)
	switch {
	case err != nil:
		return Original{}, err
	case s.sha256 != sha256:
		return Original{}, &MismatchError{Want: sha256, Got: s.sha256}
	case s.sm3 != sm3:
		return Original{}, &MismatchError{Want: sm3, Got: s.sm3}
	}
	if err := v.seal(ctx, part, sha256); err != nil {
		return Original{}, err
	}
	if !gone {
		if err := v.layAside(path); err != nil {
			return Original{}, err
		}
	}
	// A crash here leaves the original missing, which is as locked as before.
	if err := v.publish(part, v.store, path); err != nil {
		return Original{}, err
	}
	return Original{SHA256: s.sha256, SM3: s.sm3, Size: s.size}, nil
}

// layAside moves a damaged file out of the way of an intact one.
func (v *Vault) layAside(path string) error {
	if err := mkdir(v.store, damaged); err != nil {
		return err
	}
	id, err := uuid.NewV7()
	if err != nil {
		return err
	}
	dir := filepath.Join(v.store, damaged)
	if err := rename(path, filepath.Join(dir, filepath.Base(path)+"."+id.String())); err != nil {
		return err
	}
	return errors.Join(syncDir(dir), syncDir(filepath.Dir(path)))
}

// Warrant is what TakeOut asks for: the account that asked, the other account
// that confirmed, and the entry of the log in which the confirmation stands.
type Warrant struct {
	Requested, Confirmed string
	Seq                  int64
}

// TakeOut removes an original that is a suspected state secret (《保守国家秘密法》
// 第三十条, refusal R1) with all that was derived from it. It is the one
// function that does. The caller has written a verified copy to the medium
// that leaves the house, and the confirmation into the log. An original that
// is gone already, because the program died here, is no error. What the disk
// keeps of removed bytes is for those who handle the medium to erase.
func (v *Vault) TakeOut(sha256 string, w Warrant) error {
	path, err := v.originalPath(sha256)
	if err != nil {
		return err
	}
	if w.Requested == "" || w.Confirmed == "" || w.Requested == w.Confirmed || w.Seq < 1 {
		return ErrWarrant
	}
	if err := v.DropDerived(sha256); err != nil {
		return err
	}
	if err := remove(path); err != nil {
		return fmt.Errorf("take out original: %w", classify(err))
	}
	return nil
}

// TakeOutCandidate removes a copy that was made from an original taken out.
func (v *Vault) TakeOutCandidate(id string, w Warrant) error {
	path, err := v.candidatePath(id)
	if err != nil {
		return err
	}
	if w.Requested == "" || w.Confirmed == "" || w.Requested == w.Confirmed || w.Seq < 1 {
		return ErrWarrant
	}
	if err := remove(path); err != nil {
		return fmt.Errorf("take out candidate: %w", classify(err))
	}
	return nil
}

// remove removes a file durably; one that is gone is no error.
func remove(path string) error {
	if err := os.Remove(path); errors.Is(err, fs.ErrNotExist) {
		return nil
	} else if err != nil {
		return err
	}
	return syncDir(filepath.Dir(path))
}

// DropDerived removes everything that was made from an original and can be
// made again.
func (v *Vault) DropDerived(sha256 string) error {
	if !digestForm.MatchString(sha256) {
		return ErrBadName.With("name", sha256)
	}
	if err := os.RemoveAll(filepath.Join(v.root, derived, sha256)); err != nil {
		return fmt.Errorf("drop derived files: %w", classify(err))
	}
	return syncDir(filepath.Join(v.root, derived))
}
