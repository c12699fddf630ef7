package vault

import (
	"context"
	"errors"
	"io"
	"os"
	"sync"
	"unsafe"

	"golang.org/x/sys/unix"
)

// window is how much is written before it is made durable and read back. The
// digests of the copying cost more than reading, so reading behind is free.
const window = 64 << 20

// errOther: the disk has other bytes than were written.
var errOther = errors.New("a block read back is not the one written")

// behind reads a part back while it is still being written: what was synced,
// and nothing else, straight from the disk. It is the io.Writer of the copying.
type behind struct {
	f       *os.File // the part
	prove   prover
	proofs  []proof // of the blocks the reader has not been told of
	pending int     // bytes of them
	synced  chan []proof
	done    chan error
	gone    sync.WaitGroup
}

// readBehind begins. One of finish and stop must be called.
func readBehind(ctx context.Context, p *part) (*behind, error) {
	prove, err := newProver()
	if err != nil {
		return nil, err
	}
	b := &behind{f: p.f, prove: prove, synced: make(chan []proof, 1<<10), done: make(chan error, 1)}
	b.gone.Go(func() { b.done <- b.read(ctx, p.path) })
	return b, nil
}

// Write writes a block, of blockSize but for the last, and tells the reader of
// each full window.
func (b *behind) Write(block []byte) (int, error) {
	n, err := b.f.Write(block)
	if err != nil {
		return n, err
	}
	b.proofs = append(b.proofs, b.prove.of(block))
	if b.pending += n; b.pending >= window {
		select {
		case b.synced <- b.proofs:
			b.proofs, b.pending = nil, 0
		default: // the reader is far behind; the next time will do
		}
	}
	return n, nil
}

// finish lets the reader read the rest, which is synced. It returns errOther
// when the disk has anything else than what was written.
func (b *behind) finish() error {
	b.synced <- b.proofs
	close(b.synced)
	return <-b.done
}

// stop ends the reader, whose finding nobody wants any more.
func (b *behind) stop() {
	close(b.synced)
	b.gone.Wait()
}

// read follows the writer until the channel is closed.
func (b *behind) read(ctx context.Context, path string) (err error) {
	var src *direct
	defer func() { err = errors.Join(err, src.close()) }()
	var at int64
	buf := aligned(blockSize)
	for proofs := range b.synced {
		if err != nil {
			continue // the writer must not wait for a reader that has found enough
		}
		// Durable first: what is read must not come from what was only meant
		// to be written.
		err = unix.Fdatasync(int(b.f.Fd()))
		if err == nil && src == nil {
			src, err = openDirect(path)
		}
		for i := 0; err == nil && i < len(proofs); i++ {
			err = errors.Join(b.compare(src, buf, at, proofs[i]), ctx.Err())
			at += int64(proofs[i].size)
		}
	}
	return err
}

// compare reads the block at at and holds it against what was written there.
func (b *behind) compare(src *direct, buf []byte, at int64, want proof) error {
	n, err := src.readAt(buf[:alignedUp(want.size)], at)
	switch {
	case err != nil && !errors.Is(err, io.EOF):
		return err
	case n < want.size:
		return io.ErrUnexpectedEOF // the disk has less than was written
	case b.prove.of(buf[:want.size]) != want:
		return errOther
	}
	return nil
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

func alignedUp(n int) int { return (n + sector - 1) &^ (sector - 1) }

// aligned gives a buffer at an address that is a multiple of a sector.
func aligned(size int) []byte {
	raw := make([]byte, size+sector)
	off := sector - int(uintptr(unsafe.Pointer(unsafe.SliceData(raw)))%sector)
	return raw[off : off+size]
}
