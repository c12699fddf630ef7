package main

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"diaoyue.example/workstation/backend/figure"
)

// lines is the output of a run in which every row was reached, but for those
// in but.
func lines(t *testing.T, but map[figure.Row]func(figure.Figure) []figure.Figure) []string {
	t.Helper()
	out := []string{"=== RUN TestFigureAll"}
	for _, d := range figure.Demands() {
		all := []figure.Figure{{Row: d.Row, Value: d.Mark, OK: true}}
		if change := but[d.Row]; change != nil {
			all = change(all[0])
		}
		for _, f := range all {
			text, err := json.Marshal(f)
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, "    x_test.go:9: "+figure.Prefix+string(text))
		}
	}
	return append(out, "ok  \troom\t1s")
}

func TestFigures(t *testing.T) {
	type change = func(figure.Figure) []figure.Figure
	missed := func(f figure.Figure) []figure.Figure { f.OK = false; return []figure.Figure{f} }
	once := func(f figure.Figure) []figure.Figure { return append([]figure.Figure{f}, missed(f)...) }
	skipped := func(f figure.Figure) []figure.Figure {
		return []figure.Figure{{Row: f.Row, Skipped: "no loop device"}}
	}
	stranger := func(f figure.Figure) []figure.Figure { return []figure.Figure{f, {Row: "stranger", OK: true}} }
	silent := func(figure.Figure) []figure.Figure { return nil }
	for name, c := range map[string]struct {
		but  change
		more string
		code int
		want string
	}{
		"met":            {code: exitDone, want: "ok"},
		"skipped":        {but: skipped, code: exitDone, want: "skipped: no loop device"},
		"missed":         {but: missed, code: exitRefused, want: "MISSED"},
		"missed once":    {but: once, code: exitRefused, want: "MISSED"},
		"nobody's":       {but: silent, code: exitRefused, want: "no test printed it"},
		"not demanded":   {but: stranger, code: exitRefused, want: "no row of the table"},
		"failed test":    {more: "--- FAIL: TestFigureKill (0.1s)", code: exitRefused, want: "TestFigureKill"},
		"did not build":  {more: "FAIL\troom [build failed]", code: exitRefused, want: "build failed"},
		"fell over":      {more: "panic: test timed out after 30m0s", code: exitRefused, want: "timed out"},
		"another's line": {more: "    x_test.go:1: no FIGURE {", code: exitDone, want: "ok"},
	} {
		var out, errs bytes.Buffer
		in := append(lines(t, map[figure.Row]func(figure.Figure) []figure.Figure{figure.TornWAL: c.but}), c.more)
		code := runFigures(t.Context(), nil, strings.NewReader(strings.Join(in, "\n")), &out, &errs)
		if code != c.code || !strings.Contains(out.String()+errs.String(), c.want) {
			t.Errorf("%s: code %d\n%s%s", name, code, out.String(), errs.String())
		}
		if n := strings.Count(out.String(), "\n"); n < len(figure.Demands())+1 {
			t.Errorf("%s: only %d lines", name, n)
		}
	}
}
