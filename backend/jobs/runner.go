package jobs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"

	"diaoyue.example/workstation/backend/fault"
	"diaoyue.example/workstation/backend/store"
)

// maxAttempts is how often a job is begun before it is failed.
const maxAttempts = 3

// Runner does the jobs, one at a time: decoding and encoding already use every
// core. It is safe for concurrent use.
type Runner struct {
	db       *store.DB
	now      func() time.Time
	handlers map[string]Handler
	late     []string      // kinds that are done when no other waits
	bell     chan struct{} // one waiting ring is enough

	mu      sync.Mutex
	current *Job               // the running job as of the last progress
	stop    context.CancelFunc // of the running job
	turned  chan struct{}      // closed and replaced when a job changes state
	hearers map[int]func(Job)
	next    int

	quit context.CancelFunc
	idle sync.WaitGroup
}

// New gives a runner that does nothing until Start.
func New(db *store.DB, now func() time.Time) *Runner {
	return &Runner{
		db: db, now: now, handlers: map[string]Handler{}, bell: make(chan struct{}, 1),
		turned: make(chan struct{}), hearers: map[int]func(Job){},
	}
}

// Handle names who does a kind of job. Call it before Start.
func (r *Runner) Handle(kind string, h Handler) { r.handlers[kind] = h }

// HandleLate names who does a kind of job for which everything else is done
// first, other late kinds too that were named before; its handler asks GiveWay
// between two parts. Call it before Start.
func (r *Runner) HandleLate(kind string, h Handler) {
	r.Handle(kind, h)
	r.late = append(r.late, kind)
}

// rank is an expression for SQL: 0 of what is done first, then the late kinds as
// they were named. Kinds are constants of the program.
func (r *Runner) rank() string {
	if len(r.late) == 0 {
		return "kind IS NULL" // 0; a number alone would name a column
	}
	var b strings.Builder
	for i, kind := range r.late {
		fmt.Fprintf(&b, " WHEN '%s' THEN %d", kind, i+1)
	}
	return "CASE kind" + b.String() + " ELSE 0 END"
}

// Subscribe calls fn, from the runner's goroutine, at every change of state
// and progress of a job. fn must be quick. The returned function ends it.
func (r *Runner) Subscribe(fn func(Job)) (end func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	id := r.next
	r.next++
	r.hearers[id] = fn
	return func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		delete(r.hearers, id)
	}
}

// Start puts back what was running when the program last ended and begins to
// work in the background until Close.
func (r *Runner) Start(ctx context.Context) error {
	err := r.db.Write(ctx, func(tx *store.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE job SET state = CASE WHEN attempts >= ? THEN 'failed' ELSE 'waiting' END,
			code = CASE WHEN attempts >= ? THEN ? ELSE '' END WHERE state = 'running'`, maxAttempts, maxAttempts, ErrCrashed.Code())
		return err
	})
	if err != nil {
		return fmt.Errorf("resume jobs: %w", err)
	}
	work, quit := context.WithCancel(context.WithoutCancel(ctx))
	r.quit = quit
	r.idle.Add(1)
	go func() {
		defer r.idle.Done()
		r.work(work)
	}()
	return nil
}

// Close stops the running job (it waits again at the next start) and returns
// when the runner is still.
func (r *Runner) Close() {
	if r.quit != nil {
		r.quit()
	}
	r.idle.Wait()
}

// Cancel ends a job that waits or runs. A job that has ended stays as it is.
func (r *Runner) Cancel(ctx context.Context, id string) error {
	err := r.db.Write(ctx, func(tx *store.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE job SET state = 'cancelled', ended_at = ? WHERE id = ? AND state IN ('waiting', 'running')`, r.stamp(), id)
		return err
	})
	if err != nil {
		return fmt.Errorf("cancel job: %w", err)
	}
	r.mu.Lock()
	if r.current != nil && r.current.ID == id {
		r.stop()
	}
	r.mu.Unlock()
	r.turn()
	return nil
}

