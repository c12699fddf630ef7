package main

import (
	"bufio"
	"cmp"
	"context"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"diaoyue.example/workstation/backend/figure"
)

// longestLine bounds a line of a test's output.
const longestLine = 1 << 20

// runFigures reads the output of go test -v and prints one row a figure. It
// fails on a missed mark, on a failed test, and when no figure came at all: a
// run that measured nothing reached nothing.
func runFigures(_ context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	if len(args) > 0 {
		fmt.Fprintln(stderr, "usage: go test -v ... | diaoyue-lab figures")
		return exitUsage
	}
	table := tabwriter.NewWriter(stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "figure\tmark\tmeasured\t")
	rows, bad := 0, []string{}
	in := bufio.NewScanner(stdin)
	in.Buffer(nil, longestLine)
	for in.Scan() {
		line := in.Text()
		if f, ok := figure.Parse(line); ok {
			rows++
			fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", f.Name, f.Mark, cmp.Or(f.Value, "–"), verdictOf(f))
			if f.Skipped == "" && !f.OK {
				bad = append(bad, f.Name+": MISSED")
			}
			continue
		}
		if failed(line) {
			bad = append(bad, strings.TrimSpace(line))
		}
	}
	if err := cmp.Or(in.Err(), table.Flush()); err != nil {
		fmt.Fprintln(stderr, "figures:", err)
		return exitRefused
	}
	for _, text := range bad {
		fmt.Fprintln(stderr, text)
	}
	if rows == 0 {
		fmt.Fprintln(stderr, "figures: no figure came")
	}
	if rows == 0 || len(bad) > 0 {
		return exitRefused
	}
	return exitDone
}

func verdictOf(f figure.Figure) string {
	switch {
	case f.Skipped != "":
		return "skipped: " + f.Skipped
	case f.OK:
		return "ok"
	default:
		return "MISSED"
	}
}

func failed(line string) bool {
	for _, mark := range []string{"--- FAIL", "FAIL\t", "panic:"} {
		if strings.HasPrefix(strings.TrimSpace(line), mark) {
			return true
		}
	}
	return false
}
