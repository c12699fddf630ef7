package preview

import "diaoyue.example/workstation/media"

// sheet is one large picture that is filled with small ones.
type sheet struct {
	picture       media.Picture
	width, height int // of a tile, even
	columns, rows int
	used          int
}

// newSheet takes matrix and range from like, the first picture to be put on it.
func newSheet(width, height, columns, rows int, like media.Picture) *sheet {
	s := &sheet{picture: media.NewPicture(width*columns, height*rows), width: width, height: height, columns: columns, rows: rows}
	s.picture.Matrix, s.picture.FullRange = like.Matrix, like.FullRange
	s.clear()
	return s
}

func (s *sheet) clear() {
	s.used = 0
	black := byte(16)
	if s.picture.FullRange {
		black = 0
	}
	for i, level := range []byte{black, 128, 128} {
		plane := s.picture.Planes[i]
		for k := range plane {
			plane[k] = level
		}
	}
}

func (s *sheet) full() bool { return s.used == s.columns*s.rows }

// put draws p into the next place.
func (s *sheet) put(p media.Picture) {
	if s.full() {
		return
	}
	x, y := s.used%s.columns*s.width, s.used/s.columns*s.height
	s.used++
	for i := range p.Planes {
		w, h := p.PlaneSize(i)
		half := 1
		if i > 0 {
			half = 2
		}
		shrink(plane{p.Planes[i], p.Stride[i], w, h},
			plane{s.picture.Planes[i][y/half*s.picture.Stride[i]+x/half:], s.picture.Stride[i], s.width / half, s.height / half})
	}
}

// cut is the part of the sheet that holds tiles: whole rows.
func (s *sheet) cut() media.Picture {
	p := s.picture
	p.Height = (s.used + s.columns - 1) / s.columns * s.height
	if s.used < s.columns {
		p.Width = s.used * s.width
	}
	return p
}

type plane struct {
	data          []byte
	stride        int
	width, height int
}

// shrink sets every sample of `to` to the mean of the samples of `from` that
// it covers; nothing is invented between them.
func shrink(from, to plane) {
	for y := range to.height {
		y0, y1 := y*from.height/to.height, (y+1)*from.height/to.height
		y1 = max(y1, y0+1)
		for x := range to.width {
			x0, x1 := x*from.width/to.width, (x+1)*from.width/to.width
			x1 = max(x1, x0+1)
			sum := 0
			for row := y0; row < y1; row++ {
				for _, v := range from.data[row*from.stride+x0 : row*from.stride+x1] {
					sum += int(v)
				}
			}
			to.data[y*to.stride+x] = byte(sum / ((y1 - y0) * (x1 - x0))) //nolint:gosec // a mean of bytes
		}
	}
}

// within fits w by h points of such a shape into maxW by maxH square ones, in
// even sizes: chroma is halved.
func within(w, h int, aspect float64, maxW, maxH int) (fw, fh int) {
	const tiny = 1e-6 // a whole number stays one
	shape := float64(max(w, 1)) * aspect / float64(max(h, 1))
	fw, fh = maxW, int(float64(maxW)/shape+tiny)
	if fh > maxH {
		fw, fh = int(float64(maxH)*shape+tiny), maxH
	}
	return max(fw&^1, 2), max(fh&^1, 2)
}
