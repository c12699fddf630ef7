package ofd

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"

	"diaoyue.example/workstation/search/extract"
)

// document is an open OFD.
type document struct {
	format *Format

	mu     sync.Mutex // one call at a time: parts are read once and kept
	book   *book
	shown  int // the page that drawn shows, 1-based; 0 is none
	drawn  extract.Document
	closed bool
}

func (d *document) Kind() string { return "ofd" }

func (d *document) Pages() int { return len(d.book.leaves) }

// Page is the text as the file orders it: templates under the page, the page,
// templates over it, annotations.
func (d *document) Page(ctx context.Context, n int) (extract.Page, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed {
		return extract.Page{}, os.ErrClosed
	}
	s, err := d.book.leaves[n-1].open()
	if err != nil {
		return extract.Page{}, err
	}
	c := &composer{area: s.area, most: d.format.limits.TextBytes, said: map[string]bool{}}
	if err = d.show(ctx, s, c); err == nil {
		err = c.over
	}
	if err != nil {
		return extract.Page{}, err
	}
	return c.page(n), nil
}

// show hands a page to a canvas within the time for a page.
func (d *document) show(ctx context.Context, s *sheet, to canvas) error {
	timed, cancel := context.WithTimeout(ctx, d.format.limits.PageTime)
	defer cancel()
	err := s.show(timed, to)
	if errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil {
		return extract.ErrTimeout
	}
	return err
}

// Render writes the page as a PDF in memory and has it drawn, for which the
// painter takes its own time. extract.ErrNoFont when it needs Chinese that
// neither document nor machine can draw.
func (d *document) Render(ctx context.Context, n, widthPx int) (extract.Image, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed {
		return extract.Image{}, os.ErrClosed
	}
	if d.shown != n {
		if err := d.draw(ctx, n); err != nil {
			return extract.Image{}, err
		}
	}
	return d.drawn.Render(ctx, 1, widthPx)
}

// draw opens page n with the painter and lets go of the page before.
func (d *document) draw(ctx context.Context, n int) error {
	s, err := d.book.leaves[n-1].open()
	if err != nil {
		return err
	}
	w := newWriter(s.area)
	if err = d.show(ctx, s, w); err == nil {
		err = w.over
	}
	if err != nil {
		return err
	}
	if w.borrows && !d.format.haveFont() {
		return extract.ErrNoFont
	}
	if err = d.letGo(); err != nil {
		return err
	}
	pdf := w.finish()
	drawn, err := d.format.painter.OpenReader(ctx, pdf, pdf.size)
	if err != nil {
		return fmt.Errorf("draw page: %w", err)
	}
	d.drawn, d.shown = drawn, n
	return nil
}

func (d *document) letGo() error {
	if d.drawn == nil {
		return nil
	}
	err := d.drawn.Close()
	d.drawn, d.shown = nil, 0
	return err
}

func (d *document) Close() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.closed = true
	return d.letGo()
}
