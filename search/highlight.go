package search

import (
	"cmp"
	"slices"
	"strings"
	"unicode"

	"diaoyue.example/workstation/search/analysis"
)

// snippetRunes is how many letters and numbers a snippet shows.
const snippetRunes = 60

// Range is a part of a text, in bytes.
type Range struct{ Start, End int }

// marked is a span to be marked, and the part of the query it came from.
type marked struct {
	span
	part int
}

// Marks lists where the words of a query stand in a text, in order and merged.
// The page view marks them over the picture.
func (x *Index) Marks(query, text string) []Range {
	s := x.folder.Stream(text)
	return bytesOf(s, merge(spans(s, x.ask(query).marks, fieldText)))
}

// spans finds every part of the query that may stand in the field.
func spans(s analysis.Stream, marks []mark, field string) []marked {
	var out []marked
	for n, m := range marks {
		if m.field != "" && m.field != field {
			continue
		}
		for _, found := range m.find(s.Runes) {
			out = append(out, marked{found, n})
		}
	}
	slices.SortFunc(out, func(a, b marked) int { return cmp.Or(a.from-b.from, a.to-b.to) })
	return out
}

// merge joins spans that overlap or touch. They must be sorted.
func merge(in []marked) []span {
	var out []span
	for _, s := range in {
		if n := len(out); n > 0 && s.from <= out[n-1].to {
			out[n-1].to = max(out[n-1].to, s.to)
			continue
		}
		out = append(out, s.span)
	}
	return out
}

// snippet is about sixty characters around the place where most of the query's
// parts stand close together.
func snippet(f *analysis.Folder, text string, marks []mark) []Fragment {
	s := f.Stream(text)
	if s.Len() == 0 {
		return nil
	}
	found := spans(s, marks, fieldText)
	from, to := cluster(found)
	// A third of what is left goes before the marks: one reads on from them.
	lead := max(0, snippetRunes-(to-from)) / 3
	from = max(0, from-lead)
	to = min(s.Len(), from+snippetRunes)
	from = max(0, min(from, to-snippetRunes))

	start, end := s.Start[from], s.End[to-1]
	if from == 0 {
		start = 0
	}
	if to == s.Len() {
		end = len(text)
	}
	return cut(text, start, end, bytesOf(s, merge(found)))
}

// cluster is the window of snippetRunes positions that holds the most parts of
// the query, then the most marks, then the first.
func cluster(found []marked) (from, to int) {
	best := -1
	for i, a := range found {
		seen := map[int]bool{}
		marks, end := 0, a.to
		for _, b := range found[i:] {
			if b.to > a.from+snippetRunes {
				break
			}
			seen[b.part] = true
			marks++
			end = max(end, b.to)
		}
		if worth := len(seen)*snippetRunes*2 + marks; worth > best {
			best, from, to = worth, a.from, min(end, a.from+snippetRunes)
		}
	}
	return from, to
}

func bytesOf(s analysis.Stream, spans []span) []Range {
	out := make([]Range, len(spans))
	for i, m := range spans {
		out[i] = Range{Start: s.Start[m.from], End: s.End[m.to-1]}
	}
	return out
}

// whole is all of a short text with its marks.
func whole(f *analysis.Folder, text string, marks []mark) []Fragment {
	if text == "" {
		return nil
	}
	s := f.Stream(text)
	return cut(text, 0, len(text), bytesOf(s, merge(spans(s, marks, fieldTitle))))
}

// cut makes fragments of text[start:end]; marks are sorted and apart.
func cut(text string, start, end int, marks []Range) []Fragment {
	var out []Fragment
	add := func(from, to int, mark bool) {
		if from < to {
			out = append(out, Fragment{Text: oneLine(text[from:to]), Mark: mark})
		}
	}
	at := start
	for _, m := range marks {
		a, b := max(m.Start, start), min(m.End, end)
		if a >= b {
			continue
		}
		add(at, a, false)
		add(a, b, true)
		at = b
	}
	add(at, end, false)
	return out
}

// oneLine puts a space for each run of white space and control characters.
func oneLine(s string) string {
	var b strings.Builder
	space := false
	for _, r := range s {
		if unicode.IsSpace(r) || unicode.IsControl(r) {
			space = true
			continue
		}
		if space {
			b.WriteByte(' ')
			space = false
		}
		b.WriteRune(r)
	}
	if space {
		b.WriteByte(' ')
	}
	return b.String()
}
