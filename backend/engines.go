package backend

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"sync"
	"time"

	"diaoyue.example/workstation/backend/audit"
	"diaoyue.example/workstation/backend/conduit"
	"diaoyue.example/workstation/backend/extraction"
	"diaoyue.example/workstation/backend/transcription"
	"diaoyue.example/workstation/backend/worker"
	"diaoyue.example/workstation/media/remote"
	"diaoyue.example/workstation/search/extract/formats"
	papers "diaoyue.example/workstation/search/extract/remote"
)

// Roles of the workers, of which each engine has two: what a person is looking
// at is never disturbed by a hostile file in the background.
const (
	RoleDesk  = "desk"  // viewing
	RoleBench = "bench" // indexes, previews, copies; the text of papers
	RoleScans = "scans" // the text read off pages that are pictures
)

// What a file may do to workers before none is given it any more, and how long
// the next start waits after a death.
const (
	deathsOfAFile = 3
	breath        = 200 * time.Millisecond
)

// EngineStatus says how a worker fares, for the settings page.
type EngineStatus struct {
	Name      string // worker.Media, worker.Extract or worker.Speech
	Role      string
	Running   bool
	Preparing bool // it is being started, which takes long the very first time
	PID       int
	Deaths    int // since the archive was opened
	Sandbox   worker.Status
}

// engine is one worker and what its deaths taught.
type engine struct {
	command worker.Command
	log     *audit.Log
	told    func(role, subject, why string)
	alone   *sync.Mutex // held while a child starts: two extractors would compile the same

	mu        sync.Mutex
	child     *worker.Child
	preparing bool
	deaths    int
	guilty    map[string]int // deaths by the file that was surely the cause
}

// IsWorker reports whether the arguments of this process (without its name)
// make it a worker; then nothing else may run but Worker.
func IsWorker(args []string) bool { return worker.Asked(args) }

// Worker is the life of a worker process with these arguments; it returns the
// exit code.
func Worker(args []string) int {
	switch args[0] {
	case worker.Extract:
		return worker.Main(extraction.Engine())
	case worker.Speech:
		return worker.Main(transcription.Engine())
	}
	return worker.Main(worker.Engine{Serve: remote.Serve})
}

func (w *Workstation) newEngine(c worker.Command) *engine {
	e := &engine{command: c, log: w.Log, told: w.cfg.OnWorkerDeath, alone: &sync.Mutex{}, guilty: map[string]int{}}
	w.engines = append(w.engines, e)
	return e
}

func (e *engine) options() conduit.Options {
	return conduit.Options{Start: e.start, Admit: e.admit, Died: e.died}
}

// newMedia gives a media engine: in a child of its own, locked in, or inside
// this process where the program does not run as itself (a test binary).
func (w *Workstation) newMedia(role string) (*remote.Client, error) {
	if !w.cfg.Workers {
		c, err := remote.Pair()
		if err != nil {
			return nil, fmt.Errorf("start media engine: %w", err)
		}
		w.later(c.Close)
		return c, nil
	}
	c := remote.New(w.newEngine(worker.Command{Name: worker.Media, Role: role, Late: role != RoleDesk, Limits: worker.Limits{
		Data: 2 << 30, Heap: 256 << 20, Files: 256, FileSize: 1 << 40,
	}}).options())
	w.later(c.Close)
	return c, nil
}

// newPapers gives an extractor in the same way. Only that of RoleScans loads
// what reads scans.
func (w *Workstation) newPapers(role string) (*papers.Client, error) {
	setup := extraction.Setup{CacheDir: w.cfg.CacheDir, Fonts: w.cfg.FontDirs, OCR: formats.NoOCR}
	if role == RoleScans {
		setup.OCR = w.cfg.OCRDir
	}
	if !w.cfg.Workers {
		x := setup.Extractor()
		w.later(x.Close)
		c, err := papers.Pair(x)
		if err != nil {
			return nil, fmt.Errorf("start extractor: %w", err)
		}
		w.later(c.Close)
		return c, nil
	}
	command, err := setup.Command(role)
	if err != nil {
		return nil, fmt.Errorf("start extractor: %w", err)
	}
	command.Late = role != RoleDesk
	e := w.newEngine(command)
	e.alone = &w.starting
	c := papers.New(papers.Options{Options: e.options(), Heavy: e.heavy})
	w.papers = append(w.papers, c)
	w.later(c.Close)
	return c, nil
}

// warm starts the extractors before a person waits for them; the very first
// start compiles for a quarter of a minute. One that does not start is started
// again, and its failure told, when it is needed.
func (w *Workstation) warm(ctx context.Context) {
	for _, c := range w.papers {
		if err := c.Warm(ctx); err != nil {
			w.cfg.Log.WarnContext(ctx, "start extractor", slog.Any("error", err))
		}
	}
}

func (e *engine) start(ctx context.Context) (conduit.Worker, error) {
	e.mu.Lock()
	again := e.deaths > 0
	e.preparing = true
	e.mu.Unlock()
	defer func() {
		e.mu.Lock()
		e.preparing = false
		e.mu.Unlock()
	}()
	if again {
		select {
		case <-time.After(breath):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	e.alone.Lock()
	defer e.alone.Unlock()
	child, err := worker.Start(ctx, e.command)
	if err != nil {
		return nil, err
	}
	e.mu.Lock()
	e.child = child
	e.mu.Unlock()
	return child, nil
}

func (e *engine) heavy() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return extraction.Heavy(e.child)
}

func (e *engine) admit(name string) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.guilty[name] < deathsOfAFile
}

// died writes the death into the log and tells whoever listens. The files are
// named by their digests, which is what an original is called.
func (e *engine) died(d conduit.Death) {
	subject := ""
	if len(d.Files) == 1 {
		subject = filepath.Base(d.Files[0])
	}
	e.mu.Lock()
	e.deaths++
	if len(d.Files) == 1 {
		e.guilty[d.Files[0]]++
	}
	e.mu.Unlock()
	entry := audit.Entry{
		Event: audit.WorkerDied, Result: audit.Failed,
		Codes: map[string]any{"worker": e.command.Name, "role": e.command.Role, "why": d.Why},
	}
	if subject != "" {
		entry.Codes["original"] = subject
	}
	// A log that takes no entry stops every viewing by itself; the death is told
	// all the same.
	_, _ = e.log.Note(context.Background(), entry)
	if e.told != nil {
		e.told(e.command.Role, subject, d.Why)
	}
}

func (e *engine) status() EngineStatus {
	e.mu.Lock()
	defer e.mu.Unlock()
	s := EngineStatus{Name: e.command.Name, Role: e.command.Role, Deaths: e.deaths, Preparing: e.preparing}
	if e.child != nil {
		select {
		case <-e.child.Done():
		default:
			s.Running, s.PID = true, e.child.PID()
		}
		s.Sandbox = e.child.Status()
	}
	return s
}

// Engines says how the workers fare and what holds them; none when the engines
// run inside this process.
func (w *Workstation) Engines() []EngineStatus {
	var out []EngineStatus
	for _, e := range w.engines {
		out = append(out, e.status())
	}
	return out
}
