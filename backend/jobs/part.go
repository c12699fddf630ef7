package jobs

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"diaoyue.example/workstation/backend/store"
)

// ErrYield is returned by a handler that stopped between two parts because
// GiveWay told it to: the job waits again and has lost nothing.
var ErrYield = errors.New("the job gives way")

// Part is a piece of what a long job has done, kept until it is published.
type Part struct {
	Number int // the handler's own
	Data   []byte
}

// KeepPart writes a part, durable when it returns: a crash loses at most the
// part that was being made.
func (r *Runner) KeepPart(ctx context.Context, jobID string, p Part) error {
	err := r.db.Write(ctx, func(tx *store.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO job_part (job_id, number, data) VALUES (?, ?, ?)
			ON CONFLICT (job_id, number) DO UPDATE SET data = excluded.data`, jobID, p.Number, p.Data)
		return err
	})
	if err != nil {
		return fmt.Errorf("keep part of job: %w", err)
	}
	return nil
}

// Parts returns the parts of a job that were kept and not dropped, in order.
func (r *Runner) Parts(ctx context.Context, jobID string) ([]Part, error) {
	var out []Part
	err := r.db.Read(ctx, func(tx *store.Tx) error {
		rows, err := tx.QueryContext(ctx, `SELECT number, data FROM job_part WHERE job_id = ? ORDER BY number`, jobID)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var p Part
			if err := rows.Scan(&p.Number, &p.Data); err != nil {
				return err
			}
			out = append(out, p)
		}
		return rows.Err()
	})
	if err != nil {
		return nil, fmt.Errorf("read parts of job: %w", err)
	}
	return out, nil
}

// CountParts counts the kept parts of all jobs of a kind.
func (r *Runner) CountParts(ctx context.Context, kind string) (int64, error) {
	var n int64
	err := r.db.Read(ctx, func(tx *store.Tx) error {
		return tx.QueryRowContext(ctx, `SELECT count(*) FROM job_part p JOIN job j ON j.id = p.job_id WHERE j.kind = ?`, kind).Scan(&n)
	})
	if err != nil {
		return 0, fmt.Errorf("count parts of jobs: %w", err)
	}
	return n, nil
}

// DropParts forgets the parts of a job in the transaction that publishes them.
func (r *Runner) DropParts(ctx context.Context, tx *store.Tx, jobID string) error {
	if _, err := tx.ExecContext(ctx, `DELETE FROM job_part WHERE job_id = ?`, jobID); err != nil {
		return fmt.Errorf("drop parts of job: %w", err)
	}
	return nil
}

// ForgetParts drops the parts of all jobs of a subject: what was read out of it
// must go.
func (r *Runner) ForgetParts(ctx context.Context, tx *store.Tx, subject string) error {
	if _, err := tx.ExecContext(ctx, `DELETE FROM job_part WHERE job_id IN (SELECT id FROM job WHERE subject = ?)`, subject); err != nil {
		return fmt.Errorf("forget parts of jobs: %w", err)
	}
	return nil
}

// GiveWay tells the handler of a late kind, between two parts, to return
// ErrYield: the kind is paused, or other work waits.
func (r *Runner) GiveWay(ctx context.Context, kind string) (bool, error) {
	var n int
	err := r.db.Read(ctx, func(tx *store.Tx) error {
		return tx.QueryRowContext(ctx, `SELECT (SELECT count(*) FROM job_pause WHERE kind = ?) +
			(SELECT count(*) FROM job WHERE state = 'waiting' AND `+r.rank()+` < ? AND kind NOT IN (SELECT kind FROM job_pause))`,
			kind, slices.Index(r.late, kind)+1).Scan(&n)
	})
	if err != nil {
		return false, fmt.Errorf("look for other work: %w", err)
	}
	return n > 0, nil
}

// SetPaused holds a kind of job back, or lets it go on, in the caller's
// transaction. It holds over restarts. What runs stops at its next GiveWay.
func (r *Runner) SetPaused(ctx context.Context, tx *store.Tx, kind string, paused bool) error {
	query, args := `DELETE FROM job_pause WHERE kind = ?`, []any{kind}
	if paused {
		query, args = `INSERT INTO job_pause (kind, since) VALUES (?, ?) ON CONFLICT DO NOTHING`, []any{kind, r.stamp()}
	}
	if _, err := tx.ExecContext(ctx, query, args...); err != nil {
		return fmt.Errorf("pause jobs: %w", err)
	}
	r.wake()
	return nil
}

// Paused reports whether a kind of job is held back.
func (r *Runner) Paused(ctx context.Context, kind string) (bool, error) {
	var n int
	err := r.db.Read(ctx, func(tx *store.Tx) error {
		return tx.QueryRowContext(ctx, `SELECT count(*) FROM job_pause WHERE kind = ?`, kind).Scan(&n)
	})
	if err != nil {
		return false, fmt.Errorf("read paused jobs: %w", err)
	}
	return n > 0, nil
}
