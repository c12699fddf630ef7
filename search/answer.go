package search

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/blevesearch/bleve/v2"
	bs "github.com/blevesearch/bleve/v2/search"
	"github.com/blevesearch/bleve/v2/search/query"
	index "github.com/blevesearch/bleve_index_api"
)

// found is one matching place with what grouping needs, read from doc values.
type found struct {
	id, caseID, record, stage, kind, date string
	score                                 float64
}

// Search answers a query. The counts are those of the whole answer. The error
// is never the query's: what it does not understand is in Result.Unparsed.
func (x *Index) Search(ctx context.Context, q Query) (Result, error) {
	asked := x.ask(q.Text)
	res := Result{Level: q.level(), Terms: asked.terms, Unparsed: asked.unparsed}
	if asked.lost() {
		return res, nil // nothing was understood: nothing is found, rather than everything
	}
	all, took, err := x.answer(ctx, asked, q)
	if err != nil {
		return Result{}, err
	}
	res.Took, res.Places = took, len(all)
	res.Facets = facets(all)
	groups := group(all)
	order(groups, q.Sort)
	res.Cases = len(groups)
	for _, g := range groups {
		for _, r := range g.Records {
			if r.Record != "" {
				res.Records++
			}
		}
	}
	res.Groups = window(groups, q.Offset, q.Limit)
	if err := x.fill(ctx, asked.marks, res.Groups, q.PerRecord); err != nil {
		return Result{}, err
	}
	return res, nil
}

// Places is the answer without grouping, best first: Limit and Offset count
// places here.
func (x *Index) Places(ctx context.Context, q Query) ([]Place, error) {
	asked := x.ask(q.Text)
	if asked.lost() {
		return nil, nil
	}
	all, _, err := x.matches(ctx, build(asked, q), nil)
	if err != nil {
		return nil, err
	}
	out := make([]Place, len(all))
	for i, m := range all {
		out[i] = Place{ID: m.id, Score: m.score}
	}
	return window(out, q.Offset, q.Limit), nil
}

// sortFields follow score and id: they never decide the order, but make Bleve
// load their doc values, which is the cheapest way to the whole id set.
var sortFields = [...]string{fieldCase, fieldRecord, fieldStage, fieldKind, fieldDate} //nolint:gochecknoglobals // a constant list

// matches is the whole answer, best first, ties by id. The fields of found are
// filled when loading names all of sortFields, and not when it names none.
func (x *Index) matches(ctx context.Context, q query.Query, loading []string) ([]found, time.Duration, error) {
	count, err := x.Count()
	if err != nil || count == 0 {
		return nil, 0, err
	}
	req := bleve.NewSearchRequestOptions(q, count, 0, false)
	req.Sort = bs.SortOrder{&bs.SortScore{Desc: true}, &bs.SortDocID{}}
	for _, f := range loading {
		// As a string: left to itself Bleve takes an eight-digit code for a packed number.
		req.Sort = append(req.Sort, &bs.SortField{Field: f, Type: bs.SortFieldAsString, Missing: bs.SortFieldMissingLast})
	}
	res, err := x.bleve.SearchInContext(ctx, req)
	if err != nil {
		return nil, 0, fmt.Errorf("search: %w", closed(err))
	}
	out := make([]found, len(res.Hits))
	for i, h := range res.Hits {
		out[i] = found{id: h.ID, score: h.Score}
		if len(loading) == 0 {
			continue
		}
		v := func(n int) string {
			if s := h.Sort[n+2]; s != bs.HighTerm {
				return s
			}
			return ""
		}
		out[i].caseID, out[i].record, out[i].stage, out[i].kind, out[i].date = v(0), v(1), v(2), v(3), v(4)
	}
	return out, res.Took, nil
}

