package media

import "slices"

// Matrices that turn luma and chroma into red, green and blue.
const (
	MatrixBT601  = "bt601"
	MatrixBT709  = "bt709"
	MatrixBT2020 = "bt2020"
)

// Picture is one upright picture of 8 bit I420: full luma, chroma halved both
// ways. Width and Height are the true size and may be odd; the chroma planes
// are then (Width+1)/2 by (Height+1)/2.
type Picture struct {
	Width, Height int       // pixels
	Planes        [3][]byte // Y, U (Cb), V (Cr)
	Stride        [3]int    // bytes from one row to the next
	FullRange     bool      // 0..255 instead of 16..235
	Matrix        string    // one of the Matrix constants
}

// NewPicture returns a picture of w by h pixels whose bytes are all zero, in
// one piece of memory without padding, limited range BT.709.
func NewPicture(w, h int) Picture {
	cw, ch := (w+1)/2, (h+1)/2
	all := make([]byte, w*h+2*cw*ch)
	return Picture{
		Width: w, Height: h, Matrix: MatrixBT709,
		Planes: [3][]byte{all[: w*h : w*h], all[w*h : w*h+cw*ch : w*h+cw*ch], all[w*h+cw*ch:]},
		Stride: [3]int{w, cw, cw},
	}
}

// PlaneSize returns the size of plane i (0 luma, 1 and 2 chroma) in samples.
func (p Picture) PlaneSize(i int) (w, h int) {
	if i == 0 {
		return p.Width, p.Height
	}
	return (p.Width + 1) / 2, (p.Height + 1) / 2
}

// Clone returns a copy that shares no memory with p.
func (p Picture) Clone() Picture {
	for i := range p.Planes {
		p.Planes[i] = slices.Clone(p.Planes[i])
	}
	return p
}

// Valid reports whether the planes are large enough for the size and strides.
func (p Picture) Valid() bool {
	if p.Width <= 0 || p.Height <= 0 {
		return false
	}
	for i := range p.Planes {
		w, h := p.PlaneSize(i)
		if p.Stride[i] < w || len(p.Planes[i]) < p.Stride[i]*(h-1)+w {
			return false
		}
	}
	return true
}
