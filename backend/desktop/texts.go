package desktop

import (
	"context"
	"slices"

	"diaoyue.example/workstation/backend"
	"diaoyue.example/workstation/backend/accounts"
	"diaoyue.example/workstation/backend/ingest"
)

// Texts is the face of what became of the text of papers.
type Texts struct{ shell *Shell }

// Overview counts papers by the state of their text.
func (x *Texts) Overview() (TextOverview, error) {
	return ask(x.shell, func(ctx context.Context, w *backend.Workstation, actor accounts.Actor) (TextOverview, error) {
		found, err := w.Texts(ctx, actor)
		out := TextOverview{States: []TextState{}, Open: found.Pace.Open, Remaining: found.Pace.Remaining, Preparing: found.Preparing}
		for _, n := range found.Counts {
			out.States = append(out.States, TextState{
				State: n.State, Records: n.Records, Retriable: slices.Contains(ingest.Retriable(), n.State),
			})
		}
		return out, err
	})
}

// List lists papers in one state, newest first; before is the last record of
// the list so far, or "".
func (x *Texts) List(state, before string) (TextList, error) {
	return ask(x.shell, func(ctx context.Context, w *backend.Workstation, actor accounts.Actor) (TextList, error) {
		found, err := w.TextList(ctx, actor, state, before)
		return TextList{Rows: each(found, dtoRecord), More: len(found) == backend.TextRows}, err
	})
}

// Retry lets the text of the records be taken anew, or of all in the state when
// none is named, and says of how many.
func (x *Texts) Retry(state string, ids []string) (int, error) {
	return ask(x.shell, func(ctx context.Context, w *backend.Workstation, actor accounts.Actor) (int, error) {
		return w.Ingest.RetryText(ctx, actor, state, ids)
	})
}
