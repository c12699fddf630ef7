package forms

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
)

// Limits of the format (ECMA-376).
const (
	maxRows = 1 << 20
	maxCell = 32767
)

const (
	tab       = "Sheet1"
	perMillim = 0.55 // widths in a workbook count characters
)

// WriteXLSX writes the sheet as a workbook with one table: the title, the lines
// under it, the head that stays in sight and is printed on every page, the
// rows, and at the foot of each printed page its number. Errors: ErrRagged,
// ErrTooLarge, and those of w.
func WriteXLSX(w io.Writer, s Sheet) (err error) {
	if err = s.check(); err != nil {
		return err
	}
	if len(s.Rows)+len(s.Under)+len(s.Foot)+4 > maxRows {
		return ErrTooLarge
	}
	book := excelize.NewFile()
	defer func() { err = errors.Join(err, book.Close()) }()
	// The layout goes first: once rows stream out, the sheet takes nothing else.
	if err = layOut(book, s); err != nil {
		return fmt.Errorf("write workbook: %w", err)
	}
	if err = fill(book, s); err != nil {
		return fmt.Errorf("write workbook: %w", err)
	}
	if err = book.Write(w); err != nil {
		return fmt.Errorf("write workbook: %w", err)
	}
	return nil
}

// Save writes the workbook as dir/name, which must not exist yet, readable by
// the user alone.
func Save(dir, name string, s Sheet) (path string, err error) {
	path = filepath.Join(dir, filepath.Base(name))
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return "", fmt.Errorf("save workbook: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if err = WriteXLSX(f, s); err != nil {
		return path, err
	}
	return path, f.Sync()
}

func fill(book *excelize.File, s Sheet) error {
	out, err := book.NewStreamWriter(tab)
	if err != nil {
		return err
	}
	styles, err := stylesOf(book)
	if err != nil {
		return err
	}
	for i, c := range s.Columns {
		if err = out.SetColWidth(i+1, i+1, max(4, c.Width*perMillim)); err != nil {
			return err
		}
	}
	head := len(s.Under) + 2
	if err = out.SetPanes(&excelize.Panes{Freeze: true, YSplit: head, TopLeftCell: "A" + strconv.Itoa(head+1), ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	row := 0
	put := func(cells []any) error {
		row++
		return out.SetRow("A"+strconv.Itoa(row), cells)
	}
	if err = put([]any{excelize.Cell{Value: clean(s.Title), StyleID: styles.title}}); err != nil {
		return err
	}
	for _, line := range s.Under {
		if err = put([]any{clean(line)}); err != nil {
			return err
		}
	}
	titles := make([]any, 0, len(s.Columns))
	for _, c := range s.Columns {
		titles = append(titles, excelize.Cell{Value: clean(c.Title), StyleID: styles.head})
	}
	if err = put(titles); err != nil {
		return err
	}
	for _, cells := range s.Rows {
		line := make([]any, 0, len(cells))
		for i, text := range cells {
			if utf8.RuneCountInString(text) > maxCell {
				return ErrTooLarge
			}
			line = append(line, excelize.Cell{Value: clean(text), StyleID: styles.of(s.Columns[i])})
		}
		if err = put(line); err != nil {
			return err
		}
	}
	for _, line := range s.Foot {
		if err = put([]any{clean(line)}); err != nil {
			return err
		}
	}
	return out.Flush()
}

type styles struct{ title, head, left, right int }

func (s styles) of(c Column) int {
	if c.Right {
		return s.right
	}
	return s.left
}

func stylesOf(book *excelize.File) (styles, error) {
	border := []excelize.Border{}
	for _, side := range []string{"left", "right", "top", "bottom"} {
		border = append(border, excelize.Border{Type: side, Style: 1, Color: "000000"})
	}
	cell := func(horizontal string, bold bool) *excelize.Style {
		return &excelize.Style{
			Border: border, Font: &excelize.Font{Bold: bold, Size: 9},
			Alignment: &excelize.Alignment{Horizontal: horizontal, Vertical: "center", WrapText: true},
			NumFmt:    49, // text: what looks like a number or a date stays as written
		}
	}
	var out styles
	var errs []error
	add := func(at *int, style *excelize.Style) {
		n, err := book.NewStyle(style)
		*at = n
		errs = append(errs, err)
	}
	add(&out.title, &excelize.Style{Font: &excelize.Font{Bold: true, Size: 16}})
	add(&out.head, cell("center", true))
	add(&out.left, cell("left", false))
	add(&out.right, cell("right", false))
	return out, errors.Join(errs...)
}

// layOut says how the workbook is printed: A4, all columns on one page's
// width, the head repeated, the page's number at the foot.
func layOut(book *excelize.File, s Sheet) error {
	paper, wide, high, fit := 9, 1, 0, true
	orientation := "portrait"
	if s.Landscape {
		orientation = "landscape"
	}
	head := strconv.Itoa(len(s.Under) + 2)
	return errors.Join(
		book.SetPageLayout(tab, &excelize.PageLayoutOptions{Size: &paper, Orientation: &orientation, FitToWidth: &wide, FitToHeight: &high}),
		book.SetSheetProps(tab, &excelize.SheetPropsOptions{FitToPage: &fit}),
		book.SetHeaderFooter(tab, &excelize.HeaderFooterOptions{OddFooter: "&C&P / &N"}),
		book.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Titles", RefersTo: tab + "!$" + head + ":$" + head, Scope: tab}),
	)
}

// clean puts a visible sign where a character cannot stand in a workbook or
// would turn the line around unseen: controls and bidirectional overrides.
func clean(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case r < 0x20 || r == 0x7f || r >= 0x202A && r <= 0x202E || r >= 0x2066 && r <= 0x2069 || r == 0xFFFE || r == 0xFFFF:
			return utf8.RuneError
		}
		return r
	}, text)
}
