package ofd

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf16"
)

const (
	boldStroke = 0.03 // of the em: how much a font that is not embedded is thickened
	slant      = 0.21 // of the height: how much it is slanted
)

// text draws a run, glyph by glyph at its place.
func (w *writer) text(r run) {
	fillAlpha, strokeAlpha := 1.0, 1.0
	if r.fill != nil {
		fillAlpha = r.fill.alpha
	}
	if r.stroke != nil {
		strokeAlpha = r.stroke.alpha
	}
	if !w.begin(r.look, fillAlpha, strokeAlpha, "") {
		return
	}
	defer w.end()
	write(&w.body, "cm", r.m[:]...)
	if r.fill != nil {
		w.color(r.fill.parts, false)
	}
	if r.stroke != nil {
		w.color(r.stroke.parts, true)
		w.line(r.line)
	}
	w.body.WriteString("BT\n")
	font, mode := "", -1
	for _, g := range r.glyphs {
		if g.gid == unseen || g.gid < 0 && blank(g.r) {
			continue
		}
		name, code, own := w.glyph(r, g)
		if name == "" {
			continue
		}
		if name != font {
			fmt.Fprintf(&w.body, "/%s 1 Tf\n", name)
			font = name
		}
		if m := textMode(r, own); m != mode {
			w.thicken(r, own)
			write(&w.body, "Tr", float64(m))
			mode = m
		}
		m := shift(g.x, g.y).of(turn(g.turn)).of(matrix{r.size * r.wide, 0, 0, -r.size, 0, 0})
		if !own {
			m = m.of(r.fit(g))
		}
		if r.italic && !own {
			m = m.of(matrix{1, 0, slant, 1, 0, 0})
		}
		write(&w.body, "Tm", m[:]...)
		fmt.Fprintf(&w.body, "<%s> Tj\n", code)
	}
	w.body.WriteString("ET\n")
}

// textMode is PDF's number for filled, drawn, both or neither.
func textMode(r run, own bool) int {
	switch {
	case r.fill != nil && (r.stroke != nil || r.bold && !own):
		return 2
	case r.fill != nil:
		return 0
	case r.stroke != nil:
		return 1
	}
	return 3
}

// thicken sets the stroke that makes a stand-in bold.
func (w *writer) thicken(r run, own bool) {
	if r.bold && !own && r.stroke == nil && r.fill != nil {
		w.color(r.fill.parts, true)
		write(&w.body, "w", r.size*boldStroke)
	}
}

// fit narrows a letter of a stand-in to the room that the document gives it, and
// sets narrow ones in the middle.
func (r run) fit(g glyph) matrix {
	l := r.font.standIn()
	width, ok := l.natural(g.r)
	room := g.advance / (r.size * r.wide)
	switch {
	case ok && room > 0 && width > room:
		return scale(room/width, 1)
	case ok && l.cell && unicode.IsLetter(g.r):
		return shift((room-width)/2, 0)
	}
	return scale(1, 1)
}

// glyph gives the PDF font that draws a character, its code there, and whether
// it is the document's own.
func (w *writer) glyph(r run, g glyph) (name, code string, own bool) {
	if gid, ok := r.font.glyph(g.r, g.gid); ok && w.bears(r.font.face) {
		return w.own(r.font.face), fmt.Sprintf("%04X", r.font.face.code(gid)), true
	}
	if _, ok := r.font.standIn().natural(g.r); ok {
		return w.latin(r.font.standIn().name), fmt.Sprintf("%02X", g.r), false
	}
	var hex strings.Builder
	for _, u := range utf16.Encode([]rune{g.r}) {
		fmt.Fprintf(&hex, "%04X", u)
	}
	return w.han(r.font.serif()), hex.String(), false
}

// code is the character code that leads to a glyph.
func (f *face) code(gid int) int {
	if gid < len(f.cids) {
		return int(f.cids[gid])
	}
	return gid
}

// maxEmbedded bounds the fonts and packed images of one page, in bytes; a font
// of all Han has twenty million.
const maxEmbedded = 100 << 20

// bears says whether a font is embedded or still can be.
func (w *writer) bears(f *face) bool { return w.fonts[f] != "" || len(f.data) <= w.embedded }

// own embeds a font of the document.
func (w *writer) own(f *face) string {
	if w.fonts[f] != "" {
		return w.fonts[f]
	}
	entries, key, kind := fmt.Sprintf("/Length1 %d", len(f.data)), "FontFile2", "CIDFontType2"
	switch f.kind {
	case faceOpenType:
		entries, key, kind = "/Subtype /OpenType", "FontFile3", "CIDFontType0"
	case faceCFF:
		entries, key, kind = "/Subtype /CIDFontType0C", "FontFile3", "CIDFontType0"
	case faceTrueType:
	}
	w.embedded -= len(f.data)
	file := w.file.stream(entries, f.data)
	font := fmt.Sprintf("F%d", len(w.fonts))
	descriptor := w.file.put(fmt.Sprintf("<< /Type /FontDescriptor /FontName /%s /Flags 4 /FontBBox [-1000 -1000 2000 2000] /ItalicAngle 0 /Ascent 880 /Descent -120 /CapHeight 700 /StemV 80 /%s %d 0 R >>", font, key, file))
	down := w.file.put(fmt.Sprintf("<< /Type /Font /Subtype /%s /BaseFont /%s /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> /FontDescriptor %d 0 R /DW 1000 /CIDToGIDMap /Identity >>", kind, font, descriptor))
	w.fonts[f] = w.name("Font", w.file.put(fmt.Sprintf("<< /Type /Font /Subtype /Type0 /BaseFont /%s /Encoding /Identity-H /DescendantFonts [%d 0 R] >>", font, down)))
	return w.fonts[f]
}

// latin is a font of the PDF engine's own.
func (w *writer) latin(name string) string {
	if w.fonts[name] == "" {
		w.fonts[name] = w.name("Font", w.file.put(fmt.Sprintf("<< /Type /Font /Subtype /Type1 /BaseFont /%s /Encoding /WinAnsiEncoding >>", name)))
	}
	return w.fonts[name]
}

// han is a font of this machine: the sandbox is shown its Chinese fonts.
func (w *writer) han(serif bool) string {
	w.borrows = true
	name, flags := "NotoSansCJKsc-Regular", 4
	if serif {
		name, flags = "NotoSerifCJKsc-Regular", 6
	}
	if w.fonts[name] == "" {
		descriptor := w.file.put(fmt.Sprintf("<< /Type /FontDescriptor /FontName /%s /Flags %d /FontBBox [0 -200 1000 900] /ItalicAngle 0 /Ascent 880 /Descent -120 /CapHeight 700 /StemV 80 >>", name, flags))
		down := w.file.put(fmt.Sprintf("<< /Type /Font /Subtype /CIDFontType0 /BaseFont /%s /CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 2 >> /FontDescriptor %d 0 R /DW 1000 >>", name, descriptor))
		w.fonts[name] = w.name("Font", w.file.put(fmt.Sprintf("<< /Type /Font /Subtype /Type0 /BaseFont /%s /Encoding /UniGB-UTF16-H /DescendantFonts [%d 0 R] >>", name, down)))
	}
	return w.fonts[name]
}
