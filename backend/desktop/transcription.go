package desktop

import (
	"context"

	"diaoyue.example/workstation/backend"
	"diaoyue.example/workstation/backend/accounts"
	"diaoyue.example/workstation/backend/viewing"
)

// Transcription is how far a machine's words of the recording being viewed are.
type Transcription struct {
	Model     string   `json:"model"`     // what hears, "" = nothing on this machine
	Lack      *Problem `json:"lack"`      // why nothing hears, null when something does
	State     string   `json:"state"`     // waiting | running | done | failed | cancelled, "" = nobody asked
	Done      int64    `json:"done"`      // s of the recording
	Total     int64    `json:"total"`     // s
	Remaining float64  `json:"remaining"` // s, -1 unknown
	Code      string   `json:"code"`      // of what failed
}

// Transcription says how far a machine's words of the recording are.
func (v *Viewings) Transcription(id string) (Transcription, error) {
	return listened(v.shell, id, func(context.Context, *backend.Workstation, *viewing.Viewing) error { return nil })
}

// Transcribe lets a machine make words of the recording when nothing else is to
// be done; nobody has checked them.
func (v *Viewings) Transcribe(id string) (Transcription, error) {
	return listened(v.shell, id, func(ctx context.Context, w *backend.Workstation, one *viewing.Viewing) error {
		if one.Info().CopyID != "" { // a copy awaiting approval is as it is
			return viewing.ErrNotFootage
		}
		return w.Ingest.Transcribe(ctx, one.Info().Actor, one.Info().Record.ID)
	})
}

// StopTranscription ends it; what was heard so far is dropped.
func (v *Viewings) StopTranscription(id string) (Transcription, error) {
	return listened(v.shell, id, func(ctx context.Context, w *backend.Workstation, one *viewing.Viewing) error {
		return w.Ingest.StopTranscription(ctx, one.Info().Actor, one.Info().Record.ID)
	})
}

// listened does what is asked and says how far the words are then.
func listened(s *Shell, id string, do func(context.Context, *backend.Workstation, *viewing.Viewing) error) (Transcription, error) {
	return ask(s, func(ctx context.Context, w *backend.Workstation, actor accounts.Actor) (Transcription, error) {
		one, err := w.Viewing.Get(id, actor)
		if err != nil {
			return Transcription{}, err
		}
		if err = do(ctx, w, one); err != nil {
			return Transcription{}, err
		}
		now, err := w.Ingest.Transcription(ctx, one.Info().Record.ID)
		if err != nil {
			return Transcription{}, err
		}
		out := Transcription{Model: now.Model, Lack: problem(now.Lack), Remaining: -1}
		if j := now.Job; j != nil {
			out.State, out.Done, out.Total, out.Remaining, out.Code = string(j.State), j.Done, j.Total, j.Remaining, j.Code
		}
		return out, nil
	})
}

// problem is nil for nil.
func problem(err error) *Problem {
	if err == nil {
		return nil
	}
	p := ProblemOf(err)
	return &p
}
