package desktop

import (
	"context"

	"diaoyue.example/workstation/backend"
	"diaoyue.example/workstation/backend/accounts"
	"diaoyue.example/workstation/backend/viewing"
)

// Viewings is the face of the reading room.
type Viewings struct{ shell *Shell }

// Open opens a record or a candidate copy; the log entry is durable when it
// returns.
func (v *Viewings) Open(request ViewingRequest) (Viewing, error) {
	return ask(v.shell, func(ctx context.Context, w *backend.Workstation, actor accounts.Actor) (Viewing, error) {
		opened, err := w.Viewing.Open(ctx, actor, viewing.Request{
			RecordID: request.RecordID, CopyID: request.CopyID,
			Purpose: request.Purpose, Basis: request.Basis, Note: request.Note,
		})
		if err != nil {
			return Viewing{}, err
		}
		out, err := described(ctx, opened)
		return people(ctx, w).in(out), err
	})
}

// Get gives an open viewing of the signed-in account, and takes over the
// verified frame numbers when they have been made meanwhile: who holds times
// or numbers of it must ask for them again when Provisional has turned false.
func (v *Viewings) Get(id string) (Viewing, error) {
	return ask(v.shell, func(ctx context.Context, w *backend.Workstation, actor accounts.Actor) (Viewing, error) {
		one, err := w.Viewing.Get(id, actor)
		if err != nil {
			return Viewing{}, err
		}
		if _, err = one.TakeIndex(ctx); err != nil {
			return Viewing{}, err
		}
		out, err := described(ctx, one)
		return people(ctx, w).in(out), err
	})
}

// Present logs what was really on the glass and returns when the entry is
// durable.
func (v *Viewings) Present(id string, intervals []Interval) (Coverage, error) {
	return through(v.shell, id, func(ctx context.Context, one *viewing.Viewing) (Coverage, error) {
		c, err := one.Present(ctx, each(intervals, interval))
		return dtoCoverage(c), err
	})
}

// Close ends a viewing with its coverage.
func (v *Viewings) Close(id string) error {
	_, err := through(v.shell, id, func(ctx context.Context, one *viewing.Viewing) (struct{}, error) {
		return struct{}{}, one.Close(ctx, viewing.CloseNormal)
	})
	return err
}

// Times gives each frame's time in seconds from the first.
func (v *Viewings) Times(id string) ([]float64, error) {
	return through(v.shell, id, func(_ context.Context, one *viewing.Viewing) ([]float64, error) {
		times, err := one.Times()
		return filled(times), err
	})
}

// Keyframes lists the keyframes' numbers.
func (v *Viewings) Keyframes(id string) ([]int64, error) {
	return through(v.shell, id, func(_ context.Context, one *viewing.Viewing) ([]int64, error) {
		keys, err := one.Keyframes()
		return filled(keys), err
	})
}

// PageText gives the text of a page, 1-based, with its places and those of the
// words of a query, which may be empty.
func (v *Viewings) PageText(id string, page int, query string) (PageText, error) {
	return ask(v.shell, func(ctx context.Context, w *backend.Workstation, actor accounts.Actor) (PageText, error) {
		one, err := w.Viewing.Get(id, actor)
		if err != nil {
			return PageText{}, err
		}
		text, err := one.PageText(ctx, page)
		if err != nil {
			return PageText{}, err
		}
		out := dtoPageText(text)
		out.Marks = each(w.Retrieval.MarkBoxes(query, text.Text, text.Boxes), dtoBox)
		return out, nil
	})
}

// Annotations lists the notes on the record.
func (v *Viewings) Annotations(id string) ([]Annotation, error) {
	return through(v.shell, id, func(ctx context.Context, one *viewing.Viewing) ([]Annotation, error) {
		notes, err := one.Annotations(ctx)
		return each(notes, dtoAnnotation), err
	})
}

// Annotate puts a note at a frame, a range of frames or a page.
func (v *Viewings) Annotate(id string, note Annotation) (Annotation, error) {
	return through(v.shell, id, func(ctx context.Context, one *viewing.Viewing) (Annotation, error) {
		made, err := one.Annotate(ctx, annotation(note))
		return dtoAnnotation(made), err
	})
}

// through runs what a face does with an open viewing of this account.
func through[T any](s *Shell, id string, do func(context.Context, *viewing.Viewing) (T, error)) (T, error) {
	return ask(s, func(ctx context.Context, w *backend.Workstation, actor accounts.Actor) (T, error) {
		one, err := w.Viewing.Get(id, actor)
		if err != nil {
			var none T
			return none, err
		}
		return do(ctx, one)
	})
}

func described(ctx context.Context, one *viewing.Viewing) (Viewing, error) {
	c, err := one.Coverage(ctx)
	if err != nil {
		return Viewing{}, err
	}
	return dtoViewing(one.Info(), c), nil
}

// Takeaway says that the person tried to take what is on the glass with him:
// "copy", "print", "save" or "screenshot". It is refused and logged (R4), so
// the answer is always an error. Without a viewing it is the words around a hit.
func (v *Viewings) Takeaway(viewingID, act string) error {
	return tell(v.shell, func(ctx context.Context, w *backend.Workstation, actor accounts.Actor) error {
		if viewingID == "" {
			return w.Viewing.Takeaway(ctx, actor, act)
		}
		open, err := v.shell.viewing(viewingID)
		if err != nil {
			return err
		}
		return open.Takeaway(ctx, act)
	})
}
