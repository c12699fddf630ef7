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
	out := Tally{Places: len(all.places)}
	cases, _ := casesOf(all, SortBest)
	addRecords(cases, all, SortBest)
	for _, c := range cases {
		out.Cases = append(out.Cases, Count{ID: c.id, Case: c.id, Places: c.places})
		for _, r := range c.records {
			if r.id != "" {
				out.Records = append(out.Records, Count{ID: r.id, Case: c.id, Places: len(r.places)})
			}
		}
	}
	for _, counts := range [][]Count{out.Cases, out.Records} {
		slices.SortFunc(counts, func(a, b Count) int { return cmp.Or(b.Places-a.Places, cmp.Compare(a.ID, b.ID)) })
	}
	return out, nil
}
