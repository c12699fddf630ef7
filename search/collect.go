package search

import (
	"context"
	"fmt"

	index "github.com/blevesearch/bleve_index_api"

	"diaoyue.example/workstation/search/postings"
)

// snapshot is the index at one moment: a query and all that is read for its
// answer see the same.
type snapshot struct {
	*postings.Snapshot

	reader  index.IndexReader
	values  *postings.Values
	release func()
}

// snapshot holds the index open until it is closed.
func (x *Index) snapshot() (*snapshot, error) {
	x.reading.RLock()
	s, err := x.read()
	if err != nil {
		x.reading.RUnlock()
		return nil, err
	}
	return s, nil
}

// read takes a snapshot; the caller holds the lock, which the snapshot gives
// back.
func (x *Index) read() (*snapshot, error) {
	if x.closed {
		return nil, ErrClosed
	}
	of, err := x.bleve.Advanced()
	if err != nil {
		return nil, fmt.Errorf("read index: %w", closed(err))
	}
	r, err := of.Reader()
	if err != nil {
		return nil, fmt.Errorf("read index: %w", closed(err))
	}
	p, err := postings.Of(r)
	if err != nil {
		_ = r.Close()
		return nil, err
	}
	return &snapshot{Snapshot: p, reader: r, values: x.values, release: x.reading.RUnlock}, nil
}

func (s *snapshot) close() {
	_ = s.reader.Close()
	s.release()
}

// Fields that grouping and facets need of every place found: their order in
// found.of.
const (
	ofCase = iota
	ofRecord
	ofStage
	ofKind
	ofDate
	ofSource
	ofCount
)

func newValues() *postings.Values {
	return postings.NewValues(fieldCase, fieldRecord, fieldStage, fieldKind, fieldDate, fieldSource)
}

// found is one matching place and the numbers of its values.
type found struct {
	postings.Match

	of [ofCount]uint32
}

// answered is every place that answers a question, in the order of the index.
type answered struct {
	places []found
	values *postings.Reader
}

// text is the value of a place, empty for none.
func (a answered) text(p found, which int) string { return a.values.Text(p.of[which]) }

// count is above every number of a value.
func (a answered) count() int {
	if a.values == nil {
		return 0
	}
	return a.values.Count()
}

// places is the answer to one question.
func (s *snapshot) places(ctx context.Context, question postings.Node) (answered, error) {
	matches, err := s.Find(ctx, question)
	if err != nil {
		return answered{}, err
	}
	v, err := s.values.Of(s.Snapshot)
	if err != nil {
		return answered{}, err
	}
	out := answered{places: make([]found, len(matches)), values: v}
	for i, m := range matches {
		out.places[i].Match = m
		v.Read(m.Number, out.places[i].of[:])
	}
	return out, nil
}
