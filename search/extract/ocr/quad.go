package ocr

import (
	"cmp"
	"math"
	"slices"
)

type point struct{ x, y float64 }

// quad is a rectangle that may lie askew: its middle, the direction of its
// width (a unit vector: that of reading), and its sides in pixels.
type quad struct {
	middle point
	along  point
	w, h   float64
}

// down is the direction of the height.
func (q quad) down() point { return point{-q.along.y, q.along.x} }

// at is the point of the page at u along the width and v down the height, both
// from the middle.
func (q quad) at(u, v float64) point {
	d := q.down()
	return point{q.middle.x + u*q.along.x + v*d.x, q.middle.y + u*q.along.y + v*d.y}
}

// angle to the right, in radians, clockwise on the page.
func (p point) angle() float64 { return math.Atan2(p.y, p.x) }

// standing says whether it is rather a column than a line.
func (q quad) standing() bool { return q.h >= standingRatio*q.w }

// standingRatio is from which height per width a box is a column.
const standingRatio = 1.5

// grown moves every side outwards.
func (q quad) grown(by float64) quad {
	q.w, q.h = q.w+2*by, q.h+2*by
	return q
}

// scaled is the same rectangle on a page of another size.
func (q quad) scaled(fx, fy float64) quad {
	half := q.down()
	a := point{q.along.x * q.w * fx, q.along.y * q.w * fy}
	d := point{half.x * q.h * fx, half.y * q.h * fy}
	w, h := math.Hypot(a.x, a.y), math.Hypot(d.x, d.y)
	return quad{middle: point{q.middle.x * fx, q.middle.y * fy}, along: point{a.x / w, a.y / w}, w: w, h: h}
}

// bounds is the upright rectangle around it.
func (q quad) bounds() (x0, y0, x1, y1 float64) {
	x0, y0, x1, y1 = math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)
	for _, c := range [4]point{q.at(-q.w/2, -q.h/2), q.at(q.w/2, -q.h/2), q.at(q.w/2, q.h/2), q.at(-q.w/2, q.h/2)} {
		x0, y0, x1, y1 = min(x0, c.x), min(y0, c.y), max(x1, c.x), max(y1, c.y)
	}
	return x0, y0, x1, y1
}

// around is the rectangle in this direction around all points.
func around(points []point, along point) quad {
	down := point{-along.y, along.x}
	u0, v0, u1, v1 := math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)
	for _, p := range points {
		u, v := p.x*along.x+p.y*along.y, p.x*down.x+p.y*down.y
		u0, v0, u1, v1 = min(u0, u), min(v0, v), max(u1, u), max(v1, v)
	}
	u, v := (u0+u1)/2, (v0+v1)/2
	return quad{
		middle: point{u*along.x + v*down.x, u*along.y + v*down.y},
		along:  along, w: u1 - u0, h: v1 - v0,
	}
}

// smallest is the rectangle of least area around the points of a convex hull:
// it has a side in common with the hull.
func smallest(hull []point) quad {
	best, area := around(hull, point{1, 0}), math.Inf(1)
	for i, p := range hull {
		n := hull[(i+1)%len(hull)]
		length := math.Hypot(n.x-p.x, n.y-p.y)
		if length == 0 {
			continue
		}
		q := around(hull, rightwards(point{(n.x - p.x) / length, (n.y - p.y) / length}))
		if a := q.w * q.h; a < area {
			best, area = q, a
		}
	}
	return best
}

// rightwards turns a direction by quarters until it is within 45° of the right.
func rightwards(p point) point {
	for range 3 {
		if p.x > 0 && math.Abs(p.y) <= p.x {
			break
		}
		p = point{-p.y, p.x}
	}
	return p
}

// hullOf is the convex hull, by Andrew's monotone chain. It sorts the points.
func hullOf(points []point) []point {
	slices.SortFunc(points, func(a, b point) int { return cmp.Or(cmp.Compare(a.x, b.x), cmp.Compare(a.y, b.y)) })
	points = slices.Compact(points)
	if len(points) < 3 {
		return points
	}
	half := func(ps []point) []point {
		var chain []point
		for _, p := range ps {
			for len(chain) > 1 && cross(chain[len(chain)-2], chain[len(chain)-1], p) <= 0 {
				chain = chain[:len(chain)-1]
			}
			chain = append(chain, p)
		}
		return chain[:len(chain)-1]
	}
	lower := half(points)
	slices.Reverse(points)
	return append(lower, half(points)...)
}

func cross(o, a, b point) float64 { return (a.x-o.x)*(b.y-o.y) - (a.y-o.y)*(b.x-o.x) }
