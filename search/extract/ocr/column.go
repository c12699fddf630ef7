package ocr

import (
	"cmp"
	"image"
	"math"
	"slices"

	"golang.org/x/image/draw"
)

// cell is one character's place in a column: rows of the column as it was cut.
type cell struct{ from, to int }

const (
	// columnWidth is the width in pixels to which a column is cut.
	columnWidth = 64
	// full is the share of the column's width that a whole character is high.
	full = 0.95
)

// laidDown takes the characters of a column and puts them side by side, as the
// reading network was taught, and tells their cells: all are equally wide.
func laidDown(img *image.RGBA, q quad) (*image.RGBA, []cell) {
	height := max(columnWidth, int(math.Round(columnWidth*q.h/q.w)))
	column := cut(img, q, columnWidth, height)
	cells := cellsOf(inkOf(column))
	const size, pitch = lineHeight * 9 / 10, lineHeight
	out := image.NewRGBA(image.Rect(0, 0, pitch*max(1, len(cells)), lineHeight))
	draw.Draw(out, out.Rect, image.NewUniform(column.RGBAAt(1, height/2)), image.Point{}, draw.Src)
	for i, c := range cells {
		tall := min(max(1, (c.to-c.from)*size/columnWidth), size)
		x, y := i*pitch+(pitch-size)/2, (lineHeight-tall)/2
		draw.BiLinear.Scale(out, image.Rect(x, y, x+size, y+tall), column, image.Rect(0, c.from, columnWidth, c.to), draw.Src, nil)
	}
	return out, cells
}

// cellsOf divides a column at its rows without ink. What is much higher than
// wide is divided evenly, what is flat belongs to its neighbour when both
// together are no higher than a character.
func cellsOf(k ink) []cell {
	rows := k.rows()
	var raw []cell
	for y := 0; y < len(rows); y++ {
		if rows[y] == 0 {
			continue
		}
		from := y
		for y < len(rows) && rows[y] > 0 {
			y++
		}
		raw = append(raw, cell{from, y})
	}
	whole := int(full * float64(k.w))
	var joined []cell
	for _, c := range raw {
		if n := len(joined); n > 0 && c.to-joined[n-1].from <= whole && (low(c, k.w) || low(joined[n-1], k.w)) {
			joined[n-1].to = c.to
			continue
		}
		joined = append(joined, c)
	}
	var out []cell
	for _, c := range joined {
		n := max(1, int(math.Round(float64(c.to-c.from)/float64(k.w)/full)))
		for i := range n {
			out = append(out, cell{c.from + (c.to-c.from)*i/n, c.from + (c.to-c.from)*(i+1)/n})
		}
	}
	return out
}

// low says whether a piece is lower than a whole character.
func low(c cell, w int) bool { return c.to-c.from < w*6/10 }

// Characters of a column that were found one by one.
const (
	stackFew   = 3   // at least so many make a column
	stackAside = 0.3 // of their width may they stand aside of each other
	stackGap   = 0.6 // of their height is the largest gap
)

// stacked joins single characters that stand one below the other, with nothing
// beside them, into a column.
func stacked(quads []quad) []quad {
	taken := make([]bool, len(quads))
	var out []quad
	for _, i := range byTop(quads) {
		if taken[i] {
			continue
		}
		stack := []int{i}
		for single(quads[i]) {
			next := below(quads, taken, stack[len(stack)-1])
			if next < 0 {
				break
			}
			stack = append(stack, next)
		}
		if len(stack) < stackFew || crowded(quads, stack) {
			stack = stack[:1]
		}
		var points []point
		for _, k := range stack {
			taken[k] = true
			q := quads[k]
			points = append(points, q.at(-q.w/2, -q.h/2), q.at(q.w/2, -q.h/2), q.at(q.w/2, q.h/2), q.at(-q.w/2, q.h/2))
		}
		if len(stack) == 1 {
			out = append(out, quads[i])
		} else {
			out = append(out, around(points, quads[i].along))
		}
	}
	return out
}

func byTop(quads []quad) []int {
	out := make([]int, len(quads))
	for i := range out {
		out[i] = i
	}
	slices.SortFunc(out, func(a, b int) int { return cmp.Compare(quads[a].middle.y, quads[b].middle.y) })
	return out
}

func single(q quad) bool { return q.w < standingRatio*q.h && q.h < standingRatio*q.w }

// below is the single character right below another, -1 when there is none.
func below(quads []quad, taken []bool, i int) int {
	q := quads[i]
	for k, o := range quads {
		gap := o.middle.y - q.middle.y - (o.h+q.h)/2
		if k != i && !taken[k] && single(o) && o.middle.y > q.middle.y &&
			math.Abs(o.middle.x-q.middle.x) < stackAside*q.w && gap < stackGap*q.h {
			return k
		}
	}
	return -1
}

// crowded says whether other writing stands right beside one of a stack: then
// they are the ends or beginnings of lines.
func crowded(quads []quad, stack []int) bool {
	for _, i := range stack {
		q := quads[i]
		for k, o := range quads {
			if !slices.Contains(stack, k) && math.Abs(o.middle.y-q.middle.y) < q.h/2 && math.Abs(o.middle.x-q.middle.x)-(o.w+q.w)/2 < q.w {
				return true
			}
		}
	}
	return false
}
