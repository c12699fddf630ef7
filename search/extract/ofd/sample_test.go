package ofd_test

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/asn1"
	"image"
	"image/color"
	"image/png"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"diaoyue.example/workstation/search/extract"
	"diaoyue.example/workstation/search/extract/ofd"
	"diaoyue.example/workstation/search/extract/pdf"
)

const head = `<?xml version="1.0" encoding="UTF-8"?>`

// parts is an OFD before it is packed.
type parts map[string]string

// page wraps content as a page of 100 × 100 mm.
func page(content string) string {
	return head + `<ofd:Page xmlns:ofd="http://www.ofdspec.org/2016"><ofd:Area><ofd:PhysicalBox>0 0 100 100</ofd:PhysicalBox></ofd:Area>` + content + `</ofd:Page>`
}

func layer(objects string) string {
	return `<ofd:Content><ofd:Layer ID="2">` + objects + `</ofd:Layer></ofd:Content>`
}

// sample is a document of one page with these objects.
func sample(objects string) parts { return withPage(page(layer(objects))) }

func withPage(xml string) parts {
	return parts{
		"OFD.xml": head + `<ofd:OFD xmlns:ofd="http://www.ofdspec.org/2016"><ofd:DocBody><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>`,
		"Doc_0/Document.xml": head + `<ofd:Document xmlns:ofd="http://www.ofdspec.org/2016"><ofd:CommonData><ofd:PageArea><ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox></ofd:PageArea>` +
			`<ofd:PublicRes>PublicRes.xml</ofd:PublicRes></ofd:CommonData><ofd:Pages><ofd:Page ID="1" BaseLoc="Pages/Page_0/Content.xml"/></ofd:Pages></ofd:Document>`,
		"Doc_0/PublicRes.xml":            resources(""),
		"Doc_0/Pages/Page_0/Content.xml": xml,
	}
}

// resources has three fonts that are not embedded, and more.
func resources(more string) string {
	return head + `<ofd:Res xmlns:ofd="http://www.ofdspec.org/2016" BaseLoc="Res"><ofd:Fonts><ofd:Font ID="3" FontName="宋体"/><ofd:Font ID="4" FontName="黑体"/><ofd:Font ID="5" FontName="Times New Roman"/></ofd:Fonts>` + more + `</ofd:Res>`
}

// with changes a part, or adds one.
func (p parts) with(name, content string) parts {
	out := maps.Clone(p)
	out[name] = content
	return out
}

// swap replaces a piece of a part.
func (p parts) swap(name, old, now string) parts {
	return p.with(name, strings.Replace(p[name], old, now, 1))
}

func (p parts) pack(tb testing.TB) []byte {
	tb.Helper()
	var buf bytes.Buffer
	z := zip.NewWriter(&buf)
	for _, name := range slices.Sorted(maps.Keys(p)) {
		w, err := z.Create(name)
		if err == nil {
			_, err = w.Write([]byte(p[name]))
		}
		if err != nil {
			tb.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		tb.Fatal(err)
	}
	return buf.Bytes()
}

// format reads OFD with the real PDF engine, whose compiled form the tests of
// the PDF room share.
func format(t *testing.T, limits extract.Limits) *ofd.Format {
	t.Helper()
	p := pdf.New(pdf.Config{CacheDir: filepath.Join(os.TempDir(), "diaoyue-test-pdf-engine"), Fonts: extract.SystemFonts(), Limits: limits})
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
	return ofd.New(p, extract.SystemFonts(), limits)
}

func open(t *testing.T, f *ofd.Format, content []byte) (extract.Document, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "x.ofd")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = file.Close() })
	doc, err := f.Open(t.Context(), file, "x.ofd")
	if err == nil {
		t.Cleanup(func() { _ = doc.Close() })
	}
	return doc, err
}

