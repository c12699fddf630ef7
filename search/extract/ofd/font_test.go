package ofd_test

import (
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/sfnt"

	"diaoyue.example/workstation/search/extract"
	"diaoyue.example/workstation/search/extract/ofd"
)

// embedded is a page whose text is set in this font file, with glyph numbers or
// without.
func embedded(font, text, glyphs string) parts {
	if glyphs != "" {
		glyphs = fmt.Sprintf(`<ofd:CGTransform CodePosition="0" CodeCount="9" GlyphCount="9"><ofd:Glyphs>%s</ofd:Glyphs></ofd:CGTransform>`, glyphs)
	}
	return sample(`<ofd:TextObject Boundary="5 20 90 30" Font="6" Size="20">`+glyphs+`<ofd:TextCode X="0" Y="20">`+text+`</ofd:TextCode></ofd:TextObject>`).
		with("Doc_0/PublicRes.xml", resources(`<ofd:Fonts><ofd:Font ID="6" FontName="x"><ofd:FontFile>a.ttf</ofd:FontFile></ofd:Font></ofd:Fonts>`)).
		with("Doc_0/Res/a.ttf", font)
}

// TestTrueType sets a text without glyph numbers: glyphs come from the font's
// map, places from its widths.
func TestTrueType(t *testing.T) {
	doc := mustOpen(t, format(t, extract.Limits{}), embedded(string(goregular.TTF), "Wil", ""))
	p := read(t, doc, 1)
	if p.Text != "Wil" || p.Boxes[0].W < 2*p.Boxes[1].W || p.Boxes[1].X < p.Boxes[0].X+p.Boxes[0].W-0.001 {
		t.Errorf("%+v", p)
	}
	img := shown(t, doc, 1, 1000)
	for _, b := range p.Boxes {
		if flat(img, b) {
			t.Errorf("nothing is drawn for %q", b.Text)
		}
	}
	// The same letters by their numbers, under other names: what is drawn follows the numbers, what is found the names.
	var buf sfnt.Buffer
	f, err := sfnt.Parse(goregular.TTF)
	if err != nil {
		t.Fatal(err)
	}
	other := mustOpen(t, format(t, extract.Limits{}), embedded(string(goregular.TTF), "\u67e5\u5c01\u5e93", numbersOf(t, f, &buf, "Wil")))
	if d := difference(img, shown(t, other, 1, 1000)); d > 0 {
		t.Errorf("%d pixels differ when glyphs are named by number", d)
	}
	if p := read(t, other, 1); p.Text != "查封库" {
		t.Errorf("text %q", p.Text)
	}
}

// TestUnusableFont falls back to a font of this machine.
func TestUnusableFont(t *testing.T) {
	needFont(t)
	f := format(t, extract.Limits{})
	for name, font := range map[string]string{"cut": string(goregular.TTF[:300]), "no font": "hello", "empty": ""} {
		doc := mustOpen(t, f, embedded(font, "查W", "5 6"))
		img := shown(t, doc, 1, 600)
		for _, b := range read(t, doc, 1).Boxes {
			if flat(img, b) {
				t.Errorf("%s: nothing is drawn for %q", name, b.Text)
			}
		}
	}
}

// TestNoFontIsNamed asks for Chinese that nothing here can draw.
func TestNoFontIsNamed(t *testing.T) {
	f := ofd.New(inspector{t}, []string{filepath.Join(t.TempDir(), "none.ttc")}, extract.Limits{})
	if _, err := mustOpen(t, f, sample(line("10", "10", code("", "\u67e5")))).Render(t.Context(), 1, 100); !errors.Is(err, extract.ErrNoFont) {
		t.Errorf("%v, want ErrNoFont", err)
	}
	if _, err := mustOpen(t, f, sample(line("10", "10", code("", "A")))).Render(t.Context(), 1, 100); !errors.Is(err, errInspected) {
		t.Errorf("letters that need no such font: %v", err)
	}
}

// TestCFF sets the same Han with an OpenType file and with the bare CFF in it,
// whose glyphs are keyed by CID: both must look the same.
func TestCFF(t *testing.T) {
	const path = "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Skipf("no CFF font on this machine: %v", err)
	}
	c, err := sfnt.ParseCollection(whole)
	if err != nil {
		t.Fatal(err)
	}
	f, err := c.Font(0)
	if err != nil {
		t.Fatal(err)
	}
	var buf sfnt.Buffer
	const text = "\u67e5\u5c01\u5e93"
	x := format(t, extract.Limits{})
	byMap := mustOpen(t, x, embedded(string(whole), text, ""))
	a := shown(t, byMap, 1, 1000)
	b := shown(t, mustOpen(t, x, embedded(bareCFF(t, whole), text, numbersOf(t, f, &buf, text))), 1, 1000)
	if d := difference(a, b); d > 0 {
		t.Errorf("%d pixels differ", d)
	}
	for _, box := range read(t, byMap, 1).Boxes {
		if flat(a, box) {
			t.Errorf("nothing is drawn for %q", box.Text)
		}
	}
}

func numbersOf(t *testing.T, f *sfnt.Font, buf *sfnt.Buffer, text string) string {
	t.Helper()
	var out []string
	for _, r := range text {
		g, err := f.GlyphIndex(buf, r)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, fmt.Sprint(g))
	}
	return strings.Join(out, " ")
}

// bareCFF is the CFF table of the first font of a collection.
func bareCFF(t *testing.T, ttc []byte) string {
	t.Helper()
	at := int(binary.BigEndian.Uint32(ttc[12:]))
	for i := range int(binary.BigEndian.Uint16(ttc[at+4:])) {
		e := ttc[at+12+16*i:]
		if string(e[:4]) == "CFF " {
			from, size := binary.BigEndian.Uint32(e[8:]), binary.BigEndian.Uint32(e[12:])
			return string(ttc[from : from+size])
		}
	}
	t.Fatal("no CFF table")
	return ""
}

// difference counts pixels that are dark in one picture only.
func difference(a, b image.Image) int {
	n := 0
	for y := range a.Bounds().Dy() {
		for x := range a.Bounds().Dx() {
			if dark(a, x, y) != dark(b, x, y) {
				n++
			}
		}
	}
	return n
}

// TestFontsAreLookedForOnce: a worker that has locked itself in sees no files.
func TestFontsAreLookedForOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "font.ttc")
	if err := os.WriteFile(path, []byte("a font"), 0o600); err != nil {
		t.Fatal(err)
	}
	f := ofd.New(inspector{t}, []string{path}, extract.Limits{})
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if _, err := mustOpen(t, f, sample(line("10", "10", code("", "\u67e5")))).Render(t.Context(), 1, 100); errors.Is(err, extract.ErrNoFont) {
		t.Error("fonts are looked for after New")
	}
}
