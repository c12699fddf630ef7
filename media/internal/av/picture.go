package av

/*
#include "paint.h"
*/
import "C"

import (
	"errors"
	"fmt"
	"unsafe"

	"diaoyue.example/workstation/media"
)

// Picture brings the frame to 8 bit I420 of w by h pixels, upright: turned
// clockwise by rotation degrees (0, 90, 180, 270; from 360 on mirrored before). Matrix and range stay, but
// RGB becomes limited range, and HDR (PQ, HLG) becomes BT.709 of limited range.
func (f *Frame) Picture(rotation, w, h int) (media.Picture, error) {
	fw, fh := f.Size()
	if fw <= 0 || fh <= 0 || w <= 0 || h <= 0 || max(w, h) > maxSide {
		return media.Picture{}, fmt.Errorf("convert picture: %w", media.ErrNoVideo)
	}
	p := media.NewPicture(w, h)
	p.FullRange = C.dy_is_full_range(f.c()) != 0
	p.Matrix = matrixOf(int(f.info.space), fw, fh)
	s := lendPress()
	defer s.giveBack()
	if err := s.upright(f, p, rotation); err != nil {
		return media.Picture{}, fmt.Errorf("convert picture: %w", err)
	}
	if C.dy_is_hdr(f.c()) != 0 {
		p.FullRange, p.Matrix = false, media.MatrixBT709
	}
	return p, nil
}

// maxSide bounds pictures to what both codecs and memory bear.
const maxSide = 16384

var errPicture = errors.New("not a picture of a size that can be encoded")

// JPEG encodes p in w by h pixels; quality 1 to 100.
func JPEG(p media.Picture, w, h, quality int) ([]byte, error) {
	if !p.Valid() || max(p.Width, p.Height) > maxSide || w <= 0 || h <= 0 || max(w, h) > maxSide {
		return nil, fmt.Errorf("encode jpeg: %w", errPicture)
	}
	s := lendPress()
	defer s.giveBack()
	return s.jpeg(p, w, h, quality)
}

// quantizer maps the usual quality to mpeg's scale: 94 and above is 1, 90 is 2, 50 is 8, 1 is 17.
func quantizer(quality int) int {
	return max(1, (100-min(max(quality, 1), 100)+3)/6)
}

// PNG encodes p without loss beyond the one step from I420 to 8 bit RGB.
func PNG(p media.Picture) ([]byte, error) {
	if !p.Valid() || max(p.Width, p.Height) > maxSide {
		return nil, fmt.Errorf("encode png: %w", errPicture)
	}
	s := lendPress()
	defer s.giveBack()
	return s.png(p)
}

func shape(p media.Picture) C.dy_picture {
	c := C.dy_picture{width: C.int(p.Width), height: C.int(p.Height), full_range: flag(p.FullRange), space: C.int(spaceOf(p.Matrix))}
	for i := range p.Stride {
		c.stride[i] = C.int(p.Stride[i])
	}
	return c
}

func take(r C.int, out *C.uint8_t, size C.int, what string) ([]byte, error) {
	if err := code(r); err != nil {
		return nil, fmt.Errorf("encode %s: %w", what, err)
	}
	defer C.av_free(unsafe.Pointer(out))
	return goBytes(out, int(size)), nil
}
