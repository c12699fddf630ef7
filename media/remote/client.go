package remote

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"sync"

	"diaoyue.example/workstation/media"
	"diaoyue.example/workstation/media/export"
	"diaoyue.example/workstation/media/redact"
)

// Client speaks to a worker. It is safe for concurrent use; requests run side
// by side. A request whose context ends is cancelled in the worker too.
type Client struct {
	wire wire

	mu      sync.Mutex
	next    uint64
	pending map[uint64]*pending
	gone    error // why nothing can be asked any more
	done    chan struct{}
}

type pending struct {
	answer   chan message
	progress func(done, total int64)
}

// Dial starts speaking to the worker at the other end of conn, which becomes the
// client's. Close ends it.
func Dial(conn *net.UnixConn) *Client {
	c := &Client{wire: wire{conn: conn}, pending: map[uint64]*pending{}, done: make(chan struct{})}
	go c.listen()
	return c
}

// Close hangs up. Whatever is still being asked gets ErrWorkerGone, and the
// worker drops all it had open.
func (c *Client) Close() error {
	err := c.wire.conn.Close()
	<-c.done
	return err
}

// Gone is closed when the worker can no longer be asked.
func (c *Client) Gone() <-chan struct{} { return c.done }

func (c *Client) listen() {
	defer close(c.done)
	for {
		m, err := c.wire.receive()
		if err != nil {
			c.hangUp(fmt.Errorf("%w: %w", ErrWorkerGone, err))
			return
		}
		m.closeFiles() // a worker has no file to give
		c.mu.Lock()
		p := c.pending[m.ID]
		if m.Kind == kindAnswer {
			delete(c.pending, m.ID)
		}
		c.mu.Unlock()
		switch {
		case p == nil: // answered too late
		case m.Kind == kindAnswer:
			p.answer <- m
		case m.Kind == kindProgress && p.progress != nil:
			var at progressData
			if json.Unmarshal(m.Data, &at) == nil {
				p.progress(at.Done, at.Total)
			}
		}
	}
}

func (c *Client) hangUp(why error) {
	_ = c.wire.conn.Close() // it is broken or closed already
	c.mu.Lock()
	defer c.mu.Unlock()
	c.gone = why
	for id, p := range c.pending {
		delete(c.pending, id)
		p.answer <- message{header: header{Kind: kindAnswer, Error: &wireError{Code: codeGone, Text: why.Error()}}}
	}
}

type request struct {
	method   string
	data     any
	body     []byte
	files    []*os.File
	progress func(done, total int64)
	linger   bool // after a cancellation wait until the worker has let go of the files
}

// call sends r and decodes the answer's data into out; it returns the answer's body.
func (c *Client) call(ctx context.Context, r request, out any) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	data, err := json.Marshal(r.data)
	if err != nil {
		return nil, fmt.Errorf("ask worker to %s: %w", r.method, err)
	}
	p := &pending{answer: make(chan message, 1), progress: r.progress}
	c.mu.Lock()
	if c.gone != nil {
		c.mu.Unlock()
		return nil, c.gone
	}
	c.next++
	id := c.next
	c.pending[id] = p
	c.mu.Unlock()
	if err := c.wire.send(message{header: header{ID: id, Kind: kindCall, Method: r.method, Data: data}, body: r.body, files: r.files}); err != nil {
		c.forget(id)
		if errors.Is(err, errProtocol) {
			return nil, err
		}
		return nil, fmt.Errorf("%w: %w", ErrWorkerGone, err)
	}
	return c.await(ctx, id, p, r, out)
}

func (c *Client) await(ctx context.Context, id uint64, p *pending, r request, out any) ([]byte, error) {
	var m message
	select {
	case m = <-p.answer:
	case <-ctx.Done():
		// The worker may be gone meanwhile; its answer no longer matters then.
		_ = c.wire.send(message{header: header{ID: id, Kind: kindCancel}})
		if !r.linger {
			c.forget(id)
			return nil, ctx.Err()
		}
		m = <-p.answer
	}
	if m.Error != nil {
		if errors.Is(m.Error, context.Canceled) && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, fmt.Errorf("%s: %w", r.method, m.Error)
	}
	if out != nil {
		if err := json.Unmarshal(m.Data, out); err != nil {
			return nil, fmt.Errorf("%s: %w: %w", r.method, errProtocol, err)
		}
	}
	return m.body, nil
}

func (c *Client) forget(id uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.pending, id)
}

// Probe tells what f holds.
func (c *Client) Probe(ctx context.Context, f *os.File) (media.Container, error) {
	var out media.Container
	_, err := c.call(ctx, request{method: methodProbe, files: []*os.File{f}}, &out)
	return out, err
}

// BuildIndex decodes f from end to end and returns the verified frame index in
// its stored form. Progress counts frames and may be nil.
func (c *Client) BuildIndex(ctx context.Context, f *os.File, progress func(done, total int64)) ([]byte, error) {
	return c.call(ctx, request{method: methodIndex, files: []*os.File{f}, progress: progress}, nil)
}

// Export makes the redacted copy of src in dst, which must be empty, and checks
// it (export.Run). When ctx ends, Export returns only after the worker has let
// go of dst. Progress counts steps of the whole work and may be nil.
func (c *Client) Export(ctx context.Context, src, dst *os.File, plan redact.Plan, progress func(done, total int64)) (export.Manifest, error) {
	var out export.Manifest
	_, err := c.call(ctx, request{
		method: methodExport, data: exportArgs{Plan: plan.Canonical()},
		files: []*os.File{src, dst}, progress: progress, linger: true,
	}, &out)
	return out, err
}

// Open opens a recording for frames and sound. Index is what BuildIndex gave,
// or nil: then frame numbers are provisional.
func (c *Client) Open(ctx context.Context, f *os.File, index []byte) (*Recording, error) {
	var out openAnswer
	if _, err := c.call(ctx, request{method: methodOpen, body: index, files: []*os.File{f}}, &out); err != nil {
		return nil, err
	}
	return &Recording{client: c, handle: out.Handle, info: out.Info}, nil
}
