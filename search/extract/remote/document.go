package remote

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"

	"diaoyue.example/workstation/backend/conduit"
	"diaoyue.example/workstation/search/extract"
)

// document is a document open in the worker. It outlives the worker.
type document struct {
	client *Client
	held   *conduit.Held
	kind   string
	pages  int
	told   bool // kind and pages are what the first worker said
}

// Open opens a file for the page view as extract.Extractor.Open does; f may be
// closed before the document. Besides its errors there may be conduit.ErrGone
// and ErrRepeated.
func (c *Client) Open(ctx context.Context, f *os.File, name string) (extract.Document, error) {
	c.using.RLock()
	defer c.using.RUnlock()
	d := &document{client: c}
	var err error
	if d.held, err = c.line.Hold(ctx, f, conduit.Request{Method: methodOpen, Data: fileArgs{name}}, d.learn); err != nil {
		return nil, late(err)
	}
	return d, nil
}

// maxKind bounds the name of a format.
const maxKind = 16

// learn takes what the worker says of the document; the next worker must say
// the same.
func (d *document) learn(data json.RawMessage) error {
	var a openAnswer
	if err := json.Unmarshal(data, &a); err != nil {
		return fmt.Errorf("%w: %w", conduit.ErrProtocol, err)
	}
	switch {
	case a.Pages < 0 || len(a.Kind) > maxKind:
		return fmt.Errorf("%w: a document of %d pages", conduit.ErrProtocol, a.Pages)
	case !d.told:
		d.kind, d.pages, d.told = a.Kind, a.Pages, true
	case a.Kind != d.kind || a.Pages != d.pages:
		return fmt.Errorf("open again: %w: another document", conduit.ErrProtocol)
	}
	return nil
}

// Kind is the format.
func (d *document) Kind() string { return d.kind }

// Pages is how many there are.
func (d *document) Pages() int { return d.pages }

// Page is the text and boxes of page n.
func (d *document) Page(ctx context.Context, n int) (extract.Page, error) {
	return d.page(ctx, conduit.Request{Method: methodPage, Data: pageArgs{Page: n}, MaxBody: maxPage}, n)
}

// page asks for text and boxes.
func (d *document) page(ctx context.Context, q conduit.Request, n int) (extract.Page, error) {
	body, err := d.ask(ctx, q, nil)
	if err != nil {
		return extract.Page{}, err
	}
	p, err := pageOf(body)
	if err == nil && p.N != n {
		err = fmt.Errorf("page %d for %d: %w", p.N, n, conduit.ErrProtocol)
	}
	return p, err
}

// Recognise reads the text off the picture of page n of a document that Open
// gave, as extract.Extractor.Recognise does.
func (c *Client) Recognise(ctx context.Context, doc extract.Document, n int) (extract.Page, error) {
	d, ok := doc.(*document)
	if !ok {
		return extract.Page{}, errors.New("recognise: the document is not this worker's")
	}
	p, err := d.page(ctx, conduit.Request{
		Method: methodRead, Data: pageArgs{Page: n}, MaxBody: maxPage, Patience: patience(c.opts.Limits.ReadTime),
	}, n)
	if err == nil && p.Source != extract.SourceOCR {
		err = fmt.Errorf("page %d: %w: a text of %q", n, conduit.ErrProtocol, p.Source)
	}
	return p, err
}

// Render is page n as a picture.
func (d *document) Render(ctx context.Context, n, widthPx int) (extract.Image, error) {
	var a imageAnswer
	body, err := d.ask(ctx, conduit.Request{Method: methodRender, Data: pageArgs{n, widthPx}, MaxBody: maxPage}, &a)
	if err != nil {
		return extract.Image{}, err
	}
	l := d.client.opts.Limits
	// The type goes to the window as it is: never anything that it would run.
	if !slices.Contains([]string{"image/jpeg", "image/png"}, a.MIME) || a.Width < 1 || a.Height < 1 || a.Width > l.RenderWidth || len(body) == 0 {
		return extract.Image{}, fmt.Errorf("picture of page: %w: %q", conduit.ErrProtocol, a.MIME)
	}
	return extract.Image{Bytes: body, MIME: a.MIME, Width: a.Width, Height: a.Height}, nil
}

func (d *document) ask(ctx context.Context, q conduit.Request, out any) ([]byte, error) {
	d.client.using.RLock()
	defer d.client.using.RUnlock()
	body, err := d.held.Ask(ctx, q, out)
	if errors.Is(err, conduit.ErrClosed) {
		err = os.ErrClosed
	}
	return body, late(err)
}

// late says of a call that the worker was ended over what it would have said
// itself if it could have stopped.
func late(err error) error {
	if errors.Is(err, conduit.ErrHung) {
		return fmt.Errorf("the worker was ended: %w", extract.ErrTimeout)
	}
	return err
}

// Close lets go. A desk's worker is looked at here: it never reads whole files.
func (d *document) Close() error {
	d.client.using.RLock()
	err := d.held.Close()
	d.client.using.RUnlock()
	d.client.recycle()
	return err
}
