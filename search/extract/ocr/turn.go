package ocr

import (
	"cmp"
	"context"
	"fmt"
	"image"
	"slices"
)

const (
	// Size of a line as the network sees it that tells upright from upside down.
	turnWidth, turnHeight = 192, 48
	// asked is how many of the longest lines tell how a page lies.
	asked = 12
	// tried is how many of them are read to make sure.
	tried = 3
)

// facing is the rectangle as it is read when the page is turned clockwise by so
// many quarters.
func (q quad) facing(quarters int) quad {
	for range quarters {
		q.along = point{q.along.y, -q.along.x}
		q.w, q.h = q.h, q.w
	}
	return q
}

func facing(quads []quad, quarters int) []quad {
	out := make([]quad, len(quads))
	for i, q := range quads {
		out[i] = q.facing(quarters)
	}
	return out
}

// lies tells by how many quarters, clockwise, the page must be turned to be
// upright. Standing boxes may be lines of a page on its side or columns.
func (e *Engine) lies(ctx context.Context, img *image.RGBA, quads []quad) (int, error) {
	longest := slices.Clone(quads)
	slices.SortFunc(longest, func(a, b quad) int { return cmp.Compare(max(b.w, b.h), max(a.w, a.h)) })
	longest = longest[:min(asked, len(longest))]
	standing := 0
	for _, q := range longest {
		if q.standing() {
			standing++
		}
	}
	if 2*standing <= len(longest) {
		upside, err := e.upside(img, longest)
		if err != nil || !upside {
			return 0, err
		}
		return e.surest(ctx, img, longest, 0, 2)
	}
	longest = slices.DeleteFunc(longest, func(q quad) bool { return !q.standing() })
	return e.surest(ctx, img, longest, 0, 1, 3)
}

// upside says whether the network thinks that a third of the lines are upside
// down. It errs on short lines; reading them makes sure.
func (e *Engine) upside(img *image.RGBA, lines []quad) (bool, error) {
	if e.turner == nil || len(lines) == 0 {
		return false, nil
	}
	t := newTensor(len(lines), turnWidth, turnHeight)
	for i, q := range lines {
		t.put(i, cut(img, q, min(lineWidth(q), turnWidth), turnHeight), forReading())
	}
	votes := 0
	err := e.turner.run(t, func(answer []float32, shape []int64) error {
		if len(shape) != 2 || int(shape[0]) != len(lines) || shape[1] != 2 {
			return fmt.Errorf("run model: an answer of the shape %v for %d lines", shape, len(lines))
		}
		for i := range lines {
			if answer[2*i+1] > answer[2*i] {
				votes++
			}
		}
		return nil
	})
	return 3*votes >= len(lines), err
}

// surest reads some lines turned in each of the ways and tells which is read
// with the most confidence; the first way wins a tie.
func (e *Engine) surest(ctx context.Context, img *image.RGBA, quads []quad, ways ...int) (int, error) {
	best, most := ways[0], 0.0
	for _, way := range ways {
		lines, err := e.lines(ctx, img, facing(quads[:min(tried, len(quads))], way))
		if err != nil {
			return 0, err
		}
		total := 0.0
		for _, l := range lines {
			total += l.confidence * float64(len(l.chars))
		}
		if total > most*1.05 {
			best, most = way, total
		}
	}
	return best, nil
}
