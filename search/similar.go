package search

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"math"
	"slices"

	"diaoyue.example/workstation/search/analysis"
	"diaoyue.example/workstation/search/postings"
)

const (
	// tellingPairs is how many pairs of characters speak for a record.
	tellingPairs = 40
	// similarText bounds how much of a record is read, in runes: the beginning
	// of a paper says what it is.
	similarText = 20000
	// similarShare is how many of the telling pairs a place must hold.
	similarShare = 4
)

// Similar finds records like this one: those whose places hold many of the
// pairs of characters that are frequent in it and rare elsewhere. The filters
// of q hold, its Text is not used; the record itself is left out.
func (x *Index) Similar(ctx context.Context, record string, q Query) (Result, error) {
	s, err := x.snapshot()
	if err != nil {
		return Result{}, err
	}
	defer s.close()
	pairs, err := s.telling(ctx, x.folder, record)
	if err != nil {
		return Result{}, fmt.Errorf("find similar records: %w", err)
	}
	res := Result{Level: LevelPlace}
	if len(pairs) == 0 {
		return res, nil
	}
	terms := make([]postings.Node, len(pairs))
	for i, p := range pairs {
		terms[i] = postings.Term(fieldText, p.pair, 1)
	}
	like := postings.AtLeast(len(pairs)/similarShare, terms...)
	q.Sources = content()
	q.Exclude = append(slices.Clone(q.Exclude), record)
	return x.result(ctx, s, question{parts: []postings.Node{like}}, q)
}

// content is what a record itself says; titles, codes and file names are alike
// in a whole series.
func content() []string { return []string{SourcePage, SourceSpeech} }

type weighed struct {
	pair   string
	weight float64
}

// telling are the pairs that set a record apart, most telling first.
func (s *snapshot) telling(ctx context.Context, folder *analysis.Folder, record string) ([]weighed, error) {
	places, err := s.Find(ctx, build(question{}, Query{Records: []string{record}, Sources: content()}))
	if err != nil {
		return nil, err
	}
	times := map[string]int{}
	left := similarText
	for _, m := range places {
		if left <= 0 {
			break
		}
		text, failed := s.text(m.Number)
		if failed != nil {
			return nil, failed
		}
		runes := []rune(folder.Fold(text))
		runes = runes[:min(left, len(runes))]
		left -= len(runes)
		for _, p := range analysis.Pairs(runes) {
			times[p]++
		}
	}
	var out []weighed
	for _, p := range slices.Sorted(maps.Keys(times)) {
		rarity, holding, err := s.Rarity(fieldText, p)
		if err != nil {
			return nil, err
		}
		if holding <= uint64(min(times[p], len(places))) { //nolint:gosec // not negative
			continue // nobody else holds it
		}
		out = append(out, weighed{p, math.Sqrt(float64(times[p])) * rarity})
	}
	slices.SortStableFunc(out, func(a, b weighed) int { return cmp.Compare(b.weight, a.weight) })
	return out[:min(len(out), tellingPairs)], nil
}

// text is the text of a place.
func (s *snapshot) text(number uint64) (string, error) {
	text := ""
	err := s.Stored(number, func(field, value string) {
		if field == fieldText {
			text = value
		}
	}, func(string, float64) {})
	return text, err
}
