package ofd

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode"

	"diaoyue.example/workstation/search/extract"
)

// maxCode bounds one piece of text, in bytes.
const maxCode = 4 << 20

// boldFrom is the weight from which a font that is not embedded is drawn bold.
const boldFrom = 600

// text draws a text object.
func (w *walker) text(n *node, at scope) {
	r := run{
		look: at.look(), font: at.res.font(n.attr("Font")),
		size: numberOr(n.attr("Size"), 0), wide: numberOr(at.param.attr("HScale"), 1),
	}
	if r.size <= 0 {
		return
	}
	if r.wide <= 0 {
		r.wide = 1
	}
	if r.font == nil {
		r.font = newFont(nil, at.res.pack, "")
	}
	if yes(at.param.attr("Fill"), true) {
		r.fill = w.paint(at.param.kid("FillColor"), at)
	}
	if yes(at.param.attr("Stroke"), false) {
		r.stroke = w.paint(at.param.kid("StrokeColor"), at)
	}
	r.line = readLine(at.param)
	r.bold = numberOr(n.attr("Weight"), 400) >= boldFrom || r.font.bold
	r.italic = yes(n.attr("Italic"), false) || r.font.italic
	if r.glyphs = w.glyphs(n, r.font, r.size*r.wide); len(r.glyphs) > 0 {
		w.to.text(r)
	}
}

// glyphs sets the characters of a text object, whose em is wide across.
func (w *walker) glyphs(n *node, f *font, wide float64) []glyph {
	given := w.glyphNumbers(n)
	along, tilt := turn(numberOr(n.attr("ReadDirection"), 0)), numberOr(n.attr("CharDirection"), 0)
	var out []glyph
	x, y := 0.0, 0.0
	for _, tc := range n.all("TextCode") {
		x, y = numberOr(tc.attr("X"), x), numberOr(tc.attr("Y"), y)
		if len(tc.text) > maxCode {
			w.err = fmt.Errorf("%d bytes in one text: %w", len(tc.text), extract.ErrLimit)
			return nil
		}
		text := []rune(trimmed(string(tc.text)))
		dx, dy := deltas(tc.attr("DeltaX"), len(text)), deltas(tc.attr("DeltaY"), len(text))
		for i, c := range text {
			if !w.step() {
				return nil
			}
			g := glyph{r: c, gid: byRune, x: x, y: y, turn: tilt}
			if v, ok := given[len(out)]; ok {
				g.gid = v
			}
			g.advance = f.advance(c, g.gid) * wide
			sx, sy := along.at(g.advance, 0)
			if i < len(dx) || i < len(dy) {
				sx, sy = at(dx, i), at(dy, i)
				// A narrow pitch overrules what the font says: the next character must not lie in this one's box.
				if pitch := math.Hypot(sx, sy); pitch > 0 {
					g.advance = min(g.advance, pitch)
				}
			}
			x, y = x+sx, y+sy
			out = append(out, g)
		}
	}
	return out
}

// at is the i-th step, 0 beyond the last.
func at(steps []float64, i int) float64 {
	if i < len(steps) {
		return steps[i]
	}
	return 0
}

// trimmed takes the line breaks and indents away that printing the XML put
// around a text.
func trimmed(s string) string {
	if strings.ContainsAny(s, "\r\n\t") {
		s = strings.TrimSpace(s)
	}
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return -1
		}
		return r
	}, s)
}

// deltas reads steps between characters; "g n v" is n times v. Not more than
// max are given.
func deltas(s string, most int) []float64 {
	var out []float64
	f := fields(s)
	for i := 0; i < len(f) && len(out) < most; i++ {
		if f[i] != "g" || i+2 >= len(f) {
			out = append(out, numberOr(f[i], 0))
			continue
		}
		n, err := strconv.Atoi(f[i+1])
		if err != nil {
			n = 0
		}
		v := numberOr(f[i+2], 0)
		for range min(n, most-len(out)) {
			out = append(out, v)
		}
		i += 2
	}
	return out
}

// glyphNumbers reads which glyph of the embedded font each character takes, by
// its place in the text object. Where several characters share a glyph, those
// after the first are unseen.
func (w *walker) glyphNumbers(n *node) map[int]int {
	out := map[int]int{}
	for _, t := range n.all("CGTransform") {
		from := int(numberOr(t.attr("CodePosition"), 0))
		codes, glyphs := int(numberOr(t.attr("CodeCount"), 1)), numbers(t.kid("Glyphs").words())
		for i, g := range glyphs {
			if w.step() && g >= 0 && g <= math.MaxUint16 {
				out[from+i] = int(g)
			}
		}
		for i := len(glyphs); len(glyphs) > 0 && i < codes && w.step(); i++ {
			out[from+i] = unseen
		}
	}
	return out
}
