package search

import (
	"cmp"
	"context"
	"slices"
	"time"

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
// first, ties by id.
func (x *Index) answer(ctx context.Context, asked question, q Query) ([]found, time.Duration, error) {
	if q.level() == LevelPlace || len(asked.parts)+len(asked.without) < 2 {
		return x.matches(ctx, build(asked, q), sortFields[:])
	}
	return x.joined(ctx, asked, q)
}

// joined asks for each part by itself and keeps the places of those records (or
// cases) that hold all parts. What the case's own place holds, its number and
// its people, each of its records holds.
func (x *Index) joined(ctx context.Context, asked question, q Query) ([]found, time.Duration, error) {
	var all []found
	var took time.Duration
	at := map[string]int{} // places, by id
	holds := make([]map[string]bool, len(asked.parts))
	for n, part := range asked.parts {
		places, t, err := x.matches(ctx, build(question{parts: []query.Query{part}}, q), sortFields[:])
		if err != nil {
			return nil, 0, err
		}
		took += t
		holds[n] = map[string]bool{}
		for _, p := range places {
			holds[n][p.owner(q.Level)] = true
			if i, known := at[p.id]; known {
				all[i].score += p.score
				continue
			}
			at[p.id] = len(all)
			all = append(all, p)
		}
	}
	if len(asked.parts) == 0 {
		var err error
		if all, took, err = x.matches(ctx, build(question{}, q), sortFields[:]); err != nil {
			return nil, 0, err
		}
	}
	without := map[string]bool{}
	for _, part := range asked.without {
		places, t, err := x.matches(ctx, build(question{parts: []query.Query{part}}, q), sortFields[:])
		if err != nil {
			return nil, 0, err
		}
		took += t
		for _, p := range places {
			without[p.owner(q.Level)] = true
		}
	}
	out := slices.DeleteFunc(all, func(p found) bool {
		has := func(set map[string]bool) bool { return set[p.owner(q.Level)] || set[ofCase(p.caseID)] }
		return has(without) || slices.ContainsFunc(holds, func(set map[string]bool) bool { return !has(set) })
	})
	slices.SortFunc(out, func(a, b found) int { return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.id, b.id)) })
	return out, took, nil
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
func order(groups []CaseGroup, by string) {
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
	for i := range groups {
		g := &groups[i]
		slices.SortStableFunc(g.Records, func(a, b RecordGroup) int { return compare(a.Date, b.Date) })
		for _, r := range g.Records {
			if r.Date != "" {
				g.Date = r.Date
				break
			}
		}
	}
	slices.SortStableFunc(groups, func(a, b CaseGroup) int { return compare(a.Date, b.Date) })
}
