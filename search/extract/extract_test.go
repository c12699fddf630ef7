package extract_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"diaoyue.example/workstation/search/extract"
)

func TestLayout(t *testing.T) {
	for _, c := range []struct {
		name, text string
		pages      int
		lines      []string // of the first page
	}{
		{"empty", "", 1, nil},
		{"forty Han in a line", strings.Repeat("查", 81), 1, []string{strings.Repeat("查", 40), strings.Repeat("查", 40), "查"}},
		{"closing mark hangs over", strings.Repeat("查", 40) + "。封", 1, []string{strings.Repeat("查", 40) + "。", "封"}},
		{"words stay whole", strings.Repeat("查", 38) + " WZ-2025-157 号", 1, []string{strings.Repeat("查", 38) + " ", "WZ-2025-157 号"}},
		{"an endless word is broken", strings.Repeat("a", 100), 1, []string{strings.Repeat("a", 80), strings.Repeat("a", 20)}},
		{"forty lines a page", strings.Repeat("行\n", 81), 3, nil},
		{"form feed", "一\f二\f三", 3, []string{"一"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			doc, err := extract.Layout("txt", c.text, extract.SourceText, extract.NewTypesetter(nil), extract.Limits{})
			if err != nil {
				t.Fatal(err)
			}
			if doc.Pages() != c.pages {
				t.Errorf("%d pages, want %d", doc.Pages(), c.pages)
			}
			var lines []string
			y := -1.0
			for _, b := range page(t, doc, 1).Boxes {
				if b.Y != y {
					lines = append(lines, "")
					y = b.Y
				}
				lines[len(lines)-1] += b.Text
			}
			for i, want := range c.lines {
				if i >= len(lines) || lines[i] != strings.ReplaceAll(want, " ", "") {
					t.Errorf("line %d of %q, want %q", i, lines, want)
				}
			}
			if len(c.lines) > 0 && len(c.lines) != len(lines) {
				t.Errorf("%d lines, want %d", len(lines), len(c.lines))
			}
		})
	}
}

