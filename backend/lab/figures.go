package main

import (
	"bufio"
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"diaoyue.example/workstation/backend/figure"
)

// longestLine bounds a line of a test's output.
const longestLine = 1 << 20

// tailOf is how many lines before a failure are told.
const tailOf = 40

// runFigures reads the output of go test -v and prints the table of Demands,
// one row a figure. It fails on a missed mark, on a failed test, and on a
// demanded row that no test printed: what was not measured was not reached.
func runFigures(_ context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	if len(args) > 0 {
		fmt.Fprintln(stderr, "usage: go test -v ... | diaoyue-lab figures")
		return exitUsage
	}
	printed, bad, err := readFigures(stdin, stderr)
	table := tabwriter.NewWriter(stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "figure\tmark\tmeasured\tverdict\thow")
	for _, d := range figure.Demands() {
		got := printed[d.Row]
		if len(got) == 0 {
			bad = append(bad, d.What+": MISSED, no test printed it")
			fmt.Fprintf(table, "%s\t%s\t–\tMISSED\tno test printed it\n", d.What, d.Mark)
		}
		for _, f := range got {
			fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n", d.What, d.Mark, cmp.Or(f.Value, "–"), verdictOf(f), f.Name)
			if f.Skipped == "" && !f.OK {
				bad = append(bad, d.What+": MISSED")
			}
		}
	}
	if err = cmp.Or(err, table.Flush()); err != nil {
		fmt.Fprintln(stderr, "figures:", err)
		return exitRefused
	}
	for _, text := range bad {
		fmt.Fprintln(stderr, text)
	}
	if len(bad) > 0 {
		return exitRefused
	}
	return exitDone
}

// readFigures collects the figures of a run, and the failures with what was
// said before them. Each figure is told as it comes: a run takes long.
func readFigures(stdin io.Reader, stderr io.Writer) (map[figure.Row][]figure.Figure, []string, error) {
	printed, bad, last := map[figure.Row][]figure.Figure{}, []string{}, []string{}
	in := bufio.NewScanner(stdin)
	in.Buffer(nil, longestLine)
	for in.Scan() {
		line := in.Text()
		if f, ok := figure.Parse(line); ok {
			printed[f.Row] = append(printed[f.Row], f)
			fmt.Fprintln(stderr, "…", f.Row, cmp.Or(f.Value, "–"), verdictOf(f))
			if _, known := figure.DemandOf(f.Row); !known {
				bad = append(bad, string(f.Row)+": no row of the table")
			}
			continue
		}
		last = append(last, line)
		if failed(line) {
			bad = append(bad, last...)
			last = last[:0]
		}
		last = slices.Delete(last, 0, max(0, len(last)-tailOf))
	}
	return printed, bad, in.Err()
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
