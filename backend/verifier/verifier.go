// Package verifier tells a court, the 司法局 or anybody else whether a log is
// what was written: it reads an export, checkpoints from paper or a stick and
// other workstations' cosignatures, and says in Chinese what they prove.
//
// Invariant: it opens no archive and no network and writes no file; all that
// it says rests on package check, and it calls good only what is signed by a
// key that the asker brought along.
package verifier

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"

	"diaoyue.example/workstation/backend/fault"
)

// Exit codes; they are promises to scripts.
const (
	CodeGood      = 0 // whole, and signed by a key that was given
	CodeBroken    = 1 // not what was written; where, is said
	CodeUsage     = 2 // nothing was verified: wrong usage, or a file or key that cannot be read
	CodeUntrusted = 3 // consistent in itself, but no given key vouches for all of it
)

var (
	// ErrNoFile says that a file named by the asker cannot be read. Parameter
	// "path".
	ErrNoFile = fault.New("verifier.no_file", "the file cannot be read")
	// ErrNotCheckpoint says that a file holds no checkpoint. Parameter "path".
	ErrNotCheckpoint = fault.New("verifier.not_checkpoint", "the file holds no checkpoint")
)

// Env is everything the stand-alone program takes from outside.
type Env struct {
	Args     []string // without the program's name
	Stdin    io.Reader
	Stdout   io.Writer
	Stderr   io.Writer
	Terminal bool // standard error is a terminal: progress is shown there
	Version  string
}

// Run runs the stand-alone program and returns its exit code.
func Run(ctx context.Context, env Env) int {
	w, err := LoadWords()
	if err != nil {
		_, _ = fmt.Fprintln(env.Stderr, err)
		return CodeUsage
	}
	q := Question{Stdin: env.Stdin}
	asJSON, version := false, false
	flags := flag.NewFlagSet("diaoyue-verify", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	q.Flags(flags)
	flags.BoolVar(&asJSON, "json", false, "")
	flags.BoolVar(&version, "version", false, "")
	rest, err := mixed(flags, env.Args)
	switch {
	case errors.Is(err, flag.ErrHelp):
		_, _ = fmt.Fprintln(env.Stdout, w.line("usage"))
		return CodeGood
	case version && err == nil:
		_, _ = fmt.Fprintln(env.Stdout, env.Version)
		return CodeGood
	case len(rest) == 1 && q.Export == "":
		q.Export, rest = rest[0], nil
	}
	if err != nil || len(rest) > 0 || q.Empty() {
		_, _ = fmt.Fprintln(env.Stderr, w.line("usage"))
		return CodeUsage
	}
	var progress func(int64)
	if env.Terminal {
		progress = func(n int64) { _, _ = fmt.Fprint(env.Stderr, "\r", w.line("progress", "done", fmt.Sprint(n)), "\r") }
	}
	v, err := q.Verify(ctx, progress)
	if err != nil {
		_, _ = fmt.Fprintln(env.Stderr, w.sentence(err, ""))
		return CodeUsage
	}
	if err = w.Write(env.Stdout, env.Stderr, v, asJSON); err != nil {
		_, _ = fmt.Fprintln(env.Stderr, err)
		return CodeUsage
	}
	return v.Code()
}

// mixed parses flags wherever they stand among the other arguments.
func mixed(flags *flag.FlagSet, args []string) ([]string, error) {
	var rest []string
	for {
		if err := flags.Parse(args); err != nil {
			return nil, err
		}
		if flags.NArg() == 0 {
			return rest, nil
		}
		rest, args = append(rest, flags.Arg(0)), flags.Args()[1:]
	}
}

// Unusable reports whether an error means that nothing was verified, rather
// than that something was found wrong.
func Unusable(err error) bool {
	for _, broken := range []string{"audit.", "signature.bad_signature", "signature.bad_proof"} {
		if strings.HasPrefix(fault.Code(err), broken) {
			return false
		}
	}
	return err != nil
}
