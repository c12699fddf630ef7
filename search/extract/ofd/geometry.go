package ofd

import (
	"math"
	"strconv"
	"strings"
)

// far bounds every number read, in millimetres or any other unit: no sheet of
// paper has ten kilometres.
const far = 1e7

// number reads one finite number; ok is false for anything else.
func number(s string) (v float64, ok bool) {
	v, err := strconv.ParseFloat(strings.TrimSpace(s), 64)
	if err != nil || math.IsNaN(v) || math.Abs(v) > far {
		return 0, false
	}
	return v, true
}

// numberOr is number with a default.
func numberOr(s string, def float64) float64 {
	if v, ok := number(s); ok {
		return v
	}
	return def
}

// yes reads a truth value, as XML and as producers write it.
func yes(s string, def bool) bool {
	switch strings.ToLower(strings.TrimSpace(s)) {
	case "true", "1":
		return true
	case "false", "0":
		return false
	}
	return def
}

// numbers reads a list; what is no number counts as 0, so that those after it
// keep their places.
func numbers(s string) []float64 {
	var out []float64
	for _, f := range fields(s) {
		out = append(out, numberOr(f, 0))
	}
	return out
}

// maxFields bounds one list: a longer one would cost more memory than the part
// that it stands in.
const maxFields = 4_000_000

func fields(s string) []string {
	var out []string
	for f := range strings.FieldsFuncSeq(s, func(r rune) bool { return r == ' ' || r == ',' || r == '\t' || r == '\n' || r == '\r' }) {
		if len(out) == maxFields {
			break
		}
		out = append(out, f)
	}
	return out
}

// rect is a rectangle by its upper left corner.
type rect struct{ x, y, w, h float64 }

// readRect reads "x y w h"; ok is false when a number is missing or a side is
// negative.
func readRect(s string) (r rect, ok bool) {
	v := numbers(s)
	if len(v) < 4 || v[2] < 0 || v[3] < 0 {
		return rect{}, false
	}
	return rect{v[0], v[1], v[2], v[3]}, true
}

// matrix is an affine map: x' = a·x + c·y + e, y' = b·x + d·y + f.
type matrix [6]float64

func shift(x, y float64) matrix { return matrix{1, 0, 0, 1, x, y} }

func scale(x, y float64) matrix { return matrix{x, 0, 0, y, 0, 0} }

func turn(degrees float64) matrix {
	sin, cos := math.Sincos(degrees * math.Pi / 180)
	return matrix{cos, sin, -sin, cos, 0, 0}
}

// of is the map that does n first, then m.
func (m matrix) of(n matrix) matrix {
	return matrix{
		m[0]*n[0] + m[2]*n[1], m[1]*n[0] + m[3]*n[1],
		m[0]*n[2] + m[2]*n[3], m[1]*n[2] + m[3]*n[3],
		m[0]*n[4] + m[2]*n[5] + m[4], m[1]*n[4] + m[3]*n[5] + m[5],
	}
}

func (m matrix) at(x, y float64) (float64, float64) {
	return m[0]*x + m[2]*y + m[4], m[1]*x + m[3]*y + m[5]
}

// around is the upright rectangle around the image of r.
func (m matrix) around(r rect) rect {
	x0, y0, x1, y1 := math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)
	for _, p := range [][2]float64{{r.x, r.y}, {r.x + r.w, r.y}, {r.x, r.y + r.h}, {r.x + r.w, r.y + r.h}} {
		x, y := m.at(p[0], p[1])
		x0, y0, x1, y1 = min(x0, x), min(y0, y), max(x1, x), max(y1, y)
	}
	return rect{x0, y0, x1 - x0, y1 - y0}
}

// readMatrix reads a CTM; none changes nothing.
func readMatrix(s string) matrix {
	v := numbers(s)
	if len(v) != 6 {
		return scale(1, 1)
	}
	return matrix(v)
}

// corner is the space whose origin is the corner of an object's boundary.
func corner(n *node) matrix {
	at := append(numbers(n.attr("Boundary")), 0, 0)
	return shift(at[0], at[1])
}

// frame is the space of an object inside that of its container: its CTM, then
// the corner of its boundary.
func frame(n *node) matrix {
	return corner(n).of(readMatrix(n.attr("CTM")))
}
