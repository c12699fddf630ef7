package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"

	"diaoyue.example/workstation/media"
	"diaoyue.example/workstation/media/decode"
	"diaoyue.example/workstation/media/frameindex"
)

const mediaUsage = `usage: diaoyue-lab media verify FILE [--sample N] [--json]
       diaoyue-lab media framemd5 FILE [--at 5,900,12]
`

// runMedia checks the frames of a recording or prints their digests.
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
	default:
		err = errUsage
	}
	switch {
	case errors.Is(err, errUsage):
		fmt.Fprint(stderr, mediaUsage)
		return exitUsage
	case err != nil:
		fmt.Fprintln(stderr, err)
		return exitRefused
	}
	return exitDone
}

var (
	errUsage = errors.New("wrong usage")
	errWrong = errors.New("frames differ from the linear pass")
)

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

// verdict is what `media verify` found.
type verdict struct {
	Frames  int64  `json:"frames"`
	Checked int64  `json:"checked"`
	Wrong   int64  `json:"wrong"` // pictures that differ from the linear pass, or did not come
	State   string `json:"state"`
}

// mediaVerify asks for frames (all, or a sample) in shuffled order, then in
// falling order, then in rising steps, and compares each with the digest of a
// linear pass of its own.
func mediaVerify(ctx context.Context, args []string, stdout io.Writer) error {
	var sample int64
	var asJSON bool
	f, err := withFile("verify", args, func(fs *flag.FlagSet) {
		fs.Int64Var(&sample, "sample", 0, "")
		fs.BoolVar(&asJSON, "json", false, "")
	})
	if err != nil {
		return err
	}
	defer f.Close()
	if sample < 0 {
		return errUsage
	}
	v, err := verify(ctx, f, sample)
	if err != nil {
		return err
	}
	if asJSON {
		err = json.NewEncoder(stdout).Encode(v)
	} else {
		_, err = fmt.Fprintf(stdout, "frames %d, checked %d, wrong %d, index %s\n", v.Frames, v.Checked, v.Wrong, v.State)
	}
	if err == nil && v.Wrong > 0 {
		return fmt.Errorf("%d of %d: %w", v.Wrong, v.Checked, errWrong)
	}
	return err
}

func verify(ctx context.Context, f *os.File, sample int64) (verdict, error) {
	ix, err := frameindex.Build(ctx, f, nil)
	if err != nil {
		return verdict{}, err
	}
	if ix.Len() == 0 {
		return verdict{}, media.ErrNoVideo
	}
	var want []string
	err = decode.Linear(ctx, f, ix, func(fr *decode.Frame) error {
		want = append(want, fr.MD5())
		return nil
	})
	if err != nil {
		return verdict{}, err
	}
	d, err := decode.Open(ctx, f, ix, decode.Options{})
	if err != nil {
		return verdict{}, err
	}
	defer d.Close()
	v := verdict{Frames: ix.Len(), State: ix.State().String()}
	for _, n := range orders(ix.Len(), sample) {
		fr, err := d.Frame(ctx, n)
		if ctx.Err() != nil {
			return v, ctx.Err()
		}
		v.Checked++
		if err != nil || fr.MD5() != want[n] || fr.Info().Number != n {
			v.Wrong++
		}
		if err == nil {
			fr.Close()
		}
	}
	return v, nil
}

// orders lists sample frames (0: all) shuffled, the same falling, the same rising.
func orders(frames, sample int64) []int64 {
	r := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // a repeatable order, no secret
	picked := make([]int64, 0, frames)
	for _, n := range r.Perm(int(frames)) {
		picked = append(picked, int64(n))
	}
	if sample > 0 && sample < frames {
		picked = picked[:sample]
	}
	rising := slices.Sorted(slices.Values(picked))
	falling := slices.Clone(rising)
	slices.SortFunc(falling, func(a, b int64) int { return cmp.Compare(b, a) })
	return slices.Concat(picked, falling, rising)
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
