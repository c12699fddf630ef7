package search

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"github.com/blevesearch/bleve/v2/search/query"
)

func (q Query) level() string {
	switch q.Level {
	case LevelRecord, LevelCase:
		return q.Level
	}
	return LevelPlace
}

// answer is every place that answers the question at the level asked for, best
// first, with the fields that grouping needs.
func (s *snapshot) answer(ctx context.Context, asked question, q Query) ([]found, error) {
	var out []found
	var err error
	if q.level() == LevelPlace || len(asked.parts)+len(asked.without) < 2 {
		out, err = s.sifted(ctx, asked, q)
	} else {
		out, err = s.joined(ctx, asked, q)
	}
	if err != nil {
		return nil, err
	}
	slices.SortFunc(out, func(a, b found) int {
		return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.caseID, b.caseID), cmp.Compare(a.record, b.record), cmp.Compare(a.number, b.number))
	})
	return out, nil
}

// sifted is the answer to one question under all filters, those too that the
// index does not hold.
func (s *snapshot) sifted(ctx context.Context, asked question, q Query) ([]found, error) {
	out, err := s.places(ctx, build(asked, q))
	if err != nil || len(q.Words) == 0 || q.WordsOf == nil {
		return out, err
	}
	return slices.DeleteFunc(out, func(p found) bool { return p.record == "" || !slices.Contains(q.Words, q.WordsOf(p.record)) }), nil
}

// places is the answer to one query of Bleve, in the order of the index.
func (s *snapshot) places(ctx context.Context, q query.Query) ([]found, error) {
	matches, err := s.collect(ctx, q)
	if err != nil {
		return nil, err
	}
	v, err := s.values()
	if err != nil {
		return nil, err
	}
	out := make([]found, len(matches))
	for i, m := range matches {
		out[i].match = m
		if err = v.read(&out[i]); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// joined asks for each part by itself and keeps the places of those records (or
// cases) that hold all parts. What the case's own place holds, its number and
// its people, each of its records holds.
func (s *snapshot) joined(ctx context.Context, asked question, q Query) ([]found, error) {
	only := func(part query.Query) ([]found, error) {
		return s.sifted(ctx, question{parts: []query.Query{part}}, q)
	}
	var all []found
	at := map[uint64]int{}
	holds := make([]map[string]bool, len(asked.parts))
	for n, part := range asked.parts {
		places, err := only(part)
		if err != nil {
			return nil, err
		}
		holds[n] = owners(places, q.Level)
		for _, p := range places {
			if i, known := at[p.number]; known {
				all[i].score += p.score
				continue
			}
			at[p.number] = len(all)
			all = append(all, p)
		}
	}
	if len(asked.parts) == 0 {
		var err error
		if all, err = s.sifted(ctx, question{}, q); err != nil {
			return nil, err
		}
	}
	without := map[string]bool{}
	for _, part := range asked.without {
		places, err := only(part)
		if err != nil {
			return nil, err
		}
		maps.Copy(without, owners(places, q.Level))
	}
	return slices.DeleteFunc(all, func(p found) bool {
		has := func(set map[string]bool) bool { return set[p.owner(q.Level)] || set[ofCase(p.caseID)] }
		return has(without) || slices.ContainsFunc(holds, func(set map[string]bool) bool { return !has(set) })
	}), nil
}

func owners(places []found, level string) map[string]bool {
	out := make(map[string]bool, len(places))
	for _, p := range places {
		out[p.owner(level)] = true
	}
	return out
}

// owner is what all parts must be found in: the record, or the case.
func (p found) owner(level string) string {
	if level == LevelCase || p.record == "" {
		return ofCase(p.caseID)
	}
	return "record:" + p.record
}

func ofCase(id string) string { return "case:" + id }

// order sorts cases, and the records in each, by date; the best come first
// when nothing else is asked for. What has no date comes last.
func order(cases []caseFound, by string) {
	if by != SortNewest && by != SortOldest {
		return
	}
	compare := func(a, b string) int {
		switch {
		case a == b:
			return 0
		case a == "" || b == "":
			return cmp.Compare(b, a)
		case by == SortNewest:
			return cmp.Compare(b, a)
		default:
			return cmp.Compare(a, b)
		}
	}
	for i := range cases {
		c := &cases[i]
		slices.SortStableFunc(c.records, func(a, b recordFound) int { return compare(a.date, b.date) })
		for _, r := range c.records {
			if r.date != "" {
				c.date = r.date
				break
			}
		}
	}
	slices.SortStableFunc(cases, func(a, b caseFound) int { return compare(a.date, b.date) })
}
