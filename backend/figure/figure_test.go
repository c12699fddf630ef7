package figure_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"diaoyue.example/workstation/backend/figure"
)

// listener is a test whose output can be read.
type listener struct {
	testing.TB
	lines  []string
	failed bool
}

func (l *listener) Helper()                   {}
func (l *listener) Log(a ...any)              { l.lines = append(l.lines, "    x_test.go:7: "+fmt.Sprint(a...)) }
func (l *listener) Errorf(_ string, _ ...any) { l.failed = true }
func (l *listener) Skip(_ ...any)             {}

func TestReport(t *testing.T) {
	for _, want := range []figure.Figure{
		{Row: figure.LogKill, Name: "200 runs", Value: "0", OK: true},
		{Row: figure.LogVerify, Name: "1 M entries", Value: "12 s"},
		{Row: "of-nobody", Value: "0", OK: true},
	} {
		l := &listener{TB: t}
		figure.Report(l, want)
		got, ok := figure.Parse(strings.Join(l.lines, "\n"))
		fails := !want.OK || want.Row == "of-nobody"
		if diff := cmp.Diff(want, got); !ok || diff != "" || l.failed != fails {
			t.Errorf("%s: ok %v, failed %v, %s", want.Row, ok, l.failed, diff)
		}
	}
	if _, ok := figure.Parse("--- PASS: TestFigureKill (0.01s)"); ok {
		t.Error("a line without a figure was read as one")
	}
}

func TestSkipIsNoFailure(t *testing.T) {
	l := &listener{TB: t}
	figure.Skip(l, "no loop device", figure.LogPowerCut, figure.LogPowerLess)
	if len(l.lines) != 2 || l.failed {
		t.Errorf("%d lines, failed %v", len(l.lines), l.failed)
	}
}

// Every constant of rows.go stands in Demands, once, with its words.
func TestDemandsListEveryRow(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "rows.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var declared []figure.Row
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		text, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
		if err != nil {
			t.Fatal(err)
		}
		declared = append(declared, figure.Row(text))
		return true
	})
	seen := map[figure.Row]int{}
	for _, d := range figure.Demands() {
		seen[d.Row]++
		if d.What == "" || d.Mark == "" {
			t.Errorf("%s has no words", d.Row)
		}
	}
	for _, row := range declared {
		if seen[row] != 1 {
			t.Errorf("%s stands in Demands %d times", row, seen[row])
		}
	}
	if len(seen) != len(declared) || len(declared) == 0 {
		t.Errorf("%d rows in Demands, %d declared", len(seen), len(declared))
	}
}
