package search

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"diaoyue.example/workstation/search/analysis"
)

// part is a term with its folded runes.
type part struct {
	Term
	runes []rune
}

// closing is the mark that ends a literal text opened by r, or 0.
func closing(r rune) rune {
	switch r {
	case '"', '＂':
		return r
	case '“', '”', '„':
		return '”'
	case '「':
		return '」'
	case '『':
		return '』'
	}
	return 0
}

// parse reads a query. It never fails: what it does not understand is returned
// in words that can be shown, and not applied.
func parse(f *analysis.Folder, text string) (parts []part, unparsed []string) {
	for text = strings.TrimLeftFunc(text, separates); text != ""; text = strings.TrimLeftFunc(text, separates) {
		first, size := utf8.DecodeRuneInString(text)
		if end := closing(first); end != 0 {
			inner, rest := quoted(text[size:], end)
			text = rest
			p := part{Term: Term{Text: inner, Literal: true}, runes: fold(f, inner)}
			if len(p.runes) == 0 {
				unparsed = append(unparsed, `"`+inner+`"`)
				continue
			}
			parts = append(parts, p)
			continue
		}
		word := text
		if i := strings.IndexFunc(text, wordEnds); i > 0 {
			word = text[:i]
		}
		text = text[len(word):]
		p, ok := readWord(f, word)
		if !ok {
			unparsed = append(unparsed, word)
		}
		if len(p.runes) > 0 {
			parts = append(parts, p)
		}
	}
	return parts, unparsed
}

func wordEnds(r rune) bool { return separates(r) || closing(r) != 0 }

// separates says whether r stands between words. Brackets and ASCII
// punctuation do not: they belong to document numbers and sums.
func separates(r rune) bool {
	return unicode.IsSpace(r) || strings.ContainsRune("\uff0c\u3002\u3001\uff1b\uff1f\uff01", r)
}

// quoted cuts at the closing mark. ASCII quotes close typographic ones and the
// other way round, since input methods mix them. A text never closed runs to
// its end.
func quoted(text string, end rune) (inner, rest string) {
	i := strings.IndexFunc(text, func(r rune) bool {
		if end == '」' || end == '』' {
			return r == end
		}
		return r == '"' || r == '”' || r == '＂'
	})
	if i < 0 {
		return text, ""
	}
	_, size := utf8.DecodeRuneInString(text[i:])
	return text[:i], text[i+size:]
}

// readWord reads one unquoted word. It is not ok when the word holds syntax of
// richer query languages that this version does not apply; the words in it are
// still sought where that cannot mislead.
func readWord(f *analysis.Folder, word string) (part, bool) {
	switch word {
	case "AND", "&&", "+":
		return part{}, true // all words must be found anyway
	case "OR", "||", "|", "NOT", "!", "-":
		return part{}, false
	}
	if i := strings.IndexAny(word, ":："); i > 0 && isFieldName(word[:i]) {
		return part{}, false
	}
	if strings.HasPrefix(word, "-") || strings.HasPrefix(word, "!") {
		return part{}, false // seeking what was to be left out would mislead
	}
	ok := !strings.ContainsAny(strings.TrimRight(word, "?!"), "*?~^")
	p := part{Term: Term{Text: word}, runes: fold(f, word)}
	if len(p.runes) == 0 {
		return part{}, false
	}
	p.Literal = !loose(p.runes)
	return p, ok
}

func isFieldName(s string) bool {
	for _, r := range s {
		if r < 'a' || r > 'z' {
			return false
		}
	}
	return true
}

// loose says whether the parts of a word may stand apart: only Han, and more
// than three of them. Numbers, plates, codes and short words are sought as they
// stand, for the pairs within a number say nothing.
func loose(runes []rune) bool {
	if len(runes) < 4 {
		return false
	}
	for _, r := range runes {
		if !unicode.Is(unicode.Han, r) {
			return false
		}
	}
	return true
}

func fold(f *analysis.Folder, s string) []rune { return []rune(f.Fold(s)) }
