package ocr

import (
	"cmp"
	"math"
	"slices"
)

// span is a line on the page as it would be without slant.
type span struct {
	line

	x0, y0, x1, y1 float64
}

func (s span) height() float64 { return s.y1 - s.y0 }

// spans takes the slant out of the page.
func spans(lines []line, slant float64) []span {
	c, s := math.Cos(-slant), math.Sin(-slant)
	out := make([]span, len(lines))
	for i, l := range lines {
		x, y := l.middle.x*c-l.middle.y*s, l.middle.x*s+l.middle.y*c
		out[i] = span{line: l, x0: x - l.w/2, x1: x + l.w/2, y0: y - l.h/2, y1: y + l.h/2}
	}
	return out
}

// arranged gives the rows of a page in the order in which a person reads them,
// each row from left to right. Columns of vertical writing come one by one, from
// the right.
func arranged(all []span) [][]span {
	var lying, standing []span
	for _, s := range all {
		if s.column {
			standing = append(standing, s)
		} else {
			lying = append(lying, s)
		}
	}
	slices.SortFunc(standing, func(a, b span) int { return cmp.Compare(b.x0+b.x1, a.x0+a.x1) })
	out := columns(lying)
	for _, s := range standing {
		out = append(out, []span{s})
	}
	return out
}

const (
	// fewLines is how many lines at least make a column of print.
	fewLines = 3
	// prose is how wide, in heights, half of a column's lines are at least:
	// the cells of a table are shorter, and are read row by row.
	prose = 8
)

// columns reads columns of print one after the other where there are any.
func columns(lines []span) [][]span {
	slices.SortFunc(lines, func(a, b span) int { return cmp.Compare(a.y0+a.y1, b.y0+b.y1) })
	best, most := math.NaN(), 0
	for _, l := range lines {
		x := l.x1 + l.height()/4
		if n := printed(bands(lines, x), x); n > most {
			best, most = x, n
		}
	}
	if most == 0 {
		return rows(lines)
	}
	var out [][]span
	for _, band := range bands(lines, best) {
		if printed([][]span{band}, best) == 0 {
			out = append(out, rows(band)...)
			continue
		}
		left, right := divided(band, best)
		out = append(out, columns(left)...)
		out = append(out, columns(right)...)
	}
	return out
}

// bands divides lines, which are sorted from top to bottom, where a line
// crosses x: a headline over both columns is a band of its own.
func bands(lines []span, x float64) [][]span {
	var out [][]span
	open := false
	for _, l := range lines {
		crosses := l.x0 < x && l.x1 > x
		if len(out) == 0 || crosses || !open {
			out = append(out, nil)
		}
		open = !crosses
		out[len(out)-1] = append(out[len(out)-1], l)
	}
	return out
}

// printed counts the lines of those bands that are two columns of print beside
// x.
func printed(bands [][]span, x float64) int {
	n := 0
	for _, band := range bands {
		left, right := divided(band, x)
		if wide(left) && wide(right) && beside(left, right) {
			n += len(band)
		}
	}
	return n
}

func divided(band []span, x float64) (left, right []span) {
	for _, l := range band {
		if l.x0+l.x1 < 2*x {
			left = append(left, l)
		} else {
			right = append(right, l)
		}
	}
	return left, right
}

func wide(lines []span) bool {
	if len(lines) < fewLines {
		return false
	}
	n := 0
	for _, l := range lines {
		if l.x1-l.x0 >= prose*l.height() {
			n++
		}
	}
	return 2*n >= len(lines)
}

// beside says whether two groups share more than half the height of the lower.
func beside(a, b []span) bool {
	a0, a1 := a[0].y0, a[len(a)-1].y1
	b0, b1 := b[0].y0, b[len(b)-1].y1
	return min(a1, b1)-max(a0, b0) > min(a1-a0, b1-b0)/2
}

// rows puts lines that stand side by side into one row. They are sorted from
// top to bottom.
func rows(lines []span) [][]span {
	var out [][]span
	for _, l := range lines {
		if n := len(out); n > 0 && sameRow(out[n-1], l) {
			out[n-1] = append(out[n-1], l)
			continue
		}
		out = append(out, []span{l})
	}
	for _, row := range out {
		slices.SortFunc(row, func(a, b span) int { return cmp.Compare(a.x0, b.x0) })
	}
	return out
}

// sameRow says whether a line overlaps one of a row by more than half of the
// lower one's height, and stands beside all of them.
func sameRow(row []span, l span) bool {
	near := false
	for _, o := range row {
		if min(o.x1, l.x1)-max(o.x0, l.x0) > min(o.x1-o.x0, l.x1-l.x0)/2 {
			return false
		}
		if min(o.y1, l.y1)-max(o.y0, l.y0) > min(o.height(), l.height())/2 {
			near = true
		}
	}
	return near
}
