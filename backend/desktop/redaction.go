package desktop

import (
	"context"
	"slices"

	"diaoyue.example/workstation/backend"
	"diaoyue.example/workstation/backend/accounts"
	"diaoyue.example/workstation/backend/disclosure"
	"diaoyue.example/workstation/media/export"
	"diaoyue.example/workstation/media/redact"
)

// Redaction is the face of redacted copies.
type Redaction struct{ shell *Shell }

// Draft gives this account's draft of the record in an open viewing, an empty
// one when there is none.
func (r *Redaction) Draft(viewingID string) (Draft, error) {
	return ask(r.shell, func(ctx context.Context, w *backend.Workstation, actor accounts.Actor) (Draft, error) {
		v, err := w.Viewing.Get(viewingID, actor)
		if err != nil {
			return Draft{}, err
		}
		d, err := w.Disclosure.Draft(ctx, actor, v.Info().Record.ID)
		return dtoDraft(d), err
	})
}

// SaveDraft keeps a draft; a plan that does not parse is refused.
func (r *Redaction) SaveDraft(draft Draft) (Draft, error) {
	return ask(r.shell, func(ctx context.Context, w *backend.Workstation, actor accounts.Actor) (Draft, error) {
		d, err := w.Disclosure.SaveDraft(ctx, actor, disclosure.Draft{
			ID: draft.ID, RecordID: draft.RecordID, Plan: draft.Plan, Names: draft.Names, Version: draft.Version,
		})
		return dtoDraft(d), err
	})
}

// Submit freezes the plan and has the candidate made.
func (r *Redaction) Submit(draftID string) (CopySummary, error) {
	return ask(r.shell, func(ctx context.Context, w *backend.Workstation, actor accounts.Actor) (CopySummary, error) {
		c, err := w.Disclosure.SubmitDraft(ctx, actor, draftID)
		return dtoCopySummary(c), err
	})
}

// Copies lists copies in a state, all for "".
func (r *Redaction) Copies(state string) ([]CopySummary, error) {
	return ask(r.shell, func(ctx context.Context, w *backend.Workstation, actor accounts.Actor) ([]CopySummary, error) {
		list, err := w.Disclosure.Copies(ctx, actor, disclosure.State(state))
		return each(list, dtoCopySummary), err
	})
}

// Copy gives all that checker and approver must know.
func (r *Redaction) Copy(id string) (Copy, error) {
	return ask(r.shell, func(ctx context.Context, w *backend.Workstation, actor accounts.Actor) (Copy, error) {
		return oneCopy(ctx, w, actor, id)
	})
}

// Check records that this account checked the candidate that was shown in the
// viewing, its last one for "", and passes it.
func (r *Redaction) Check(id, opinion, viewingID string) (Copy, error) {
	return ask(r.shell, func(ctx context.Context, w *backend.Workstation, actor accounts.Actor) (Copy, error) {
		if err := w.Disclosure.Check(ctx, actor, id, disclosure.Checking{Opinion: opinion, ViewingID: viewingID}); err != nil {
			return Copy{}, err
		}
		return oneCopy(ctx, w, actor, id)
	})
}

// SendBack is the checker's no, with a reason.
func (r *Redaction) SendBack(id, reason string) (Copy, error) {
	return ask(r.shell, func(ctx context.Context, w *backend.Workstation, actor accounts.Actor) (Copy, error) {
		if err := w.Disclosure.SendBack(ctx, actor, id, reason); err != nil {
			return Copy{}, err
		}
		return oneCopy(ctx, w, actor, id)
	})
}

// Approve approves the candidate that was shown in the viewing.
func (r *Redaction) Approve(id, opinion, viewingID string) (Copy, error) {
	return ask(r.shell, func(ctx context.Context, w *backend.Workstation, actor accounts.Actor) (Copy, error) {
		if err := w.Disclosure.Approve(ctx, actor, id, disclosure.Approval{Opinion: opinion, ViewingID: viewingID}); err != nil {
			return Copy{}, err
		}
		return oneCopy(ctx, w, actor, id)
	})
}

// Reject sends the candidate back with a reason.
func (r *Redaction) Reject(id, opinion string) (Copy, error) {
	return ask(r.shell, func(ctx context.Context, w *backend.Workstation, actor accounts.Actor) (Copy, error) {
		if err := w.Disclosure.Reject(ctx, actor, id, opinion); err != nil {
			return Copy{}, err
		}
		return oneCopy(ctx, w, actor, id)
	})
}

// Release hashes the candidate again and writes copy and certificate into dir.
func (r *Redaction) Release(id, dir string) (Released, error) {
	return ask(r.shell, func(ctx context.Context, w *backend.Workstation, actor accounts.Actor) (Released, error) {
		out, err := w.Disclosure.Release(ctx, actor, id, dir)
		return Released{CopyPath: out.CopyPath, CertificatePath: out.CertificatePath, SheetPath: out.SheetPath, Seq: out.Seq}, err
	})
}

// plan is the draft that a preview shows: this account's open one of the
// record in the viewing.
func (s *Shell) plan(ctx context.Context, recordID, draftID string) (*redact.Plan, error) {
	w, actor, err := s.seated()
	if err != nil {
		return nil, err
	}
	d, err := w.Disclosure.Draft(ctx, actor, recordID)
	if err != nil {
		return nil, err
	}
	if d.ID != draftID || draftID == "" {
		return nil, disclosure.ErrNoDraft.With()
	}
	plan, err := redact.ParsePlan([]byte(d.Plan))
	if err != nil {
		return nil, disclosure.ErrBadPlan.With("detail", err.Error())
	}
	return &plan, nil
}

