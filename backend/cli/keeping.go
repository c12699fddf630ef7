package cli

import (
	"context"
	"slices"
	"strings"

	"diaoyue.example/workstation/backend"
	"diaoyue.example/workstation/backend/accounts"
	"diaoyue.example/workstation/backend/preservation"
)

// retentionList lists the case files whose retention has ended.
func retentionList(ctx context.Context, c *call) error {
	if err := c.parse(0, 0); err != nil {
		return err
	}
	return c.signedIn(ctx, func(ctx context.Context, w *backend.Workstation, actor accounts.Actor) error {
		due, err := w.Preservation.Due(ctx, actor)
		if err != nil {
			return err
		}
		out := make([]map[string]any, 0, len(due))
		for _, d := range due {
			out = append(out, map[string]any{
				"case_id": d.CaseID, "case_code": d.CaseCode, "title": d.Title, "retention": d.Retention, "expires": d.Expires.Format("2006-01-02"),
				"held": d.Held, "records": d.Records, "state": d.State, "appraisal_id": d.AppraisalID,
			})
		}
		return c.print(map[string]any{"due": out}, func() {
			for _, d := range due {
				c.row(d.Expires.Format("2006-01-02"), d.CaseCode, c.words.line("due."+d.State), number(int64(d.Records)), d.AppraisalID, d.Title)
			}
			c.say("retention.sum", "count", number(int64(len(due))))
		})
	})
}

// retentionAppraise proposes what becomes of a case file.
func retentionAppraise(ctx context.Context, c *call) error {
	var a preservation.Appraisal
	c.flags.StringVar(&a.Outcome, "outcome", "", "")
	c.flags.StringVar(&a.Until, "until", "", "")
	c.flags.StringVar(&a.Opinion, "opinion", "", "")
	if err := c.parse(1, 1); err != nil {
		return err
	}
	return c.signedIn(ctx, func(ctx context.Context, w *backend.Workstation, actor accounts.Actor) error {
		f, err := w.Case(ctx, actor, c.args[0])
		if err != nil {
			return err
		}
		a.CaseID = f.File.ID
		made, err := w.Preservation.Appraise(ctx, actor, a)
		if err != nil {
			return err
		}
		return c.print(map[string]any{"id": made.ID, "case_code": made.CaseCode, "outcome": made.Outcome, "until": made.Until}, func() {
			c.say("retention.appraised", "id", made.ID)
		})
	})
}

// retentionApprove is the head of agency's word on an appraisal.
func retentionApprove(ctx context.Context, c *call) error {
	opinion := c.flags.String("opinion", "", "")
	if err := c.parse(1, 1); err != nil {
		return err
	}
	return c.signedIn(ctx, func(ctx context.Context, w *backend.Workstation, actor accounts.Actor) error {
		if err := w.Preservation.ApproveAppraisal(ctx, actor, c.args[0], *opinion); err != nil {
			return err
		}
		return c.print(map[string]any{"id": c.args[0]}, func() { c.say("retention.approved", "id", c.args[0]) })
	})
}

// retentionDispose registers what was destroyed outside; it removes nothing.
func retentionDispose(ctx context.Context, c *call) error {
	var d preservation.Disposal
	c.flags.StringVar(&d.Inventory, "inventory", "", "")
	c.flags.StringVar(&d.On, "on", "", "")
	c.flags.Func("supervisor", "", func(name string) error {
		d.Supervisors = append(d.Supervisors, name)
		return nil
	})
	if err := c.parse(1, 1); err != nil {
		return err
	}
	d.AppraisalID = c.args[0]
	return c.signedIn(ctx, func(ctx context.Context, w *backend.Workstation, actor accounts.Actor) error {
		if err := w.Preservation.RegisterDisposal(ctx, actor, d); err != nil {
			return err
		}
		return c.print(map[string]any{"id": d.AppraisalID}, func() { c.say("retention.disposed", "id", d.AppraisalID) })
	})
}

func holdJSON(h preservation.Hold) map[string]any {
	return map[string]any{
		"id": h.ID, "case_id": h.CaseID, "case_code": h.CaseCode, "title": h.Title, "reason": h.Reason, "basis": h.Basis, "by": h.By, "at": stamp(h.At),
		"ended_by": h.EndedBy, "ended_at": stamp(h.EndedAt), "end_reason": h.EndReason,
	}
}

// holdList lists the holds, ended ones too.
func holdList(ctx context.Context, c *call) error {
	if err := c.parse(0, 0); err != nil {
		return err
	}
	return c.signedIn(ctx, func(ctx context.Context, w *backend.Workstation, actor accounts.Actor) error {
		all, err := w.Preservation.Holds(ctx, actor, false)
		if err != nil {
			return err
		}
		out := make([]map[string]any, 0, len(all))
		for _, h := range all {
			out = append(out, holdJSON(h))
		}
		return c.print(map[string]any{"holds": out}, func() {
			for _, h := range all {
				c.row(h.ID, h.CaseCode, stamp(h.At), stamp(h.EndedAt), h.Reason)
			}
		})
	})
}

