// Package jobs is the durable long work of the archive: making frame indexes,
// taking text, making copies.
//
// Invariant: a job is written in the transaction that makes it necessary and
// is not forgotten until it is done, failed by name or cancelled; what was
// running when the program died waits again at the next start, and a job that
// keeps killing the program is failed instead.
package jobs

import (
	"context"
	"errors"
	"time"

	"diaoyue.example/workstation/backend/fault"
)

// State of a job.
type State string

// States of a job.
const (
	Waiting   State = "waiting"
	Running   State = "running"
	Done      State = "done"
	Failed    State = "failed"
	Cancelled State = "cancelled"
)

// What can be wrong with a job.
var (
	// ErrNoJob: no job has this id. Parameter "job".
	ErrNoJob = fault.New("jobs.no_job", "there is no such job")
	// ErrNoHandler: nobody does this kind of work. Parameter "kind".
	ErrNoHandler = fault.New("jobs.no_handler", "no handler for this kind of job")
	// ErrCrashed: the program died each time this job ran.
	ErrCrashed = fault.New("jobs.crashed", "the program ended while doing this job")
)

// Spec is what is to be done.
type Spec struct {
	Kind    string // the handler's name, for instance frame-index
	Subject string // id of what it is done to: a record, a copy
	Payload string // anything else the handler needs, small
}

// Job is work and how far it is.
type Job struct {
	Spec
	ID        string
	State     State
	Done      int64   // in the handler's units
	Total     int64   // 0 unknown
	Remaining float64 // s at the present pace, -1 unknown
	Attempts  int
	Code      string // fault code when Failed
	Error     string // for the operation log
	CreatedAt time.Time
	StartedAt time.Time
	EndedAt   time.Time
}

// Open reports whether the job is still to end.
func (j Job) Open() bool { return j.State == Waiting || j.State == Running }

// Progress is called by a handler as it goes.
type Progress func(done, total int64)

// Handler does one job. It must be safe to run again after a crash. An error
// is retried unless it was made by Permanent or the context ended.
type Handler func(ctx context.Context, j Job, progress Progress) error

// Permanent marks an error that trying again will not mend.
func Permanent(err error) error {
	if err == nil {
		return nil
	}
	return &permanent{err}
}

type permanent struct{ error }

func (p *permanent) Unwrap() error { return p.error }

func isPermanent(err error) bool {
	var p *permanent
	return errors.As(err, &p)
}
