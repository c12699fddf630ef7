package search

import (
	"unicode/utf8"

	"diaoyue.example/workstation/search/analysis"
	"diaoyue.example/workstation/search/language"
	"diaoyue.example/workstation/search/postings"
)

// titleBoost is how much more a word in the title counts.
const titleBoost = 2.0

// wholeBoost is how much more a loose word counts where it stands whole.
const wholeBoost = 2.0

// build puts the filters to a question. They do not change the score.
func build(asked question, q Query) postings.Node {
	of := filters(q)
	of = append(of, asked.parts...)
	for _, n := range asked.without {
		of = append(of, postings.Not(n))
	}
	for _, record := range q.Exclude {
		of = append(of, postings.Not(postings.Term(fieldRecord, record, 1)))
	}
	for _, c := range q.ExcludeCases {
		of = append(of, postings.Not(postings.Term(fieldCase, c, 1)))
	}
	return postings.All(of...)
}

func filters(q Query) []postings.Node {
	var out []postings.Node
	anyOf := func(field string, values []string, always bool) {
		if len(values) == 0 {
			if always {
				out = append(out, postings.None())
			}
			return
		}
		terms := make([]postings.Node, len(values))
		for i, v := range values {
			terms[i] = postings.Term(field, v, 1)
		}
		out = append(out, postings.Filter(postings.Any(terms...)))
	}
	anyOf(fieldStage, q.Stages, false)
	anyOf(fieldKind, q.Kinds, false)
	anyOf(fieldSource, q.Sources, false)
	anyOf(fieldCase, q.Cases, q.Cases != nil)
	anyOf(fieldRecord, q.Records, q.Records != nil)
	if len(q.Years) > 0 {
		years := make([]postings.Node, len(q.Years))
		for i, y := range q.Years {
			years[i] = dates(y, y)
		}
		out = append(out, postings.Filter(postings.Any(years...)))
	}
	if q.DateFrom != "" || q.DateTo != "" {
		out = append(out, dates(q.DateFrom, q.DateTo))
	}
	return out
}

// dates is a range of dates, both ends included; a prefix of a date (2025,
// 2025-06) stands for all days in it.
func dates(from, to string) postings.Node {
	if to == "" {
		to = "9999"
	}
	return postings.Range(fieldDate, from, to+string(utf8.MaxRune))
}

// candidates finds at least every place whose field holds the term; when the
// term is exact, no other.
func (s sought) candidates(field string, boost float64) postings.Node {
	switch s.how {
	case language.Pattern:
		of := make([]postings.Node, len(s.pieces))
		for i, p := range s.pieces {
			of[i] = literal(field, p.runes, boost)
		}
		return postings.All(of...)
	case language.OneOff:
		// One wrong rune leaves one of two halves whole.
		half := len(s.runes) / 2
		return postings.Any(literal(field, s.runes[:half], boost), literal(field, s.runes[half:], boost))
	case language.Word, language.Literal:
	}
	return literal(field, s.runes, boost)
}

// looseWord finds most pairs of a word, and counts it more where it stands
// whole.
func looseWord(runes []rune) postings.Node {
	pairs := analysis.Pairs(runes)
	of := make([]postings.Node, len(pairs))
	for i, pair := range pairs {
		of[i] = inTitleOrText(func(field string, boost float64) postings.Node { return postings.Term(field, pair, boost) })
	}
	return postings.Prefer(postings.AtLeast(needed(len(pairs)), of...),
		inTitleOrText(func(field string, boost float64) postings.Node { return literal(field, runes, wholeBoost*boost) }))
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
func inTitleOrText(in func(field string, boost float64) postings.Node) postings.Node {
	return postings.Any(in(fieldTitle, titleBoost), in(fieldText, 1))
}

// literal seeks folded text as it stands. Every rune of a text begins a term,
// so one rune is a prefix, two are a term, and more are a phrase of the fewest
// terms.
func literal(field string, runes []rune, boost float64) postings.Node {
	switch len(runes) {
	case 1:
		return postings.Prefix(field, string(runes), boost)
	case 2:
		return postings.Term(field, string(runes), boost)
	}
	return postings.Phrase(field, analysis.Cover(runes), boost)
}
