package search

import (
	"context"
	"fmt"

	"github.com/blevesearch/bleve/v2/mapping"
	bs "github.com/blevesearch/bleve/v2/search"
	"github.com/blevesearch/bleve/v2/search/query"
	"github.com/blevesearch/bleve/v2/search/searcher"
	index "github.com/blevesearch/bleve_index_api"

	"diaoyue.example/workstation/search/analysis"
)

// verified is a query whose terms only name candidates: each is read and kept
// when one of its texts really holds what is sought. Patterns, nearness and
// one-off words are therefore as exact as a literal.
type verified struct {
	of     query.Query
	texts  []string // fields, any of which may hold it
	folder *analysis.Folder
	find   func(text []rune) []span
}

// Searcher is query.Query.
func (v verified) Searcher(ctx context.Context, i index.IndexReader, m mapping.IndexMapping, o bs.SearcherOptions) (bs.Searcher, error) {
	inner, err := v.of.Searcher(ctx, i, m, o)
	if err != nil {
		return nil, err
	}
	s := &verifying{ctx: ctx}
	s.FilteringSearcher = searcher.NewFilteringSearcher(ctx, inner, func(_ *bs.SearchContext, d *bs.DocumentMatch) bool {
		holds, err := v.holds(i, d.IndexInternalID)
		if err != nil && s.err == nil {
			s.err = err
		}
		return holds
	})
	return s, nil
}

func (v verified) holds(i index.IndexReader, id index.IndexInternalID) (bool, error) {
	name, err := i.ExternalID(id)
	if err != nil {
		return false, fmt.Errorf("name candidate: %w", err)
	}
	doc, err := i.Document(name)
	if err != nil || doc == nil {
		return false, err
	}
	holds := false
	doc.VisitFields(func(f index.Field) {
		for _, name := range v.texts {
			if !holds && f.Name() == name {
				holds = len(v.find(v.folder.Stream(string(f.Value())).Runes)) > 0
			}
		}
	})
	return holds, nil
}

// verifying gives the error that the filter cannot, and stops when nobody
// waits any more.
type verifying struct {
	*searcher.FilteringSearcher
	ctx context.Context //nolint:containedctx // lives as long as one search
	err error
}

// Next is search.Searcher.
func (s *verifying) Next(c *bs.SearchContext) (*bs.DocumentMatch, error) {
	if err := s.ctx.Err(); err != nil {
		return nil, err
	}
	d, err := s.FilteringSearcher.Next(c)
	return s.told(d, err)
}

// Advance is search.Searcher.
func (s *verifying) Advance(c *bs.SearchContext, id index.IndexInternalID) (*bs.DocumentMatch, error) {
	d, err := s.FilteringSearcher.Advance(c, id)
	return s.told(d, err)
}

func (s *verifying) told(d *bs.DocumentMatch, err error) (*bs.DocumentMatch, error) {
	if err == nil {
		err = s.err
	}
	if err != nil {
		return nil, err
	}
	return d, nil
}
