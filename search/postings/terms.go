package postings

import (
	"context"
	"fmt"
	"math"

	"github.com/RoaringBitmap/roaring/v2"
	segment "github.com/blevesearch/scorch_segment_api/v2"
)

// term is a word of the index as it stands.
type term struct {
	bm25

	field, value string
	boost        float64
	byPart       []segment.PostingsList
}

// Term finds the places whose field holds a word of the index.
func Term(field, value string, boost float64) Node {
	return &term{field: field, value: value, boost: boost}
}

func (t *term) cost() int { return costSet }

func (t *term) prepare(_ context.Context, s *Snapshot) (err error) {
	if t.average, err = s.average(t.field); err != nil {
		return err
	}
	if t.byPart, err = s.lists(t.field, t.value); err != nil {
		return err
	}
	holding := uint64(0)
	for _, l := range t.byPart {
		holding += l.Count()
	}
	idf := s.rarity(holding)
	t.weight = t.boost * idf * idf
	return nil
}

func (t *term) find(b *block, within *roaring.Bitmap) (*roaring.Bitmap, error) {
	return setOf(t.byPart[b.at], within), nil
}

func (t *term) score(b *block, out *scores) error {
	return b.walk(t.byPart[b.at], out, func(i int, p segment.Posting) {
		out.of[i] += t.of(float64(p.Frequency()), lengthOf(p))
	})
}

// walk calls do for the places of a list that are in out, with their place in
// it.
func (b *block) walk(l segment.PostingsList, out *scores, do func(i int, p segment.Posting)) error {
	wanted := setOf(l, out.set)
	if wanted.IsEmpty() {
		return nil
	}
	it := b.iterator(l, wanted, false)
	defer b.done(it)
	i, last := 0, wanted.Maximum()
	for p, err := it.Advance(uint64(wanted.Minimum())); ; p, err = it.Next() {
		if err != nil {
			return fmt.Errorf("read postings: %w", err)
		}
		if p == nil || uint32(p.Number()) > last { //nolint:gosec // numbers in a segment have 32 bits
			return nil
		}
		doc := uint32(p.Number()) //nolint:gosec // as above
		for i < len(out.docs) && out.docs[i] < doc {
			i++
		}
		if i < len(out.docs) && out.docs[i] == doc {
			do(i, p)
		}
	}
}

// lengthOf is how many terms the field of a place has; Bleve keeps the inverse
// of its root.
func lengthOf(p segment.Posting) float64 {
	norm := p.Norm()
	return 1 / (norm * norm)
}

// some is any of the words of the index in a range.
type some struct {
	bm25

	field    string
	from, to []byte // to is the first word behind
	boost    float64
	lists    [][]segment.PostingsList // by segment
	sets     []*roaring.Bitmap
}

// Prefix finds the places whose field holds a word that begins so. It counts as
// one word.
func Prefix(field, value string, boost float64) Node {
	return &some{field: field, from: []byte(value), to: behind(value), boost: boost}
}

// Range finds the places whose field holds a word between two, both ends
// included. It has no score.
func Range(field, from, to string) Node {
	return &some{field: field, from: []byte(from), to: append([]byte(to), 0)}
}

// behind is the first word that does not begin with prefix; nil for none.
func behind(prefix string) []byte {
	out := []byte(prefix)
	for i := len(out) - 1; i >= 0; i-- {
		if out[i] < math.MaxUint8 {
			out[i]++
			return out[:i+1]
		}
	}
	return nil
}

func (m *some) cost() int { return costSet }

func (m *some) prepare(ctx context.Context, s *Snapshot) (err error) {
	if m.average, err = s.average(m.field); err != nil {
		return err
	}
	m.lists, m.sets = make([][]segment.PostingsList, len(s.parts)), make([]*roaring.Bitmap, len(s.parts))
	holding := uint64(0)
	for i, p := range s.parts {
		if err = ctx.Err(); err != nil {
			return err
		}
		if err = m.read(i, p); err != nil {
			return err
		}
		holding += m.sets[i].GetCardinality()
	}
	idf := s.rarity(holding)
	m.weight = m.boost * idf * idf
	return nil
}

func (m *some) read(i int, p part) error {
	m.sets[i] = roaring.New()
	d, err := p.segment.Dictionary(m.field)
	if err != nil {
		return fmt.Errorf("open terms: %w", err)
	}
	for words := d.AutomatonIterator(nil, m.from, m.to); ; {
		w, err := words.Next()
		if err != nil {
			return fmt.Errorf("list terms: %w", err)
		}
		if w == nil {
			break
		}
		l, err := d.PostingsList([]byte(w.Term), p.deleted, nil)
		if err != nil {
			return fmt.Errorf("read term: %w", err)
		}
		if into, ok := l.(interface{ OrInto(into *roaring.Bitmap) }); ok {
			into.OrInto(m.sets[i])
		}
		if m.boost > 0 {
			m.lists[i] = append(m.lists[i], l)
		}
	}
	if p.deleted != nil {
		m.sets[i].AndNot(p.deleted)
	}
	return nil
}

func (m *some) find(b *block, within *roaring.Bitmap) (*roaring.Bitmap, error) {
	return roaring.And(m.sets[b.at], within), nil
}

func (m *some) score(b *block, out *scores) error {
	if m.boost == 0 {
		return nil
	}
	times, length := make([]float64, len(out.docs)), make([]float64, len(out.docs))
	for _, l := range m.lists[b.at] {
		err := b.walk(l, out, func(i int, p segment.Posting) {
			times[i] += float64(p.Frequency())
			length[i] = lengthOf(p)
		})
		if err != nil {
			return err
		}
	}
	for i, n := range times {
		if n > 0 {
			out.of[i] += m.of(n, length[i])
		}
	}
	return nil
}
