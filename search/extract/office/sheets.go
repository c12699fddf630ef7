package office

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"path"
	"strings"

	"github.com/xuri/excelize/v2"

	"diaoyue.example/workstation/search/extract"
)

const (
	// tableBytes bounds the tables of a workbook that excelize takes whole into
	// memory, where one string of three letters costs some hundred bytes.
	tableBytes = 24 << 20
	// sheetBytes bounds one sheet, which is read row by row.
	sheetBytes = 128 << 20
)

// workbook takes an XLSX: each sheet begins a page with its name, cells show
// what the office would show (dates as dates), comments and drawings come last.
// Hidden sheets, rows and columns are read too.
func (p *parts) workbook(ctx context.Context) error {
	lean, err := p.lean(ctx)
	if err != nil {
		return err
	}
	limit := p.limits.ExpandedBytes
	book, err := excelize.OpenReader(bytes.NewReader(lean), excelize.Options{
		UnzipSizeLimit: limit, UnzipXMLSizeLimit: limit, // the same: nothing is unpacked to a file
		CultureInfo: excelize.CultureNameZhCN, ShortDatePattern: "yyyy/m/d", // what a Chinese office shows
	})
	if err != nil {
		return fmt.Errorf("open workbook: %w (%w)", extract.ErrDamaged, err)
	}
	defer book.Close()
	for i, sheet := range book.GetSheetList() {
		if i > 0 {
			p.out.WriteByte('\f')
		}
		p.out.WriteString(sheet + "\n")
		if err := p.sheet(ctx, book, sheet); err != nil {
			return fmt.Errorf("sheet %d: %w", i+1, err)
		}
	}
	side := p.matching(`^xl/(comments\d*|comments/comment\d+|threadedcomments/threadedcomment\d+|drawings/drawing\d+)\.xml$`)
	if len(side) > 0 {
		p.out.WriteByte('\n')
	}
	return p.words(ctx, side...)
}

// sheet writes the cells of a row side by side; empty ones are passed over, for
// a single cell at the right edge would cost sixteen thousand.
func (p *parts) sheet(ctx context.Context, book *excelize.File, sheet string) error {
	rows, err := book.Rows(sheet)
	if err != nil {
		if strings.Contains(err.Error(), "not a worksheet") {
			return nil // a sheet of only a chart has no rows
		}
		return fmt.Errorf("read rows: %w (%w)", extract.ErrDamaged, err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := ctx.Err(); err != nil {
			return err
		}
		cells, err := rows.Columns()
		if err != nil {
			return fmt.Errorf("read row: %w (%w)", extract.ErrDamaged, err)
		}
		begun := false
		for _, c := range cells {
			if c == "" {
				continue
			}
			if begun {
				p.out.WriteByte('\t')
			}
			begun = true
			p.out.WriteString(c)
		}
		if begun {
			p.out.WriteByte('\n')
		}
		if int64(p.out.Len()) > p.limits.TextBytes {
			return fmt.Errorf("more than %d bytes of text: %w", p.limits.TextBytes, extract.ErrLimit)
		}
	}
	return rows.Error()
}

// lean packs the workbook anew without pictures and embedded files, of which
// excelize would keep every byte, and refuses tables that are too large.
func (p *parts) lean(ctx context.Context) ([]byte, error) {
	var buf bytes.Buffer
	z := zip.NewWriter(&buf)
	var all uint64
	for _, f := range p.files {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		k := key(f.Name)
		if !needed(k) {
			continue
		}
		if err := p.affordable(f); err != nil {
			return nil, err
		}
		limit := uint64(tableBytes)
		if strings.HasPrefix(k, "xl/worksheets/") {
			limit = sheetBytes
		}
		if all += f.UncompressedSize64; f.UncompressedSize64 > limit || all > uint64(p.limits.ExpandedBytes) { //nolint:gosec // not negative
			return nil, fmt.Errorf("part %s of %d bytes: %w", path.Base(f.Name), f.UncompressedSize64, extract.ErrLimit)
		}
		if err := z.Copy(f); err != nil {
			return nil, fmt.Errorf("copy part: %w (%w)", extract.ErrDamaged, err)
		}
	}
	if err := z.Close(); err != nil {
		return nil, fmt.Errorf("pack tables: %w", err)
	}
	return buf.Bytes(), nil
}

// needed says whether a part holds values of cells or says how to show them.
func needed(name string) bool {
	switch path.Dir(name) {
	case ".", "_rels", "xl", "xl/_rels", "xl/worksheets", "xl/theme":
		return strings.HasSuffix(name, ".xml") || strings.HasSuffix(name, ".rels")
	}
	return false
}
