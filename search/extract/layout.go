package extract

import (
	"context"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/width"
)

// The sheet of a text without pages of its own: A4 with 40 lines of 40 Han.
const (
	sheetWidth  = 595.0 // points
	sheetHeight = 842.0
	sheetLines  = 40
	sheetCells  = 80 // half the width of a Han
	cellWidth   = 6.0
	lineHeight  = 18.0
	marginX     = (sheetWidth - sheetCells*cellWidth) / 2
	marginY     = (sheetHeight - sheetLines*lineHeight) / 2
	emSize      = 12.0
	glyphRise   = (lineHeight - emSize) / 2 // from the top of a line to the top of its boxes
	tabCells    = 4
	longestWord = 30 // cells; longer runs are broken anywhere
)

// line is a byte range of the text.
type line struct{ start, end int }

// laid is a text set on sheets: the page view of DOCX and TXT.
type laid struct {
	kind   string
	text   string
	pages  [][]line
	source string
	set    *Typesetter
	limits Limits
}

// Layout sets a text on A4 sheets. A form feed begins a new sheet. The pages do
// not depend on any font, so that an index made on one machine fits another.
// Source is SourceText, or SourceNone when the text is known to be a picture.
// ErrLimit when it needs more than Limits.Pages.
func Layout(kind, text, source string, set *Typesetter, limits Limits) (Document, error) {
	text = strings.ToValidUTF8(text, "\ufffd")
	l := &laid{kind: kind, text: text, source: source, set: set, limits: limits.WithDefaults()}
	var sheet []line
	turn := func() { l.pages = append(l.pages, sheet); sheet = nil }
	for at := 0; at < len(text); {
		ln, next, feed := breakLine(text, at)
		sheet = append(sheet, ln)
		if feed || len(sheet) == sheetLines {
			turn()
		}
		if len(l.pages) > l.limits.Pages {
			return nil, fmt.Errorf("more than %d pages: %w", l.limits.Pages, ErrLimit)
		}
		at = next
	}
	if len(sheet) > 0 || len(l.pages) == 0 {
		turn()
	}
	return l, nil
}

// breakLine takes one line from text[at:]. It keeps words and numbers whole
// where it can and lets closing marks hang over the edge.
func breakLine(text string, at int) (ln line, next int, feed bool) {
	used, word, wordUsed := 0, at, 0
	inWord := false
	for i := at; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		switch r {
		case '\n':
			return line{at, i}, i + size, false
		case '\f':
			return line{at, i}, i + size, true
		}
		cells := cellsOf(r, used)
		narrow := cells == 1 && !unicode.IsSpace(r)
		if narrow && !inWord {
			word, wordUsed = i, used
		}
		inWord = narrow
		if used+cells > sheetCells && (!hangs(r) || used > sheetCells) {
			if narrow && word > at && used-wordUsed < longestWord {
				return line{at, word}, word, false
			}
			return line{at, i}, i, false
		}
		used += cells
		i += size
	}
	return line{at, len(text)}, len(text), false
}

// cellsOf is how many half widths a rune takes at a place of the line.
func cellsOf(r rune, used int) int {
	switch {
	case r == '\t':
		return tabCells - used%tabCells
	case unicode.Is(unicode.Mn, r), unicode.IsControl(r), unicode.Is(unicode.Cf, r):
		return 0
	}
	switch width.LookupRune(r).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth, width.EastAsianAmbiguous:
		return 2
	case width.Neutral, width.EastAsianNarrow, width.EastAsianHalfwidth:
	}
	return 1
}

// hangs says whether r must not begin a line.
func hangs(r rune) bool {
	return strings.ContainsRune("\uff0c\u3002\u3001\uff1b\uff1a\uff1f\uff01\uff09\u3009\u300b\u300d\u300f\u3011\u3015\u201d\u2019", r)
}

func (l *laid) Kind() string { return l.kind }

func (l *laid) Pages() int { return len(l.pages) }

func (l *laid) Close() error { return nil }

// Page gives one sheet's part of the text as it stands in the file, without the
// breaks that the layout made.
func (l *laid) Page(_ context.Context, n int) (Page, error) {
	if n < 1 || n > len(l.pages) {
		return Page{}, ErrNoPage
	}
	p := Page{N: n, Source: l.source, Width: sheetWidth, Height: sheetHeight}
	lines := l.pages[n-1]
	if len(lines) == 0 {
		return p, nil
	}
	from := lines[0].start
	p.Text = l.text[from:lines[len(lines)-1].end]
	l.walk(n, func(g placed) {
		if unicode.IsSpace(g.r) || unicode.IsControl(g.r) {
			return
		}
		p.Boxes = append(p.Boxes, Box{
			X: g.x / sheetWidth, Y: (g.y + glyphRise) / sheetHeight, W: g.w / sheetWidth, H: emSize / sheetHeight,
			Text: string(g.r), Start: g.start - from, End: g.end - from,
		})
	})
	return p, nil
}

// placed is a rune at its place on the sheet, in points; y is the top of its
// line.
type placed struct {
	r          rune
	x, y, w    float64
	start, end int
}

func (l *laid) walk(n int, do func(placed)) {
	for row, ln := range l.pages[n-1] {
		used := 0
		for i := ln.start; i < ln.end; {
			r, size := utf8.DecodeRuneInString(l.text[i:])
			cells := cellsOf(r, used)
			do(placed{
				r: r, x: marginX + float64(used)*cellWidth, y: marginY + float64(row)*lineHeight,
				w: float64(cells) * cellWidth, start: i, end: i + size,
			})
			used += cells
			i += size
		}
	}
}
