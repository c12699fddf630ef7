package language

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

type kind int

const (
	end kind = iota
	word
	quotation
	opening
	closing
	operator
)

// token is one piece of what was typed. glued says that no space stands
// between it and the token before.
type token struct {
	kind  kind
	text  string // of a quotation what stands in it, of an operator its name
	typed string // as typed
	near  int    // of NEAR and of a quotation with ~: the distance, 0 when none was given
	loose bool   // a quotation with ~
}

// scan cuts a query into tokens.
func (v Vocabulary) scan(text string) []token {
	var out []token
	depth := 0
	for {
		text = strings.TrimLeftFunc(text, separates)
		if text == "" {
			return out
		}
		r, size := utf8.DecodeRuneInString(text)
		var t token
		switch {
		case closesQuote(r) != 0:
			t = scanQuotation(text, size, closesQuote(r))
		case opens(r) && isGroup(text):
			depth++
			t = token{kind: opening, typed: text[:size]}
		case closes(r) && depth > 0:
			depth--
			t = token{kind: closing, typed: text[:size]}
		case (r == '-' || r == '!' || r == '－') && startsTerm(text[size:]):
			t = token{kind: operator, text: "not", typed: text[:size]}
		default:
			t = v.scanWord(text, depth)
		}
		text = text[len(t.typed):]
		out = append(out, t)
	}
}

// scanWord takes a word up to a space or quotation mark. Brackets belong to it
// (numbers of documents hold them), but one that closes a group ends it.
func (v Vocabulary) scanWord(text string, depth int) token {
	inner, stop := 0, len(text)
	for i, r := range text {
		if i > 0 && (separates(r) || closesQuote(r) != 0) {
			stop = i
			break
		}
		if opens(r) {
			inner++
		}
		if closes(r) {
			if inner == 0 && depth > 0 && i > 0 {
				stop = i
				break
			}
			inner--
		}
	}
	typed := text[:stop]
	if name, distance, ok := v.operator(typed); ok {
		return token{kind: operator, text: name, typed: typed, near: distance}
	}
	return token{kind: word, text: typed, typed: typed}
}

// operator reads AND, OR, NOT, NEAR and NEAR/n; in capitals, for "and" is a word.
func (v Vocabulary) operator(typed string) (name string, distance int, ok bool) {
	base, number, numbered := strings.Cut(typed, "/")
	switch base {
	case "AND", "&&", "+", "&":
		name = "and"
	case "OR", "||", "|":
		name = "or"
	case "NOT", "!":
		name = "not"
	case "NEAR":
		name = "near"
	default:
		name = v.Operators[base]
	}
	if !numbered {
		return name, 0, name != ""
	}
	n, err := strconv.Atoi(number)
	return name, n, name == "near" && err == nil && n >= 0
}

// scanQuotation takes a quotation and a ~n after it. One never closed runs to
// the end.
func scanQuotation(text string, size int, closing rune) token {
	t := token{kind: quotation, text: text[size:], typed: text}
	i := strings.IndexFunc(text[size:], func(r rune) bool { return quoteEnds(r, closing) })
	if i < 0 {
		return t
	}
	_, last := utf8.DecodeRuneInString(text[size+i:])
	t.text, t.typed = text[size:size+i], text[:size+i+last]
	rest := text[len(t.typed):]
	mark, markSize := utf8.DecodeRuneInString(rest)
	if !tilde(mark) {
		return t
	}
	t.loose = true
	digits := rest[markSize:]
	digits = digits[:len(digits)-len(strings.TrimLeft(digits, "0123456789"))]
	t.near, _ = strconv.Atoi(digits) // none, or too large to hold: the usual distance
	t.typed += rest[:markSize] + digits
	return t
}

// quoteEnds: straight and curved marks close each other, since input methods
// mix them.
func quoteEnds(r, closing rune) bool {
	if closing == '」' || closing == '』' {
		return r == closing
	}
	return r == '"' || r == '”' || r == '＂' || r == '“' || r == '„'
}

// closesQuote is the mark that ends a quotation opened by r, or 0.
func closesQuote(r rune) rune {
	switch r {
	case '"', '＂', '“', '”', '„':
		return '"'
	case '「':
		return '」'
	case '『':
		return '』'
	}
	return 0
}

// separates says whether r stands between words. Brackets and ASCII
// punctuation do not: they belong to document numbers and sums.
func separates(r rune) bool {
	return unicode.IsSpace(r) || unicode.IsControl(r) || strings.ContainsRune("，。、；？！", r)
}

func opens(r rune) bool  { return r == '(' || r == '（' }
func closes(r rune) bool { return r == ')' || r == '）' }
func tilde(r rune) bool  { return r == '~' || r == '～' }

// isGroup says whether the bracket that text begins with groups, or belongs to
// a word like （2025）晋0621行初3号. It groups when what it encloses has several
// words and ends before a space or another bracket.
func isGroup(text string) bool {
	depth, several := 0, false
	for i, r := range text {
		switch {
		case opens(r):
			depth++
		case closes(r):
			depth--
		case separates(r) || closesQuote(r) != 0:
			several = true
		}
		if depth == 0 {
			_, size := utf8.DecodeRuneInString(text[i:])
			next, _ := utf8.DecodeRuneInString(text[i+size:])
			ended := i+size == len(text) || separates(next) || closes(next) || opens(next) || closesQuote(next) != 0
			return ended && several
		}
	}
	return several // never closed
}

// startsTerm says whether what follows a minus can be left out: "-" before a
// space is a dash.
func startsTerm(rest string) bool {
	r, _ := utf8.DecodeRuneInString(rest)
	return rest != "" && !separates(r) && r != '-'
}

// IsQuote says whether r opens or closes a quotation.
func IsQuote(r rune) bool {
	return closesQuote(r) != 0 || quoteEnds(r, '"') || r == '」' || r == '』'
}
