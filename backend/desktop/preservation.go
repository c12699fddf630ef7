package desktop

import (
	"context"

	"diaoyue.example/workstation/backend"
	"diaoyue.example/workstation/backend/accounts"
	"diaoyue.example/workstation/backend/preservation"
)

// Preservation is the face of keeping: checks of the originals, backups,
// retention, and the way out of a suspected state secret.
type Preservation struct{ shell *Shell }

// Fixity gives the state of the checks and the runs, newest first. Progress
// comes as event "fixity".
func (p *Preservation) Fixity() (Fixity, error) {
	return ask(p.shell, func(ctx context.Context, w *backend.Workstation, actor accounts.Actor) (Fixity, error) {
		s, err := w.Preservation.Fixity(ctx, actor)
		if err != nil {
			return Fixity{}, err
		}
		runs, err := w.Preservation.Runs(ctx, actor)
		return Fixity{
			EveryDays: s.EveryDays, Originals: s.Originals, Candidates: s.Candidates, Bytes: s.Bytes, Never: s.Never,
			Overdue: s.Overdue, Broken: s.Broken, Oldest: stamp(s.Oldest), NextDue: stamp(s.NextDue), Runs: each(runs, dtoRun),
		}, err
	})
}

// StartFixity begins a run in the background: scope "due", "all", or "record"
// with the record's id.
func (p *Preservation) StartFixity(scope, recordID string) (FixityRun, error) {
	return ask(p.shell, func(ctx context.Context, w *backend.Workstation, actor accounts.Actor) (FixityRun, error) {
		run, err := w.Preservation.StartFixity(ctx, actor, preservation.Wish{Scope: scope, RecordID: recordID})
		return dtoRun(run), err
	})
}

// PauseFixity stops the run at work; what it looked at is kept.
func (p *Preservation) PauseFixity() error {
	return tell(p.shell, func(ctx context.Context, w *backend.Workstation, actor accounts.Actor) error {
		return w.Preservation.PauseFixity(ctx, actor)
	})
}

// ResumeFixity lets the newest unfinished run go on.
func (p *Preservation) ResumeFixity() (FixityRun, error) {
	return ask(p.shell, func(ctx context.Context, w *backend.Workstation, actor accounts.Actor) (FixityRun, error) {
		run, err := w.Preservation.ResumeFixity(ctx, actor)
		return dtoRun(run), err
	})
}

// Report gives a run and what it found broken.
func (p *Preservation) Report(runID string) (FixityReport, error) {
	return ask(p.shell, func(ctx context.Context, w *backend.Workstation, actor accounts.Actor) (FixityReport, error) {
		r, err := w.Preservation.Report(ctx, actor, runID)
		return FixityReport{Run: dtoRun(r.Run), Findings: each(r.Findings, dtoFinding)}, err
	})
}

// Locks lists what is broken now, longest first.
func (p *Preservation) Locks() ([]Broken, error) {
	return ask(p.shell, func(ctx context.Context, w *backend.Workstation, actor accounts.Actor) ([]Broken, error) {
		locks, err := w.Preservation.Locks(ctx, actor)
		return each(locks, dtoLock), err
	})
}

// Mend puts an intact copy of a broken original back, from a file that the
// person chose, and says at which position the log has it.
func (p *Preservation) Mend(recordID, path string) (int64, error) {
	return ask(p.shell, func(ctx context.Context, w *backend.Workstation, actor accounts.Actor) (int64, error) {
		return w.Preservation.Mend(ctx, actor, recordID, path)
	})
}

// ChooseFile asks for one file in the system's dialog; "" when nothing was
// chosen.
func (p *Preservation) ChooseFile(title string) (string, error) {
	return ask(p.shell, func(ctx context.Context, _ *backend.Workstation, _ accounts.Actor) (string, error) {
		chosen, err := p.shell.dialogs().ChooseFiles(ctx, title)
		if len(chosen) == 0 {
			return "", err
		}
		return chosen[0], err
	})
}

// fixityMoved tells the page how far a run is, not at every block it reads.
func (s *Shell) fixityMoved(r preservation.Run) {
	now := s.cfg.Now()
	s.mu.Lock()
	due := r.State != preservation.RunRunning || now.Sub(s.told) >= announceEvery
	if due {
		s.told = now
	}
	s.mu.Unlock()
	if due {
		s.emit(eventFixity, dtoRun(r))
	}
}
