package ofd

import (
	"math"
	"slices"
	"strconv"
	"strings"
)

// paint is what fills or draws a mark: one colour, or colours that change along
// a line or between two circles.
type paint struct {
	tint
	gradient *gradient
}

// tint is of one part (grey), three (RGB) or four (CMYK), each 0 to 1.
type tint struct {
	parts []float64
	alpha float64
}

func black() *paint { return &paint{tint: tint{parts: []float64{0}, alpha: 1}} }

// gradient is an axial or radial change of colour, in the object's space after m.
type gradient struct {
	m              matrix
	radial         bool
	x0, y0, r0     float64
	x1, y1, r1     float64
	stops          []stop
	before, beyond bool // whether the first and last colours go on
}

type stop struct {
	at    float64
	color tint
}

// paint reads a colour element; none is black.
func (w *walker) paint(n *node, at scope) *paint {
	if n == nil {
		return black()
	}
	p := &paint{tint: readColor(n, at.res)}
	for _, k := range n.kids {
		switch k.name {
		case "AxialShd", "RadialShd":
			if g := readGradient(k, at.res); g != nil {
				p.gradient = g
				p.parts = g.stops[0].color.parts
			}
		case "GouraudShd", "LaGouraudShd":
			p.parts = mean(k, at.res)
		}
	}
	return p
}

// readColor reads value, space and opacity.
func readColor(n *node, res *resources) tint {
	c := tint{parts: []float64{0}, alpha: alpha(n.attr("Alpha"))}
	space := res.thing("ColorSpace", n.attr("ColorSpace"))
	value := n.attr("Value")
	if value == "" && n.attr("Index") != "" {
		entries := space.kid("Palette").all("CV")
		if i, err := strconv.Atoi(n.attr("Index")); err == nil && i >= 0 && i < len(entries) {
			value = entries[i].words()
		}
	}
	if value == "" {
		return c
	}
	bits := min(max(numberOr(space.attr("BitsPerComponent"), 8), 1), 16)
	full := math.Exp2(bits) - 1
	var parts []float64
	for _, f := range fields(value) {
		v := numberOr(f, 0)
		if hex, ok := strings.CutPrefix(f, "#"); ok {
			u, err := strconv.ParseUint(hex, 16, 32)
			if err != nil {
				u = 0
			}
			v = float64(u)
		}
		parts = append(parts, min(max(v/full, 0), 1))
	}
	switch len(parts) {
	case 1, 3, 4:
		c.parts = parts
	}
	return c
}

func readGradient(n *node, res *resources) *gradient {
	from, to := append(numbers(n.attr("StartPoint")), 0, 0), append(numbers(n.attr("EndPoint")), 0, 0)
	g := &gradient{
		m: scale(1, 1), radial: n.name == "RadialShd",
		x0: from[0], y0: from[1], x1: to[0], y1: to[1],
		r0: max(numberOr(n.attr("StartRadius"), 0), 0), r1: max(numberOr(n.attr("EndRadius"), 0), 0),
	}
	extend := int(numberOr(n.attr("Extend"), 0))
	g.before, g.beyond = extend&1 != 0, extend&2 != 0
	if e := numberOr(n.attr("Eccentricity"), 0); g.radial && e > 0 && e < 1 {
		tilt := numberOr(n.attr("Angle"), 0)
		g.m = shift(g.x0, g.y0).of(turn(tilt)).of(scale(1, math.Sqrt(1-e*e))).of(turn(-tilt)).of(shift(-g.x0, -g.y0))
	}
	for _, s := range n.all("Segment") {
		if k := s.kid("Color"); k != nil {
			g.stops = append(g.stops, stop{min(max(numberOr(s.attr("Position"), float64(len(g.stops))), 0), 1), readColor(k, res)})
		}
	}
	slices.SortStableFunc(g.stops, func(a, b stop) int {
		switch {
		case a.at < b.at:
			return -1
		case a.at > b.at:
			return 1
		}
		return 0
	})
	if len(g.stops) == 0 {
		return nil
	}
	for i := range g.stops { // one function needs colours of one kind
		g.stops[i].color.parts = rgb(g.stops[i].color.parts)
	}
	return g
}

// mean is the middle colour of a mesh: meshes are drawn flat.
func mean(n *node, res *resources) []float64 {
	sum, count := make([]float64, 3), 0.0
	for _, p := range n.all("Point") {
		if k := p.kid("Color"); k != nil {
			for i, v := range rgb(readColor(k, res).parts) {
				sum[i] += v
			}
			count++
		}
	}
	if count == 0 {
		return []float64{0}
	}
	for i := range sum {
		sum[i] /= count
	}
	return sum
}

// rgb is a colour in three parts.
func rgb(parts []float64) []float64 {
	switch len(parts) {
	case 3:
		return parts
	case 4:
		k := 1 - parts[3]
		return []float64{(1 - parts[0]) * k, (1 - parts[1]) * k, (1 - parts[2]) * k}
	case 1:
		return []float64{parts[0], parts[0], parts[0]}
	}
	return []float64{0, 0, 0}
}

// maxTiles bounds how often a pattern is repeated.
const maxTiles = 4000

// tiles fills a shape with a pattern by drawing its cell again and again.
func (w *walker) tiles(n *node, s shape, at scope) {
	cell := n.kid("CellContent")
	width, height := numberOr(n.attr("Width"), 0), numberOr(n.attr("Height"), 0)
	across, down := max(numberOr(n.attr("XStep"), width), width), max(numberOr(n.attr("YStep"), height), height)
	if cell == nil || across <= 0 || down <= 0 {
		return
	}
	area := extent(s.segs)
	cut := clip{segs: moved(s.segs, at.m), evenOdd: s.evenOdd}
	at.clips = append(slices.Clip(at.clips), cut)
	at.param = nil
	at.m = at.m.of(readMatrix(n.attr("CTM")))
	left, top := math.Floor(area.x/across)*across, math.Floor(area.y/down)*down
	columns, rows := math.Ceil(area.w/across)+1, math.Ceil(area.h/down)+1
	if columns*rows > maxTiles {
		return
	}
	for row := range int(rows) {
		for column := range int(columns) {
			inner := at
			inner.m = at.m.of(shift(left+float64(column)*across, top+float64(row)*down))
			w.block(cell, inner)
		}
	}
}
