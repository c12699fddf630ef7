package remote

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"sync"
	"time"
)

// link is the connection to one worker, from its start to its end.
type link struct {
	wire   wire
	worker Worker
	died   func(Death)

	mu      sync.Mutex
	next    uint64
	pending map[uint64]*pending
	closing bool
	gone    error // why nothing can be asked any more
	done    chan struct{}
}

// pending is a call that the worker has and did not answer yet; a cancelled one
// too, for it must be let go of in time.
type pending struct {
	request

	answer    chan message
	patience  *time.Timer
	forgotten bool // the caller went away
}

type request struct {
	method   string
	data     any
	body     []byte
	files    []*os.File
	subject  subject // whose bytes it reads
	maxBody  uint32  // of the answer
	patience time.Duration
	progress func(done, total int64)
	keep     func(part []byte)
	linger   bool // after a cancellation wait until the worker has let go of the files
}

// connect begins to speak to a worker.
func connect(w Worker, died func(Death)) *link {
	l := &link{worker: w, died: died, pending: map[uint64]*pending{}, done: make(chan struct{})}
	l.wire = wire{conn: w.Conn(), maxHeader: maxAnswerHeader, maxBody: l.bound}
	go l.listen()
	return l
}

func (l *link) alive() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.gone == nil
}

// bound is how long a body the call waits for.
func (l *link) bound(h header) uint32 {
	l.mu.Lock()
	defer l.mu.Unlock()
	if p := l.pending[h.ID]; p != nil {
		return p.maxBody
	}
	return 0
}

// close hangs up and waits for the worker's end.
func (l *link) close() {
	l.mu.Lock()
	l.closing = true
	l.mu.Unlock()
	_ = l.wire.conn.Close() // it may be broken already
	<-l.done
}

func (l *link) listen() {
	defer close(l.done)
	for {
		m, err := l.wire.receive()
		if err != nil {
			l.over(err)
			return
		}
		m.closeFiles() // a worker has no file to give
		l.take(m)
	}
}

func (l *link) take(m message) {
	l.mu.Lock()
	p := l.pending[m.ID]
	if m.Kind == kindAnswer {
		delete(l.pending, m.ID)
	}
	l.mu.Unlock()
	if p == nil {
		return // nobody asked
	}
	switch m.Kind {
	case kindAnswer:
		p.patience.Stop()
		p.answer <- m
	case kindProgress, kindKeep:
		l.step(p, m)
	}
}

// step is a sign of life of long work.
func (l *link) step(p *pending, m message) {
	l.mu.Lock()
	forgotten := p.forgotten
	if !forgotten {
		p.patience.Reset(p.request.patience)
	}
	l.mu.Unlock()
	var at progressData
	switch {
	case forgotten:
	case m.Kind == kindKeep && p.keep != nil:
		p.keep(m.body)
	case m.Kind == kindProgress && p.progress != nil && json.Unmarshal(m.Data, &at) == nil:
		p.progress(at.Done, at.Total)
	}
}

// grace is how long a worker that hung up may take to end.
const grace = 2 * time.Second

