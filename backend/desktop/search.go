package desktop

import (
	"context"

	"diaoyue.example/workstation/backend"
	"diaoyue.example/workstation/backend/accounts"
	"diaoyue.example/workstation/backend/retrieval"
)

// Search is the face of retrieval.
type Search struct{ shell *Shell }

// Query searches within the signed-in account's rights; the query is logged
// before the answer leaves.
func (q *Search) Query(request SearchRequest) (SearchResult, error) {
	return ask(q.shell, func(ctx context.Context, w *backend.Workstation, actor accounts.Actor) (SearchResult, error) {
		found, err := w.Retrieval.Search(ctx, actor, retrieval.Query{
			Text: request.Text, Stages: request.Stages, Kinds: request.Kinds,
			DateFrom: request.DateFrom, DateTo: request.DateTo, CaseID: request.CaseID, RecordID: request.RecordID,
			Offset: request.Offset, Limit: request.Limit,
		})
		if err != nil {
			return SearchResult{}, err
		}
		return dtoSearch(found), nil
	})
}
