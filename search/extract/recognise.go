package extract

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"math"
)

// Reader reads the text off a picture. It is safe for concurrent use; Close it.
type Reader interface {
	// Name says with what, for the record.
	Name() string
	// Read gives text, boxes and confidence of a page; Source is SourceOCR.
	Read(ctx context.Context, page image.Image) (Page, error)
	Close() error
}

const (
	// readDPI is at which resolution a page is read: print of size 六号 has 26
	// pixels a character then.
	readDPI = 250
	// readNarrowest bounds the width of the picture that is read, readPixels its
	// area: each million takes a worker 20 MB.
	readNarrowest, readPixels = 600, 6_000_000
)

// NeedsOCR says whether the text of the page must be read off its picture: it
// has none, or one that means nothing.
func (p Page) NeedsOCR() bool { return p.Source == SourceNone || p.Source == SourceGarbled }

// Recognise reads the text off the picture of page n. The text that the file
// itself holds is the caller's to keep. Errors: ErrNoReader, ErrNoPage,
// ErrTimeout, and those of Document.
func (e *Extractor) Recognise(ctx context.Context, doc Document, n int) (p Page, err error) {
	defer recovered(&err)
	if e.reader == nil {
		return Page{}, ErrNoReader
	}
	pageCtx, cancel := context.WithTimeout(ctx, e.limits.ReadTime)
	defer cancel()
	defer func() {
		if err != nil && ctx.Err() == nil && errors.Is(err, context.DeadlineExceeded) {
			err = fmt.Errorf("read page: %w", ErrTimeout)
		}
	}()
	shown, err := doc.Page(pageCtx, n)
	if err != nil {
		return Page{}, err
	}
	picture, err := doc.Render(pageCtx, n, readWidth(shown))
	if err != nil {
		return Page{}, err
	}
	img, _, err := image.Decode(bytes.NewReader(picture.Bytes))
	if err != nil {
		return Page{}, fmt.Errorf("read page: %w", err)
	}
	if p, err = e.reader.Read(pageCtx, img); err != nil {
		return Page{}, fmt.Errorf("read page: %w", err)
	}
	p.N, p.Width, p.Height = n, shown.Width, shown.Height
	return p, nil
}

// readWidth is how wide a page is drawn to be read.
func readWidth(p Page) int {
	width := max(p.Width/72*readDPI, readNarrowest)
	if p.Width > 0 && p.Height > 0 {
		width = min(width, math.Sqrt(readPixels*p.Width/p.Height))
	}
	return int(math.Round(width))
}

// Reads names what text is read off pictures with; "" when nothing does.
func (e *Extractor) Reads() string {
	if e.reader == nil {
		return ""
	}
	return e.reader.Name()
}

// ReadWith gives the extractor a reader, which it closes. Call it before use.
func (e *Extractor) ReadWith(r Reader) *Extractor {
	e.reader = r
	return e
}
