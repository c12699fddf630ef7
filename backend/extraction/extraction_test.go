package extraction_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"diaoyue.example/workstation/backend/conduit"
	"diaoyue.example/workstation/backend/extraction"
	"diaoyue.example/workstation/backend/worker"
	"diaoyue.example/workstation/search/extract"
	"diaoyue.example/workstation/search/extract/formats"
	"diaoyue.example/workstation/search/extract/ocr"
	"diaoyue.example/workstation/search/extract/remote"
)

// The test binary is the child too.
func TestMain(m *testing.M) {
	if worker.Asked(os.Args[1:]) {
		os.Exit(worker.Main(extraction.Engine()))
	}
	os.Exit(m.Run())
}

// bench is a client with its children, as the workstation wires them.
type bench struct {
	*remote.Client

	mu     sync.Mutex
	child  *worker.Child
	peak   int64
	starts []time.Duration
	deaths []conduit.Death
}

func start(t *testing.T) *bench {
	t.Helper()
	return startWith(t, formats.NoOCR)
}

func startWith(t *testing.T, networks string) *bench {
	t.Helper()
	return startAs(t, networks, 0)
}

// startPatient waits so long for a sign of life.
func startPatient(t *testing.T, patience time.Duration) *bench {
	t.Helper()
	return startAs(t, formats.NoOCR, patience)
}

func startAs(t *testing.T, networks string, patience time.Duration) *bench {
	t.Helper()
	dir, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	command, err := extraction.Setup{CacheDir: filepath.Join(dir, "diaoyue"), OCR: networks}.Command("test")
	if err != nil {
		t.Fatal(err)
	}
	b := &bench{}
	b.Client = remote.New(remote.Options{Options: conduit.Options{
		Patience: patience,
		Start: func(ctx context.Context) (conduit.Worker, error) {
			began := time.Now()
			child, err := worker.Start(ctx, command)
			if err != nil {
				return nil, err
			}
			b.mu.Lock()
			defer b.mu.Unlock()
			b.child, b.starts = child, append(b.starts, time.Since(began))
			return child, nil
		},
		Died: func(d conduit.Death) {
			b.mu.Lock()
			defer b.mu.Unlock()
			b.deaths = append(b.deaths, d)
		},
	}})
	t.Cleanup(func() { b.Close() })
	return b
}

// read takes the text and draws the first page.
func (b *bench) read(t *testing.T, path string) (extract.Meta, []extract.Page) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var pages []extract.Page
	meta, err := b.File(t.Context(), f, filepath.Base(path), func(p extract.Page) error {
		pages = append(pages, p)
		return nil
	})
	if err != nil {
		t.Fatalf("%s: %v", filepath.Base(path), err)
	}
	if doc, err := b.Open(t.Context(), f, filepath.Base(path)); err == nil {
		if _, err = doc.Render(t.Context(), 1, 1400); err != nil {
			t.Logf("%s: %v", filepath.Base(path), err)
		}
		if err = doc.Close(); err != nil {
			t.Errorf("%s: %v", filepath.Base(path), err)
		}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.peak = max(b.peak, b.child.Peak())
	return meta, pages
}

