package desktop

import (
	"context"

	"diaoyue.example/workstation/backend"
	"diaoyue.example/workstation/backend/accounts"
	"diaoyue.example/workstation/backend/ingest"
)

// Ingest is the face of taking recordings and documents in.
type Ingest struct{ shell *Shell }

// ChooseFiles asks for files in the system's dialog.
func (i *Ingest) ChooseFiles() ([]string, error) {
	return ask(i.shell, func(ctx context.Context, _ *backend.Workstation, _ accounts.Actor) ([]string, error) {
		chosen, err := i.shell.dialogs().ChooseFiles(ctx, "")
		return filled(chosen), err
	})
}

// ChooseFolder asks for a folder in the system's dialog.
func (i *Ingest) ChooseFolder() (string, error) {
	return ask(i.shell, func(ctx context.Context, _ *backend.Workstation, _ accounts.Actor) (string, error) {
		return i.shell.dialogs().ChooseFolder(ctx, "")
	})
}

// Inspect expands folders and says name and size of each file. Who may not
// store may not look through the disk either.
func (i *Ingest) Inspect(paths []string) ([]IngestOutcome, error) {
	return ask(i.shell, func(ctx context.Context, w *backend.Workstation, actor accounts.Actor) ([]IngestOutcome, error) {
		if err := w.Accounts.Require(ctx, actor, accounts.Ingest, nil); err != nil {
			return nil, err
		}
		found, err := w.Ingest.Inspect(ctx, paths)
		return each(found, dtoOutcome), err
	})
}

// Submit starts a submission; its progress comes as event "ingest".
func (i *Ingest) Submit(request IngestRequest) (IngestJob, error) {
	return ask(i.shell, func(ctx context.Context, w *backend.Workstation, actor accounts.Actor) (IngestJob, error) {
		if err := w.Accounts.Require(ctx, actor, accounts.Ingest, map[string]string{"case": request.CaseID}); err != nil {
			return IngestJob{}, err
		}
		return i.shell.submit(ctx, w, actor, ingest.Submission{
			CaseID: request.CaseID, Stage: request.Stage, Paths: request.Paths, Chain: request.Chain, RecordingID: request.RecordingID,
		}), nil
	})
}

// Job gives the state of a submission of this account.
func (i *Ingest) Job(id string) (IngestJob, error) {
	return ask(i.shell, func(_ context.Context, _ *backend.Workstation, actor accounts.Actor) (IngestJob, error) {
		return i.shell.ingest.get(id, actor.ID)
	})
}

// Cancel stops a submission after the file in hand; what is stored stays.
func (i *Ingest) Cancel(id string) error {
	return tell(i.shell, func(_ context.Context, _ *backend.Workstation, actor accounts.Actor) error {
		return i.shell.ingest.cancel(id, actor.ID)
	})
}

// Recent lists this account's submissions since the archive was opened, newest
// first.
func (i *Ingest) Recent() ([]IngestJob, error) {
	return ask(i.shell, func(_ context.Context, _ *backend.Workstation, actor accounts.Actor) ([]IngestJob, error) {
		return i.shell.ingest.of(actor.ID), nil
	})
}
