package desktop

import "context"

// taskVerify names the verification of the log among the tasks that a person
// may stop.
const taskVerify = "verify"

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
