// Package search finds words in the texts of the archive: pages, spoken spans,
// notes and titles. It wraps Bleve; nothing outside sees Bleve.
//
// Invariant: what stands in quotes is literal. Every place whose title or text
// holds it, after folding, is found, and no other; the counts of places,
// records and cases are exact.
//
// The index can be thrown away and built anew at any time. It keeps the
// position (a sequence number of its owner) up to which it is complete, written
// in the same batch as the documents.
package search

import (
	"errors"
	"slices"
	"time"
)

// What can be wrong with an index.
var (
	ErrHeld    = errors.New("the index is held by another process")
	ErrVersion = errors.New("the index was made by another version: it must be built anew")
	ErrDamaged = errors.New("the index is damaged: it must be built anew")
	ErrClosed  = errors.New("the index is closed")
)

// Where a text comes from.
const (
	SourceTitle  = "title"
	SourcePage   = "page"
	SourceSpeech = "speech"
	SourceNote   = "note"
)

// At what level all words of a query must be found.
const (
	LevelPlace  = "place"  // in one page, one spoken span, one note
	LevelRecord = "record" // in one record, be it on several pages
	LevelCase   = "case"   // in one case
)

// How the answer is ordered.
const (
	SortBest   = ""       // by how well a place answers
	SortNewest = "newest" // by the date of the record
	SortOldest = "oldest"
)

// Document is one place: a page, a spoken span, a note, or the title and
// description of a record or case.
type Document struct {
	ID     string // unique and stable, for instance CASE/REC#p3
	Case   string
	Record string // empty for a place that belongs to the case itself
	Kind   string
	Stage  string
	Date   string // YYYY-MM-DD, or a prefix of it, or empty
	Title  string
	Page   int    // 1-based; 0 when it is not a page
	T0, T1 int64  // ms from the first frame, spoken spans and notes
	Text   string // searched together with the title
	Source string // SourceTitle, SourcePage, SourceSpeech, SourceNote
	Note   string // id of the annotation, when Source is SourceNote
	Frame  int64  // 0-based frame of a note

	// Described by field:value; found by nothing else.
	Number    []string // numbers of documents and cases
	Type      string
	Party     []string
	Officer   []string
	Retention string

	// Names can be found by the initials of their pinyin, too.
	Names []string
}

// Query asks for places. Text is what a person typed, in the language of
// package language. An empty Text matches everything the filters let through.
type Query struct {
	Text    string
	Level   string   // LevelPlace when empty
	Sort    string   // SortBest when empty
	Stages  []string // any of; empty means all
	Kinds   []string // any of; empty means all
	Years   []string // any of; empty means all
	Sources []string // any of; empty means all

	// Words are states of the words of a record, any of; empty means all. The
	// index does not hold them: WordsOf tells that of a record, and nil of none.
	Words   []string
	WordsOf func(record string) string

	DateFrom, DateTo string // inclusive, YYYY-MM-DD or a prefix

	Cases   []string // nil: all; otherwise only these (an empty list finds nothing)
	Records []string // nil: all; otherwise only these
	Exclude []string // records never shown

	ExcludeCases []string // cases never shown

	Limit     int // groups of cases returned, 0 for all
	Offset    int // groups of cases skipped
	PerRecord int // places returned in each record, 0 for all
}

// Result is what was found. The counts are of the whole answer, whatever the
// limit.
type Result struct {
	Cases, Records, Places int
	Groups                 []CaseGroup
	Facets                 Facets
	Level                  string        // at which all parts were found
	Terms                  []Term        // what was understood
	Unparsed               []string      // what was not understood, and so not applied
	Took                   time.Duration // 0 without a clock
}

// Term is one part of a query as it was understood.
type Term struct {
	Text    string
	Literal bool   // sought as it stands; otherwise as a word whose parts may stand apart
	How     string // "" or "pattern", "oneOff", "near"
	Field   string // "" for title and text
	Within  int    // of "near", in characters
	Not     bool   // must not be found
}

// CaseGroup holds the records of one case, best first.
type CaseGroup struct {
	Case    string
	Score   float64
	Places  int
	Records []RecordGroup
	Date    string // of the first dated record, when sorted by date
}

// RecordGroup holds the places of one record, best first. Places is the count
// of all of them; Hits holds as many as were asked for.
type RecordGroup struct {
	Record string // empty for the case itself
	Score  float64
	Places int
	Hits   []Hit
	Date   string
}

// Hit is one place: the fields of its document without the text, and a snippet.
type Hit struct {
	ID, Case, Record, Kind, Stage, Date, Title string
	Page                                       int
	T0, T1                                     int64
	Source, Note                               string
	Frame                                      int64
	Score                                      float64
	Fragments                                  []Fragment // snippet of the text
	TitleFragments                             []Fragment // the title, whole
}

// Fragment is a piece of a snippet. It is plain text, never HTML.
type Fragment struct {
	Text string
	Mark bool
}

// Facets count records by value, under the filters given.
type Facets struct {
	Stages, Kinds, Years []Facet
	Sources              []Facet // these count places
	Words                []Facet // none without WordsOf
}

// Facet is one value and the number of records with it.
type Facet struct {
	Value string
	Count int
}

// Place is one found document without grouping, for measuring.
type Place struct {
	ID    string
	Score float64
}

// Allows says whether the filters by case and record let a record through.
func (q Query) Allows(caseID, record string) bool {
	return (q.Cases == nil || slices.Contains(q.Cases, caseID)) && (q.Records == nil || slices.Contains(q.Records, record)) &&
		!slices.Contains(q.ExcludeCases, caseID) && !slices.Contains(q.Exclude, record)
}
