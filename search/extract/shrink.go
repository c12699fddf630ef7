package extract

import (
	"image"
	"math"
	"runtime"
	"sync"
)

// shrunk is a scan of w × h dots in the colours that it is stored in: nothing is
// converted there and back, and each dot is the mean of all that it covers, so
// that a thin stroke grows pale instead of breaking. False when the scan is
// stored in another way.
func shrunk(img image.Image, w, h int) (image.Image, bool) {
	if img.Bounds().Min != (image.Point{}) {
		return nil, false
	}
	switch src := img.(type) {
	case *image.Gray:
		out := image.NewGray(image.Rect(0, 0, w, h))
		plane{src.Pix, src.Stride, src.Rect.Dx(), src.Rect.Dy()}.into(plane{out.Pix, out.Stride, w, h})
		return out, true
	case *image.YCbCr:
		out := image.NewYCbCr(image.Rect(0, 0, w, h), image.YCbCrSubsampleRatio420)
		plane{src.Y, src.YStride, src.Rect.Dx(), src.Rect.Dy()}.into(plane{out.Y, out.YStride, w, h})
		across, down := chromaOf(src)
		for _, c := range [][2][]byte{{src.Cb, out.Cb}, {src.Cr, out.Cr}} {
			plane{c[0], src.CStride, across, down}.into(plane{c[1], out.CStride, (w + 1) / 2, (h + 1) / 2})
		}
		return out, true
	}
	return nil, false
}

// chromaOf is how many colour samples a decoded picture, which begins at its
// own origin, has across and down.
func chromaOf(p *image.YCbCr) (across, down int) {
	end := p.COffset(p.Rect.Max.X-1, p.Rect.Max.Y-1) - p.COffset(p.Rect.Min.X, p.Rect.Min.Y)
	return end%p.CStride + 1, end/p.CStride + 1
}

// plane is one colour of a picture, a byte a sample.
type plane struct {
	pix    []byte
	stride int
	w, h   int
}

// into fills to with means of p, bands of it side by side.
func (p plane) into(to plane) {
	across, down := means(p.w, to.w), means(p.h, to.h)
	each := (to.h + runtime.GOMAXPROCS(0) - 1) / runtime.GOMAXPROCS(0)
	var all sync.WaitGroup
	for y := 0; y < to.h; y += each {
		all.Go(func() { p.band(to, across, down, y, min(y+each, to.h)) })
	}
	all.Wait()
}

// band fills the rows first to end.
func (p plane) band(to plane, across, down []mean, first, end int) {
	sums := make([]uint32, p.w)
	for y := first; y < end; y++ {
		clear(sums)
		for i, weight := range down[y].weights {
			for x, v := range p.pix[(down[y].first+i)*p.stride:][:p.w] {
				sums[x] += weight * uint32(v)
			}
		}
		row := to.pix[y*to.stride:][:to.w]
		for x := range row {
			m := &across[x]
			sum := uint32(1 << 15) // rounds
			for i, weight := range m.weights {
				sum += weight * sums[m.first+i]
			}
			row[x] = byte(sum >> 16)
		}
	}
}

// mean is what a sample is made of: those from first on, by weights that are
// 256 together.
type mean struct {
	first   int
	weights []uint32
}

// means says for each of to samples which of from samples it covers.
func means(from, to int) []mean {
	out := make([]mean, to)
	for i := range out {
		lo, hi := float64(i)*float64(from)/float64(to), float64(i+1)*float64(from)/float64(to)
		out[i].first = min(int(lo), from-1)
		given := uint32(0)
		for s := out[i].first; s < from && given < 256; s++ {
			// What is covered up to the end of sample s, so that all is given in the end.
			upTo := uint32(math.Round(256 * min((float64(s+1)-lo)/(hi-lo), 1)))
			out[i].weights = append(out[i].weights, upTo-given)
			given = upTo
		}
		if given < 256 { // the last one, by a rounding of the division
			out[i].weights[len(out[i].weights)-1] += 256 - given
		}
	}
	return out
}
