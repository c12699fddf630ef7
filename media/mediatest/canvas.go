package mediatest

import (
	"fmt"
	"image"
	"math"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gomonobold"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"

	"diaoyue.example/workstation/media"
)

// color in limited range.
type color struct{ y, u, v byte }

// rgb makes a colour by BT.709.
func rgb(hex uint32) color {
	r, g, b := float64(hex>>16&255)/255, float64(hex>>8&255)/255, float64(hex&255)/255
	y := .2126*r + .7152*g + .0722*b
	return color{byte(16 + 219*y + .5), byte(128 + 224*(b-y)/1.8556 + .5), byte(128 + 224*(r-y)/1.5748 + .5)}
}

// shade makes a colour lighter (f > 1) or darker.
func (c color) shade(f float64) color {
	y := 16 + (float64(c.y)-16)*f
	return color{byte(math.Max(16, math.Min(235, y))), c.u, c.v}
}

// fill paints the rectangle from x0, y0 to before x1, y1, cut to the picture.
func fill(p media.Picture, x0, y0, x1, y1 int, c color) {
	x0, y0, x1, y1 = max(x0, 0), max(y0, 0), min(x1, p.Width), min(y1, p.Height)
	if x0 >= x1 || y0 >= y1 {
		return
	}
	for i, v := range [3]byte{c.y, c.u, c.v} {
		a, b, s, e := x0, x1, y0, y1
		if i > 0 {
			a, b, s, e = x0/2, (x1+1)/2, y0/2, (y1+1)/2
		}
		for y := s; y < e; y++ {
			row := p.Planes[i][y*p.Stride[i]+a : y*p.Stride[i]+b]
			for x := range row {
				row[x] = v
			}
		}
	}
}

// ellipse paints a filled ellipse around cx, cy.
func ellipse(p media.Picture, cx, cy, rx, ry float64, c color) {
	for y := int(cy - ry); y <= int(cy+ry); y++ {
		d := (float64(y) + .5 - cy) / ry
		if d*d >= 1 {
			continue
		}
		w := rx * math.Sqrt(1-d*d)
		span(p, int(cx-w+.5), int(cx+w+.5), y, c)
	}
}

// span paints one row; chroma follows on even rows.
func span(p media.Picture, x0, x1, y int, c color) {
	x0, x1 = max(x0, 0), min(x1, p.Width)
	if y < 0 || y >= p.Height || x0 >= x1 {
		return
	}
	row := p.Planes[0][y*p.Stride[0]:]
	for x := x0; x < x1; x++ {
		row[x] = c.y
	}
	if y%2 != 0 {
		return
	}
	for i, v := range [2]byte{c.u, c.v} {
		row := p.Planes[i+1][y/2*p.Stride[i+1]:]
		for x := x0 / 2; x < (x1+1)/2; x++ {
			row[x] = v
		}
	}
}

// limb paints a thick line with round ends.
func limb(p media.Picture, x0, y0, x1, y1, r float64, c color) {
	steps := int(math.Hypot(x1-x0, y1-y0)/math.Max(r/2, 1)) + 1
	for i := 0; i <= steps; i++ {
		t := float64(i) / float64(steps)
		ellipse(p, x0+(x1-x0)*t, y0+(y1-y0)*t, r, r, c)
	}
}

// polygon paints a convex polygon given clockwise or not.
func polygon(p media.Picture, c color, pts ...[2]float64) {
	lo, hi := math.Inf(1), math.Inf(-1)
	for _, q := range pts {
		lo, hi = math.Min(lo, q[1]), math.Max(hi, q[1])
	}
	for y := int(math.Max(lo, 0)); y < int(math.Min(hi, float64(p.Height)))+1; y++ {
		l, r := math.Inf(1), math.Inf(-1)
		yc := float64(y) + .5
		for i, a := range pts {
			b := pts[(i+1)%len(pts)]
			if (a[1] <= yc) == (b[1] <= yc) {
				continue
			}
			x := a[0] + (yc-a[1])/(b[1]-a[1])*(b[0]-a[0])
			l, r = math.Min(l, x), math.Max(r, x)
		}
		if l < r {
			span(p, int(l+.5), int(r+.5), y, c)
		}
	}
}

// typeface holds the letters that a clip burns in, as coverage masks.
type typeface struct {
	glyphs  map[rune]*image.Alpha
	advance int
	ascent  int
}

const letters = "0123456789-:. #ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

func newTypeface(size float64) (*typeface, error) {
	parsed, err := opentype.Parse(gomonobold.TTF)
	if err != nil {
		return nil, fmt.Errorf("read font: %w", err)
	}
	face, err := opentype.NewFace(parsed, &opentype.FaceOptions{Size: size, DPI: 72, Hinting: font.HintingFull})
	if err != nil {
		return nil, fmt.Errorf("read font: %w", err)
	}
	defer face.Close()
	t := &typeface{glyphs: map[rune]*image.Alpha{}, ascent: face.Metrics().Ascent.Ceil()}
	for _, r := range letters {
		bounds, mask, from, advance, ok := face.Glyph(fixed.P(0, t.ascent), r)
		if !ok {
			continue
		}
		t.advance = advance.Ceil()
		a := image.NewAlpha(bounds)
		for y := bounds.Min.Y; y < bounds.Max.Y; y++ {
			for x := bounds.Min.X; x < bounds.Max.X; x++ {
				_, _, _, v := mask.At(from.X+x-bounds.Min.X, from.Y+y-bounds.Min.Y).RGBA()
				a.Pix[a.PixOffset(x, y)] = byte(v >> 8) //nolint:gosec // 16 bits to 8
			}
		}
		t.glyphs[r] = a
	}
	return t, nil
}

// text writes s with its upper left corner at x, y, white with a dark rim.
func (t *typeface) text(p media.Picture, x, y int, s string) {
	rim := max(1, t.ascent/16)
	for _, r := range s {
		if g := t.glyphs[r]; g != nil {
			for _, d := range [][2]int{{-rim, 0}, {rim, 0}, {0, -rim}, {0, rim}} {
				blend(p, g, x+d[0], y+d[1], 24)
			}
			blend(p, g, x, y, 230)
		}
		x += t.advance
	}
}

func blend(p media.Picture, g *image.Alpha, ox, oy, luma int) {
	for y := g.Rect.Min.Y; y < g.Rect.Max.Y; y++ {
		for x := g.Rect.Min.X; x < g.Rect.Max.X; x++ {
			a := int(g.Pix[g.PixOffset(x, y)])
			px, py := ox+x, oy+y
			if a == 0 || px < 0 || py < 0 || px >= p.Width || py >= p.Height {
				continue
			}
			at := py*p.Stride[0] + px
			p.Planes[0][at] = byte((int(p.Planes[0][at])*(255-a) + luma*a) / 255) //nolint:gosec // a mean of bytes
			for i := 1; i < 3; i++ {
				c := py/2*p.Stride[i] + px/2
				p.Planes[i][c] = byte((int(p.Planes[i][c])*(255-a) + 128*a) / 255) //nolint:gosec // a mean of bytes
			}
		}
	}
}
