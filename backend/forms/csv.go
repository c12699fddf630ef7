package forms

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// WriteCSV writes head and rows, and after them, a line each, what stands under
// the title and at the foot, as UTF-8 with a byte order mark, without which
// spreadsheets take Chinese for another encoding (RFC 4180, lines end CRLF).
func WriteCSV(w io.Writer, s Sheet) error {
	if err := s.check(); err != nil {
		return err
	}
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return fmt.Errorf("write table: %w", err)
	}
	out := csv.NewWriter(w)
	out.UseCRLF = true
	head := make([]string, 0, len(s.Columns))
	for _, c := range s.Columns {
		head = append(head, c.Title)
	}
	rows := append([][]string{head}, s.Rows...)
	for _, line := range append(slices.Clone(s.Under), s.Foot...) {
		row := make([]string, max(1, len(head)))
		row[0] = line
		rows = append(rows, row)
	}
	for _, row := range rows {
		safe := make([]string, len(row))
		for i, cell := range row {
			safe[i] = inert(clean(cell))
		}
		if err := out.Write(safe); err != nil {
			return fmt.Errorf("write table: %w", err)
		}
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return fmt.Errorf("write table: %w", err)
	}
	return nil
}

// SaveCSV writes the sheet as a new file in dir and says where it lies. It
// never overwrites: a file that is there is an error.
func SaveCSV(dir, name string, s Sheet) (path string, err error) {
	path = filepath.Join(dir, filepath.Base(name))
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return "", fmt.Errorf("save table: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if err = WriteCSV(f, s); err != nil {
		return path, err
	}
	return path, f.Sync()
}

// inert keeps a cell from becoming a formula where the table is opened (OWASP,
// CSV injection).
func inert(cell string) string {
	if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
		return "'" + cell
	}
	return cell
}
