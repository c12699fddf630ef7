package preservation

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"diaoyue.example/workstation/backend/accounts"
	"diaoyue.example/workstation/backend/audit"
	"diaoyue.example/workstation/backend/catalog"
	"diaoyue.example/workstation/backend/store"
)

// Classifications a person may think of giving a record. The three grades are
// refused: 《保守国家秘密法》第三十条、第五十七条第十项 forbid keeping state secrets
// on a machine like this one.
const (
	ClassNone         = "none"
	ClassSuspected    = "suspected"
	ClassSecret       = "secret"
	ClassConfidential = "confidential"
	ClassTopSecret    = "top-secret"
)

// basisSecret is the refusal of state secrets (law-and-features.md §5).
const basisSecret = "R1"

// States of an isolation.
const (
	IsolationOpen      = "isolated"
	IsolationRequested = "requested"
	IsolationTakenOut  = "taken-out"
	IsolationEnded     = "ended"
)

// Isolation is a record kept apart as a suspected state secret (疑涉密隔离).
type Isolation struct {
	ID                   string
	RecordID, RecordCode string
	CaseCode, Title      string
	Reason               string // "" for the three administrators
	By                   string
	At                   time.Time
	State                string
	RequestedBy          string
	RequestedByID        string // account: never the one who confirms
	RequestedAt          time.Time
	TakenOutBy           string
	TakenOutAt           time.Time
}

// Classify marks a record. One of the three grades is refused with its basis,
// and the record is kept apart at once: what somebody takes for a state secret
// is not shown on until it is known not to be one. Errors: ErrStateSecret,
// ErrReason, ErrIsolated, accounts.ErrForbidden.
func (d *Desk) Classify(ctx context.Context, actor accounts.Actor, recordID, class, reason string) error {
	switch class {
	case ClassNone:
		return d.EndIsolation(ctx, actor, recordID, reason)
	case ClassSuspected:
		return d.Isolate(ctx, actor, recordID, reason)
	}
	r, err := d.isolable(ctx, actor, recordID)
	if err != nil {
		return err
	}
	refused := d.refuse(ctx, actor, ErrStateSecret, basisSecret, objectsOf(r))
	if err := d.isolate(ctx, actor, r, reason, class); err != nil && !errors.Is(err, ErrIsolated) {
		return errors.Join(refused, err)
	}
	return refused
}

// Isolate keeps a record apart: no viewing, thumbnail, preview, search hit,
// derived work or export. What was derived from it is removed. Errors:
// ErrReason, ErrIsolated, accounts.ErrForbidden, catalog.ErrNoRecord.
func (d *Desk) Isolate(ctx context.Context, actor accounts.Actor, recordID, reason string) error {
	r, err := d.isolable(ctx, actor, recordID)
	if err != nil {
		return err
	}
	if strings.TrimSpace(reason) == "" {
		return ErrReason.With()
	}
	return d.isolate(ctx, actor, r, reason, ClassSuspected)
}

func (d *Desk) isolable(ctx context.Context, actor accounts.Actor, recordID string) (catalog.Record, error) {
	r, err := d.cfg.Catalog.Record(ctx, recordID)
	if err != nil {
		return r, err
	}
	return r, d.cfg.Accounts.Require(ctx, actor, accounts.Isolate, objectsOf(r))
}

func (d *Desk) isolate(ctx context.Context, actor accounts.Actor, r catalog.Record, reason, class string) error {
	if r.Suspected {
		return ErrIsolated.With("record", r.Code)
	}
	id, err := newID()
	if err != nil {
		return err
	}
	entry := audit.Entry{
		Actor: actor.ID, Event: audit.Quarantine, Objects: objectsOf(r),
		Codes: map[string]any{"isolation": id, "step": IsolationOpen, "class": class}, Details: map[string]any{"reason": reason, "title": r.Title},
	}
	_, err = d.cfg.Log.Do(ctx, entry, func(tx *store.Tx) error {
		_, err = tx.ExecContext(ctx, `INSERT INTO isolation (id, record_id, reason, account, at) VALUES (?, ?, ?, ?, ?)`,
			id, r.ID, strings.TrimSpace(reason), actor.ID, d.stamp())
		if err != nil {
			return fmt.Errorf("write isolation: %w", err)
		}
		_, err = d.cfg.Catalog.SetSuspected(ctx, tx, r.ID, true)
		return err
	})
	if err != nil {
		return fmt.Errorf("isolate record: %w", err)
	}
	d.nudge()
	if err := d.cancelWork(ctx, r); err != nil {
		return err
	}
	return d.dropDerived(r)
}

// cancelWork ends what is still being derived from the record.
func (d *Desk) cancelWork(ctx context.Context, r catalog.Record) error {
	work, err := d.cfg.Jobs.Of(ctx, r.ID)
	if err != nil {
		return err
	}
	for _, j := range work {
		if j.Open() {
			if err := d.cfg.Jobs.Cancel(ctx, j.ID); err != nil {
				return fmt.Errorf("end derived work: %w", err)
			}
		}
	}
	return nil
}

func (d *Desk) dropDerived(r catalog.Record) error {
	if err := d.cfg.Vault.DropDerived(r.SHA256); err != nil {
		return fmt.Errorf("remove derived files: %w", err)
	}
	return nil
}