// group sorts the places, which come best first, into cases and records. Ties
// go by id, so that the same answer always looks the same.
func group(all []found) []CaseGroup {
	type key struct{ caseID, record string }
	var cases []CaseGroup
	caseAt := map[string]int{}
	recordAt := map[key]int{}
	for _, m := range all {
		c, ok := caseAt[m.caseID]
		if !ok {
			c = len(cases)
			caseAt[m.caseID] = c
			cases = append(cases, CaseGroup{Case: m.caseID, Score: m.score})
		}
		g := &cases[c]
		r, ok := recordAt[key{m.caseID, m.record}]
		if !ok {
			r = len(g.Records)
			recordAt[key{m.caseID, m.record}] = r
			g.Records = append(g.Records, RecordGroup{Record: m.record, Score: m.score, Date: m.date})
		}
		g.Places++
		g.Records[r].Places++
		g.Records[r].Hits = append(g.Records[r].Hits, Hit{ID: m.id, Score: m.score})
	}
	slices.SortStableFunc(cases, func(a, b CaseGroup) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.Case, b.Case))
	})
	for _, g := range cases {
		slices.SortStableFunc(g.Records, func(a, b RecordGroup) int {
			return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.Record, b.Record))
		})
	}
	return cases
}

// facets count each record once under its stage, kind and year.
func facets(all []found) Facets {
	seen := map[string]bool{}
	stages, kinds, years := map[string]int{}, map[string]int{}, map[string]int{}
	for _, m := range all {
		if m.record == "" || seen[m.record] {
			continue
		}
		seen[m.record] = true
		count(stages, m.stage)
		count(kinds, m.kind)
		if len(m.date) >= 4 {
			count(years, m.date[:4])
		}
	}
	return Facets{Stages: sorted(stages), Kinds: sorted(kinds), Years: sorted(years)}
}

func count(into map[string]int, value string) {
	if value != "" {
		into[value]++
	}
}

func sorted(counts map[string]int) []Facet {
	out := make([]Facet, 0, len(counts))
	for v, n := range counts {
		out = append(out, Facet{Value: v, Count: n})
	}
	slices.SortFunc(out, func(a, b Facet) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), strings.Compare(a.Value, b.Value))
	})
	return out
}

func window[T any](all []T, offset, limit int) []T {
	all = all[min(max(offset, 0), len(all)):]
	if limit > 0 && limit < len(all) {
		all = all[:limit]
	}
	return all
}

// fill reads the fields of the places to be shown and makes their snippets.
func (x *Index) fill(ctx context.Context, marks []mark, groups []CaseGroup, perRecord int) error {
	for _, g := range groups {
		for i := range g.Records {
			r := &g.Records[i]
			r.Hits = window(r.Hits, 0, perRecord)
			for n := range r.Hits {
				if err := ctx.Err(); err != nil {
					return err
				}
				if err := x.fillHit(marks, &r.Hits[n]); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func (x *Index) fillHit(marks []mark, h *Hit) error {
	doc, text, err := x.load(h.ID)
	if err != nil {
		return err
	}
	h.Case, h.Record, h.Kind, h.Stage, h.Date, h.Title = doc.Case, doc.Record, doc.Kind, doc.Stage, doc.Date, doc.Title
	h.Page, h.T0, h.T1, h.Source, h.Note, h.Frame = doc.Page, doc.T0, doc.T1, doc.Source, doc.Note, doc.Frame
	h.Fragments = snippet(x.folder, text, marks)
	h.TitleFragments = whole(x.folder, doc.Title, marks)
	return nil
}

func (x *Index) load(id string) (Document, string, error) {
	stored, err := x.bleve.Document(id)
	if err != nil {
		return Document{}, "", fmt.Errorf("read place: %w", closed(err))
	}
	d := Document{ID: id}
	if stored == nil {
		return d, "", nil // removed since the search: shown without its text
	}
	stored.VisitFields(func(f index.Field) {
		if n, ok := f.(index.NumericField); ok {
			if v, err := n.Number(); err == nil {
				d.setNumber(f.Name(), int64(v))
			}
			return
		}
		d.setText(f.Name(), string(f.Value()))
	})
	return d, d.Text, nil
}

func (d *Document) setNumber(name string, v int64) {
	switch name {
	case fieldPage:
		d.Page = int(v)
	case fieldT0:
		d.T0 = v
	case fieldT1:
		d.T1 = v
	case fieldFrame:
		d.Frame = v
	}
}

func (d *Document) setText(name, v string) {
	switch name {
	case fieldText:
		d.Text = v
	case fieldTitle:
		d.Title = v
	case fieldCase:
		d.Case = v
	case fieldRecord:
		d.Record = v
	case fieldKind:
		d.Kind = v
	case fieldStage:
		d.Stage = v
	case fieldDate:
		d.Date = v
	case fieldSource:
		d.Source = v
	case fieldNote:
		d.Note = v
	}
}
