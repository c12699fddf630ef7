package ofd

// canvas receives what a page shows, in drawing order. Matrices lead to
// millimetres of the page, origin at its upper left corner.
type canvas interface {
	text(run)
	shape(shape)
	picture(picture)
}

// look is what all marks have in common.
type look struct {
	m     matrix
	alpha float64 // 0 (unseen) to 1
	clips []clip  // all of them hold
	note  bool    // of an annotation or a seal, not of the page itself
}

// clip is an outline outside which nothing is drawn; its segments are in page
// space already.
type clip struct {
	segs    []segment
	evenOdd bool
}

// run is the glyphs of one text object.
type run struct {
	look
	font         *font
	size, wide   float64 // of the em, in the object's units; wide is a factor across
	fill, stroke *paint  // nil is none
	line         line
	bold, italic bool
	glyphs       []glyph
}

// glyph is one character at its place, in the object's space.
type glyph struct {
	r       rune
	gid     int     // in the embedded font; byRune takes the font's own map, unseen is drawn with another
	x, y    float64 // of its origin on the baseline
	turn    float64 // degrees, clockwise
	advance float64 // along the line: how far the next may be away, not more than the glyph's own
}

const (
	byRune = -1
	unseen = -2
)

// shape is an outline, filled or drawn.
type shape struct {
	look
	segs         []segment
	fill, stroke *paint
	line         line
	evenOdd      bool
}

// line is how strokes are drawn.
type line struct {
	width, miter, offset float64
	cap, join            int // as PDF numbers them: butt or miter, round, square or bevel
	dash                 []float64
}

// picture is the unit square filled with an image; the square's corner (0, 0)
// is the upper left of the image.
type picture struct {
	look
	pack *pack
	part string // of pack; "" when the document lacks it
	data []byte // instead of a part: the picture of a seal
	blot bool   // a stamp: white lets through what lies below
}

// load gives the bytes of the image.
func (p picture) load() ([]byte, error) {
	if p.data != nil {
		return p.data, nil
	}
	return p.pack.read(p.part)
}
