//go:build linux && amd64

// Package mishap lets disks fail under a test: a power cut, and errors of the
// n-th file operation.
//
// Invariant: it is used by tests only, and it touches nothing outside the
// folders it was given.
package mishap

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// ErrUnable says that this machine cannot let a disk fail: no root, no loop
// device, no mkfs.
var ErrUnable = errors.New("this machine cannot do that")

// Disk is an ext4 file system in an image on a loop device. What its image
// holds at a moment is what a power cut at that moment leaves: pages that were
// written but not synced are in the kernel only.
type Disk struct {
	Dir   string // where it is mounted
	image string
}

// NewDisk makes and mounts a file system of so many bytes. ErrUnable, with the
// reason, where that cannot be done.
func NewDisk(tb testing.TB, size int64) (*Disk, error) {
	tb.Helper()
	return NewDiskOf(tb, "ext4", size)
}

// NewDiskOf is NewDisk with a file system of another kind: "vfat", "exfat", or
// "exfat-fuse", which the kernel does not do itself.
func NewDiskOf(tb testing.TB, kind string, size int64) (*Disk, error) {
	tb.Helper()
	if os.Geteuid() != 0 {
		return nil, fmt.Errorf("%w: not root", ErrUnable)
	}
	home := tb.TempDir()
	d := &Disk{Dir: filepath.Join(home, "disk"), image: filepath.Join(home, "image")}
	f, err := os.OpenFile(d.image, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	if err := errors.Join(f.Truncate(size), f.Close()); err != nil {
		return nil, err
	}
	mkfs := map[string][]string{
		"ext4": {"mkfs.ext4", "-q", "-F", "-E", "lazy_itable_init=0,lazy_journal_init=0"}, "vfat": {"mkfs.vfat"},
		"exfat": {"mkfs.exfat"}, "exfat-fuse": {"mkfs.exfat"},
	}[kind]
	if err := run(tb.Context(), mkfs[0], append(mkfs[1:], d.image)...); err != nil {
		return nil, err
	}
	return d, mount(tb, kind, d.image, d.Dir)
}

// Cut copies the image as it is now, as if the power had gone, mounts the copy
// and lets look see it. Whoever writes must be stopped (SIGSTOP), so that what
// was acknowledged is known.
func (d *Disk) Cut(tb testing.TB, look func(dir string)) error {
	tb.Helper()
	copied, dir := d.image+".cut", d.Dir+".cut"
	// The kernel may be writing back at this moment: a copy counts when a
	// second one is equal to it.
	for {
		if err := duplicate(d.image, copied); err != nil {
			return err
		}
		same, err := equal(d.image, copied)
		if err != nil {
			return err
		}
		if same {
			break
		}
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	if err := run(tb.Context(), "mount", "-o", "loop", copied, dir); err != nil {
		return err
	}
	look(dir)
	return run(context.WithoutCancel(tb.Context()), "umount", dir)
}

// NewMemory mounts a file system in memory of so many bytes, which fills up.
func NewMemory(tb testing.TB, size int64) (dir string, err error) {
	tb.Helper()
	if os.Geteuid() != 0 {
		return "", fmt.Errorf("%w: not root", ErrUnable)
	}
	dir = filepath.Join(tb.TempDir(), "memory")
	if err := os.Mkdir(dir, 0o700); err != nil {
		return "", err
	}
	if err := run(tb.Context(), "mount", "-t", "tmpfs", "-o", fmt.Sprintf("size=%d,mode=0700", size), "tmpfs", dir); err != nil {
		return "", err
	}
	unmountAfter(tb, dir)
	return dir, nil
}

// Remount makes a mounted folder read-only, or writable again.
func Remount(ctx context.Context, dir string, readOnly bool) error {
	how := "remount,rw"
	if readOnly {
		how = "remount,ro"
	}
	return run(ctx, "mount", "-o", how, dir)
}

// Resize gives a file system in memory another size in bytes.
func Resize(ctx context.Context, dir string, size int64) error {
	return run(ctx, "mount", "-o", fmt.Sprintf("remount,size=%d", size), dir)
}

func mount(tb testing.TB, kind, image, dir string) error {
	tb.Helper()
	if err := os.Mkdir(dir, 0o700); err != nil {
		return err
	}
	if err := run(tb.Context(), "mount", "-t", kind, "-o", "loop", image, dir); err != nil {
		return err
	}
	unmountAfter(tb, dir)
	return nil
}

func unmountAfter(tb testing.TB, dir string) {
	tb.Helper()
	tb.Cleanup(func() {
		if err := run(context.WithoutCancel(tb.Context()), "umount", dir); err != nil {
			tb.Error(err)
		}
	})
}

func run(ctx context.Context, name string, args ...string) error {
	path, err := exec.LookPath(name)
	if err != nil {
		path = filepath.Join("/usr/sbin", name)
	}
	out, err := exec.CommandContext(ctx, path, args...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("%w: %s: %w: %s", ErrUnable, name, err, bytes.TrimSpace(out))
	}
	return nil
}

func duplicate(from, to string) error {
	src, err := os.Open(from)
	if err != nil {
		return err
	}
	defer src.Close()
	dst, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(dst, src)
	return errors.Join(err, dst.Close())
}

func equal(a, b string) (bool, error) {
	one, err := os.ReadFile(a)
	if err != nil {
		return false, err
	}
	two, err := os.ReadFile(b)
	return bytes.Equal(one, two), err
}
