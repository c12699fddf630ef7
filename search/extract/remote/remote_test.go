package remote_test

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"
	"golang.org/x/sys/unix"

	"diaoyue.example/workstation/backend/conduit"
	"diaoyue.example/workstation/search/extract"
	"diaoyue.example/workstation/search/extract/remote"
	"diaoyue.example/workstation/search/extract/text"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func extractor(t *testing.T) *extract.Extractor {
	t.Helper()
	x := extract.New(extract.Limits{}, text.New(extract.NewTypesetter(extract.SystemFonts()), extract.Limits{}), extract.NewPictures(extract.Limits{}))
	t.Cleanup(func() { x.Close() })
	return x
}

// paper is a text of three sheets.
func paper(t *testing.T) *os.File {
	t.Helper()
	path := filepath.Join(t.TempDir(), "paper.txt")
	if err := os.WriteFile(path, []byte(strings.Repeat("第一行 the words\n", 40)+strings.Repeat("第二页\n", 40)+"最后"), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

type engine interface {
	File(ctx context.Context, f *os.File, name string, emit func(extract.Page) error) (extract.Meta, error)
	Open(ctx context.Context, f *os.File, name string) (extract.Document, error)
}

func pages(t *testing.T, x engine, f *os.File) (extract.Meta, []extract.Page) {
	t.Helper()
	var out []extract.Page
	meta, err := x.File(t.Context(), f, "paper.txt", func(p extract.Page) error {
		out = append(out, p)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return meta, out
}

// What comes over the conduit is what the extractor itself gives.
func TestSameAsInside(t *testing.T) {
	x, f := extractor(t), paper(t)
	c, err := remote.Pair(x)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	wantMeta, want := pages(t, x, f)
	gotMeta, got := pages(t, c, f)
	if d := cmp.Diff(wantMeta, gotMeta) + cmp.Diff(want, got); d != "" || len(got) != 3 {
		t.Errorf("%d pages, %s", len(got), d)
	}
	inside, err := x.Open(t.Context(), f, "paper.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer inside.Close()
	doc, err := c.Open(t.Context(), f, "paper.txt")
	if err != nil {
		t.Fatal(err)
	}
	if doc.Kind() != inside.Kind() || doc.Pages() != inside.Pages() {
		t.Errorf("%s of %d pages, want %s of %d", doc.Kind(), doc.Pages(), inside.Kind(), inside.Pages())
	}
	for n := 0; n <= 4; n++ {
		wantPage, wantErr := inside.Page(t.Context(), n)
		gotPage, gotErr := doc.Page(t.Context(), n)
		wantImage, wantFault := inside.Render(t.Context(), n, 600)
		gotImage, gotFault := doc.Render(t.Context(), n, 600)
		if d := cmp.Diff(wantPage, gotPage) + cmp.Diff(wantImage, gotImage); d != "" {
			t.Error(d)
		}
		for _, s := range []error{extract.ErrNoPage, extract.ErrNoFont} {
			if errors.Is(wantErr, s) != errors.Is(gotErr, s) || errors.Is(wantFault, s) != errors.Is(gotFault, s) {
				t.Errorf("page %d: %v and %v, want %v and %v", n, gotErr, gotFault, wantErr, wantFault)
			}
		}
	}
	if err = doc.Close(); err != nil {
		t.Error(err)
	}
	if _, err = doc.Page(t.Context(), 1); !errors.Is(err, os.ErrClosed) {
		t.Errorf("after the close: %v", err)
	}
}

func TestRefusals(t *testing.T) {
	c, err := remote.Pair(extractor(t))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	empty, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	defer empty.Close()
	if _, err = c.Open(t.Context(), empty, "a.txt"); !errors.Is(err, extract.ErrEmpty) {
		t.Errorf("empty: %v", err)
	}
	if _, err = c.Open(t.Context(), paper(t), "a.exe"); !errors.Is(err, extract.ErrUnsupported) {
		t.Errorf("unknown: %v", err)
	}
	stop := errors.New("no more")
	if _, err = c.File(t.Context(), paper(t), "paper.txt", func(extract.Page) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("emit's own error: %v", err)
	}
	if meta, got := pages(t, c, paper(t)); meta.State != extract.StateText || len(got) != 3 {
		t.Errorf("afterwards: %+v, %d pages", meta, len(got))
	}
}

// fake is a worker in this process that answers as it is told.
type fake struct {
	conn  *net.UnixConn
	ended chan struct{}

	mu  sync.Mutex
	why string
}

func (w *fake) Conn() *net.UnixConn { return w.conn }

func (w *fake) Kill(why string) {
	w.mu.Lock()
	w.why = why
	w.mu.Unlock()
	w.conn.Close()
}

func (w *fake) Wait() string {
	<-w.ended
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.why
}

// workers gives a client whose workers do what each of the handlers says, one
// after the other, and collects the deaths.
func workers(t *testing.T, o remote.Options, handlers ...conduit.Handler) (*remote.Client, *[]conduit.Death) {
	t.Helper()
	deaths, started := &[]conduit.Death{}, 0
	o.Start = func(context.Context) (conduit.Worker, error) {
		near, far := ends(t)
		w := &fake{conn: near, ended: make(chan struct{}), why: "crash"}
		do := handlers[min(started, len(handlers)-1)]
		started++
		go func() {
			defer close(w.ended)
			_ = conduit.Serve(far, conduit.Errors{}, func(ctx context.Context, c *conduit.Call) (any, []byte, error) {
				defer func() {
					if recover() != nil {
						far.Close() // what a crash looks like from outside
					}
				}()
				return do(ctx, c)
			})
		}()
		return w, nil
	}
	o.Died = func(d conduit.Death) { *deaths = append(*deaths, d) }
	c := remote.New(o)
	t.Cleanup(func() { c.Close() })
	return c, deaths
}

func ends(t *testing.T) (near, far *net.UnixConn) {
	t.Helper()
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	out := make([]*net.UnixConn, 2)
	for i, fd := range fds {
		f := os.NewFile(uintptr(fd), "end")
		c, err := net.FileConn(f)
		f.Close()
		if err != nil {
			t.Fatal(err)
		}
		out[i] = c.(*net.UnixConn)
	}
	return out[0], out[1]
}

func keep(t *testing.T, c *conduit.Call, pages ...extract.Page) {
	t.Helper()
	for _, p := range pages {
		b, err := json.Marshal(p)
		if err != nil {
			t.Error(err)
		}
		if err := c.Keep(b); err != nil {
			t.Log(err) // the client hung up first
		}
	}
}

func page(n int) extract.Page { return extract.Page{N: n, Text: "x", Source: extract.SourceText} }

// A worker that dies in the middle of a file is followed by a fresh one, once;
// pages given before stay, and none is given twice.
func TestDeathInTheMiddle(t *testing.T) {
	dies := func(_ context.Context, c *conduit.Call) (any, []byte, error) {
		keep(t, c, page(1), page(2))
		panic("crash")
	}
	whole := func(_ context.Context, c *conduit.Call) (any, []byte, error) {
		keep(t, c, page(1), page(2), page(3))
		return extract.Meta{State: extract.StateText, Kind: "txt", Pages: 3}, nil, nil
	}
	hangs := func(ctx context.Context, c *conduit.Call) (any, []byte, error) {
		keep(t, c, page(1))
		<-ctx.Done()
		return nil, nil, ctx.Err()
	}
	for name, tc := range map[string]struct {
		do     []conduit.Handler
		want   extract.Meta
		pages  int
		deaths []string
	}{
		"once":  {[]conduit.Handler{dies, whole}, extract.Meta{State: extract.StateText, Kind: "txt", Pages: 3}, 3, []string{"crash"}},
		"twice": {[]conduit.Handler{dies, dies}, extract.Meta{State: extract.StateFailed, Why: extract.WhyWorker, Pages: 2}, 2, []string{"crash", "crash"}},
		"hangs": {[]conduit.Handler{hangs}, extract.Meta{State: extract.StateTimeout, Pages: 1}, 1, []string{"hung"}},
	} {
		t.Run(name, func(t *testing.T) {
			o := remote.Options{}
			o.Patience = 300 * time.Millisecond
			c, deaths := workers(t, o, tc.do...)
			meta, got := pages(t, c, paper(t))
			meta.Reason = ""
			if d := cmp.Diff(tc.want, meta); d != "" {
				t.Error(d)
			}
			if len(got) != tc.pages {
				t.Errorf("%d pages, want %d", len(got), tc.pages)
			}
			for i, p := range got {
				if p.N != i+1 {
					t.Errorf("page %d at place %d", p.N, i)
				}
			}
			var why []string
			for _, d := range *deaths {
				why = append(why, d.Why)
				if len(d.Files) != 1 {
					t.Errorf("the cause is %v", d.Files)
				}
			}
			if d := cmp.Diff(tc.deaths, why); d != "" {
				t.Error(d)
			}
		})
	}
}

// A worker that lies is ended, and so is the call.
func TestLyingWorker(t *testing.T) {
	says := func(meta any, parts ...string) conduit.Handler {
		return func(_ context.Context, c *conduit.Call) (any, []byte, error) {
			for _, p := range parts {
				if err := c.Keep([]byte(p)); err != nil {
					t.Log(err)
				}
			}
			return meta, nil, nil
		}
	}
	fine := extract.Meta{State: extract.StateText, Pages: 1}
	for name, do := range map[string]conduit.Handler{
		"no page":         says(fine, `[]`),
		"no JSON":         says(fine, `}`),
		"page from ahead": says(fine, `{"n":2}`),
		"page again":      says(fine, `{"n":1}`, `{"n":1}`),
		"box of no text":  says(fine, `{"n":1,"text":"x","boxes":[{"start":0,"end":2}]}`),
		"box backwards":   says(fine, `{"n":1,"text":"xyz","boxes":[{"start":2,"end":1}]}`),
		"negative size":   says(fine, `{"n":1,"width":-1}`),
		"unknown state":   says(extract.Meta{State: "<script>"}),
		"no state":        says([]int{1}),
	} {
		t.Run(name, func(t *testing.T) {
			c, _ := workers(t, remote.Options{}, do)
			meta, _ := pages(t, c, paper(t))
			if meta.State != extract.StateFailed || meta.Why != extract.WhyWorker {
				t.Errorf("%+v", meta)
			}
		})
	}
	for name, do := range map[string]conduit.Handler{
		"nothing held":     says(map[string]any{"kind": "pdf", "pages": 1}),
		"negative pages":   hold(map[string]any{"kind": "pdf", "pages": -1}),
		"no answer":        hold([]int{}),
		"kind without end": hold(map[string]any{"kind": strings.Repeat("x", 999), "pages": 1}),
	} {
		t.Run("open: "+name, func(t *testing.T) {
			c, _ := workers(t, remote.Options{}, do)
			if _, err := c.Open(t.Context(), paper(t), "a.pdf"); !errors.Is(err, conduit.ErrProtocol) {
				t.Errorf("err = %v", err)
			}
		})
	}
	for name, answer := range map[string]map[string]any{
		"script for a picture": {"mime": "text/html", "width": 1, "height": 1},
		"no size":              {"mime": "image/png", "width": 0, "height": 1},
		"too wide":             {"mime": "image/png", "width": 1 << 20, "height": 1},
	} {
		t.Run("render: "+name, func(t *testing.T) {
			c, _ := workers(t, remote.Options{}, func(ctx context.Context, call *conduit.Call) (any, []byte, error) {
				if call.Method == "open" {
					return hold(map[string]any{"kind": "pdf", "pages": 1})(ctx, call)
				}
				return answer, []byte("<script>"), nil
			})
			doc, err := c.Open(t.Context(), paper(t), "a.pdf")
			if err != nil {
				t.Fatal(err)
			}
			defer doc.Close()
			if _, err = doc.Render(t.Context(), 1, 100); !errors.Is(err, conduit.ErrProtocol) {
				t.Errorf("err = %v", err)
			}
		})
	}
}

func hold(answer any) conduit.Handler {
	return func(_ context.Context, c *conduit.Call) (any, []byte, error) {
		f, err := c.Take()
		if err != nil {
			return nil, nil, err
		}
		c.Hold(f)
		return answer, nil, nil
	}
}

// A worker is exchanged after its share of files, unnoticed.
func TestRecycle(t *testing.T) {
	x := extractor(t)
	var started int
	o := remote.Options{Recycle: 2, Limits: x.Limits()}
	o.Start = func(context.Context) (conduit.Worker, error) {
		started++
		near, far := ends(t)
		w := &fake{conn: near, ended: make(chan struct{}), why: "exit"}
		go func() {
			defer close(w.ended)
			_ = remote.Serve(far, x)
		}()
		return w, nil
	}
	o.Died = func(d conduit.Death) { t.Errorf("a death: %+v", d) }
	c := remote.New(o)
	defer c.Close()
	f := paper(t)
	doc, err := c.Open(t.Context(), f, "paper.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer doc.Close()
	for range 5 {
		if meta, got := pages(t, c, f); meta.State != extract.StateText || len(got) != 3 {
			t.Fatalf("%+v, %d pages", meta, len(got))
		}
		if p, err := doc.Page(t.Context(), 3); err != nil || p.N != 3 {
			t.Errorf("page of the open document: %+v, %v", p, err)
		}
	}
	if started != 3 {
		t.Errorf("%d workers for 5 files, want 3", started)
	}
}

// Of two pages that a worker was asked for, the one that it hung over is told
// to have taken too long, and the other is asked of the next worker.
func TestHangOverOnePage(t *testing.T) {
	asked := make(chan struct{})
	hangs := func(ctx context.Context, c *conduit.Call) (any, []byte, error) {
		if c.Method == "open" {
			return hold(map[string]any{"kind": "pdf", "pages": 2})(ctx, c)
		}
		asked <- struct{}{}
		<-ctx.Done()
		return nil, nil, ctx.Err()
	}
	draws := func(ctx context.Context, c *conduit.Call) (any, []byte, error) {
		if c.Method == "open" {
			return hold(map[string]any{"kind": "pdf", "pages": 2})(ctx, c)
		}
		return map[string]any{"mime": "image/png", "width": 1, "height": 1}, []byte("dots"), nil
	}
	o := remote.Options{}
	o.Patience = 400 * time.Millisecond
	c, deaths := workers(t, o, hangs, draws)
	endless, beside := openPaper(t, c), openPaper(t, c)
	late := make(chan error, 1)
	go func() {
		_, err := endless.Render(t.Context(), 1, 100)
		late <- err
	}()
	<-asked
	time.Sleep(o.Patience / 2) // so that the other one's time is not up when the worker is ended
	other := make(chan error, 1)
	go func() {
		_, err := beside.Render(t.Context(), 1, 100)
		other <- err
	}()
	<-asked
	if err := <-late; !errors.Is(err, extract.ErrTimeout) {
		t.Errorf("the page it hung over: %v", err)
	}
	if err := <-other; err != nil {
		t.Errorf("the page beside: %v", err)
	}
	if len(*deaths) != 1 {
		t.Errorf("deaths: %+v", *deaths)
	}
}

func openPaper(t *testing.T, c *remote.Client) extract.Document {
	t.Helper()
	doc, err := c.Open(t.Context(), paper(t), "a.pdf")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { doc.Close() })
	return doc
}
