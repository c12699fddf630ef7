package vault

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/google/uuid"
	"golang.org/x/sys/unix"
)

// Put keeps what src holds and returns its digests. When it returns nil, the
// original is on the disk under its name, was read back, and would survive a
// power cut; only then may the source be released. size is what the source
// announced in bytes, -1 when nobody knows; another length is ErrVanished or
// ErrGrew. An original that is in the vault already is returned as Known,
// after a comparison of its bytes. progress, which may be nil, is told the
// bytes copied so far, from one goroutine at a time. Whatever fails, nothing
// half-kept is left behind under a name.
func (v *Vault) Put(ctx context.Context, src io.Reader, size int64, progress func(copied int64)) (Original, error) {
	o, err := v.put(ctx, src, size, progress)
	if err != nil {
		return Original{}, fmt.Errorf("keep original: %w", classify(err))
	}
	return o, nil
}

func (v *Vault) put(ctx context.Context, src io.Reader, size int64, progress func(copied int64)) (Original, error) {
	part, err := v.newPart(v.staging)
	if err != nil {
		return Original{}, err
	}
	defer part.drop()
	if err = v.step("copy"); err != nil {
		return Original{}, err
	}
	back, err := readBehind(ctx, part)
	if err != nil {
		return Original{}, err
	}
	copied, err := copyAndDigest(ctx, back, src, size, progress)
	if err != nil {
		back.stop()
		return Original{}, err
	}
	return v.named(ctx, part, back, copied, size)
}

// named gives a copied part its name, when what was copied is what was
// announced and what lies on the disk is what was copied.
func (v *Vault) named(ctx context.Context, part *part, back *behind, copied sums, size int64) (o Original, err error) {
	reading := true
	defer func() {
		if reading {
			back.stop()
		}
	}()
	switch {
	case size >= 0 && copied.size < size:
		return Original{}, ErrVanished.With("got", strconv.FormatInt(copied.size, 10), "want", strconv.FormatInt(size, 10))
	case size >= 0 && copied.size > size:
		return Original{}, ErrGrew.With("got", strconv.FormatInt(copied.size, 10), "want", strconv.FormatInt(size, 10))
	case copied.size == 0:
		return Original{}, ErrEmpty
	}
	o = Original{SHA256: copied.sha256, SM3: copied.sm3, Size: copied.size}
	if _, err = v.Stat(o.SHA256); err == nil {
		o.Known = true
		return o, v.Verify(ctx, o.SHA256) // a damaged one must not pass for safe
	}
	if err = v.durable(part); err != nil {
		return Original{}, err
	}
	if err = v.step("read back"); err != nil {
		return Original{}, err
	}
	reading = false
	if err = back.finish(); errors.Is(err, errOther) {
		got, derr := part.digest(ctx)
		return Original{}, errors.Join(&MismatchError{Want: o.SHA256, Got: got}, derr)
	} else if err != nil {
		return Original{}, err
	}
	path, err := v.originalPath(o.SHA256)
	if err != nil {
		return Original{}, err
	}
	if err := v.publish(part, v.store, path); errors.Is(err, fs.ErrExist) {
		// Another Put of the same bytes was a moment faster.
		o.Known = true
		return o, v.Verify(ctx, o.SHA256)
	} else if err != nil {
		return Original{}, err
	}
	return o, nil
}

// part is a file in staging, on its way to a name.
type part struct {
	f    *os.File
	path string
}

func (v *Vault) newPart(dir string) (*part, error) {
	if err := v.step("stage"); err != nil {
		return nil, err
	}
	id, err := uuid.NewV7()
	if err != nil {
		return nil, err
	}
	path := filepath.Join(dir, id.String()+".part")
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL|unix.O_NOFOLLOW, 0o600)
	if err != nil {
		return nil, err
	}
	return &part{f: f, path: path}, nil
}

// drop ends a part; what was published stays under its name.
func (p *part) drop() {
	_ = p.f.Close()
	_ = os.Remove(p.path)
}

// durable makes a part's bytes durable and unwritable.
func (v *Vault) durable(p *part) error {
	if err := v.step("sync"); err != nil {
		return err
	}
	// A file system without permissions (exFAT) refuses to change them.
	if err := p.f.Chmod(0o400); err != nil && !errors.Is(err, unix.EPERM) && !errors.Is(err, unix.ENOTSUP) {
		return err
	}
	return p.f.Sync()
}

// seal makes a part's bytes durable and unwritable and reads them back from
// the disk: want is what must be found.
func (v *Vault) seal(ctx context.Context, p *part, want string) error {
	if err := v.durable(p); err != nil {
		return err
	}
	if err := v.step("read back"); err != nil {
		return err
	}
	got, err := p.digest(ctx)
	if err != nil {
		return err
	}
	if got != want {
		return &MismatchError{Want: want, Got: got}
	}
	return nil
}

// digest returns the SHA-256 of what the disk has of a part.
func (p *part) digest(ctx context.Context) (string, error) {
	f, err := open(p.path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	uncached(f)
	return digest256(ctx, f)
}

// uncached drops what memory holds of f, so that it is the disk that answers.
func uncached(f *os.File) { _ = unix.Fadvise(int(f.Fd()), 0, 0, unix.FADV_DONTNEED) }

// publish gives a sealed part its name below root, which must be free
// (fs.ErrExist), and makes the name durable.
func (v *Vault) publish(p *part, root, path string) error {
	if err := v.step("folder"); err != nil {
		return err
	}
	dir := filepath.Dir(path)
	below, err := filepath.Rel(root, dir)
	if err != nil {
		return err
	}
	if err := mkdir(root, below); err != nil {
		return err
	}
	if err := v.step("link"); err != nil {
		return err
	}
	if err := v.name(p.path, path); err != nil {
		return err
	}
	if err := v.step("sync folder"); err != nil {
		return err
	}
	return syncDir(dir)
}

// name gives the file a second name, refusing one that is taken. Where the
// file system has no links, it is renamed, refusing likewise; where it has
// neither, nothing is kept on it.
func (v *Vault) name(from, to string) error {
	err := v.link(from, to)
	if err == nil || errors.Is(err, fs.ErrExist) || !noLinks(err) {
		return err
	}
	return rename(from, to)
}

func noLinks(err error) bool {
	for _, no := range []error{unix.EPERM, unix.ENOTSUP, unix.ENOSYS, unix.EMLINK} {
		if errors.Is(err, no) {
			return true
		}
	}
	return false
}

// rename gives a file another name, refusing one that is taken.
func rename(from, to string) error {
	err := unix.Renameat2(unix.AT_FDCWD, from, unix.AT_FDCWD, to, unix.RENAME_NOREPLACE)
	if errors.Is(err, unix.EINVAL) || errors.Is(err, unix.ENOSYS) {
		return fmt.Errorf("%w: %w", ErrNoExclusive, err)
	}
	return err
}

func splitPath(path string) []string { return strings.Split(filepath.ToSlash(path), "/") }
