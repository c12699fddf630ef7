package ofd

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	_ "image/gif" // registers its decoder
	"image/jpeg"
	_ "image/png" // registers its decoder

	_ "golang.org/x/image/bmp"  // registers its decoder
	_ "golang.org/x/image/tiff" // registers its decoder
)

// maxPixels bounds what the images of one page may unpack to.
const maxPixels = 80_000_000

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
		if page == nil || !w.afford(width, height) {
			return 0
		}
		return w.file.stream(fmt.Sprintf("/Type /XObject /Subtype /Image /Width %d /Height %d /ColorSpace /DeviceGray /BitsPerComponent 1 /Filter /JBIG2Decode", width, height), page)
	}
	cfg, _, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil || !w.afford(cfg.Width, cfg.Height) {
		return 0
	}
	img, _, err := image.Decode(bytes.NewReader(data))
	if err != nil {
		return 0
	}
	return w.pixelImage(img)
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
	if err != nil || !w.afford(cfg.Width, cfg.Height) {
		return 0
	}
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
	colors := make([]byte, 0, 3*b.Dx()*b.Dy())
	alphas := make([]byte, 0, b.Dx()*b.Dy())
	opaque := true
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			c, _ := color.NRGBAModel.Convert(img.At(x, y)).(color.NRGBA)
			colors = append(colors, c.R, c.G, c.B)
			alphas = append(alphas, c.A)
			opaque = opaque && c.A == 0xff
		}
	}
	size := fmt.Sprintf("/Type /XObject /Subtype /Image /Width %d /Height %d /BitsPerComponent 8", b.Dx(), b.Dy())
	mask := ""
	if !opaque {
		mask = fmt.Sprintf(" /SMask %d 0 R", w.file.stream(size+" /ColorSpace /DeviceGray", alphas))
	}
	return w.file.stream(size+" /ColorSpace /DeviceRGB"+mask, colors)
}
