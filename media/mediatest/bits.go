package mediatest

import "math/bits"

// bitWriter writes the syntax of H.264.
type bitWriter struct {
	out  []byte
	free int // bits of the last byte that are not written yet
}

func (w *bitWriter) bits(v uint32, n int) {
	for n--; n >= 0; n-- {
		if w.free == 0 {
			w.out, w.free = append(w.out, 0), 8
		}
		w.free--
		w.out[len(w.out)-1] |= byte(v>>n&1) << w.free
	}
}

// ue writes a number, the shorter the smaller it is.
func (w *bitWriter) ue(v uint32) {
	n := bits.Len32(v + 1)
	w.bits(0, n-1)
	w.bits(v+1, n)
}

// se does so for numbers with a sign.
func (w *bitWriter) se(v int) {
	if v > 0 {
		w.ue(uint32(2*v - 1)) //nolint:gosec // positive
	} else {
		w.ue(uint32(-2 * v)) //nolint:gosec // not negative
	}
}

func (w *bitWriter) align() { w.free = 0 }

// trail ends a unit.
func (w *bitWriter) trail() {
	w.bits(1, 1)
	w.align()
}

// unit puts the start code before a unit and keeps start codes out of it.
func unit(head byte, payload []byte) []byte {
	out := []byte{0, 0, 0, 1, head}
	zeros := 0
	for _, b := range payload {
		if zeros == 2 && b <= 3 {
			out, zeros = append(out, 3), 0
		}
		if out = append(out, b); b == 0 {
			zeros++
		} else {
			zeros = 0
		}
	}
	return out
}
