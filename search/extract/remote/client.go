package remote

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net"
	"os"
	"sync"
	"time"

	"diaoyue.example/workstation/backend/conduit"
	"diaoyue.example/workstation/search/extract"
)

// Options of a client.
type Options struct {
	conduit.Options

	Limits extract.Limits
	// Recycle is how many files one worker reads before a fresh one takes over;
	// 0 is 200.
	Recycle int
	// Heavy says that the worker holds so much memory that a fresh one should
	// take over; nil never does.
	Heavy func() bool
}

const (
	defaultRecycle = 200
	// whyMemory is the code of a worker that wanted more than its share.
	whyMemory = "memory"
)

// Client is the extractor in a worker process, and in a fresh one after a
// death. It is safe for concurrent use; the text of whole files is taken one
// file at a time, pages are shown side by side.
type Client struct {
	line *conduit.Client
	opts Options
	turn chan struct{} // held while a whole file is read

	using sync.RWMutex // held for reading while anything is asked
	mu    sync.Mutex
	read  int // files given to the present worker
}

// New gives a client that starts its worker when first asked.
func New(o Options) *Client {
	o.Limits = o.Limits.WithDefaults()
	if o.Recycle <= 0 {
		o.Recycle = defaultRecycle
	}
	if o.Patience <= 0 {
		o.Patience = patience(o.Limits.PageTime)
	}
	return &Client{line: conduit.New(o.Options, errs()), opts: o, turn: make(chan struct{}, 1)}
}

// patience is how long a worker may be silent over what may take limit. The
// worker measures it as well, and cannot stop everything that it runs.
func patience(limit time.Duration) time.Duration { return limit + limit/3 }

// Dial speaks to the one worker at the other end of conn, which becomes the
// client's. When it is gone, nothing can be asked any more.
func Dial(conn *net.UnixConn, limits extract.Limits) *Client {
	c := New(Options{Limits: limits, Recycle: math.MaxInt})
	c.line = conduit.Dial(conn, errs())
	return c
}

// Pair returns a client whose worker is x, running in this process. Close it
// to end both; x stays the caller's.
func Pair(x *extract.Extractor) (*Client, error) {
	c := New(Options{Limits: x.Limits(), Recycle: math.MaxInt})
	var err error
	c.line, err = conduit.Pair(errs(), func(conn *net.UnixConn) error { return Serve(conn, x) })
	if err != nil {
		return nil, err
	}
	return c, nil
}

// Warm starts the worker before it is needed.
func (c *Client) Warm(ctx context.Context) error { return c.line.Warm(ctx) }

// Close hangs up; what is still being asked ends.
func (c *Client) Close() error { return c.line.Close() }

// File takes the text of a file as extract.Extractor.File does. A worker that
// dies over it is asked once more, a fresh one; what it was given before stays.
func (c *Client) File(ctx context.Context, f *os.File, name string, emit func(extract.Page) error) (extract.Meta, error) {
	select {
	case c.turn <- struct{}{}:
		defer func() { <-c.turn }()
	case <-ctx.Done():
		return extract.Meta{}, ctx.Err()
	}
	defer c.recycle()
	// Measured inside the worker too; this is for what does not listen there.
	limited, cancel := context.WithTimeout(ctx, c.opts.Limits.FileTime+c.opts.Limits.PageTime)
	defer cancel()
	in := &intake{limits: c.opts.Limits, emit: emit, stop: cancel}
	meta, err := c.twice(limited, f, name, in)
	if in.failed != nil {
		return meta, in.failed
	}
	if ctx.Err() != nil {
		return meta, ctx.Err()
	}
	switch {
	case err == nil && known(meta):
		return meta, nil
	case err == nil:
		err = fmt.Errorf("state %q: %w", meta.State, conduit.ErrProtocol)
	}
	return ended(extract.Meta{Pages: in.given}, err), nil
}

// twice asks for the text of a file, a fresh worker too when one ended over it.
func (c *Client) twice(ctx context.Context, f *os.File, name string, in *intake) (meta extract.Meta, err error) {
	c.using.RLock()
	defer c.using.RUnlock()
	for range conduit.Twice {
		in.last = 0
		meta = extract.Meta{}
		_, err = c.line.Ask(ctx, conduit.Request{
			Method: methodFile, Data: fileArgs{name}, Files: []*os.File{f}, MaxBody: maxPage, Keep: in.take, Linger: true,
		}, conduit.Once, &meta)
		if !errors.Is(err, conduit.ErrGone) || errors.Is(err, conduit.ErrHung) || ctx.Err() != nil {
			break
		}
	}
	return meta, err
}

// known says whether a worker's word on a file can be.
func known(m extract.Meta) bool {
	switch m.State {
	case extract.StateText, extract.StateNeedsOCR, extract.StateEncrypted, extract.StateUnsupported, extract.StateFailed, extract.StateTimeout:
		return m.Pages >= 0 && len(m.Why) <= 32
	}
	return false
}

// ended is the state of a file whose call ended with an error.
func ended(m extract.Meta, err error) extract.Meta {
	m = m.Ended(err)
	switch {
	case errors.Is(err, conduit.ErrRepeated):
		m.State, m.Why = extract.StateFailed, extract.WhyRepeated
	case errors.Is(err, conduit.ErrHung):
		m.State, m.Why = extract.StateTimeout, ""
	case conduit.Why(err) == whyMemory:
		m.State, m.Why = extract.StateFailed, extract.WhyMemory
	case errors.Is(err, conduit.ErrGone), errors.Is(err, conduit.ErrProtocol):
		m.State, m.Why = extract.StateFailed, extract.WhyWorker
	}
	return m
}

// recycle lets a fresh worker take over when the present one read its share or
// grew too large, and nobody is asking it.
func (c *Client) recycle() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.read++
	if c.read < c.opts.Recycle && (c.opts.Heavy == nil || !c.opts.Heavy()) || !c.using.TryLock() {
		return
	}
	defer c.using.Unlock()
	c.read = 0
	c.line.Renew()
}

// intake receives the pages of one file.
type intake struct {
	limits extract.Limits
	emit   func(extract.Page) error
	stop   context.CancelFunc

	last   int   // page of this worker's
	given  int   // pages handed on
	bytes  int64 // of text handed on
	failed error // emit's
}

// take judges a part of the worker's answer and hands it on; an error says that
// it cannot be.
func (in *intake) take(part []byte) error {
	if in.failed != nil {
		return nil //nolint:nilerr // emit's error; the worker has not heard yet that it is over
	}
	p, err := pageOf(part)
	if err != nil {
		return err
	}
	if p.N != in.last+1 || p.N > in.limits.Pages {
		return fmt.Errorf("page %d after %d: %w", p.N, in.last, conduit.ErrProtocol)
	}
	in.last = p.N
	if p.N <= in.given {
		return nil // the worker before this one gave it
	}
	if in.bytes += int64(len(p.Text)); in.bytes > in.limits.TextBytes {
		return fmt.Errorf("%d bytes of text: %w", in.bytes, conduit.ErrProtocol)
	}
	if in.failed = in.emit(p); in.failed == nil {
		in.given = p.N
	} else {
		in.stop()
	}
	return nil
}

// pageOf reads a page that a worker sent and refuses one that cannot be.
func pageOf(b []byte) (p extract.Page, err error) {
	if err = json.Unmarshal(b, &p); err != nil {
		return extract.Page{}, fmt.Errorf("page: %w: %w", conduit.ErrProtocol, err)
	}
	if err = p.Check(); err != nil {
		return extract.Page{}, fmt.Errorf("page: %w: %w", conduit.ErrProtocol, err)
	}
	return p, nil
}
