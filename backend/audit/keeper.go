package audit

import (
	"context"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"diaoyue.example/workstation/backend/store"
)

// highWater is the mark outside the archive: how far the log once reached.
// Only it sees that an archive was put back to an older state, or that the
// tail was cut together with its checkpoints.
type highWater struct {
	Archive string `json:"archive"`
	Size    int64  `json:"size"`
	Root    string `json:"root"` // lower hex
	At      string `json:"at"`
}

func markPath(stateDir, archive string) string {
	return filepath.Join(stateDir, "marks", archive+".json")
}

// readMark returns the mark, zero when there is none.
func readMark(stateDir, archive string) (highWater, error) {
	text, err := os.ReadFile(markPath(stateDir, archive))
	if errors.Is(err, fs.ErrNotExist) {
		return highWater{}, nil
	}
	if err != nil {
		return highWater{}, fmt.Errorf("read high-water mark: %w", err)
	}
	var m highWater
	if err := json.Unmarshal(text, &m); err != nil || m.Archive != archive || m.Size < 0 {
		return highWater{}, fmt.Errorf("read high-water mark: %w", ErrRolledBack.With("size", "", "highwater", "", "seq", ""))
	}
	return m, nil
}

// mark writes the log's present size and root to the state folder.
func (l *Log) mark(ctx context.Context) error {
	m := highWater{Archive: l.archive, At: store.FormatTime(l.cfg.Now())}
	err := l.db.Read(ctx, func(tx *store.Tx) error {
		size, root, err := treeHead(ctx, tx)
		m.Size, m.Root = size, hex.EncodeToString(root[:])
		return err
	})
	if err != nil {
		return err
	}
	text, err := json.Marshal(m)
	if err != nil {
		return err
	}
	if err := store.Keep(markPath(l.cfg.StateDir, l.archive), append(text, '\n'), 0o600); err != nil {
		return fmt.Errorf("keep high-water mark: %w", err)
	}
	return nil
}

// compare holds the log against the mark before anything is added.
func (l *Log) compare(ctx context.Context) error {
	m, err := readMark(l.cfg.StateDir, l.archive)
	if err != nil {
		return err
	}
	var size int64
	holds := true
	err = l.db.Read(ctx, func(tx *store.Tx) error {
		size, holds, err = m.holds(ctx, tx)
		return err
	})
	if err != nil || holds {
		return err
	}
	if l.cfg.Restored == "" {
		return ErrRolledBack.With("size", strconv.FormatInt(size, 10), "highwater", strconv.FormatInt(m.Size, 10), "seq", strconv.FormatInt(min(size, m.Size)+1, 10))
	}
	// The entry keeps what was known of the lost part.
	lost := Entry{
		Event:   Recovery,
		Codes:   map[string]any{"size": size, "highwater": m.Size, "root": m.Root, "at": m.At},
		Details: map[string]any{"reason": l.cfg.Restored},
	}
	err = l.db.Write(ctx, func(tx *store.Tx) error {
		_, err = l.Append(ctx, tx, lost)
		return err
	})
	if err != nil {
		return err
	}
	return l.mark(ctx)
}

// holds returns the log's size and whether it has grown from what the mark
// noted.
func (m highWater) holds(ctx context.Context, tx *store.Tx) (int64, bool, error) {
	size, _, err := tail(ctx, tx)
	if err != nil || m.Size == 0 || size < m.Size {
		return size, m.Size == 0, err
	}
	root, err := tlog.TreeHash(m.Size, reader(ctx, tx))
	if errors.Is(err, sql.ErrNoRows) {
		return size, false, nil // a stored tree with holes has been tampered with as well
	}
	return size, hex.EncodeToString(root[:]) == m.Root, err
}

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
	if err := l.mark(ctx); err != nil {
		return err
	}
	h, err := l.Head(ctx)
	if err != nil || h.Size-h.CheckpointSize < l.cfg.Every {
		return err
	}
	_, err = l.Checkpoint(ctx)
	return err
}
