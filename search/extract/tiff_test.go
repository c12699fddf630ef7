package extract_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"image"
	"image/jpeg"
	"testing"

	"diaoyue.example/workstation/search/extract"
)

// sheet is one page of a made TIFF file: grey, dark in its upper left eighth.
type sheet struct {
	w, h, orientation, xdpi, ydpi int
	jpeg                          bool
}

// stack makes a TIFF file of these pages, in strips of 16 rows.
func stack(t *testing.T, pages ...sheet) []byte {
	t.Helper()
	out := []byte("II*\x00\x00\x00\x00\x00")
	link := 4
	le := binary.LittleEndian
	for _, p := range pages {
		var at, size []uint32
		for y := 0; y < p.h; y += 16 {
			strip := image.NewGray(image.Rect(0, 0, p.w, min(16, p.h-y)))
			for i := range strip.Pix {
				strip.Pix[i] = 255
				if x := i % p.w; x < p.w/4 && y+i/p.w < p.h/4 {
					strip.Pix[i] = 0
				}
			}
			raw := strip.Pix
			if p.jpeg {
				var buf bytes.Buffer
				if err := jpeg.Encode(&buf, strip, nil); err != nil {
					t.Fatal(err)
				}
				raw = buf.Bytes()
			}
			at, size = append(at, uint32(len(out))), append(size, uint32(len(raw)))
			out = append(out, raw...)
		}
		longs := func(v ...uint32) uint32 {
			here := uint32(len(out))
			for _, n := range v {
				out = le.AppendUint32(out, n)
			}
			return here
		}
		strips, bytes := longs(at...), longs(size...)
		if len(at) == 1 {
			strips, bytes = at[0], size[0]
		}
		xres, yres := longs(uint32(p.xdpi), 1), longs(uint32(p.ydpi), 1)
		compression := uint32(1)
		if p.jpeg {
			compression = 7
		}
		entries := [][4]uint32{
			{256, 4, 1, uint32(p.w)},
			{257, 4, 1, uint32(p.h)},
			{258, 3, 1, 8},
			{259, 3, 1, compression},
			{262, 3, 1, 1},
			{273, 4, uint32(len(at)), strips},
			{274, 3, 1, uint32(p.orientation)},
			{277, 3, 1, 1},
			{278, 4, 1, 16},
			{279, 4, uint32(len(at)), bytes},
			{282, 5, 1, xres},
			{283, 5, 1, yres},
			{296, 3, 1, 2},
		}
		le.PutUint32(out[link:], uint32(len(out)))
		out = le.AppendUint16(out, uint16(len(entries)))
		for _, e := range entries {
			out = le.AppendUint32(le.AppendUint32(le.AppendUint16(le.AppendUint16(out, uint16(e[0])), uint16(e[1])), e[2]), e[3])
		}
		link = len(out)
		out = le.AppendUint32(out, 0)
	}
	return out
}

func TestFaxes(t *testing.T) {
	x := extract.New(extract.Limits{}, extract.NewFaxes(extract.Limits{}))
	f := file(t, "three.tif", stack(t,
		sheet{w: 200, h: 100, orientation: 1, xdpi: 200, ydpi: 200},
		sheet{w: 200, h: 100, orientation: 6, xdpi: 200, ydpi: 200, jpeg: true},
		sheet{w: 1728, h: 1100, orientation: 1, xdpi: 204, ydpi: 98}, // a fax of the standard grade
	))
	meta, err := x.File(t.Context(), f, "three.tif", func(p extract.Page) error {
		if !p.NeedsOCR() {
			t.Errorf("page %d needs no OCR", p.N)
		}
		return nil
	})
	if err != nil || meta.State != extract.StateNeedsOCR || meta.Pages != 3 || meta.Kind != "image" {
		t.Fatalf("%+v, %v", meta, err)
	}
	doc, err := x.Open(t.Context(), f, "three.tif")
	if err != nil {
		t.Fatal(err)
	}
	defer doc.Close()
	for n, want := range []struct{ w, h, darkX, darkY int }{{200, 100, 10, 10}, {100, 200, 90, 10}, {800, 1060, 20, 20}} {
		img, err := doc.Render(t.Context(), n+1, 800)
		if err != nil {
			t.Fatal(err)
		}
		shown, err := jpeg.Decode(bytes.NewReader(img.Bytes))
		if err != nil || img.Width != want.w || img.Height != want.h {
			t.Fatalf("page %d: %d × %d, %v", n+1, img.Width, img.Height, err)
		}
		if !dark(shown, want.darkX, want.darkY) || dark(shown, want.w/2, want.h/2) {
			t.Errorf("page %d is not upright", n+1)
		}
	}
}

