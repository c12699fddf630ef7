package export

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
)

// blockSize is the smallest run of the original's bytes that a copy is searched for.
const blockSize = 4096

// blockSet knows the 4 KiB-aligned blocks of an original by a rolling checksum
// and, behind it, by their place, so that a hit can be compared byte by byte.
type blockSet struct {
	file   *os.File
	places map[uint32]int64 // checksum → offset of the first block that has it
	seen   []uint64         // which checksums may be in places: asked for every byte, so it must be quick
	count  int64
}

// seenBits is the size of the quick filter, as a power of two.
const seenBits = 22

func (s *blockSet) note(sum uint32) {
	i := sum * 0x9e3779b1 >> (32 - seenBits)
	s.seen[i/64] |= 1 << (i % 64)
}

func (s *blockSet) may(sum uint32) bool {
	i := sum * 0x9e3779b1 >> (32 - seenBits)
	return s.seen[i/64]&(1<<(i%64)) != 0
}

// digestBlocks reads f once: its digest, and the set of its blocks. Blocks of
// one repeated byte are left out: they say nothing (padding).
func digestBlocks(ctx context.Context, f *os.File) (FileDigest, *blockSet, error) {
	set := &blockSet{file: f, places: map[uint32]int64{}, seen: make([]uint64, 1<<seenBits/64)}
	h := sha256.New()
	buf := make([]byte, blockSize)
	r := bufio.NewReaderSize(io.NewSectionReader(f, 0, 1<<62), 1<<20)
	var size int64
	for {
		n, err := io.ReadFull(r, buf)
		h.Write(buf[:n])
		if n == blockSize && !uniform(buf) {
			sum := rollingSum(buf)
			if _, known := set.places[sum]; !known {
				set.places[sum] = size
				set.note(sum)
			}
			set.count++
		}
		size += int64(n)
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			break
		}
		if err != nil {
			return FileDigest{}, nil, fmt.Errorf("digest original: %w", err)
		}
		if ctx.Err() != nil {
			return FileDigest{}, nil, ctx.Err()
		}
	}
	return FileDigest{SHA256: hex.EncodeToString(h.Sum(nil)), Size: size}, set, nil
}

// sharedBlocks rolls a window over every byte of f and counts the windows that
// equal the block of the set with their checksum. Of two blocks of the original
// with one checksum only the first is compared, which a stretch of copied bytes
// longer than one block cannot slip through.
func (s *blockSet) sharedBlocks(ctx context.Context, f *os.File) (shared int64, digest FileDigest, err error) {
	h := sha256.New()
	r := bufio.NewReaderSize(io.TeeReader(io.NewSectionReader(f, 0, 1<<62), h), 1<<20)
	window := make([]byte, blockSize)
	n, err := io.ReadFull(r, window)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return 0, FileDigest{}, fmt.Errorf("search copy: %w", err)
	}
	size := int64(n)
	if n == blockSize {
		var roll roller
		roll.start(window)
		for at := 0; ; at = (at + 1) % blockSize {
			if sum := roll.sum(); s.may(sum) {
				same, err := s.holds(sum, window, at)
				if err != nil {
					return 0, FileDigest{}, err
				}
				if same {
					shared++
				}
			}
			b, err := r.ReadByte()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				return 0, FileDigest{}, fmt.Errorf("search copy: %w", err)
			}
			roll.push(window[at], b)
			window[at] = b
			if size++; size%(1<<20) == 0 && ctx.Err() != nil {
				return 0, FileDigest{}, ctx.Err()
			}
		}
	}
	return shared, FileDigest{SHA256: hex.EncodeToString(h.Sum(nil)), Size: size}, nil
}

// holds reports whether the original's block of that checksum is the ring whose
// oldest byte is at.
func (s *blockSet) holds(sum uint32, ring []byte, at int) (bool, error) {
	place, known := s.places[sum]
	if !known {
		return false, nil
	}
	block := make([]byte, blockSize)
	if _, err := s.file.ReadAt(block, place); err != nil {
		return false, fmt.Errorf("search copy: %w", err)
	}
	return string(block[:blockSize-at]) == string(ring[at:]) && string(block[blockSize-at:]) == string(ring[:at]), nil
}

func uniform(b []byte) bool {
	for _, v := range b[1:] {
		if v != b[0] {
			return false
		}
	}
	return true
}

// roller is the rolling checksum of rsync: two 16-bit sums over a window.
type roller struct{ a, b uint32 }

func rollingSum(p []byte) uint32 {
	var r roller
	r.start(p)
	return r.sum()
}

func (r *roller) start(p []byte) {
	r.a, r.b = 0, 0
	for i, v := range p {
		r.a += uint32(v)
		r.b += uint32(len(p)-i) * uint32(v) //nolint:gosec // G115: len(p) is blockSize
	}
}

func (r *roller) push(out, in byte) {
	r.a += uint32(in) - uint32(out)
	r.b += r.a - blockSize*uint32(out)
}

func (r *roller) sum() uint32 { return r.a&0xffff | r.b<<16 }
