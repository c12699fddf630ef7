package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"diaoyue.example/workstation/backend"
	"diaoyue.example/workstation/backend/accounts"
	"diaoyue.example/workstation/backend/disclosure"
	"diaoyue.example/workstation/backend/fault"
	"diaoyue.example/workstation/backend/viewing"
)

type copyJSON struct {
	ID          string      `json:"id"`
	Number      string      `json:"number"`
	RecordID    string      `json:"record_id"`
	CaseCode    string      `json:"case_code"`
	State       string      `json:"state"`
	Submitter   string      `json:"submitter"`
	SubmittedAt string      `json:"submitted_at"`
	Tracks      int         `json:"tracks"`
	Mutes       int         `json:"mutes"`
	Error       string      `json:"error"`
	Details     *detailJSON `json:"details,omitempty"`
}

type detailJSON struct {
	Original   string       `json:"original_sha256"`
	PlanDigest string       `json:"plan_digest"`
	SHA256     string       `json:"sha256"`
	SM3        string       `json:"sm3"`
	Size       int64        `json:"size"`
	Frames     int64        `json:"frames"`
	Duration   float64      `json:"duration"`
	Checks     []checkJSON  `json:"checks"`
	Dropped    []string     `json:"dropped"`
	Check      *verdictJSON `json:"check"` // null = nobody checked it
	Approver   string       `json:"approver"`
	Opinion    string       `json:"opinion"`
}

// verdictJSON is what a person said who checked a copy.
type verdictJSON struct {
	Passed  bool   `json:"passed"`
	Checker string `json:"checker"`
	At      string `json:"at"`
	Opinion string `json:"opinion"`
	Shown   int64  `json:"shown"` // frames
	Total   int64  `json:"total"`
}

type checkJSON struct {
	Key    string            `json:"key"`
	Passed bool              `json:"passed"`
	Params map[string]string `json:"params"`
}

func toCopyJSON(s disclosure.Summary) copyJSON {
	return copyJSON{
		ID: s.ID, Number: s.Number, RecordID: s.RecordID, CaseCode: s.CaseCode, State: string(s.State),
		Submitter: s.Submitter, SubmittedAt: s.SubmittedAt.Format(time.RFC3339), Tracks: s.Tracks, Mutes: s.Mutes, Error: s.Error,
	}
}

func toCopyDetails(full disclosure.Copy) copyJSON {
	out := toCopyJSON(full.Summary)
	out.Details = &detailJSON{
		Original: full.Original, PlanDigest: full.PlanDigest, SHA256: full.SHA256, SM3: full.SM3, Size: full.Size,
		Frames: full.Frames, Duration: full.Duration, Checks: []checkJSON{}, Dropped: append([]string{}, full.Dropped...),
		Approver: full.Approver, Opinion: full.Opinion,
	}
	if x := full.Check; x != nil {
		out.Details.Check = &verdictJSON{x.Passed, x.Checker, x.At.Format(time.RFC3339), x.Opinion, x.Shown, x.Total}
	}
	for _, k := range full.Checks {
		out.Details.Checks = append(out.Details.Checks, checkJSON{Key: k.Key, Passed: k.Passed, Params: k.Params})
	}
	return out
}

func redactSubmit(ctx context.Context, c *call) error {
	planFile := c.flags.String("plan", "", "")
	if err := c.parse(1, 1); err != nil {
		return err
	}
	if *planFile == "" {
		return errUsage
	}
	plan, err := os.ReadFile(*planFile)
	if err != nil {
		return errNoFile.With("path", *planFile)
	}
	return c.signedIn(ctx, func(ctx context.Context, w *backend.Workstation, actor accounts.Actor) error {
		record, err := w.Record(ctx, actor, c.args[0])
		if err != nil {
			return err
		}
		sent, err := w.Disclosure.Submit(ctx, actor, record.ID, plan)
		if err != nil {
			return err
		}
		// The candidate is made by a job of this process: wait for it.
		if err = w.Settle(ctx); err != nil {
			return err
		}
		full, err := w.Disclosure.Copy(ctx, actor, sent.ID)
		if err != nil {
			return err
		}
		err = c.print(toCopyDetails(full), func() {
			if full.State != disclosure.Failed {
				c.row(full.ID)
				c.say("redact.submitted", "number", full.Number)
			}
		})
		if full.State == disclosure.Failed {
			return fault.New(full.Error, full.Error)
		}
		return err
	})
}

func redactList(ctx context.Context, c *call) error {
	state := c.flags.String("state", "", "")
	if err := c.parse(0, 0); err != nil {
		return err
	}
	return c.signedIn(ctx, func(ctx context.Context, w *backend.Workstation, actor accounts.Actor) error {
		list, err := w.Disclosure.Copies(ctx, actor, disclosure.State(*state))
		if err != nil {
			return err
		}
		out := make([]copyJSON, 0, len(list))
		for _, one := range list {
			out = append(out, toCopyJSON(one))
		}
		return c.print(map[string]any{"copies": out}, func() {
			for _, one := range out {
				c.row(one.ID, one.Number, one.State, one.CaseCode, one.Submitter)
			}
		})
	})
}

