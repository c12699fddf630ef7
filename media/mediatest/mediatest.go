// Package mediatest makes recordings whose every frame says its own number:
// for tests, and for the demonstration archive.
//
// Invariant: the number that stands in a frame's pixels is the frame's number
// in the file (0-based, display order), so that a wrong picture cannot pass
// for the right one. The maker needs no program besides this one.
//
// # The number in the pixels
//
// The top edge carries 20 blocks side by side over the whole width W of the
// upright picture: block i spans x from i·W/20 to (i+1)·W/20 and y from 0 to
// the greater of W/40 and 16 pixels. White (luma 235) is 1, black (luma 16) is
// 0. Blocks 0 to 15 are the number modulo 65536, most significant bit first;
// blocks 16 to 19 are a check: the exclusive or of the number's four nibbles
// and of binary 1010, most significant bit first. To read it from any enlarged
// or reduced picture, take the grey value at x = (i+½)·W/20, y = W/80 (better:
// the mean over the middle half of a block W/40 high) and call it 1 above 128.
// At least 4 pixels a block are needed after reduction.
package mediatest

import (
	"errors"

	"diaoyue.example/workstation/media"
)

// ErrNumber says that no valid number stands in the picture.
var ErrNumber = errors.New("no frame number stands in the picture")

const (
	numberBits = 16
	checkBits  = 4
	blocks     = numberBits + checkBits
	white      = 235
	black      = 16
)

// code returns the 20 bits for n, most significant first at bit 19.
func code(n int64) uint32 {
	v := uint32(n & 0xffff)
	check := (v>>12 ^ v>>8 ^ v>>4 ^ v ^ 0b1010) & 0xf
	return v<<checkBits | check
}

// drawNumber writes the blocks of n along the top edge.
func drawNumber(p media.Picture, n int64) {
	h := min(max(p.Width/40, 16), p.Height)
	bits := code(n)
	for i := range blocks {
		y := byte(black)
		if bits>>(blocks-1-i)&1 == 1 {
			y = white
		}
		fill(p, i*p.Width/blocks, 0, (i+1)*p.Width/blocks, h, color{y, 128, 128})
	}
}

// ReadNumber reads the number (modulo 65536) that stands in p's pixels, or
// returns ErrNumber.
func ReadNumber(p media.Picture) (int64, error) {
	if !p.Valid() || p.Width < 4*blocks || p.Height < p.Width/40 {
		return 0, ErrNumber
	}
	var bits uint32
	for i := range blocks {
		x0, x1 := (4*i+1)*p.Width/(4*blocks), (4*i+3)*p.Width/(4*blocks)
		y0, y1 := p.Width/160, max(3*p.Width/160, p.Width/160+1)
		sum, count := 0, 0
		for y := y0; y < y1; y++ {
			for x := x0; x < x1; x++ {
				sum += int(p.Planes[0][y*p.Stride[0]+x])
				count++
			}
		}
		bits <<= 1
		if sum > 128*count {
			bits |= 1
		}
	}
	n := int64(bits >> checkBits)
	if code(n) != bits {
		return 0, ErrNumber
	}
	return n, nil
}