// EndIsolation says that a record is no state secret: for the secrecy
// reviewer, but not for the one who kept it apart. Errors: ErrNotIsolated,
// ErrReason, ErrSamePerson, accounts.ErrForbidden.
func (d *Desk) EndIsolation(ctx context.Context, actor accounts.Actor, recordID, reason string) error {
	if err := d.cfg.Accounts.Require(ctx, actor, accounts.SecrecyReview, map[string]string{"record": recordID}); err != nil {
		return err
	}
	r, x, err := d.isolation(ctx, recordID)
	if err != nil {
		return err
	}
	switch {
	case strings.TrimSpace(reason) == "":
		return ErrReason.With()
	case x.confirmedAt != "":
		return ErrNotIsolated.With("record", r.Code)
	case x.account == actor.ID:
		return d.refuse(ctx, actor, ErrSamePerson, basisSecret, objectsOf(r))
	}
	entry := audit.Entry{
		Actor: actor.ID, Event: audit.Quarantine, Objects: objectsOf(r),
		Codes: map[string]any{"isolation": x.id, "step": IsolationEnded}, Details: map[string]any{"reason": reason, "title": r.Title},
	}
	_, err = d.cfg.Log.Do(ctx, entry, func(tx *store.Tx) error {
		_, err = tx.ExecContext(ctx, `UPDATE isolation SET ended_by = ?, ended_at = ?, end_reason = ? WHERE id = ?`, actor.ID, d.stamp(), strings.TrimSpace(reason), x.id)
		if err != nil {
			return err
		}
		_, err = d.cfg.Catalog.SetSuspected(ctx, tx, r.ID, false)
		return err
	})
	d.nudge()
	return err
}

// Isolated returns the records that are kept apart or were taken out, newest
// first. The three administrators see codes, not titles and reasons.
func (d *Desk) Isolated(ctx context.Context, actor accounts.Actor) ([]Isolation, error) {
	if err := d.mayRead(ctx, actor, accounts.TakeOutRequest, accounts.SecrecyReview, accounts.LogRead); err != nil {
		return nil, err
	}
	rows, err := d.isolations(ctx, `ended_at = '' ORDER BY id DESC`)
	if err != nil {
		return nil, err
	}
	out := make([]Isolation, 0, len(rows))
	for _, x := range rows {
		r, err := d.cfg.Catalog.Record(ctx, x.recordID)
		if err != nil {
			return nil, err
		}
		one := Isolation{
			ID: x.id, RecordID: r.ID, RecordCode: r.Code, CaseCode: r.CaseCode, By: d.nameOf(ctx, x.account), At: parseTime(x.at), State: x.state(),
			RequestedBy: d.nameOf(ctx, x.requestedBy), RequestedByID: x.requestedBy, RequestedAt: parseTime(x.requestedAt),
			TakenOutBy: d.nameOf(ctx, x.confirmedBy), TakenOutAt: parseTime(x.doneAt),
		}
		if titled(actor) {
			one.Title, one.Reason = r.Title, x.reason
		}
		out = append(out, one)
	}
	return out, nil
}

// isolationRow is a row of the table.
type isolationRow struct {
	id, recordID, reason, account, at string
	requestedBy, requestedAt          string
	confirmedBy, confirmedAt, doneAt  string
}

func (x isolationRow) state() string {
	switch {
	case x.doneAt != "":
		return IsolationTakenOut
	case x.requestedAt != "":
		return IsolationRequested
	}
	return IsolationOpen
}

// isolation returns the open isolation of a record. ErrNotIsolated.
func (d *Desk) isolation(ctx context.Context, recordID string) (catalog.Record, isolationRow, error) {
	r, err := d.cfg.Catalog.Record(ctx, recordID)
	if err != nil {
		return r, isolationRow{}, err
	}
	rows, err := d.isolations(ctx, `ended_at = '' AND record_id = ? ORDER BY id DESC LIMIT 1`, recordID)
	if err != nil {
		return r, isolationRow{}, err
	}
	if len(rows) == 0 || rows[0].doneAt != "" {
		return r, isolationRow{}, ErrNotIsolated.With("record", r.Code)
	}
	return r, rows[0], nil
}

func (d *Desk) isolations(ctx context.Context, where string, args ...any) ([]isolationRow, error) {
	var out []isolationRow
	err := d.cfg.DB.Read(ctx, func(tx *store.Tx) error {
		rows, err := tx.QueryContext(ctx, `SELECT id, record_id, reason, account, at, requested_by, requested_at, confirmed_by, confirmed_at, done_at
			FROM isolation WHERE `+where, args...)
		if err != nil {
			return fmt.Errorf("read isolations: %w", err)
		}
		out, err = scanIsolations(rows)
		return err
	})
	return out, err
}

func scanIsolations(rows *sql.Rows) ([]isolationRow, error) {
	defer rows.Close()
	var out []isolationRow
	for rows.Next() {
		var x isolationRow
		if err := rows.Scan(&x.id, &x.recordID, &x.reason, &x.account, &x.at, &x.requestedBy, &x.requestedAt, &x.confirmedBy, &x.confirmedAt, &x.doneAt); err != nil {
			return nil, fmt.Errorf("read isolations: %w", err)
		}
		out = append(out, x)
	}
	return out, rows.Err()
}
