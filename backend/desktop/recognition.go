package desktop

import (
	"context"

	"diaoyue.example/workstation/backend"
	"diaoyue.example/workstation/backend/accounts"
	"diaoyue.example/workstation/backend/catalog"
)

// Recognition is the face of reading scans.
type Recognition struct{ shell *Shell }

// Status says how far the reading of scans is.
func (r *Recognition) Status() (RecognitionStatus, error) {
	return ask(r.shell, func(ctx context.Context, w *backend.Workstation, actor accounts.Actor) (RecognitionStatus, error) {
		s, err := w.Recognition(ctx, actor)
		return RecognitionStatus{
			Reader: s.Reader, Paused: s.Paused, Remaining: s.Remaining, Waiting: s.Waiting, WaitingRecords: s.WaitingRecords,
			Done: s.Done, Blank: s.Blank, Failed: s.Failed,
			Failures: each(s.Failures, func(f catalog.ReadFailure) UnreadRecord {
				return UnreadRecord{RecordID: f.RecordID, Title: f.Title, Pages: f.Pages, Code: f.Code}
			}),
		}, err
	})
}

// Pause holds the reading back, over restarts too, or lets it go on.
func (r *Recognition) Pause(paused bool) error {
	_, err := ask(r.shell, func(ctx context.Context, w *backend.Workstation, actor accounts.Actor) (struct{}, error) {
		return struct{}{}, w.Ingest.PauseRecognition(ctx, actor, paused)
	})
	return err
}

// ReadAgain tries the pages of a record that could not be read once more.
func (r *Recognition) ReadAgain(recordID string) error {
	_, err := ask(r.shell, func(ctx context.Context, w *backend.Workstation, actor accounts.Actor) (struct{}, error) {
		return struct{}{}, w.Ingest.ReadAgain(ctx, actor, recordID)
	})
	return err
}
