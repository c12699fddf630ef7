package postings

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/RoaringBitmap/roaring/v2"
)

// all is several parts that must all answer. Without any it is everything.
type all struct{ of []Node }

// All finds the places that answer every part.
func All(of ...Node) Node { return &all{of: of} }

func (a *all) cost() int { return costOf(a.of) }

func costOf(of []Node) int {
	most := 0
	for _, n := range of {
		most = max(most, n.cost())
	}
	return most
}

func (a *all) prepare(ctx context.Context, s *Snapshot) error {
	slices.SortStableFunc(a.of, func(x, y Node) int { return cmp.Compare(x.cost(), y.cost()) })
	return prepare(ctx, s, a.of)
}

func prepare(ctx context.Context, s *Snapshot, of []Node) error {
	for _, n := range of {
		if err := n.prepare(ctx, s); err != nil {
			return err
		}
	}
	return nil
}

func (a *all) find(b *block, within *roaring.Bitmap) (*roaring.Bitmap, error) {
	for _, n := range a.of {
		var err error
		if within, err = n.find(b, within); err != nil || within.IsEmpty() {
			return within, err
		}
	}
	return within, nil
}

func (a *all) score(b *block, out *scores) error {
	for _, n := range a.of {
		if err := n.score(b, out); err != nil {
			return err
		}
	}
	return nil
}

// enough is several parts of which so many must answer.
type enough struct {
	least int
	of    []Node
}

// Any finds the places that answer one part or more. Its score is that of the
// parts together, by the share of those that answer.
func Any(of ...Node) Node { return &enough{least: 1, of: of} }

// AtLeast finds the places that answer so many parts or more.
func AtLeast(least int, of ...Node) Node { return &enough{least: max(1, least), of: of} }

func (e *enough) cost() int { return max(costMany, costOf(e.of)) }

func (e *enough) prepare(ctx context.Context, s *Snapshot) error { return prepare(ctx, s, e.of) }

func (e *enough) find(b *block, within *roaring.Bitmap) (*roaring.Bitmap, error) {
	if e.least == 1 {
		out := roaring.New()
		for _, n := range e.of {
			set, err := n.find(b, within)
			if err != nil {
				return nil, err
			}
			b.found[n] = set
			out.Or(set)
		}
		return out, nil
	}
	// A block has one container of places: they are counted one by one.
	var times [blockSize]uint16
	var docs [512]uint32
	for _, n := range e.of {
		set, err := n.find(b, within)
		if err != nil {
			return nil, err
		}
		b.found[n] = set
		for it := set.ManyIterator(); ; {
			got := it.NextMany(docs[:])
			if got == 0 {
				break
			}
			for _, doc := range docs[:got] {
				times[uint64(doc)-b.from]++
			}
		}
	}
	var held []uint32
	for i, n := range times[:b.to-b.from] {
		if int(n) >= e.least {
			held = append(held, uint32(b.from)+uint32(i)) //nolint:gosec // numbers in a segment have 32 bits
		}
	}
	return roaring.BitmapOf(held...), nil
}

// score lets each part score the places that answer it, and no others.
func (e *enough) score(b *block, out *scores) error {
	sum, parts := make([]float64, len(out.docs)), make([]int, len(out.docs))
	for _, n := range e.of {
		set, ok := b.found[n]
		if !ok { // nobody had to answer this
			var err error
			if set, err = n.find(b, out.set); err != nil {
				return err
			}
		}
		own := accountOf(roaring.And(set, out.set))
		if err := n.score(b, own); err != nil {
			return err
		}
		own.each(out, func(mine, theirs int) {
			sum[theirs] += own.of[mine]
			parts[theirs]++
		})
	}
	for i, v := range sum {
		out.of[i] += v * float64(parts[i]) / float64(len(e.of))
	}
	return nil
}

// prefer is a part whose places count more where another answers, too.
type prefer struct{ must, should Node }

// Prefer finds the places that answer must; those that answer should count more.
func Prefer(must, should Node) Node { return &prefer{must, should} }

func (p *prefer) cost() int { return p.must.cost() }

func (p *prefer) prepare(ctx context.Context, s *Snapshot) error {
	return prepare(ctx, s, []Node{p.must, p.should})
}

func (p *prefer) find(b *block, within *roaring.Bitmap) (*roaring.Bitmap, error) {
	return p.must.find(b, within)
}

func (p *prefer) score(b *block, out *scores) error {
	if err := p.must.score(b, out); err != nil {
		return err
	}
	return p.should.score(b, out)
}

// unscored keeps the places of a part and not its score.
type unscored struct {
	Node

	not bool
}

// Filter finds the places that answer, without a score.
func Filter(of Node) Node { return &unscored{Node: of} }

// Not finds the places that do not answer.
func Not(of Node) Node { return &unscored{Node: of, not: true} }

func (u *unscored) find(b *block, within *roaring.Bitmap) (*roaring.Bitmap, error) {
	set, err := u.Node.find(b, within)
	if err != nil || !u.not {
		return set, err
	}
	return roaring.AndNot(within, set), nil
}

func (u *unscored) score(*block, *scores) error { return nil }

// None finds nothing.
func None() Node { return Not(All()) }

// checked is a part whose places are only candidates.
type checked struct {
	Node

	holds  func(field, value string) bool
	fields []string
}

// Check keeps those places of a part of which holds is true for the value of
// one of the fields.
func Check(of Node, holds func(field, value string) bool, fields ...string) Node {
	return &checked{Node: of, holds: holds, fields: fields}
}

func (c *checked) cost() int { return costText }

func (c *checked) find(b *block, within *roaring.Bitmap) (*roaring.Bitmap, error) {
	candidates, err := c.Node.find(b, within)
	if err != nil {
		return nil, err
	}
	out := roaring.New()
	for it := candidates.Iterator(); it.HasNext(); {
		if err = b.ctx.Err(); err != nil {
			return nil, err
		}
		doc, holds := it.Next(), false
		err = b.segment.VisitStoredFields(uint64(doc), func(field string, _ byte, value []byte, _ []uint64) bool {
			holds = slices.Contains(c.fields, field) && c.holds(field, string(value))
			return !holds
		})
		if err != nil {
			return nil, fmt.Errorf("read candidate: %w", err)
		}
		if holds {
			out.Add(doc)
		}
	}
	return out, nil
}
