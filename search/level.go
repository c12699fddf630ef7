package search

import (
	"cmp"
	"context"
	"slices"

	"diaoyue.example/workstation/search/postings"
)

func (q Query) level() string {
	switch q.Level {
	case LevelRecord, LevelCase:
		return q.Level
	}
	return LevelPlace
}

// answer is every place that answers the question at the level asked for.
func (s *snapshot) answer(ctx context.Context, asked question, q Query) (answered, error) {
	if q.level() == LevelPlace || len(asked.parts)+len(asked.without) < 2 {
		return s.sifted(ctx, asked, q)
	}
	return s.joined(ctx, asked, q)
}

// sifted is the answer to one question under all filters, those too that the
// index does not hold.
func (s *snapshot) sifted(ctx context.Context, asked question, q Query) (answered, error) {
	out, err := s.places(ctx, build(asked, q))
	if err != nil || len(q.Words) == 0 || q.WordsOf == nil {
		return out, err
	}
	out.places = slices.DeleteFunc(out.places, func(p found) bool {
		return p.of[ofRecord] == 0 || !slices.Contains(q.Words, q.WordsOf(out.text(p, ofRecord)))
	})
	return out, nil
}

// joined asks for each part by itself and keeps the places of those records (or
// cases) that hold all parts. What the case's own place holds, its number and
// its people, each of its records holds.
func (s *snapshot) joined(ctx context.Context, asked question, q Query) (answered, error) {
	only := func(part postings.Node) (answered, error) {
		return s.sifted(ctx, question{parts: []postings.Node{part}}, q)
	}
	var all answered
	at := map[uint64]int{}
	holds := make([]owners, len(asked.parts))
	for n, part := range asked.parts {
		one, err := only(part)
		if err != nil {
			return answered{}, err
		}
		all.values = one.values
		holds[n] = owners{}
		holds[n].add(one.places, q.Level)
		for _, p := range one.places {
			if i, known := at[p.Number]; known {
				all.places[i].Score += p.Score
				continue
			}
			at[p.Number] = len(all.places)
			all.places = append(all.places, p)
		}
	}
	if len(asked.parts) == 0 {
		var err error
		if all, err = s.sifted(ctx, question{}, q); err != nil {
			return answered{}, err
		}
	}
	without := owners{}
	for _, part := range asked.without {
		one, err := only(part)
		if err != nil {
			return answered{}, err
		}
		without.add(one.places, q.Level)
	}
	all.places = slices.DeleteFunc(all.places, func(p found) bool {
		return without.have(p, q.Level) || slices.ContainsFunc(holds, func(o owners) bool { return !o.have(p, q.Level) })
	})
	slices.SortFunc(all.places, func(a, b found) int { return cmp.Compare(a.Number, b.Number) })
	return all, nil
}

// owner is what all parts must be found in: a record, or a case when record is
// none. Both are numbers of values.
type owner struct{ record, caseID uint32 }

type owners map[owner]bool

func (o owners) add(places []found, level string) {
	for _, p := range places {
		o[ownerOf(p, level)] = true
	}
}

// have says whether the owner of a place is among them, or its case.
func (o owners) have(p found, level string) bool {
	return o[ownerOf(p, level)] || o[owner{caseID: p.of[ofCase]}]
}

func ownerOf(p found, level string) owner {
	if level == LevelCase || p.of[ofRecord] == 0 {
		return owner{caseID: p.of[ofCase]}
	}
	return owner{record: p.of[ofRecord]}
}
