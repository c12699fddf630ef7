package remote

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"

	"diaoyue.example/workstation/backend/conduit"
	"diaoyue.example/workstation/search/extract"
)

// Serve answers requests with x until the other end hangs up, which is no
// error, and then lets go of every document. It is what a worker process runs.
func Serve(conn *net.UnixConn, x *extract.Extractor) error {
	s := &server{x}
	return conduit.Serve(conn, errs(), s.do)
}

type server struct{ extractor *extract.Extractor }

// served is an open document with its file.
type served struct {
	extract.Document

	file *os.File
}

// Close closes the document, then its file.
func (d *served) Close() error { return errors.Join(d.Document.Close(), d.file.Close()) }

func (s *server) do(ctx context.Context, c *conduit.Call) (data any, body []byte, err error) {
	switch c.Method {
	case methodFile:
		data, err = s.text(ctx, c)
		return data, nil, err
	case methodEnclosures:
		return nil, nil, s.enclosures(ctx, c)
	case methodOpen:
		data, err = s.open(ctx, c)
		return data, nil, err
	case methodPage, methodRender, methodRead:
		return s.page(ctx, c)
	}
	return nil, nil, fmt.Errorf("%w: method %q", conduit.ErrProtocol, c.Method)
}

func (s *server) text(ctx context.Context, c *conduit.Call) (any, error) {
	var args fileArgs
	if err := c.Arguments(&args); err != nil {
		return nil, err
	}
	files, err := c.Files(1)
	if err != nil {
		return nil, err
	}
	return s.extractor.File(ctx, files[0], args.Name, func(p extract.Page) error {
		part, err := encode(p)
		if err != nil {
			return err
		}
		return c.Keep(part)
	})
}

// encode is a page as it crosses.
func encode(p extract.Page) ([]byte, error) {
	b, err := json.Marshal(p)
	if err != nil {
		return nil, fmt.Errorf("encode page: %w", err)
	}
	if len(b) > maxPage {
		return nil, fmt.Errorf("a page of %d characters: %w", len(p.Boxes), extract.ErrLimit)
	}
	return b, nil
}

func (s *server) open(ctx context.Context, c *conduit.Call) (any, error) {
	var args fileArgs
	if err := c.Arguments(&args); err != nil {
		return nil, err
	}
	f, err := c.Take()
	if err != nil {
		return nil, err
	}
	doc, err := s.extractor.Open(ctx, f, args.Name)
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	c.Hold(&served{doc, f})
	return openAnswer{Kind: doc.Kind(), Pages: doc.Pages()}, nil
}

func (s *server) page(ctx context.Context, c *conduit.Call) (data any, body []byte, err error) {
	held, err := c.Held()
	if err != nil {
		return nil, nil, err
	}
	doc, ok := held.(*served)
	if !ok {
		return nil, nil, conduit.ErrClosed
	}
	var args pageArgs
	if err = c.Arguments(&args); err != nil {
		return nil, nil, err
	}
	var p extract.Page
	switch c.Method {
	case methodPage:
		p, err = doc.Page(ctx, args.Page)
	case methodRead:
		p, err = s.extractor.Recognise(ctx, doc.Document, args.Page)
	default:
		var i extract.Image
		i, err = doc.Render(ctx, args.Page, args.WidthPx)
		return imageAnswer{i.MIME, i.Width, i.Height}, i.Bytes, err
	}
	if err == nil {
		body, err = encode(p)
	}
	return nil, body, err
}
