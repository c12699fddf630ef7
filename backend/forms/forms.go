// Package forms puts tables on paper and into workbooks: it breaks a table
// into A4 pages that carry their own number and foot, and writes the same
// table as XLSX.
//
// Invariant: it knows how a sheet looks and nothing of what stands on it. A
// cell is text and stays text: nothing in it becomes a formula, a mark-up or
// an address, and the digest printed at the foot is that of every cell.
package forms

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
)

// Sentinels of the room.
var (
	// ErrTooLarge says that a workbook cannot hold so many rows or so long a cell.
	ErrTooLarge = errors.New("the table is larger than a workbook can hold")
	// ErrRagged says that a row has not as many cells as there are columns.
	ErrRagged = errors.New("a row has not as many cells as there are columns")
)

// Column is a column of a sheet.
type Column struct {
	Title string
	Width float64 // millimetres on paper; the table is as wide as its columns together
	Right bool    // numbers stand at the right
}

// Sheet is a table as it goes on paper or into a workbook.
type Sheet struct {
	Title     string
	Under     []string // lines between title and table
	Columns   []Column
	Rows      [][]string // each as long as Columns
	Foot      []string   // lines at the foot of every page
	Landscape bool
}

// check returns ErrRagged when a row does not fit the columns.
func (s Sheet) check() error {
	for _, row := range s.Rows {
		if len(row) != len(s.Columns) {
			return ErrRagged
		}
	}
	return nil
}

// Digest returns the lower-hex SHA-256 of what the sheet says: title, column
// titles and every cell, as a JSON array of arrays. Lines under the title and
// at the foot do not count, for the digest itself stands there. Who has the
// workbook or the paper can compute it again.
func (s Sheet) Digest() (string, error) {
	table := make([][]string, 0, len(s.Rows)+2)
	titles := make([]string, 0, len(s.Columns))
	for _, c := range s.Columns {
		titles = append(titles, c.Title)
	}
	table = append(append(table, []string{s.Title}, titles), s.Rows...)
	text, err := json.Marshal(table)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:]), nil
}
