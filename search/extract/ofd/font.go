package ofd

import (
	"slices"
	"strings"
	"unicode"
)

// font is a font of the resources: embedded where its file can be used, else
// drawn with one of this machine or of the PDF engine.
type font struct {
	names        string // name and family, lower case
	bold, italic bool
	pack         *pack
	part         string
	face         *face // nil when there is none that can be used
	tried        bool
}

// newFont takes a font element; nil is a font of which nothing is known.
func newFont(n *node, p *pack, part string) *font {
	names := strings.ToLower(n.attr("FontName") + " " + n.attr("FamilyName"))
	return &font{
		names: names, pack: p, part: part,
		bold:   yes(n.attr("Bold"), strings.Contains(names, "bold")),
		italic: yes(n.attr("Italic"), strings.Contains(names, "italic")),
	}
}

// embedded gives the font's own file, read at first use, or nil.
func (f *font) embedded() *face {
	if f.tried || f.part == "" {
		return f.face
	}
	f.tried = true
	face, known := f.pack.faces[f.part]
	if !known {
		if b, err := f.pack.read(f.part); err == nil {
			face = readFace(b)
		}
		f.pack.faces[f.part] = face
	}
	f.face = face
	return face
}

// glyph is the number of a character in the embedded font: the one given, or by
// the font's own map; ok is false when another font must draw it.
func (f *font) glyph(r rune, gid int) (int, bool) {
	face := f.embedded()
	if face == nil {
		return 0, false
	}
	if gid >= 0 {
		return gid, gid < face.glyphs
	}
	g := face.lookup(r)
	return g, g > 0
}

// advance is how far a character reaches along the line, in ems.
func (f *font) advance(r rune, gid int) float64 {
	if g, ok := f.glyph(r, gid); ok {
		if v, ok := f.face.advance(g); ok {
			return v
		}
	}
	if w, ok := f.standIn().width(r); ok {
		return w
	}
	return emWidth(r)
}

// emWidth is how wide a character is set where no font says: narrow letters
// take half an em, all others a whole one.
func emWidth(r rune) float64 {
	switch {
	case unicode.Is(unicode.Mn, r):
		return 0
	case r < 0x2e80 && !unicode.In(r, unicode.So, unicode.Sm, unicode.Po, unicode.Pd, unicode.Pi, unicode.Pf, unicode.No), r >= 0xff61 && r <= 0xffdc:
		return 0.5
	}
	return 1
}

// extents are the highest and lowest reach of letters in ems, from the
// baseline.
func (f *font) extents() (up, down float64) {
	up, down = 0.88, 0.14
	if face := f.embedded(); face != nil && face.up > 0 {
		up, down = min(max(face.up, 0.8), 1), min(max(face.down, down), 0.3)
	}
	return up, down
}

// latin is a font of the PDF engine's own that draws letters in place of one
// that is not embedded.
type latin struct {
	name   string // of the fourteen that every PDF engine has
	widths string // "" when all letters have 600
	cell   bool   // letters stand in half an em each, as those of Chinese fonts
}

// yen is the one letter beyond ASCII that stand-ins draw: invoices are full of
// it, and Chinese fonts here have it in its wide form.
const yen = 0xa5

// standIn chooses by name.
func (f *font) standIn() latin {
	has := func(parts ...string) bool {
		return slices.ContainsFunc(parts, func(p string) bool { return strings.Contains(f.names, p) })
	}
	switch {
	case has("courier", "consol", "ocr"):
		return latin{name: "Courier"}
	case has("arial", "helvet", "calibri", "tahoma", "verdana", "segoe"):
		return latin{name: "Helvetica", widths: helveticaWidths}
	case has("times", "roman", "cambria", "georgia", "garamond"):
		return latin{name: "Times-Roman", widths: timesWidths}
	case has("hei", "sans", "gothic", "\u9ed1", "\u7b49\u7ebf"):
		return latin{name: "Helvetica", widths: helveticaWidths, cell: true}
	}
	return latin{name: "Times-Roman", widths: timesWidths, cell: true}
}

// serif says whether Han are drawn with serifs.
func (f *font) serif() bool { return f.standIn().name != "Helvetica" }

// natural is the width of a letter as the stand-in draws it, in ems.
func (l latin) natural(r rune) (float64, bool) {
	switch {
	case r != yen && (r < 0x20 || r > 0x7e):
		return 0, false
	case l.widths == "":
		return 0.6, true
	case r == yen:
		r = '0' // as wide as a figure in all of them
	}
	return float64(widthOf(l.widths, int(r-0x20))) / 1000, true
}

// width is how wide a letter is set, in ems.
func (l latin) width(r rune) (float64, bool) {
	w, ok := l.natural(r)
	if ok && l.cell {
		w = 0.5
	}
	return w, ok
}
