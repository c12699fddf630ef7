package ofd

import (
	"fmt"
	"math"
	"strings"

	"diaoyue.example/workstation/search/extract"
)

// segment is one step of an outline.
type segment struct {
	op byte // 'm' move, 'l' line, 'c' cubic curve, 'h' close
	p  [6]float64
}

const (
	// maxSegments bounds one outline.
	maxSegments = 500_000
	// segmentsPerStep is how many cost the walker as much as an element.
	segmentsPerStep = 8
)

// outline reads the AbbreviatedData in an element. An outline that is too long
// ends the walk: half of it would be shown as if it were the whole.
func (w *walker) outline(n *node) []segment {
	segs := outline(n.kid("AbbreviatedData").words())
	w.steps += len(segs) / segmentsPerStep
	if w.err == nil {
		w.err = w.ctx.Err()
	}
	if len(segs) >= maxSegments && w.err == nil {
		w.err = fmt.Errorf("an outline of more than %d steps: %w", maxSegments, extract.ErrLimit)
	}
	return segs
}

// outline reads steps. What it does not understand ends it: the steps before
// still stand.
func outline(s string) []segment {
	f := fields(s)
	var out []segment
	x, y := 0.0, 0.0
	for i := 0; i < len(f) && len(out) < maxSegments; {
		op := f[i]
		k := operands(op)
		if k < 0 || i+1+k > len(f) {
			break
		}
		var v [7]float64
		for j := range k {
			v[j] = numberOr(f[i+1+j], 0)
		}
		i += 1 + k
		if len(out) == 0 && op != "M" && op != "S" {
			out = append(out, segment{op: 'm'})
		}
		switch op {
		case "S", "M":
			out = append(out, segment{'m', [6]float64{v[0], v[1]}})
			x, y = v[0], v[1]
		case "L":
			out = append(out, segment{'l', [6]float64{v[0], v[1]}})
			x, y = v[0], v[1]
		case "Q":
			out = append(out, segment{'c', [6]float64{
				x + (v[0]-x)*2/3, y + (v[1]-y)*2/3, v[2] + (v[0]-v[2])*2/3, v[3] + (v[1]-v[3])*2/3, v[2], v[3],
			}})
			x, y = v[2], v[3]
		case "B":
			out = append(out, segment{'c', [6]float64(v[:6])})
			x, y = v[4], v[5]
		case "A":
			out = append(out, arc(x, y, v)...)
			x, y = v[5], v[6]
		case "C":
			out = append(out, segment{op: 'h'})
		}
	}
	return out
}

// operands is how many numbers an operator takes, -1 when there is no such
// operator.
func operands(op string) int {
	switch op {
	case "S", "M", "L":
		return 2
	case "Q":
		return 4
	case "B":
		return 6
	case "A":
		return 7
	case "C":
		return 0
	}
	return -1
}

// arc is a part of an ellipse as cubic curves. v holds the radii, the angle of
// the ellipse in degrees, whether the large arc, whether clockwise, and the end.
// The computation is that of SVG 1.1, appendix F.6.
func arc(x0, y0 float64, v [7]float64) []segment {
	rx, ry, x1, y1 := math.Abs(v[0]), math.Abs(v[1]), v[5], v[6]
	if rx == 0 || ry == 0 || x0 == x1 && y0 == y1 {
		return []segment{{'l', [6]float64{x1, y1}}}
	}
	tilt := turn(v[2])
	back := turn(-v[2])
	px, py := back.at((x0-x1)/2, (y0-y1)/2)
	if l := px*px/(rx*rx) + py*py/(ry*ry); l > 1 {
		rx, ry = rx*math.Sqrt(l), ry*math.Sqrt(l)
	}
	d := rx*rx*py*py + ry*ry*px*px
	k := math.Sqrt(max(0, (rx*rx*ry*ry-d)/d))
	if (v[3] != 0) == (v[4] != 0) {
		k = -k
	}
	cx, cy := k*rx*py/ry, -k*ry*px/rx
	from := math.Atan2((py-cy)/ry, (px-cx)/rx)
	sweep := math.Atan2((-py-cy)/ry, (-px-cx)/rx) - from
	if v[4] != 0 && sweep < 0 {
		sweep += 2 * math.Pi
	}
	if v[4] == 0 && sweep > 0 {
		sweep -= 2 * math.Pi
	}
	mx, my := tilt.at(cx, cy)
	place := shift(mx+(x0+x1)/2, my+(y0+y1)/2).of(tilt).of(scale(rx, ry))
	parts := int(math.Ceil(math.Abs(sweep)/(math.Pi/2) - 1e-9))
	parts = max(parts, 1)
	step := sweep / float64(parts)
	h := 4.0 / 3 * math.Tan(step/4)
	var out []segment
	for i := range parts {
		a, b := from+float64(i)*step, from+float64(i+1)*step
		s := segment{op: 'c'}
		s.p[0], s.p[1] = place.at(math.Cos(a)-h*math.Sin(a), math.Sin(a)+h*math.Cos(a))
		s.p[2], s.p[3] = place.at(math.Cos(b)+h*math.Sin(b), math.Sin(b)-h*math.Cos(b))
		s.p[4], s.p[5] = place.at(math.Cos(b), math.Sin(b))
		out = append(out, s)
	}
	return out
}

