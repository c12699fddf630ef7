package postings

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/RoaringBitmap/roaring/v2"
	segment "github.com/blevesearch/scorch_segment_api/v2"
)

// phrase is several words of the index at fixed places of one value.
type phrase struct {
	bm25

	field string
	boost float64
	words []word
}

// word is one term of the phrase, offset positions from its beginning.
type word struct {
	term    string
	offset  uint64
	holding uint64
	byPart  []segment.PostingsList
}

// occurrences are the places that hold a phrase, how often, and how long the
// field is.
type occurrences struct {
	docs   []uint32
	times  []float64
	length []float64
}

// Phrase finds the places whose field holds the terms one after another; an
// empty term stands for any. Its rarity is that of its parts together.
func Phrase(field string, terms []string, boost float64) Node {
	p := &phrase{field: field, boost: boost}
	for offset, t := range terms {
		if t != "" {
			p.words = append(p.words, word{term: t, offset: uint64(offset)})
		}
	}
	return p
}

func (p *phrase) cost() int { return costPositions }

func (p *phrase) prepare(_ context.Context, s *Snapshot) (err error) {
	if p.average, err = s.average(p.field); err != nil {
		return err
	}
	idf := 0.0
	for i := range p.words {
		w := &p.words[i]
		if w.byPart, err = s.lists(p.field, w.term); err != nil {
			return err
		}
		w.holding = 0
		for _, l := range w.byPart {
			w.holding += l.Count()
		}
		idf += s.rarity(w.holding)
	}
	p.weight = p.boost * idf * idf
	slices.SortStableFunc(p.words, func(a, b word) int { return cmp.Compare(a.holding, b.holding) })
	return nil
}

func (p *phrase) find(b *block, within *roaring.Bitmap) (*roaring.Bitmap, error) {
	found, err := p.occurrences(b, within)
	if err != nil {
		return nil, err
	}
	b.kept[p] = found
	return roaring.BitmapOf(found.docs...), nil
}

func (p *phrase) score(b *block, out *scores) error {
	found, ok := b.kept[p]
	if !ok {
		var err error
		if found, err = p.occurrences(b, out.set); err != nil {
			return err
		}
	}
	own := scores{docs: found.docs}
	own.each(out, func(mine, theirs int) {
		out.of[theirs] += p.of(found.times[mine], found.length[mine])
	})
	return nil
}

// occurrences reads positions only of the places that hold all words.
func (p *phrase) occurrences(b *block, within *roaring.Bitmap) (*occurrences, error) {
	out := &occurrences{}
	all := within
	for _, w := range p.words { // the rarest first
		if all = setOf(w.byPart[b.at], all); all.IsEmpty() {
			return out, nil
		}
	}
	walks := make([]segment.PostingsIterator, len(p.words))
	for i, w := range p.words {
		walks[i] = b.iterator(w.byPart[b.at], all, true)
		defer b.done(walks[i])
	}
	at := make([]segment.Posting, len(p.words))
	for n, doc := range all.ToArray() {
		if n%1024 == 0 && b.ctx.Err() != nil {
			return nil, b.ctx.Err()
		}
		for i, it := range walks {
			var err error
			if at[i], err = it.Advance(uint64(doc)); err != nil {
				return nil, fmt.Errorf("read postings: %w", err)
			}
			if at[i] == nil || at[i].Number() != uint64(doc) {
				return nil, fmt.Errorf("read postings: place %d of %q is lost", doc, p.words[i].term)
			}
		}
		if times := p.count(at); times > 0 {
			out.docs = append(out.docs, doc)
			out.times = append(out.times, float64(times))
			out.length = append(out.length, lengthOf(at[0]))
		}
	}
	return out, nil
}

// count is how often the phrase stands in one place.
func (p *phrase) count(at []segment.Posting) int {
	n := 0
	for _, l := range at[0].Locations() {
		if l.Pos() > p.words[0].offset && p.everywhere(at, l.Pos()-p.words[0].offset, l.ArrayPositions()) {
			n++
		}
	}
	return n
}

// everywhere says whether all other words stand where a phrase that begins at
// start needs them, in the same value of the field.
func (p *phrase) everywhere(at []segment.Posting, start uint64, value []uint64) bool {
	for i, w := range p.words[1:] {
		want, where := start+w.offset, at[i+1].Locations()
		found := false
		if len(value) == 0 { // positions rise within a value
			_, found = slices.BinarySearchFunc(where, want, func(l segment.Location, pos uint64) int { return cmp.Compare(l.Pos(), pos) })
		} else { // a field of several values begins anew
			found = slices.ContainsFunc(where, func(l segment.Location) bool { return l.Pos() == want && slices.Equal(l.ArrayPositions(), value) })
		}
		if !found {
			return false
		}
	}
	return true
}
