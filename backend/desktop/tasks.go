package desktop

import (
	"context"
	"sync"
	"time"

	"diaoyue.example/workstation/backend/preservation"
)

// The tasks that a person may stop.
const (
	taskVerify  = "verify"
	taskBackup  = "backup"
	taskRestore = "restore"
	taskDrill   = "drill"
)

// cancellable gives a context that cancel(kind) ends; done must be called when
// the task ends. Of one kind one task is stopped at a time: the newest.
func (s *Shell) cancellable(ctx context.Context, kind string) (task context.Context, done func()) {
	task, stop := context.WithCancel(ctx)
	s.mu.Lock()
	if s.tasks == nil {
		s.tasks = map[string]context.CancelFunc{}
	}
	s.tasks[kind] = stop
	s.mu.Unlock()
	return task, stop
}

// cancel stops the task of a kind; without one nothing happens.
func (s *Shell) cancel(kind string) {
	s.mu.Lock()
	stop := s.tasks[kind]
	s.mu.Unlock()
	if stop != nil {
		stop()
	}
}

// cancelAll stops all of them: the archive is about to be closed.
func (s *Shell) cancelAll() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, stop := range s.tasks {
		stop()
	}
}

// long is cancellable for work that must have ended before the archive is
// closed; what told hears goes to the page as event "working".
func (s *Shell) long(ctx context.Context, kind string) (task context.Context, told func(preservation.Progress), done func()) {
	task, stop := s.cancellable(ctx, kind)
	s.mu.Lock()
	if s.work == nil {
		stop() // the archive went while the call was on its way
	}
	s.works.Add(1)
	s.mu.Unlock()
	var mu sync.Mutex
	var last time.Time
	step := ""
	told = func(p preservation.Progress) {
		now := s.cfg.Now()
		mu.Lock()
		due := p.Step != step || now.Sub(last) >= announceEvery
		if due {
			last, step = now, p.Step
		}
		mu.Unlock()
		if due {
			s.emit(eventWorking, Working{Kind: kind, Step: p.Step, Done: p.Done, Total: p.Total, Remaining: p.Remaining})
		}
	}
	return task, told, func() {
		stop()
		s.works.Done()
	}
}
