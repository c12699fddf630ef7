package disclosure

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"diaoyue.example/workstation/backend/accounts"
	"diaoyue.example/workstation/backend/audit"
	"diaoyue.example/workstation/backend/certificate"
	"diaoyue.example/workstation/backend/store"
	"diaoyue.example/workstation/backend/vault"
)

// Approval is what the head of agency says.
type Approval struct {
	Opinion   string
	ViewingID string // the approver's viewing of the candidate; "" = the last one
}

const insertDecision = `INSERT INTO copy_decision (copy_id, approved, account, at, opinion, viewing_id, shown, total, plan_digest, sha256, sm3)
	VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`

// Approve approves exactly the sealed candidate and the frozen plan (article 18
// paragraph 1), checked by a third person or not. The candidate is hashed again
// first; the entry "approval" binds plan digest and candidate digests. Errors:
// accounts.ErrForbidden, ErrSelfApproval, ErrCheckerApproval, ErrNotViewed,
// ErrState, ErrChanged, ErrNoCopy.
func (d *Desk) Approve(ctx context.Context, actor accounts.Actor, id string, a Approval) error {
	c, objects, err := d.toDecide(ctx, actor, id)
	if err != nil {
		return err
	}
	if c.decision, err = d.bound(ctx, actor, c, objects, a.ViewingID, BasisApproval); err != nil {
		return err
	}
	c.decision.Opinion = strings.TrimSpace(a.Opinion)
	if _, err = d.checkOf(ctx, c); errors.Is(err, ErrChanged) {
		return errors.Join(d.refuse(ctx, actor, ErrChanged, BasisApproval, objects, "what", string(audit.Check)), err)
	}
	if err != nil {
		return err
	}
	seal, err := c.approvalSeal()
	if err != nil {
		return err
	}
	objects["viewing"] = c.decision.Viewing
	codes := c.codes(c.decision, seal)
	codes["checker"] = c.check.Account // "" = not checked
	return d.writeDecision(ctx, c, insertDecision, c.decision, Approved, audit.Entry{
		Actor: actor.ID, Event: audit.Approval, Objects: objects, Codes: codes,
		Details: map[string]any{"opinion": c.decision.Opinion, "number": c.number},
	})
}

// bound is a yes of this account, without its opinion, bound to what it was
// shown: one of its own viewings of the candidate, the plan and the bytes,
// which are hashed again. What does not hold is a logged refusal on that basis.
func (d *Desk) bound(ctx context.Context, actor accounts.Actor, c row, objects map[string]string, viewingID, basis string) (decision, error) {
	viewings, shown, total, err := d.cfg.Viewings.ShownCopy(ctx, actor.ID, c.id)
	if err != nil {
		return decision{}, err
	}
	if viewingID == "" && len(viewings) > 0 {
		viewingID = viewings[len(viewings)-1]
	}
	if !slices.Contains(viewings, viewingID) {
		return decision{}, d.refuse(ctx, actor, ErrNotViewed, basis, objects)
	}
	if err = d.unchanged(ctx, actor, c, objects, basis); err != nil {
		return decision{}, err
	}
	return decision{
		Approved: true, Account: actor.ID, At: store.FormatTime(d.cfg.Now()), Viewing: viewingID,
		Shown: shown, Total: total, Plan: c.planDigest, SHA256: c.sha256, SM3: c.sm3,
	}, nil
}

// Reject sends a candidate back with a reason; a new plan makes a new copy.
// Errors: accounts.ErrForbidden, ErrSelfApproval, ErrCheckerApproval,
// ErrNoOpinion, ErrState, ErrNoCopy.
func (d *Desk) Reject(ctx context.Context, actor accounts.Actor, id, reason string) error {
	c, objects, err := d.toDecide(ctx, actor, id)
	if err != nil {
		return err
	}
	reason = strings.TrimSpace(reason)
	if reason == "" {
		return ErrNoOpinion
	}
	x := decision{Account: actor.ID, At: store.FormatTime(d.cfg.Now()), Opinion: reason, Plan: c.planDigest, SHA256: c.sha256, SM3: c.sm3}
	return d.writeDecision(ctx, c, insertDecision, x, Rejected, audit.Entry{
		Actor: actor.ID, Event: audit.Rejection, Objects: objects,
		Codes:   map[string]any{certificate.CodePlan: c.planDigest, certificate.CodeCopySHA256: c.sha256, certificate.CodeCopySM3: c.sm3},
		Details: map[string]any{"opinion": reason, "number": c.number},
	})
}

