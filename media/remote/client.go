package remote

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"sync"
	"time"

	"diaoyue.example/workstation/media"
	"diaoyue.example/workstation/media/export"
	"diaoyue.example/workstation/media/redact"
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
	// worker is killed; 0 is a minute. Long work has five times as much.
	Patience time.Duration
}

// Death is the unasked end of a worker.
type Death struct {
	Why   string   // in the worker's own codes
	Files []string // names of the files that were at work; one alone is surely the cause

	ids []fileID
}

// Client speaks to a worker, and to a fresh one after a death: what does not
// change a file is asked once more by itself. It is safe for concurrent use;
// requests run side by side. A request whose context ends is cancelled in the
// worker too, and one that the worker does not let go of ends the worker.
type Client struct {
	opts  Options
	guard *guard
	entry chan struct{} // held while a worker is started

	mu     sync.Mutex
	link   *link
	closed bool
}

// New gives a client that starts its worker when first asked.
func New(o Options) *Client {
	if o.Patience <= 0 {
		o.Patience = time.Minute
	}
	return &Client{opts: o, guard: newGuard(), entry: make(chan struct{}, 1)}
}

// Dial speaks to the one worker at the other end of conn, which becomes the
// client's. When it is gone, nothing can be asked any more.
func Dial(conn *net.UnixConn) *Client {
	c := New(Options{})
	c.opts.Start = func(context.Context) (Worker, error) { return nil, errors.New("it hung up") }
	c.link = connect(loose{conn}, c.died)
	return c
}

// Pair returns a client whose worker runs in this process, as goroutines. Close
// it to end both.
func Pair() (*Client, error) {
	near, far, err := socketPair()
	if err != nil {
		return nil, err
	}
	w := &inside{conn: near, ended: make(chan struct{})}
	go func() {
		defer close(w.ended)
		// An error of the worker's is the client's to notice: it hangs up.
		_ = Serve(far)
	}()
	c := New(Options{})
	c.opts.Start = func(context.Context) (Worker, error) { return nil, errors.New("it hung up") }
	c.link = connect(w, c.died)
	return c, nil
}

// Warm starts the worker before it is needed.
func (c *Client) Warm(ctx context.Context) error {
	_, err := c.ready(ctx)
	return err
}

// Close hangs up. Whatever is still being asked gets ErrWorkerGone, and the
// worker drops all it had open.
func (c *Client) Close() error {
	c.mu.Lock()
	c.closed = true
	l := c.link
	c.mu.Unlock()
	if l != nil {
		l.close()
	}
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
		return nil, fmt.Errorf("%w: %w", ErrWorkerGone, err)
	}
	l := connect(w, c.died)
	c.mu.Lock()
	c.link = l
	closed := c.closed
	c.mu.Unlock()
	if closed {
		l.close()
		return nil, fmt.Errorf("%w: hung up", ErrWorkerGone)
	}
	return l, nil
}

func (c *Client) current() (*link, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.closed:
		return nil, fmt.Errorf("%w: hung up", ErrWorkerGone)
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
	once  = 1
	twice = 2
)

// file asks for work on r's first file.
func (c *Client) file(ctx context.Context, r request, tries int, out any) (body []byte, err error) {
	if r.subject, err = subjectOf(r.files[0]); err != nil {
		return nil, err
	}
	for try := 1; ; try++ {
		body, err = c.attempt(ctx, r, out)
		if try == tries || !errors.Is(err, ErrWorkerGone) || ctx.Err() != nil {
			return body, err
		}
	}
}

func (c *Client) attempt(ctx context.Context, r request, out any) ([]byte, error) {
	if err := c.admit(r.files[0]); err != nil {
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
	body, err := l.call(ctx, r, out)
	leave(err)
	return body, err
}

// Probe tells what f holds. Like everything here that names a file it may
// return ErrWorkerGone and ErrRepeated.
func (c *Client) Probe(ctx context.Context, f *os.File) (media.Container, error) {
	var out media.Container
	_, err := c.file(ctx, request{method: methodProbe, files: []*os.File{f}, patience: c.opts.Patience}, twice, &out)
	return out, err
}

// BuildIndex decodes f from end to end and returns the verified frame index in
// its stored form. Progress counts frames and may be nil.
func (c *Client) BuildIndex(ctx context.Context, f *os.File, progress func(done, total int64)) ([]byte, error) {
	return c.ResumeIndex(ctx, f, nil, progress, nil)
}

// ResumeIndex is BuildIndex from where another left off: part is what keep was
// given last, nil for the start. Keep is called every few seconds of work; a
// part that does not fit is dropped silently.
func (c *Client) ResumeIndex(ctx context.Context, f *os.File, part []byte, progress func(done, total int64), keep func(part []byte)) ([]byte, error) {
	return c.file(ctx, request{
		method: methodIndex, body: part, files: []*os.File{f}, progress: progress, keep: keep,
		maxBody: maxCallBody, patience: c.long(),
	}, once, nil)
}

// Export makes the redacted copy of src in dst, which must be empty, and checks
// it (export.Run). When ctx ends, Export returns only after the worker has let
// go of dst. Progress counts steps of the whole work and may be nil.
func (c *Client) Export(ctx context.Context, src, dst *os.File, plan redact.Plan, progress func(done, total int64)) (export.Manifest, error) {
	var out export.Manifest
	_, err := c.file(ctx, request{
		method: methodExport, data: exportArgs{Plan: plan.Canonical()},
		files: []*os.File{src, dst}, progress: progress, linger: true, patience: c.long(),
	}, once, &out)
	return out, err
}

// long is the patience with work that reads a whole file.
func (c *Client) long() time.Duration { return 5 * c.opts.Patience }
