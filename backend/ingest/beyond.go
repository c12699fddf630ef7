package ingest

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"diaoyue.example/workstation/backend/catalog"
	"diaoyue.example/workstation/search/extract"
)

// completed adds to the last page what our own reader found and no page shows,
// such as hidden sheets, notes and deleted words: it is found, though not on
// the glass.
func (t taken) completed(own taken) taken {
	t.meta.Kind = own.meta.Kind
	if len(t.pages) == 0 || t.meta.State != extract.StateText {
		return t
	}
	shown := make([]string, 0, len(t.pages))
	for _, p := range t.pages {
		shown = append(shown, dense(p.Text))
	}
	last := &t.pages[len(t.pages)-1]
	for _, piece := range pieces(own.pages) {
		if !onPages(dense(piece), shown) {
			last.Text += "\n" + piece
		}
	}
	return t
}

// pieces are the lines of a text and, in tables, its cells, which a layout
// keeps together; numbers it may write in another form.
func pieces(pages []catalog.PageText) []string {
	var out []string
	for _, p := range pages {
		for _, piece := range strings.FieldsFunc(p.Text, func(r rune) bool { return r == '\n' || r == '\t' || r == '\f' }) {
			if piece = strings.TrimSpace(piece); piece != "" {
				out = append(out, piece)
			}
		}
	}
	return out
}

// margin is how many bytes a header or a footer has at most, without white
// space: some 130 Han.
const margin = 400

// onPages reports whether text stands on one page, or runs from the foot of one
// to the head of the next, and on. Both are without white space.
func onPages(text string, pages []string) bool {
	for i, page := range pages {
		if strings.Contains(page, text) {
			return true
		}
		for n := longest(text, page); n > 0; n = before(text, n) {
			end := strings.LastIndex(page, text[:n]) + n
			if len(page)-end <= margin && goesOn(text[n:], pages[i+1:]) {
				return true
			}
		}
	}
	return false
}

// goesOn reports whether text begins at the head of the first of the pages, and
// ends there or, when it fills that page, goes on on the next.
func goesOn(text string, pages []string) bool {
	for _, page := range pages {
		if strings.Contains(page[:min(len(page), margin+len(text))], text) {
			return true
		}
		n := longest(text, page)
		if len(page)-n > 2*margin {
			return false
		}
		text = text[n:]
	}
	return false
}

// before is where the last whole character before byte n begins.
func before(text string, n int) int {
	_, size := utf8.DecodeLastRuneInString(text[:n])
	return n - size
}

// longest is how many bytes of text, from its beginning and in whole characters,
// stand somewhere on a page. What begins longer stands there too when what is
// longer does, so the end is found by halving.
func longest(text, page string) int {
	lo, hi := 0, len(text)
	for lo < hi {
		middle := (lo + hi + 1) / 2
		if strings.Contains(page, text[:middle]) {
			lo = middle
		} else {
			hi = middle - 1
		}
	}
	for lo > 0 && lo < len(text) && !utf8.RuneStart(text[lo]) {
		lo--
	}
	return lo
}

// dense is a text without white space, which layouts put where they like.
func dense(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, text)
}
