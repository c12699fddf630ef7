package ocr

import (
	"image"
	"math"
)

const (
	lineHeight = 48   // what the reading network was taught with
	maxWidth   = 3200 // of a line so scaled: longer ones are squeezed
)

// cut takes a rectangle out of the page, upright and high pixels high.
func cut(img *image.RGBA, q quad, width, height int) *image.RGBA {
	out := image.NewRGBA(image.Rect(0, 0, width, height))
	// The steps of one output pixel on the page.
	su, sv := q.w/float64(width), q.h/float64(height)
	d := q.down()
	origin := q.at(-q.w/2+su/2, -q.h/2+sv/2)
	for y := range height {
		for x := range width {
			u, v := float64(x)*su, float64(y)*sv
			px := origin.x + u*q.along.x + v*d.x
			py := origin.y + u*q.along.y + v*d.y
			sample(img, px-0.5, py-0.5, out.Pix[y*out.Stride+4*x:])
		}
	}
	return out
}

// sample writes the colour between four pixels; outside the page the nearest
// pixel goes on.
func sample(img *image.RGBA, x, y float64, to []byte) {
	w, h := img.Rect.Dx(), img.Rect.Dy()
	fx, fy := math.Floor(x), math.Floor(y)
	ax, ay := int((x-fx)*256), int((y-fy)*256)
	x0, x1 := min(max(int(fx), 0), w-1), min(max(int(fx)+1, 0), w-1)
	y0, y1 := min(max(int(fy), 0), h-1), min(max(int(fy)+1, 0), h-1)
	a, b := img.Pix[y0*img.Stride+4*x0:], img.Pix[y0*img.Stride+4*x1:]
	c, e := img.Pix[y1*img.Stride+4*x0:], img.Pix[y1*img.Stride+4*x1:]
	for i := range 3 {
		top := int(a[i])*(256-ax) + int(b[i])*ax
		bottom := int(c[i])*(256-ax) + int(e[i])*ax
		to[i] = byte((top*(256-ay) + bottom*ay + 1<<15) >> 16) //nolint:gosec // G115: a weighted mean of bytes
	}
	to[3] = 255
}
