package backend

import (
	"context"
	"fmt"
	"path/filepath"
	"sync"
	"time"

	"diaoyue.example/workstation/backend/audit"
	"diaoyue.example/workstation/backend/worker"
	"diaoyue.example/workstation/media/remote"
)

// Roles of the two media workers: what a person is looking at is never
// disturbed by a hostile file in the background.
const (
	RoleDesk  = "desk"  // viewing
	RoleBench = "bench" // indexes, previews, copies
)

// What a file may do to workers before none is given it any more, and how long
// the next start waits after a death.
const (
	deathsOfAFile = 3
	breath        = 200 * time.Millisecond
)

// EngineStatus says how a media worker fares, for the settings page.
type EngineStatus struct {
	Role    string
	Running bool
	PID     int
	Deaths  int // since the archive was opened
	Sandbox worker.Status
}

// engine is one media worker and what its deaths taught.
type engine struct {
	role   string
	client *remote.Client
	log    *audit.Log
	told   func(role, subject, why string)

	mu     sync.Mutex
	child  *worker.Child
	deaths int
	guilty map[string]int // deaths by the file that was surely the cause
}

// IsWorker reports whether the arguments of this process (without its name)
// make it a worker; then nothing else may run but Worker.
func IsWorker(args []string) bool { return worker.Asked(args) }

// Worker is the life of a worker process; it returns the exit code.
func Worker() int { return worker.Main(worker.Engine{Serve: remote.Serve}) }

// newEngine gives a media engine: in a child of its own, locked in, or inside
// this process where the program does not run as itself (a test binary).
func (w *Workstation) newEngine(role string) (*engine, error) {
	e := &engine{role: role, log: w.Log, told: w.cfg.OnWorkerDeath, guilty: map[string]int{}}
	if !w.cfg.Workers {
		var err error
		if e.client, err = remote.Pair(); err != nil {
			return nil, fmt.Errorf("start media engine: %w", err)
		}
		return e, nil
	}
	e.client = remote.New(remote.Options{Start: e.start, Admit: e.admit, Died: e.died})
	return e, nil
}

func (e *engine) start(ctx context.Context) (remote.Worker, error) {
	e.mu.Lock()
	again := e.deaths > 0
	e.mu.Unlock()
	if again {
		select {
		case <-time.After(breath):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	child, err := worker.Start(ctx, worker.Command{Name: worker.Media, Role: e.role, Limits: worker.Limits{
		Data: 2 << 30, Heap: 256 << 20, Files: 256, FileSize: 1 << 40,
	}})
	if err != nil {
		return nil, err
	}
	e.mu.Lock()
	e.child = child
	e.mu.Unlock()
	return child, nil
}

func (e *engine) admit(name string) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.guilty[name] < deathsOfAFile
}

// died writes the death into the log and tells whoever listens. The files are
// named by their digests, which is what an original is called.
func (e *engine) died(d remote.Death) {
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
	entry := audit.Entry{Event: audit.WorkerDied, Result: audit.Failed, Codes: map[string]any{"role": e.role, "why": d.Why}}
	if subject != "" {
		entry.Codes["original"] = subject
	}
	// A log that takes no entry stops every viewing by itself; the death is told
	// all the same.
	_, _ = e.log.Note(context.Background(), entry)
	if e.told != nil {
		e.told(e.role, subject, d.Why)
	}
}

func (e *engine) status() EngineStatus {
	e.mu.Lock()
	defer e.mu.Unlock()
	s := EngineStatus{Role: e.role, Deaths: e.deaths}
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

// Engines says how the media workers fare and what holds them; none when the
// engine runs inside this process.
func (w *Workstation) Engines() []EngineStatus {
	var out []EngineStatus
	for _, e := range w.engines {
		if w.cfg.Workers {
			out = append(out, e.status())
		}
	}
	return out
}
