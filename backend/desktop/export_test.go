package desktop

import "context"

// StartAlone starts a shell that nobody watches.
func (s *Shell) StartAlone(ctx context.Context) error { return s.Start(ctx, nobody{}) }
