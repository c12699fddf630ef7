package backend

import (
	"context"
	"errors"
	"slices"
	"time"

	"diaoyue.example/workstation/backend/accounts"
	"diaoyue.example/workstation/backend/audit"
	"diaoyue.example/workstation/backend/fault"
)

const timeForm = time.RFC3339

// Entries returns log entries, newest first, as far as the account may read:
// the auditor all, the security administrator those of business accounts,
// others their own. The three administrators get them without details.
func (w *Workstation) Entries(ctx context.Context, actor accounts.Actor, f audit.Filter) ([]audit.Row, error) {
	all := actor.May(accounts.LogRead) || actor.May(accounts.LogReadBusiness)
	if !all {
		if err := w.Accounts.Require(ctx, actor, accounts.LogReadOwn, nil); err != nil {
			return nil, err
		}
		f.Actor = actor.ID
	} else if f.Before == 0 {
		// Reading the log of others is itself an entry; the next pages of the
		// same reading are not.
		entry := audit.Entry{Actor: actor.ID, Event: audit.LogRead, Codes: map[string]any{"event": f.Event, "actor": f.Actor}}
		if _, err := w.Log.Note(ctx, entry); err != nil {
			return nil, err
		}
	}
	rows, err := w.Log.List(ctx, f)
	if err != nil || !administrative(actor) {
		return rows, err
	}
	if !actor.May(accounts.LogRead) {
		if rows, err = w.business(ctx, rows); err != nil {
			return nil, err
		}
	}
	for i := range rows {
		rows[i].Details = nil
	}
	return rows, nil
}

func administrative(actor accounts.Actor) bool {
	return slices.ContainsFunc(actor.Roles, accounts.Role.Administrative)
}

// business leaves out what the three administrators did.
func (w *Workstation) business(ctx context.Context, rows []audit.Row) ([]audit.Row, error) {
	people, err := w.Accounts.List(ctx)
	if err != nil {
		return nil, err
	}
	apart := map[string]bool{}
	for _, a := range people {
		apart[a.ID] = administrative(a.Actor)
	}
	return slices.DeleteFunc(rows, func(r audit.Row) bool { return apart[r.Actor] }), nil
}

// Verify checks the log from the first entry to the last and notes that it was
// checked, and by whom. The error is a *audit.TamperError, audit.ErrRolledBack
// or accounts.ErrForbidden.
func (w *Workstation) Verify(ctx context.Context, actor accounts.Actor, progress func(done, total int64)) (audit.Report, error) {
	if err := w.Accounts.Require(ctx, actor, accounts.LogVerify, nil); err != nil {
		return audit.Report{}, err
	}
	report, failure := w.Log.Verify(ctx, progress)
	if ctx.Err() != nil {
		return report, failure
	}
	entry := audit.Entry{
		Actor: actor.ID, Event: audit.LogVerified,
		Codes: map[string]any{"entries": report.Entries, "root": report.Root},
	}
	if failure != nil {
		entry.Result, entry.Codes["code"] = audit.Failed, fault.Code(failure)
	}
	_, err := w.Log.Note(ctx, entry)
	return report, errors.Join(failure, err)
}

// Checkpoint signs the log as it stands.
func (w *Workstation) Checkpoint(ctx context.Context, actor accounts.Actor) (audit.Checkpoint, error) {
	if err := w.Accounts.Require(ctx, actor, accounts.LogVerify, nil); err != nil {
		return audit.Checkpoint{}, err
	}
	return w.Log.Checkpoint(ctx)
}