// book is a text of some thousand sheets: reading it takes a while.
func book(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "book.txt")
	if err := os.WriteFile(path, []byte(strings.Repeat("某县市场监督管理局 行政处罚决定书\n", 80_000)), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// The child reads and draws with the whole lock in force: everything that needs
// a name or new code was done before.
func TestLockedIn(t *testing.T) {
	b := start(t)
	path := filepath.Join(t.TempDir(), "a.txt")
	if err := os.WriteFile(path, []byte("某县档案馆\nsecond line"), 0o600); err != nil {
		t.Fatal(err)
	}
	if meta, pages := b.read(t, path); meta.State != extract.StateText || len(pages) != 1 {
		t.Fatalf("%+v, %d pages", meta, len(pages))
	}
	s := b.child.Status()
	if !s.Seccomp || !s.NoNewPrivs || !s.Undumpable || s.Limits.Data == 0 {
		t.Errorf("status %+v", s)
	}
}

// A child killed in the middle of a file is followed by another, which begins
// the file again; killed twice, the file is failed with its pages kept.
func TestKilledInTheMiddle(t *testing.T) {
	path := book(t)
	for kills, want := range map[int]extract.Meta{
		1: {State: extract.StateText},
		2: {State: extract.StateFailed, Why: extract.WhyWorker},
	} {
		b := start(t)
		f, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		pages, killed := 0, 0
		meta, err := b.File(t.Context(), f, "book.txt", func(p extract.Page) error {
			pages++
			if p.N != pages {
				t.Errorf("page %d is the %dth", p.N, pages)
			}
			b.mu.Lock()
			defer b.mu.Unlock()
			if killed < kills && p.N >= 10 && len(b.starts) > killed {
				killed++
				return syscall.Kill(b.child.PID(), unix.SIGKILL)
			}
			return nil
		})
		f.Close()
		if err != nil {
			t.Fatal(err)
		}
		if meta.State != want.State || meta.Why != want.Why {
			t.Errorf("after %d kills: %+v", kills, meta)
		}
		if kills == 1 && pages != 2000 || kills == 2 && (pages < 11 || pages == 2000) {
			t.Errorf("after %d kills: %d pages", kills, pages)
		}
		if len(b.deaths) != kills || b.deaths[0].Why != worker.WhyKilled || len(b.deaths[0].Files) != 1 {
			t.Errorf("deaths %+v", b.deaths)
		}
	}
}

// The engine that was compiled before stands ready within a second; the time is
// the processor's share, so the bound is generous here and exact in the bench.
func TestWarmStart(t *testing.T) {
	b := start(t)
	if err := b.Warm(t.Context()); err != nil { // compiles where nobody did yet
		t.Fatal(err)
	}
	b.Close()
	again := start(t)
	if err := again.Warm(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Logf("warm start %v", again.starts[0])
	if again.starts[0] > 5*time.Second {
		t.Errorf("a warm start took %v", again.starts[0])
	}
}

const maxResident = 600 << 20

// Of the hostile documents none ends a child, each ends in its state, and the
// memory stays within the share.
func TestHostileDocuments(t *testing.T) {
	const shared = "../../../shared/data/documents/hostile"
	if _, err := os.Stat(shared); errors.Is(err, os.ErrNotExist) {
		t.Skip("the shared documents are not here")
	}
	b := start(t)
	if err := b.Warm(t.Context()); err != nil {
		t.Fatal(err)
	}
	b.Close()
	b = start(t) // whose peak is not the compiler's
	paths, err := filepath.Glob(filepath.Join(shared, "*"))
	if err != nil {
		t.Fatal(err)
	}
	whole := []string{"z0-lo-seed.pdf", "z1-ofdrw-xbrl-001.pdf"} // damage that PDFium mends
	for _, p := range paths {
		name := filepath.Base(p)
		began := time.Now()
		meta, pages := b.read(t, p)
		if took := time.Since(began); took > 10*time.Second {
			t.Errorf("%s took %v", name, took)
		}
		t.Logf("%-24s %-12s %-8s %d pages", name, meta.State, meta.Why, len(pages))
		switch {
		case slices.Contains(whole, name):
			if meta.State != extract.StateText || len(pages) == 0 {
				t.Errorf("%s: %+v", name, meta)
			}
		case meta.State == extract.StateFailed && meta.Why == extract.WhyWorker:
			t.Errorf("%s: %+v", name, meta)
		}
	}
	if len(b.deaths) > 0 {
		t.Errorf("deaths %+v", b.deaths)
	}
	t.Logf("peak %d MB", b.peak>>20)
	if b.peak == 0 || b.peak > maxResident {
		t.Errorf("peak of %d MB", b.peak>>20)
	}
}

// TestReadsScansLockedIn reads a scan in a child that can open no file: library
// and networks were loaded before.
func TestReadsScansLockedIn(t *testing.T) {
	const models = "../../build/bin/ocr"
	if _, err := ocr.New(ocr.Config{Dir: models}); err != nil {
		t.Skipf("no OCR models here, make ocr installs them: %v", err)
	}
	dir, err := filepath.Abs(models)
	if err != nil {
		t.Fatal(err)
	}
	b := startWith(t, dir)
	f, err := os.Open("../demo/files/inventory.pdf")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	doc, err := b.Open(t.Context(), f, "inventory.pdf")
	if err != nil {
		t.Fatal(err)
	}
	defer doc.Close()
	for range 2 {
		var p extract.Page
		p, err = b.Recognise(t.Context(), doc, 1)
		if err != nil {
			t.Fatal(err)
		}
		if p.N != 1 || p.Source != extract.SourceOCR || p.Confidence < 0.8 || !strings.Contains(p.Text, "物品清单") {
			t.Errorf("%+v", p.Text)
		}
	}
	for name, page := range map[string]int{"ofd/ano.ofd": 3, "scan/clean1.jpg": 1, "scan/rot3.jpg": 1} { // the heaviest known
		readHeavy(t, b, filepath.Join("../../../shared/data/documents", name), page)
	}
	if _, err = b.Recognise(t.Context(), doc, 2); !errors.Is(err, extract.ErrNoPage) {
		t.Errorf("a page too many: %v", err)
	}
	if !b.child.Status().Full() {
		t.Logf("the child is not wholly locked in here: %+v", b.child.Status())
	}
	if peak := b.child.Peak(); peak > 600<<20 {
		t.Errorf("the child took %d MB", peak>>20)
	} else {
		t.Logf("the child took %d MB", peak>>20)
	}
	if len(b.deaths) > 0 {
		t.Errorf("it died: %+v", b.deaths)
	}
}

// readHeavy reads one dense page of a file, if it is here.
func readHeavy(t *testing.T, b *bench, path string, page int) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		return // only where the collection is
	}
	defer f.Close()
	doc, err := b.Open(t.Context(), f, filepath.Base(path))
	if err != nil {
		t.Fatal(err)
	}
	if p, err := b.Recognise(t.Context(), doc, page); err != nil || len(p.Text) < 500 {
		t.Errorf("%s: %d bytes, %v", path, len(p.Text), err)
	}
	if err := doc.Close(); err != nil {
		t.Error(err)
	}
}