// holdAdd keeps a case file from being disposed of.
func holdAdd(ctx context.Context, c *call) error {
	reason := c.flags.String("reason", "", "")
	basis := c.flags.String("basis", "", "")
	if err := c.parse(1, 1); err != nil {
		return err
	}
	return c.signedIn(ctx, func(ctx context.Context, w *backend.Workstation, actor accounts.Actor) error {
		h, err := w.Preservation.Hold(ctx, actor, c.args[0], *reason, *basis)
		if err != nil {
			return err
		}
		return c.print(holdJSON(h), func() { c.say("hold.added", "id", h.ID, "case", h.CaseCode) })
	})
}

// holdLift ends a hold.
func holdLift(ctx context.Context, c *call) error {
	reason := c.flags.String("reason", "", "")
	if err := c.parse(1, 1); err != nil {
		return err
	}
	return c.signedIn(ctx, func(ctx context.Context, w *backend.Workstation, actor accounts.Actor) error {
		if err := w.Preservation.EndHold(ctx, actor, c.args[0], *reason); err != nil {
			return err
		}
		return c.print(map[string]any{"id": c.args[0]}, func() { c.say("hold.lifted", "id", c.args[0]) })
	})
}

// isolationList lists the records kept apart, each with its steps.
func isolationList(ctx context.Context, c *call) error {
	if err := c.parse(0, 0); err != nil {
		return err
	}
	return c.signedIn(ctx, func(ctx context.Context, w *backend.Workstation, actor accounts.Actor) error {
		all, err := w.Preservation.Isolated(ctx, actor)
		if err != nil {
			return err
		}
		out := make([]map[string]any, 0, len(all))
		for _, x := range all {
			steps, err := w.Preservation.IsolationSteps(ctx, actor, x.RecordID)
			if err != nil {
				return err
			}
			list := make([]map[string]any, 0, len(steps))
			for _, s := range steps {
				list = append(list, map[string]any{"seq": s.Seq, "at": stamp(s.At), "by": s.By, "step": s.Step, "reason": s.Reason})
			}
			out = append(out, map[string]any{
				"record_id": x.RecordID, "record_code": x.RecordCode, "title": x.Title, "state": x.State, "by": x.By, "at": stamp(x.At), "steps": list,
			})
		}
		return c.print(map[string]any{"isolated": out}, func() {
			for _, x := range all {
				c.row(x.RecordID, x.RecordCode, c.words.line("isolation."+x.State), stamp(x.At), x.By, x.Title)
			}
		})
	})
}

// isolationDo is a step on the way of a suspected state secret: "mark", "end",
// "request", "withdraw" or "confirm".
func isolationDo(step string) func(context.Context, *call) error {
	return func(ctx context.Context, c *call) error {
		reason := c.flags.String("reason", "", "")
		to := c.flags.String("to", "", "")
		if err := c.parse(1, 1); err != nil {
			return err
		}
		if (step == "confirm") != (*to != "") {
			return errUsage
		}
		return c.signedIn(ctx, func(ctx context.Context, w *backend.Workstation, actor accounts.Actor) error {
			id, err := c.suspect(ctx, w, actor)
			if err != nil {
				return err
			}
			path := ""
			switch step {
			case "mark":
				err = w.Classify(ctx, actor, id, preservation.ClassSuspected, *reason)
			case "end":
				err = w.Classify(ctx, actor, id, preservation.ClassNone, *reason)
			case "request":
				err = w.Preservation.RequestTakeOut(ctx, actor, id, *reason)
			case "withdraw":
				err = w.Preservation.WithdrawTakeOut(ctx, actor, id)
			case "confirm":
				path, err = w.Preservation.ConfirmTakeOut(ctx, actor, id, *to)
			}
			if err != nil {
				return err
			}
			return c.print(map[string]any{"record_id": id, "step": step, "path": path}, func() {
				c.say("isolation."+step, "record", id, "path", path)
			})
		})
	}
}

// suspect is the record named: one kept apart by id or code, for those who may
// search nothing, or any that the account may find.
func (c *call) suspect(ctx context.Context, w *backend.Workstation, actor accounts.Actor) (string, error) {
	name := strings.TrimSpace(c.args[0])
	if all, err := w.Preservation.Isolated(ctx, actor); err == nil {
		if i := slices.IndexFunc(all, func(x preservation.Isolation) bool { return x.RecordID == name || x.RecordCode == name }); i >= 0 {
			return all[i].RecordID, nil
		}
	}
	r, err := w.Record(ctx, actor, name)
	return r.ID, err
}
