package figure_test

import (
	"fmt"
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

func TestReport(t *testing.T) {
	for _, want := range []figure.Figure{
		{Name: "events lost, 200 runs", Mark: "0", Value: "0", OK: true},
		{Name: "1 M entries verified", Mark: "≤ 10 s", Value: "12 s"},
	} {
		l := &listener{TB: t}
		figure.Report(l, want)
		got, ok := figure.Parse(strings.Join(l.lines, "\n"))
		if diff := cmp.Diff(want, got); !ok || diff != "" || l.failed == want.OK {
			t.Errorf("%s: ok %v, failed %v, %s", want.Name, ok, l.failed, diff)
		}
	}
	if _, ok := figure.Parse("--- PASS: TestFigureKill (0.01s)"); ok {
		t.Error("a line without a figure was read as one")
	}
}
