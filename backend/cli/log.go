package cli

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"

	"diaoyue.example/workstation/backend"
	"diaoyue.example/workstation/backend/accounts"
	"diaoyue.example/workstation/backend/audit"
)

type entryJSON struct {
	Seq     int64             `json:"seq"`
	At      string            `json:"at"`
	Actor   string            `json:"actor"`
	Event   string            `json:"event"`
	Result  string            `json:"result"`
	Objects map[string]string `json:"objects"`
	Codes   map[string]any    `json:"codes"`
	Details map[string]any    `json:"details"`
}

// beijingDay is the beginning of a day of the bureau's clock, or of one so many
// days later.
func beijingDay(day string, later int) (time.Time, error) {
	at, err := time.ParseInLocation(time.DateOnly, day, time.FixedZone("CST", 8*60*60))
	return at.AddDate(0, 0, later), err
}

func logList(ctx context.Context, c *call) error {
	var f audit.Filter
	var numbers []string
	c.flags.Func("event", "", func(event string) error { f.Events = append(f.Events, audit.Event(event)); return nil })
	c.flags.Func("account", "", func(account string) error { numbers = append(numbers, account); return nil })
	c.flags.Func("from", "", func(day string) (err error) { f.From, err = beijingDay(day, 0); return err })
	c.flags.Func("to", "", func(day string) (err error) { f.To, err = beijingDay(day, 1); return err })
	c.flags.Func("result", "", func(result string) error { f.Result = audit.Result(result); return nil })
	c.flags.Func("record", "", func(id string) error { f.ObjectKind, f.ObjectID = "record", id; return nil })
	c.flags.IntVar(&f.Limit, "limit", 0, "")
	tally := c.flags.Bool("tally", false, "")
	if err := c.parse(0, 0); err != nil {
		return err
	}
	return c.signedIn(ctx, func(ctx context.Context, w *backend.Workstation, actor accounts.Actor) error {
		people, err := w.Accounts.List(ctx)
		if err != nil {
			return err
		}
		names := map[string]string{} // of accounts, by id
		for _, p := range people {
			names[p.ID] = p.Number
			if slices.Contains(numbers, p.Number) {
				f.Actors = append(f.Actors, p.ID)
			}
		}
		if len(f.Actors) < len(numbers) {
			return accounts.ErrUnknown.With("account", strings.Join(numbers, " "))
		}
		if *tally {
			return c.logTally(ctx, w, actor, f, names)
		}
		rows, err := w.Entries(ctx, actor, f)
		if err != nil {
			return err
		}
		out := make([]entryJSON, 0, len(rows))
		for _, r := range rows {
			out = append(out, entryJSON{
				Seq: r.Seq, At: r.At.Format(time.RFC3339), Actor: r.Actor, Event: string(r.Event), Result: string(r.Result),
				Objects: r.Objects, Codes: r.Codes, Details: r.Details,
			})
		}
		return c.print(map[string]any{"entries": out}, func() {
			for _, e := range out {
				objects, _ := json.Marshal(e.Objects) //nolint:errchkjson // a map of strings
				c.row(number(e.Seq), e.At, e.Event, e.Result, e.Actor, string(objects))
			}
		})
	})
}

// logTally says how many entries there are of each event and account.
func (c *call) logTally(ctx context.Context, w *backend.Workstation, actor accounts.Actor, f audit.Filter, names map[string]string) error {
	counts, err := w.Tally(ctx, actor, f)
	if err != nil {
		return err
	}
	byNumber := map[string]int64{}
	for id, n := range counts.Actors {
		byNumber[names[id]] += n
	}
	return c.print(map[string]any{"total": counts.Total, "events": counts.Events, "accounts": byNumber}, func() {
		c.row(number(counts.Total))
		for _, e := range slices.Sorted(maps.Keys(counts.Events)) {
			c.row(number(counts.Events[e]), string(e))
		}
		for _, a := range slices.Sorted(maps.Keys(byNumber)) {
			c.row(number(byNumber[a]), a)
		}
	})
}

// logCheckpoint signs the log; --to writes the checkpoint onto a stick, which
// counts as a witness and asks another workstation for its cosignature.
func logCheckpoint(ctx context.Context, c *call) error {
	to := c.flags.String("to", "", "")
	if err := c.parse(0, 0); err != nil {
		return err
	}
	return c.signedIn(ctx, func(ctx context.Context, w *backend.Workstation, actor accounts.Actor) error {
		if *to != "" {
			path, err := w.ExportCheckpoint(ctx, actor, *to)
			if err != nil {
				return err
			}
			return c.print(map[string]any{"path": path}, func() { c.say("log.requested", "path", path) })
		}
		made, err := w.Checkpoint(ctx, actor)
		if err != nil {
			return err
		}
		return c.print(map[string]any{
			"size": made.Size, "root": made.Root, "at": made.At.Format(time.RFC3339), "note": made.Note,
		}, func() { c.say("log.checkpoint", "size", number(made.Size), "root", made.Root) })
	})
}
