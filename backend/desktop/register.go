package desktop

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"diaoyue.example/workstation/backend"
	"diaoyue.example/workstation/backend/accounts"
	"diaoyue.example/workstation/backend/audit"
	"diaoyue.example/workstation/backend/fault"
	"diaoyue.example/workstation/backend/viewing"
)

// Register is the face of the viewing log.
type Register struct{ shell *Shell }

// Viewings lists the register of viewings, newest first.
func (r *Register) Viewings(filter RegisterFilter) ([]ViewingRow, error) {
	return ask(r.shell, func(ctx context.Context, w *backend.Workstation, actor accounts.Actor) ([]ViewingRow, error) {
		f, err := registerFilter(filter)
		if err != nil {
			return nil, err
		}
		rows, err := w.Register(ctx, actor, f)
		return each(rows, dtoViewingRow), err
	})
}

func registerFilter(f RegisterFilter) (viewing.Filter, error) {
	from, to, err := period(f.From, f.To)
	return viewing.Filter{
		From: from, To: to, AccountID: f.Account, Purpose: f.Purpose, Text: f.Text,
		RecordID: f.RecordID, Close: f.Close, Result: f.Result, Before: f.Before, Limit: f.Limit,
	}, err
}

// Session gives one viewing with its intervals.
func (r *Register) Session(viewingID string) (ViewingRow, error) {
	return ask(r.shell, func(ctx context.Context, w *backend.Workstation, actor accounts.Actor) (ViewingRow, error) {
		row, err := w.Session(ctx, actor, viewingID)
		if err != nil {
			return ViewingRow{}, err
		}
		return dtoViewingRow(row), nil
	})
}

// Entries lists log entries, newest first, as far as the account may read.
func (r *Register) Entries(filter LogFilter) ([]LogRow, error) {
	return ask(r.shell, func(ctx context.Context, w *backend.Workstation, actor accounts.Actor) ([]LogRow, error) {
		f, err := logFilter(filter)
		if err != nil {
			return nil, err
		}
		rows, err := w.Entries(ctx, actor, f)
		if err != nil {
			return nil, err
		}
		names := r.names(ctx, w)
		return each(rows, func(row audit.Row) LogRow { return dtoLogRow(row, names) }), nil
	})
}

// Head gives the log's position.
func (r *Register) Head() (LogHead, error) {
	return ask(r.shell, func(ctx context.Context, w *backend.Workstation, _ accounts.Actor) (LogHead, error) {
		head, err := w.Log.Head(ctx)
		return dtoHead(head), err
	})
}

// Verify checks the whole log; progress comes as event "verify". A log that
// does not hold is an answer with OK false, not an error.
func (r *Register) Verify() (Verification, error) {
	return ask(r.shell, func(ctx context.Context, w *backend.Workstation, actor accounts.Actor) (Verification, error) {
		start := r.shell.cfg.Now()
		ctx, done := r.shell.cancellable(ctx, taskVerify)
		defer done()
		report, err := w.Verify(ctx, actor, func(done, total int64) {
			r.shell.emit(eventVerify, verifying{Done: done, Total: total})
		})
		out := Verification{
			OK: err == nil, Entries: report.Entries, Root: report.Root, Checkpoints: report.Checkpoints,
			HighWater: report.HighWater, KeyPlace: report.KeyPlace, TrustedKey: report.Trusted,
			Seconds: r.shell.cfg.Now().Sub(start).Seconds(),
		}
		var tampered *audit.TamperError
		switch {
		case ctx.Err() != nil:
			return Verification{}, ErrStopped.With()
		case errors.As(err, &tampered):
			out.Seq, out.Code = tampered.Seq, fault.Code(err)
		case err != nil:
			return Verification{}, err
		}
		return out, nil
	})
}

// CancelVerify stops a verification under way; one that is stopped has found
// nothing, neither good nor bad.
func (r *Register) CancelVerify() error {
	return tell(r.shell, func(context.Context, *backend.Workstation, accounts.Actor) error {
		r.shell.cancel(taskVerify)
		return nil
	})
}

// Checkpoint signs the log's present position.
func (r *Register) Checkpoint() (Checkpoint, error) {
	return ask(r.shell, func(ctx context.Context, w *backend.Workstation, actor accounts.Actor) (Checkpoint, error) {
		c, err := w.Checkpoint(ctx, actor)
		if err != nil {
			return Checkpoint{}, err
		}
		return Checkpoint{Size: c.Size, Root: c.Root, At: stamp(c.At), Note: c.Note}, nil
	})
}

// names maps account ids to "number name", as far as the rows are readable at
// all: who may read an entry may know whose it is.
func (r *Register) names(ctx context.Context, w *backend.Workstation) map[string]string {
	names := map[string]string{}
	list, err := w.Accounts.List(ctx)
	if err != nil {
		return names
	}
	for _, a := range list {
		names[a.ID] = a.Number + " " + a.Name
	}
	return names
}

func dtoLogRow(row audit.Row, names map[string]string) LogRow {
	account := names[row.Actor]
	if account == "" {
		account = row.Actor
	}
	objects := objectsNamed(row.Objects, names)
	return LogRow{
		Seq: row.Seq, At: stamp(row.At), Account: account, Event: string(row.Event), Result: string(row.Result),
		Objects: objects, Codes: jsonText(row.Codes), Details: jsonText(row.Details),
	}
}

// objectsNamed tells accounts by number and name instead of by their id.
func objectsNamed(objects, names map[string]string) map[string]string {
	out := map[string]string{}
	for key, value := range objects {
		out[key] = cmp.Or(names[value], value)
	}
	return out
}

func jsonText(m map[string]any) string {
	if m == nil {
		return ""
	}
	text, err := json.Marshal(m)
	if err != nil {
		return fmt.Sprint(m)
	}
	return string(text)
}

// period reads two days or moments; a day as end means its whole length.
func period(from, to string) (start, end time.Time, err error) {
	if start, _, err = moment(from); err != nil {
		return start, end, err
	}
	end, day, err := moment(to)
	if day && err == nil {
		end = end.AddDate(0, 0, 1)
	}
	return start, end, err
}

func moment(text string) (at time.Time, day bool, err error) {
	if text == "" {
		return time.Time{}, false, nil
	}
	if at, err = time.Parse(time.RFC3339, text); err == nil {
		return at, false, nil
	}
	// Days are those of the bureau's clock, which is China's everywhere.
	if at, err = time.ParseInLocation(time.DateOnly, text, time.FixedZone("CST", 8*60*60)); err == nil {
		return at, true, nil
	}
	return time.Time{}, false, ErrBadRequest.With("field", "date")
}
