package postings

import (
	"context"
	"runtime"
	"sync"

	"github.com/RoaringBitmap/roaring/v2"
	segment "github.com/blevesearch/scorch_segment_api/v2"
)

// blockSize is how many places are asked about at once: those that one
// container of a bitmap holds.
const blockSize = 1 << 16

// block is a stretch of one segment; blocks are worked on side by side.
type block struct {
	part

	ctx   context.Context            //nolint:containedctx // lives as long as one question
	at    int                        // index of the segment
	from  uint64                     // first place
	to    uint64                     // first place behind it
	kept  map[*phrase]*occurrences   // what positions were read for
	found map[Node]*roaring.Bitmap   // what parts of an "any" found
	space []segment.PostingsIterator // may be used again
}

// scores are the places that answer a question, and what they have so far.
type scores struct {
	set  *roaring.Bitmap
	docs []uint32 // rising
	of   []float64
}

// accountOf is an account of the places of a set.
func accountOf(set *roaring.Bitmap) *scores {
	docs := set.ToArray()
	return &scores{set: set, docs: docs, of: make([]float64, len(docs))}
}

// each calls do for every place of s that is in other too, with its place in
// either.
func (s *scores) each(other *scores, do func(mine, theirs int)) {
	i := 0
	for mine, doc := range s.docs {
		for i < len(other.docs) && other.docs[i] < doc {
			i++
		}
		if i < len(other.docs) && other.docs[i] == doc {
			do(mine, i)
		}
	}
}

// Find is every place that answers, in the order of the index.
func (s *Snapshot) Find(ctx context.Context, question Node) ([]Match, error) {
	if err := question.prepare(ctx, s); err != nil {
		return nil, err
	}
	blocks := s.blocks(ctx)
	found := make([][]Match, len(blocks))
	err := inParallel(len(blocks), func(i int) (err error) {
		found[i], err = blocks[i].answer(question)
		return err
	})
	if err != nil {
		return nil, err
	}
	n := 0
	for _, f := range found {
		n += len(f)
	}
	out := make([]Match, 0, n)
	for _, f := range found {
		out = append(out, f...)
	}
	return out, nil
}

func (s *Snapshot) blocks(ctx context.Context) []*block {
	var out []*block
	for i, p := range s.parts {
		count := p.segment.Count()
		for from := uint64(0); from < count; from += blockSize {
			out = append(out, &block{part: p, ctx: ctx, at: i, from: from, to: min(from+blockSize, count), kept: map[*phrase]*occurrences{}, found: map[Node]*roaring.Bitmap{}})
		}
	}
	return out
}

func (b *block) answer(question Node) ([]Match, error) {
	all := roaring.New()
	all.AddRange(b.from, b.to)
	if b.deleted != nil {
		all.AndNot(b.deleted)
	}
	set, err := question.find(b, all)
	if err != nil || set.IsEmpty() {
		return nil, err
	}
	out := accountOf(set)
	if err = question.score(b, out); err != nil {
		return nil, err
	}
	found := make([]Match, len(out.docs))
	for i, doc := range out.docs {
		found[i] = Match{Number: b.base + uint64(doc), Score: out.of[i]}
	}
	return found, nil
}

// iterator walks a list, or, where few of its places are wanted, those alone.
// Walking all is cheaper for each, for Bleve then follows one set and not two.
func (b *block) iterator(l segment.PostingsList, wanted *roaring.Bitmap, locations bool) segment.PostingsIterator {
	var space segment.PostingsIterator
	if n := len(b.space); n > 0 {
		space, b.space = b.space[n-1], b.space[:n-1]
	}
	it := l.Iterator(true, true, locations, space)
	o, ok := it.(segment.OptimizablePostingsIterator)
	if !ok || o.ActualBitmap() == nil {
		return it
	}
	here := o.ActualBitmap().GetCardinality() * (b.to - b.from) / b.segment.Count()
	if wanted.GetCardinality() < here*2/3 {
		o.ReplaceActual(roaring.And(o.ActualBitmap(), wanted))
	}
	return it
}

func (b *block) done(it segment.PostingsIterator) { b.space = append(b.space, it) }

// setOf is the places of a list that are within.
func setOf(l segment.PostingsList, within *roaring.Bitmap) *roaring.Bitmap {
	it, ok := l.Iterator(false, false, false, nil).(segment.OptimizablePostingsIterator)
	if !ok {
		return roaring.New()
	}
	if doc, one := it.DocNum1Hit(); one {
		if within.ContainsInt(int(doc)) { //nolint:gosec // 31 bits
			return roaring.BitmapOf(uint32(doc)) //nolint:gosec // 31 bits
		}
		return roaring.New()
	}
	if it.ActualBitmap() == nil {
		return roaring.New()
	}
	return roaring.And(it.ActualBitmap(), within)
}

// inParallel does n pieces of work on all processors. A panic in one of them is
// one of the caller.
func inParallel(n int, work func(i int) error) error {
	workers := min(runtime.GOMAXPROCS(0), n)
	if workers <= 1 {
		for i := range n {
			if err := work(i); err != nil {
				return err
			}
		}
		return nil
	}
	var (
		mu      sync.Mutex
		next    int
		failed  error
		paniced any
		all     sync.WaitGroup
	)
	take := func() (int, bool) {
		mu.Lock()
		defer mu.Unlock()
		next++
		return next - 1, next <= n && failed == nil && paniced == nil
	}
	for range workers {
		all.Add(1)
		go func() {
			defer all.Done()
			defer func() {
				if p := recover(); p != nil {
					mu.Lock()
					paniced = p
					mu.Unlock()
				}
			}()
			for i, ok := take(); ok; i, ok = take() {
				if err := work(i); err != nil {
					mu.Lock()
					failed = err
					mu.Unlock()
				}
			}
		}()
	}
	all.Wait()
	if paniced != nil {
		panic(paniced)
	}
	return failed
}
