package conduit

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"sync"
	"time"
)

// Worker is a process that serves this protocol at the other end of Conn.
type Worker interface {
	Conn() *net.UnixConn
	Kill(why string) // ends it at once; Wait then says why
	Wait() string    // waits for its end and says how it came
}

// Options of a client. Only Start is needed.
type Options struct {
	// Start starts a worker. It is called when there is something to ask and no
	// worker to be asked, also after one died; holding back is its own matter.
	Start func(ctx context.Context) (Worker, error)
	// Admit refuses files, by name, that are known to end workers; nil admits
	// all.
	Admit func(name string) bool
	// Died is told of every death before anybody may ask again; it may be nil.
	Died func(Death)
	// Patience is how long a call may go without a sign of life before the
	// worker is killed; 0 is a minute.
	Patience time.Duration
}

// Death is the unasked end of a worker.
type Death struct {
	Why   string   // in the worker's own codes
	Files []string // names of the files that were at work; one alone is surely the cause

	ids []fileID
}

// Request is one call.
type Request struct {
	Method   string
	Data     any
	Body     []byte
	Files    []*os.File
	About    *os.File      // whose bytes the body is made of, where no file is handed over
	MaxBody  uint32        // of the answer, and of each part that is kept
	Patience time.Duration // without a sign of life; 0 is the client's
	Progress func(done, total int64)
	Keep     func(part []byte) error // an error of it ends the worker: it said what cannot be
	Linger   bool                    // after a cancellation wait until the worker has let go of the files

	handle  uint64
	subject subject // whose bytes it reads
}

// Client speaks to a worker, and to a fresh one after a death. It is safe for
// concurrent use; calls run side by side. A call whose context ends is
// cancelled in the worker too, and one that the worker does not let go of ends
// the worker.
type Client struct {
	opts  Options
	errs  Errors
	guard *guard
	entry chan struct{} // held while a worker is started

	mu     sync.Mutex
	link   *link
	closed bool
}

// New gives a client that starts its worker when first asked.
func New(o Options, errs Errors) *Client {
	if o.Patience <= 0 {
		o.Patience = time.Minute
	}
	return &Client{opts: o, errs: errs, guard: newGuard(), entry: make(chan struct{}, 1)}
}

// Dial speaks to the one worker at the other end of conn, which becomes the
// client's. When it is gone, nothing can be asked any more.
func Dial(conn *net.UnixConn, errs Errors) *Client {
	return New(Options{}, errs).on(loose{conn})
}

// Pair returns a client whose worker is serve, running in this process. Close
// it to end both.
func Pair(errs Errors, serve func(*net.UnixConn) error) (*Client, error) {
	near, far, err := socketPair()
	if err != nil {
		return nil, err
	}
	w := &inside{conn: near, ended: make(chan struct{})}
	go func() {
		defer close(w.ended)
		// An error of the worker's is the client's to notice: it hangs up.
		_ = serve(far)
	}()
	return New(Options{}, errs).on(w), nil
}

// on makes w the only worker that there will be.
func (c *Client) on(w Worker) *Client {
	c.opts.Start = func(context.Context) (Worker, error) { return nil, errors.New("it hung up") }
	c.link = connect(w, c.errs, c.died)
	return c
}

// Patience is how long a call may go without a sign of life.
func (c *Client) Patience() time.Duration { return c.opts.Patience }

// Warm starts the worker before it is needed.
func (c *Client) Warm(ctx context.Context) error {
	_, err := c.ready(ctx)
	return err
}

// Renew hangs up on the worker, so that the next call starts a fresh one. What
// is being asked gets ErrGone; nobody is told of a death.
func (c *Client) Renew() {
	c.mu.Lock()
	l := c.link
	c.mu.Unlock()
	if l != nil {
		l.close()
	}
}

// Close hangs up. Whatever is still being asked gets ErrGone, and the worker
// drops all it had open.
func (c *Client) Close() error {
	c.mu.Lock()
	c.closed = true
	c.mu.Unlock()
	c.Renew()
	return nil
}

// ready returns the link to a living worker.
func (c *Client) ready(ctx context.Context) (*link, error) {
	select {
	case c.entry <- struct{}{}:
		defer func() { <-c.entry }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if l, err := c.current(); l != nil || err != nil {
		return l, err
	}
	w, err := c.opts.Start(ctx)
	if ctx.Err() != nil && err != nil {
		return nil, ctx.Err()
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrGone, err)
	}
	l := connect(w, c.errs, c.died)
	c.mu.Lock()
	c.link = l
	closed := c.closed
	c.mu.Unlock()
	if closed {
		l.close()
		return nil, &gone{whyClosed, net.ErrClosed}
	}
	return l, nil
}

func (c *Client) current() (*link, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.closed:
		return nil, &gone{whyClosed, net.ErrClosed}
	case c.link != nil && c.link.alive():
		return c.link, nil
	default:
		return nil, nil //nolint:nilnil // none yet
	}
}

func (c *Client) died(d Death) {
	c.guard.suspect(d.ids)
	if c.opts.Died != nil {
		c.opts.Died(d)
	}
}

// admit refuses a file that ended workers again and again.
func (c *Client) admit(f *os.File) error {
	if c.opts.Admit != nil && !c.opts.Admit(f.Name()) {
		return ErrRepeated
	}
	return nil
}

// Times that a call may be tried: work that changes no file is asked of the
// next worker by itself.
const (
	Once  = 1
	Twice = 2
)

// file is what the call is about: a death is its doing.
func (r Request) file() *os.File {
	if r.About != nil {
		return r.About
	}
	return r.Files[0]
}

// Ask asks for work on the request's first file, or about one; out takes the answer's data,
// its body is returned. Besides the engine's own errors there may be ErrGone
// and ErrRepeated.
func (c *Client) Ask(ctx context.Context, r Request, tries int, out any) (body []byte, err error) {
	if r.subject, err = subjectOf(r.file()); err != nil {
		return nil, err
	}
	for try := 1; ; try++ {
		body, err = c.attempt(ctx, r, out)
		if try == tries || !again(ctx, err) {
			return body, err
		}
	}
}

// again says whether a call that ended with err may be asked once more.
func again(ctx context.Context, err error) bool {
	return errors.Is(err, ErrGone) && !errors.Is(err, ErrHung) && ctx.Err() == nil
}

func (c *Client) attempt(ctx context.Context, r Request, out any) ([]byte, error) {
	if err := c.admit(r.file()); err != nil {
		return nil, err
	}
	leave, err := c.guard.enter(ctx, r.subject.id)
	if err != nil {
		return nil, err
	}
	l, err := c.ready(ctx)
	if err != nil {
		leave(err)
		return nil, err
	}
	r.Patience = c.patience(r)
	m, err := l.call(ctx, r, out)
	leave(err)
	return m.body, err
}

func (c *Client) patience(r Request) time.Duration {
	if r.Patience > 0 {
		return r.Patience
	}
	return c.opts.Patience
}
