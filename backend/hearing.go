package backend

import (
	"fmt"

	"diaoyue.example/workstation/backend/ingest"
	"diaoyue.example/workstation/backend/transcription"
	"diaoyue.example/workstation/media/speech"
)

// transcriber hears with the bureau's model, in a worker of its own that is
// started by the first recording; without one it says what there is not.
type transcriber struct {
	*speech.Client

	kind string
	dir  string // where a model is looked for
	lack error
}

// newTranscriber looks for a model; what there is at the opening of the archive
// is what hears until it is closed.
func (w *Workstation) newTranscriber() (*transcriber, error) {
	setup := transcription.Setup{Model: w.cfg.SpeechModel, Library: w.cfg.SpeechLibrary}
	out := &transcriber{dir: setup.Model}
	m, err := speech.Look(setup.Model, setup.Library)
	switch lack := speech.LackOf(err); {
	case lack != nil:
		out.lack = ingest.SpeechLack(lack)
		return out, nil
	case err != nil:
		return nil, fmt.Errorf("look for model: %w", err)
	case !w.cfg.Workers: // a model is loaded in a child only
		out.lack = ingest.ErrSpeechLibrary.With("file", "")
		return out, nil
	}
	command, err := setup.Command(m)
	if err != nil {
		return nil, fmt.Errorf("start transcriber: %w", err)
	}
	o := w.newEngine(command).options()
	o.Patience = transcription.Patience
	out.kind, out.Client = m.Kind, speech.New(o)
	w.later(out.Close)
	return out, nil
}

// Present is the kind of the model, or a fault that says what there is not.
func (t *transcriber) Present() (string, error) { return t.kind, t.lack }
