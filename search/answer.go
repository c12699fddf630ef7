package search

import (
	"cmp"
	"container/heap"
	"context"
	"slices"
	"strings"
)

// found is one matching place with what grouping needs.
type found struct {
	match
	caseID, record, stage, kind, date, source string
}

// Search answers a query. The counts are those of the whole answer. The error
// is never the query's: what it does not understand is in Result.Unparsed.
func (x *Index) Search(ctx context.Context, q Query) (Result, error) {
	asked := x.ask(q.Text)
	res := Result{Level: q.level(), Terms: asked.terms, Unparsed: asked.unparsed}
	if asked.lost() {
		return res, nil // nothing was understood: nothing is found, rather than everything
	}
	s, err := x.snapshot()
	if err != nil {
		return Result{}, err
	}
	defer s.close()
	out, err := x.result(ctx, s, asked, q)
	if err != nil {
		return Result{}, err
	}
	out.Terms, out.Unparsed = res.Terms, res.Unparsed
	return out, nil
}

// result answers a question from a snapshot.
func (x *Index) result(ctx context.Context, s *snapshot, asked question, q Query) (Result, error) {
	began := x.now()
	all, err := s.answer(ctx, asked, q)
	if err != nil {
		return Result{}, err
	}
	res := Result{Level: q.level(), Places: len(all), Facets: facets(all, q.WordsOf), Took: x.now().Sub(began)}
	cases := group(all)
	order(cases, q.Sort)
	res.Cases = len(cases)
	for _, c := range cases {
		for _, r := range c.records {
			if r.id != "" {
				res.Records++
			}
		}
	}
	f := filler{snapshot: s, folder: x.folder, marks: asked.marks, perRecord: q.PerRecord}
	res.Groups, err = f.fill(ctx, window(cases, q.Offset, q.Limit))
	if err != nil {
		return Result{}, err
	}
	return res, nil
}

// Places is the answer without grouping, best first, equals in the order of the
// index: Limit and Offset count places here.
func (x *Index) Places(ctx context.Context, q Query) ([]Place, error) {
	asked := x.ask(q.Text)
	if asked.lost() {
		return nil, nil
	}
	s, err := x.snapshot()
	if err != nil {
		return nil, err
	}
	defer s.close()
	all, err := s.collect(ctx, build(asked, q))
	if err != nil {
		return nil, err
	}
	all = best(all, q.Offset, q.Limit)
	slices.SortFunc(all, func(a, b match) int { return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.number, b.number)) })
	all = window(all, q.Offset, q.Limit)
	out := make([]Place, len(all))
	for i, m := range all {
		out[i].Score = m.score
		if out[i].ID, err = s.id(m.number); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// best leaves what can be among the first offset+limit: those, and all that
// score as well as the last of them, for something else decides between equals.
func best(all []match, offset, limit int) []match {
	n := offset + limit
	if limit <= 0 || n >= len(all) {
		return all
	}
	// A heap of the n best scores seen; its root is the least of them.
	h := make(scores, 0, n)
	for _, m := range all {
		switch {
		case len(h) < n:
			heap.Push(&h, m.score)
		case m.score > h[0]:
			h[0] = m.score
			heap.Fix(&h, 0)
		}
	}
	return slices.DeleteFunc(slices.Clone(all), func(m match) bool { return m.score < h[0] })
}

// scores is a heap.Interface, the least first.
type scores []float64

func (s scores) Len() int           { return len(s) }
func (s scores) Less(i, j int) bool { return s[i] < s[j] }
func (s scores) Swap(i, j int)      { s[i], s[j] = s[j], s[i] }
func (s *scores) Push(v any)        { *s = append(*s, v.(float64)) } //nolint:forcetypeassert // best pushes nothing else
func (s *scores) Pop() any          { panic("never taken out") }

// caseFound and recordFound are the places found, by case and record, best
// first.
type (
	caseFound struct {
		id      string
		date    string // of the first dated record, when ordered by date
		places  int
		score   float64
		records []recordFound
	}
	recordFound struct {
		id, date string
		score    float64
		places   []match
	}
)

// group sorts the places, which come best first, into cases and records.
func group(all []found) []caseFound {
	type key struct{ caseID, record string }
	var cases []caseFound
	caseAt := map[string]int{}
	recordAt := map[key]int{}
	for _, m := range all {
		c, ok := caseAt[m.caseID]
		if !ok {
			c = len(cases)
			caseAt[m.caseID] = c
			cases = append(cases, caseFound{id: m.caseID, score: m.score})
		}
		g := &cases[c]
		r, ok := recordAt[key{m.caseID, m.record}]
		if !ok {
			r = len(g.records)
			recordAt[key{m.caseID, m.record}] = r
			g.records = append(g.records, recordFound{id: m.record, score: m.score, date: m.date})
		}
		g.places++
		g.records[r].places = append(g.records[r].places, m.match)
	}
	return cases
}

// facets count each record once under its stage, kind and year, and each place
// under its source.
func facets(all []found, wordsOf func(string) string) Facets {
	seen := map[string]bool{}
	stages, kinds, years, sources, words := map[string]int{}, map[string]int{}, map[string]int{}, map[string]int{}, map[string]int{}
	for _, m := range all {
		count(sources, m.source)
		if m.record == "" || seen[m.record] {
			continue
		}
		seen[m.record] = true
		count(stages, m.stage)
		count(kinds, m.kind)
		if len(m.date) >= 4 {
			count(years, m.date[:4])
		}
		if wordsOf != nil {
			count(words, wordsOf(m.record))
		}
	}
	out := Facets{Stages: sorted(stages), Kinds: sorted(kinds), Years: sorted(years), Sources: sorted(sources)}
	if wordsOf != nil {
		out.Words = sorted(words)
	}
	return out
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
