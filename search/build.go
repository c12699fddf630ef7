package search

import (
	"unicode/utf8"

	"github.com/blevesearch/bleve/v2"
	"github.com/blevesearch/bleve/v2/search/query"

	"diaoyue.example/workstation/search/analysis"
	"diaoyue.example/workstation/search/language"
)

// titleBoost is how much more a word in the title counts.
const titleBoost = 2.0

// wholeBoost is how much more a loose word counts where it stands whole.
const wholeBoost = 2.0

// build makes Bleve's query. Filters do not change the score.
func build(asked question, q Query) query.Query {
	out := bleve.NewBooleanQuery()
	if len(asked.parts) == 0 {
		out.AddMust(bleve.NewMatchAllQuery())
	}
	out.AddMust(asked.parts...)
	out.AddMustNot(asked.without...)
	if f := filters(q); len(f) > 0 {
		out.AddFilter(bleve.NewConjunctionQuery(f...))
	}
	for _, record := range q.Exclude {
		out.AddMustNot(term(fieldRecord, record))
	}
	for _, c := range q.ExcludeCases {
		out.AddMustNot(term(fieldCase, c))
	}
	return out
}

func filters(q Query) []query.Query {
	var out []query.Query
	anyOf := func(field string, values []string, always bool) {
		if len(values) == 0 {
			if always {
				out = append(out, bleve.NewMatchNoneQuery())
			}
			return
		}
		d := bleve.NewDisjunctionQuery()
		for _, v := range values {
			d.AddQuery(term(field, v))
		}
		out = append(out, d)
	}
	anyOf(fieldStage, q.Stages, false)
	anyOf(fieldKind, q.Kinds, false)
	anyOf(fieldSource, q.Sources, false)
	anyOf(fieldCase, q.Cases, q.Cases != nil)
	anyOf(fieldRecord, q.Records, q.Records != nil)
	if len(q.Years) > 0 {
		d := bleve.NewDisjunctionQuery()
		for _, y := range q.Years {
			d.AddQuery(dates(y, y))
		}
		out = append(out, d)
	}
	if q.DateFrom != "" || q.DateTo != "" {
		out = append(out, dates(q.DateFrom, q.DateTo))
	}
	return out
}

// dates is a range of dates, both ends included; a prefix of a date (2025,
// 2025-06) stands for all days in it.
func dates(from, to string) query.Query {
	if to == "" {
		to = "9999"
	}
	inclusive := true
	q := bleve.NewTermRangeInclusiveQuery(from, to+string(utf8.MaxRune), &inclusive, &inclusive)
	q.SetField(fieldDate)
	return q
}

// candidates finds at least every place whose field holds the term; when the
// term is exact, no other.
func (s sought) candidates(field string) query.Query {
	switch s.how {
	case language.Pattern:
		all := bleve.NewConjunctionQuery()
		for _, p := range s.pieces {
			all.AddQuery(literal(field, p.runes))
		}
		return all
	case language.OneOff:
		// One wrong rune leaves one of two halves whole.
		half := len(s.runes) / 2
		return bleve.NewDisjunctionQuery(literal(field, s.runes[:half]), literal(field, s.runes[half:]))
	case language.Word, language.Literal:
	}
	return literal(field, s.runes)
}

// looseWord finds most pairs of a word, and counts it more where it stands
// whole.
func looseWord(runes []rune) query.Query {
	pairs := analysis.Pairs(runes)
	enough := bleve.NewDisjunctionQuery()
	for _, pair := range pairs {
		enough.AddQuery(inTitleOrText(func(field string) query.Query { return term(field, pair) }))
	}
	enough.SetMin(float64(needed(len(pairs))))
	whole := bleve.NewDisjunctionQuery(inTitleOrText(func(field string) query.Query { return literal(field, runes) }))
	whole.SetBoost(wholeBoost)
	both := bleve.NewBooleanQuery()
	both.AddMust(enough)
	both.AddShould(whole)
	return both
}

// needed is how many pairs of a loose word a place must hold: most of a short
// word, a third of a sentence, whose small words seldom recur.
func needed(pairs int) int {
	switch {
	case pairs <= 2:
		return pairs
	case pairs <= 7:
		return (pairs*3 + 4) / 5
	default:
		return max(3, pairs*3/10)
	}
}

// inTitleOrText seeks in both fields apart, so that nothing matches across
// their border.
func inTitleOrText(make func(field string) query.Query) query.Query {
	title, text := make(fieldTitle), make(fieldText)
	if b, ok := title.(query.BoostableQuery); ok {
		b.SetBoost(titleBoost)
	}
	return bleve.NewDisjunctionQuery(title, text)
}

// literal seeks folded text as it stands. Every rune of a text begins a term,
// so one rune is a prefix, two are a term, and more are a phrase of the fewest
// terms.
func literal(field string, runes []rune) query.Query {
	switch len(runes) {
	case 1:
		q := bleve.NewPrefixQuery(string(runes))
		q.SetField(field)
		return q
	case 2:
		return term(field, string(runes))
	}
	return &phrase{field: field, runes: runes, boost: 1}
}

func term(field, value string) *query.TermQuery {
	q := bleve.NewTermQuery(value)
	q.SetField(field)
	return q
}
