package remote

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"unicode"

	"diaoyue.example/workstation/backend/conduit"
	"diaoyue.example/workstation/search/extract"
)

// Bounds of what a worker may hand back as enclosed files.
const (
	pieceBytes    = 8 << 20
	maxEnclosed   = 256 << 20 // bytes of all that one carries
	maxEnclosures = 10_000
	maxFileName   = 255 // bytes
)

// A part that crosses is a byte that says what it is, and then it.
const (
	partHead  = 'h' // of a file, as JSON
	partPiece = 'p' // the next bytes of that file
	partEnd   = 'e' // of that file: it is whole, whatever becomes of those after it
)

type enclosureHead struct {
	Name string `json:"name"`
}

func (s *server) enclosures(ctx context.Context, c *conduit.Call) error {
	var args fileArgs
	if err := c.Arguments(&args); err != nil {
		return err
	}
	files, err := c.Files(1)
	if err != nil {
		return err
	}
	return s.extractor.Enclosures(ctx, files[0], args.Name, func(e extract.Enclosure) error {
		head, err := json.Marshal(enclosureHead{e.Name})
		if err != nil {
			return fmt.Errorf("encode enclosure: %w", err)
		}
		if err := c.Keep(append([]byte{partHead}, head...)); err != nil {
			return err
		}
		for at := 0; at < len(e.Content); at += pieceBytes {
			piece := e.Content[at:min(at+pieceBytes, len(e.Content))]
			if err := c.Keep(append([]byte{partPiece}, piece...)); err != nil {
				return err
			}
		}
		return c.Keep([]byte{partEnd})
	})
}

// Enclosures hands the files that f carries to emit as
// extract.Extractor.Enclosures does. A worker that dies over it is not asked
// again: emit may have been told of some.
func (c *Client) Enclosures(ctx context.Context, f *os.File, name string, emit func(extract.Enclosure) error) error {
	select {
	case c.turn <- struct{}{}:
		defer func() { <-c.turn }()
	case <-ctx.Done():
		return ctx.Err()
	}
	defer c.recycle()
	c.using.RLock()
	defer c.using.RUnlock()
	limited, cancel := context.WithTimeout(ctx, c.opts.Limits.FileTime+c.opts.Limits.PageTime)
	defer cancel()
	got := &envelope{emit: emit, stop: cancel}
	_, err := c.line.Ask(limited, conduit.Request{
		Method: methodEnclosures, Data: fileArgs{name}, Files: []*os.File{f}, MaxBody: pieceBytes + 1, Keep: got.take, Linger: true,
	}, conduit.Once, nil)
	if got.failed != nil {
		return got.failed
	}
	if err != nil && ctx.Err() == nil && errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("take enclosures: %w", extract.ErrTimeout)
	}
	return late(err)
}

// envelope puts the enclosed files together again.
type envelope struct {
	emit func(extract.Enclosure) error
	stop context.CancelFunc

	open   *extract.Enclosure
	count  int
	bytes  int
	failed error // emit's
}

func (v *envelope) take(part []byte) error {
	if v.failed != nil {
		return nil //nolint:nilerr // emit's error; the worker has not heard yet that it is over
	}
	if len(part) == 0 {
		return fmt.Errorf("an empty part: %w", conduit.ErrProtocol)
	}
	switch part[0] {
	case partHead:
		return v.begin(part[1:])
	case partPiece:
		if v.bytes += len(part) - 1; v.open == nil || v.bytes > maxEnclosed {
			return fmt.Errorf("%d bytes of enclosed files: %w", v.bytes, conduit.ErrProtocol)
		}
		v.open.Content = append(v.open.Content, part[1:]...)
		return nil
	case partEnd:
		return v.end()
	}
	return fmt.Errorf("part %q: %w", part[0], conduit.ErrProtocol)
}

func (v *envelope) begin(raw []byte) error {
	var h enclosureHead
	if err := json.Unmarshal(raw, &h); err != nil {
		return fmt.Errorf("enclosure: %w: %w", conduit.ErrProtocol, err)
	}
	odd := strings.ContainsAny(h.Name, `/\`) || strings.ContainsFunc(h.Name, unicode.IsControl)
	if v.count++; odd || v.open != nil || h.Name == "" || len(h.Name) > maxFileName || v.count > maxEnclosures {
		return fmt.Errorf("an enclosed file named %q: %w", h.Name, conduit.ErrProtocol)
	}
	v.open = &extract.Enclosure{Name: h.Name}
	return nil
}

// end hands on the file that is whole now.
func (v *envelope) end() error {
	if v.open == nil {
		return fmt.Errorf("the end of no file: %w", conduit.ErrProtocol)
	}
	whole := *v.open
	v.open = nil
	if v.failed = v.emit(whole); v.failed != nil {
		v.stop()
	}
	return nil
}
