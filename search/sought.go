package search

import (
	"slices"
	"unicode"

	"diaoyue.example/workstation/search/analysis"
	"diaoyue.example/workstation/search/language"
)

// sought is a term of a query, folded: what is looked for in a folded stream.
type sought struct {
	how    language.How
	runes  []rune  // of a word, a literal and a one-off
	pieces []piece // of a pattern
	after  gap     // of a pattern: what must follow the last piece
}

// piece is a literal part of a pattern and the gap before it.
type piece struct {
	before gap
	runes  []rune
}

// gap is a run of characters that a pattern leaves open.
type gap struct{ least, most int }

// span is a run of positions in a folded stream.
type span struct{ from, to int }

// shortestOneOff is the fewest characters of which one may be wrong: of two,
// half would be.
const shortestOneOff = 3

// newSought folds a term. It is not ok when nothing of it can be sought.
func newSought(f *analysis.Folder, t language.Term) (s sought, ok bool) {
	if t.How == language.Pattern {
		return newPattern(f, t.Text)
	}
	s = sought{how: t.How, runes: []rune(f.Fold(t.Text))}
	if s.how == language.Word && !loose(s.runes) {
		s.how = language.Literal
	}
	if s.how == language.OneOff && len(s.runes) < shortestOneOff {
		return sought{how: language.Literal, runes: s.runes}, false
	}
	return s, len(s.runes) > 0
}

// newPattern reads ? and *. A * at either end says nothing: what is sought may
// stand inside a word anyway.
func newPattern(f *analysis.Folder, text string) (sought, bool) {
	s := sought{how: language.Pattern}
	var open gap
	var literal []rune
	end := func() {
		if len(literal) > 0 {
			s.pieces = append(s.pieces, piece{before: open, runes: literal})
			open, literal = gap{}, nil
		}
	}
	for _, r := range text {
		switch r {
		case '?':
			end()
			open = gap{open.least + 1, open.most + 1}
		case '*':
			end()
			open.most += language.MaxGap
		default:
			if k := f.Rune(r); k >= 0 {
				literal = append(literal, k)
			}
		}
	}
	end()
	if len(s.pieces) == 0 {
		return s, false
	}
	s.pieces[0].before.most = s.pieces[0].before.least
	s.after = gap{open.least, open.least}
	return s, true
}

// loose says whether the parts of a word may stand apart: only Han, and more
// than three of them. Numbers, plates, codes and short words are sought as they
// stand, for the pairs within a number say nothing.
func loose(runes []rune) bool {
	if len(runes) < 4 {
		return false
	}
	return !slices.ContainsFunc(runes, func(r rune) bool { return !unicode.Is(unicode.Han, r) })
}

// asLiteral is the term where it cannot be loose: near another, or in a field.
func (s sought) asLiteral() sought {
	if s.how == language.Word {
		s.how = language.Literal
	}
	return s
}

// exact says whether the terms of the index decide alone, without a look at
// the text.
func (s sought) exact() bool { return s.how == language.Word || s.how == language.Literal }

// find lists where the term stands, in order of beginning. Of a loose word it
// lists every pair.
func (s sought) find(text []rune) []span {
	switch s.how {
	case language.Word:
		var out []span
		for i := range len(s.runes) - 1 {
			out = occurrences(out, text, s.runes[i:i+2])
		}
		slices.SortFunc(out, func(a, b span) int { return a.from - b.from })
		return out
	case language.Pattern:
		return s.findPattern(text)
	case language.OneOff:
		return s.findOneOff(text)
	case language.Literal:
	}
	return occurrences(nil, text, s.runes)
}

func occurrences(out []span, text, sought []rune) []span {
	for i := 0; i+len(sought) <= len(text); i++ {
		if text[i] == sought[0] && slices.Equal(text[i:i+len(sought)], sought) {
			out = append(out, span{from: i, to: i + len(sought)})
		}
	}
	return out
}

func (s sought) findPattern(text []rune) []span {
	var out []span
	lead := s.pieces[0].before.least
	for _, first := range occurrences(nil, text, s.pieces[0].runes) {
		if first.from < lead {
			continue
		}
		if to, ok := s.rest(text, first.to, 1); ok {
			out = append(out, span{from: first.from - lead, to: to})
		}
	}
	return out
}

// rest matches the pieces from n on, the nearest first.
func (s sought) rest(text []rune, at, n int) (to int, ok bool) {
	if n == len(s.pieces) {
		return at + s.after.least, at+s.after.least <= len(text)
	}
	p := s.pieces[n]
	for skip := p.before.least; skip <= p.before.most && at+skip+len(p.runes) <= len(text); skip++ {
		from := at + skip
		if !slices.Equal(text[from:from+len(p.runes)], p.runes) {
			continue
		}
		if to, ok = s.rest(text, from+len(p.runes), n+1); ok {
			return to, true
		}
	}
	return 0, false
}

// findOneOff compares at every position: the runes up to the first that
// differs, and then the rest with one rune wrong, too much or missing.
func (s sought) findOneOff(text []rune) []span {
	var out []span
	for i := range text {
		if to, ok := oneOff(text[i:], s.runes); ok {
			out = append(out, span{from: i, to: i + to})
		}
	}
	return out
}

func oneOff(text, sought []rune) (to int, ok bool) {
	same := 0
	for same < len(sought) && same < len(text) && text[same] == sought[same] {
		same++
	}
	if same == len(sought) {
		return same, true
	}
	hasPrefix := func(from int, rest []rune) bool {
		return from <= len(text) && from+len(rest) <= len(text) && slices.Equal(text[from:from+len(rest)], rest)
	}
	switch {
	case hasPrefix(same+1, sought[same+1:]): // one wrong
		return len(sought), true
	case same > 0 && hasPrefix(same+1, sought[same:]): // one too much
		return len(sought) + 1, true
	case hasPrefix(same, sought[same+1:]): // one missing
		return len(sought) - 1, true
	}
	return 0, false
}
