// Command diaoyue-lab runs one engine on a loose file, for measuring from
// outside.
//
// Invariant: it knows no archive, no account and no log, and is never
// packaged: it can show only files that its user could open anyway.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"

	"diaoyue.example/workstation/backend/extraction"
	"diaoyue.example/workstation/backend/worker"
	"diaoyue.example/workstation/media/remote"
)

// Exit codes of every subcommand.
const (
	exitDone    = 0
	exitRefused = 1 // refused, failed, or a check that did not pass
	exitUsage   = 2
)

// run is a subcommand: it writes results to stdout, one plain line on failure
// to stderr, and returns an exit code.
type run func(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int

// subcommands: one line for each file of this folder.
func subcommands() map[string]run {
	return map[string]run{
		"figures": runFigures,
		"media":   runMedia,
		"search":  runSearch,
		"text":    runText,
	}
}

func main() {
	if worker.Asked(os.Args[1:]) {
		os.Exit(child(os.Args[1:]))
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	code := dispatch(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// child is the life of a worker with these arguments.
func child(args []string) int {
	if args[0] == worker.Extract {
		return worker.Main(extraction.Engine())
	}
	return worker.Main(worker.Engine{Serve: remote.Serve})
}

func dispatch(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	table := subcommands()
	if len(args) > 0 && table[args[0]] != nil {
		return table[args[0]](ctx, args[1:], stdin, stdout, stderr)
	}
	names := make([]string, 0, len(table))
	for name := range table {
		names = append(names, name)
	}
	slices.Sort(names)
	fmt.Fprintf(stderr, "usage: diaoyue-lab %s ...\n", strings.Join(names, "|"))
	return exitUsage
}
