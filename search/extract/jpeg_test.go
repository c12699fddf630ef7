package extract_test

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"math/rand/v2"
	"runtime"
	"testing"

	"diaoyue.example/workstation/search/extract"
)

// A picture coded in bands is, dot for dot, the one coded as a whole, whatever
// its size, its kind and the number of cores.
func TestJPEGInBands(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	for _, cores := range []int{1, 2, 3, 11} {
		runtime.GOMAXPROCS(cores)
		for _, size := range []image.Point{{1, 1}, {16, 16}, {17, 33}, {200, 7}, {333, 500}, {3, 2000}} {
			r := image.Rectangle{Max: size}
			for name, img := range map[string]image.Image{
				"colour": coloured(r), "grey": dotted(image.NewGray(r)), "halved": halved(coloured(r)),
				"cut out": coloured(r.Inset(-40)).SubImage(r),
			} {
				got, err := extract.EncodeJPEG(img, 88)
				if err != nil {
					t.Fatal(err)
				}
				var whole bytes.Buffer
				if err = jpeg.Encode(&whole, img, &jpeg.Options{Quality: 88}); err != nil {
					t.Fatal(err)
				}
				same(t, name, size, cores, got, whole.Bytes())
			}
		}
	}
}

// What has no colour is written without, and looks the same.
func TestJPEGWithoutColour(t *testing.T) {
	grey := dotted(image.NewGray(image.Rect(0, 0, 100, 150)))
	rgba := image.NewRGBA(grey.Rect)
	for y := range 150 {
		for x := range 100 {
			rgba.Set(x, y, grey.GrayAt(x, y))
		}
	}
	got, err := extract.EncodeJPEG(rgba, 88)
	if err != nil {
		t.Fatal(err)
	}
	want, err := extract.EncodeJPEG(grey, 88)
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("%d bytes, %d as grey, %v", len(got), len(want), err)
	}
	rgba.Set(99, 149, color.RGBA{R: 200, A: 255}) // a seal's last dot
	got, err = extract.EncodeJPEG(rgba, 88)
	if err != nil {
		t.Fatal(err)
	}
	if cfg, err := jpeg.DecodeConfig(bytes.NewReader(got)); err != nil || cfg.ColorModel != color.YCbCrModel {
		t.Errorf("one red dot is written without its colour: %v", err)
	}
}

// A scan is shrunk to the mean of what each dot covers: a thin stroke grows
// pale, and is nowhere gone.
func TestThinStrokesStay(t *testing.T) {
	scan := image.NewGray(image.Rect(0, 0, 1000, 400))
	for i := range scan.Pix {
		scan.Pix[i] = 255
	}
	for _, x := range []int{10, 333, 500, 712, 999} {
		for y := range 400 {
			scan.SetGray(x, y, color.Gray{})
		}
	}
	var file bytes.Buffer
	if err := jpeg.Encode(&file, scan, &jpeg.Options{Quality: 100}); err != nil {
		t.Fatal(err)
	}
	got := shownAt(t, "strokes.jpg", file.Bytes(), 300)
	for _, x := range []int{10, 333, 500, 712, 999} {
		at := x * 300 / 1000
		dark := 0
		for near := max(at-1, 0); near <= min(at+1, 299); near++ {
			r, _, _, _ := got.At(near, 60).RGBA()
			dark += 255 - int(r>>8)
		}
		// One dot in 3.33 was ink: 255/3.33 in all, wherever it fell.
		if dark < 60 || dark > 95 {
			t.Errorf("the stroke at %d has %d of ink left, want about 77", x, dark)
		}
	}
}

// Colours are where they were, in the file's own way of storing them.
func TestColoursStay(t *testing.T) {
	red := image.NewRGBA(image.Rect(0, 0, 301, 203))
	for y := range 203 {
		for x := range 301 {
			red.SetRGBA(x, y, color.RGBA{255, 255, 255, 255})
			if x > 200 && y > 100 {
				red.SetRGBA(x, y, color.RGBA{200, 20, 30, 255})
			}
		}
	}
	var file bytes.Buffer
	if err := jpeg.Encode(&file, red, &jpeg.Options{Quality: 95}); err != nil {
		t.Fatal(err)
	}
	for _, width := range []int{301, 150, 77} {
		got := shownAt(t, "seal.jpg", file.Bytes(), width)
		for _, c := range []struct{ x, y, r, g int }{{250, 150, 200, 20}, {100, 150, 255, 255}, {250, 50, 255, 255}, {10, 10, 255, 255}} {
			r, g, _, _ := got.At(c.x*width/301, c.y*width/301).RGBA()
			if d := max(int(r>>8)-c.r, c.r-int(r>>8), int(g>>8)-c.g, c.g-int(g>>8)); d > 12 {
				t.Errorf("%d wide, at %d,%d: red %d green %d", width, c.x, c.y, r>>8, g>>8)
			}
		}
	}
}

// shownAt is a file's page as the page view gets it.
func shownAt(t *testing.T, name string, content []byte, width int) image.Image {
	t.Helper()
	x := extract.New(extract.Limits{}, extract.NewPictures(extract.Limits{}))
	t.Cleanup(func() { _ = x.Close() })
	doc, err := x.Open(t.Context(), file(t, name, content), name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = doc.Close() })
	page, err := doc.Render(t.Context(), 1, width)
	if err != nil {
		t.Fatal(err)
	}
	img, _, err := image.Decode(bytes.NewReader(page.Bytes))
	if err != nil {
		t.Fatal(err)
	}
	return img
}

func same(t *testing.T, name string, size image.Point, cores int, got, want []byte) {
	t.Helper()
	a, err := jpeg.Decode(bytes.NewReader(got))
	if err != nil {
		t.Fatalf("%s %v on %d cores: %v", name, size, cores, err)
	}
	b, err := jpeg.Decode(bytes.NewReader(want))
	if err != nil {
		t.Fatal(err)
	}
	if a.Bounds() != b.Bounds() {
		t.Fatalf("%s %v on %d cores: %v, want %v", name, size, cores, a.Bounds(), b.Bounds())
	}
	for y := a.Bounds().Min.Y; y < a.Bounds().Max.Y; y++ {
		for x := a.Bounds().Min.X; x < a.Bounds().Max.X; x++ {
			if a.At(x, y) != b.At(x, y) {
				t.Fatalf("%s %v on %d cores: another dot at %d,%d", name, size, cores, x, y)
			}
		}
	}
}

func coloured(r image.Rectangle) *image.RGBA {
	img, some := image.NewRGBA(r), rand.New(rand.NewPCG(1, 2))
	for i := range img.Pix {
		img.Pix[i] = byte(some.IntN(256)) | byte(i%4/3*255)
	}
	return img
}

func dotted(img *image.Gray) *image.Gray {
	some := rand.New(rand.NewPCG(3, 4))
	for i := range img.Pix {
		img.Pix[i] = byte(some.IntN(256))
	}
	return img
}

func halved(img *image.RGBA) *image.YCbCr {
	out := image.NewYCbCr(img.Rect, image.YCbCrSubsampleRatio420)
	for y := img.Rect.Min.Y; y < img.Rect.Max.Y; y++ {
		for x := img.Rect.Min.X; x < img.Rect.Max.X; x++ {
			c := img.RGBAAt(x, y)
			luma, cb, cr := color.RGBToYCbCr(c.R, c.G, c.B)
			out.Y[out.YOffset(x, y)], out.Cb[out.COffset(x, y)], out.Cr[out.COffset(x, y)] = luma, cb, cr
		}
	}
	return out
}
