package desktop

import (
	"context"

	"diaoyue.example/workstation/backend"
	"diaoyue.example/workstation/backend/accounts"
)

// Home is the face of the first screen.
type Home struct{ shell *Shell }

// Overview gathers what waits for the signed-in account.
func (h *Home) Overview() (Overview, error) {
	return ask(h.shell, func(ctx context.Context, w *backend.Workstation, actor accounts.Actor) (Overview, error) {
		found, err := w.Overview(ctx, actor)
		if err != nil {
			return Overview{}, err
		}
		out := Overview{
			Counts: each(found.Counts, func(c backend.Count) Count {
				return Count{Key: c.Key, Value: c.Value, Total: c.Total, Route: routes()[c.Key]}
			}),
			Due:     each(found.Due, dtoDue),
			Recent:  each(found.Recent, dtoViewingRow),
			Jobs:    each(found.Jobs, dtoWork),
			Copies:  []CopySummary{},
			Storage: Storage{Originals: found.Storage.Originals, Free: found.Storage.Free},
		}
		return out, h.copies(ctx, w, actor, &out)
	})
}

// routes says which screen a number opens.
func routes() map[string]string {
	return map[string]string{"broken": "custody-fixity", "expired": "custody-retention", "isolated": "custody-isolation"}
}

func dtoDue(d backend.Due) DueItem {
	return DueItem{
		Kind: d.Kind, Title: d.Record.Title, CaseID: d.Record.CaseID, CaseCode: d.Record.CaseCode,
		RecordID: d.Record.ID, DueAt: stamp(d.DueAt), Overdue: d.Overdue,
	}
}

func dtoWork(w backend.Work) Job {
	out := dtoJob(w.Job)
	out.Title = w.Title
	return out
}
