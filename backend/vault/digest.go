package vault

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"sync"

	"github.com/emmansun/gmsm/sm3"
)

const (
	blockSize = 1 << 20
	blocks    = 32 // in flight between reader and digests: the disk may stall, SM3 must not
)

type sums struct {
	sha256, sm3 string
	size        int64
}

// block is a piece of the source, freed when all who need it are done.
type block struct {
	data  []byte
	users sync.WaitGroup
}

// copyAndDigest reads src once, to at most one byte more than limit (no limit
// below 0), writes it to dst and takes both digests beside the copying: SM3
// is the slow one, so it must not wait for the disk nor the disk for it.
func copyAndDigest(ctx context.Context, dst io.Writer, src io.Reader, limit int64, progress func(int64)) (sums, error) {
	if limit >= 0 {
		src = io.LimitReader(src, limit+1)
	}
	digests := []hash.Hash{sha256.New(), sm3.New()}
	feeds := make([]chan *block, len(digests))
	var working sync.WaitGroup
	for i, h := range digests {
		feeds[i] = make(chan *block, blocks)
		working.Go(func() {
			for b := range feeds[i] {
				h.Write(b.data)
				b.users.Done()
			}
		})
	}
	size, err := feed(ctx, dst, src, feeds, progress)
	for _, f := range feeds {
		close(f)
	}
	working.Wait()
	if err != nil {
		return sums{}, err
	}
	return sums{sha256: hexSum(digests[0]), sm3: hexSum(digests[1]), size: size}, nil
}

func feed(ctx context.Context, dst io.Writer, src io.Reader, feeds []chan *block, progress func(int64)) (int64, error) {
	ring := make([]block, blocks)
	var size int64
	for i := 0; ; i++ {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		b := &ring[i%blocks]
		b.users.Wait()
		if b.data == nil {
			b.data = make([]byte, blockSize)
		}
		n, err := io.ReadFull(src, b.data[:blockSize])
		b.data = b.data[:n]
		if n > 0 {
			b.users.Add(len(feeds))
			for _, f := range feeds {
				f <- b
			}
			if _, werr := dst.Write(b.data); werr != nil {
				return 0, werr
			}
			size += int64(n)
			if progress != nil {
				progress(size)
			}
		}
		switch {
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			return size, nil
		case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
			return 0, err
		case err != nil:
			return 0, fmt.Errorf("%w: %w", ErrVanished, err)
		}
	}
}

// digest256 returns the SHA-256 of what r holds.
func digest256(ctx context.Context, r io.Reader) (string, error) {
	h := sha256.New()
	if _, err := io.CopyBuffer(h, stoppable{ctx, r}, make([]byte, blockSize)); err != nil {
		return "", err
	}
	return hexSum(h), nil
}

func hexSum(h hash.Hash) string { return hex.EncodeToString(h.Sum(nil)) }

// stoppable is a reader that ends when its context does.
type stoppable struct {
	ctx context.Context //nolint:containedctx // lives only as long as one copying
	r   io.Reader
}

func (s stoppable) Read(p []byte) (int, error) {
	if err := s.ctx.Err(); err != nil {
		return 0, err
	}
	return s.r.Read(p)
}
