package desktop

import (
	"context"

	"diaoyue.example/workstation/backend"
	"diaoyue.example/workstation/backend/accounts"
	"diaoyue.example/workstation/backend/retrieval"
	"diaoyue.example/workstation/search"
)

// Search is the face of retrieval.
type Search struct{ shell *Shell }

// Query searches within the signed-in account's rights; the query is logged
// before the answer leaves.
func (q *Search) Query(request SearchRequest) (SearchResult, error) {
	return ask(q.shell, func(ctx context.Context, w *backend.Workstation, actor accounts.Actor) (SearchResult, error) {
		found, err := w.Retrieval.Search(ctx, actor, queryOf(request))
		if err != nil {
			return SearchResult{}, err
		}
		return dtoSearch(found), nil
	})
}

// Similar finds records whose pages say much of what this one's do.
func (q *Search) Similar(recordID string) (SearchResult, error) {
	return ask(q.shell, func(ctx context.Context, w *backend.Workstation, actor accounts.Actor) (SearchResult, error) {
		found, err := w.Retrieval.Similar(ctx, actor, recordID)
		if err != nil {
			return SearchResult{}, err
		}
		return dtoSearch(found), nil
	})
}

// Saved lists the searches that the signed-in account keeps.
func (q *Search) Saved() ([]SavedSearch, error) {
	return ask(q.shell, func(ctx context.Context, w *backend.Workstation, actor accounts.Actor) ([]SavedSearch, error) {
		all, err := w.Retrieval.SavedSearches(ctx, actor)
		if err != nil {
			return nil, err
		}
		return each(all, dtoSaved), nil
	})
}

// Save keeps a search under a name; one of the same name is replaced.
func (q *Search) Save(name string, request SearchRequest) (SavedSearch, error) {
	return ask(q.shell, func(ctx context.Context, w *backend.Workstation, actor accounts.Actor) (SavedSearch, error) {
		kept, err := w.Retrieval.Save(ctx, actor, name, queryOf(request))
		if err != nil {
			return SavedSearch{}, err
		}
		return dtoSaved(kept), nil
	})
}

// Forget removes a saved search.
func (q *Search) Forget(id string) (bool, error) {
	return ask(q.shell, func(ctx context.Context, w *backend.Workstation, actor accounts.Actor) (bool, error) {
		return true, w.Retrieval.Forget(ctx, actor, id)
	})
}

func queryOf(r SearchRequest) retrieval.Query {
	q := retrieval.Query{
		Text: r.Text, Level: r.Level, Sort: r.Sort, Stages: r.Stages, Kinds: r.Kinds, Sources: each(r.Sources, sourceOf), Words: r.Words,
		DateFrom: r.DateFrom, DateTo: r.DateTo, CaseID: r.CaseID, RecordID: r.RecordID,
		Offset: r.Offset, Limit: r.Limit,
	}
	if r.RecordID != "" {
		q.PerRecord = -1 // inside one record every place is wanted
	}
	return q
}

func dtoSaved(s retrieval.Saved) SavedSearch {
	q := s.Query
	return SavedSearch{ID: s.ID, Name: s.Name, Request: SearchRequest{
		Text: q.Text, Level: q.Level, Sort: q.Sort, Stages: filled(q.Stages), Kinds: filled(q.Kinds), Sources: each(q.Sources, sourceName), Words: filled(q.Words),
		DateFrom: q.DateFrom, DateTo: q.DateTo, CaseID: q.CaseID, RecordID: q.RecordID,
	}}
}

// The window calls a page's text "text".
func sourceName(source string) string {
	if source == search.SourcePage {
		return "text"
	}
	return source
}

func sourceOf(name string) string {
	if name == "text" {
		return search.SourcePage
	}
	return name
}
