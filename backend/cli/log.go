package cli

import (
	"context"
	"encoding/json"
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

func logList(ctx context.Context, c *call) error {
	event := c.flags.String("event", "", "")
	limit := c.flags.Int("limit", 0, "")
	if err := c.parse(0, 0); err != nil {
		return err
	}
	return c.signedIn(ctx, func(ctx context.Context, w *backend.Workstation, actor accounts.Actor) error {
		rows, err := w.Entries(ctx, actor, audit.Filter{Event: audit.Event(*event), Limit: *limit})
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
