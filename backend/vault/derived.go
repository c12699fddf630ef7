package vault

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// PutDerived writes a file that was made from an original: a frame index, a
// preview, its text. kind names it ("frames-v1"), letters, digits, "-", "_"
// and single dots. It appears whole or not at all, and replaces an older one,
// because it can be made again.
func (v *Vault) PutDerived(ctx context.Context, sha256, kind string, write func(io.Writer) error) error {
	path, err := v.derivedPath(sha256, kind)
	if err != nil {
		return err
	}
	if err := v.putDerived(ctx, path, write); err != nil {
		return fmt.Errorf("keep %s: %w", kind, classify(err))
	}
	return nil
}

func (v *Vault) putDerived(ctx context.Context, path string, write func(io.Writer) error) error {
	part, err := v.newPart(filepath.Join(v.root, staging))
	if err != nil {
		return err
	}
	defer part.drop()
	w := bufio.NewWriterSize(part.f, 1<<16)
	if err = errors.Join(write(w), ctx.Err()); err != nil {
		return err
	}
	if err = errors.Join(w.Flush(), part.f.Sync()); err != nil {
		return err
	}
	dir := filepath.Dir(path)
	below, err := filepath.Rel(v.root, dir)
	if err != nil {
		return err
	}
	if err := mkdir(v.root, below); err != nil {
		return err
	}
	if err := os.Rename(part.path, path); err != nil {
		return err
	}
	return syncDir(dir)
}

// Derived opens a derived file for reading, fs.ErrNotExist when it has not
// been made.
func (v *Vault) Derived(sha256, kind string) (*os.File, error) {
	path, err := v.derivedPath(sha256, kind)
	if err != nil {
		return nil, err
	}
	return open(path)
}

// DerivedOr opens what was derived of an original under kind, and the original
// itself where nothing was; derived says which it is.
func (v *Vault) DerivedOr(sha256, kind string) (f *os.File, derived bool, err error) {
	if f, err = v.Derived(sha256, kind); err == nil || !errors.Is(err, fs.ErrNotExist) {
		return f, err == nil, err
	}
	f, err = v.Original(sha256)
	return f, false, err
}

func (v *Vault) derivedPath(sha256, kind string) (string, error) {
	if !digestForm.MatchString(sha256) {
		return "", ErrBadName.With("name", sha256)
	}
	if err := checkName(kind); err != nil {
		return "", err
	}
	return filepath.Join(v.root, derived, sha256, kind), nil
}

// PutCandidate lets write make a redacted copy inside the archive and seals
// it: made durable, mode 0400, read back, under a name that is given once
// (ErrSealed). The file given to write can be written, read and sought; write
// must not keep it. Nothing can be changed after; another try takes another
// id.
func (v *Vault) PutCandidate(ctx context.Context, id string, write func(*os.File) error) (Original, error) {
	path, err := v.candidatePath(id)
	if err != nil {
		return Original{}, err
	}
	if _, err = os.Lstat(path); err == nil {
		return Original{}, ErrSealed.With("id", id)
	}
	o, err := v.putCandidate(ctx, path, write)
	if errors.Is(err, fs.ErrExist) {
		return Original{}, ErrSealed.With("id", id)
	}
	if err != nil {
		return Original{}, fmt.Errorf("seal candidate: %w", classify(err))
	}
	return o, nil
}

func (v *Vault) putCandidate(ctx context.Context, path string, write func(*os.File) error) (Original, error) {
	part, err := v.newPart(filepath.Join(v.root, staging))
	if err != nil {
		return Original{}, err
	}
	defer part.drop()
	if err = errors.Join(write(part.f), ctx.Err()); err != nil {
		return Original{}, err
	}
	if _, err = part.f.Seek(0, io.SeekStart); err != nil {
		return Original{}, err
	}
	s, err := copyAndDigest(ctx, io.Discard, part.f, -1, nil)
	if err != nil {
		return Original{}, err
	}
	if s.size == 0 {
		return Original{}, ErrEmpty
	}
	if err := v.seal(ctx, part, s.sha256); err != nil {
		return Original{}, err
	}
	if err := v.publish(part, v.root, path); err != nil {
		return Original{}, err
	}
	return Original{SHA256: s.sha256, SM3: s.sm3, Size: s.size}, nil
}

// Candidate opens a sealed candidate for reading, fs.ErrNotExist when there
// is none.
func (v *Vault) Candidate(id string) (*os.File, error) {
	path, err := v.candidatePath(id)
	if err != nil {
		return nil, err
	}
	return open(path)
}

// VerifyCandidate reads a candidate to its end and returns a *MismatchError
// when its bytes do not have both digests.
func (v *Vault) VerifyCandidate(ctx context.Context, id, sha256, sm3 string) error {
	f, err := v.Candidate(id)
	if err != nil {
		return fmt.Errorf("verify candidate: %w", err)
	}
	defer f.Close()
	s, err := copyAndDigest(ctx, io.Discard, f, -1, nil)
	switch {
	case err != nil:
		return fmt.Errorf("verify candidate: %w", err)
	case s.sha256 != sha256:
		return &MismatchError{Want: sha256, Got: s.sha256}
	case s.sm3 != sm3:
		return &MismatchError{Want: sm3, Got: s.sm3}
	}
	return nil
}

func (v *Vault) candidatePath(id string) (string, error) {
	if err := checkName(id); err != nil {
		return "", err
	}
	return filepath.Join(v.root, candidates, id, "copy"), nil
}
