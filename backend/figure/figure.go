// Package figure reports what a heavy test measured, so that `make faults`
// can print one row a figure.
//
// Invariant: a row is printed by the test that measured it and by nothing
// else; a figure below its mark fails its test, and a demanded row that no
// test printed is missed.
package figure

import (
	"encoding/json"
	"strings"
	"testing"
)

// Prefix opens a line that carries a figure in the output of go test -v.
const Prefix = "FIGURE "

// Figure is what a test measured for a row. Several figures may stand for one
// row; each must reach the mark.
type Figure struct {
	Row     Row    `json:"row"`
	Name    string `json:"name"`              // how it was measured: runs, sizes, the file system
	Value   string `json:"value"`             // what was measured, in the words of the mark
	OK      bool   `json:"ok"`                // the mark is reached
	Skipped string `json:"skipped,omitempty"` // why it could not be measured here
}

// Report prints f and fails the test if the mark is missed or the row is not
// one of Demands.
func Report(tb testing.TB, f Figure) {
	tb.Helper()
	d, known := DemandOf(f.Row)
	if !known {
		tb.Errorf("%q is no row of the table: see Demands", f.Row)
	}
	emit(tb, f)
	if !f.OK && f.Skipped == "" {
		tb.Errorf("%s (%s): %s, must be %s", d.What, f.Name, f.Value, d.Mark)
	}
}

// Skip prints rows as not measured here and skips the test.
func Skip(tb testing.TB, why string, rows ...Row) {
	tb.Helper()
	for _, r := range rows {
		Report(tb, Figure{Row: r, Skipped: why})
	}
	tb.Skip(why)
}

func emit(tb testing.TB, f Figure) {
	tb.Helper()
	text, err := json.Marshal(f)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Log(Prefix + string(text))
}

// Parse reads a figure from a line of go test -v; ok is false for other lines.
func Parse(line string) (f Figure, ok bool) {
	_, text, found := strings.Cut(line, Prefix)
	if !found {
		return Figure{}, false
	}
	return f, json.Unmarshal([]byte(text), &f) == nil
}
