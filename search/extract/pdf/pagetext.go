package pdf

import (
	"context"
	"fmt"
	"unicode"
	"unicode/utf8"

	"github.com/klippa-app/go-pdfium/enums"
	"github.com/klippa-app/go-pdfium/requests"
	"github.com/klippa-app/go-pdfium/responses"

	"diaoyue.example/workstation/search/extract"
)

const (
	// gridSize is the side of the integer grid on which the page's transform is
	// measured: a millionth of the page.
	gridSize = 1_000_000
	// maxObjects bounds how many objects of a page are looked at for pictures.
	maxObjects = 4000
	// pictureShare of a page covered by pictures, with hardly a character,
	// makes it a scan.
	pictureShare = 0.5
	// fewCharacters is "hardly a character".
	fewCharacters = 8
)

// Page is the text in reading order as PDFium gives it, with a box for each
// character.
func (d *document) Page(ctx context.Context, n int) (extract.Page, error) {
	out := extract.Page{N: n, Source: extract.SourceText}
	err := d.call(ctx, func() error {
		w, h, err := d.pageSize(n)
		if err != nil {
			return err
		}
		out.Width, out.Height = w, h
		t, err := d.engine.GetPageTextStructured(&requests.GetPageTextStructured{
			Page: d.page(n), Mode: requests.GetPageTextStructuredModeChars,
		})
		if err != nil {
			return fmt.Errorf("text of page: %w (%w)", extract.ErrDamaged, err)
		}
		to, err := d.transform(n)
		if err != nil {
			return err
		}
		out.Text, out.Boxes = compose(t.Chars, to)
		if len(out.Boxes) < fewCharacters && d.pictured(n, to) {
			out.Source = extract.SourceNone
		}
		return nil
	})
	return out, err
}

// transform is the affine map from page space to fractions of the page as it is
// shown: it holds the crop box and the page's rotation.
type transform struct{ x0, y0, xx, xy, yx, yy float64 }

// transform measures the map at three points far apart.
func (d *document) transform(n int) (transform, error) {
	const far = 1000.0
	at := func(x, y float64) (float64, float64, error) {
		r, err := d.engine.FPDF_PageToDevice(&requests.FPDF_PageToDevice{
			Page: d.page(n), SizeX: gridSize, SizeY: gridSize, Rotate: enums.FPDF_PAGE_ROTATION_NONE, PageX: x, PageY: y,
		})
		if err != nil {
			return 0, 0, fmt.Errorf("transform of page: %w (%w)", extract.ErrDamaged, err)
		}
		return float64(r.DeviceX) / gridSize, float64(r.DeviceY) / gridSize, nil
	}
	ox, oy, err := at(0, 0)
	if err != nil {
		return transform{}, err
	}
	ax, ay, err := at(far, 0)
	if err != nil {
		return transform{}, err
	}
	bx, by, err := at(0, far)
	if err != nil {
		return transform{}, err
	}
	return transform{
		x0: ox, y0: oy,
		xx: (ax - ox) / far, yx: (ay - oy) / far,
		xy: (bx - ox) / far, yy: (by - oy) / far,
	}, nil
}

// box is a rectangle of page space as fractions of the page, cut to the page.
func (t transform) box(left, bottom, right, top float64) (x, y, w, h float64) {
	ax, ay := t.x0+t.xx*left+t.xy*bottom, t.y0+t.yx*left+t.yy*bottom
	bx, by := t.x0+t.xx*right+t.xy*top, t.y0+t.yx*right+t.yy*top
	x0, x1 := clamp(min(ax, bx)), clamp(max(ax, bx))
	y0, y1 := clamp(min(ay, by)), clamp(max(ay, by))
	return x0, y0, x1 - x0, y1 - y0
}

func clamp(v float64) float64 { return min(max(v, 0), 1) }

// compose makes the text and its boxes. PDFium puts spaces between Han where a
// file sets them apart; they are dropped, for nobody seeks them.
func compose(chars []*responses.GetPageTextStructuredChar, to transform) (string, []extract.Box) {
	var text []byte
	boxes := make([]extract.Box, 0, len(chars))
	var last rune // last visible rune on this line
	gap := false  // a space waits for the next rune
	for _, c := range chars {
		r, size := utf8.DecodeRuneInString(c.Text)
		switch {
		case size == 0, r == '\r', r == '\ufffe', r == '\u00ad':
			continue
		case r == '\n':
			text = append(text, '\n')
			last, gap = 0, false
			continue
		case r == 2: // PDFium's mark for a hyphen at the end of a line
			r = '-'
		case unicode.IsSpace(r):
			gap = last != 0
			continue
		case unicode.IsControl(r):
			continue
		}
		if gap && (!solid(last) || !solid(r)) {
			text = append(text, ' ')
		}
		gap, last = false, r
		b := extract.Box{Text: string(r), Start: len(text)}
		text = utf8.AppendRune(text, r)
		b.End = len(text)
		p := c.PointPosition
		b.X, b.Y, b.W, b.H = to.box(p.Left, p.Bottom, p.Right, p.Top)
		boxes = append(boxes, b)
	}
	return string(text), boxes
}

// solid says whether r is written without spaces around it.
func solid(r rune) bool {
	return unicode.Is(unicode.Han, r) || r >= 0x3000 && r <= 0x303f || r >= 0xff00 && r <= 0xffef
}

// pictured says whether pictures cover more than half of the page.
func (d *document) pictured(n int, to transform) bool {
	page := d.page(n)
	count, err := d.engine.FPDFPage_CountObjects(&requests.FPDFPage_CountObjects{Page: page})
	if err != nil {
		return false
	}
	area := 0.0
	for i := range min(count.Count, maxObjects) {
		o, err := d.engine.FPDFPage_GetObject(&requests.FPDFPage_GetObject{Page: page, Index: i})
		if err != nil {
			return false
		}
		kind, err := d.engine.FPDFPageObj_GetType(&requests.FPDFPageObj_GetType{PageObject: o.PageObject})
		if err != nil || kind.Type != enums.FPDF_PAGEOBJ_IMAGE {
			continue
		}
		b, err := d.engine.FPDFPageObj_GetBounds(&requests.FPDFPageObj_GetBounds{PageObject: o.PageObject})
		if err != nil {
			continue
		}
		_, _, w, h := to.box(float64(b.Left), float64(b.Bottom), float64(b.Right), float64(b.Top))
		area += w * h
	}
	return area > pictureShare
}