// Drain returns when no job waits or runs that is not paused, for the command
// line and tests. It needs a started runner.
func (r *Runner) Drain(ctx context.Context) error {
	for {
		r.mu.Lock()
		turned := r.turned
		r.mu.Unlock()
		open, err := r.list(ctx, `state = 'running' OR state = 'waiting' AND kind NOT IN (SELECT kind FROM job_pause) LIMIT 1`)
		if err != nil {
			return err
		}
		if len(open) == 0 {
			return nil
		}
		select {
		case <-turned:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (r *Runner) work(ctx context.Context) {
	for ctx.Err() == nil {
		j, ok, err := r.claim(ctx)
		if err != nil && ctx.Err() == nil {
			slog.ErrorContext(ctx, "claim job", slog.Any("error", err))
		}
		if !ok {
			select {
			case <-r.bell:
			case <-ctx.Done():
			}
			continue
		}
		r.do(ctx, j)
	}
}

// claim takes the next job that is not paused; late kinds come last, and those
// that failed once after fresh ones.
func (r *Runner) claim(ctx context.Context) (j Job, ok bool, err error) {
	err = r.db.Write(ctx, func(tx *store.Tx) error {
		rows, failure := tx.QueryContext(ctx, selectJob+` WHERE state = 'waiting' AND kind NOT IN (SELECT kind FROM job_pause)
			ORDER BY `+r.rank()+`, attempts, id LIMIT 1`)
		if failure != nil {
			return fmt.Errorf("find job: %w", failure)
		}
		defer rows.Close()
		if !rows.Next() {
			return rows.Err()
		}
		if j, err = scanJob(rows); err != nil {
			return err
		}
		if err = rows.Close(); err != nil {
			return err
		}
		j.State, j.Attempts, j.StartedAt, j.Code, j.Error, ok = Running, j.Attempts+1, r.now(), "", "", true
		_, err = tx.ExecContext(ctx, `UPDATE job SET state = 'running', attempts = ?, started_at = ?, code = '', error = '' WHERE id = ?`, j.Attempts, r.stamp(), j.ID)
		return err
	})
	return j, ok && err == nil, err
}

func (r *Runner) do(ctx context.Context, j Job) {
	work, stop := context.WithCancel(ctx)
	defer stop()
	r.mu.Lock()
	r.current, r.stop = &j, stop
	r.mu.Unlock()
	r.tell(j)
	err := r.handle(work, j)
	r.mu.Lock()
	r.current, r.stop = nil, nil
	r.mu.Unlock()
	if ctx.Err() != nil {
		r.putBack(context.WithoutCancel(ctx), j)
		return
	}
	if work.Err() != nil {
		err = nil // cancelled: the row says so already
	} else {
		err = r.end(ctx, &j, err)
	}
	if err != nil {
		slog.ErrorContext(ctx, "end job", slog.String("job", j.ID), slog.Any("error", err))
	}
	r.tell(j)
	r.turn()
}

// putBack lets a job that the closing program stopped wait again at the next
// start. It is not one more time that the job ended the program.
func (r *Runner) putBack(ctx context.Context, j Job) {
	err := r.db.Write(ctx, func(tx *store.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE job SET state = 'waiting', attempts = attempts - 1 WHERE id = ? AND state = 'running'`, j.ID)
		return err
	})
	if err != nil { // then the row stays running, which comes to the same
		slog.WarnContext(ctx, "job not put back", slog.String("job", j.ID), slog.Any("error", err))
	}
}

func (r *Runner) handle(ctx context.Context, j Job) error {
	h, ok := r.handlers[j.Kind]
	if !ok {
		return Permanent(ErrNoHandler.With("kind", j.Kind))
	}
	begun, first := r.now(), int64(-1)
	return h(ctx, j, func(done, total int64) {
		r.mu.Lock()
		if first < 0 { // what an earlier run did tells nothing of the pace
			first = done
		}
		j.Done, j.Total, j.Remaining = done, total, -1
		if spent := r.now().Sub(begun).Seconds(); spent > 0 && done > first && total >= done {
			j.Remaining = spent / float64(done-first) * float64(total-done)
		}
		if r.current != nil {
			*r.current = j
		}
		r.mu.Unlock()
		r.tell(j)
	})
}

// end writes what became of the job.
func (r *Runner) end(ctx context.Context, j *Job, failure error) error {
	j.State, j.EndedAt = Done, r.now()
	if errors.Is(failure, ErrYield) {
		j.State, j.Attempts = Waiting, 0
	} else if failure != nil {
		j.Code, j.Error, j.State = fault.Code(failure), failure.Error(), Failed
		if !isPermanent(failure) && j.Attempts < maxAttempts {
			j.State = Waiting
		}
		slog.WarnContext(ctx, "job failed", slog.String("job", j.ID), slog.String("kind", j.Kind),
			slog.Int("attempt", j.Attempts), slog.Any("error", failure))
	}
	return r.db.Write(ctx, func(tx *store.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE job SET state = ?, attempts = ?, code = ?, error = ?, ended_at = ? WHERE id = ? AND state = 'running'`,
			string(j.State), j.Attempts, j.Code, j.Error, r.stamp(), j.ID)
		return err
	})
}

// live adds the progress of the running job, which is kept in memory only.
func (r *Runner) live(j Job) Job {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.current != nil && r.current.ID == j.ID && j.State == Running {
		j.Done, j.Total, j.Remaining = r.current.Done, r.current.Total, r.current.Remaining
	}
	return j
}

func (r *Runner) tell(j Job) {
	r.mu.Lock()
	hearers := make([]func(Job), 0, len(r.hearers))
	for _, fn := range r.hearers {
		hearers = append(hearers, fn)
	}
	r.mu.Unlock()
	for _, fn := range hearers {
		fn(j)
	}
}

func (r *Runner) turn() {
	r.mu.Lock()
	defer r.mu.Unlock()
	close(r.turned)
	r.turned = make(chan struct{})
}

func (r *Runner) wake() {
	select {
	case r.bell <- struct{}{}:
	default:
	}
}
