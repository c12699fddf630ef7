package desktop

import (
	"diaoyue.example/workstation/backend"
	"diaoyue.example/workstation/backend/accounts"
	"diaoyue.example/workstation/backend/audit"
	"diaoyue.example/workstation/backend/jobs"
)

// Names of the events the page listens to.
const (
	eventIngest        = "ingest"         // IngestJob
	eventJob           = "job"            // Job
	eventHead          = "head"           // LogHead
	eventVerify        = "verify"         // verifying
	eventFixity        = "fixity"         // FixityRun
	eventWorking       = "working"        // Working
	eventStation       = "station"        // Station
	eventViewingClosed = "viewing-closed" // viewingClosed
	eventWorkerDeath   = "worker-death"   // workerDeath
)

type verifying struct {
	Done  int64 `json:"done"`
	Total int64 `json:"total"`
}

type viewingClosed struct {
	ID   string `json:"id"`
	Kind string `json:"kind"`
}

type workerDeath struct {
	Role string `json:"role"` // "desk" | "bench" | "scans" | "speech"
	Why  string `json:"why"`  // a code of backend/worker
}

func (s *Shell) emit(event string, data any) {
	s.mu.Lock()
	h := s.host
	s.mu.Unlock()
	h.Emit(event, data)
}

// headMoved announces the log's position when it changed.
func (s *Shell) headMoved(w *backend.Workstation) {
	head, err := w.Log.Head(s.ctx)
	if err != nil {
		return // the next call tries again; the act itself is done
	}
	s.mu.Lock()
	moved := head.Size != s.head
	s.head = head.Size
	s.mu.Unlock()
	if moved {
		s.emit(eventHead, dtoHead(head))
	}
}

func dtoHead(h audit.Head) LogHead {
	return LogHead{Size: h.Size, Root: h.Root, SinceWitness: h.Size - h.WitnessSize}
}

// jobChanged announces a job to whoever sits here; its title only to an
// account that may find the record.
func (s *Shell) jobChanged(j jobs.Job) {
	out := dtoJob(j)
	if w, actor, err := s.peek(); err == nil && actor.May(accounts.Search) {
		if r, err := w.Catalog.Record(s.ctx, j.Subject); err == nil {
			out.Title = r.Title
		}
	}
	s.emit(eventJob, out)
}

// peek is seated without counting as an act of the account.
func (s *Shell) peek() (*backend.Workstation, accounts.Actor, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.work == nil || s.actor == nil {
		return nil, accounts.Actor{}, ErrNotSignedIn
	}
	return s.work, *s.actor, nil
}

func (s *Shell) stationChanged() {
	if state, err := s.state(); err == nil {
		s.emit(eventStation, state)
	}
}
