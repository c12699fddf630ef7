package accounts

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"time"

	"golang.org/x/crypto/argon2"

	"diaoyue.example/workstation/backend/audit"
	"diaoyue.example/workstation/backend/store"
)

// A password costs about a quarter of a second on the machine where the
// archive was founded, and 64 MiB; never less than two passes.
const (
	targetCost = 250 * time.Millisecond
	memoryKiB  = 64 << 10
	threads    = 2
	minPasses  = 2
	maxPasses  = 16
)

// cost returns what a new password is hashed with, and whether that stands in
// the archive already. It is measured once, so that all passwords cost the
// same: otherwise the time of an answer would tell which numbers exist.
func (d *Desk) cost(ctx context.Context) (cost Argon, stored bool, err error) {
	if d.cfg.Argon != (Argon{}) {
		return d.cfg.Argon, true, nil
	}
	d.costing.Lock()
	defer d.costing.Unlock()
	err = d.db.Read(ctx, func(tx *store.Tx) error {
		return tx.QueryRowContext(ctx, `SELECT memory_kib, passes, threads FROM password_cost`).Scan(&cost.MemoryKiB, &cost.Time, &cost.Threads)
	})
	if err == nil {
		return cost, true, nil
	}
	if !errors.Is(err, sql.ErrNoRows) {
		return Argon{}, false, fmt.Errorf("read password cost: %w", err)
	}
	return d.calibrate(), false, nil
}

// calibrate measures how many passes take the time wished for.
func (d *Desk) calibrate() Argon {
	one := Argon{MemoryKiB: memoryKiB, Time: 1, Threads: threads}
	d.hashing.Lock()
	defer d.hashing.Unlock()
	best := time.Duration(math.MaxInt64)
	for range 3 { // the best of three: a busy machine must not make it cheap
		start := d.cfg.Now()
		argon2.IDKey([]byte("measure"), make([]byte, saltSize), one.Time, one.MemoryKiB, one.Threads, hashSize)
		best = min(best, d.cfg.Now().Sub(start))
	}
	passes := int64(minPasses)
	if best > 0 {
		passes = int64(math.Round(float64(targetCost) / float64(best)))
	}
	one.Time = uint32(min(max(passes, minPasses), maxPasses)) // between 2 and 16
	return one
}

// newHash hashes a new password; the first one of an archive that has no cost
// yet measures it.
func (d *Desk) newHash(ctx context.Context, password string) (string, error) {
	cost, stored, err := d.cost(ctx)
	if err != nil {
		return "", err
	}
	if !stored {
		entry := audit.Entry{Event: audit.PolicyAssignment, Codes: map[string]any{"cost": cost.String()}}
		if _, err := d.log.Do(ctx, entry, func(tx *store.Tx) error { return keepCost(ctx, tx, cost) }); err != nil {
			return "", fmt.Errorf("keep password cost: %w", err)
		}
	}
	return d.hash(cost, password), nil
}

func keepCost(ctx context.Context, tx *store.Tx, c Argon) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO password_cost (one, memory_kib, passes, threads) VALUES (1, ?, ?, ?) ON CONFLICT (one) DO NOTHING`,
		c.MemoryKiB, c.Time, c.Threads)
	return err
}
