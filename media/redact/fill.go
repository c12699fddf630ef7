package redact

import "diaoyue.example/workstation/media"

// Apply covers in p what the plan hides at display frame n. It is the one
// function that draws covers: preview and export both call it. p is changed in
// place; it must not share memory with the decoder's picture.
func (p Plan) Apply(picture *media.Picture, n int64) {
	for _, region := range p.Regions(n) {
		fill(picture, region.Snap(picture.Width, picture.Height))
	}
}

// Cover returns the luma and chroma values of the solid cover: black of the
// picture's own range (16/128 limited, 0/128 full).
func Cover(fullRange bool) (luma, chroma byte) {
	if fullRange {
		return 0, 128
	}
	return 16, 128
}

func fill(p *media.Picture, r Rect) {
	if r.Empty() {
		return
	}
	luma, chroma := Cover(p.FullRange)
	fillPlane(p.Planes[0], p.Stride[0], r, luma)
	half := Rect{r.X0 / 2, r.Y0 / 2, (r.X1 + 1) / 2, (r.Y1 + 1) / 2} // an odd edge only where the picture ends
	fillPlane(p.Planes[1], p.Stride[1], half, chroma)
	fillPlane(p.Planes[2], p.Stride[2], half, chroma)
}

func fillPlane(plane []byte, stride int, r Rect, v byte) {
	first := plane[r.Y0*stride+r.X0 : r.Y0*stride+r.X1]
	for i := range first {
		first[i] = v
	}
	for y := r.Y0 + 1; y < r.Y1; y++ {
		copy(plane[y*stride+r.X0:y*stride+r.X1], first)
	}
}
