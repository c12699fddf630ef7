package desktop

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"diaoyue.example/workstation/backend"
	"diaoyue.example/workstation/backend/accounts"
	"diaoyue.example/workstation/backend/audit"
)

// theProgram stands for the entries that no account made.
const theProgram = "system"

// Tally counts the entries that fit, by event and by account, as far as the
// account may read.
func (r *Register) Tally(filter LogFilter) (LogTally, error) {
	return ask(r.shell, func(ctx context.Context, w *backend.Workstation, actor accounts.Actor) (LogTally, error) {
		f, err := logFilter(filter)
		if err != nil {
			return LogTally{}, err
		}
		t, err := w.Tally(ctx, actor, f)
		if err != nil {
			return LogTally{}, err
		}
		names := r.names(ctx, w)
		out := LogTally{Total: t.Total, Events: []LogShare{}, Accounts: []LogShare{}}
		for event, n := range t.Events {
			out.Events = append(out.Events, LogShare{Value: string(event), Count: n})
		}
		for id, n := range t.Actors {
			out.Accounts = append(out.Accounts, LogShare{Value: cmp.Or(id, theProgram), Name: names[id], Count: n})
		}
		slices.SortFunc(out.Events, byCount)
		slices.SortFunc(out.Accounts, byCount)
		return out, nil
	})
}

func byCount(a, b LogShare) int {
	return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Value, b.Value))
}

func logFilter(filter LogFilter) (audit.Filter, error) {
	from, to, err := period(filter.From, filter.To)
	if err != nil {
		return audit.Filter{}, err
	}
	// An object is "kind:id"; the id alone is taken as a record's.
	kind, id, both := strings.Cut(filter.Object, ":")
	if !both && filter.Object != "" {
		kind, id = "record", filter.Object
	}
	f := audit.Filter{
		Result: audit.Result(filter.Result), ObjectKind: kind, ObjectID: id, From: from, To: to,
		Before: filter.Before, Limit: filter.Limit,
	}
	for _, event := range filter.Events {
		f.Events = append(f.Events, audit.Event(event))
	}
	for _, account := range filter.Accounts {
		if account == theProgram {
			account = ""
		}
		f.Actors = append(f.Actors, account)
	}
	return f, nil
}
