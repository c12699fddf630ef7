package av

/*
#include "paint.h"
*/
import "C"

import (
	"runtime"
	"sync"

	"diaoyue.example/workstation/media"
)

// press holds a scaler and an encoder for as long as pictures of one size
// follow one another.
type press struct{ c *C.dy_press }

// newPress is a press of one's own; C lets go of it when nobody holds it.
func newPress() *press {
	p := &press{C.dy_press_new()}
	if p.c == nil {
		panic("out of memory") // as for Go's own allocations
	}
	runtime.AddCleanup(p, func(c *C.dy_press) { C.dy_press_free(c) }, p.c)
	return p
}

// presses are lent out one by one; the pool lets go of those that nobody uses.
//
//nolint:gochecknoglobals // tools without a state that shows
var presses = sync.Pool{New: func() any { return newPress() }}

func lendPress() *press {
	if p, ok := presses.Get().(*press); ok {
		return p
	}
	return newPress()
}

func (s *press) giveBack() { presses.Put(s) }

func (s *press) upright(f *Frame, p media.Picture, rotation int) error {
	c := shape(p)
	defer runtime.KeepAlive(s)
	return code(C.dy_upright(s.c, f.c(), &c, C.int(rotation), plane(p, 0), plane(p, 1), plane(p, 2)))
}

func (s *press) jpeg(p media.Picture, w, h, quality int) ([]byte, error) {
	c := shape(p)
	var out *C.uint8_t
	var size C.int
	defer runtime.KeepAlive(s)
	r := C.dy_jpeg(s.c, &c, plane(p, 0), plane(p, 1), plane(p, 2), C.int(w), C.int(h), C.int(quantizer(quality)), &out, &size)
	return take(r, out, size, "jpeg")
}

func (s *press) png(p media.Picture) ([]byte, error) {
	c := shape(p)
	var out *C.uint8_t
	var size C.int
	defer runtime.KeepAlive(s)
	r := C.dy_png(s.c, &c, plane(p, 0), plane(p, 1), plane(p, 2), &out, &size)
	return take(r, out, size, "png")
}
