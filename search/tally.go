package search

import (
	"cmp"
	"context"
	"slices"
)

// Tally is an answer in numbers: each case and record with the number of its
// places, most first.
type Tally struct {
	Places  int
	Cases   []Count
	Records []Count // places of a case itself belong to none
}

// Count is a case or record and the number of its places that answer.
type Count struct {
	ID     string
	Case   string // of a record
	Places int
}

// Tally counts without reading a text: the lines of a list search.
func (x *Index) Tally(ctx context.Context, q Query) (Tally, error) {
	asked := x.ask(q.Text)
	if asked.lost() {
		return Tally{}, nil
	}
	s, err := x.snapshot()
	if err != nil {
		return Tally{}, err
	}
	defer s.close()
	all, err := s.answer(ctx, asked, q)
	if err != nil {
		return Tally{}, err
	}
	out := Tally{Places: len(all)}
	cases, records := map[string]int{}, map[string]int{}
	for _, p := range all {
		if _, ok := cases[p.caseID]; !ok {
			cases[p.caseID] = len(out.Cases)
			out.Cases = append(out.Cases, Count{ID: p.caseID, Case: p.caseID})
		}
		out.Cases[cases[p.caseID]].Places++
		if p.record == "" {
			continue
		}
		if _, ok := records[p.record]; !ok {
			records[p.record] = len(out.Records)
			out.Records = append(out.Records, Count{ID: p.record, Case: p.caseID})
		}
		out.Records[records[p.record]].Places++
	}
	for _, counts := range [][]Count{out.Cases, out.Records} {
		slices.SortFunc(counts, func(a, b Count) int { return cmp.Or(b.Places-a.Places, cmp.Compare(a.ID, b.ID)) })
	}
	return out, nil
}
