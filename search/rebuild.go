package search

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// Rebuild builds the index anew beside the present one, which answers all the
// while, and then takes its place. fill writes everything into the fresh index;
// when it fails, or the program ends, the present one stays and what was begun
// is thrown away at the next attempt.
func (x *Index) Rebuild(ctx context.Context, fill func(context.Context, *Index) error) error {
	beside := x.dir + ".new"
	if err := Reset(beside); err != nil {
		return err
	}
	fresh, err := Open(beside, x.cfg)
	if err != nil {
		return fmt.Errorf("rebuild index: %w", err)
	}
	err = fill(ctx, fresh)
	if err == nil {
		err = fresh.Seal(ctx)
	}
	err = errors.Join(err, fresh.Close())
	if err != nil {
		return errors.Join(fmt.Errorf("rebuild index: %w", err), Reset(beside))
	}
	return x.takePlace(beside)
}

// takePlace puts the index in dir where this one is. A crash in between leaves
// one of the two, or none: then the next Open makes an empty one, and its owner
// fills it from position 0.
func (x *Index) takePlace(dir string) error {
	x.write.Lock()
	defer x.write.Unlock()
	x.sealing.Lock()
	defer x.sealing.Unlock()
	x.reading.Lock()
	defer x.reading.Unlock()
	if x.closed {
		return errors.Join(ErrClosed, Reset(dir))
	}
	x.closed = true // until the fresh one is open: nobody reads what is being moved
	closing := x.bleve.Close()
	if err := Reset(x.dir); err != nil {
		return errors.Join(closing, err)
	}
	if err := os.Remove(x.dir); err != nil && !errors.Is(err, fs.ErrNotExist) { //nolint:forbidigo // an empty folder of the index
		return fmt.Errorf("rebuild index: %w", err)
	}
	if err := os.Rename(dir, x.dir); err != nil { //nolint:forbidigo // the index is rebuildable and only search writes it
		return fmt.Errorf("rebuild index: %w", err)
	}
	b, err := openOrCreate(x.dir)
	if err != nil {
		return err
	}
	x.bleve, x.closed = b, false
	return nil // that the damaged one did not close well matters no more
}
