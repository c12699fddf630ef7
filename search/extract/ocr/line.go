package ocr

import (
	"context"
	"image"
	"math"
	"unicode"
	"unicode/utf8"
)

// char is one character that was read and where it stands on the page.
type char struct {
	text  string
	place quad
}

// line is one line, or column, that was read.
type line struct {
	quad

	column     bool
	chars      []char
	confidence float64
}

// doubtful is the confidence below which a line is taken for a picture.
const doubtful = 0.5

// lines reads rectangles of an upright page. What stands is read as a column.
// Those in which nothing is read with confidence are left out.
func (e *Engine) lines(ctx context.Context, img *image.RGBA, quads []quad) ([]line, error) {
	pictures := make([]*image.RGBA, len(quads))
	cells := make([][]cell, len(quads))
	for i, q := range quads {
		if q.standing() {
			pictures[i], cells[i] = laidDown(img, q)
		} else {
			pictures[i] = cut(img, q, lineWidth(q), lineHeight)
		}
	}
	readings, err := e.read(ctx, pictures)
	if err != nil {
		return nil, err
	}
	var out []line
	for i, q := range quads {
		r := readings[i]
		if r.confidence < doubtful {
			continue
		}
		l := line{quad: q, column: q.standing(), confidence: r.confidence}
		if l.column {
			l.chars = inColumn(q, r, cells[i])
		} else {
			l.chars = inLine(q, r, inkOf(pictures[i]))
		}
		out = append(out, l)
	}
	return out, nil
}

// inLine places the characters of a line: each has its step in the middle and
// reaches to the border with its neighbours, but no further than its ink.
func inLine(q quad, r reading, k ink) []char {
	perStep := float64(k.w) / r.steps
	top, bottom := height(k)
	middle := func(g glyph) float64 { return float64(g.from+g.to) / 2 * perStep }
	var out []char
	for i, g := range r.glyphs {
		half := float64(bottom-top) * 0.6
		if narrow(g.char) {
			half *= 0.6
		}
		m := middle(g)
		from, to := m-half, m+half
		if i > 0 {
			from = max(from, (middle(r.glyphs[i-1])+m)/2)
		}
		if i+1 < len(r.glyphs) {
			to = min(to, (m+middle(r.glyphs[i+1]))/2)
		}
		from, to = max(from, 0), min(to, float64(k.w))
		if first, last, ok := k.columns(int(from), int(math.Ceil(to))); ok {
			from, to = float64(first), float64(last)
		}
		out = append(out, char{g.char, q.part(from/float64(k.w), float64(top)/float64(k.h), to/float64(k.w), float64(bottom)/float64(k.h))})
	}
	return out
}

// inColumn places the characters of a column in their cells.
func inColumn(q quad, r reading, cells []cell) []char {
	if len(cells) == 0 {
		return nil
	}
	height := float64(columnWidth) * q.h / q.w
	var out []char
	for _, g := range r.glyphs {
		i := int(float64(g.from+g.to) / 2 / r.steps * float64(len(cells)))
		c := cells[min(max(i, 0), len(cells)-1)]
		out = append(out, char{g.char, q.part(0, float64(c.from)/height, 1, float64(c.to)/height)})
	}
	return out
}

// part is a piece of a rectangle, by shares of its width and height.
func (q quad) part(u0, v0, u1, v1 float64) quad {
	out := q
	out.middle = q.at(((u0+u1)/2-0.5)*q.w, ((v0+v1)/2-0.5)*q.h)
	out.w, out.h = (u1-u0)*q.w, (v1-v0)*q.h
	return out
}

// height is the first and last (exclusive) row of a line that is written on:
// rows with a few specks do not count.
func height(k ink) (top, bottom int) {
	rows := k.rows()
	most := 0
	for _, n := range rows {
		most = max(most, n)
	}
	top, bottom = k.h, 0
	for y, n := range rows {
		if n*20 > most {
			top, bottom = min(top, y), y+1
		}
	}
	if bottom <= top {
		return 0, k.h
	}
	return top, bottom
}

// narrow says whether a character is about half as wide as high.
func narrow(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return r < 0x2e80 && !unicode.Is(unicode.Han, r)
}
