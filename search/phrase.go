package search

import (
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/blevesearch/bleve/v2/mapping"
	bs "github.com/blevesearch/bleve/v2/search"
	"github.com/blevesearch/bleve/v2/search/query"
	index "github.com/blevesearch/bleve_index_api"

	"diaoyue.example/workstation/search/analysis"
)

// phrase seeks folded text of three runes or more as it stands. Bleve's own
// phrase query makes a map of all locations for every place it looks at; this
// one compares the positions and keeps nothing.
type phrase struct {
	field string
	runes []rune
	boost float64
}

// SetBoost is query.BoostableQuery.
func (p *phrase) SetBoost(b float64) { p.boost = b }

// Boost is query.BoostableQuery.
func (p *phrase) Boost() float64 { return p.boost }

var _ query.BoostableQuery = (*phrase)(nil)

// Searcher is query.Query.
func (p *phrase) Searcher(ctx context.Context, i index.IndexReader, _ mapping.IndexMapping, _ bs.SearcherOptions) (bs.Searcher, error) {
	s := &phraseSearcher{boost: p.boost, weight: 1}
	stats, err := readStats(i, p.field)
	if err != nil {
		return nil, err
	}
	s.average = stats.average
	for offset, term := range analysis.Cover(p.runes) {
		if term == "" {
			continue
		}
		r, err := i.TermFieldReader(ctx, []byte(term), p.field, false, true, true)
		if err != nil {
			_ = s.Close()
			return nil, fmt.Errorf("read term: %w", err)
		}
		s.terms = append(s.terms, &phraseTerm{reader: r, offset: uint64(offset)})
		s.idf += stats.idf(r.Count())
	}
	// The rarest leads, so that the others skip.
	slices.SortStableFunc(s.terms, func(a, b *phraseTerm) int {
		return int(min(a.reader.Count(), math.MaxInt32)) - int(min(b.reader.Count(), math.MaxInt32))
	})
	if err := s.together(); err != nil {
		_ = s.Close()
		return nil, err
	}
	return s, nil
}

// together lets the terms walk only the places that hold them all: the bitmaps
// of a segment are intersected before a position is read.
func (s *phraseSearcher) together() error {
	var all index.OptimizableContext
	for _, t := range s.terms {
		o, ok := t.reader.(index.Optimizable)
		if !ok {
			return nil
		}
		var err error
		if all, err = o.Optimize("conjunction", all); err != nil {
			return fmt.Errorf("intersect terms: %w", err)
		}
	}
	if all == nil {
		return nil
	}
	if _, err := all.Finish(); err != nil {
		return fmt.Errorf("intersect terms: %w", err)
	}
	return nil
}

// phraseTerm is one term of the phrase, offset runes from its beginning.
type phraseTerm struct {
	reader index.TermFieldReader
	offset uint64
	space  index.TermFieldDoc
	at     *index.TermFieldDoc // nil before the first and after the last
}

func (t *phraseTerm) next() (err error) {
	t.at, err = t.reader.Next(&t.space)
	return err
}

// advance goes to the first place at or after id. (Bleve begins anew when asked
// for a place it has passed.)
func (t *phraseTerm) advance(id index.IndexInternalID) (err error) {
	if t.at != nil && t.at.ID.Compare(id) >= 0 {
		return nil
	}
	// All terms walk the same places: most often it is the very next one.
	if err = t.next(); err != nil || t.at == nil || t.at.ID.Compare(id) >= 0 {
		return err
	}
	t.at, err = t.reader.Advance(id, &t.space)
	return err
}

type phraseSearcher struct {
	terms   []*phraseTerm
	idf     float64 // of all terms together
	average float64 // terms in a field
	boost   float64
	weight  float64
	ended   bool
	begun   bool
}

// Next is search.Searcher.
func (s *phraseSearcher) Next(ctx *bs.SearchContext) (*bs.DocumentMatch, error) {
	if s.ended {
		return nil, nil
	}
	s.begun = true
	if err := s.terms[0].next(); err != nil {
		return nil, err
	}
	return s.settle(ctx)
}

// Advance is search.Searcher.
func (s *phraseSearcher) Advance(ctx *bs.SearchContext, id index.IndexInternalID) (*bs.DocumentMatch, error) {
	if s.ended {
		return nil, nil
	}
	if lead := s.terms[0]; s.begun && lead.at != nil && lead.at.ID.Compare(id) >= 0 {
		return s.Next(ctx)
	}
	s.begun = true
	if err := s.terms[0].advance(id); err != nil {
		return nil, err
	}
	return s.settle(ctx)
}

