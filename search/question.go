package search

import (
	"strings"

	"diaoyue.example/workstation/search/analysis"
	"diaoyue.example/workstation/search/language"
	"diaoyue.example/workstation/search/postings"
)

// question is a query understood: what the index is asked, part by part, and what
// is marked in what it finds.
type question struct {
	parts    []postings.Node // all must hold
	without  []postings.Node // none may
	marks    []mark
	terms    []Term
	unparsed []string
}

// mark finds what to mark in a text. Several marks are several parts of the
// query: a snippet shows as many of them as it can.
type mark struct {
	field string // fieldTitle, fieldText or "" for both
	find  func(text []rune) []span
}

// empty says whether nothing was asked; lost whether something was, but nothing
// of it understood.
func (q question) empty() bool { return len(q.parts)+len(q.without) == 0 }
func (q question) lost() bool  { return q.empty() && len(q.unparsed) > 0 }

// reader turns an expression into a question.
type reader struct {
	folder *analysis.Folder
	out    question
}

// ask reads what a person typed.
func (x *Index) ask(text string) question {
	e, missed := x.vocabulary.Parse(text)
	r := &reader{folder: x.folder}
	r.out.unparsed = missed
	if e == nil {
		return r.out
	}
	parts, ok := e.(language.And)
	if !ok {
		parts = language.And{e}
	}
	for _, p := range parts {
		if n, negative := p.(language.Not); negative {
			if q := r.query(n.Of, true); q != nil {
				r.out.without = append(r.out.without, q)
			}
			continue
		}
		if q := r.query(p, false); q != nil {
			r.out.parts = append(r.out.parts, q)
		}
	}
	return r.out
}

// query is nil when nothing of e can be sought.
func (r *reader) query(e language.Expr, negative bool) postings.Node {
	switch e := e.(type) {
	case language.And:
		return r.and(e, negative)
	case language.Or:
		var of []postings.Node
		for _, part := range e {
			if q := r.query(part, negative); q != nil {
				of = append(of, q)
			}
		}
		if len(of) == 0 {
			return nil
		}
		return postings.Any(of...)
	case language.Not:
		return r.and(language.And{e}, negative)
	case language.Dates:
		r.understood(Term{Text: e.From + ".." + e.To, Field: fieldDate, Not: negative})
		return dates(e.From, e.To)
	case language.Field:
		return r.field(e, negative)
	case language.Near:
		return r.near(e, negative)
	case language.Term:
		return r.term(e, negative)
	}
	return nil
}

func (r *reader) and(all language.And, negative bool) postings.Node {
	var of []postings.Node
	for _, part := range all {
		if n, ok := part.(language.Not); ok {
			if q := r.query(n.Of, !negative); q != nil {
				of = append(of, postings.Not(q))
			}
			continue
		}
		if q := r.query(part, negative); q != nil {
			of = append(of, q)
		}
	}
	if len(of) == 0 {
		return nil
	}
	return postings.All(of...)
}

func (r *reader) term(t language.Term, negative bool) postings.Node {
	s, ok := r.sought(t, "")
	if !ok {
		return nil
	}
	r.understood(Term{Text: t.Text, Literal: s.how == language.Literal, How: howOf(s.how), Not: negative})
	r.mark("", negative, s.find)
	if s.how == language.Word {
		return looseWord(s.runes)
	}
	q := inTitleOrText(s.candidates)
	if !s.exact() {
		return r.verified(q, s.find, fieldTitle, fieldText)
	}
	if t.How == language.Word && isInitials(s.runes) {
		return postings.Any(q, postings.Prefix(fieldInitials, string(s.runes), 1))
	}
	return q
}

// sought folds a term; what cannot be sought as typed is listed.
func (r *reader) sought(t language.Term, prefix string) (sought, bool) {
	s, ok := newSought(r.folder, t)
	if ok {
		return s, true
	}
	typed := t.Text
	if t.How == language.Literal {
		typed = `"` + typed + `"`
	}
	if t.How == language.OneOff {
		typed += "~"
	}
	r.out.unparsed = append(r.out.unparsed, prefix+typed)
	return s, len(s.runes) > 0 // a one-off too short for it is sought as it stands
}

func (r *reader) near(n language.Near, negative bool) postings.Node {
	near := nearness{within: n.Within}
	for _, t := range n.Of {
		s, ok := r.sought(t, "")
		if !ok {
			continue
		}
		if len(near.of) == mostNear {
			r.out.unparsed = append(r.out.unparsed, t.Text)
			continue
		}
		near.of = append(near.of, s.asLiteral())
		r.understood(Term{Text: t.Text, How: "near", Within: n.Within, Not: negative})
	}
	if len(near.of) == 0 {
		return nil
	}
	r.mark("", negative, near.find)
	q := inTitleOrText(func(field string, boost float64) postings.Node {
		of := make([]postings.Node, len(near.of))
		for i, s := range near.of {
			of[i] = s.candidates(field, boost)
		}
		return postings.All(of...)
	})
	return r.verified(q, near.find, fieldTitle, fieldText)
}

func (r *reader) field(f language.Field, negative bool) postings.Node {
	shown := Term{Text: f.Term.Text, Field: f.Name, Not: negative}
	if isKeyword(f.Name) {
		shown.Literal = true
		r.understood(shown)
		return postings.Term(f.Name, f.Term.Text, 1)
	}
	s, ok := r.sought(f.Term, f.Name+":")
	if !ok {
		return nil
	}
	s = s.asLiteral()
	shown.Literal, shown.How = s.how == language.Literal, howOf(s.how)
	r.understood(shown)
	if f.Name == fieldTitle || f.Name == fieldText {
		r.mark(f.Name, negative, s.find)
	}
	if s.exact() {
		return s.candidates(f.Name, 1)
	}
	return r.verified(s.candidates(f.Name, 1), s.find, f.Name)
}

// verified keeps the candidates that really hold what is sought, in one of the
// fields. Patterns, nearness and one-off words are therefore as exact as a
// literal.
func (r *reader) verified(of postings.Node, find func([]rune) []span, fields ...string) postings.Node {
	folder := r.folder
	return postings.Check(of, func(_, value string) bool { return len(find(folder.Stream(value).Runes)) > 0 }, fields...)
}

func (r *reader) understood(t Term) { r.out.terms = append(r.out.terms, t) }

func (r *reader) mark(field string, negative bool, find func([]rune) []span) {
	if !negative {
		r.out.marks = append(r.out.marks, mark{field: field, find: find})
	}
}

// howOf is the name of a way of seeking, as Term tells it.
func howOf(h language.How) string {
	switch h {
	case language.Pattern:
		return "pattern"
	case language.OneOff:
		return "oneOff"
	case language.Word, language.Literal:
	}
	return ""
}

// isInitials says whether a word may be the initials of a name: a few Latin
// letters.
func isInitials(runes []rune) bool {
	if len(runes) < 2 || len(runes) > 4 {
		return false
	}
	for _, r := range runes {
		if r < 'a' || r > 'z' {
			return false
		}
	}
	return true
}

// Quote makes a literal of text, whatever marks stand in it: a quotation mark
// leaves no trace in the index, and so may be left out.
func Quote(text string) string {
	return `"` + strings.Map(func(r rune) rune {
		if language.IsQuote(r) {
			return ' '
		}
		return r
	}, text) + `"`
}
