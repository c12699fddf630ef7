package remote

import (
	"context"
	"net"
	"os"
	"time"

	"diaoyue.example/workstation/backend/conduit"
	"diaoyue.example/workstation/media"
	"diaoyue.example/workstation/media/export"
	"diaoyue.example/workstation/media/redact"
)

// Client is the media engine in a worker process, and in a fresh one after a
// death: what does not change a file is asked once more by itself. It is safe
// for concurrent use; requests run side by side.
type Client struct{ line *conduit.Client }

// New gives a client that starts its worker when first asked. Long work has
// five times the patience.
func New(o conduit.Options) *Client { return &Client{conduit.New(o, errs())} }

// Dial speaks to the one worker at the other end of conn, which becomes the
// client's. When it is gone, nothing can be asked any more.
func Dial(conn *net.UnixConn) *Client { return &Client{conduit.Dial(conn, errs())} }

// Pair returns a client whose worker runs in this process, as goroutines. Close
// it to end both.
func Pair() (*Client, error) {
	line, err := conduit.Pair(errs(), Serve)
	if err != nil {
		return nil, err
	}
	return &Client{line}, nil
}

// Warm starts the worker before it is needed.
func (c *Client) Warm(ctx context.Context) error { return c.line.Warm(ctx) }

// Close hangs up. Whatever is still being asked gets ErrWorkerGone, and the
// worker drops all it had open.
func (c *Client) Close() error { return c.line.Close() }

// Probe tells what f holds. Like everything here that names a file it may
// return ErrWorkerGone and ErrRepeated.
func (c *Client) Probe(ctx context.Context, f *os.File) (media.Container, error) {
	var out media.Container
	_, err := c.line.Ask(ctx, conduit.Request{Method: methodProbe, Files: []*os.File{f}}, conduit.Twice, &out)
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
	kept := func(part []byte) error {
		if keep != nil {
			keep(part)
		}
		return nil
	}
	return c.line.Ask(ctx, conduit.Request{
		Method: methodIndex, Body: part, Files: []*os.File{f}, Progress: progress, Keep: kept,
		MaxBody: conduit.MaxCallBody, Patience: c.long(),
	}, conduit.Once, nil)
}

// Export makes the redacted copy of src in dst, which must be empty, and checks
// it (export.Run). When ctx ends, Export returns only after the worker has let
// go of dst. Progress counts steps of the whole work and may be nil.
func (c *Client) Export(ctx context.Context, src, dst *os.File, plan redact.Plan, progress func(done, total int64)) (export.Manifest, error) {
	var out export.Manifest
	_, err := c.line.Ask(ctx, conduit.Request{
		Method: methodExport, Data: exportArgs{Plan: plan.Canonical()},
		Files: []*os.File{src, dst}, Progress: progress, Linger: true, Patience: c.long(),
	}, conduit.Once, &out)
	return out, err
}

// long is the patience with work that reads a whole file.
func (c *Client) long() time.Duration { return 5 * c.line.Patience() }
