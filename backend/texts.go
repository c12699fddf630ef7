package backend

import (
	"context"

	"diaoyue.example/workstation/backend/accounts"
	"diaoyue.example/workstation/backend/catalog"
	"diaoyue.example/workstation/backend/ingest"
	"diaoyue.example/workstation/backend/jobs"
	"diaoyue.example/workstation/backend/worker"
)

// Texts is how far the taking of text is.
type Texts struct {
	Counts    []catalog.TextCount
	Pace      jobs.Pace
	Preparing bool // the extractor is being started, long only the very first time
}

// Texts counts the papers by the state of their text, for whoever stores them.
// accounts.ErrForbidden.
func (w *Workstation) Texts(ctx context.Context, actor accounts.Actor) (Texts, error) {
	if err := w.Accounts.Require(ctx, actor, accounts.Ingest, nil); err != nil {
		return Texts{}, err
	}
	counts, err := w.Catalog.TextCounts(ctx)
	if err != nil {
		return Texts{}, err
	}
	pace, err := w.Jobs.Pace(ctx, ingest.JobText)
	if err != nil {
		return Texts{}, err
	}
	out := Texts{Counts: counts, Pace: pace}
	for _, e := range w.Engines() {
		out.Preparing = out.Preparing || e.Name == worker.Extract && e.Role == RoleBench && e.Preparing
	}
	return out, nil
}

// TextRows are how many papers one page of the list has.
const TextRows = 100

// TextList lists papers in a state of their text, newest first, those older
// than the record before. accounts.ErrForbidden.
func (w *Workstation) TextList(ctx context.Context, actor accounts.Actor, state, before string) ([]catalog.Record, error) {
	if err := w.Accounts.Require(ctx, actor, accounts.Ingest, nil); err != nil {
		return nil, err
	}
	return w.Catalog.ByTextState(ctx, state, before, TextRows)
}