// onCopy runs one act on one copy and prints what became of it.
func (c *call) onCopy(ctx context.Context, said string, act func(ctx context.Context, w *backend.Workstation, actor accounts.Actor, one disclosure.Copy) error) error {
	return c.signedIn(ctx, func(ctx context.Context, w *backend.Workstation, actor accounts.Actor) error {
		one, err := c.copyNamed(ctx, w, actor, c.args[0])
		if err != nil {
			return err
		}
		if err = act(ctx, w, actor, one); err != nil {
			return err
		}
		after, err := w.Disclosure.Copy(ctx, actor, one.ID)
		if err != nil {
			return err
		}
		return c.print(toCopyDetails(after), func() {
			if said != "" {
				c.say(said, "number", after.Number)
				return
			}
			c.row(after.ID, after.Number, string(after.State))
			c.row("sha256", after.SHA256)
			c.row("sm3", after.SM3)
			c.row("plan", after.PlanDigest)
			if x := after.Check; x != nil {
				c.row("checked", map[bool]string{true: "passed", false: "returned"}[x.Passed], x.Checker, fmt.Sprintf("%d/%d", x.Shown, x.Total), x.Opinion)
			} else {
				c.row("checked", c.words.line("redact.unchecked"))
			}
			for _, k := range after.Checks {
				c.row("check", k.Key, map[bool]string{true: "ok", false: "failed"}[k.Passed])
			}
		})
	})
}

func redactShow(ctx context.Context, c *call) error {
	if err := c.parse(1, 1); err != nil {
		return err
	}
	return c.onCopy(ctx, "", func(context.Context, *backend.Workstation, accounts.Actor, disclosure.Copy) error { return nil })
}

// redactCheck opens the candidate in a logged viewing first, passed or not.
func redactCheck(ctx context.Context, c *call) error {
	opinion := c.flags.String("opinion", "", "")
	back := c.flags.Bool("return", false, "")
	if err := c.parse(1, 1); err != nil {
		return err
	}
	said := map[bool]string{false: "redact.checked", true: "redact.returned"}[*back]
	return c.onCopy(ctx, said, func(ctx context.Context, w *backend.Workstation, actor accounts.Actor, one disclosure.Copy) error {
		return lookAt(ctx, w, actor, one, func(viewingID string) error {
			if *back {
				return w.Disclosure.SendBack(ctx, actor, one.ID, *opinion)
			}
			return w.Disclosure.Check(ctx, actor, one.ID, disclosure.Checking{Opinion: *opinion, ViewingID: viewingID})
		})
	})
}

// redactApprove opens the candidate in a logged viewing first: an approval
// without one is refused (article 18).
func redactApprove(ctx context.Context, c *call) error {
	opinion := c.flags.String("opinion", c.words.line("opinion.default"), "")
	if err := c.parse(1, 1); err != nil {
		return err
	}
	return c.onCopy(ctx, "redact.approved", func(ctx context.Context, w *backend.Workstation, actor accounts.Actor, one disclosure.Copy) error {
		return lookAt(ctx, w, actor, one, func(viewingID string) error {
			return w.Disclosure.Approve(ctx, actor, one.ID, disclosure.Approval{Opinion: *opinion, ViewingID: viewingID})
		})
	})
}

// lookAt does act while the candidate is open in a viewing of which a frame was
// asked for.
func lookAt(ctx context.Context, w *backend.Workstation, actor accounts.Actor, one disclosure.Copy, act func(viewingID string) error) (err error) {
	v, err := w.Viewing.Open(ctx, actor, viewing.Request{CopyID: one.ID, Purpose: viewing.PurposeApproval, Basis: one.Number})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, v.Close(context.WithoutCancel(ctx), viewing.CloseNormal)) }()
	if _, err := v.Frame(ctx, 0, viewing.FrameRequest{MaxW: digestWidth, MaxH: digestWidth, Digest: true}); err != nil {
		return err
	}
	return act(v.ID())
}

func redactReject(ctx context.Context, c *call) error {
	opinion := c.flags.String("opinion", "", "")
	if err := c.parse(1, 1); err != nil {
		return err
	}
	return c.onCopy(ctx, "redact.rejected", func(ctx context.Context, w *backend.Workstation, actor accounts.Actor, one disclosure.Copy) error {
		return w.Disclosure.Reject(ctx, actor, one.ID, *opinion)
	})
}

func redactRelease(ctx context.Context, c *call) error {
	out := c.flags.String("out", ".", "")
	if err := c.parse(1, 1); err != nil {
		return err
	}
	dir, err := filepath.Abs(*out)
	if err != nil {
		return errNoFile.With("path", *out)
	}
	return c.signedIn(ctx, func(ctx context.Context, w *backend.Workstation, actor accounts.Actor) error {
		one, err := c.copyNamed(ctx, w, actor, c.args[0])
		if err != nil {
			return err
		}
		made, err := w.Disclosure.Release(ctx, actor, one.ID, dir)
		if err != nil {
			return err
		}
		return c.print(map[string]any{
			"id": one.ID, "number": one.Number, "copy": made.CopyPath, "certificate": made.CertificatePath,
			"sheet": made.SheetPath, "seq": made.Seq,
		}, func() { c.say("redact.released", "copy", made.CopyPath, "certificate", made.CertificatePath) })
	})
}
