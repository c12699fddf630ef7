// Package vault keeps originals by their digest: one file an original,
// unmodified, readable without this program. What lies under its name is
// whole and on the disk, is never overwritten and never deleted; there is no
// function for either (《实施细则》第二十条第一款), but one: TakeOut, by which two
// people remove a suspected state secret. Derived files can be made again and
// may be replaced; candidates are written once and sealed.
//
// One who owns the disk can still read and remove the files elsewhere: the
// vault makes that visible (Verify), not impossible.
package vault

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"syscall"

	"golang.org/x/sys/unix"

	"diaoyue.example/workstation/backend/fault"
)

var (
	// ErrEmpty says that the source has no bytes.
	ErrEmpty = fault.New("vault.empty", "the source is empty")
	// ErrNoSpace says that the disk, or the user's share of it, is full.
	ErrNoSpace = fault.New("vault.no_space", "no space is left for the vault")
	// ErrReadOnly says that the vault's folder cannot be written to.
	ErrReadOnly = fault.New("vault.read_only", "the vault cannot be written to")
	// ErrVanished says that the source ended early or could not be read to its
	// end. Parameters "got", "want" (bytes).
	ErrVanished = fault.New("vault.vanished", "the source could not be read to its end")
	// ErrGrew says that the source held more bytes than were announced.
	ErrGrew = fault.New("vault.grew", "the source grew while it was read")
	// ErrMismatch says that bytes in the vault are not those of their digest.
	ErrMismatch = fault.New("vault.mismatch", "the bytes do not fit their digest")
	// ErrDisk says that the disk failed while it was read or written.
	ErrDisk = fault.New("vault.disk", "the disk failed")
	// ErrNoOriginals says that the folder of the originals, on another disk or
	// a NAS, is not there: not mounted, or not that of this vault. Parameter
	// "dir".
	ErrNoOriginals = fault.New("vault.no_originals", "the folder of the originals is not there")
	// ErrNoExclusive says that the file system can give a file neither a second
	// name nor a name that is refused when taken; no original is kept on it.
	ErrNoExclusive = fault.New("vault.no_exclusive", "the file system cannot create a name exclusively")
	// ErrIntact says that a file is not replaced, because it is intact.
	ErrIntact = fault.New("vault.intact", "the original is intact")
	// ErrWarrant says that what removes an original lacks one of two people or
	// the entry in the log.
	ErrWarrant = fault.New("vault.warrant", "an original is not removed without two people and an entry")
	// ErrSealed says that a sealed candidate of that id exists.
	ErrSealed = fault.New("vault.sealed", "a sealed candidate of that id exists")
	// ErrBadName says that a digest, kind or id has a form the vault does not
	// take. It is what a path in a name meets.
	ErrBadName = fault.New("vault.bad_name", "not a name the vault takes")
)

// Original is what the vault knows of one kept file.
type Original struct {
	SHA256 string // lower hex; its name
	SM3    string // lower hex
	Size   int64  // bytes
	Known  bool   // it was in the vault before; no second copy was made
}

// MismatchError says which digest was wanted and which was found, both in
// lower hex; it is ErrMismatch.
type MismatchError struct{ Want, Got string }

// Error returns both digests.
func (e *MismatchError) Error() string { return "digest is " + e.Got + ", want " + e.Want }

// Unwrap returns ErrMismatch with parameters "want" and "got".
func (e *MismatchError) Unwrap() error { return ErrMismatch.With("want", e.Want, "got", e.Got) }

// Vault is the storage below one archive root. It is safe for concurrent use
// by the one process that holds the archive.
type Vault struct {
	root    string // derived files and candidates
	store   string // originals; on the same file system as their staging
	staging string // of originals
	mark    string // of the folder of originals, where that does not lie below the root
	step    func(name string) error
	link    func(from, to string) error
}

// Option changes how a vault is opened.
type Option func(*Vault)

// WithSteps calls step before each step of the write discipline, by name. An
// error from it stops there, as a failing disk would. For fault injection.
func WithSteps(step func(name string) error) Option {
	return func(v *Vault) { v.step = step }
}

// WithOriginals keeps the originals below dir, on another disk or a NAS,
// instead of below the root. Prepare made dir ready and gave its mark.
func WithOriginals(dir, mark string) Option {
	return func(v *Vault) {
		if dir != "" {
			v.store, v.staging, v.mark = dir, filepath.Join(dir, staging), mark
		}
	}
}

// WithLink gives files their second names by link instead of link(2). For
// tests of file systems that have none.
func WithLink(link func(from, to string) error) Option {
	return func(v *Vault) { v.link = link }
}

// The folders below the root, and what lies below the folder of originals.
const (
	originals  = "originals"
	byDigest   = "sha256"
	derived    = "derived"
	candidates = "candidates"
	staging    = "staging"
	damaged    = "damaged"
)

// Open opens the vault below root, which must exist, and makes its folders.
func Open(root string, options ...Option) (*Vault, error) {
	v := &Vault{
		root: root, store: filepath.Join(root, originals), staging: filepath.Join(root, staging),
		step: func(string) error { return nil }, link: os.Link,
	}
	for _, o := range options {
		o(v)
	}
	if v.apart() {
		if err := marked(v.store, v.mark); err != nil {
			return nil, fmt.Errorf("open vault: %w", err)
		}
	}
	for _, dir := range []string{derived, candidates, staging} {
		if err := mkdir(root, dir); err != nil {
			return nil, fmt.Errorf("open vault: %w", classify(err))
		}
	}
	if err := v.makeStore(); err != nil {
		return nil, fmt.Errorf("open vault: %w", classify(err))
	}
	return v, nil
}

