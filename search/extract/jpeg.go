package extract

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"image"
	"image/jpeg"
	"runtime"

	"golang.org/x/sync/errgroup"
)

const (
	// mcu is the side in dots of what JPEG codes at once with halved colour.
	mcu = 16
	// maxRestart is the longest restart interval, in MCUs (ITU-T T.81, B.2.4.4).
	maxRestart = 0xffff
)

// EncodeJPEG writes a picture as JPEG, quality 1 to 100. Bands of it are coded
// side by side and joined by restart markers (ITU-T T.81, E.1.4), and what has
// no colour is written without: a page is on the glass in half the time.
func EncodeJPEG(img image.Image, quality int) ([]byte, error) {
	if rgba, ok := img.(*image.RGBA); ok {
		if grey, all := greyOf(rgba); all {
			img = grey
		}
	}
	bands, interval := bandsOf(img)
	parts := make([][]byte, len(bands))
	var g errgroup.Group
	for i, band := range bands {
		g.Go(func() error {
			var buf bytes.Buffer
			if err := jpeg.Encode(&buf, band, &jpeg.Options{Quality: quality}); err != nil {
				return fmt.Errorf("encode page: %w", err)
			}
			parts[i] = buf.Bytes()
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	if len(parts) == 1 {
		return parts[0], nil
	}
	return join(parts, img.Bounds().Dy(), interval)
}

type subImage interface {
	image.Image
	SubImage(r image.Rectangle) image.Image
}

// bandsOf cuts a picture into as many bands of whole MCUs as there are cores;
// all but the last have interval MCUs.
func bandsOf(img image.Image) (bands []image.Image, interval int) {
	r, side := img.Bounds(), mcu
	whole, ok := img.(subImage)
	if !ok {
		return []image.Image{img}, 0
	}
	if _, grey := img.(*image.Gray); grey {
		side = mcu / 2
	}
	across := (r.Dx() + side - 1) / side
	rows := (r.Dy() + side - 1) / side
	each := min((rows+runtime.GOMAXPROCS(0)-1)/runtime.GOMAXPROCS(0), maxRestart/max(across, 1))
	if each < 1 {
		return []image.Image{img}, 0
	}
	for y := r.Min.Y; y < r.Max.Y; y += each * side {
		bands = append(bands, whole.SubImage(image.Rect(r.Min.X, y, r.Max.X, min(y+each*side, r.Max.Y))))
	}
	return bands, each * across
}

// The markers of JPEG that are looked for or written.
const (
	markSOF0 = 0xc0
	markRST0 = 0xd0
	markEOI  = 0xd9
	markSOS  = 0xda
	markDRI  = 0xdd
)

// join makes one picture of those of its bands, which have the same tables.
func join(parts [][]byte, height, interval int) ([]byte, error) {
	size := 16
	for _, p := range parts {
		size += len(p)
	}
	out := make([]byte, 0, size)
	for i, p := range parts {
		frame, scan, data, err := places(p)
		if err != nil {
			return nil, err
		}
		if i == 0 {
			out = append(out, p[:scan]...)
			// A frame header's marker, length and precision, then its height.
			binary.BigEndian.PutUint16(out[frame+5:], uint16(height)) //nolint:gosec // G115: the encoder refuses more
			out = append(out, 0xff, markDRI, 0, 4, byte(interval>>8), byte(interval))
			out = append(out, p[scan:data]...)
		} else {
			out = append(out, 0xff, markRST0+byte(i-1)%8)
		}
		out = append(out, p[data:len(p)-2]...)
	}
	return append(out, 0xff, markEOI), nil
}

// places finds, in what the encoder wrote, the frame header, the scan header
// and where the coded data begin.
func places(b []byte) (frame, scan, data int, err error) {
	for at := 2; at+4 <= len(b) && b[at] == 0xff; {
		next := at + 2 + int(binary.BigEndian.Uint16(b[at+2:]))
		switch b[at+1] {
		case markSOF0:
			frame = at
		case markSOS:
			if frame == 0 || next > len(b)-2 {
				return 0, 0, 0, fmt.Errorf("encode page: the bands do not fit")
			}
			return frame, at, next, nil
		}
		at = next
	}
	return 0, 0, 0, fmt.Errorf("encode page: the bands have no data")
}

// greyOf is the picture without its colour, if it has none. Its alpha is taken
// for full, as JPEG takes it.
func greyOf(img *image.RGBA) (*image.Gray, bool) {
	r := img.Bounds()
	out := image.NewGray(r)
	for y := range r.Dy() {
		from := img.Pix[y*img.Stride : y*img.Stride+4*r.Dx()]
		to := out.Pix[y*out.Stride : y*out.Stride+r.Dx()]
		for x := range to {
			p := from[4*x : 4*x+3 : 4*x+3]
			if p[0] != p[1] || p[1] != p[2] {
				return nil, false
			}
			to[x] = p[0]
		}
	}
	return out, true
}