// Withdraw ends a copy: nothing can be released of it any more. The submitter or
// one who may approve does it, with a reason. Errors as for Reject.
func (d *Desk) Withdraw(ctx context.Context, actor accounts.Actor, id, reason string) error {
	c, err := d.row(ctx, id)
	if err != nil {
		return err
	}
	objects := map[string]string{"copy": c.id, "record": c.recordID}
	if actor.ID != c.submitter {
		if err := d.cfg.Accounts.Require(ctx, actor, accounts.Approve, objects); err != nil {
			return err
		}
	} else if err := d.cfg.Accounts.Require(ctx, actor, accounts.Redact, objects); err != nil {
		return err
	}
	if !c.state.allows(withdraw) {
		return ErrState.With("state", string(c.state))
	}
	reason = strings.TrimSpace(reason)
	if reason == "" {
		return ErrNoOpinion
	}
	entry := audit.Entry{
		Actor: actor.ID, Event: audit.Withdrawal, Objects: objects,
		Codes: map[string]any{"plan": c.planDigest, "from": string(c.state)}, Details: map[string]any{"reason": reason, "number": c.number},
	}
	if _, err := d.cfg.Log.Do(ctx, entry, func(tx *store.Tx) error { return setState(ctx, tx, c.id, c.state, Withdrawn, "") }); err != nil {
		return fmt.Errorf("withdraw: %w", err)
	}
	return nil
}

func (d *Desk) toDecide(ctx context.Context, actor accounts.Actor, id string) (row, map[string]string, error) {
	c, err := d.row(ctx, id)
	if err != nil {
		return c, nil, err
	}
	objects := map[string]string{"copy": c.id, "record": c.recordID}
	if err := d.cfg.Accounts.Require(ctx, actor, accounts.Approve, objects); err != nil {
		return c, nil, err
	}
	if !c.state.allows(decide) {
		return c, nil, ErrState.With("state", string(c.state))
	}
	if why, basis := c.excluded(actor.ID, decide); why != nil {
		return c, nil, d.refuse(ctx, actor, why, basis, objects)
	}
	return c, objects, nil
}

// unchanged holds plan row and sealed candidate against their digests; a
// difference is a logged refusal on that basis.
func (d *Desk) unchanged(ctx context.Context, actor accounts.Actor, c row, objects map[string]string, basis string) error {
	if _, err := c.frozenPlan(); err != nil {
		return d.refuse(ctx, actor, ErrChanged, basis, objects, "what", "plan")
	}
	err := d.cfg.Vault.VerifyCandidate(ctx, c.candidateID, c.sha256, c.sm3)
	if errors.Is(err, vault.ErrMismatch) {
		return d.refuse(ctx, actor, ErrChanged, basis, objects, "what", "candidate")
	}
	if err != nil {
		return fmt.Errorf("hash candidate: %w", err)
	}
	return nil
}

func (d *Desk) writeDecision(ctx context.Context, c row, insert string, x decision, to State, entry audit.Entry) error {
	_, err := d.cfg.Log.Do(ctx, entry, func(tx *store.Tx) error {
		_, err := tx.ExecContext(ctx, insert, c.id, x.Approved, x.Account, x.At, x.Opinion, x.Viewing, x.Shown, x.Total, x.Plan, x.SHA256, x.SM3)
		if err != nil {
			return fmt.Errorf("write decision: %w", err)
		}
		return setState(ctx, tx, c.id, c.state, to, "")
	})
	if err != nil {
		return fmt.Errorf("decide: %w", err)
	}
	return nil
}
