package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"diaoyue.example/workstation/backend/worker"
	"diaoyue.example/workstation/media"
	"diaoyue.example/workstation/media/frameindex"
	"diaoyue.example/workstation/media/remote"
)

// suffer gives one hostile file to a sandboxed worker of its own, through the
// client that the window speaks to, and says what came of it.
func suffer(ctx context.Context, path string) (ordealOf, error) {
	f, err := os.Open(path)
	if err != nil {
		return ordealOf{}, err
	}
	defer f.Close()
	w, err := newMediaWorker(ctx)
	if err != nil {
		return ordealOf{}, err
	}
	return w.meet(ctx, f), nil
}

// meet does everything with f, and ends the worker.
func (w *mediaWorker) meet(ctx context.Context, f *os.File) ordealOf {
	limited, cancel := context.WithTimeout(ctx, hostileTime)
	defer cancel()
	began := time.Now()
	err := everything(limited, w.Client, f)
	out := ordealOf{fate: fatePlayed, took: time.Since(began), memory: w.peak()}
	if errors.Is(limited.Err(), context.DeadlineExceeded) {
		w.child.Kill(worker.WhyHung)
	}
	exit, _ := w.end() // how it ended says more than how the line was closed
	switch {
	case limited.Err() != nil:
		out.fate, out.text = fateHung, fmt.Sprintf("after %v", hostileTime)
	case errors.Is(err, remote.ErrWorkerGone), exit.Why != worker.WhyExit:
		out.fate, out.text = fateCrashed, fmt.Sprintf("%s %s: %v", exit.Why, exit.Signal, err)
	case err != nil:
		out.fate, out.name, out.text = fateRefused, refusal(err), err.Error()
		if out.name == "" {
			out.fate = fateUnnamed
		}
	}
	if out.memory > hostileMemory>>20 {
		out.fate, out.text = fateLarge, fmt.Sprintf("%.0f MB", out.memory)
	}
	return out
}

// everything does with one foreign file all that the window would. Once it is
// open, single frames may still be refused, but each by name.
func everything(ctx context.Context, c *remote.Client, f *os.File) error {
	if _, err := c.Probe(ctx, f); err != nil {
		return err
	}
	early, err := c.Open(ctx, f, nil) // numbers are provisional
	if err != nil {
		return err
	}
	if err = early.Close(); err != nil { //nolint:contextcheck,nolintlint // letting go is not to be stopped; only some runs of the linter see it
		return err
	}
	index, err := c.BuildIndex(ctx, f, nil)
	if err != nil {
		return err
	}
	ix, err := frameindex.Unmarshal(index)
	if err != nil {
		return fmt.Errorf("an index that cannot be read back: %w", err)
	}
	if _, err = c.BuildPreview(ctx, f, index, nil); err != nil && refusal(err) == "" {
		return err
	}
	r, err := c.Open(ctx, f, index)
	if err != nil {
		return err
	}
	defer r.Close() //nolint:contextcheck,nolintlint // letting go is not to be stopped; only some runs of the linter see it
	heard := false
	if s, err := r.Sound(ctx, 0, 0, 2); err == nil {
		heard = len(s.Data) > 0
	} else if refusal(err) == "" {
		return err
	}
	if ix.Len() == 0 && !heard {
		return media.ErrNoVideo
	}
	return someFrames(ctx, r, ix.Len())
}

// someFrames goes to the ends, the middle, over and back, at rest and in motion.
func someFrames(ctx context.Context, r *remote.Recording, frames int64) error {
	for i, n := range []int64{0, frames - 1, frames / 2, frames/2 - 1, frames / 3, frames/3 + 1, frames} {
		q := remote.Request{MaxWidth: 640, Step: i%3 - 1}
		if _, err := r.Frame(ctx, n, q); err != nil && refusal(err) == "" {
			return err
		}
	}
	return nil
}
