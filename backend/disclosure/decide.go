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

// Approve approves exactly the sealed candidate and the frozen plan (article 18
// paragraph 1). The candidate is hashed again first; the entry "approval" binds
// plan digest and candidate digests. Errors: accounts.ErrForbidden,
// ErrSelfApproval, ErrNotViewed, ErrState, ErrChanged, ErrNoCopy.
func (d *Desk) Approve(ctx context.Context, actor accounts.Actor, id string, a Approval) error {
	c, objects, err := d.toDecide(ctx, actor, id)
	if err != nil {
		return err
	}
	if actor.ID == c.submitter {
		return d.refuse(ctx, actor, ErrSelfApproval, BasisApproval, objects)
	}
	viewings, shown, total, err := d.cfg.Viewings.ShownCopy(ctx, actor.ID, c.id)
	if err != nil {
		return err
	}
	if a.ViewingID == "" && len(viewings) > 0 {
		a.ViewingID = viewings[len(viewings)-1]
	}
	if !slices.Contains(viewings, a.ViewingID) {
		return d.refuse(ctx, actor, ErrNotViewed, BasisApproval, objects)
	}
	if err = d.unchanged(ctx, actor, c, objects); err != nil {
		return err
	}
	c.decision = decision{
		Approved: true, Account: actor.ID, At: store.FormatTime(d.cfg.Now()), Opinion: strings.TrimSpace(a.Opinion),
		Viewing: a.ViewingID, Shown: shown, Total: total, Plan: c.planDigest, SHA256: c.sha256, SM3: c.sm3,
	}
	seal, err := c.approvalSeal()
	if err != nil {
		return err
	}
	objects["viewing"] = a.ViewingID
	return d.writeDecision(ctx, c, Approved, audit.Entry{
		Actor: actor.ID, Event: audit.Approval, Objects: objects,
		Codes: map[string]any{
			certificate.CodePlan: c.planDigest, certificate.CodeCopySHA256: c.sha256, certificate.CodeCopySM3: c.sm3,
			"size": c.size, "shown": shown, "total": total, "seal": seal, "submitter": c.submitter,
		},
		Details: map[string]any{"opinion": c.decision.Opinion, "number": c.number},
	})
}

// Reject sends a candidate back with a reason; a new plan makes a new copy.
// Errors: accounts.ErrForbidden, ErrNoOpinion, ErrState, ErrNoCopy.
func (d *Desk) Reject(ctx context.Context, actor accounts.Actor, id, reason string) error {
	c, objects, err := d.toDecide(ctx, actor, id)
	if err != nil {
		return err
	}
	if actor.ID == c.submitter {
		return d.refuse(ctx, actor, ErrSelfApproval, BasisApproval, objects)
	}
	reason = strings.TrimSpace(reason)
	if reason == "" {
		return ErrNoOpinion
	}
	c.decision = decision{Account: actor.ID, At: store.FormatTime(d.cfg.Now()), Opinion: reason, Plan: c.planDigest, SHA256: c.sha256, SM3: c.sm3}
	return d.writeDecision(ctx, c, Rejected, audit.Entry{
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
	return c, objects, nil
}

// unchanged holds plan row and sealed candidate against their digests; a
// difference is a logged refusal.
func (d *Desk) unchanged(ctx context.Context, actor accounts.Actor, c row, objects map[string]string) error {
	if _, err := c.frozenPlan(); err != nil {
		return d.refuse(ctx, actor, ErrChanged, BasisApproval, objects, "what", "plan")
	}
	err := d.cfg.Vault.VerifyCandidate(ctx, c.candidateID, c.sha256, c.sm3)
	if errors.Is(err, vault.ErrMismatch) {
		return d.refuse(ctx, actor, ErrChanged, BasisApproval, objects, "what", "candidate")
	}
	if err != nil {
		return fmt.Errorf("hash candidate: %w", err)
	}
	return nil
}

func (d *Desk) writeDecision(ctx context.Context, c row, to State, entry audit.Entry) error {
	_, err := d.cfg.Log.Do(ctx, entry, func(tx *store.Tx) error {
		x := c.decision
		_, err := tx.ExecContext(ctx, `INSERT INTO copy_decision (copy_id, approved, account, at, opinion, viewing_id, shown, total, plan_digest, sha256, sm3)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, c.id, x.Approved, x.Account, x.At, x.Opinion, x.Viewing, x.Shown, x.Total, x.Plan, x.SHA256, x.SM3)
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
