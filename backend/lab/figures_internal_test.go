package main

import (
	"bytes"
	"strings"
	"testing"
)

func TestFigures(t *testing.T) {
	const met = `    x_test.go:9: FIGURE {"name":"events lost, 200 runs","mark":"0","value":"0","ok":true}`
	const missed = `    x_test.go:9: FIGURE {"name":"1 M entries verified","mark":"≤ 10 s","value":"12 s","ok":false}`
	const skipped = `    x_test.go:9: FIGURE {"name":"power cut","mark":"0","value":"","ok":false,"skipped":"no loop device"}`
	for name, c := range map[string]struct {
		in   []string
		code int
		want string
	}{
		"met":           {in: []string{"=== RUN TestFigureKill", met, skipped, "ok  \troom\t1s"}, code: 0, want: "skipped: no loop device"},
		"missed":        {in: []string{met, missed}, code: 1, want: "MISSED"},
		"failed test":   {in: []string{met, "--- FAIL: TestFigureKill (0.1s)"}, code: 1, want: "events lost, 200 runs"},
		"did not run":   {in: []string{"ok  \troom\t1s"}, code: 1, want: "figure"},
		"did not build": {in: []string{met, "FAIL\troom [build failed]"}, code: 1, want: "ok"},
	} {
		var out, errs bytes.Buffer
		code := runFigures(t.Context(), nil, strings.NewReader(strings.Join(c.in, "\n")), &out, &errs)
		if code != c.code || !strings.Contains(out.String(), c.want) {
			t.Errorf("%s: code %d\n%s%s", name, code, out.String(), errs.String())
		}
	}
}
