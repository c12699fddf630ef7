package conduit

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"

	"golang.org/x/sync/semaphore"
	"golang.org/x/sys/unix"
)

// crowd is how many calls may be under way at once.
const crowd = 64

// guard finds the file that ends workers. When one dies with several files
// under its hands all are suspected, and calls on a suspect run alone from then
// on: the next death has one cause. A call that comes through clears its file.
type guard struct {
	room *semaphore.Weighted

	mu       sync.Mutex
	suspects map[fileID]bool
}

// fileID tells files apart whatever they are called.
type fileID struct{ dev, ino uint64 }

type subject struct {
	id   fileID
	name string
}

func newGuard() *guard {
	return &guard{room: semaphore.NewWeighted(crowd), suspects: map[fileID]bool{}}
}

func (g *guard) suspect(ids []fileID) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, id := range ids {
		g.suspects[id] = true
	}
}

// enter waits for a place for a call on a file; leave gives it back and says
// what came of the call.
func (g *guard) enter(ctx context.Context, id fileID) (leave func(error), err error) {
	weight := int64(1)
	g.mu.Lock()
	if g.suspects[id] {
		weight = crowd
	}
	g.mu.Unlock()
	if err = g.room.Acquire(ctx, weight); err != nil {
		return nil, err
	}
	return func(err error) {
		g.room.Release(weight)
		if weight == crowd && !errors.Is(err, ErrGone) && !errors.Is(err, context.Canceled) {
			g.mu.Lock()
			delete(g.suspects, id)
			g.mu.Unlock()
		}
	}, nil
}

func subjectOf(f *os.File) (subject, error) {
	var st unix.Stat_t
	err := withDescriptors([]*os.File{f}, nil, func(fds []int) error { return unix.Fstat(fds[0], &st) })
	if err != nil {
		return subject{}, fmt.Errorf("look at file: %w", err)
	}
	return subject{id: fileID{st.Dev, st.Ino}, name: f.Name()}, nil
}
