package extract

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"io"
	"os"
	"sync"

	"golang.org/x/image/tiff"
)

// Faxes reads TIFF files, which hold one scan a page.
type Faxes struct{ limits Limits }

// NewFaxes gives the format.
func NewFaxes(limits Limits) *Faxes { return &Faxes{limits: limits.WithDefaults()} }

// Probe looks at the signature.
func (x *Faxes) Probe(head []byte, _ string) int {
	if len(head) > 4 && (string(head[:4]) == "II*\x00" || string(head[:4]) == "MM\x00*") {
		return 100
	}
	return 0
}

// Open reads the directories of all pages. Errors: ErrDamaged, ErrLimit.
func (x *Faxes) Open(_ context.Context, f *os.File, _ string) (Document, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("look at file: %w", err)
	}
	src := io.NewSectionReader(f, 0, info.Size())
	pages, order, err := directories(src, x.limits.Pages)
	if err != nil {
		return nil, err
	}
	return &fax{src: src, order: order, pages: pages, limits: x.limits}, nil
}

// fax is a TIFF file.
type fax struct {
	mu     sync.Mutex // one decoding at a time
	src    *io.SectionReader
	order  binary.ByteOrder
	pages  []directory
	limits Limits
}

func (x *fax) Kind() string { return "image" }

func (x *fax) Pages() int { return len(x.pages) }

func (x *fax) Close() error { return nil }

// Page has the size that the file names, for a sheet sent as a fax has more dots
// across than down.
func (x *fax) Page(_ context.Context, n int) (Page, error) {
	d := x.pages[n-1]
	w, h := d.shown()
	return Page{N: n, Source: SourceNone, Width: float64(w) * 72 / d.dpi(), Height: float64(h) * 72 / d.dpi()}, nil
}

// Render scales a page, never up.
func (x *fax) Render(ctx context.Context, n, widthPx int) (Image, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return Image{}, err
	}
	d := x.pages[n-1]
	if d.width < 1 || d.height < 1 {
		return Image{}, fmt.Errorf("a page without size: %w", ErrDamaged)
	}
	if d.width > scanPixels/d.height {
		return Image{}, fmt.Errorf("a page of %d by %d: %w", d.width, d.height, ErrLimit)
	}
	img, err := x.decode(d)
	if err != nil {
		return Image{}, err
	}
	w, h := d.shown()
	return drawn(img, "jpeg", w, h, d.orientation, widthPx, x.limits)
}

func (x *fax) decode(d directory) (image.Image, error) {
	if d.compression == compressionJPEG {
		return x.decodeJPEG(d)
	}
	img, err := tiff.Decode(&fromPage{x.src, x.order, d.at})
	var odd tiff.UnsupportedError
	if errors.As(err, &odd) {
		return nil, fmt.Errorf("read page: %w (%w)", ErrUnsupported, err)
	}
	if err != nil {
		return nil, fmt.Errorf("read page: %w (%w)", ErrDamaged, err)
	}
	return img, nil
}

// fromPage shows a file whose first directory is the one at a place: the decoder
// looks at the first only.
type fromPage struct {
	*io.SectionReader

	order binary.ByteOrder
	at    uint32
}

const headerBytes = 8

func (p *fromPage) ReadAt(b []byte, off int64) (int, error) {
	n, err := p.SectionReader.ReadAt(b, off)
	var header [headerBytes]byte
	p.order.PutUint32(header[4:], p.at)
	for i := max(off, 4); i < min(off+int64(n), headerBytes); i++ {
		b[i-off] = header[i]
	}
	return n, err
}
