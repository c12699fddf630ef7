package forms

import "unicode"

// Page is one side of A4.
type Page struct {
	Number int // from 1
	Of     int
	Rows   []Row
}

// Row is a row on paper.
type Row struct {
	Cells  []string
	Height float64 // millimetres it is given
}

// A4 and what the style sheet of the paper leaves of it, in millimetres. The
// numbers stand here and not in the style sheet because whoever breaks the
// pages must know them: engines differ in what they do at a page's end, and
// only one that we break ourselves knows its number everywhere.
const (
	pageLong, pageShort  = 297.0, 210.0
	marginTop, marginEnd = 12.0, 10.0 // top, bottom
	titleHeight          = 14.0       // on the first page only
	lineHeight           = 4.0        // of 8 pt text
	cellPadding          = 2.0        // above and below together
	cellGutter           = 2.4        // left and right together
	emWidth              = 2.85       // a Han character of 8 pt
	slack                = 4.0        // for rounding by the printing engine
)

// Paginate breaks the sheet into pages; a row is never torn. A sheet without
// rows is one page. ErrRagged.
func Paginate(s Sheet) ([]Page, error) {
	if err := s.check(); err != nil {
		return nil, err
	}
	titles := make([]string, 0, len(s.Columns))
	for _, c := range s.Columns {
		titles = append(titles, c.Title)
	}
	height := pageLong
	if s.Landscape {
		height = pageShort
	}
	room := height - marginTop - marginEnd - slack - s.height(titles) - lineHeight*float64(len(s.Foot)+1)
	pages := []Page{{}}
	left := room - titleHeight - lineHeight*float64(len(s.Under))
	for _, cells := range s.Rows {
		row := Row{Cells: cells, Height: s.height(cells)}
		if last := &pages[len(pages)-1]; row.Height > left && len(last.Rows) > 0 {
			pages = append(pages, Page{})
			left = room
		}
		last := &pages[len(pages)-1]
		last.Rows = append(last.Rows, row)
		left -= row.Height
	}
	for i := range pages {
		pages[i].Number, pages[i].Of = i+1, len(pages)
	}
	return pages, nil
}

// height is that of the row's tallest cell. Text breaks at any character.
func (s Sheet) height(cells []string) float64 {
	lines := 1
	for i, c := range s.Columns {
		lines = max(lines, linesOf(cells[i], c.Width-cellGutter))
	}
	return float64(lines)*lineHeight + cellPadding
}

func linesOf(text string, width float64) int {
	lines, at := 1, 0.0
	for _, r := range text {
		w := widthOf(r)
		if r == '\n' || at+w > width && at > 0 {
			lines++
			at = 0
		}
		if r != '\n' {
			at += w
		}
	}
	return lines
}

// widthOf is generous: a row somewhat too high wastes paper, one too low would
// push the foot off the page.
func widthOf(r rune) float64 {
	switch {
	case r >= 0x2E80 || r >= 0x2000 && r < 0x2070: // Han, full-width signs, dashes
		return emWidth
	case unicode.IsUpper(r) || r == '@' || r == '%' || r == 'm' || r == 'w':
		return emWidth * 0.72
	case unicode.Is(unicode.Mn, r):
		return 0
	}
	return emWidth * 0.58
}