// over is the end of the link: it learns how the worker ended, tells of it, and
// only then lets the callers go, so that whoever asks again finds it noted.
func (l *link) over(err error) {
	_ = l.wire.conn.Close() // it is broken or closed already
	if errors.Is(err, errProtocol) {
		l.worker.Kill(whyProtocol)
	}
	why := l.end()
	l.mu.Lock()
	closing := l.closing
	l.gone = fmt.Errorf("%w: %s: %w", ErrWorkerGone, why, err)
	if closing {
		l.gone = fmt.Errorf("%w: hung up", ErrWorkerGone)
	}
	death := l.suspects(why)
	l.mu.Unlock()
	if !closing && l.died != nil {
		l.died(death)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for id, p := range l.pending {
		delete(l.pending, id)
		p.patience.Stop()
		p.answer <- message{header: header{Kind: kindAnswer, Error: &wireError{Code: codeGone, Text: l.gone.Error()}}}
	}
}

// end waits for the worker's end, and helps after a while.
func (l *link) end() string {
	late := time.AfterFunc(grace, func() { l.worker.Kill(whyHung) })
	defer late.Stop()
	return l.worker.Wait()
}

// Why a worker is killed from here.
const (
	whyHung     = "hung"
	whyProtocol = "protocol"
)

// suspects says whose bytes the worker had under its hands.
func (l *link) suspects(why string) Death {
	d := Death{Why: why}
	seen := map[fileID]bool{}
	for _, p := range l.pending {
		if p.subject.name != "" && !seen[p.subject.id] {
			seen[p.subject.id] = true
			d.Files = append(d.Files, p.subject.name)
			d.ids = append(d.ids, p.subject.id)
		}
	}
	return d
}

// call sends r and decodes the answer's data into out; it returns the answer's
// body.
func (l *link) call(ctx context.Context, r request, out any) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	data, err := json.Marshal(r.data)
	if err != nil {
		return nil, fmt.Errorf("ask worker to %s: %w", r.method, err)
	}
	p := &pending{request: r, answer: make(chan message, 1)}
	l.mu.Lock()
	if l.gone != nil {
		l.mu.Unlock()
		return nil, l.gone
	}
	l.next++
	id := l.next
	// Begun before sending: a worker that was stopped does not even read.
	p.patience = time.AfterFunc(r.patience, func() { l.worker.Kill(whyHung) })
	l.pending[id] = p
	l.mu.Unlock()
	if err := l.wire.send(message{header: header{ID: id, Kind: kindCall, Method: r.method, Data: data}, body: r.body, files: r.files}); err != nil {
		if !errors.Is(err, errProtocol) {
			_ = l.wire.conn.Close()     // half a message may be out: the listener ends the link
			return l.receive(p, r, out) //nolint:contextcheck // the link's end answers it
		}
		l.mu.Lock()
		delete(l.pending, id)
		l.mu.Unlock()
		p.patience.Stop()
		return nil, err
	}
	return l.await(ctx, id, p, out)
}

func (l *link) await(ctx context.Context, id uint64, p *pending, out any) ([]byte, error) {
	select {
	case m := <-p.answer:
		return decoded(ctx, m, p.request, out)
	case <-ctx.Done():
	}
	l.mu.Lock()
	p.forgotten = true
	p.patience.Reset(min(p.request.patience, letGo))
	l.mu.Unlock()
	// The worker may be gone meanwhile; its answer no longer matters then.
	_ = l.wire.send(message{header: header{ID: id, Kind: kindCancel}})
	if !p.linger {
		return nil, ctx.Err()
	}
	return decoded(ctx, <-p.answer, p.request, out)
}

// letGo is how long the worker may hold on to what was cancelled.
const letGo = 30 * time.Second

// receive waits for the end of a link that broke while a call was sent.
func (l *link) receive(p *pending, r request, out any) ([]byte, error) {
	return decoded(context.Background(), <-p.answer, r, out)
}

func decoded(ctx context.Context, m message, r request, out any) ([]byte, error) {
	if m.Error != nil {
		if errors.Is(m.Error, context.Canceled) && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, fmt.Errorf("%s: %w", r.method, m.Error.full())
	}
	if out != nil {
		if err := json.Unmarshal(m.Data, out); err != nil {
			return nil, fmt.Errorf("%s: %w: %w", r.method, errProtocol, err)
		}
	}
	return m.body, nil
}

// inside is a worker that runs as goroutines of this process.
type inside struct {
	conn  *net.UnixConn
	ended chan struct{}
}

func (w *inside) Conn() *net.UnixConn { return w.conn }
func (w *inside) Kill(string)         { _ = w.conn.Close() }

func (w *inside) Wait() string {
	<-w.ended
	return "closed"
}

// loose is a worker of which only the socket is known.
type loose struct{ conn *net.UnixConn }

func (w loose) Conn() *net.UnixConn { return w.conn }
func (w loose) Kill(string)         { _ = w.conn.Close() }
func (w loose) Wait() string        { return "gone" }
