package decode_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"image"
	"image/color"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"diaoyue.example/workstation/media"
	"diaoyue.example/workstation/media/decode"
)

// A strip of grey from black to white and patches of colours, as its signal
// values 0 to 1: what is encoded is worked out here by the standards' own
// formulas, and what the glass would show is held to them.
const (
	patch   = 32 // pixels
	patches = 12
)

func patchColour(i int) [3]float64 {
	if i < 8 {
		v := float64(i) / 7
		return [3]float64{v, v, v}
	}
	return [][3]float64{{.6, .2, .2}, {.2, .5, .2}, {.25, .25, .6}, {.5, .45, .2}}[i-8]
}

// luma gives the weights of a matrix.
func luma(matrix string) (kr, kb float64) {
	switch matrix {
	case media.MatrixBT709:
		return .2126, .0722
	case media.MatrixBT2020:
		return .2627, .0593
	}
	return .299, .114
}

// raw writes three frames of the patches in planar 4:2:0 of so many bits.
func raw(t *testing.T, matrix string, full bool, bits int) string {
	t.Helper()
	kr, kb := luma(matrix)
	top := float64(int(1)<<bits - 1)
	unit := float64(int(1) << (bits - 8))
	at := func(v float64, chroma bool) uint16 {
		switch {
		case full && chroma:
			v = v*top + 128*unit
		case full:
			v *= top
		case chroma:
			v = (128 + 224*v) * unit
		default:
			v = (16 + 219*v) * unit
		}
		return uint16(math.Round(min(max(v, 0), top)))
	}
	var planes [3][]uint16
	for i := range patches {
		c := patchColour(i)
		y := kr*c[0] + (1-kr-kb)*c[1] + kb*c[2]
		planes[0] = append(planes[0], at(y, false))
		planes[1] = append(planes[1], at((c[2]-y)/(2*(1-kb)), true))
		planes[2] = append(planes[2], at((c[0]-y)/(2*(1-kr)), true))
	}
	var out []byte
	for range 3 {
		for p, values := range planes {
			side := patch
			if p > 0 {
				side /= 2
			}
			for range side {
				for _, v := range values {
					for range side {
						if bits == 8 {
							out = append(out, byte(v))
						} else {
							out = binary.LittleEndian.AppendUint16(out, v)
						}
					}
				}
			}
		}
	}
	path := filepath.Join(t.TempDir(), "patches.yuv")
	if err := os.WriteFile(path, out, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// shown encodes the patches, decodes them and gives each one's colour on the
// glass, 0 to 1.
func shown(t *testing.T, matrix string, full bool, bits int, transfer string) [][3]float64 {
	t.Helper()
	format, codec := "yuv420p", "libx264"
	if bits > 8 {
		format, codec = fmt.Sprintf("yuv420p%dle", bits), "libx265"
	}
	space, primaries := map[string]string{
		media.MatrixBT601: "smpte170m", media.MatrixBT709: "bt709", media.MatrixBT2020: "bt2020nc",
	}[matrix], map[string]string{media.MatrixBT601: "smpte170m", media.MatrixBT709: "bt709", media.MatrixBT2020: "bt2020"}[matrix]
	span := map[bool]string{true: "pc", false: "tv"}[full]
	path := filepath.Join(t.TempDir(), "clip.mp4")
	tags := []string{"-colorspace", space, "-color_primaries", primaries, "-color_trc", transfer, "-color_range", span}
	args := []string{"-f", "rawvideo", "-pix_fmt", format, "-s", fmt.Sprintf("%dx%d", patch*patches, patch)}
	args = append(append(args, tags...), "-i", raw(t, matrix, full, bits), "-c:v", codec, "-crf", "1", "-preset", "ultrafast")
	args = append(args, tags...)
	if codec == "libx265" {
		args = append(args, "-x265-params", strings.Join([]string{
			"log-level=error", "colormatrix=" + space, "colorprim=" + primaries, "transfer=" + transfer, "range=" + map[bool]string{true: "full", false: "limited"}[full],
		}, ":"))
	}
	ffmpeg(t, append(args, path)...)
	d := opened(t, open(t, path), nil, decode.Options{})
	defer d.Close()
	img := png(t, d, 1)
	var out [][3]float64
	for i := range patches {
		c, _ := color.NRGBAModel.Convert(img.At(i*patch+patch/2, patch/2)).(color.NRGBA)
		out = append(out, [3]float64{float64(c.R) / 255, float64(c.G) / 255, float64(c.B) / 255})
	}
	return out
}

// png is frame n as a person takes it away: without loss.
func png(t *testing.T, d *decode.Decoder, n int64) image.Image {
	t.Helper()
	data, err := decode.EncodePNG(display(t, d, n, 0))
	if err != nil {
		t.Fatal(err)
	}
	img, _, err := image.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return img
}

// What is SDR comes out as it went in: by matrix, range and depth.
func TestSignalsComeOut(t *testing.T) {
	requireFFmpeg(t)
	for _, matrix := range []string{media.MatrixBT601, media.MatrixBT709, media.MatrixBT2020} {
		for _, full := range []bool{false, true} {
			for _, bits := range []int{8, 10, 12} {
				t.Run(fmt.Sprint(matrix, full, bits), func(t *testing.T) {
					for i, got := range shown(t, matrix, full, bits, "bt709") {
						for k, want := range patchColour(i) {
							if math.Abs(got[k]-want) > 4.0/255 {
								t.Errorf("patch %d, channel %d is %.3f, want %.3f", i, k, got[k], want)
							}
						}
					}
				})
			}
		}
	}
}

// HDR is brought down by the formulas of ST 2084, BT.2100, the stated curve and
// the conversion of BT.2087, worked out here in 64 bits and by the pixel.
func TestHDRIsBroughtDown(t *testing.T) {
	requireFFmpeg(t)
	for transfer, light := range map[string]func([3]float64) [3]float64{"smpte2084": pq, "arib-std-b67": hlg} {
		t.Run(transfer, func(t *testing.T) {
			for i, got := range shown(t, media.MatrixBT2020, false, 10, transfer) {
				want := broughtDown(light(patchColour(i)))
				for k := range want {
					if math.Abs(got[k]-want[k]) > 6.0/255 {
						t.Errorf("patch %d, channel %d is %.3f, want %.3f", i, k, got[k], want[k])
					}
				}
			}
		})
	}
}

// pq gives light in units of 100 cd/m².
func pq(s [3]float64) (out [3]float64) {
	const m1, m2, c1, c2, c3 = 0.1593017578125, 78.84375, 0.8359375, 18.8515625, 18.6875
	for i, v := range s {
		p := math.Pow(v, 1/m2)
		out[i] = 100 * math.Pow(max(p-c1, 0)/(c2-c3*p), 1/m1)
	}
	return out
}

// hlg gives the light of a display of 1,000 cd/m².
func hlg(s [3]float64) (out [3]float64) {
	const a, b, c = 0.17883277, 0.28466892, 0.55991073
	for i, v := range s {
		if out[i] = v * v / 3; v > .5 {
			out[i] = (math.Exp((v-c)/a) + b) / 12
		}
	}
	y := .2627*out[0] + .678*out[1] + .0593*out[2]
	for i := range out {
		out[i] *= 10 * math.Pow(max(y, 1e-6), .2)
	}
	return out
}

// broughtDown is Hable's curve over the strongest colour, up to 1,000 cd/m²,
// then BT.709 primaries and signal.
func broughtDown(l [3]float64) (out [3]float64) {
	hable := func(x float64) float64 {
		return (x*(.15*x+.05)+.004)/(x*(.15*x+.5)+.06) - 1.0/15
	}
	top := max(l[0], l[1], l[2], 1e-6)
	k := hable(top) / hable(10) / top
	for i, row := range [3][3]float64{{1.6605, -.5876, -.0728}, {-.1246, 1.1329, -.0083}, {-.0182, -.1006, 1.1187}} {
		v := min(max(k*(row[0]*l[0]+row[1]*l[1]+row[2]*l[2]), 0), 1)
		if out[i] = 4.5 * v; v >= .018 {
			out[i] = 1.099*math.Pow(v, .45) - .099
		}
	}
	return out
}
