package ocr

import (
	"cmp"
	"image"
	"math"
	"slices"

	"golang.org/x/image/draw"
)

const (
	// detectPixels bounds the picture that detection sees, whatever its shape: an
	// A4 page so seen is 1,152 pixels high and has 14 a character of size 五号.
	detectPixels = 1152 * 816
	// step is what both sides must be a multiple of, by the network's design.
	step = 128
	// certain is from which probability on a pixel is text.
	certain = 0.3
	// sure is the mean probability that a piece must have.
	sure = 0.5
	// fewPixels is the smallest piece.
	fewPixels = 12
	// unclip is how much the pieces, which the network was taught to draw too
	// small, are grown: by area × unclip ÷ circumference.
	unclip = 1.6
	// long is from which width per height on a line tells the page's slant.
	long = 5
)

// detect finds the lines of text, in pixels of img.
func (e *Engine) detect(img *image.RGBA) ([]quad, error) {
	w, h := img.Rect.Dx(), img.Rect.Dy()
	scale := min(1, math.Sqrt(detectPixels/(float64(w)*float64(h))))
	small := image.Rect(0, 0, max(1, int(float64(w)*scale)), max(1, int(float64(h)*scale)))
	seen := image.NewRGBA(image.Rect(0, 0, filled(small.Dx()), filled(small.Dy())))
	draw.Draw(seen, seen.Rect, image.White, image.Point{}, draw.Src)
	draw.BiLinear.Scale(seen, small, img, img.Rect, draw.Src, nil)
	t := newTensor(1, seen.Rect.Dx(), seen.Rect.Dy())
	t.put(0, seen, forDetection())
	var hulls [][]point
	err := e.finder.run(t, func(out []float32, _ []int64) error {
		hulls = pieces(out, t.w, t.h)
		return nil
	})
	if err != nil {
		return nil, err
	}
	quads := outlined(hulls)
	fx, fy := float64(w)/float64(small.Dx()), float64(h)/float64(small.Dy())
	for i, q := range quads {
		quads[i] = q.grown(q.w*q.h*unclip/(2*(q.w+q.h))).scaled(fx, fy)
	}
	return quads, nil
}

func filled(side int) int { return (side + step - 1) / step * step }

// outlined draws the smallest rectangle around each piece. A short piece has no
// direction of its own: it takes that of the page.
func outlined(hulls [][]point) []quad {
	quads := make([]quad, len(hulls))
	for i, hull := range hulls {
		quads[i] = smallest(hull)
	}
	slant := slantOf(quads)
	along := point{math.Cos(slant), math.Sin(slant)}
	for i, q := range quads {
		if max(q.w, q.h) < long*min(q.w, q.h) {
			quads[i] = around(hulls[i], along)
		}
	}
	return quads
}

// slantOf is the angle at which the page is read: the median of its long lines
// by their length.
func slantOf(quads []quad) float64 {
	type line struct{ angle, length float64 }
	var lines []line
	total := 0.0
	for _, q := range quads {
		if length := max(q.w, q.h); length >= long*min(q.w, q.h) {
			lines = append(lines, line{rightwards(q.along).angle(), length})
			total += length
		}
	}
	slices.SortFunc(lines, func(a, b line) int { return cmp.Compare(a.angle, b.angle) })
	seen := 0.0
	for _, l := range lines {
		if seen += l.length; seen*2 >= total {
			return l.angle + quarterOf(quads[0])
		}
	}
	if len(quads) > 0 {
		return quarterOf(quads[0])
	}
	return 0
}

// quarterOf is the multiple of 90° at which a rectangle is read.
func quarterOf(q quad) float64 {
	return math.Round((q.along.angle()-rightwards(q.along).angle())/(math.Pi/2)) * math.Pi / 2
}

// pieces are the connected pieces of text on a map of probabilities, each as
// the convex hull of its pixels.
func pieces(probability []float32, w, h int) [][]point {
	var out [][]point
	seen := make([]bool, w*h)
	var stack, piece []int
	for start := range probability {
		if seen[start] || probability[start] <= certain {
			continue
		}
		stack, piece = append(stack[:0], start), piece[:0]
		seen[start] = true
		sum := 0.0
		for len(stack) > 0 {
			p := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			piece = append(piece, p)
			sum += float64(probability[p])
			x, y := p%w, p/w
			for _, n := range [4]struct{ x, y int }{{x - 1, y}, {x + 1, y}, {x, y - 1}, {x, y + 1}} {
				if n.x < 0 || n.y < 0 || n.x >= w || n.y >= h {
					continue
				}
				if q := n.y*w + n.x; !seen[q] && probability[q] > certain {
					seen[q] = true
					stack = append(stack, q)
				}
			}
		}
		if len(piece) >= fewPixels && sum >= sure*float64(len(piece)) {
			out = append(out, hullOf(corners(piece, w)))
		}
	}
	return out
}

// corners are the outer corners of the first and last pixel of each row.
func corners(piece []int, w int) []point {
	slices.Sort(piece)
	var out []point
	for i := 0; i < len(piece); {
		y := piece[i] / w
		first := piece[i] % w
		for i+1 < len(piece) && piece[i+1]/w == y {
			i++
		}
		left, right, top := float64(first), float64(piece[i]%w+1), float64(y)
		out = append(out, point{left, top}, point{left, top + 1}, point{right, top}, point{right, top + 1})
		i++
	}
	return out
}
