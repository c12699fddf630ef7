package search

import (
	"context"
	"fmt"

	"github.com/blevesearch/bleve/v2/mapping"
	bs "github.com/blevesearch/bleve/v2/search"
	"github.com/blevesearch/bleve/v2/search/query"
	index "github.com/blevesearch/bleve_index_api"
)

// snapshot is the index at one moment: a query and all that is read for its
// answer see the same.
type snapshot struct {
	reader  index.IndexReader
	mapping mapping.IndexMapping
	release func()
}

// snapshot holds the index open until it is closed.
func (x *Index) snapshot() (*snapshot, error) {
	x.reading.RLock()
	if x.closed {
		x.reading.RUnlock()
		return nil, ErrClosed
	}
	of, err := x.bleve.Advanced()
	if err == nil {
		var r index.IndexReader
		if r, err = of.Reader(); err == nil {
			return &snapshot{reader: r, mapping: x.bleve.Mapping(), release: x.reading.RUnlock}, nil
		}
	}
	x.reading.RUnlock()
	return nil, fmt.Errorf("read index: %w", closed(err))
}

func (s *snapshot) close() {
	_ = s.reader.Close()
	s.release()
}

// match is one matching place: its number in the snapshot, and its score.
type match struct {
	number uint64
	score  float64
}

// collect is every place that a query finds, in the order of the index. Bleve's
// own collector keeps the best in a heap, and with them all it has read.
func (s *snapshot) collect(ctx context.Context, q query.Query) ([]match, error) {
	ctx = context.WithValue(ctx, bs.GetScoringModelCallbackKey, bs.GetScoringModelCallbackFn(func() string { return index.BM25Scoring }))
	searcher, err := q.Searcher(ctx, s.reader, s.mapping, bs.SearcherOptions{})
	if err != nil {
		return nil, fmt.Errorf("prepare search: %w", err)
	}
	defer searcher.Close()
	sc := &bs.SearchContext{
		DocumentMatchPool: bs.NewDocumentMatchPool(searcher.DocumentMatchPoolSize()+1, 0),
		IndexReader:       s.reader,
	}
	var out []match
	for n := 0; ; n++ {
		if n%1024 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		m, err := searcher.Next(sc)
		if err != nil {
			return nil, fmt.Errorf("search: %w", err)
		}
		if m == nil {
			return out, nil
		}
		out = append(out, match{number: m.IndexInternalID.Value(), score: m.Score})
		sc.DocumentMatchPool.Put(m)
	}
}

// id is the name of a place.
func (s *snapshot) id(number uint64) (string, error) {
	id, err := s.reader.ExternalID(index.NewIndexInternalID(nil, number))
	if err != nil {
		return "", fmt.Errorf("name place: %w", err)
	}
	return id, nil
}

// values reads the keyword fields of places, which come in the order of the
// index. Equal values share their memory.
type values struct {
	reader index.DocValueReader
	known  map[string]string
	id     index.IndexInternalID
}

func (s *snapshot) values() (*values, error) {
	r, err := s.reader.DocValueReader(groupFields[:])
	if err != nil {
		return nil, fmt.Errorf("read fields: %w", err)
	}
	return &values{reader: r, known: map[string]string{}}, nil
}

func (v *values) read(into *found) error {
	v.id = index.NewIndexInternalID(v.id, into.number)
	err := v.reader.VisitDocValues(v.id, func(field string, term []byte) {
		value, ok := v.known[string(term)]
		if !ok {
			value = string(term)
			v.known[value] = value
		}
		switch field {
		case fieldCase:
			into.caseID = value
		case fieldRecord:
			into.record = value
		case fieldStage:
			into.stage = value
		case fieldKind:
			into.kind = value
		case fieldDate:
			into.date = value
		case fieldSource:
			into.source = value
		}
	})
	if err != nil {
		return fmt.Errorf("read fields: %w", err)
	}
	return nil
}

// groupFields are what grouping and facets need of every place found.
var groupFields = [...]string{fieldCase, fieldRecord, fieldStage, fieldKind, fieldDate, fieldSource} //nolint:gochecknoglobals // a constant list
