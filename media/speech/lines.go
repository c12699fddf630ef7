package speech

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// wordMark stands where models of word pieces begin a word.
const wordMark = "\u2581"

// linesOf makes lines of what was heard in a span. Where the model tells the
// time of its tokens, each sentence is a line; before is the text at whose end
// a span with a seam begins.
func linesOf(said Said, s span, before string) []Line {
	text := strings.TrimSpace(said.Text)
	if s.seam {
		if rest := afterSeam(before, text); rest != text {
			// Its tokens begin earlier than its words do now.
			return lineOf(rest, min(s.from+overlap, s.to-1), s.to, said.Confidence)
		}
	}
	if !timed(said, s) {
		return lineOf(text, s.from, s.to, said.Confidence)
	}
	var out []Line
	from, words := s.from, ""
	for i, token := range said.Tokens {
		words += token
		to := s.to
		if i+1 < len(said.Tokens) {
			if !ends(token) {
				continue
			}
			to = s.from + int(said.At[i+1]*Rate)
		}
		out = append(out, lineOf(words, from, to, said.Confidence)...)
		from, words = to, ""
	}
	return out
}

// timed reports whether the text is that of the tokens and their times are in
// order and within the span.
func timed(said Said, s span) bool {
	if len(said.At) != len(said.Tokens) || len(said.At) == 0 || spaceless(strings.Join(said.Tokens, "")) != spaceless(said.Text) {
		return false
	}
	before := 0.0
	for _, at := range said.At {
		if !(at >= before) || s.from+int(at*Rate) >= s.to {
			return false
		}
		before = at
	}
	return true
}

func lineOf(text string, from, to int, confidence float64) []Line {
	text = strings.TrimSpace(bounded(strings.ReplaceAll(text, wordMark, " ")))
	if text == "" || from >= to {
		return nil
	}
	return []Line{{From: from, To: to, Text: text, Confidence: confidence}}
}

func bounded(s string) string {
	s = strings.Map(func(r rune) rune {
		if r == utf8.RuneError || unicode.IsControl(r) {
			return ' '
		}
		return r
	}, s)
	if len(s) <= maxText {
		return s
	}
	at := maxText
	for at > 0 && !utf8.RuneStart(s[at]) {
		at--
	}
	return s[:at]
}

// ends reports whether a sentence ends with the token.
func ends(token string) bool {
	return strings.ContainsAny(token, "?!;。？！；")
}

func spaceless(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || strings.ContainsRune(wordMark, r) {
			return -1
		}
		return r
	}, s)
}

// afterSeam takes from the head of text what before ends with: both heard the
// same second. One character alone may be chance.
func afterSeam(before, text string) string {
	const most = 24 // characters a second holds, and some
	b, t := []rune(strings.TrimRightFunc(before, unicode.IsPunct)), []rune(text)
	for n := min(most, len(b), len(t)); n >= 2; n-- {
		if string(b[len(b)-n:]) == string(t[:n]) {
			return strings.TrimLeft(string(t[n:]), ",.，。、；：？！ ")
		}
	}
	return text
}
