package search

import (
	"cmp"
	"context"
	"slices"

	"diaoyue.example/workstation/search/analysis"
	"diaoyue.example/workstation/search/postings"
)

// filler reads the places to be shown and makes their snippets.
type filler struct {
	*snapshot

	folder    *analysis.Folder
	marks     []mark
	perRecord int // places of each record, 0 for all
}

func (f filler) fill(ctx context.Context, cases []caseFound) ([]CaseGroup, error) {
	out := make([]CaseGroup, len(cases))
	for i, c := range cases {
		out[i] = CaseGroup{Case: c.id, Score: c.score, Places: c.places, Date: c.date, Records: make([]RecordGroup, len(c.records))}
		for n, r := range c.records {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			hits, err := f.record(r.places)
			if err != nil {
				return nil, err
			}
			out[i].Records[n] = RecordGroup{Record: r.id, Score: r.score, Places: len(r.places), Date: r.date, Hits: hits}
		}
	}
	return out, nil
}

// record reads the first places of a record. Equals go by page, time and name,
// so that the same answer always looks the same.
func (f filler) record(places []found) ([]Hit, error) {
	type read struct {
		Hit

		text string
	}
	first := best(places, 0, f.perRecord)
	all := make([]read, len(first))
	for i, m := range first {
		h, text, err := f.load(m.Match)
		if err != nil {
			return nil, err
		}
		all[i] = read{h, text}
	}
	slices.SortStableFunc(all, func(a, b read) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), a.Page-b.Page, cmp.Compare(a.T0, b.T0), cmp.Compare(a.ID, b.ID))
	})
	all = window(all, 0, f.perRecord)
	out := make([]Hit, len(all))
	for i, r := range all {
		out[i] = r.Hit
		out[i].Fragments = snippet(f.folder, r.text, f.marks)
		out[i].TitleFragments = whole(f.folder, r.Title, f.marks)
	}
	return out, nil
}

// load reads the fields of a place, and its text.
func (f filler) load(m postings.Match) (Hit, string, error) {
	h := Hit{Score: m.Score}
	var err error
	if h.ID, err = f.ID(m.Number); err != nil {
		return h, "", err
	}
	text := ""
	err = f.Stored(m.Number, func(field, value string) {
		if field == fieldText {
			text = value
			return
		}
		h.setText(field, value)
	}, func(field string, v float64) { h.setNumber(field, int64(v)) })
	return h, text, err
}

func (h *Hit) setNumber(name string, v int64) {
	switch name {
	case fieldPage:
		h.Page = int(v)
	case fieldT0:
		h.T0 = v
	case fieldT1:
		h.T1 = v
	case fieldFrame:
		h.Frame = v
	}
}

func (h *Hit) setText(name, v string) {
	switch name {
	case fieldTitle:
		h.Title = v
	case fieldCase:
		h.Case = v
	case fieldRecord:
		h.Record = v
	case fieldKind:
		h.Kind = v
	case fieldStage:
		h.Stage = v
	case fieldDate:
		h.Date = v
	case fieldSource:
		h.Source = v
	case fieldNote:
		h.Note = v
	}
}
