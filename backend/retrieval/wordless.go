package retrieval

import (
	"cmp"
	"slices"

	"diaoyue.example/workstation/backend/catalog"
	"diaoyue.example/workstation/search"
)

// wordsOf is what of a record's words can be searched.
func (r register) wordsOf(record string) string {
	return cmp.Or(r.wordless[record], catalog.WordsSearched)
}

// unsearched counts by why the records under the filters of a query of which
// words are missing from the search. It tells only of what may be found; where
// in a record a word stands says nothing of those that have none, and whoever
// looks at those that can be searched hears of the others, too.
func (r register) unsearched(q search.Query) []search.Facet {
	cases, apart := set(q.Cases), set(q.ExcludeCases)
	counts := map[string]int{}
	for id, why := range r.wordless {
		one := r.records[id]
		allowed := !one.Suspected && !apart[one.CaseID] && (q.Cases == nil || cases[one.CaseID]) &&
			(q.Records == nil || slices.Contains(q.Records, id))
		if allowed && among(q.Stages, one.Stage) && among(q.Kinds, one.Kind) && dated(one.Date, q) {
			counts[why]++
		}
	}
	out := make([]search.Facet, 0, len(counts))
	for why, n := range counts {
		out = append(out, search.Facet{Value: why, Count: n})
	}
	slices.SortFunc(out, func(a, b search.Facet) int { return cmp.Or(b.Count-a.Count, cmp.Compare(a.Value, b.Value)) })
	return out
}

func set(list []string) map[string]bool {
	out := make(map[string]bool, len(list))
	for _, s := range list {
		out[s] = true
	}
	return out
}

// among says whether a value is any of those; no list is all.
func among(list []string, value string) bool { return len(list) == 0 || slices.Contains(list, value) }

// dated says whether a date lies within, as the index takes it: both ends
// belong to it, and a prefix stands for all days in it.
func dated(date string, q search.Query) bool {
	within := func(from, to string) bool {
		return date != "" && date >= from && (to == "" || date[:min(len(to), len(date))] <= to)
	}
	if len(q.Years) > 0 && !slices.ContainsFunc(q.Years, func(y string) bool { return within(y, y) }) {
		return false
	}
	return q.DateFrom == "" && q.DateTo == "" || within(q.DateFrom, q.DateTo)
}

func total(facets []search.Facet) int {
	n := 0
	for _, f := range facets {
		n += f.Count
	}
	return n
}
