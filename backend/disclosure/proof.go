package disclosure

import (
	"context"
	"encoding/json"
	"fmt"

	"diaoyue.example/workstation/backend/audit"
)

// proofs are the log entries that a release rests on.
type proofs struct {
	check    *audit.Proof // nil when nobody checked the copy
	approval audit.Proof
}

// proofsOf proves check and approval from the log. What does not hold is
// ErrChanged, parameter "what".
func (d *Desk) proofsOf(ctx context.Context, c row) (proofs, error) {
	var p proofs
	var err error
	if p.check, err = d.checkOf(ctx, c); err != nil {
		return p, err
	}
	seq, err := d.seqOf(ctx, audit.Approval, c.id)
	if err != nil {
		return p, err
	}
	seal, err := c.approvalSeal()
	if err != nil {
		return p, err
	}
	if c.decision.Account == c.check.Account {
		return p, ErrChanged.With("what", string(audit.Approval))
	}
	p.approval, err = d.proofOf(ctx, c, seq, audit.Approval, c.decision, seal)
	return p, err
}

// proofOf proves one decision: its entry stands in the signed tree and speaks of
// exactly these rows, and it is not the maker's. What does not hold is
// ErrChanged, parameter "what" the event.
func (d *Desk) proofOf(ctx context.Context, c row, seq int64, event audit.Event, x decision, seal string) (audit.Proof, error) {
	changed := ErrChanged.With("what", string(event))
	if seq == 0 || !x.Approved || x.Plan != c.planDigest || x.SHA256 != c.sha256 || x.SM3 != c.sm3 || x.Account == c.submitter {
		return audit.Proof{}, changed
	}
	p, err := d.cfg.Log.Prove(ctx, seq)
	if err != nil {
		return audit.Proof{}, fmt.Errorf("prove %s: %w", event, err)
	}
	if _, err = d.cfg.Log.Public().VerifyInclusion(p); err != nil {
		return audit.Proof{}, fmt.Errorf("%w: %w", changed, err)
	}
	var e struct {
		Actor string         `json:"actor"`
		Event audit.Event    `json:"event"`
		Codes map[string]any `json:"codes"`
	}
	if err := json.Unmarshal([]byte(p.Body), &e); err != nil {
		return audit.Proof{}, fmt.Errorf("%w: %w", changed, err)
	}
	if e.Actor != x.Account || e.Event != event || e.Codes["seal"] != seal {
		return audit.Proof{}, changed
	}
	return p, nil
}

// seqOf returns the number of the newest good entry of that event about a copy,
// 0 when there is none.
func (d *Desk) seqOf(ctx context.Context, event audit.Event, copyID string) (int64, error) {
	rows, err := d.cfg.Log.List(ctx, audit.Filter{Event: event, ObjectKind: "copy", ObjectID: copyID, Result: audit.OK, Limit: 1})
	if err != nil || len(rows) == 0 {
		return 0, err
	}
	return rows[0].Seq, nil
}
