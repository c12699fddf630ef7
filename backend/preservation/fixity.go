package preservation

import (
	"context"
	"fmt"
	"slices"

	"diaoyue.example/workstation/backend/accounts"
	"diaoyue.example/workstation/backend/audit"
	"diaoyue.example/workstation/backend/store"
)

// StartFixity begins a run of checks in the background. Errors: ErrRunning,
// accounts.ErrForbidden, catalog.ErrNoRecord.
func (d *Desk) StartFixity(ctx context.Context, actor accounts.Actor, w Wish) (Run, error) {
	if err := d.cfg.Accounts.Require(ctx, actor, accounts.Fixity, nil); err != nil {
		return Run{}, err
	}
	r, err := d.begin(ctx, actor.ID, w)
	if err != nil {
		return Run{}, err
	}
	return d.launch(r) //nolint:contextcheck // a run outlives the call that began it
}

// PauseFixity stops the run at work; what it looked at is kept. ErrNoRun.
func (d *Desk) PauseFixity(ctx context.Context, actor accounts.Actor) error {
	if err := d.cfg.Accounts.Require(ctx, actor, accounts.Fixity, nil); err != nil {
		return err
	}
	d.mu.Lock()
	r := d.current
	d.mu.Unlock()
	if r == nil {
		return ErrNoRun
	}
	r.pause()
	<-r.ended
	return nil
}

// ResumeFixity lets the newest unfinished run go on. ErrNoRun, ErrRunning.
func (d *Desk) ResumeFixity(ctx context.Context, actor accounts.Actor) (Run, error) {
	if err := d.cfg.Accounts.Require(ctx, actor, accounts.Fixity, nil); err != nil {
		return Run{}, err
	}
	return d.resume(ctx)
}

func (d *Desk) resume(ctx context.Context) (Run, error) {
	open, err := d.unfinished(ctx)
	if err != nil {
		return Run{}, err
	}
	if len(open) == 0 {
		return Run{}, ErrNoRun
	}
	return d.launch(open[0]) //nolint:contextcheck // a run outlives the call that began it
}

func (d *Desk) unfinished(ctx context.Context) ([]Run, error) {
	return d.runs(ctx, `state IN ('running', 'paused') ORDER BY id DESC`)
}

// RunFixity checks and returns when it is done: for the command line. An
// unfinished run of the same scope goes on. progress may be nil.
func (d *Desk) RunFixity(ctx context.Context, actor accounts.Actor, w Wish, progress func(Run)) (Report, error) {
	if err := d.cfg.Accounts.Require(ctx, actor, accounts.Fixity, nil); err != nil {
		return Report{}, err
	}
	r, err := d.begin(ctx, actor.ID, w)
	if err != nil {
		return Report{}, err
	}
	work, err := d.take(ctx, r)
	if err != nil {
		return Report{}, err
	}
	work.told = progress
	if err := work.do(); err != nil { //nolint:contextcheck // the run holds the context it was taken with
		return Report{}, err
	}
	return d.report(ctx, actor, r.ID)
}

// begin writes down what a new run will look at, or finds the unfinished one.
func (d *Desk) begin(ctx context.Context, account string, w Wish) (Run, error) {
	open, err := d.unfinished(ctx)
	if err != nil {
		return Run{}, err
	}
	if i := slices.IndexFunc(open, func(r Run) bool { return r.Scope == w.Scope && r.RecordID == w.RecordID }); i >= 0 {
		return open[i], nil
	}
	if w.Scope == ScopeRecord {
		if _, err = d.cfg.Catalog.Record(ctx, w.RecordID); err != nil {
			return Run{}, err
		}
	}
	files, err := d.files(ctx)
	if err != nil {
		return Run{}, err
	}
	due := d.cfg.Now().AddDate(0, 0, early-Every)
	files = slices.DeleteFunc(files, func(f file) bool {
		return w.Scope == ScopeDue && f.last.After(due) || w.Scope == ScopeRecord && f.recordID != w.RecordID
	})
	slices.SortStableFunc(files, func(a, b file) int { return a.last.Compare(b.last) })
	id, err := newID()
	if err != nil {
		return Run{}, err
	}
	r := Run{ID: id, Scope: w.Scope, RecordID: w.RecordID, By: account, State: RunRunning, Started: d.cfg.Now(), Total: len(files), Remaining: -1}
	for _, f := range files {
		r.BytesTotal += f.size
	}
	return r, d.write(ctx, r, files)
}

func (d *Desk) write(ctx context.Context, r Run, files []file) error {
	entry := audit.Entry{
		Actor: r.By, Event: audit.FixityCheck,
		Codes: map[string]any{"run": r.ID, "scope": r.Scope, "files": r.Total, "bytes": r.BytesTotal, "step": "begin"},
	}
	if r.RecordID != "" {
		entry.Objects = map[string]string{"record": r.RecordID}
	}
	_, err := d.cfg.Log.Do(ctx, entry, func(tx *store.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO fixity_run (id, scope, record_id, account, state, started_at, total, bytes_total)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?)`, r.ID, r.Scope, r.RecordID, r.By, r.State, store.FormatTime(r.Started), r.Total, r.BytesTotal)
		for i, f := range files {
			if err != nil {
				break
			}
			_, err = tx.ExecContext(ctx, `INSERT INTO fixity_item (run, number, kind, id, record_id, sha256, sm3, size) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
				r.ID, i+1, f.kind, f.id, f.recordID, f.sha256, f.sm3, f.size)
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("begin checks: %w", err)
	}
	return nil
}
