package desktop

import (
	"context"

	"diaoyue.example/workstation/backend"
	"diaoyue.example/workstation/backend/accounts"
)

// ask runs what a face does for the account that sits here: without one it is
// refused, a panic becomes an error, and the log's new position is announced.
func ask[T any](s *Shell, do func(ctx context.Context, w *backend.Workstation, actor accounts.Actor) (T, error)) (answer T, err error) {
	defer s.caught(&err)
	w, actor, err := s.seated()
	if err != nil {
		return answer, err
	}
	answer, err = do(s.ctx, w, actor)
	s.headMoved(w)
	return visible(answer), err
}

// tell is ask for what answers nothing.
func tell(s *Shell, do func(ctx context.Context, w *backend.Workstation, actor accounts.Actor) error) error {
	_, err := ask(s, func(ctx context.Context, w *backend.Workstation, actor accounts.Actor) (struct{}, error) {
		return struct{}{}, do(ctx, w, actor)
	})
	return err
}

// free runs what needs no sign-in.
func free[T any](s *Shell, do func(ctx context.Context) (T, error)) (answer T, err error) {
	defer s.caught(&err)
	answer, err = do(s.ctx)
	return visible(answer), err
}
