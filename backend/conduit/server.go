package conduit

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"sync"
)

// methodClose lets go of what is held; the only method of this room itself.
const methodClose = "close"

// Handler does one call; data (as JSON) and body are the answer. Calls run side
// by side.
type Handler func(ctx context.Context, c *Call) (data any, body []byte, err error)

// Call is what the worker was asked.
type Call struct {
	Method string
	Data   json.RawMessage
	Body   []byte

	id     uint64
	server *server
	files  []*os.File // closed after the answer unless taken
	held   io.Closer
	fresh  io.Closer // to be held from now on
}

// Arguments decodes the call's data. ErrProtocol.
func (c *Call) Arguments(into any) error {
	if err := json.Unmarshal(c.Data, into); err != nil {
		return fmt.Errorf("%w: %w", ErrProtocol, err)
	}
	return nil
}

// Files are the n files that the method asks for, open until the answer.
// ErrProtocol when there are not just n.
func (c *Call) Files(n int) ([]*os.File, error) {
	if len(c.files) != n {
		return nil, fmt.Errorf("%w: %d descriptors with %q", ErrProtocol, len(c.files), c.Method)
	}
	return c.files, nil
}

// Take is the one file of the call, the handler's to close. ErrProtocol.
func (c *Call) Take() (*os.File, error) {
	files, err := c.Files(1)
	if err != nil {
		return nil, err
	}
	c.files = nil
	return files[0], nil
}

// Hold keeps x open for calls that name it; it is closed with the connection at
// the latest.
func (c *Call) Hold(x io.Closer) { c.fresh = x }

// Held is what the call names of the things kept open. ErrClosed.
func (c *Call) Held() (any, error) {
	if c.held == nil {
		return nil, ErrClosed
	}
	return c.held, nil
}

// Progress tells the caller how far the work is, a sign of life.
func (c *Call) Progress(done, total int64) {
	at, err := json.Marshal(progressData{done, total})
	if err == nil {
		// A peer that is gone is noticed by the listener.
		_ = c.server.wire.send(message{header: header{ID: c.id, Kind: kindProgress, Data: at}})
	}
}

// Keep hands the caller a part of the work, a sign of life too.
func (c *Call) Keep(part []byte) error {
	return c.server.wire.send(message{header: header{ID: c.id, Kind: kindKeep}, body: part})
}

type progressData struct {
	Done  int64 `json:"done"`
	Total int64 `json:"total"`
}

// Serve answers calls from conn until the other end hangs up, which is no
// error, and then lets go of everything. It is what a worker process runs.
func Serve(conn *net.UnixConn, errs Errors, do Handler) error {
	s := &server{do: do, errs: errs, held: map[uint64]io.Closer{}, running: map[uint64]context.CancelFunc{}}
	s.wire = wire{conn: conn, maxHeader: maxCallHeader, maxBody: func(header) uint32 { return MaxCallBody }}
	ctx, stop := context.WithCancel(context.Background())
	err := s.listen(ctx)
	stop()
	_ = conn.Close() // nobody is left to be told
	s.idle.Wait()
	for _, x := range s.held {
		_ = x.Close() // nobody is left to be told
	}
	if errors.Is(err, io.EOF) || errors.Is(err, net.ErrClosed) {
		return nil
	}
	return fmt.Errorf("serve: %w", err)
}

type server struct {
	wire wire
	do   Handler
	errs Errors
	idle sync.WaitGroup

	mu      sync.Mutex
	next    uint64
	held    map[uint64]io.Closer
	running map[uint64]context.CancelFunc
}

func (s *server) listen(ctx context.Context) error {
	for {
		m, err := s.wire.receive()
		if err != nil {
			return err
		}
		switch m.Kind {
		case kindCall:
			call, cancel := context.WithCancel(ctx)
			s.mu.Lock()
			s.running[m.ID] = cancel
			s.mu.Unlock()
			s.idle.Go(func() { s.answer(call, m) })
		case kindCancel:
			m.closeFiles()
			s.mu.Lock()
			if cancel := s.running[m.ID]; cancel != nil {
				cancel()
			}
			s.mu.Unlock()
		default:
			m.closeFiles()
			return ErrProtocol
		}
	}
}

func (s *server) answer(ctx context.Context, m message) {
	reply := message{header: header{ID: m.ID, Kind: kindAnswer}}
	data, body, handle, err := s.call(ctx, m)
	if err == nil {
		reply.Data, err = json.Marshal(data)
		reply.body, reply.Handle = body, handle
	}
	if err != nil {
		reply.Data, reply.body, reply.Error = nil, nil, s.errs.encode(err)
	}
	s.mu.Lock()
	s.running[m.ID]()
	delete(s.running, m.ID)
	s.mu.Unlock()
	if err := s.wire.send(reply); err != nil {
		_ = s.wire.conn.Close() // the listener ends
	}
}

func (s *server) call(ctx context.Context, m message) (data any, body []byte, handle uint64, err error) {
	c := &Call{Method: m.Method, Data: m.Data, Body: m.body, id: m.ID, server: s, files: m.files}
	defer func() {
		for _, f := range c.files {
			_ = f.Close() // only read
		}
	}()
	if m.Handle != 0 {
		s.mu.Lock()
		c.held = s.held[m.Handle]
		if m.Method == methodClose {
			delete(s.held, m.Handle)
		}
		s.mu.Unlock()
	}
	if m.Method == methodClose {
		if c.held == nil {
			return nil, nil, 0, ErrClosed
		}
		return nil, nil, 0, c.held.Close() // waits for what is under way
	}
	data, body, err = s.do(ctx, c)
	if c.fresh == nil {
		return data, body, 0, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.next++
	s.held[s.next] = c.fresh
	return data, body, s.next, err
}
