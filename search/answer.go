package search

import (
	"cmp"
	"container/heap"
	"context"
	"slices"
	"strings"

	"diaoyue.example/workstation/search/postings"
)

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
	res := Result{Level: q.level(), Places: len(all.places), Facets: facets(all, q.WordsOf), Took: x.now().Sub(began)}
	cases, records := casesOf(all, q.Sort)
	res.Cases, res.Records = len(cases), records
	cases = window(cases, q.Offset, q.Limit)
	addRecords(cases, all, q.Sort)
	f := filler{snapshot: s, folder: x.folder, marks: asked.marks, perRecord: q.PerRecord}
	res.Groups, err = f.fill(ctx, cases)
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
	all, err := s.Find(ctx, build(asked, q))
	if err != nil {
		return nil, err
	}
	all = best(all, q.Offset, q.Limit)
	slices.SortFunc(all, func(a, b postings.Match) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.Number, b.Number))
	})
	all = window(all, q.Offset, q.Limit)
	out := make([]Place, len(all))
	for i, m := range all {
		out[i].Score = m.Score
		if out[i].ID, err = s.ID(m.Number); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// best leaves what can be among the first offset+limit: those, and all that
// score as well as the last of them, for something else decides between equals.
func best[T scored](all []T, offset, limit int) []T {
	n := offset + limit
	if limit <= 0 || n >= len(all) {
		return all
	}
	// A heap of the n best scores seen; its root is the least of them.
	h := make(scores, 0, n)
	for _, m := range all {
		switch {
		case len(h) < n:
			heap.Push(&h, m.Points())
		case m.Points() > h[0]:
			h[0] = m.Points()
			heap.Fix(&h, 0)
		}
	}
	return slices.DeleteFunc(slices.Clone(all), func(m T) bool { return m.Points() < h[0] })
}

// scored is a place with a score.
type scored interface{ Points() float64 }

// scores is a heap.Interface, the least first.
type scores []float64

func (s scores) Len() int           { return len(s) }
func (s scores) Less(i, j int) bool { return s[i] < s[j] }
func (s scores) Swap(i, j int)      { s[i], s[j] = s[j], s[i] }
func (s *scores) Push(v any)        { *s = append(*s, v.(float64)) } //nolint:forcetypeassert // best pushes nothing else
func (s *scores) Pop() any          { panic("never taken out") }

// facets count each record once under its stage, kind and year, and each place
// under its source.
func facets(all answered, wordsOf func(string) string) Facets {
	seen := make([]bool, all.count())
	var counts [ofCount]map[uint32]int
	for i := range counts {
		counts[i] = map[uint32]int{}
	}
	words := map[string]int{}
	for _, p := range all.places {
		counts[ofSource][p.of[ofSource]]++
		record := p.of[ofRecord]
		if record == 0 || seen[record] {
			continue
		}
		seen[record] = true
		for _, which := range []int{ofStage, ofKind, ofDate} {
			counts[which][p.of[which]]++
		}
		if wordsOf != nil {
			count(words, wordsOf(all.values.Text(record)), 1)
		}
	}
	named := func(which int, shorten func(string) string) []Facet {
		out := map[string]int{}
		for number, n := range counts[which] {
			count(out, shorten(all.values.Text(number)), n)
		}
		return sorted(out)
	}
	plain := func(v string) string { return v }
	out := Facets{Stages: named(ofStage, plain), Kinds: named(ofKind, plain), Years: named(ofDate, yearOf), Sources: named(ofSource, plain)}
	if wordsOf != nil {
		out.Words = sorted(words)
	}
	return out
}

// yearOf is empty for a date without a year.
func yearOf(date string) string {
	const digits = 4
	if len(date) < digits {
		return ""
	}
	return date[:digits]
}

func count(into map[string]int, value string, n int) {
	if value != "" {
		into[value] += n
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
