package desktop

import (
	"context"

	"diaoyue.example/workstation/backend"
	"diaoyue.example/workstation/backend/accounts"
)

// Jobs is the face of durable long work.
type Jobs struct{ shell *Shell }

// List lists waiting, running and failed work.
func (j *Jobs) List() ([]Job, error) {
	return ask(j.shell, func(ctx context.Context, w *backend.Workstation, actor accounts.Actor) ([]Job, error) {
		open, err := w.OpenJobs(ctx, actor)
		return each(open, dtoWork), err
	})
}
