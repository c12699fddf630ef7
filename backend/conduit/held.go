package conduit

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// Held is one file held open in the worker. It outlives the worker: asked after
// a death it opens itself in the next one. It is safe for concurrent use.
type Held struct {
	client  *Client
	file    *os.File // its own
	subject subject
	open    Request
	learn   func(data json.RawMessage) error

	entry  chan struct{} // guards what follows
	link   *link         // where handle is good
	handle uint64
	closed bool
}

// Hold opens f in the worker by the request, whose handler must Hold what it
// opened; f may be closed afterwards. Learn is given the answer's data, again
// after every death: it refuses what another worker says otherwise.
func (c *Client) Hold(ctx context.Context, f *os.File, open Request, learn func(data json.RawMessage) error) (*Held, error) {
	own, err := duplicate(f)
	if err != nil {
		return nil, err
	}
	h := &Held{client: c, file: own, open: open, learn: learn, entry: make(chan struct{}, 1)}
	if h.subject, err = subjectOf(own); err == nil {
		_, err = h.again(ctx, func() ([]byte, error) {
			_, _, opened := h.opened(ctx)
			return nil, opened
		})
	}
	if err != nil {
		return nil, errors.Join(err, own.Close())
	}
	return h, nil
}

// Ask asks for something of what is held, of the next worker too if this one
// dies of it.
func (h *Held) Ask(ctx context.Context, q Request, out any) ([]byte, error) {
	return h.again(ctx, func() ([]byte, error) {
		l, handle, err := h.opened(ctx)
		if err != nil {
			return nil, err
		}
		q.subject, q.handle, q.Patience = h.subject, handle, h.client.patience(q)
		m, err := l.call(ctx, q, out)
		return m.body, err
	})
}

func (h *Held) again(ctx context.Context, do func() ([]byte, error)) (body []byte, err error) {
	for range Twice {
		var leave func(error)
		if leave, err = h.client.guard.enter(ctx, h.subject.id); err != nil {
			return nil, err
		}
		body, err = do()
		leave(err)
		if !again(ctx, err) {
			break
		}
	}
	return body, err
}

// opened returns the handle in the living worker, opening the file there if
// need be.
func (h *Held) opened(ctx context.Context) (*link, uint64, error) {
	select {
	case h.entry <- struct{}{}:
		defer func() { <-h.entry }()
	case <-ctx.Done():
		return nil, 0, ctx.Err()
	}
	if h.closed {
		return nil, 0, ErrClosed
	}
	if h.link != nil && h.link.alive() {
		return h.link, h.handle, nil
	}
	if err := h.client.admit(h.file); err != nil {
		return nil, 0, err
	}
	l, err := h.client.ready(ctx)
	if err != nil {
		return nil, 0, err
	}
	q := h.open
	q.Files, q.subject, q.Patience = []*os.File{h.file}, h.subject, h.client.patience(q)
	m, err := l.call(ctx, q, nil)
	if err != nil {
		return nil, 0, err
	}
	if m.Handle == 0 {
		return nil, 0, fmt.Errorf("%s: %w: nothing is held", q.Method, ErrProtocol)
	}
	if err = h.learn(m.Data); err != nil {
		return nil, 0, err
	}
	h.link, h.handle = l, m.Handle
	return l, m.Handle, nil
}

// Close lets go. What is asked for afterwards gets ErrClosed.
func (h *Held) Close() error {
	h.entry <- struct{}{}
	defer func() { <-h.entry }()
	if h.closed {
		return nil
	}
	h.closed = true
	var err error
	if h.link != nil && h.link.alive() {
		_, err = h.link.call(context.Background(), Request{
			Method: methodClose, handle: h.handle, Patience: h.client.opts.Patience,
		}, nil)
		if errors.Is(err, ErrGone) {
			err = nil // then it is closed as well
		}
	}
	return errors.Join(err, h.file.Close())
}

// duplicate opens a descriptor of its own for the same file.
func duplicate(f *os.File) (*os.File, error) {
	fd := -1
	err := withDescriptors([]*os.File{f}, nil, func(fds []int) error {
		var err error
		fd, err = unix.FcntlInt(uintptr(fds[0]), unix.F_DUPFD_CLOEXEC, 0)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("hold file: %w", err)
	}
	return os.NewFile(uintptr(fd), f.Name()), nil
}
