package decode_test

import (
	"bytes"
	"fmt"
	"image"
	_ "image/jpeg"
	_ "image/png"
	"math"
	"path/filepath"
	"testing"

	"diaoyue.example/workstation/media"
	"diaoyue.example/workstation/media/decode"
	"diaoyue.example/workstation/media/mediatest"
)

// Colours come out as they went in, whatever matrix and range the picture has.
func TestColours(t *testing.T) {
	colours := [][3]float64{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}, {1, 1, 0}, {.2, .4, .8}, {.5, .5, .5}, {0, 0, 0}, {1, 1, 1}}
	for _, matrix := range []string{media.MatrixBT601, media.MatrixBT709, media.MatrixBT2020} {
		for _, full := range []bool{false, true} {
			for _, c := range colours {
				t.Run(fmt.Sprint(matrix, full, c), func(t *testing.T) {
					p := solid(matrix, full, c)
					for kind, encode := range map[string]func() ([]byte, error){
						"jpeg":       func() ([]byte, error) { return decode.EncodeJPEG(p, 0, 0, 95) },
						"small jpeg": func() ([]byte, error) { return decode.EncodeJPEG(p, 32, 32, 95) },
						"png":        func() ([]byte, error) { return decode.EncodePNG(p) },
					} {
						data, err := encode()
						if err != nil {
							t.Fatal(err)
						}
						img, _, err := image.Decode(bytes.NewReader(data))
						if err != nil {
							t.Fatal(err)
						}
						b := img.Bounds()
						r, g, bl, _ := img.At(b.Dx()/2, b.Dy()/2).RGBA()
						for i, v := range []uint32{r, g, bl} {
							if got := float64(v) / 65535; math.Abs(got-c[i]) > 5.0/255 {
								t.Errorf("%s: channel %d is %.3f, want %.3f", kind, i, got, c[i])
							}
						}
					}
				})
			}
		}
	}
}

// Pictures of other formats keep their colours on the way to I420.
func TestForeignColours(t *testing.T) {
	requireFFmpeg(t)
	for name, args := range map[string][]string{
		"rgb.avi":    {"-c:v", "rawvideo", "-pix_fmt", "bgr24"},
		"pal.mov":    {"-c:v", "qtrle", "-pix_fmt", "rgb24"},
		"ten709.mp4": {"-vf", "scale=out_color_matrix=bt709", "-c:v", "libx264", "-pix_fmt", "yuv422p10le", "-colorspace", "bt709"},
		"ten601.mp4": {"-vf", "scale=out_color_matrix=bt601", "-c:v", "libx264", "-pix_fmt", "yuv444p10le", "-colorspace", "smpte170m"},
		"full.avi":   {"-c:v", "mjpeg", "-q:v", "2", "-pix_fmt", "yuvj422p"},
		"hd.mkv":     {"-vf", "scale=1280:720:out_color_matrix=bt709", "-c:v", "ffv1", "-pix_fmt", "yuv420p"},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), name)
			ffmpeg(t, append(append([]string{"-f", "lavfi", "-i", "color=c=0xe04020:s=64x64:d=0.2"}, args...), path)...)
			d := opened(t, open(t, path), nil, decode.Options{})
			defer d.Close()
			fr, err := d.Frame(t.Context(), 0)
			if err != nil {
				t.Fatal(err)
			}
			defer fr.Close()
			p, err := fr.Picture()
			if err != nil {
				t.Fatal(err)
			}
			data, err := decode.EncodePNG(p)
			if err != nil {
				t.Fatal(err)
			}
			img, _, err := image.Decode(bytes.NewReader(data))
			if err != nil {
				t.Fatal(err)
			}
			r, g, b, _ := img.At(32, 32).RGBA()
			for i, v := range []uint32{r, g, b} {
				if want := []int{0xe0, 0x40, 0x20}[i]; int(v>>8)-want > 5 || want-int(v>>8) > 5 {
					t.Errorf("channel %d is %d, want %d", i, v>>8, want)
				}
			}
		})
	}
}

func TestImageSizes(t *testing.T) {
	p := media.NewPicture(401, 227)
	for _, c := range []struct{ maxW, maxH, w, h int }{{0, 0, 401, 227}, {200, 0, 200, 113}, {0, 100, 177, 100}, {800, 800, 401, 227}, {1, 1, 1, 1}} {
		data, err := decode.EncodeJPEG(p, c.maxW, c.maxH, 80)
		if err != nil {
			t.Fatal(err)
		}
		cfg, _, err := image.DecodeConfig(bytes.NewReader(data))
		if err != nil || cfg.Width != c.w || cfg.Height != c.h {
			t.Errorf("within %dx%d: %dx%d, %v; want %dx%d", c.maxW, c.maxH, cfg.Width, cfg.Height, err, c.w, c.h)
		}
	}
	for _, bad := range []media.Picture{{}, {Width: 10, Height: 10}, {Width: -1, Height: 5}} {
		if _, err := decode.EncodeJPEG(bad, 0, 0, 80); err == nil {
			t.Error("an empty picture was encoded")
		}
		if _, err := decode.EncodePNG(bad); err == nil {
			t.Error("an empty picture was encoded")
		}
	}
}

// The number survives half size and middling quality, as a person's window shows it.
func TestNumberSurvivesJPEG(t *testing.T) {
	f := made(t, mediatest.Clip{Width: 640, Height: 360, Frames: 30, BFrames: 2, CRF: 30})
	d := opened(t, f, nil, decode.Options{})
	defer d.Close()
	fr, err := d.Frame(t.Context(), 21)
	if err != nil {
		t.Fatal(err)
	}
	defer fr.Close()
	p, err := fr.Picture()
	if err != nil {
		t.Fatal(err)
	}
	data, err := decode.EncodeJPEG(p, 320, 0, 60)
	if err != nil {
		t.Fatal(err)
	}
	img, _, err := image.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	grey := media.NewPicture(img.Bounds().Dx(), img.Bounds().Dy())
	for y := range grey.Height {
		for x := range grey.Width {
			_, g, _, _ := img.At(x, y).RGBA()
			grey.Planes[0][y*grey.Stride[0]+x] = byte(g >> 8)
		}
	}
	if n, err := mediatest.ReadNumber(grey); n != 21 || err != nil {
		t.Errorf("reads %d, %v", n, err)
	}
}

// solid is the colour in the matrix's own terms, by the definition of Y'CbCr.
func solid(matrix string, full bool, rgb [3]float64) media.Picture {
	kr, kb := .2126, .0722
	switch matrix {
	case media.MatrixBT601:
		kr, kb = .299, .114
	case media.MatrixBT2020:
		kr, kb = .2627, .0593
	}
	y := kr*rgb[0] + (1-kr-kb)*rgb[1] + kb*rgb[2]
	values := [3]float64{y, (rgb[2] - y) / (2 * (1 - kb)), (rgb[0] - y) / (2 * (1 - kr))}
	p := media.NewPicture(64, 64)
	p.Matrix, p.FullRange = matrix, full
	for i, v := range values {
		switch {
		case full && i == 0:
			v *= 255
		case full:
			v = 128 + v*255
		case i == 0:
			v = 16 + 219*v
		default:
			v = 128 + 224*v
		}
		b := byte(math.Max(0, math.Min(255, math.Round(v))))
		for k := range p.Planes[i] {
			p.Planes[i][k] = b
		}
	}
	return p
}
