package pdf

import (
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"io"
	"math"
	"os"
	"time"

	"github.com/klippa-app/go-pdfium"
	"github.com/klippa-app/go-pdfium/enums"
	pdferrors "github.com/klippa-app/go-pdfium/errors"
	"github.com/klippa-app/go-pdfium/references"
	"github.com/klippa-app/go-pdfium/requests"

	"diaoyue.example/workstation/search/extract"
)

// jpegQuality keeps small print clean at page width.
const jpegQuality = 88

// busyWait is how long a call waits for a sandbox when all are in use.
const busyWait = 10 * time.Second

// document is an open PDF: one sandbox, used by one call at a time.
type document struct {
	format *Format
	file   io.ReaderAt
	size   int64
	pages  int
	turn   chan struct{} // holds one token while a call runs

	// Guarded by turn.
	engine pdfium.Pdfium
	ref    references.FPDF_DOCUMENT
	closed bool
}

func (d *document) Kind() string { return "pdf" }

func (d *document) Pages() int { return d.pages }

// start opens the file and counts its pages.
func (d *document) start(ctx context.Context) error {
	return d.call(ctx, func() error {
		count, err := d.engine.FPDF_GetPageCount(&requests.FPDF_GetPageCount{Document: d.ref})
		if err != nil {
			return fmt.Errorf("count pages: %w", err)
		}
		if count.PageCount < 1 {
			return fmt.Errorf("no pages: %w", extract.ErrDamaged)
		}
		d.pages = count.PageCount
		return nil
	})
}

// call runs fn with the sandbox. When the context or the time for a page runs
// out, the sandbox is killed and the next call opens the file again; in an
// expendable process the call comes to its end, which is then too late.
func (d *document) call(ctx context.Context, fn func() error) (err error) {
	pool, err := d.format.engine() // its start, which may be long, is not part of a page's time
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, d.format.cfg.Limits.PageTime)
	defer cancel()
	select {
	case d.turn <- struct{}{}:
	case <-ctx.Done():
		return stopped(ctx)
	}
	defer func() { <-d.turn }()
	if d.closed {
		return os.ErrClosed
	}
	if d.engine == nil {
		if d.engine, err = borrow(ctx, pool); err != nil {
			return err
		}
	}
	engine := d.engine
	unwatch := context.AfterFunc(ctx, func() {
		if !d.format.cfg.Expendable {
			_ = engine.Kill()
		}
	})
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("the PDF engine failed: %w", extract.ErrDamaged)
			unwatch()
			d.drop()
		}
	}()
	if d.ref == "" {
		err = d.open()
	}
	if err == nil {
		err = fn()
	}
	if !unwatch() {
		if !d.format.cfg.Expendable { // killed, perhaps just after fn was done
			d.engine, d.ref = nil, ""
		}
		return stopped(ctx)
	}
	return err
}

// borrow takes a sandbox from the pool, waiting a while when all are in use.
func borrow(ctx context.Context, pool pdfium.Pool) (pdfium.Pdfium, error) {
	ctx, cancel := context.WithTimeout(ctx, busyWait)
	defer cancel()
	engine, err := pool.GetInstanceWithContext(ctx)
	if err != nil {
		return nil, fmt.Errorf("%w (%w)", extract.ErrBusy, err)
	}
	return engine, nil
}

func stopped(ctx context.Context) error {
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return extract.ErrTimeout
	}
	return ctx.Err()
}

func (d *document) open() error {
	opened, err := d.engine.OpenDocument(&requests.OpenDocument{
		FileReader: io.NewSectionReader(d.file, 0, d.size), FileReaderSize: d.size,
	})
	switch {
	case errors.Is(err, pdferrors.ErrPassword), errors.Is(err, pdferrors.ErrSecurity):
		return extract.ErrEncrypted
	case err != nil:
		return fmt.Errorf("open PDF: %w (%w)", extract.ErrDamaged, err)
	}
	d.ref = opened.Document
	return nil
}

// drop gives the sandbox up; a fresh one opens the file at the next call.
func (d *document) drop() {
	if d.engine != nil {
		_ = d.engine.Kill()
	}
	d.engine, d.ref = nil, ""
}

func (d *document) Close() error {
	d.turn <- struct{}{}
	defer func() { <-d.turn }()
	if d.closed {
		return nil
	}
	d.closed = true
	if d.engine == nil {
		return nil
	}
	if d.ref != "" {
		_, _ = d.engine.FPDF_CloseDocument(&requests.FPDF_CloseDocument{Document: d.ref})
	}
	err := d.engine.Close()
	d.engine, d.ref = nil, ""
	if err != nil {
		return fmt.Errorf("close PDF: %w", err)
	}
	return nil
}

func (d *document) page(n int) requests.Page {
	return requests.Page{ByIndex: &requests.PageByIndex{Document: d.ref, Index: n - 1}}
}

func (d *document) pageSize(n int) (w, h float64, err error) {
	size, err := d.engine.FPDF_GetPageSizeByIndex(&requests.FPDF_GetPageSizeByIndex{Document: d.ref, Index: n - 1})
	if err != nil {
		return 0, 0, fmt.Errorf("size of page: %w (%w)", extract.ErrDamaged, err)
	}
	if !(size.Width > 0 && size.Height > 0) || math.IsInf(size.Width, 0) || math.IsInf(size.Height, 0) {
		return 0, 0, fmt.Errorf("a page without size: %w", extract.ErrDamaged)
	}
	return size.Width, size.Height, nil
}

// Render is the page as JPEG on white, annotations (and so stamped seals)
// included.
func (d *document) Render(ctx context.Context, n, widthPx int) (extract.Image, error) {
	var out extract.Image
	err := d.call(ctx, func() error {
		w, h, err := d.pageSize(n)
		if err != nil {
			return err
		}
		width, height := extract.PictureSize(w, h, widthPx, d.format.cfg.Limits)
		r, err := d.engine.RenderPageInPixels(&requests.RenderPageInPixels{
			Page: d.page(n), Width: width, Height: height, RenderFlags: enums.FPDF_RENDER_FLAG_ANNOT,
			RenderForm: true, Document: &d.ref,
		})
		if err != nil {
			return fmt.Errorf("render page: %w (%w)", extract.ErrDamaged, err)
		}
		defer r.Cleanup()
		img := r.Result.RenderedImage
		if ctx.Err() != nil {
			return ctx.Err() // nobody waits for it any more
		}
		if r.Result.HasTransparency {
			img = onWhite(img)
		}
		b := img.Bounds()
		out = extract.Image{MIME: "image/jpeg", Width: b.Dx(), Height: b.Dy()}
		out.Bytes, err = extract.EncodeJPEG(img, jpegQuality)
		return err
	})
	return out, err
}

// onWhite lays a picture over paper. PDFium's alpha is not premultiplied, which
// Go's RGBA would take it for.
func onWhite(img image.Image) image.Image {
	src, ok := img.(*image.RGBA)
	if !ok {
		return img
	}
	out := image.NewRGBA(src.Rect)
	draw.Draw(out, out.Rect, image.NewUniform(color.White), image.Point{}, draw.Src)
	draw.Draw(out, out.Rect, &image.NRGBA{Pix: src.Pix, Stride: src.Stride, Rect: src.Rect}, src.Rect.Min, draw.Over)
	return out
}
