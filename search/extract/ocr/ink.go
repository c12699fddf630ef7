package ocr

import "image"

const (
	// redDifference is how much more red than green and blue there is in ink
	// that is red, redFaint in its pale edges.
	redDifference = 60
	redFaint      = 20
	// darkest and light are the red of pixels that are never and always ink of a
	// seal: where it lies over print, all three are dark.
	darkest, light = 100, 160
	// redShare of the page's pixels makes it worth looking at without the red.
	redShare = 0.0005
)

// redness of a pixel: by how much red outweighs the other two.
func redness(p []byte) int { return int(p[0]) - int(max(p[1], p[2])) }

// redInk is the rectangle around all red ink, empty when there is hardly any.
func redInk(img *image.RGBA) image.Rectangle {
	n := 0
	var r image.Rectangle
	for y := range img.Rect.Dy() {
		row := img.Pix[y*img.Stride:]
		for x := range img.Rect.Dx() {
			if redness(row[4*x:]) > redDifference {
				n++
				r = r.Union(image.Rect(x, y, x+1, y+1))
			}
		}
	}
	if float64(n) < redShare*float64(img.Rect.Dx()*img.Rect.Dy()) {
		return image.Rectangle{}
	}
	return r
}

// withoutRed shows the page as if no seal had been set on it: what is red and
// nothing else turns white, what was printed below stays.
func withoutRed(img *image.RGBA) *image.RGBA {
	return mapped(img, func(p []byte) byte {
		red := int(p[0])
		pure := min(max(redness(p)-redFaint, 0), redDifference)
		bright := min(max(red-darkest, 0), light-darkest)
		return byte(red + (255-red)*pure*bright/(redDifference*(light-darkest))) //nolint:gosec // G115: between red and 255
	})
}

// onlyRed shows the red ink as black on white.
func onlyRed(img *image.RGBA) *image.RGBA {
	return mapped(img, func(p []byte) byte {
		return byte(255 - min(max(2*(redness(p)-redFaint), 0), 255))
	})
}

func mapped(img *image.RGBA, grey func(p []byte) byte) *image.RGBA {
	out := image.NewRGBA(img.Rect)
	for i := 0; i+3 < len(img.Pix) && i+3 < len(out.Pix); i += 4 {
		v := grey(img.Pix[i : i+3])
		out.Pix[i], out.Pix[i+1], out.Pix[i+2], out.Pix[i+3] = v, v, v, 255
	}
	return out
}

// ink says which pixels of a line that was cut out are written on.
type ink struct {
	w, h int
	on   []bool
}

// inkOf divides a line into paper and ink where the two differ most (Otsu).
// Light writing on dark paper is ink too.
func inkOf(img *image.RGBA) ink {
	k := ink{w: img.Rect.Dx(), h: img.Rect.Dy()}
	luma := make([]byte, k.w*k.h)
	var histogram [256]int
	for i := range luma {
		p := img.Pix[4*i:]
		luma[i] = byte((299*int(p[0]) + 587*int(p[1]) + 114*int(p[2])) / 1000) //nolint:gosec // G115: a weighted mean of bytes
		histogram[luma[i]]++
	}
	border := otsu(histogram, len(luma))
	dark := 0
	for _, v := range luma {
		if int(v) <= border {
			dark++
		}
	}
	inverted := 2*dark > len(luma)
	k.on = make([]bool, len(luma))
	for i, v := range luma {
		k.on[i] = (int(v) <= border) != inverted
	}
	return k
}

// otsu is the brightness that divides best: the variance between both sides is
// greatest.
func otsu(histogram [256]int, total int) int {
	sum := 0.0
	for v, n := range histogram {
		sum += float64(v * n)
	}
	best, border := -1.0, 127
	below, sumBelow := 0.0, 0.0
	for v, n := range histogram {
		below += float64(n)
		sumBelow += float64(v * n)
		above := float64(total) - below
		if below == 0 || above == 0 {
			continue
		}
		d := sumBelow/below - (sum-sumBelow)/above
		if between := below * above * d * d; between > best {
			best, border = between, v
		}
	}
	return border
}

// columns are the first and last (exclusive) columns with ink between from and
// to; ok is false when there is none.
func (k ink) columns(from, to int) (first, last int, ok bool) {
	first, last = to, from
	for x := max(from, 0); x < min(to, k.w); x++ {
		for y := range k.h {
			if k.on[y*k.w+x] {
				first, last = min(first, x), x+1
				break
			}
		}
	}
	return first, last, last > first
}

// rows counts the ink of each row.
func (k ink) rows() []int {
	out := make([]int, k.h)
	for i, on := range k.on {
		if on {
			out[i/k.w]++
		}
	}
	return out
}
