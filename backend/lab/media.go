package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"diaoyue.example/workstation/media/decode"
	"diaoyue.example/workstation/media/frameindex"
)

const mediaUsage = `usage: diaoyue-lab media verify FILE [--sample N] [--ffmpeg] [--json]
       diaoyue-lab media framemd5 FILE [--at 5,900,12]
       diaoyue-lab media bench FILE --op linear|linear-proved|index|verified-index|seek|step|back
                   [--at 5,900,12] [--steps 64] [--index FILE] [--json]
       diaoyue-lab media probe FILE [--json]
       diaoyue-lab media memory FILE [--json]
       diaoyue-lab media hostile FILE... [--count 2000] [--seed 1] [--keep DIR] [--json]
`

// runMedia checks the frames of a recording, prints their digests, measures
// what they cost or tells what the file holds.
func runMedia(ctx context.Context, args []string, _ io.Reader, stdout, stderr io.Writer) int {
	if len(args) == 0 {
		fmt.Fprint(stderr, mediaUsage)
		return exitUsage
	}
	var err error
	switch args[0] {
	case "verify":
		err = mediaVerify(ctx, args[1:], stdout)
	case "framemd5":
		err = mediaFrameMD5(ctx, args[1:], stdout)
	case "hostile":
		err = mediaHostile(ctx, args[1:], stdout)
	case "memory":
		err = mediaMemory(ctx, args[1:], stdout)
	case "bench":
		err = mediaBench(ctx, args[1:], stdout)
	case "probe":
		err = mediaProbe(ctx, args[1:], stdout)
	default:
		err = errUsage
	}
	return judged(err, mediaUsage, stderr)
}

// judged is the exit code for what a subcommand came to, and says why.
func judged(err error, usage string, stderr io.Writer) int {
	switch {
	case errors.Is(err, errUsage):
		fmt.Fprint(stderr, usage)
		return exitUsage
	case err != nil:
		fmt.Fprintln(stderr, err)
		return exitRefused
	}
	return exitDone
}

var errUsage = errors.New("wrong usage")

// withFile parses options that may stand before or behind the one file name.
func withFile(name string, args []string, define func(*flag.FlagSet)) (*os.File, error) {
	fs := flag.NewFlagSet(name, flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	define(fs)
	var files []string
	for len(args) > 0 {
		if err := fs.Parse(args); err != nil {
			return nil, errUsage
		}
		if args = fs.Args(); len(args) > 0 {
			files, args = append(files, args[0]), args[1:]
		}
	}
	if len(files) != 1 {
		return nil, errUsage
	}
	f, err := os.Open(files[0])
	if err != nil {
		return nil, fmt.Errorf("open file: %w", err)
	}
	return f, nil
}

// mediaFrameMD5 prints lines as ffmpeg's framemd5 does, the frame number in
// place of the stream's: number, dts, pts (the same for raw pictures),
// duration (0: not told), bytes, digest.
func mediaFrameMD5(ctx context.Context, args []string, stdout io.Writer) error {
	var at string
	f, err := withFile("framemd5", args, func(fs *flag.FlagSet) { fs.StringVar(&at, "at", "", "") })
	if err != nil {
		return err
	}
	defer f.Close()
	line := func(fr *decode.Frame) error {
		i := fr.Info()
		pts := strconv.FormatInt(i.PTS, 10)
		if i.PTS == frameindex.NoPTS {
			pts = "NOPTS"
		}
		_, e := fmt.Fprintf(stdout, "%d, %10s, %10s, %8d, %8d, %s\n", i.Number, pts, pts, 0, fr.Bytes(), fr.MD5())
		return e
	}
	if at == "" {
		return decode.Linear(ctx, f, nil, line)
	}
	wanted, err := numbers(at)
	if err != nil {
		return err
	}
	ix, err := frameindex.Build(ctx, f, nil)
	if err != nil {
		return err
	}
	d, err := decode.Open(ctx, f, ix, decode.Options{})
	if err != nil {
		return err
	}
	defer d.Close()
	for _, n := range wanted {
		fr, err := d.Frame(ctx, n)
		if err != nil {
			return err
		}
		err = line(fr)
		fr.Close()
		if err != nil {
			return err
		}
	}
	return nil
}

func numbers(list string) ([]int64, error) {
	var out []int64
	for part := range strings.SplitSeq(list, ",") {
		n, err := strconv.ParseInt(strings.TrimSpace(part), 10, 64)
		if err != nil || n < 0 {
			return nil, errUsage
		}
		out = append(out, n)
	}
	return out, nil
}
