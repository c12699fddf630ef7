package desktop

import (
	"context"

	"diaoyue.example/workstation/backend"
	"diaoyue.example/workstation/backend/accounts"
	"diaoyue.example/workstation/backend/catalog"
)

// Cases is the face of case files and their records.
type Cases struct{ shell *Shell }

// List lists the case files whose code, title, number or party holds text,
// all for "".
func (c *Cases) List(text string) ([]CaseSummary, error) {
	return ask(c.shell, func(ctx context.Context, w *backend.Workstation, actor accounts.Actor) ([]CaseSummary, error) {
		found, err := w.Cases(ctx, actor, text)
		return each(found, dtoCase), err
	})
}

// Get gives one case file with its records by stage (article 3).
func (c *Cases) Get(caseID string) (CaseFile, error) {
	return ask(c.shell, func(ctx context.Context, w *backend.Workstation, actor accounts.Actor) (CaseFile, error) {
		found, err := w.Case(ctx, actor, caseID)
		if err != nil {
			return CaseFile{}, err
		}
		who := people(ctx, w)
		out := CaseFile{Summary: dtoCase(found.File)}
		for _, key := range catalog.Stages() {
			stage := Stage{Key: key, Records: []Record{}}
			for _, r := range besideMails(found.Records) {
				if r.Stage == key {
					stage.Records = append(stage.Records, who.of(dtoDescribed(r)))
				}
			}
			out.Stages = append(out.Stages, stage)
		}
		return out, nil
	})
}

// besideMails puts what came in a mail after it; the rest stays in its order.
func besideMails(records []backend.Described) []backend.Described {
	within := map[string][]backend.Described{}
	for _, r := range records {
		within[r.EnclosedIn] = append(within[r.EnclosedIn], r)
	}
	out := make([]backend.Described, 0, len(records))
	var put func(mail string)
	put = func(mail string) {
		for _, r := range within[mail] {
			out = append(out, r)
			put(r.ID)
		}
	}
	put("")
	return out
}

// Add makes a case file.
func (c *Cases) Add(added NewCase) (CaseSummary, error) {
	return ask(c.shell, func(ctx context.Context, w *backend.Workstation, actor accounts.Actor) (CaseSummary, error) {
		made, err := w.AddCase(ctx, actor, catalog.CaseFile{
			Code: added.Code, Title: added.Title, CaseNumber: added.CaseNumber, Type: added.Type, Party: added.Party,
			Officers: added.Officers, DateFrom: added.DateFrom, Retention: added.Retention,
		})
		if err != nil {
			return CaseSummary{}, err
		}
		return dtoCase(made), nil
	})
}

// Record gives one record's description; its picture needs a viewing.
func (c *Cases) Record(recordID string) (Record, error) {
	return ask(c.shell, func(ctx context.Context, w *backend.Workstation, actor accounts.Actor) (Record, error) {
		found, err := w.Record(ctx, actor, recordID)
		if err != nil {
			return Record{}, err
		}
		return people(ctx, w).of(dtoDescribed(found)), nil
	})
}

// History lists the log entries about a record, oldest first.
func (c *Cases) History(recordID string) ([]HistoryItem, error) {
	return ask(c.shell, func(ctx context.Context, w *backend.Workstation, actor accounts.Actor) ([]HistoryItem, error) {
		steps, err := w.History(ctx, actor, recordID)
		if err != nil {
			return nil, err
		}
		record, err := w.Record(ctx, actor, recordID)
		if err != nil {
			return nil, err
		}
		unit := unitOf(record.Record)
		return each(steps, func(s backend.Step) HistoryItem { return dtoStep(s, unit) }), nil
	})
}

// Life gives a record's life on paper: that it was laid out is an entry first.
func (c *Cases) Life(recordID string) (Life, error) {
	return ask(c.shell, func(ctx context.Context, w *backend.Workstation, actor accounts.Actor) (Life, error) {
		r, steps, seq, err := w.Life(ctx, actor, recordID)
		if err != nil {
			return Life{}, err
		}
		head, err := w.Log.Head(ctx)
		if err != nil {
			return Life{}, err
		}
		unit := unitOf(r.Record)
		return Life{
			Record: people(ctx, w).of(dtoDescribed(r)), Items: each(steps, func(s backend.Step) HistoryItem { return dtoStep(s, unit) }),
			Seq: seq, Organ: w.Organ(), At: stamp(beijing(w.Now())), By: actor.Number + " " + actor.Name, Root: head.Root, Size: head.Size,
		}, nil
	})
}

func dtoDescribed(d backend.Described) Record {
	out := dtoRecord(d.Record)
	out.Coverage = d.Coverage.Share
	return out
}

func dtoStep(s backend.Step, unit string) HistoryItem {
	return HistoryItem{
		Seq: s.Seq, At: s.At, Event: string(s.Event), Actor: s.Actor, Result: string(s.Result),
		Facts: plainFacts(s.Codes, unit),
	}
}
