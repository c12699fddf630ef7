package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"

	"diaoyue.example/workstation/backend/worker"
	"diaoyue.example/workstation/media/remote"
)

// footprint is the most memory that the sandboxed worker took, in MB.
type footprint struct {
	Viewing float64 `json:"viewing_mb"` // while the recording stands open
	Index   float64 `json:"index_mb"`   // while its index is made
	Frames  int64   `json:"frames"`     // asked for
}

// mediaMemory opens a recording in a sandboxed worker as the window does, and
// goes through it in every manner: seeks, steps both ways, play both ways,
// lossless pictures.
func mediaMemory(ctx context.Context, args []string, stdout io.Writer) error {
	asJSON := false
	f, err := withFile("memory", args, func(fs *flag.FlagSet) { fs.BoolVar(&asJSON, "json", false, "") })
	if err != nil {
		return err
	}
	defer f.Close()
	m, err := memory(ctx, f)
	if err != nil {
		return err
	}
	if asJSON {
		return json.NewEncoder(stdout).Encode(m)
	}
	_, err = fmt.Fprintf(stdout, "viewing %.0f MB at most, making the index %.0f MB, %d frames\n", m.Viewing, m.Index, m.Frames)
	return err
}

func memory(ctx context.Context, f *os.File) (footprint, error) {
	var m footprint
	bench, err := newMediaWorker(ctx)
	if err != nil {
		return m, err
	}
	index, err := bench.BuildIndex(ctx, f, nil)
	m.Index = bench.peak()
	_, closed := bench.end()
	if err = errors.Join(err, closed); err != nil {
		return m, err
	}
	desk, err := newMediaWorker(ctx)
	if err != nil {
		return m, err
	}
	m.Frames, err = wander(ctx, desk.Client, f, index)
	m.Viewing = desk.peak()
	exit, closed := desk.end()
	if err == nil && exit.Why != worker.WhyExit {
		err = fmt.Errorf("the worker ended: %s %s", exit.Why, exit.Signal)
	}
	return m, errors.Join(err, closed)
}

// wander asks for frames as a person does.
func wander(ctx context.Context, c *remote.Client, f *os.File, index []byte) (asked int64, err error) {
	r, err := c.Open(ctx, f, index)
	if err != nil {
		return 0, err
	}
	defer r.Close() //nolint:contextcheck,nolintlint // letting go is not to be stopped; only some runs of the linter see it
	last := r.Info().Frames - 1
	at := last * 2 / 3
	const strides, run = 4, 40
	for _, step := range []int64{0, 1, -1, 8, -8} {
		n := at
		for i := range int64(run) {
			q := remote.Request{MaxWidth: 1150, MaxHeight: 650, Step: int(step)}
			switch {
			case step != 0:
				n += step
			case i < strides:
				n, q = last*(i+1)/(strides+1), remote.Request{Lossless: true}
			default:
				n-- // steps at rest
			}
			if n < 0 || n > last {
				break
			}
			if _, err = r.Frame(ctx, n, q); err != nil {
				return asked, fmt.Errorf("frame %d: %w", n, err)
			}
			asked++
		}
	}
	return asked, nil
}
