package ocr

import (
	"context"
	"image"
	"math"
	"slices"
)

const (
	// batchPixels bounds the width of all lines that are read at once.
	batchPixels = 2048
	// narrowest is the width to which short lines are filled up: the network was
	// taught with none shorter.
	narrowest = 320
)

// glyph is one character that was read, with its steps of the line: the
// network looks at a line in steps of equal width.
type glyph struct {
	char       string
	from, to   int // steps, to exclusive
	confidence float64
}

// reading is what was read of one line.
type reading struct {
	glyphs     []glyph
	steps      float64 // of the line without the filling
	confidence float64 // mean of the characters, 0 when there are none
}

// read reads lines that were cut lineHeight high, the narrow ones together.
func (e *Engine) read(ctx context.Context, lines []*image.RGBA) ([]reading, error) {
	order := make([]int, len(lines))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return lines[a].Rect.Dx() - lines[b].Rect.Dx() })
	out := make([]reading, len(lines))
	for len(order) > 0 {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		n := 1
		for n < len(order) && (n+1)*max(narrowest, lines[order[n]].Rect.Dx()) <= batchPixels {
			n++
		}
		if err := e.readBatch(lines, order[:n], out); err != nil {
			return nil, err
		}
		order = order[n:]
	}
	return out, nil
}

func (e *Engine) readBatch(lines []*image.RGBA, batch []int, out []reading) error {
	width := narrowest
	for _, i := range batch {
		width = max(width, lines[i].Rect.Dx())
	}
	width = (width + 127) / 128 * 128
	t := newTensor(len(batch), width, lineHeight)
	for k, i := range batch {
		t.put(k, lines[i], forReading())
	}
	return e.reader.run(t, func(answer []float32, shape []int64) error {
		if err := shaped(shape, len(batch), len(e.alphabet)); err != nil {
			return err
		}
		steps, classes := int(shape[1]), int(shape[2])
		for k, i := range batch {
			r := e.decode(answer[k*steps*classes:(k+1)*steps*classes], steps, classes)
			r.steps = float64(steps) * float64(lines[i].Rect.Dx()) / float64(width)
			out[i] = r
		}
		return nil
	})
}

// decode takes the likeliest class of each step and joins those that repeat;
// class 0 says that there is nothing.
func (e *Engine) decode(answer []float32, steps, classes int) reading {
	var r reading
	last := 0
	for s := range steps {
		row := answer[s*classes : (s+1)*classes]
		best := 0
		for c, v := range row {
			if v > row[best] {
				best = c
			}
		}
		if best != 0 {
			if n := len(r.glyphs); best == last {
				r.glyphs[n-1].to = s + 1
				r.glyphs[n-1].confidence = max(r.glyphs[n-1].confidence, float64(row[best]))
			} else {
				r.glyphs = append(r.glyphs, glyph{e.alphabet[best], s, s + 1, float64(row[best])})
			}
		}
		last = best
	}
	for _, g := range r.glyphs {
		r.confidence += g.confidence / float64(len(r.glyphs))
	}
	return r
}

// lineWidth is how wide a line is when it is scaled to lineHeight.
func lineWidth(q quad) int {
	return min(max(16, int(math.Round(lineHeight*q.w/q.h))), maxWidth)
}
