package av

/*
#include "paint.h"
*/
import "C"

import (
	"fmt"
	"unsafe"
)

// Resampler brings decoded sound to interleaved int16 of a rate and channels.
type Resampler struct {
	c              *C.SwrContext
	rate, channels int
	inRate         int
}

// NewResampler fits frames like f. Close must follow.
func NewResampler(f *Frame, rate, channels int) (*Resampler, error) {
	r := &Resampler{rate: rate, channels: channels}
	_, r.inRate, _ = f.Samples()
	if err := code(C.dy_resampler(f.c(), C.int(rate), C.int(channels), &r.c)); err != nil {
		return nil, fmt.Errorf("convert sound: %w", err)
	}
	return r, nil
}

// Close frees the resampler.
func (r *Resampler) Close() {
	C.swr_free(&r.c)
}

// Convert returns the samples that f (nil: the end) yields; without a change
// of rate exactly f's own.
func (r *Resampler) Convert(f *Frame) ([]int16, error) {
	room := 4096
	var c *C.AVFrame
	if f != nil {
		n, _, _ := f.Samples()
		room = n*r.rate/max(r.inRate, 1) + 4096
		c = f.c()
	}
	out := make([]int16, room*r.channels)
	n := C.dy_resample(r.c, c, (*C.int16_t)(unsafe.Pointer(&out[0])), C.int(room))
	if err := code(n); err != nil {
		return nil, fmt.Errorf("convert sound: %w", err)
	}
	return out[:int(n)*r.channels], nil
}
