package ofd

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	_ "image/gif" // registers its decoder
	"image/jpeg"
	_ "image/png" // registers its decoder
	"math"

	_ "golang.org/x/image/bmp" // registers its decoder
	"golang.org/x/image/draw"
	_ "golang.org/x/image/tiff" // registers its decoder
)

const (
	// maxPixels bounds the images of one page: an A1 sheet at 300 dpi.
	maxPixels = 80_000_000
	// maxUnpacked bounds those of them that are unpacked here.
	maxUnpacked = 32_000_000
	// maxImage is the size to which one of these is made smaller: no page is
	// drawn more than 4,000 pixels wide.
	maxImage = 16_000_000
)

// image gives the name of an image of the page, "" when there is none that can
// be shown.
func (w *writer) image(p picture) string {
	key := fmt.Sprintf("%p %s", p.pack, p.part)
	if p.data != nil {
		key = fmt.Sprintf("%p", &p.data[0])
	}
	if name, known := w.images[key]; known {
		return name
	}
	name := ""
	if data, err := p.load(); err == nil {
		if id := w.embed(data); id != 0 {
			name = w.name("XObject", id)
		}
	}
	w.images[key] = name
	return name
}

// embed writes an image: JPEG and JBIG2 as they are, all others unpacked. 0
// when it cannot be read.
func (w *writer) embed(data []byte) int {
	switch {
	case bytes.HasPrefix(data, []byte("\xff\xd8\xff")):
		return w.jpeg(data)
	case bytes.HasPrefix(data, []byte(jbig2Signature)):
		page, width, height := jbig2Page(data)
		if page == nil || !w.afford(width, height) || len(page) > w.embedded {
			return 0
		}
		w.embedded -= len(page)
		return w.file.stream(fmt.Sprintf("/Type /XObject /Subtype /Image /Width %d /Height %d /ColorSpace /DeviceGray /BitsPerComponent 1 /Filter /JBIG2Decode", width, height), page)
	}
	cfg, _, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil || !w.afford(cfg.Width, cfg.Height) || cfg.Width*cfg.Height > w.unpacked {
		return 0
	}
	w.unpacked -= cfg.Width * cfg.Height
	img, _, err := image.Decode(bytes.NewReader(data))
	if err != nil {
		return 0
	}
	return w.pixelImage(smaller(img))
}

// smaller scales an image down to maxImage.
func smaller(img image.Image) image.Image {
	b := img.Bounds()
	k := math.Sqrt(maxImage / (float64(b.Dx()) * float64(b.Dy())))
	if k >= 1 {
		return img
	}
	out := image.NewRGBA(image.Rect(0, 0, max(1, int(k*float64(b.Dx()))), max(1, int(k*float64(b.Dy())))))
	draw.ApproxBiLinear.Scale(out, out.Rect, img, b, draw.Src, nil)
	return out
}

// afford takes the pixels of an image from what the page may unpack.
func (w *writer) afford(width, height int) bool {
	if width < 1 || height < 1 || width > w.pixels/height {
		return false
	}
	w.pixels -= width * height
	return true
}

func (w *writer) jpeg(data []byte) int {
	cfg, err := jpeg.DecodeConfig(bytes.NewReader(data))
	if err != nil || !w.afford(cfg.Width, cfg.Height) || len(data) > w.embedded {
		return 0
	}
	w.embedded -= len(data)
	space := "/DeviceRGB"
	switch cfg.ColorModel {
	case color.GrayModel:
		space = "/DeviceGray"
	case color.CMYKModel:
		space = "/DeviceCMYK"
		if bytes.Contains(data[:min(len(data), 4096)], []byte("Adobe\x00")) {
			space += " /Decode [1 0 1 0 1 0 1 0]" // Adobe's are written inverted
		}
	}
	return w.file.stream(fmt.Sprintf("/Type /XObject /Subtype /Image /Width %d /Height %d /ColorSpace %s /BitsPerComponent 8 /Filter /DCTDecode", cfg.Width, cfg.Height, space), data)
}

// pixelImage writes colours and, where there is any, transparency.
func (w *writer) pixelImage(img image.Image) int {
	b := img.Bounds()
	size := fmt.Sprintf("/Type /XObject /Subtype /Image /Width %d /Height %d /BitsPerComponent 8", b.Dx(), b.Dy())
	if gray, ok := img.(*image.Gray); ok && gray.Stride == b.Dx() {
		return w.file.stream(size+" /ColorSpace /DeviceGray", gray.Pix)
	}
	from, ok := img.(image.RGBA64Image)
	if !ok {
		return 0
	}
	colors := make([]byte, 0, 3*b.Dx()*b.Dy())
	var alphas []byte
	if o, ok := img.(interface{ Opaque() bool }); !ok || !o.Opaque() {
		alphas = make([]byte, 0, b.Dx()*b.Dy())
	}
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			c := from.RGBA64At(x, y)
			a := max(uint32(c.A), 1)
			colors = append(colors, straight(c.R, a), straight(c.G, a), straight(c.B, a))
			if alphas != nil {
				alphas = append(alphas, byte(c.A>>8))
			}
		}
	}
	mask := ""
	if alphas != nil {
		mask = fmt.Sprintf(" /SMask %d 0 R", w.file.stream(size+" /ColorSpace /DeviceGray", alphas))
	}
	return w.file.stream(size+" /ColorSpace /DeviceRGB"+mask, colors)
}

// straight is a part of a colour before it was multiplied with its opacity.
func straight(v uint16, alpha uint32) byte {
	return byte(min(uint32(v)*0xffff/alpha, 0xffff) >> 8)
}
