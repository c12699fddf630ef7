package audit

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"diaoyue.example/workstation/backend/store"
)

// delay is how long marks are gathered before one is written.
const delay = 500 * time.Millisecond

// keeper writes the mark soon after each commit, and a checkpoint when enough
// entries came together, without holding up those who append.
type keeper struct {
	dirty chan struct{}
	quit  chan struct{}
	done  sync.WaitGroup
}

func keep(ctx context.Context, l *Log) *keeper {
	k := &keeper{dirty: make(chan struct{}, 1), quit: make(chan struct{})}
	// The keeper lives until Close, not until the call that opened the log ends.
	ctx = context.WithoutCancel(ctx)
	k.done.Go(func() { k.run(ctx, l) })
	k.poke()
	return k
}

func (k *keeper) poke() {
	select {
	case k.dirty <- struct{}{}:
	default: // one is waiting already
	}
}

func (k *keeper) stop() {
	close(k.quit)
	k.done.Wait()
}

func (k *keeper) run(ctx context.Context, l *Log) {
	for {
		select {
		case <-k.quit:
			return
		case <-k.dirty:
		}
		select {
		case <-k.quit:
			return // Close writes the last mark itself
		case <-time.After(delay):
		}
		if err := l.tend(ctx); err != nil && !errors.Is(err, store.ErrClosed) {
			slog.ErrorContext(ctx, "log mark or checkpoint not written", slog.Any("error", err))
		}
	}
}

// tend writes the mark, and a checkpoint when one is due.
func (l *Log) tend(ctx context.Context) error {
	markErr := l.mark(ctx)
	// Counted now, the numbers are there when the screen asks for them.
	_, countErr := l.counted(ctx)
	h, err := l.Head(ctx)
	if err == nil && h.Size-h.CheckpointSize >= l.cfg.Every {
		_, err = l.Checkpoint(ctx)
	}
	return errors.Join(markErr, countErr, err)
}