func TestLayoutKeepsEveryCharacter(t *testing.T) {
	text := strings.Repeat("现场检查笔录 2025年6月19日15时34分，Ab\t表。\n", 200)
	doc, err := extract.Layout("txt", text, extract.SourceText, extract.NewTypesetter(nil), extract.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for n := 1; n <= doc.Pages(); n++ {
		p := page(t, doc, n)
		for _, b := range p.Boxes {
			if b.X < 0 || b.Y < 0 || b.X+b.W > 1 || b.Y+b.H > 1 || b.W <= 0 || b.H <= 0 {
				t.Fatalf("page %d: box %+v leaves the page", n, b)
			}
			if p.Text[b.Start:b.End] != b.Text {
				t.Fatalf("page %d: box %+v is not at its place in the text", n, b)
			}
			all.WriteString(b.Text)
		}
	}
	if want := strings.Join(strings.Fields(text), ""); all.String() != want {
		t.Error("the boxes do not spell the text")
	}
	if _, err := doc.Page(t.Context(), doc.Pages()+1); !errors.Is(err, extract.ErrNoPage) {
		t.Errorf("a page too many: %v", err)
	}
}

func TestWithin(t *testing.T) {
	text := "对仓库实施查封。"
	doc, err := extract.Layout("txt", text, extract.SourceText, extract.NewTypesetter(nil), extract.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	at := strings.Index(text, "仓库")
	got := ""
	for _, b := range page(t, doc, 1).Within(at, at+len("仓库")) {
		got += b.Text
	}
	if got != "仓库" {
		t.Errorf("boxes of %q", got)
	}
}

func TestLayoutLimit(t *testing.T) {
	_, err := extract.Layout("txt", strings.Repeat("\f", 20), extract.SourceText, extract.NewTypesetter(nil), extract.Limits{Pages: 10})
	if !errors.Is(err, extract.ErrLimit) {
		t.Errorf("%v, want ErrLimit", err)
	}
}

// TestRenderInkLiesInBoxes draws a page and asks that dark pixels are where
// the boxes say the characters are, and only there.
func TestRenderInkLiesInBoxes(t *testing.T) {
	set := extract.NewTypesetter(extract.SystemFonts())
	t.Cleanup(func() { _ = set.Close() })
	doc, err := extract.Layout("txt", "山阴县民族宗教事务局\n查封仓库 360 箱，ＡＢ。\n〔2025〕33号", extract.SourceText, set, extract.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	img, err := doc.Render(t.Context(), 1, 1200)
	if errors.Is(err, extract.ErrNoFont) {
		t.Skip("no Chinese font on this machine: install fonts-noto-cjk")
	}
	if err != nil {
		t.Fatal(err)
	}
	shown, err := png.Decode(bytes.NewReader(img.Bytes))
	if err != nil {
		t.Fatal(err)
	}
	if img.MIME != "image/png" || img.Width != 1200 || shown.Bounds().Dx() != 1200 || shown.Bounds().Dy() != img.Height {
		t.Errorf("%s %d × %d, picture %v", img.MIME, img.Width, img.Height, shown.Bounds())
	}
	p := page(t, doc, 1)
	inside := image.NewGray(shown.Bounds())
	for _, b := range p.Boxes {
		r := image.Rect(int(b.X*1200)-1, int(b.Y*float64(img.Height))-2, int((b.X+b.W)*1200)+2, int((b.Y+b.H)*float64(img.Height))+3)
		ink := 0
		for y := r.Min.Y; y < r.Max.Y; y++ {
			for x := r.Min.X; x < r.Max.X; x++ {
				inside.SetGray(x, y, color.Gray{Y: 1})
				if dark(shown, x, y) {
					ink++
				}
			}
		}
		if ink == 0 {
			t.Errorf("nothing is drawn for %q", b.Text)
		}
	}
	stray := 0
	for y := range img.Height {
		for x := range img.Width {
			if dark(shown, x, y) && inside.GrayAt(x, y).Y == 0 {
				stray++
			}
		}
	}
	if stray > 0 {
		t.Errorf("%d dark pixels outside all boxes", stray)
	}
}

func TestNoFontIsNamed(t *testing.T) {
	doc, err := extract.Layout("txt", "查封", extract.SourceText, extract.NewTypesetter([]string{filepath.Join(t.TempDir(), "none.ttf")}), extract.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	_, err = doc.Render(t.Context(), 1, 800)
	if !errors.Is(err, extract.ErrNoFont) || !strings.Contains(err.Error(), "fonts-noto-cjk") {
		t.Errorf("%v, want ErrNoFont that names the package", err)
	}
}

func TestPictures(t *testing.T) {
	x := extract.New(extract.Limits{}, extract.NewPictures(extract.Limits{}))
	for _, c := range []struct {
		name          string
		bytes         []byte
		mime          string
		width, height int
	}{
		{"scan.png", drawn(t, 400, 200, "png"), "image/png", 300, 150},
		{"scan.jpg", drawn(t, 400, 200, "jpg"), "image/jpeg", 300, 150},
		{"never up.png", drawn(t, 100, 50, "png"), "image/png", 100, 50},
		{"held on its side.jpg", turned(drawn(t, 400, 200, "jpg"), 6), "image/jpeg", 200, 400},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := file(t, c.name, c.bytes)
			meta, err := x.File(t.Context(), f, c.name, func(extract.Page) error { return nil })
			if err != nil || meta.State != extract.StateNeedsOCR || meta.Pages != 1 || meta.Kind != "image" {
				t.Errorf("%+v, %v", meta, err)
			}
			doc, err := x.Open(t.Context(), f, c.name)
			if err != nil {
				t.Fatal(err)
			}
			defer doc.Close()
			img, err := doc.Render(t.Context(), 1, 300)
			if err != nil || img.MIME != c.mime || img.Width != c.width || img.Height != c.height {
				t.Fatalf("%s %d × %d, %v", img.MIME, img.Width, img.Height, err)
			}
			shown, _, err := image.Decode(bytes.NewReader(img.Bytes))
			if err != nil {
				t.Fatal(err)
			}
			// The mark is drawn in the upper left; turned clockwise it is in the upper right.
			mark := image.Pt(c.width/8, c.height/8)
			if strings.HasPrefix(c.name, "held") {
				mark.X = c.width - c.width/8
			}
			if !dark(shown, mark.X, mark.Y) || dark(shown, c.width/2, c.height-c.height/8) {
				t.Error("the picture is not upright")
			}
		})
	}
}

func TestStates(t *testing.T) {
	page := func(text, source string) extract.Page { return extract.Page{Text: text, Source: source} }
	for _, c := range []struct {
		name  string
		fake  fake
		bytes string
		want  extract.State
		pages int // emitted
	}{
		{"text", fake{pages: []extract.Page{page("现场检查", extract.SourceText)}}, "x", extract.StateText, 1},
		{"a blank page is text", fake{pages: []extract.Page{page("", extract.SourceText)}}, "x", extract.StateText, 1},
		{"only pictures", fake{pages: []extract.Page{page("", extract.SourceNone), page("", extract.SourceNone)}}, "x", extract.StateNeedsOCR, 2},
		{"one picture among text", fake{pages: []extract.Page{page("", extract.SourceNone), page("字", extract.SourceText)}}, "x", extract.StateText, 2},
		{"private characters", fake{pages: []extract.Page{page("\ue000\ue001\ue002字", extract.SourceText)}}, "x", extract.StateNeedsOCR, 1},
		{"encrypted", fake{err: extract.ErrEncrypted}, "x", extract.StateEncrypted, 0},
		{"empty file", fake{}, "", extract.StateFailed, 0},
		{"a page fails after another", fake{pages: []extract.Page{page("字", extract.SourceText)}, bad: 2}, "x", extract.StateFailed, 1},
		{"slow page", fake{pages: []extract.Page{page("字", extract.SourceText)}, slow: 2}, "x", extract.StateTimeout, 1},
		{"panic in opening", fake{panics: true}, "x", extract.StateFailed, 0},
		{"panic in a page", fake{pages: []extract.Page{page("字", extract.SourceText)}, panicAt: 2}, "x", extract.StateFailed, 1},
		{"too many pages", fake{pages: make([]extract.Page, 9)}, "x", extract.StateFailed, 5},
		{"too much text", fake{pages: []extract.Page{page("字", extract.SourceText), page(strings.Repeat("x", 200), extract.SourceText)}}, "x", extract.StateFailed, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			x := extract.New(extract.Limits{Pages: 5, TextBytes: 100, FileTime: 50 * time.Millisecond}, c.fake)
			emitted := 0
			meta, err := x.File(t.Context(), file(t, "a.bin", []byte(c.bytes)), "a.bin", func(extract.Page) error { emitted++; return nil })
			if err != nil || meta.State != c.want || emitted != c.pages {
				t.Errorf("%+v, %d pages, %v; want %s, %d", meta, emitted, err, c.want, c.pages)
			}
			if meta.State == extract.StateFailed && meta.Reason == "" {
				t.Error("a failure without a reason")
			}
		})
	}
}

func TestUnsupportedAndCancelled(t *testing.T) {
	x := extract.New(extract.Limits{})
	f := file(t, "a.xyz", []byte("bytes"))
	meta, err := x.File(t.Context(), f, "a.xyz", nil)
	if err != nil || meta.State != extract.StateUnsupported {
		t.Errorf("%+v, %v", meta, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	y := extract.New(extract.Limits{}, fake{pages: make([]extract.Page, 3), slow: 1})
	if _, err := y.File(ctx, f, "a.xyz", func(extract.Page) error { return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled reading: %v", err)
	}
	mine := errors.New("full")
	z := extract.New(extract.Limits{}, fake{pages: make([]extract.Page, 3)})
	if _, err := z.File(t.Context(), f, "a.xyz", func(extract.Page) error { return mine }); !errors.Is(err, mine) {
		t.Errorf("the receiver's error: %v", err)
	}
}

// fake is a format whose trouble can be chosen: the one thing of which no real
// file can be made for each case.
type fake struct {
	pages              []extract.Page
	err                error
	bad, slow, panicAt int
	panics             bool
}

func (f fake) Probe([]byte, string) int { return 1 }

func (f fake) Open(context.Context, *os.File, string) (extract.Document, error) {
	if f.panics {
		panic("opening")
	}
	return f, f.err
}

func (f fake) Kind() string { return "fake" }

func (f fake) Pages() int { return max(len(f.pages), f.bad, f.slow, f.panicAt) }

func (f fake) Page(ctx context.Context, n int) (extract.Page, error) {
	switch n {
	case f.bad:
		return extract.Page{}, extract.ErrDamaged
	case f.slow:
		<-ctx.Done()
		return extract.Page{}, ctx.Err()
	case f.panicAt:
		panic(fmt.Sprint("page ", n))
	}
	p := f.pages[n-1]
	p.N = n
	return p, nil
}

func (f fake) Render(context.Context, int, int) (extract.Image, error) { return extract.Image{}, nil }

func (f fake) Close() error { return nil }

func page(t *testing.T, doc extract.Document, n int) extract.Page {
	t.Helper()
	p, err := doc.Page(t.Context(), n)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func dark(img image.Image, x, y int) bool {
	r, _, _, _ := img.At(x, y).RGBA()
	return r < 0x8000
}

// drawn is white with a black upper left quarter.
func drawn(t *testing.T, w, h int, format string) []byte {
	t.Helper()
	img := image.NewGray(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			if x >= w/2 || y >= h/2 {
				img.SetGray(x, y, color.Gray{Y: 255})
			}
		}
	}
	var buf bytes.Buffer
	err := png.Encode(&buf, img)
	if format == "jpg" {
		buf.Reset()
		err = jpeg.Encode(&buf, img, nil)
	}
	if err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

// turned puts an EXIF orientation into a JPEG.
func turned(b []byte, orientation byte) []byte {
	exif := []byte("\xff\xe1\x00\x22Exif\x00\x00II*\x00\x08\x00\x00\x00\x01\x00\x12\x01\x03\x00\x01\x00\x00\x00")
	exif = append(exif, orientation, 0, 0, 0, 0, 0, 0, 0)
	return append(append(append([]byte{}, b[:2]...), exif...), b[2:]...)
}

func file(t *testing.T, name string, content []byte) *os.File {
	t.Helper()
	p := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(p, content, 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(p)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f
}
