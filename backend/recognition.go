package backend

import (
	"context"

	"diaoyue.example/workstation/backend/accounts"
	"diaoyue.example/workstation/backend/catalog"
	"diaoyue.example/workstation/backend/ingest"
)

// Recognition says how far the reading of scans is. Titles are for those who
// may search.
func (w *Workstation) Recognition(ctx context.Context, actor accounts.Actor) (ingest.Recognition, error) {
	out, err := w.Ingest.Recognition(ctx)
	if !actor.May(accounts.Search) {
		out.Failures = []catalog.ReadFailure{}
	}
	return out, err
}