func (v *Vault) makeStore() error {
	if !v.apart() {
		return mkdir(v.root, filepath.Join(originals, byDigest))
	}
	return errors.Join(mkdir(v.store, byDigest), mkdir(v.store, staging))
}

// Originals is the folder below which the originals lie, for a person or a
// script that reads them without this program.
func (v *Vault) Originals() string { return v.store }

// Ready returns ErrNoOriginals when the folder of the originals is not there
// at this moment: a disk that was pulled has not lost what lies on it.
func (v *Vault) Ready() error {
	var err error
	if v.apart() {
		err = marked(v.store, v.mark)
	} else if _, gone := os.Lstat(filepath.Join(v.store, byDigest)); gone != nil {
		err = errors.Join(ErrNoOriginals.With("dir", v.store), gone)
	}
	if err != nil {
		return fmt.Errorf("look for originals: %w", err)
	}
	return nil
}

func (v *Vault) apart() bool { return v.mark != "" }

// Original opens an original for reading, fs.ErrNotExist when it is not in
// the vault.
func (v *Vault) Original(sha256 string) (*os.File, error) {
	path, err := v.originalPath(sha256)
	if err != nil {
		return nil, err
	}
	return open(path)
}

// Stat returns the size of an original in bytes, fs.ErrNotExist when it is
// not in the vault. It does not look at the bytes; Verify does.
func (v *Vault) Stat(sha256 string) (int64, error) {
	path, err := v.originalPath(sha256)
	if err != nil {
		return 0, err
	}
	st, err := os.Lstat(path)
	if err != nil {
		return 0, err
	}
	return st.Size(), nil
}

// Verify reads an original to its end and returns a *MismatchError when its
// bytes are not those of its name.
func (v *Vault) Verify(ctx context.Context, sha256 string) error {
	f, err := v.Original(sha256)
	if err != nil {
		return fmt.Errorf("verify original: %w", err)
	}
	defer f.Close()
	got, err := digest256(ctx, f)
	if err != nil {
		return fmt.Errorf("verify original: %w", err)
	}
	if got != sha256 {
		return &MismatchError{Want: sha256, Got: got}
	}
	return nil
}

// Walk calls fn with each original's digest and size, in the order of the
// digests, until fn returns an error, which is returned. Files that are not
// named by a digest are passed over.
func (v *Vault) Walk(ctx context.Context, fn func(sha256 string, size int64) error) error {
	return filepath.WalkDir(filepath.Join(v.store, byDigest), func(_ string, d fs.DirEntry, err error) error {
		if err = errors.Join(err, ctx.Err()); err != nil || d.IsDir() {
			return err
		}
		if !digestForm.MatchString(d.Name()) {
			return nil
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		return fn(d.Name(), info.Size())
	})
}

// FreeBytes returns how many bytes this user can still write.
func (v *Vault) FreeBytes() (int64, error) {
	var st unix.Statfs_t
	if err := unix.Statfs(v.store, &st); err != nil {
		return 0, fmt.Errorf("free space of vault: %w", err)
	}
	return int64(st.Bavail) * st.Bsize, nil //nolint:gosec // no disk has 2^63 blocks
}

// Sweep removes what writing that was cut short left in staging. Nothing that
// was acknowledged lies there. It is called once, when the archive is opened.
func (v *Vault) Sweep(ctx context.Context) error {
	for _, dir := range v.stagings() {
		parts, err := os.ReadDir(dir)
		if err != nil {
			return fmt.Errorf("sweep staging: %w", err)
		}
		for _, part := range parts {
			if err := ctx.Err(); err != nil {
				return err
			}
			if err := os.RemoveAll(filepath.Join(dir, part.Name())); err != nil {
				return fmt.Errorf("sweep staging: %w", classify(err))
			}
		}
	}
	return nil
}

func (v *Vault) stagings() []string {
	if v.apart() {
		return []string{v.staging, filepath.Join(v.root, staging)}
	}
	return []string{v.staging}
}

var (
	digestForm = regexp.MustCompile(`^[0-9a-f]{64}$`)
	nameForm   = regexp.MustCompile(`^[0-9A-Za-z][0-9A-Za-z_-]*(\.[0-9A-Za-z_-]+)*$`)
)

// longestName is the longest kind or id taken, in bytes.
const longestName = 100

func checkName(name string) error {
	if len(name) > longestName || !nameForm.MatchString(name) {
		return ErrBadName.With("name", name)
	}
	return nil
}

func (v *Vault) originalPath(sha256 string) (string, error) {
	if !digestForm.MatchString(sha256) {
		return "", ErrBadName.With("name", sha256)
	}
	return filepath.Join(v.store, byDigest, sha256[:2], sha256), nil
}

// open opens a file of ours, and only a plain file: a link laid there by
// somebody else is not followed.
func open(path string) (*os.File, error) {
	return os.OpenFile(path, os.O_RDONLY|unix.O_NOFOLLOW, 0)
}

// mkdir makes the folders of path below root, mode 0700, and makes each of
// them durable in its parent.
func mkdir(root, path string) error {
	dir := root
	for _, name := range splitPath(path) {
		parent := dir
		dir = filepath.Join(dir, name)
		err := os.Mkdir(dir, 0o700)
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		if err == nil {
			err = syncDir(parent)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func syncDir(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// classify puts the sentinel of this room over the system's error.
func classify(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return fmt.Errorf("%w: %w", ErrNoSpace, err)
	case errors.Is(err, syscall.EROFS), errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("%w: %w", ErrReadOnly, err)
	case errors.Is(err, syscall.EIO) && !errors.Is(err, ErrVanished): // a source that fails is no fault of ours
		return fmt.Errorf("%w: %w", ErrDisk, err)
	}
	return err
}
