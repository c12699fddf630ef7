package desktop

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"

	"diaoyue.example/workstation/backend"
	"diaoyue.example/workstation/backend/accounts"
	"diaoyue.example/workstation/backend/ingest"
	"diaoyue.example/workstation/backend/jobs"
)

// announceEvery bounds how often progress goes to the page.
const announceEvery = 150 * time.Millisecond

// submissions are the ingests under way and done since the archive was opened.
type submissions struct {
	mu   sync.Mutex
	list []*submission // oldest first
	all  sync.WaitGroup
}

type submission struct {
	owner string
	job   IngestJob
	stop  context.CancelFunc
	told  time.Time
}

func newSubmissions() *submissions { return &submissions{} }

// submit runs a submission in the background and returns its first state. It
// goes on when the account signs out, and ends when the archive is closed.
func (s *Shell) submit(ctx context.Context, w *backend.Workstation, actor accounts.Actor, what ingest.Submission) IngestJob {
	ctx, stop := context.WithCancel(ctx)
	one := &submission{owner: actor.ID, stop: stop, job: IngestJob{
		ID: uuid.Must(uuid.NewV7()).String(), State: "running", Remaining: -1, Outcomes: []IngestOutcome{},
	}}
	s.ingest.mu.Lock()
	s.ingest.list = append(s.ingest.list, one)
	first := one.job
	s.ingest.mu.Unlock()
	s.ingest.all.Go(func() {
		defer stop()
		s.receive(ctx, w, actor, what, one)
	})
	return first
}

func (s *Shell) receive(ctx context.Context, w *backend.Workstation, actor accounts.Actor, what ingest.Submission, one *submission) {
	var err error
	var outcomes []ingest.Outcome
	func() {
		defer s.caught(&err)
		outcomes, err = w.Ingest.Receive(ctx, actor, what, func(p ingest.Progress) { s.progressed(one, p) })
	}()
	w.Keeper.Nudge()
	s.ingest.mu.Lock()
	switch {
	case errors.Is(ctx.Err(), context.Canceled):
		one.job.State = "cancelled"
	case err != nil:
		one.job.State = "failed"
	default:
		one.job.State = "done"
	}
	if outcomes != nil {
		one.job.Outcomes = each(outcomes, dtoOutcome)
	} else if err != nil {
		one.job.Outcomes = append(one.job.Outcomes, dtoOutcome(ingest.Outcome{State: ingest.Refused, Err: err}))
	}
	one.job.Remaining = 0
	last := one.job
	s.ingest.mu.Unlock()
	s.emit(eventIngest, last)
	s.headMoved(w)
}

func (s *Shell) progressed(one *submission, p ingest.Progress) {
	now := s.cfg.Now()
	s.ingest.mu.Lock()
	one.job.Files, one.job.FilesDone = p.Files, p.FilesDone
	one.job.Bytes, one.job.BytesDone = p.Bytes, p.BytesDone
	one.job.Step, one.job.Current = p.Step, p.Current
	one.job.Seconds, one.job.Remaining = now.Sub(p.Started).Seconds(), p.Remaining
	one.job.Outcomes = each(p.Outcomes, dtoOutcome)
	due := now.Sub(one.told) >= announceEvery
	if due {
		one.told = now
	}
	job := one.job
	s.ingest.mu.Unlock()
	if due {
		s.emit(eventIngest, job)
	}
}

func (l *submissions) find(id, owner string) (*submission, error) {
	for _, one := range l.list {
		if one.job.ID == id && one.owner == owner {
			return one, nil
		}
	}
	return nil, jobs.ErrNoJob.With("job", id)
}

func (l *submissions) get(id, owner string) (IngestJob, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	one, err := l.find(id, owner)
	if err != nil {
		return IngestJob{}, err
	}
	return one.job, nil
}

func (l *submissions) cancel(id, owner string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	one, err := l.find(id, owner)
	if err != nil {
		return err
	}
	one.stop()
	return nil
}

func (l *submissions) of(owner string) []IngestJob {
	l.mu.Lock()
	defer l.mu.Unlock()
	out := []IngestJob{}
	for _, one := range slices.Backward(l.list) {
		if one.owner == owner {
			out = append(out, one.job)
		}
	}
	return out
}

// stop ends all submissions, waits for them and forgets them.
func (l *submissions) stop() {
	l.mu.Lock()
	for _, one := range l.list {
		one.stop()
	}
	l.mu.Unlock()
	l.all.Wait()
	l.mu.Lock()
	l.list = nil
	l.mu.Unlock()
}
