package ocr_test

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/draw"
	_ "image/jpeg"
	_ "image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"diaoyue.example/workstation/search/extract"
	"diaoyue.example/workstation/search/extract/ocr"
)

// models is where `make ocr` puts library and networks.
const models = "../../../build/bin/ocr"

// scans is a folder of scans with their texts; the tests pass without it.
const scans = "../../../../shared/data/documents/scan"

func engine(t *testing.T) *ocr.Engine {
	t.Helper()
	e, err := ocr.New(ocr.Config{Dir: models})
	if errors.Is(err, extract.ErrNoReader) {
		t.Skipf("no OCR models here, make ocr installs them: %v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Close() })
	return e
}

const sentence = "山阴县民族宗教事务局\n查封（扣押）决定书〔2025〕33号\n当事人李建国，证件号码140621197903054417。\n依法查封下列物品：烟花360箱，车牌晋FA8321。"

// page is the head of a drawn page, 1,200 pixels wide.
func page(t *testing.T, text string) image.Image {
	t.Helper()
	set := extract.NewTypesetter(extract.SystemFonts())
	t.Cleanup(func() { _ = set.Close() })
	doc, err := extract.Layout("txt", text, extract.SourceText, set, extract.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	drawn, err := doc.Render(t.Context(), 1, 1200)
	if errors.Is(err, extract.ErrNoFont) {
		t.Skip("no Chinese font on this machine: install fonts-noto-cjk")
	}
	if err != nil {
		t.Fatal(err)
	}
	img, _, err := image.Decode(bytes.NewReader(drawn.Bytes))
	if err != nil {
		t.Fatal(err)
	}
	head := image.NewRGBA(image.Rect(0, 0, 1200, 400))
	draw.Draw(head, head.Rect, img, image.Point{}, draw.Src)
	return head
}

func TestRead(t *testing.T) {
	e := engine(t)
	upright := page(t, sentence)
	for _, c := range []struct {
		name string
		img  image.Image
	}{
		{"upright", upright},
		{"turned a quarter", quarter(upright)},
		{"upside down", quarter(quarter(upright))},
		{"turned three quarters", quarter(quarter(quarter(upright)))},
		{"under a seal", sealed(upright, 250, 110)},
		{"in red", inked(upright)},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, err := e.Read(t.Context(), c.img)
			if err != nil {
				t.Fatal(err)
			}
			if got, want := bare(p.Text), bare(sentence); got != want {
				t.Errorf("read %q, want %q", got, want)
			}
			if p.Source != extract.SourceOCR || p.Confidence < 0.9 || p.Confidence > 1 {
				t.Errorf("source %s, confidence %f", p.Source, p.Confidence)
			}
			onInk(t, c.img, p)
		})
	}
}

// onInk asks that the boxes spell the text, that each holds ink, and that hardly
// any ink lies outside all of them.
func onInk(t *testing.T, img image.Image, p extract.Page) {
	t.Helper()
	w, h := img.Bounds().Dx(), img.Bounds().Dy()
	inside := image.NewAlpha(img.Bounds())
	spelled := ""
	for _, b := range p.Boxes {
		if p.Text[b.Start:b.End] != b.Text {
			t.Fatalf("box %+v is not at its place in the text", b)
		}
		spelled += b.Text
		r := image.Rect(int(b.X*float64(w))-2, int(b.Y*float64(h))-2, int((b.X+b.W)*float64(w))+3, int((b.Y+b.H)*float64(h))+3)
		if r.Dx() > 60 || r.Dy() > 60 {
			t.Errorf("box of %q is %v large", b.Text, r)
		}
		if !anyInk(img, r) {
			t.Errorf("no ink in the box of %q at %v", b.Text, r)
		}
		draw.Draw(inside, r, image.Opaque, image.Point{}, draw.Src)
	}
	if spelled != bare(p.Text) {
		t.Errorf("the boxes spell %q, the text is %q", spelled, p.Text)
	}
	ink, outside := 0, 0
	for y := range h {
		for x := range w {
			if black(img.At(x, y)) {
				ink++
				if inside.AlphaAt(x, y).A == 0 {
					outside++
				}
			}
		}
	}
	if outside*50 > ink {
		t.Errorf("%d of %d pixels of ink lie outside all boxes", outside, ink)
	}
}

// TestReadsAColumn writes a line from top to bottom.
func TestReadsAColumn(t *testing.T) {
	e := engine(t)
	const line = "行政执法案卷归档"
	lying := page(t, line)
	column := image.NewRGBA(image.Rect(0, 0, 400, 440))
	draw.Draw(column, column.Rect, image.White, image.Point{}, draw.Src)
	p, err := e.Read(t.Context(), lying)
	if err != nil || bare(p.Text) != line {
		t.Fatalf("%q, %v", p.Text, err)
	}
	for i, b := range p.Boxes {
		x, y := int(b.X*1200), int(b.Y*float64(lying.Bounds().Dy()))
		draw.Draw(column, image.Rect(200, 40+i*44, 200+int(b.W*1200), 72+i*44), lying, image.Pt(x, y), draw.Src)
	}
	p, err = e.Read(t.Context(), column)
	if err != nil || bare(p.Text) != line {
		t.Errorf("a column is read as %q, %v", p.Text, err)
	}
	onInk(t, column, p)
}

// TestReadsColumnsOfPrint sets two columns of prose under a headline: each is
// read to its end before the next.
func TestReadsColumnsOfPrint(t *testing.T) {
	e := engine(t)
	const left, right = "行政执法机关应当全面记录\n执法的启动和调查取证过程\n并且归档保存管理等内容。", "音像记录应当重点记录下列\n内容包括执法活动开始时间\n以及结束时间和现场环境。"
	sheet := image.NewRGBA(image.Rect(0, 0, 1200, 500))
	draw.Draw(sheet, sheet.Rect, image.White, image.Point{}, draw.Src)
	place := func(text string, at image.Point) {
		drawn := page(t, text)
		draw.Draw(sheet, image.Rect(at.X, at.Y, at.X+560, at.Y+160), drawn, image.Pt(100, 90), draw.Src)
	}
	place("县司法局关于全过程记录的公告", image.Pt(330, 20))
	place(left, image.Pt(40, 200))
	place(right, image.Pt(620, 200))
	p, err := e.Read(t.Context(), sheet)
	if err != nil {
		t.Fatal(err)
	}
	if want := bare("县司法局关于全过程记录的公告" + left + right); bare(p.Text) != want {
		t.Errorf("read %q", p.Text)
	}
}

// TestReadsAStrip reads a strip seven times as high as wide, as a telephone keeps
// a long conversation.
func TestReadsAStrip(t *testing.T) {
	e := engine(t)
	strip := image.NewRGBA(image.Rect(0, 0, 720, 5000))
	draw.Draw(strip, strip.Rect, image.White, image.Point{}, draw.Src)
	want := ""
	for i, text := range []string{"第一条聊天记录", "第二条转账记录", "第三条送货记录", "第四条收款记录"} {
		draw.Draw(strip, image.Rect(0, i*1580, 720, i*1580+240), page(t, text), image.Pt(60, 60), draw.Src)
		want += text
	}
	p, err := e.Read(t.Context(), strip)
	if err != nil || bare(p.Text) != want {
		t.Errorf("%q, %v", p.Text, err)
	}
	onInk(t, strip, p)
}

func TestNothingWritten(t *testing.T) {
	e := engine(t)
	blank := image.NewGray(image.Rect(0, 0, 800, 1100))
	draw.Draw(blank, blank.Rect, image.White, image.Point{}, draw.Src)
	for _, img := range []image.Image{blank, image.NewGray(image.Rect(0, 0, 800, 1100)), image.NewGray(image.Rect(0, 0, 1, 1)), image.NewGray(image.Rect(0, 0, 1, 3000))} {
		p, err := e.Read(t.Context(), img)
		if err != nil || p.Text != "" || len(p.Boxes) != 0 || p.Confidence != 0 {
			t.Errorf("%v: %+v, %v", img.Bounds(), p, err)
		}
	}
}

func TestNoModels(t *testing.T) {
	if _, err := ocr.New(ocr.Config{Dir: t.TempDir()}); !errors.Is(err, extract.ErrNoReader) {
		t.Errorf("%v, want ErrNoReader", err)
	}
	t.Setenv("PATH", t.TempDir())
	if _, err := ocr.NewTesseract(); !errors.Is(err, extract.ErrNoReader) {
		t.Errorf("no tesseract: %v, want ErrNoReader", err)
	}
}

// TestCleanScan holds the mark of a clean scan: at most 2 of 1,000 characters
// wrong. `make bench-text` prints the figures of all scans.
func TestCleanScan(t *testing.T) {
	raw, err := os.ReadFile(filepath.Join(scans, "clean2.jpg"))
	if err != nil {
		t.Skip("the scans are not here")
	}
	truth, err := os.ReadFile(filepath.Join(scans, "gt2.txt"))
	if err != nil {
		t.Fatal(err)
	}
	e := engine(t)
	img, _, err := image.Decode(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	p, err := e.Read(t.Context(), img)
	if err != nil {
		t.Fatal(err)
	}
	want := []rune(bare(string(truth)))
	if rate := float64(distance([]rune(bare(p.Text)), want)) / float64(len(want)); rate > 0.002 {
		t.Errorf("CER %.4f", rate)
	}
}

// distance is Levenshtein's.
func distance(a, b []rune) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range a {
		before := row[0]
		row[0] = i + 1
		for j := range b {
			cost := before
			if a[i] != b[j] {
				cost++
			}
			before = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}

func bare(s string) string { return strings.Join(strings.Fields(s), "") }

func black(c color.Color) bool {
	r, g, b, _ := c.RGBA()
	return max(r, g, b) < 0x6000
}

func anyInk(img image.Image, in image.Rectangle) bool {
	for y := in.Min.Y; y < in.Max.Y; y++ {
		for x := in.Min.X; x < in.Max.X; x++ {
			if r, _, b, _ := img.At(x, y).RGBA(); r < 0x8000 || b < 0x8000 {
				return true
			}
		}
	}
	return false
}

// quarter turns a picture clockwise.
func quarter(img image.Image) image.Image {
	b := img.Bounds()
	out := image.NewRGBA(image.Rect(0, 0, b.Dy(), b.Dx()))
	for y := range b.Dy() {
		for x := range b.Dx() {
			out.Set(b.Dy()-1-y, x, img.At(b.Min.X+x, b.Min.Y+y))
		}
	}
	return out
}

// sealed lays a translucent red ring over a picture, as ink over print.
func sealed(img image.Image, cx, cy int) image.Image {
	out := image.NewRGBA(img.Bounds())
	draw.Draw(out, out.Rect, img, image.Point{}, draw.Src)
	for y := range 260 {
		for x := range 260 {
			if d := (x-130)*(x-130) + (y-130)*(y-130); d > 120*120 && d < 128*128 {
				c := out.RGBAAt(cx+x-130, cy+y)
				out.SetRGBA(cx+x-130, cy+y, color.RGBA{R: uint8(int(c.R) * 220 / 255), G: c.G / 6, B: c.B / 6, A: 255})
			}
		}
	}
	return out
}

// inked turns black print into red.
func inked(img image.Image) image.Image {
	out := image.NewRGBA(img.Bounds())
	for y := range out.Rect.Dy() {
		for x := range out.Rect.Dx() {
			r, _, _, _ := img.At(x, y).RGBA()
			out.SetRGBA(x, y, color.RGBA{R: uint8(210 + int(r>>8)*45/255), G: uint8(r >> 8), B: uint8(r >> 8), A: 255})
		}
	}
	return out
}
