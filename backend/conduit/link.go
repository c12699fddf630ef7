package conduit

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"
)

// link is the connection to one worker, from its start to its end.
type link struct {
	wire   wire
	worker Worker
	errs   Errors
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
	request Request

	answer    chan message
	patience  *time.Timer
	forgotten bool // the caller went away
	hung      bool // the worker was killed over it
}

// connect begins to speak to a worker.
func connect(w Worker, errs Errors, died func(Death)) *link {
	l := &link{worker: w, errs: errs, died: died, pending: map[uint64]*pending{}, done: make(chan struct{})}
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
		return p.request.MaxBody
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
		p.patience.Reset(p.request.Patience)
	}
	l.mu.Unlock()
	var at progressData
	switch {
	case forgotten:
	case m.Kind == kindKeep && p.request.Keep != nil:
		if p.request.Keep(m.body) != nil {
			l.worker.Kill(WhyProtocol)
		}
	case m.Kind == kindProgress && p.request.Progress != nil && json.Unmarshal(m.Data, &at) == nil:
		p.request.Progress(at.Done, at.Total)
	}
}

// grace is how long a worker that hung up may take to end.
const grace = 2 * time.Second

// over is the end of the link: it learns how the worker ended, tells of it, and
// only then lets the callers go, so that whoever asks again finds it noted.
func (l *link) over(err error) {
	_ = l.wire.conn.Close() // it is broken or closed already
	if errors.Is(err, ErrProtocol) {
		l.worker.Kill(WhyProtocol)
	}
	why := l.end()
	l.mu.Lock()
	closing := l.closing
	l.gone = &gone{why, err}
	if closing {
		l.gone = &gone{whyClosed, net.ErrClosed}
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
		if p.hung && why == WhyHung && !closing {
			p.answer <- message{gone: &gone{why, ErrHung}}
		} else {
			p.answer <- message{gone: l.gone}
		}
	}
}

// hung ends a worker that gave no sign of life over a call.
func (l *link) hung(p *pending) {
	l.mu.Lock()
	p.hung = true
	l.mu.Unlock()
	l.worker.Kill(WhyHung)
}

// end waits for the worker's end, and helps after a while.
func (l *link) end() string {
	late := time.AfterFunc(grace, func() { l.worker.Kill(WhyHung) })
	defer late.Stop()
	return l.worker.Wait()
}

// Why a worker ended by our own doing; a worker's other ends have its own codes.
const (
	WhyHung     = "hung"     // it gave no sign of life
	WhyProtocol = "protocol" // what it said made no sense
	whyClosed   = "closed"   // we hung up
)

// suspects says whose bytes the worker had under its hands.
func (l *link) suspects(why string) Death {
	d := Death{Why: why}
	seen := map[fileID]bool{}
	for _, p := range l.pending {
		if p.request.subject.name != "" && !seen[p.request.subject.id] {
			seen[p.request.subject.id] = true
			d.Files = append(d.Files, p.request.subject.name)
			d.ids = append(d.ids, p.request.subject.id)
		}
	}
	return d
}

// call sends r, decodes the answer's data into out, and returns the answer.
func (l *link) call(ctx context.Context, r Request, out any) (message, error) {
	if err := ctx.Err(); err != nil {
		return message{}, err
	}
	data, err := json.Marshal(r.Data)
	if err != nil {
		return message{}, fmt.Errorf("ask worker to %s: %w", r.Method, err)
	}
	p := &pending{request: r, answer: make(chan message, 1)}
	l.mu.Lock()
	if l.gone != nil {
		l.mu.Unlock()
		return message{}, l.gone
	}
	l.next++
	id := l.next
	// Begun before sending: a worker that was stopped does not even read.
	p.patience = time.AfterFunc(r.Patience, func() { l.hung(p) })
	l.pending[id] = p
	l.mu.Unlock()
	err = l.wire.send(message{
		header: header{ID: id, Kind: kindCall, Method: r.Method, Handle: r.handle, Data: data}, body: r.Body, files: r.Files,
	})
	if err != nil {
		if !errors.Is(err, ErrProtocol) {
			_ = l.wire.conn.Close()  // half a message may be out: the listener ends the link
			return l.receive(p, out) //nolint:contextcheck // the link's end answers it
		}
		l.mu.Lock()
		delete(l.pending, id)
		l.mu.Unlock()
		p.patience.Stop()
		return message{}, err
	}
	return l.await(ctx, id, p, out)
}

func (l *link) await(ctx context.Context, id uint64, p *pending, out any) (message, error) {
	select {
	case m := <-p.answer:
		return l.decoded(ctx, m, p.request, out)
	case <-ctx.Done():
	}
	l.mu.Lock()
	p.forgotten = true
	p.patience.Reset(min(p.request.Patience, letGo))
	l.mu.Unlock()
	// The worker may be gone meanwhile; its answer no longer matters then.
	_ = l.wire.send(message{header: header{ID: id, Kind: kindCancel}})
	if !p.request.Linger {
		return message{}, ctx.Err()
	}
	return l.decoded(ctx, <-p.answer, p.request, out)
}

// letGo is how long the worker may hold on to what was cancelled.
const letGo = 30 * time.Second

// receive waits for the end of a link that broke while a call was sent.
func (l *link) receive(p *pending, out any) (message, error) {
	return l.decoded(context.Background(), <-p.answer, p.request, out)
}

func (l *link) decoded(ctx context.Context, m message, r Request, out any) (message, error) {
	if m.gone != nil {
		return message{}, fmt.Errorf("%s: %w", r.Method, m.gone)
	}
	if m.Error != nil {
		err := l.errs.decode(m.Error)
		if errors.Is(err, context.Canceled) && ctx.Err() != nil {
			return message{}, ctx.Err()
		}
		return message{}, fmt.Errorf("%s: %w", r.Method, err)
	}
	if out != nil {
		if err := json.Unmarshal(m.Data, out); err != nil {
			return message{}, fmt.Errorf("%s: %w: %w", r.Method, ErrProtocol, err)
		}
	}
	return m, nil
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
