// Package pdf reads PDF files with PDFium, which runs as WebAssembly in a
// sandbox of its own.
//
// Invariant: the sandbox sees the bytes of the file and, read-only, the fonts given;
// nothing else of the machine. A call that outlives its deadline is
// stopped with the sandbox, and the next call starts a new one; in an
// expendable process it runs on, and whoever asked ends the process.
package pdf

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"sync"

	"github.com/klippa-app/go-pdfium"
	"github.com/klippa-app/go-pdfium/webassembly"
	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"

	"diaoyue.example/workstation/search/extract"
)

const (
	// maxOpen is how many documents may be open at once; each has a sandbox.
	maxOpen = 8
	// memoryPages bounds one sandbox: 64 KiB each, 384 MiB, of the 1 GiB that a
	// child may have.
	memoryPages = 6144
	// signatureWithin is how far from the start readers look for the signature.
	signatureWithin = 1024
)

// Config says where things lie.
type Config struct {
	CacheDir string   // compiled module; empty compiles at every start (15 s)
	Fonts    []string // font files; those that exist are shown to the sandbox
	Limits   extract.Limits
	// Expendable says that whoever asks ends this process when a call does not
	// return. Calls then need not look in each turn of each loop whether they
	// are to stop, which takes as long as all they do.
	Expendable bool
}

// Format reads PDF. The engine starts with the first document. Close it.
type Format struct {
	cfg   Config
	mu    sync.Mutex
	pool  pdfium.Pool
	cache wazero.CompilationCache
	fonts *fontFS
}

// New starts nothing yet.
func New(cfg Config) *Format {
	cfg.Limits = cfg.Limits.WithDefaults()
	return &Format{cfg: cfg}
}

// Warm starts the engine and a first sandbox. Nothing is opened by name and no
// code made executable afterwards.
func (p *Format) Warm(ctx context.Context) error {
	pool, err := p.engine()
	if err != nil {
		return err
	}
	first, err := borrow(ctx, pool)
	if err != nil {
		return fmt.Errorf("start PDF engine: %w", err)
	}
	if err = first.Close(); err != nil {
		return fmt.Errorf("start PDF engine: %w", err)
	}
	return nil
}

// Probe looks for the PDF signature, which may stand after some other bytes.
func (p *Format) Probe(head []byte, _ string) int {
	switch i := bytes.Index(head[:min(len(head), signatureWithin)], []byte("%PDF-")); {
	case i == 0:
		return 100
	case i > 0:
		return 60
	}
	return 0
}

// Open opens a PDF. Errors: extract.ErrEncrypted, ErrDamaged, ErrLimit,
// ErrBusy, ErrTimeout.
func (p *Format) Open(ctx context.Context, f *os.File, _ string) (extract.Document, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("look at file: %w", err)
	}
	return p.OpenReader(ctx, f, info.Size())
}

// OpenReader opens a PDF of size bytes that lies anywhere, such as one made in
// memory; r must stay readable until the document is closed. Errors as those of
// Open.
func (p *Format) OpenReader(ctx context.Context, r io.ReaderAt, size int64) (extract.Document, error) {
	d := &document{format: p, file: r, size: size, turn: make(chan struct{}, 1)}
	if err := d.start(ctx); err != nil {
		_ = d.Close()
		return nil, err
	}
	return d, nil
}

// Close stops the engine and every document still open.
func (p *Format) Close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.pool == nil {
		return nil
	}
	err := p.pool.Close()
	if p.cache != nil {
		_ = p.cache.Close(context.Background())
	}
	p.fonts.close()
	p.pool, p.cache, p.fonts = nil, nil, nil
	if err != nil {
		return fmt.Errorf("stop PDF engine: %w", err)
	}
	return nil
}

// engine gives the pool of sandboxes, started at first use.
func (p *Format) engine() (pdfium.Pool, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.pool != nil {
		return p.pool, nil
	}
	rc := wazero.NewRuntimeConfig().
		// PDFium's setjmp needs WebAssembly exceptions.
		WithCoreFeatures(api.CoreFeaturesV2 | experimental.CoreFeaturesExceptionHandling).
		WithCloseOnContextDone(!p.cfg.Expendable).
		WithMemoryLimitPages(memoryPages)
	if p.cfg.CacheDir != "" {
		cache, err := wazero.NewCompilationCacheWithDir(p.cfg.CacheDir)
		if err != nil {
			return nil, fmt.Errorf("open cache of the PDF engine: %w", err)
		}
		rc = rc.WithCompilationCache(cache)
		p.cache = cache
	}
	ctx := context.Background()
	if p.cfg.Expendable {
		ctx = experimental.WithMemoryAllocator(ctx, experimental.MemoryAllocatorFunc(reserve))
	}
	fonts := newFontFS(p.cfg.Fonts)
	pool, err := webassembly.Init(webassembly.Config{
		Context: ctx, MaxIdle: 1, MaxTotal: maxOpen, RuntimeConfig: rc,
		// Never nil: the default mounts the root of this machine.
		// Without fonts, Chinese that a file does not bring fonts for is blank.
		FSConfig: wazero.NewFSConfig().WithFSMount(fonts, "/"),
		Stdout:   io.Discard, Stderr: io.Discard,
	})
	if err != nil {
		fonts.close()
		return nil, fmt.Errorf("start PDF engine: %w", err)
	}
	p.pool, p.fonts = pool, fonts
	return pool, nil
}
