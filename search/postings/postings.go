// Package postings answers questions from the posting lists of Bleve's
// segments: which places hold what, and how well they answer.
//
// Bleve's own searchers go from place to place and ask every part of a question
// about each. Here each part gives the set of its places as a bitmap, the sets
// are joined, and only then what is left is scored, list by list. A set costs
// nothing for the places that the question lets go, and the counts, which must
// be exact, fall out of it.
package postings

import (
	"context"
	"fmt"
	"math"

	"github.com/RoaringBitmap/roaring/v2"
	"github.com/blevesearch/bleve/v2/index/scorch"
	"github.com/blevesearch/bleve/v2/search"
	index "github.com/blevesearch/bleve_index_api"
	segment "github.com/blevesearch/scorch_segment_api/v2"
)

// Node is one part of a question. It belongs to one question and is asked of
// one snapshot at a time.
type Node interface {
	// prepare fetches the lists of all segments; it comes before all else.
	prepare(ctx context.Context, s *Snapshot) error
	// find is the set of those within that answer. Nobody changes a set that
	// was given to him.
	find(b *block, within *roaring.Bitmap) (*roaring.Bitmap, error)
	// score adds to the scores of the places of out that answer.
	score(b *block, out *scores) error
	// cost orders parts: what is cheap to find narrows what is dear.
	cost() int
}

// Costs, in order.
const (
	costSet = iota
	costMany
	costPositions
	costText
)

// Match is one place: its number in the snapshot, and its score.
type Match struct {
	Number uint64
	Score  float64
}

// Points is the score, of whatever holds a match.
func (m Match) Points() float64 { return m.Score }

// Snapshot is an index at one moment.
type Snapshot struct {
	reader    index.IndexReader
	parts     []part
	documents uint64
	averages  map[string]float64 // terms in a field, by field
}

// part is one segment in a snapshot.
type part struct {
	segment segment.Segment
	deleted *roaring.Bitmap // may be nil
	base    uint64          // number of its first place
}

// Of reads an index that the caller keeps open.
func Of(reader index.IndexReader) (*Snapshot, error) {
	now, ok := reader.(*scorch.IndexSnapshot)
	if !ok {
		return nil, fmt.Errorf("read index: %T has no segments", reader)
	}
	n, err := now.DocCount()
	if err != nil {
		return nil, fmt.Errorf("count documents: %w", err)
	}
	s := &Snapshot{reader: reader, documents: n, averages: map[string]float64{}}
	base := uint64(0)
	for _, one := range now.Segments() {
		s.parts = append(s.parts, part{segment: one.Segment(), deleted: one.Deleted(), base: base})
		base += one.Segment().Count()
	}
	return s, nil
}

// rarity is BM25's weight of a term that so many places hold.
func (s *Snapshot) rarity(holding uint64) float64 {
	return math.Log(1 + (float64(s.documents)-float64(holding)+0.5)/(float64(holding)+0.5))
}

// Rarity is the weight of a pair of characters in a field, and how many places
// hold it.
func (s *Snapshot) Rarity(field, term string) (weight float64, holding uint64, err error) {
	lists, err := s.lists(field, term)
	if err != nil {
		return 0, 0, err
	}
	for _, l := range lists {
		holding += l.Count()
	}
	return s.rarity(holding), holding, nil
}

// average is how many terms a field has, as Bleve counts them.
func (s *Snapshot) average(field string) (float64, error) {
	if known, ok := s.averages[field]; ok {
		return known, nil
	}
	out := 1.0
	if r, ok := s.reader.(index.BM25Reader); ok && s.documents > 0 {
		all, err := r.FieldCardinality(field)
		if err != nil {
			return 0, fmt.Errorf("measure field: %w", err)
		}
		out = max(1, math.Ceil(float64(all)/float64(s.documents)))
	}
	s.averages[field] = out
	return out, nil
}

// lists are the postings of a term in each segment, without what was deleted.
func (s *Snapshot) lists(field, term string) ([]segment.PostingsList, error) {
	out := make([]segment.PostingsList, len(s.parts))
	for i, p := range s.parts {
		d, err := p.segment.Dictionary(field)
		if err != nil {
			return nil, fmt.Errorf("open terms: %w", err)
		}
		if out[i], err = d.PostingsList([]byte(term), p.deleted, nil); err != nil {
			return nil, fmt.Errorf("read term: %w", err)
		}
	}
	return out, nil
}

// at is the index of the segment that holds a place.
func (s *Snapshot) at(number uint64) int {
	i := len(s.parts) - 1
	for i > 0 && s.parts[i].base > number {
		i--
	}
	return i
}

// bm25 is the score of a term that stands so often in a field of a length.
type bm25 struct{ weight, average float64 }

func (w bm25) of(times, length float64) float64 {
	tf := math.Sqrt(times) // as Bleve scores terms
	return w.weight * tf * search.BM25_k1 / (tf + search.BM25_k1*(1-search.BM25_b+search.BM25_b*length/w.average))
}