// moved maps an outline.
func moved(segs []segment, m matrix) []segment {
	out := make([]segment, len(segs))
	for i, s := range segs {
		out[i].op = s.op
		for j := 0; j < 6; j += 2 {
			out[i].p[j], out[i].p[j+1] = m.at(s.p[j], s.p[j+1])
		}
	}
	return out
}

// points is how many coordinate pairs of a segment count.
func (s segment) points() int {
	switch s.op {
	case 'm', 'l':
		return 1
	case 'c':
		return 3
	}
	return 0
}

// extent is the rectangle around an outline's points.
func extent(segs []segment) rect {
	x0, y0, x1, y1 := math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)
	for _, s := range segs {
		for j := range s.points() {
			x, y := s.p[2*j], s.p[2*j+1]
			x0, y0, x1, y1 = min(x0, x), min(y0, y), max(x1, x), max(y1, y)
		}
	}
	if x0 > x1 {
		return rect{}
	}
	return rect{x0, y0, x1 - x0, y1 - y0}
}

// path draws a path object.
func (w *walker) path(n *node, at scope) {
	s := shape{
		look: at.look(), segs: w.outline(n),
		line: readLine(at.param), evenOdd: evenOdd(n),
	}
	if len(s.segs) == 0 {
		return
	}
	if yes(at.param.attr("Fill"), false) {
		fill := at.param.kid("FillColor")
		if pattern := fill.kid("Pattern"); pattern != nil {
			w.tiles(pattern, s, at)
		} else {
			s.fill = w.paint(fill, at)
		}
	}
	if yes(at.param.attr("Stroke"), true) {
		s.stroke = w.paint(at.param.kid("StrokeColor"), at)
	}
	if s.fill != nil || s.stroke != nil {
		w.to.shape(s)
	}
}

func evenOdd(n *node) bool { return strings.EqualFold(n.attr("Rule"), "Even-Odd") }

// readLine reads how strokes are drawn; widths in the object's units.
func readLine(p params) line {
	l := line{
		width: max(numberOr(p.attr("LineWidth"), 0.353), 0), miter: numberOr(p.attr("MiterLimit"), 3.528),
		offset: numberOr(p.attr("DashOffset"), 0),
	}
	l.cap = map[string]int{"Round": 1, "Square": 2}[p.attr("Cap")]
	l.join = map[string]int{"Round": 1, "Bevel": 2}[p.attr("Join")]
	sum := 0.0
	for _, v := range numbers(p.attr("DashPattern")) {
		l.dash = append(l.dash, max(v, 0))
		sum += max(v, 0)
	}
	if sum <= 0 {
		l.dash = nil
	}
	return l
}

// clips reads what an object is cut to. The outlines stand in the object's own
// space, or, with TransFlag false, in that of its boundary's corner. Areas of
// text cut nothing: rather too much is shown than too little.
func (w *walker) clips(n *node, outer, inner matrix) []clip {
	if n == nil {
		return nil
	}
	space := inner
	if !yes(n.attr("TransFlag"), true) {
		space = outer
	}
	var out []clip
	for _, c := range n.all("Clip") {
		var all clip
		whole := false
		for _, area := range c.all("Area") {
			p := area.kid("Path")
			segs := w.outline(p)
			if !w.step() || len(segs) == 0 {
				whole = true
				continue
			}
			all.segs = append(all.segs, moved(segs, space.of(readMatrix(area.attr("CTM"))).of(frame(p)))...)
			all.evenOdd = evenOdd(p)
		}
		if !whole && len(all.segs) > 0 {
			out = append(out, all)
		}
	}
	return out
}
