package jobs

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"diaoyue.example/workstation/backend/store"
)

// Enqueue writes a job in the caller's transaction and returns its id. The
// runner sees it when the transaction commits.
func (r *Runner) Enqueue(ctx context.Context, tx *store.Tx, s Spec) (string, error) {
	id, err := r.insert(ctx, tx, s, Waiting)
	if err != nil {
		return "", err
	}
	// The writer is single: a runner woken now waits for this transaction.
	r.wake()
	return id, nil
}

// Intend writes intents, durable when Intend returns: work the caller is about
// to do himself and will Settle. The ids are in the order of the specs.
func (r *Runner) Intend(ctx context.Context, specs ...Spec) ([]string, error) {
	ids := make([]string, 0, len(specs))
	err := r.db.Write(ctx, func(tx *store.Tx) error {
		for _, s := range specs {
			id, err := r.insert(ctx, tx, s, "intent")
			if err != nil {
				return err
			}
			ids = append(ids, id)
		}
		return nil
	})
	return ids, err
}

// TakeUp makes an intent that its caller left a job: from then on the handler
// of its kind does it.
func (r *Runner) TakeUp(ctx context.Context, tx *store.Tx, id string) error {
	_, err := tx.ExecContext(ctx, `UPDATE job SET state = 'waiting' WHERE id = ? AND state = 'intent'`, id)
	if err != nil {
		return fmt.Errorf("take up intent: %w", err)
	}
	r.wake()
	return nil
}

// Settle ends an intent in the transaction that makes its outcome true.
func (r *Runner) Settle(ctx context.Context, tx *store.Tx, id string) error {
	_, err := tx.ExecContext(ctx, `UPDATE job SET state = 'done', ended_at = ? WHERE id = ? AND state = 'intent'`, r.stamp(), id)
	if err != nil {
		return fmt.Errorf("settle intent: %w", err)
	}
	return nil
}

// Drop ends an intent whose work came to nothing.
func (r *Runner) Drop(ctx context.Context, id string) error {
	return r.db.Write(ctx, func(tx *store.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE job SET state = 'cancelled', ended_at = ? WHERE id = ? AND state = 'intent'`, r.stamp(), id)
		return err
	})
}

// Intents returns the intents of a kind that were never settled, oldest first.
func (r *Runner) Intents(ctx context.Context, kind string) ([]Job, error) {
	return r.list(ctx, `state = 'intent' AND kind = ? ORDER BY id`, kind)
}

// Job returns one job. ErrNoJob.
func (r *Runner) Job(ctx context.Context, id string) (Job, error) {
	found, err := r.list(ctx, `id = ?`, id)
	if err != nil {
		return Job{}, err
	}
	if len(found) == 0 {
		return Job{}, ErrNoJob.With("job", id)
	}
	return found[0], nil
}

// List returns the jobs that wait, run or failed, oldest first.
func (r *Runner) List(ctx context.Context) ([]Job, error) {
	return r.list(ctx, `state IN ('waiting', 'running', 'failed') ORDER BY id`)
}

// Of returns all jobs of a subject, oldest first.
func (r *Runner) Of(ctx context.Context, subject string) ([]Job, error) {
	return r.list(ctx, `subject = ? AND state <> 'intent' ORDER BY id`, subject)
}

// Given returns those of the subjects that were given a job of a kind at this
// time (store.FormatTime) or later, "" ever.
func (r *Runner) Given(ctx context.Context, kind string, subjects []string, since string) (map[string]bool, error) {
	out, args := map[string]bool{}, []any{kind, since}
	for _, s := range subjects {
		args = append(args, s)
	}
	err := r.db.Read(ctx, func(tx *store.Tx) error {
		rows, err := tx.QueryContext(ctx, `SELECT subject FROM job WHERE kind = ? AND created_at >= ? AND state <> 'intent' AND subject IN (`+
			strings.TrimSuffix(strings.Repeat("?, ", len(subjects)), ", ")+`)`, args...)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var subject string
			if err = rows.Scan(&subject); err != nil {
				return err
			}
			out[subject] = true
		}
		return rows.Err()
	})
	if err != nil {
		return nil, fmt.Errorf("read jobs of subjects: %w", err)
	}
	return out, nil
}

// Pace is how much of one kind of work is left.
type Pace struct {
	Open      int     // waiting and running
	Remaining float64 // s at the pace of the last ones, -1 unknown
}

// paced is how many of the last jobs tell the pace.
const paced = 20

// Pace says how much of a kind of work is left and how long it may take.
func (r *Runner) Pace(ctx context.Context, kind string) (Pace, error) {
	open, err := r.list(ctx, `kind = ? AND state IN ('waiting', 'running')`, kind)
	if err != nil {
		return Pace{}, err
	}
	last, err := r.list(ctx, `kind = ? AND state = 'done' ORDER BY ended_at DESC LIMIT ?`, kind, paced)
	if err != nil {
		return Pace{}, err
	}
	out := Pace{Open: len(open), Remaining: -1}
	if len(last) == 0 {
		return out, nil
	}
	var spent float64
	for _, j := range last {
		spent += j.EndedAt.Sub(j.StartedAt).Seconds()
	}
	out.Remaining = spent / float64(len(last)) * float64(len(open))
	return out, nil
}

// Retry lets a failed or cancelled job wait again.
func (r *Runner) Retry(ctx context.Context, id string) error {
	err := r.db.Write(ctx, func(tx *store.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE job SET state = 'waiting', attempts = 0, code = '', error = '', ended_at = ''
			WHERE id = ? AND state IN ('failed', 'cancelled')`, id)
		return err
	})
	if err != nil {
		return fmt.Errorf("retry job: %w", err)
	}
	r.wake()
	return nil
}

