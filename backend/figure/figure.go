// Package figure reports what a heavy test measured, so that `make faults`
// can print one row a figure.
//
// Invariant: a row is printed by the test that measured it and by nothing
// else; a figure below its mark fails its test.
package figure

import (
	"encoding/json"
	"strings"
	"testing"
)

// Prefix opens a line that carries a figure in the output of go test -v.
const Prefix = "FIGURE "

// Figure is one row of the table.
type Figure struct {
	Name    string `json:"name"`              // what was measured, with the number of runs
	Mark    string `json:"mark"`              // what must be reached, as "0" or "≤ 10 s"
	Value   string `json:"value"`             // what was measured
	OK      bool   `json:"ok"`                // the mark is reached
	Skipped string `json:"skipped,omitempty"` // why it could not be measured here
}

// Report prints f and fails the test if the mark is missed.
func Report(tb testing.TB, f Figure) {
	tb.Helper()
	emit(tb, f)
	if !f.OK && f.Skipped == "" {
		tb.Errorf("%s: %s, must be %s", f.Name, f.Value, f.Mark)
	}
}

// Skip prints the figure as not measured here and skips the test.
func Skip(tb testing.TB, name, mark, why string) {
	tb.Helper()
	emit(tb, Figure{Name: name, Mark: mark, Skipped: why})
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