func TestHostileFaxes(t *testing.T) {
	good := stack(t, sheet{w: 200, h: 100, orientation: 1, xdpi: 200, ydpi: 200, jpeg: true})
	circle := bytes.Clone(good)
	copy(circle[len(circle)-4:], circle[4:8])
	huge := stack(t, sheet{w: 100, h: 10, orientation: 1, xdpi: 200, ydpi: 200})
	binary.LittleEndian.PutUint32(huge[len(huge)-4-13*12+8:], 1<<29)
	x := extract.New(extract.Limits{}, extract.NewFaxes(extract.Limits{}))
	for name, raw := range map[string][]byte{"circle": circle, "cut": good[:len(good)-20], "head only": good[:8]} {
		if _, err := x.Open(t.Context(), file(t, "x.tif", raw), "x.tif"); !errors.Is(err, extract.ErrDamaged) {
			t.Errorf("%s: %v, want ErrDamaged", name, err)
		}
	}
	doc, err := x.Open(t.Context(), file(t, "huge.tif", huge), "huge.tif")
	if err != nil {
		t.Fatal(err)
	}
	if _, err = doc.Render(t.Context(), 1, 800); !errors.Is(err, extract.ErrLimit) && !errors.Is(err, extract.ErrDamaged) {
		t.Errorf("a page of half a thousand million dots: %v", err)
	}
}

// FuzzFaxes asks that no bytes stop the program.
func FuzzFaxes(f *testing.F) {
	f.Add([]byte("II*\x00\x08\x00\x00\x00\x00\x00"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		x := extract.New(extract.Limits{RenderPixels: 1 << 20}, extract.NewFaxes(extract.Limits{}))
		doc, err := x.Open(t.Context(), file(t, "x.tif", append([]byte("II*\x00"), raw...)), "x.tif")
		if err != nil {
			return
		}
		if img, err := doc.Render(t.Context(), 1, 100); err == nil && img.Width < 1 {
			t.Errorf("%+v", img)
		}
	})
}

// reader reads every picture as the same words.
type reader struct{ err error }

func (r reader) Name() string { return "reader" }
func (r reader) Close() error { return nil }
func (r reader) Read(context.Context, image.Image) (extract.Page, error) {
	return extract.Page{Text: "字", Source: extract.SourceOCR, Confidence: 0.9}, r.err
}

func TestRecognise(t *testing.T) {
	f := file(t, "a.tif", stack(t, sheet{w: 200, h: 100, orientation: 1, xdpi: 200, ydpi: 200}))
	for _, c := range []struct {
		name string
		with extract.Reader
		page int
		want error
	}{
		{"read", reader{}, 1, nil},
		{"no such page", reader{}, 2, extract.ErrNoPage},
		{"nothing to read with", nil, 1, extract.ErrNoReader},
		{"too slow", reader{context.DeadlineExceeded}, 1, extract.ErrTimeout},
	} {
		t.Run(c.name, func(t *testing.T) {
			x := extract.New(extract.Limits{}, extract.NewFaxes(extract.Limits{}))
			if c.with != nil {
				x.ReadWith(c.with)
			}
			doc, err := x.Open(t.Context(), f, "a.tif")
			if err != nil {
				t.Fatal(err)
			}
			defer doc.Close()
			p, err := x.Recognise(t.Context(), doc, c.page)
			if !errors.Is(err, c.want) {
				t.Fatalf("%v, want %v", err, c.want)
			}
			if err == nil && (p.Text != "字" || p.N != 1 || p.Width != 72 || p.Confidence != 0.9) {
				t.Errorf("%+v", p)
			}
		})
	}
}
