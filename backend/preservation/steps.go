package preservation

import (
	"context"
	"time"

	"diaoyue.example/workstation/backend/accounts"
	"diaoyue.example/workstation/backend/audit"
)

// Step is one step of an isolation, as the log has it.
type Step struct {
	Seq    int64
	At     time.Time
	By     string
	Step   string // an isolation state, or "confirmed"
	Result audit.Result
	Reason string // "" for the three administrators
}

// IsolationSteps returns what was done about a record that is, or was, kept
// apart, oldest first: each step is an entry of the log.
func (d *Desk) IsolationSteps(ctx context.Context, actor accounts.Actor, recordID string) ([]Step, error) {
	if err := d.mayRead(ctx, actor, accounts.TakeOutRequest, accounts.SecrecyReview, accounts.LogRead); err != nil {
		return nil, err
	}
	if _, err := d.cfg.Catalog.Record(ctx, recordID); err != nil {
		return nil, err
	}
	rows, err := d.cfg.Log.List(ctx, audit.Filter{
		Events:     []audit.Event{audit.Quarantine, audit.Deaccession},
		ObjectKind: "record", ObjectID: recordID,
	})
	if err != nil {
		return nil, err
	}
	out := []Step{}
	for i := len(rows) - 1; i >= 0; i-- {
		row := rows[i]
		if _, of := row.Codes["isolation"]; !of {
			continue
		}
		s := Step{Seq: row.Seq, At: row.At, By: d.nameOf(ctx, row.Actor), Result: row.Result}
		s.Step, _ = row.Codes["step"].(string)
		if titled(actor) {
			s.Reason, _ = row.Details["reason"].(string)
		}
		out = append(out, s)
	}
	return out, nil
}