// settle goes from where the leading term is to the next place that holds all
// terms in their order.
func (s *phraseSearcher) settle(ctx *bs.SearchContext) (*bs.DocumentMatch, error) {
	lead := s.terms[0]
	for lead.at != nil {
		behind, err := s.meet(lead.at.ID)
		if err != nil {
			return nil, err
		}
		if behind == nil { // another term has no more
			break
		}
		if !behind.Equals(lead.at.ID) {
			if err = lead.advance(behind); err != nil {
				return nil, err
			}
			continue
		}
		if n := s.count(); n > 0 {
			m := ctx.DocumentMatchPool.Get()
			m.IndexInternalID = index.NewIndexInternalIDFrom(m.IndexInternalID, lead.at.ID)
			m.Score = s.score(n, lead.at.Norm)
			return m, nil
		}
		if err = lead.next(); err != nil {
			return nil, err
		}
	}
	s.ended = true
	return nil, nil
}

// meet brings the other terms to id. It is id when all are there, the place
// that one of them has reached when it lies beyond, nil when one has ended.
func (s *phraseSearcher) meet(id index.IndexInternalID) (index.IndexInternalID, error) {
	for _, t := range s.terms[1:] {
		if err := t.advance(id); err != nil {
			return nil, err
		}
		if t.at == nil {
			return nil, nil
		}
		if !t.at.ID.Equals(id) {
			return t.at.ID, nil
		}
	}
	return id, nil
}

// count is how often the phrase stands in the present place.
func (s *phraseSearcher) count() int {
	n := 0
	for _, v := range s.terms[0].at.Vectors {
		if v.Pos >= s.terms[0].offset+1 && s.everywhere(v.Pos-s.terms[0].offset, v.ArrayPositions) {
			n++
		}
	}
	return n
}

// everywhere says whether all other terms stand where a phrase that begins at
// start needs them, in the same value of the field.
func (s *phraseSearcher) everywhere(start uint64, value []uint64) bool {
	for _, t := range s.terms[1:] {
		want := start + t.offset
		vectors := t.at.Vectors
		// Positions rise within a value; a field of several values begins anew.
		found := false
		if len(value) == 0 {
			_, found = slices.BinarySearchFunc(vectors, want, func(v *index.TermFieldVector, pos uint64) int {
				switch {
				case v.Pos < pos:
					return -1
				case v.Pos > pos:
					return 1
				}
				return 0
			})
		} else {
			found = slices.ContainsFunc(vectors, func(v *index.TermFieldVector) bool {
				return v.Pos == want && slices.Equal(v.ArrayPositions, value)
			})
		}
		if !found {
			return false
		}
	}
	return true
}

// score is BM25 with the phrase as a term whose rarity is that of its parts
// together.
func (s *phraseSearcher) score(times int, norm float64) float64 {
	tf := math.Sqrt(float64(times)) // as Bleve scores terms
	length := 1 / (norm * norm)
	return s.weight * s.idf * tf * bs.BM25_k1 / (tf + bs.BM25_k1*(1-bs.BM25_b+bs.BM25_b*length/s.average))
}

// Weight is search.Searcher.
func (s *phraseSearcher) Weight() float64 { return s.boost * s.idf * s.boost * s.idf }

// SetQueryNorm is search.Searcher.
func (s *phraseSearcher) SetQueryNorm(norm float64) { s.weight = s.boost * s.idf * norm }

// Count is search.Searcher: at most so many places.
func (s *phraseSearcher) Count() uint64 {
	if len(s.terms) == 0 {
		return 0
	}
	return s.terms[0].reader.Count()
}

// Min is search.Searcher.
func (s *phraseSearcher) Min() int { return 0 }

// Size is search.Searcher.
func (s *phraseSearcher) Size() int {
	n := 0
	for _, t := range s.terms {
		n += t.reader.Size()
	}
	return n
}

// DocumentMatchPoolSize is search.Searcher.
func (s *phraseSearcher) DocumentMatchPoolSize() int { return 1 }

// Close is search.Searcher.
func (s *phraseSearcher) Close() error {
	var first error
	for _, t := range s.terms {
		if err := t.reader.Close(); err != nil && first == nil {
			first = err
		}
	}
	return first
}

// stats are what BM25 asks of a field.
type stats struct {
	documents uint64
	average   float64 // terms in a field
}

func readStats(i index.IndexReader, field string) (stats, error) {
	n, err := i.DocCount()
	if err != nil {
		return stats{}, fmt.Errorf("count documents: %w", err)
	}
	s := stats{documents: n, average: 1}
	if r, ok := i.(index.BM25Reader); ok && n > 0 {
		all, err := r.FieldCardinality(field)
		if err != nil {
			return stats{}, fmt.Errorf("measure field: %w", err)
		}
		s.average = max(1, math.Ceil(float64(all)/float64(n)))
	}
	return s, nil
}

func (s stats) idf(holding uint64) float64 {
	return math.Log(1 + (float64(s.documents)-float64(holding)+0.5)/(float64(holding)+0.5))
}