func mustOpen(t *testing.T, f *ofd.Format, p parts) extract.Document {
	t.Helper()
	doc, err := open(t, f, p.pack(t))
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func read(t *testing.T, doc extract.Document, n int) extract.Page {
	t.Helper()
	p, err := doc.Page(t.Context(), n)
	if err != nil {
		t.Fatal(err)
	}
	checkBoxes(t, p)
	return p
}

func checkBoxes(tb testing.TB, p extract.Page) {
	tb.Helper()
	for _, b := range p.Boxes {
		if p.Text[b.Start:b.End] != b.Text || b.X < 0 || b.Y < 0 || b.X+b.W > 1.000001 || b.Y+b.H > 1.000001 || b.W < 0 || b.H < 0 {
			tb.Fatalf("box %+v is not at its place", b)
		}
	}
}

// shown draws a page widthPx wide.
func shown(t *testing.T, doc extract.Document, n, widthPx int) image.Image {
	t.Helper()
	img, err := doc.Render(context.Background(), n, widthPx)
	if err != nil {
		t.Fatal(err)
	}
	out, _, err := image.Decode(bytes.NewReader(img.Bytes))
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// near says whether a point of a page of 100 × 100 mm, in millimetres, has
// about this colour.
func near(img image.Image, x, y float64, r, g, b int) bool {
	k := float64(img.Bounds().Dx()) / 100
	c, _ := color.NRGBAModel.Convert(img.At(int(x*k), int(y*k))).(color.NRGBA)
	off := func(have uint8, want int) bool { return int(have)-want > 24 || want-int(have) > 24 }
	return !off(c.R, r) && !off(c.G, g) && !off(c.B, b)
}

// picture is red above and blue below, as PNG.
func picture(tb testing.TB) string {
	tb.Helper()
	img := image.NewNRGBA(image.Rect(0, 0, 8, 8))
	for y := range 8 {
		for x := range 8 {
			c := color.NRGBA{R: 255, A: 255}
			if y >= 4 {
				c = color.NRGBA{B: 255, A: 255}
			}
			img.SetNRGBA(x, y, c)
		}
	}
	var buf bytes.Buffer
	if err := png.Encode(&buf, img); err != nil {
		tb.Fatal(err)
	}
	return buf.String()
}

// signed adds a signature whose seal is this picture, at these places.
func (p parts) signed(tb testing.TB, kind, picture, stamps string) parts {
	tb.Helper()
	type info struct {
		Type          string `asn1:"ia5"`
		Data          []byte
		Width, Height int
	}
	value, err := asn1.Marshal(struct {
		Version int
		Seal    struct {
			Name    string `asn1:"utf8"`
			Picture info
		}
	}{1, struct {
		Name    string `asn1:"utf8"`
		Picture info
	}{"测试", info{kind, []byte(picture), 40, 40}}})
	if err != nil {
		tb.Fatal(err)
	}
	return p.swap("OFD.xml", "</ofd:DocBody>", "<ofd:Signatures>/Doc_0/Signs/Signatures.xml</ofd:Signatures></ofd:DocBody>").
		with("Doc_0/Signs/Signatures.xml", head+`<ofd:Signatures xmlns:ofd="http://www.ofdspec.org/2016"><ofd:Signature ID="1" BaseLoc="Sign_0/Signature.xml"/></ofd:Signatures>`).
		with("Doc_0/Signs/Sign_0/Signature.xml", head+`<ofd:Signature xmlns:ofd="http://www.ofdspec.org/2016"><ofd:SignedInfo>`+stamps+`</ofd:SignedInfo><ofd:SignedValue>SignedValue.dat</ofd:SignedValue></ofd:Signature>`).
		with("Doc_0/Signs/Sign_0/SignedValue.dat", string(value))
}

// realBinaries are fonts, pictures and signed values of the shared documents, as
// far as they are small.
func realBinaries(tb testing.TB) [][]byte {
	tb.Helper()
	var out [][]byte
	paths, err := filepath.Glob(shared + "/ofd/*.ofd")
	if err != nil {
		tb.Fatal(err)
	}
	for _, path := range paths {
		z, err := zip.OpenReader(path)
		if err != nil {
			tb.Fatal(err)
		}
		for _, f := range z.File {
			if filepath.Ext(f.Name) == ".xml" || f.UncompressedSize64 > 3_000 {
				continue
			}
			r, err := f.Open()
			if err != nil {
				tb.Fatal(err)
			}
			b, err := io.ReadAll(r)
			if err != nil {
				tb.Fatal(err)
			}
			out = append(out, b)
		}
		if err := z.Close(); err != nil {
			tb.Fatal(err)
		}
	}
	return out
}
