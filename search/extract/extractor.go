package extract

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"unicode"
)

// headBytes is how much of a file Probe sees.
const headBytes = 4096

// Extractor reads any file of the formats it was given. It is safe for
// concurrent use.
type Extractor struct {
	formats []Format
	limits  Limits
	reader  Reader // nil: pictures stay pictures
}

// New gives an extractor of these formats; formats.New lists those of this
// version.
func New(limits Limits, formats ...Format) *Extractor {
	return &Extractor{formats: formats, limits: limits.WithDefaults()}
}

// Warm opens whatever the formats need from this machine: fonts, compiled
// engines. Afterwards no file is opened by name and no code is made any more,
// so that a worker may be locked in.
func (e *Extractor) Warm(ctx context.Context) error {
	for _, f := range e.formats {
		if w, ok := f.(interface {
			Warm(ctx context.Context) error
		}); ok {
			if err := w.Warm(ctx); err != nil {
				return err
			}
		}
	}
	if w, ok := e.reader.(interface{ Warm() error }); ok {
		return w.Warm()
	}
	return nil
}

// Limits are those that hold for every file.
func (e *Extractor) Limits() Limits { return e.limits }

// Close releases what the formats hold.
func (e *Extractor) Close() error {
	var errs []error
	if e.reader != nil {
		errs = append(errs, e.reader.Close())
	}
	for _, f := range e.formats {
		if c, ok := f.(io.Closer); ok {
			errs = append(errs, c.Close())
		}
	}
	return errors.Join(errs...)
}

// Open opens a file for the page view. Errors: ErrUnsupported, ErrEncrypted,
// ErrLimit, ErrDamaged, ErrBusy, wrapped.
func (e *Extractor) Open(ctx context.Context, f *os.File, name string) (doc Document, err error) {
	defer recovered(&err)
	format, err := e.formatOf(f, name)
	if err != nil {
		return nil, err
	}
	d, err := format.Open(ctx, f, name)
	if err != nil {
		return nil, err
	}
	return &guarded{Document: d}, nil
}

// formatOf finds who reads a file.
func (e *Extractor) formatOf(f *os.File, name string) (Format, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("look at file: %w", err)
	}
	if info.Size() == 0 {
		return nil, ErrEmpty
	}
	if info.Size() > e.limits.FileBytes {
		return nil, fmt.Errorf("file of %d bytes: %w", info.Size(), ErrLimit)
	}
	head := make([]byte, headBytes)
	n, err := f.ReadAt(head, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("read file: %w", err)
	}
	format := e.probe(head[:n], name)
	if format == nil {
		return nil, ErrUnsupported
	}
	return format, nil
}

func (e *Extractor) probe(head []byte, name string) Format {
	var best Format
	score := 0
	for _, f := range e.formats {
		if s := f.Probe(head, name); s > score {
			best, score = f, s
		}
	}
	return best
}

// File takes the text of a file and hands each page to emit as it is read, so
// that a timeout keeps what came before. The error is emit's own, or that of a
// cancelled context; what is wrong with the file is in Meta.
func (e *Extractor) File(ctx context.Context, f *os.File, name string, emit func(Page) error) (Meta, error) {
	fileCtx, cancel := context.WithTimeout(ctx, e.limits.FileTime)
	defer cancel()
	doc, err := e.Open(fileCtx, f, name)
	if err != nil {
		return e.failed(ctx, Meta{}, err)
	}
	defer doc.Close()
	meta := Meta{State: StateText, Kind: doc.Kind(), Pages: doc.Pages()}
	var bytes int64
	seen, blank := 0, 0
	for n := 1; n <= doc.Pages(); n++ {
		if n > e.limits.Pages {
			return e.failed(ctx, meta, fmt.Errorf("more than %d pages: %w", e.limits.Pages, ErrLimit))
		}
		page, err := doc.Page(fileCtx, n)
		if err != nil {
			return e.failed(ctx, meta, fmt.Errorf("page %d: %w", n, err))
		}
		bytes += int64(len(page.Text))
		if bytes > e.limits.TextBytes {
			return e.failed(ctx, meta, fmt.Errorf("more than %d bytes of text: %w", e.limits.TextBytes, ErrLimit))
		}
		if err := emit(page); err != nil {
			return meta, err
		}
		seen++
		if page.NeedsOCR() {
			blank++
		}
	}
	// A file with one page of picture among many of text is still text; the
	// pages tell which need OCR.
	if seen > 0 && blank == seen {
		meta.State = StateNeedsOCR
	}
	return meta, nil
}

// failed turns an error into a state, unless the caller himself gave up.
func (e *Extractor) failed(ctx context.Context, meta Meta, err error) (Meta, error) {
	if ctx.Err() != nil {
		return meta, ctx.Err()
	}
	return meta.Ended(err), nil
}

// Ended is the meta of a file whose reading ended with an error.
func (m Meta) Ended(err error) Meta {
	m.State, m.Why, m.Reason = StateFailed, WhyOther, err.Error()
	for _, e := range []struct {
		is    error
		state State
		why   string
	}{
		{ErrEncrypted, StateEncrypted, ""},
		{ErrUnsupported, StateUnsupported, ""},
		{ErrTimeout, StateTimeout, ""},
		{context.DeadlineExceeded, StateTimeout, ""},
		{ErrLimit, StateFailed, WhyLimit},
		{ErrEmpty, StateFailed, WhyEmpty},
		{ErrDamaged, StateFailed, WhyDamaged},
		{ErrBusy, StateFailed, WhyBusy},
	} {
		if errors.Is(err, e.is) {
			m.State, m.Why = e.state, e.why
			return m
		}
	}
	return m
}

// garbled says whether more than a twentieth of a text is private or replaced
// characters: fonts without a map to Unicode give those, and only OCR helps.
func garbled(text string) bool {
	visible, odd := 0, 0
	for _, r := range text {
		switch {
		case unicode.IsSpace(r):
		case r == unicode.ReplacementChar, unicode.Is(unicode.Co, r):
			odd++
			visible++
		case unicode.IsGraphic(r):
			visible++
		}
	}
	return odd*20 > visible
}

// recovered is the wall between foreign bytes and the program.
func recovered(err *error) {
	if p := recover(); p != nil {
		*err = fmt.Errorf("reading gave up (%s): %w", strings.TrimSpace(fmt.Sprint(p)), ErrDamaged)
	}
}

// guarded keeps a panic of a format inside.
type guarded struct{ Document }

func (g *guarded) Page(ctx context.Context, n int) (p Page, err error) {
	defer recovered(&err)
	if n < 1 || n > g.Pages() {
		return Page{}, ErrNoPage
	}
	p, err = g.Document.Page(ctx, n)
	if p.Source == SourceText && garbled(p.Text) {
		p.Source = SourceGarbled
	}
	return p, err
}

func (g *guarded) Render(ctx context.Context, n, widthPx int) (i Image, err error) {
	defer recovered(&err)
	if n < 1 || n > g.Pages() {
		return Image{}, ErrNoPage
	}
	return g.Document.Render(ctx, n, widthPx)
}
