package search

import (
	"fmt"
	"slices"
	"sync"

	"github.com/blevesearch/bleve/v2"
	"github.com/blevesearch/bleve/v2/analysis"
	"github.com/blevesearch/bleve/v2/analysis/analyzer/custom"
	"github.com/blevesearch/bleve/v2/mapping"
	"github.com/blevesearch/bleve/v2/registry"

	own "diaoyue.example/workstation/search/analysis"
)

// schemaVersion is written into each index. Raise it with any change of the
// mapping or of folding: an index of another version is built anew.
const schemaVersion = "2"

// streamAnalyzer lies in the stored mapping by name, so its name carries a
// version of its own.
const streamAnalyzer = "stream2-v1"

// Names of the fields in the index.
const (
	fieldText   = "text"
	fieldTitle  = "title"
	fieldCase   = "case"
	fieldRecord = "record"
	fieldKind   = "kind"
	fieldStage  = "stage"
	fieldDate   = "date"
	fieldSource = "source"
	fieldNote   = "note"
	fieldPage   = "page"
	fieldT0     = "t0"
	fieldT1     = "t1"
	fieldFrame  = "frame"

	fieldNumber    = "number"
	fieldType      = "type"
	fieldParty     = "party"
	fieldOfficer   = "officer"
	fieldRetention = "retention"
	fieldInitials  = "initials"
)

// registerStream tells Bleve of our tokenizer. Bleve keeps one registry for the
// process and refuses a name given twice.
//
//nolint:gochecknoglobals // guards Bleve's own global registry, holds no state of ours
var registerStream = sync.OnceValue(func() error {
	return registry.RegisterTokenizer(streamAnalyzer, func(map[string]any, *registry.Cache) (analysis.Tokenizer, error) {
		f, err := own.NewFolder()
		if err != nil {
			return nil, err
		}
		return &tokenizer{folder: f}, nil
	})
})

// tokenizer gives Bleve the grams of a text.
type tokenizer struct{ folder *own.Folder }

// Tokenize is analysis.Tokenizer.
func (t *tokenizer) Tokenize(text []byte) analysis.TokenStream {
	s := t.folder.Stream(string(text))
	out := make(analysis.TokenStream, 0, s.Len())
	tokens := make([]analysis.Token, s.Len())
	own.Grams(s, func(g own.Gram) {
		k := &tokens[len(out)]
		// Bleve counts positions from 1.
		*k = analysis.Token{Term: []byte(g.Term), Start: g.Start, End: g.End, Position: g.Position + 1, Type: analysis.Ideographic}
		out = append(out, k)
	})
	return out
}

// newMapping is the static mapping of every index: what it does not name is not
// kept.
func newMapping() (mapping.IndexMapping, error) {
	m := bleve.NewIndexMapping()
	m.ScoringModel = "bm25"
	m.IndexDynamic, m.StoreDynamic, m.DocValuesDynamic = false, false, false
	err := m.AddCustomAnalyzer(streamAnalyzer, map[string]any{
		"type":      custom.Name,
		"tokenizer": streamAnalyzer,
		// Not nil: Bleve stores null for nil and then cannot open the index again.
		"token_filters": []any{},
	})
	if err != nil {
		return nil, fmt.Errorf("define analyzer: %w", err)
	}
	doc := bleve.NewDocumentStaticMapping()
	for _, name := range []string{fieldText, fieldTitle, fieldNumber, fieldType, fieldParty, fieldOfficer} {
		f := bleve.NewTextFieldMapping()
		f.Analyzer = streamAnalyzer
		f.Store, f.IncludeTermVectors, f.IncludeInAll, f.DocValues = true, true, false, false
		doc.AddFieldMappingsAt(name, f)
	}
	for _, name := range []string{fieldCase, fieldRecord, fieldKind, fieldStage, fieldDate, fieldSource, fieldNote, fieldRetention} {
		f := bleve.NewKeywordFieldMapping()
		f.Store, f.IncludeTermVectors, f.IncludeInAll, f.DocValues = true, false, false, true
		doc.AddFieldMappingsAt(name, f)
	}
	initials := bleve.NewKeywordFieldMapping()
	initials.Store, initials.IncludeTermVectors, initials.IncludeInAll, initials.DocValues = false, false, false, false
	doc.AddFieldMappingsAt(fieldInitials, initials)
	for _, name := range []string{fieldPage, fieldT0, fieldT1, fieldFrame} {
		f := bleve.NewNumericFieldMapping()
		f.Index, f.Store, f.IncludeInAll, f.DocValues = false, true, false, false
		doc.AddFieldMappingsAt(name, f)
	}
	m.DefaultMapping = doc
	m.DefaultAnalyzer = streamAnalyzer
	return m, nil
}

// fields is a document as Bleve takes it. Empty fields are left out, so that a
// missing value and an empty one are the same.
func (d Document) fields() map[string]any {
	out := make(map[string]any, 19)
	for name, v := range map[string]string{
		fieldText: d.Text, fieldTitle: d.Title, fieldCase: d.Case, fieldRecord: d.Record, fieldKind: d.Kind,
		fieldStage: d.Stage, fieldDate: d.Date, fieldSource: d.Source, fieldNote: d.Note,
		fieldType: d.Type, fieldRetention: d.Retention,
	} {
		if v != "" {
			out[name] = v
		}
	}
	for name, v := range map[string]int64{fieldPage: int64(d.Page), fieldT0: d.T0, fieldT1: d.T1, fieldFrame: d.Frame} {
		if v != 0 {
			out[name] = float64(v)
		}
	}
	for name, v := range map[string][]string{
		fieldNumber: d.Number, fieldParty: d.Party, fieldOfficer: d.Officer, fieldInitials: initialsOf(d.Names),
	} {
		if len(v) > 0 {
			out[name] = v
		}
	}
	return out
}

// isKeyword says whether a field is compared whole.
func isKeyword(name string) bool {
	switch name {
	case fieldKind, fieldStage, fieldSource, fieldRetention, fieldCase, fieldRecord:
		return true
	}
	return false
}

// initialsOf lists the initials of each name in each of its readings, once.
func initialsOf(names []string) []string {
	var out []string
	for _, n := range names {
		out = append(out, own.Initials(n)...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}
