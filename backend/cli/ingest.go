package cli

import (
	"context"
	"path/filepath"

	"diaoyue.example/workstation/backend"
	"diaoyue.example/workstation/backend/accounts"
	"diaoyue.example/workstation/backend/catalog"
	"diaoyue.example/workstation/backend/fault"
	"diaoyue.example/workstation/backend/ingest"
)

type outcomeJSON struct {
	Path    string            `json:"path"`
	Name    string            `json:"name"`
	Size    int64             `json:"size"`
	State   string            `json:"state"` // stored known refused skipped
	Code    string            `json:"code"`
	Params  map[string]string `json:"params,omitempty"`
	Message string            `json:"message"`
	Record  string            `json:"record_id"`
	RecCode string            `json:"record_code"`
	SHA256  string            `json:"sha256"`
	SM3     string            `json:"sm3"`
	Seq     int64             `json:"seq"`
}

func ingestRun(ctx context.Context, c *call) error {
	caseName := c.flags.String("case", "", "")
	stage := c.flags.String("stage", catalog.StageInvestigation, "")
	chain := c.flags.Bool("chain", false, "")
	if err := c.parse(1, -1); err != nil {
		return err
	}
	if *caseName == "" {
		return errUsage
	}
	paths := make([]string, 0, len(c.args))
	for _, p := range c.args {
		abs, err := filepath.Abs(p)
		if err != nil {
			return errNoFile.With("path", p)
		}
		paths = append(paths, abs)
	}
	return c.signedIn(ctx, func(ctx context.Context, w *backend.Workstation, actor accounts.Actor) error {
		file, err := w.Case(ctx, actor, *caseName)
		if err != nil {
			return err
		}
		what := ingest.Submission{CaseID: file.File.ID, Stage: c.words.stage(*stage), Paths: paths, Chain: *chain}
		outcomes, err := w.Ingest.Receive(ctx, actor, what, func(ingest.Progress) {})
		if err != nil {
			return err
		}
		// The process ends with the command: what ingest set going is finished first.
		if err := w.Settle(ctx); err != nil {
			return err
		}
		return c.report(ctx, w, actor, outcomes)
	})
}

// report prints each file's outcome; it fails when a file was refused.
func (c *call) report(ctx context.Context, w *backend.Workstation, actor accounts.Actor, outcomes []ingest.Outcome) error {
	count := map[ingest.State]int64{}
	out := make([]outcomeJSON, 0, len(outcomes))
	for _, o := range outcomes {
		count[o.State]++
		one := outcomeJSON{
			Path: o.Path, Name: o.Name, Size: o.Size, State: string(o.State),
			Record: o.RecordID, SHA256: o.SHA256, SM3: o.SM3, Seq: o.Seq,
		}
		if o.Err != nil {
			one.Code, one.Params, one.Message = fault.Code(o.Err), fault.Params(o.Err), c.words.sentence(o.Err)
		}
		if o.RecordID != "" {
			if r, err := w.Record(ctx, actor, o.RecordID); err == nil {
				one.RecCode = r.Code
			}
		}
		out = append(out, one)
	}
	err := c.print(map[string]any{"outcomes": out}, func() {
		for _, o := range out {
			c.row(c.words.line("ingest."+o.State), o.RecCode, o.Path, o.SHA256, o.Message)
		}
		c.say("ingest.sum", "files", number(int64(len(out))), "stored", number(count[ingest.Stored]),
			"known", number(count[ingest.Known]), "refused", number(count[ingest.Refused]), "skipped", number(count[ingest.Skipped]))
	})
	if err == nil && count[ingest.Refused] > 0 {
		return errPartly.With("count", number(count[ingest.Refused]))
	}
	return err
}
