package extract

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/png"
	"unicode"

	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
)

// baseline is how far below the top of the em box letters stand, as a share of
// the em.
const baseline = 0.88

// Render draws the sheet in black on white. ErrNoFont when this machine has no
// Chinese font.
func (l *laid) Render(ctx context.Context, n, widthPx int) (Image, error) {
	if n < 1 || n > len(l.pages) {
		return Image{}, ErrNoPage
	}
	f, err := l.set.face()
	if err != nil {
		return Image{}, err
	}
	w, h := PictureSize(sheetWidth, sheetHeight, widthPx, l.limits)
	scale := float64(w) / sheetWidth
	face, err := opentype.NewFace(f, &opentype.FaceOptions{Size: emSize * scale, DPI: 72, Hinting: font.HintingNone})
	if err != nil {
		return Image{}, fmt.Errorf("prepare font: %w", err)
	}
	defer face.Close()
	sheet := image.NewGray(image.Rect(0, 0, w, h))
	for i := range sheet.Pix {
		sheet.Pix[i] = 0xff
	}
	l.walk(n, func(g placed) {
		if ctx.Err() == nil && unicode.IsGraphic(g.r) && !unicode.IsSpace(g.r) {
			stamp(sheet, face, g, scale)
		}
	})
	if err := ctx.Err(); err != nil {
		return Image{}, err
	}
	var buf bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(&buf, sheet); err != nil {
		return Image{}, fmt.Errorf("encode page: %w", err)
	}
	return Image{Bytes: buf.Bytes(), MIME: "image/png", Width: w, Height: h}, nil
}

// stamp draws one glyph in the middle of its cells.
func stamp(sheet *image.Gray, face font.Face, g placed, scale float64) {
	advance, ok := face.GlyphAdvance(g.r)
	if !ok {
		return
	}
	slack := g.w*scale - float64(advance)/64
	dot := fixed.Point26_6{
		X: fixed.Int26_6((g.x*scale + slack/2) * 64),
		Y: fixed.Int26_6((g.y + glyphRise + emSize*baseline) * scale * 64),
	}
	at, mask, from, _, ok := face.Glyph(dot, g.r)
	if !ok {
		return
	}
	in := at.Intersect(sheet.Rect)
	for y := in.Min.Y; y < in.Max.Y; y++ {
		for x := in.Min.X; x < in.Max.X; x++ {
			_, _, _, a := mask.At(from.X+x-at.Min.X, from.Y+y-at.Min.Y).RGBA()
			if a == 0 {
				continue
			}
			p := &sheet.Pix[sheet.PixOffset(x, y)]
			*p = uint8(uint32(*p) * (0xffff - a) / 0xffff) //nolint:gosec // at most *p
		}
	}
}