// copies adds to the home screen what waits for this account's hand.
func (h *Home) copies(ctx context.Context, w *backend.Workstation, actor accounts.Actor, out *Overview) error {
	if !slices.ContainsFunc([]accounts.Permission{accounts.CheckRedaction, accounts.Approve, accounts.Redact, accounts.Release}, actor.May) {
		return nil
	}
	list, err := w.Disclosure.Copies(ctx, actor, "")
	if err != nil {
		return err
	}
	var waiting int64
	for _, c := range list {
		switch c.State {
		case disclosure.StateCandidate, disclosure.Checked:
			waiting++
			if kind := duty(actor, c); kind != "" {
				out.Due = append([]DueItem{{Kind: kind, Title: c.RecordTitle, CaseCode: c.CaseCode, RecordID: c.RecordID, CopyID: c.ID}}, out.Due...)
				out.Copies = append(out.Copies, dtoCopySummary(c))
			}
		case disclosure.Approved:
			if actor.May(accounts.Release) {
				out.Copies = append(out.Copies, dtoCopySummary(c))
			}
		case disclosure.Making, disclosure.Failed:
			if c.Mine {
				out.Copies = append(out.Copies, dtoCopySummary(c))
			}
		case disclosure.Rejected, disclosure.StateReleased, disclosure.Withdrawn:
		}
	}
	out.Counts = append(out.Counts, Count{Key: "candidates", Value: waiting, Total: int64(len(list))})
	return nil
}

// duty is what a sealed candidate asks of this account: "check", "approve", or
// nothing where it is one of the other two people already.
func duty(actor accounts.Actor, c disclosure.Summary) string {
	switch {
	case c.Mine:
		return ""
	case c.State == disclosure.StateCandidate && actor.May(accounts.CheckRedaction):
		return "check"
	case actor.May(accounts.Approve) && c.CheckerID != actor.ID:
		return "approve"
	}
	return ""
}

func oneCopy(ctx context.Context, w *backend.Workstation, actor accounts.Actor, id string) (Copy, error) {
	c, err := w.Disclosure.Copy(ctx, actor, id)
	if err != nil {
		return Copy{}, err
	}
	return dtoCopy(c), nil
}

func dtoDraft(d disclosure.Draft) Draft {
	return Draft{ID: d.ID, RecordID: d.RecordID, Plan: d.Plan, Version: d.Version, SavedAt: stamp(d.SavedAt), Names: d.Names}
}

func dtoCopySummary(c disclosure.Summary) CopySummary {
	return CopySummary{
		ID: c.ID, Number: c.Number, RecordID: c.RecordID, RecordTitle: c.RecordTitle, CaseCode: c.CaseCode,
		State: string(c.State), Submitter: c.Submitter, Checker: c.Checker, SubmittedAt: stamp(c.SubmittedAt),
		Tracks: c.Tracks, Mutes: c.Mutes, Done: c.Done, Total: c.Total, Mine: c.Mine,
	}
}

func dtoPersonCheck(x *disclosure.Check) *PersonCheck {
	if x == nil {
		return nil
	}
	out := &PersonCheck{Passed: x.Passed, Checker: x.Checker, At: stamp(x.At), Opinion: x.Opinion, Shown: x.Shown, Total: x.Total}
	if x.Total > 0 {
		out.Share = min(float64(x.Shown)/float64(x.Total), 1)
	}
	return out
}

func dtoCopy(c disclosure.Copy) Copy {
	return Copy{
		Summary: dtoCopySummary(c.Summary), Record: dtoRecord(c.Record),
		Items: each(c.Items, func(i disclosure.Item) CopyItem {
			return CopyItem{
				Kind: i.Kind, Track: i.Track, From: i.From, To: i.To, FromFrame: i.FromFrame, ToFrame: i.ToFrame,
				Effect: i.Effect, Ground: i.Ground, Reason: i.Reason,
			}
		}),
		Checks: each(c.Checks, func(k export.Check) CopyCheck {
			return CopyCheck{Key: k.Key, Passed: k.Passed, Params: filledMap(k.Params)}
		}),
		Dropped: filled(c.Dropped), PlanDigest: c.PlanDigest, OriginalSHA256: c.Original,
		SHA256: c.SHA256, SM3: c.SM3, Size: c.Size, Frames: c.Frames, Duration: c.Duration,
		Viewed: c.Viewed, Coverage: dtoCoverage(c.Coverage), MayApprove: c.MayApprove, WhyNot: c.WhyNot,
		MayCheck: c.MayCheck, WhyNoCheck: c.WhyNoCheck, Check: dtoPersonCheck(c.Check),
		Opinion: c.Opinion, Approver: c.Approver, DecidedAt: stamp(c.DecidedAt), Error: c.Error,
		History: each(c.History, func(h disclosure.Step) HistoryItem {
			return HistoryItem{Seq: h.Seq, At: stamp(h.At), Event: string(h.Event), Actor: h.Actor, Result: string(h.Result), Facts: filledMap(h.Facts)}
		}),
		ReleasedTo: c.ReleasedTo,
	}
}

func filledMap(m map[string]string) map[string]string {
	if m == nil {
		return map[string]string{}
	}
	return m
}
