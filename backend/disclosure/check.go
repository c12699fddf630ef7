package disclosure

import (
	"context"
	"strings"

	"diaoyue.example/workstation/backend/accounts"
	"diaoyue.example/workstation/backend/audit"
	"diaoyue.example/workstation/backend/certificate"
	"diaoyue.example/workstation/backend/store"
)

// Checking is what a checker says of a candidate.
type Checking struct {
	Opinion   string
	ViewingID string // the checker's viewing of the candidate; "" = the last one
}

const insertCheck = `INSERT INTO copy_check (copy_id, passed, account, at, opinion, viewing_id, shown, total, plan_digest, sha256, sm3)
	VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`

// Check records that a third person checked exactly the sealed candidate and
// the frozen plan, and passed it. The candidate is hashed again first; the entry
// "check" binds plan digest and candidate digests, and says how much of the
// candidate was shown to the checker. Errors: accounts.ErrForbidden,
// ErrSelfCheck, ErrNoOpinion, ErrNotViewed, ErrState, ErrChanged, ErrNoCopy.
func (d *Desk) Check(ctx context.Context, actor accounts.Actor, id string, k Checking) error {
	c, objects, err := d.toCheck(ctx, actor, id)
	if err != nil {
		return err
	}
	k.Opinion = strings.TrimSpace(k.Opinion)
	if k.Opinion == "" {
		return ErrNoOpinion
	}
	if c.check, err = d.bound(ctx, actor, c, objects, k.ViewingID, BasisExclusion); err != nil {
		return err
	}
	c.check.Opinion = k.Opinion
	seal, err := c.checkSeal()
	if err != nil {
		return err
	}
	objects["viewing"] = c.check.Viewing
	return d.writeDecision(ctx, c, insertCheck, c.check, Checked, audit.Entry{
		Actor: actor.ID, Event: audit.Check, Objects: objects, Codes: c.codes(c.check, seal),
		Details: map[string]any{"opinion": c.check.Opinion, "number": c.number},
	})
}

// SendBack is the checker's no: the copy is rejected, a new plan makes a new
// one. Nothing need have been viewed for it: what stands in the plan can be
// reason enough. Errors: accounts.ErrForbidden, ErrSelfCheck, ErrNoOpinion,
// ErrState, ErrNoCopy.
func (d *Desk) SendBack(ctx context.Context, actor accounts.Actor, id, reason string) error {
	c, objects, err := d.toCheck(ctx, actor, id)
	if err != nil {
		return err
	}
	reason = strings.TrimSpace(reason)
	if reason == "" {
		return ErrNoOpinion
	}
	viewings, shown, total, err := d.cfg.Viewings.ShownCopy(ctx, actor.ID, c.id)
	if err != nil {
		return err
	}
	x := decision{Account: actor.ID, At: store.FormatTime(d.cfg.Now()), Opinion: reason, Shown: shown, Total: total, Plan: c.planDigest, SHA256: c.sha256, SM3: c.sm3}
	if len(viewings) > 0 {
		x.Viewing = viewings[len(viewings)-1]
		objects["viewing"] = x.Viewing
	}
	return d.writeDecision(ctx, c, insertCheck, x, Rejected, audit.Entry{
		Actor: actor.ID, Event: audit.CheckRejection, Objects: objects,
		Codes: map[string]any{
			certificate.CodePlan: c.planDigest, certificate.CodeCopySHA256: c.sha256, certificate.CodeCopySM3: c.sm3,
			certificate.CodeShown: shown, certificate.CodeTotal: total,
		},
		Details: map[string]any{"opinion": reason, "number": c.number},
	})
}

func (d *Desk) toCheck(ctx context.Context, actor accounts.Actor, id string) (row, map[string]string, error) {
	c, err := d.row(ctx, id)
	if err != nil {
		return c, nil, err
	}
	objects := map[string]string{"copy": c.id, "record": c.recordID}
	if err := d.cfg.Accounts.Require(ctx, actor, accounts.CheckRedaction, objects); err != nil {
		return c, nil, err
	}
	if !c.state.allows(checking) {
		return c, nil, d.refuse(ctx, actor, ErrState, BasisExclusion, objects, "state", string(c.state))
	}
	if why, basis := c.excluded(actor.ID, checking); why != nil {
		return c, nil, d.refuse(ctx, actor, why, basis, objects)
	}
	return c, objects, nil
}

// checkOf proves the check that c rests on from the log; nil when nobody
// checked it. A row without its entry, or an entry without its row, is
// ErrChanged: "not checked" must be as true as "checked".
func (d *Desk) checkOf(ctx context.Context, c row) (*audit.Proof, error) {
	seq, err := d.seqOf(ctx, audit.Check, c.id)
	if err != nil || seq == 0 && c.check.Account == "" {
		return nil, err
	}
	seal, err := c.checkSeal()
	if err != nil {
		return nil, err
	}
	p, err := d.proofOf(ctx, c, seq, audit.Check, c.check, seal)
	return &p, err
}
