package backend

import (
	"bytes"
	"context"
	"encoding/json"
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
	own, f, err := w.mayRead(ctx, actor, f)
	if err != nil {
		return nil, err
	}
	if !own {
		if err = w.noteReading(ctx, actor, f); err != nil {
			return nil, err
		}
	}
	rows, err := w.Log.List(ctx, f)
	if err != nil || !administrative(actor) {
		return rows, err
	}
	withhold(rows)
	return rows, nil
}

// withhold keeps titles, queries and notes from who administers.
func withhold(rows []audit.Row) {
	for i := range rows {
		rows[i].Details = nil
	}
}

// Tally counts the entries that fit, of those that Entries would show. It
// tells numbers alone and is no reading of its own.
func (w *Workstation) Tally(ctx context.Context, actor accounts.Actor, f audit.Filter) (audit.Tally, error) {
	_, f, err := w.mayRead(ctx, actor, f)
	if err != nil {
		return audit.Tally{}, err
	}
	return w.Log.Tally(ctx, f)
}

// mayRead narrows a filter to what the account may read: the auditor all, the
// security administrator what the three administrators did not do, others
// their own (law-and-features §14).
func (w *Workstation) mayRead(ctx context.Context, actor accounts.Actor, f audit.Filter) (own bool, _ audit.Filter, _ error) {
	switch {
	case actor.May(accounts.LogRead):
		return false, f, nil
	case actor.May(accounts.LogReadBusiness):
		people, err := w.Accounts.List(ctx)
		for _, a := range people {
			if administrative(a.Actor) {
				f.Except = append(f.Except, a.ID)
			}
		}
		return false, f, err
	}
	if err := w.Accounts.Require(ctx, actor, accounts.LogReadOwn, nil); err != nil {
		return false, f, err
	}
	f.Actor = actor.ID
	return true, f, nil
}

// sameReading is how long the next pages belong to a reading that was noted.
const sameReading = 12 * time.Hour

// noteReading notes that somebody reads the log of others. The next pages of
// the same reading are not noted; what is asked for decides, not the page
// number, or one would leaf through the log from a number of one's own choice.
func (w *Workstation) noteReading(ctx context.Context, actor accounts.Actor, f audit.Filter) error {
	asked := audit.Entry{Actor: actor.ID, Event: audit.LogRead, Codes: askedFor(f)}
	if f.Before > 0 {
		last, err := w.Log.List(ctx, audit.Filter{Event: audit.LogRead, Actor: actor.ID, Limit: 1})
		if err != nil {
			return err
		}
		if len(last) == 1 && w.cfg.Now().Sub(last[0].At) < sameReading && sameCodes(last[0], asked) {
			return nil
		}
	}
	_, err := w.Log.Note(ctx, asked)
	return err
}

// askedFor is a filter as an entry keeps it.
func askedFor(f audit.Filter) map[string]any {
	codes := map[string]any{"event": f.Event, "actor": f.Actor}
	if len(f.Events) > 0 {
		codes["events"] = f.Events
	}
	if len(f.Actors) > 0 {
		codes["actors"] = f.Actors
	}
	if f.ObjectKind != "" {
		codes["object"] = f.ObjectKind + ":" + f.ObjectID
	}
	if f.Result != "" {
		codes["result"] = f.Result
	}
	for name, moment := range map[string]time.Time{"from": f.From, "to": f.To} {
		if !moment.IsZero() {
			codes[name] = moment.UTC().Format(timeForm)
		}
	}
	return codes
}

func sameCodes(row audit.Row, asked audit.Entry) bool {
	was, wasErr := json.Marshal(row.Codes)
	is, isErr := json.Marshal(asked.Codes)
	return wasErr == nil && isErr == nil && bytes.Equal(was, is)
}

func administrative(actor accounts.Actor) bool {
	return slices.ContainsFunc(actor.Roles, accounts.Role.Administrative)
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
