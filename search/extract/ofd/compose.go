package ofd

import (
	"fmt"
	"math"
	"strings"
	"unicode"
	"unicode/utf8"

	"diaoyue.example/workstation/search/extract"
)

const (
	// fewCharacters on a page of pictures or outlines make it one for OCR.
	fewCharacters = 8
	// pictureShare of a page covered by pictures makes it a scan.
	pictureShare = 0.5
	// manyOutlines make a page one whose letters are drawn, not written.
	manyOutlines = 60
	// letterSteps is how many steps an outline has that may be a letter.
	letterSteps = 6
	// wordGap, in ems, parts two words; farGap parts two columns.
	wordGap, farGap = 0.25, 1.2
)

// composer makes the text of a page and its boxes. It is a canvas.
type composer struct {
	area     rect
	most     int64 // bytes of text
	out      []byte
	boxes    []extract.Box
	last     spot
	said     map[string]bool // runs of annotations: a watermark is repeated all over the page
	pictures float64         // share of the page
	outlines int
	over     error
}

// spot is where the last visible character stands, in millimetres.
type spot struct {
	r    rune // 0 at the start of a line
	box  rect
	gap  bool // a space was written in the file and waits for the next character
	flat bool // the character stands upright
}

// page is the result.
func (c *composer) page(n int) extract.Page {
	const pointsPerMM = 72 / 25.4
	p := extract.Page{
		N: n, Text: string(c.out), Boxes: c.boxes, Source: extract.SourceText,
		Width: c.area.w * pointsPerMM, Height: c.area.h * pointsPerMM,
	}
	if len(c.boxes) < fewCharacters && (c.pictures > pictureShare || c.outlines >= manyOutlines) {
		p.Source = extract.SourceNone
	}
	return p
}

func (c *composer) picture(p picture) {
	if p.alpha > 0 && !p.blot {
		c.pictures += c.share(p.m.around(rect{0, 0, 1, 1}))
	}
}

// share is the part of the page that a rectangle covers.
func (c *composer) share(r rect) float64 {
	w := min(r.x+r.w, c.area.w) - max(r.x, 0)
	h := min(r.y+r.h, c.area.h) - max(r.y, 0)
	if w <= 0 || h <= 0 {
		return 0
	}
	return w * h / (c.area.w * c.area.h)
}

func (c *composer) shape(s shape) {
	if s.alpha > 0 && len(s.segs) >= letterSteps {
		c.outlines++
	}
}

// text writes a run down. Inside a run the file's order is the reading order;
// between runs their places say what follows what.
func (c *composer) text(r run) {
	if c.over != nil {
		return
	}
	if r.note {
		words := r.words()
		if c.said[words] {
			return
		}
		c.said[words] = true
	}
	up, down := r.font.extents()
	var before *glyph
	for i := range r.glyphs {
		g := &r.glyphs[i]
		if blank(g.r) {
			if unicode.IsSpace(g.r) {
				c.last.gap = true
			}
			continue
		}
		m := r.m.of(shift(g.x, g.y)).of(turn(g.turn))
		body := rect{0, -up * r.size, max(g.advance, 0.1*r.size), (up + down) * r.size}
		if r.italic {
			body.x -= slant * down * r.size
			body.w += slant * body.h
		}
		now := spot{r: g.r, box: m.around(body), flat: upright(m)}
		if before != nil {
			c.within(r, before, g)
		} else {
			c.between(now, r.size*math.Hypot(r.m[2], r.m[3]))
		}
		c.write(now)
		before = g
		if int64(len(c.out)) > c.most {
			c.over = fmt.Errorf("more than %d bytes of text on a page: %w", c.most, extract.ErrLimit)
			return
		}
	}
}

// blank says whether a character leaves no ink: spaces and marks of format.
// Private characters are ink, and tell that a page needs OCR.
func blank(r rune) bool { return unicode.IsSpace(r) || unicode.In(r, unicode.Cf, unicode.Cc) }

func (r run) words() string {
	var b strings.Builder
	for _, g := range r.glyphs {
		b.WriteRune(g.r)
	}
	return b.String()
}

// upright says whether a space is neither turned nor slanted.
func upright(m matrix) bool {
	return math.Abs(m[1]) < 0.01*math.Abs(m[0]) && math.Abs(m[2]) < 0.01*math.Abs(m[3])
}

// within begins a line where a run itself turns back and down.
func (c *composer) within(r run, a, b *glyph) {
	if b.x < a.x-0.5*r.size && math.Abs(b.y-a.y) > 0.5*r.size {
		c.newline()
	}
}

// between decides what stands between two runs: nothing, a space or a line
// break.
func (c *composer) between(now spot, em float64) {
	l := c.last
	if l.r == 0 {
		return
	}
	overlap := min(l.box.y+l.box.h, now.box.y+now.box.h) - max(l.box.y, now.box.y)
	gap := now.box.x - (l.box.x + l.box.w)
	if !l.flat || !now.flat || overlap < 0.5*min(l.box.h, now.box.h) || gap < -0.5*em {
		c.newline()
		return
	}
	if gap > farGap*em {
		c.out = append(c.out, ' ')
		c.last.gap = false
	} else if gap > wordGap*em {
		c.last.gap = true
	}
}

func (c *composer) newline() {
	if len(c.out) > 0 && c.out[len(c.out)-1] != '\n' {
		c.out = append(c.out, '\n')
	}
	c.last = spot{}
}

// write appends a character and its box. Spaces between Han are dropped, as
// those of a PDF are: nobody seeks them.
func (c *composer) write(now spot) {
	if c.last.gap && c.last.r != 0 && (!solid(c.last.r) || !solid(now.r)) {
		c.out = append(c.out, ' ')
	}
	b := extract.Box{Text: string(now.r), Start: len(c.out)}
	c.out = utf8.AppendRune(c.out, now.r)
	b.End = len(c.out)
	x0, y0 := clamp(now.box.x/c.area.w), clamp(now.box.y/c.area.h)
	b.X, b.Y = x0, y0
	b.W, b.H = clamp((now.box.x+now.box.w)/c.area.w)-x0, clamp((now.box.y+now.box.h)/c.area.h)-y0
	c.boxes = append(c.boxes, b)
	c.last = now
}

func clamp(v float64) float64 { return min(max(v, 0), 1) }

// solid says whether r is written without spaces around it.
func solid(r rune) bool {
	return unicode.Is(unicode.Han, r) || r >= 0x3000 && r <= 0x303f || r >= 0xff00 && r <= 0xffef
}
