package vault

import (
	"context"
	"crypto/sha256"
	"errors"
	"hash"
	"io"
	"os"
	"sync"
	"unsafe"

	"golang.org/x/sys/unix"
)

// window is how much is written before it is made durable and read back. The
// digests of the copying cost more than reading, so reading behind is free.
const window = 64 << 20

// behind reads a part back while it is still being written: what was synced,
// and nothing else, straight from the disk. It is the io.Writer of the copying.
type behind struct {
	f       *os.File // the part
	written int64
	told    int64
	synced  chan int64 // up to where the reader shall go
	done    chan error
	gone    sync.WaitGroup
	got     hash.Hash
}

// readBehind begins. One of finish and stop must be called.
func readBehind(ctx context.Context, p *part) *behind {
	b := &behind{f: p.f, synced: make(chan int64, 1<<10), done: make(chan error, 1), got: sha256.New()}
	b.gone.Go(func() { b.done <- b.read(ctx, p.path) })
	return b
}

// Write writes to the part and tells the reader of each full window.
func (b *behind) Write(text []byte) (int, error) {
	n, err := b.f.Write(text)
	b.written += int64(n)
	if err == nil && b.written-b.told >= window {
		b.tell(b.written - b.written%blockSize)
	}
	return n, err
}

func (b *behind) tell(upTo int64) {
	select {
	case b.synced <- upTo:
		b.told = upTo
	default: // the reader is far behind; the next time will do
	}
}

// finish lets the reader read the rest, which is synced, and returns the
// SHA-256 of what it found on the disk.
func (b *behind) finish() (string, error) {
	b.synced <- b.written
	close(b.synced)
	err := <-b.done
	return hexSum(b.got), err
}

// stop ends the reader, whose finding nobody wants any more.
func (b *behind) stop() {
	close(b.synced)
	b.gone.Wait()
}

// read follows the writer until the channel is closed.
func (b *behind) read(ctx context.Context, path string) error {
	var src *direct
	var at int64
	buf := aligned(blockSize)
	for upTo := range b.synced {
		// Durable first: what is read must not come from what was only meant
		// to be written.
		err := unix.Fdatasync(int(b.f.Fd()))
		if err == nil && src == nil {
			src, err = openDirect(path)
		}
		for err == nil && at < upTo {
			var n int
			n, err = src.readAt(buf[:min(int64(len(buf)), alignedUp(upTo-at))], at)
			n = int(min(int64(n), upTo-at))
			b.got.Write(buf[:n])
			at += int64(n)
			switch {
			case n == 0 && (err == nil || errors.Is(err, io.EOF)):
				err = io.ErrUnexpectedEOF // the disk has less than was written
			case errors.Is(err, io.EOF):
				err = nil
			}
			err = errors.Join(err, ctx.Err())
		}
		if err != nil {
			drain(b.synced)
			return errors.Join(err, src.close())
		}
	}
	return src.close()
}

func drain(c <-chan int64) {
	for range c {
	}
}

// direct reads past the memory of the kernel, so that it is the disk that
// answers; where the file system cannot, that memory is dropped before.
type direct struct {
	f     *os.File
	drops bool
}

func openDirect(path string) (*direct, error) {
	f, err := os.OpenFile(path, os.O_RDONLY|unix.O_NOFOLLOW|unix.O_DIRECT, 0)
	if err == nil {
		return &direct{f: f}, nil
	}
	f, err = open(path)
	return &direct{f: f, drops: true}, err
}

func (d *direct) readAt(p []byte, at int64) (int, error) {
	if d.drops {
		_ = unix.Fadvise(int(d.f.Fd()), at, int64(len(p)), unix.FADV_DONTNEED)
	}
	return d.f.ReadAt(p, at)
}

func (d *direct) close() error {
	if d == nil {
		return nil
	}
	return d.f.Close()
}

// sector is what reading past the kernel's memory must be a multiple of.
const sector = 4096

func alignedUp(n int64) int64 { return (n + sector - 1) &^ (sector - 1) }

// aligned gives a buffer at an address that is a multiple of a sector.
func aligned(size int) []byte {
	raw := make([]byte, size+sector)
	off := sector - int(uintptr(unsafe.Pointer(unsafe.SliceData(raw)))%sector)
	return raw[off : off+size]
}
