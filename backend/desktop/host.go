package desktop

import "context"

// host is what the shell needs of whatever shows the interface: the window,
// or the serve mode of the end-to-end tests.
type host interface {
	Emit(event string, data any)
	// ChooseFiles and ChooseFolder ask in the system's dialog; nothing chosen
	// is an empty answer, not an error.
	ChooseFiles(ctx context.Context, title string) ([]string, error)
	ChooseFolder(ctx context.Context, title string) (string, error)
}

// nobody is the host before the window stands.
type nobody struct{}

func (nobody) Emit(string, any)                                      {}
func (nobody) ChooseFiles(context.Context, string) ([]string, error) { return nil, nil }
func (nobody) ChooseFolder(context.Context, string) (string, error)  { return "", nil }

// dialogs is the host; it is asked outside the lock, for a dialog takes as
// long as the person takes.
func (s *Shell) dialogs() host {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.host
}