func (r *Runner) insert(ctx context.Context, tx *store.Tx, s Spec, state State) (string, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return "", fmt.Errorf("make id: %w", err)
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO job (id, kind, subject, payload, state, created_at) VALUES (?, ?, ?, ?, ?, ?)`,
		id.String(), s.Kind, s.Subject, s.Payload, string(state), r.stamp())
	if err != nil {
		return "", fmt.Errorf("write job: %w", err)
	}
	return id.String(), nil
}

func (r *Runner) list(ctx context.Context, where string, args ...any) ([]Job, error) {
	out := []Job{}
	err := r.db.Read(ctx, func(tx *store.Tx) error {
		rows, err := tx.QueryContext(ctx, selectJob+` WHERE `+where, args...)
		if err != nil {
			return fmt.Errorf("read jobs: %w", err)
		}
		defer rows.Close()
		for rows.Next() {
			j, err := scanJob(rows)
			if err != nil {
				return err
			}
			out = append(out, r.live(j))
		}
		return rows.Err()
	})
	return out, err
}

const selectJob = `SELECT id, kind, subject, payload, state, attempts, code, error, created_at, started_at, ended_at FROM job`

func scanJob(rows *sql.Rows) (Job, error) {
	j := Job{Remaining: -1}
	var state, created, started, ended string
	if err := rows.Scan(&j.ID, &j.Kind, &j.Subject, &j.Payload, &state, &j.Attempts, &j.Code, &j.Error, &created, &started, &ended); err != nil {
		return Job{}, fmt.Errorf("read job: %w", err)
	}
	j.State = State(state)
	for _, t := range []struct {
		text string
		into *time.Time
	}{{created, &j.CreatedAt}, {started, &j.StartedAt}, {ended, &j.EndedAt}} {
		if t.text == "" {
			continue
		}
		at, err := store.ParseTime(t.text)
		if err != nil {
			return Job{}, fmt.Errorf("read job: %w", err)
		}
		*t.into = at
	}
	return j, nil
}

func (r *Runner) stamp() string { return store.FormatTime(r.now()) }
