package disclosure

import (
	"context"
	"fmt"
	"strconv"

	"diaoyue.example/workstation/backend/accounts"
	"diaoyue.example/workstation/backend/audit"
	"diaoyue.example/workstation/backend/catalog"
	"diaoyue.example/workstation/backend/jobs"
	"diaoyue.example/workstation/backend/store"
	"diaoyue.example/workstation/media/redact"
)

// SubmitDraft submits the actor's own open draft, which is closed by it.
func (d *Desk) SubmitDraft(ctx context.Context, actor accounts.Actor, draftID string) (Summary, error) {
	draft, err := d.draft(ctx, `id = ? AND account = ? AND copy_id = ''`, draftID, actor.ID)
	if err != nil {
		return Summary{}, err
	}
	return d.submit(ctx, actor, draft.RecordID, []byte(draft.Plan), draftID)
}

// Submit freezes a plan in its canonical form and has the candidate made. Every
// track and mute needs a ground and a reason (article 18 paragraph 2); a mute
// that names none takes those of the tracks when all tracks name one ground. A
// plan that names no original gets the record's. Errors: ErrBadPlan,
// ErrEmptyPlan, ErrNoGround, ErrNoReason, ErrOtherOriginal, ErrNotFootage,
// ErrIsolated, accounts.ErrForbidden, catalog.ErrNoRecord.
func (d *Desk) Submit(ctx context.Context, actor accounts.Actor, recordID string, plan []byte) (Summary, error) {
	return d.submit(ctx, actor, recordID, plan, "")
}

func (d *Desk) submit(ctx context.Context, actor accounts.Actor, recordID string, data []byte, draftID string) (Summary, error) {
	record, err := d.footage(ctx, actor, recordID)
	if err != nil {
		return Summary{}, err
	}
	plan, err := d.frozen(ctx, actor, record, data)
	if err != nil {
		return Summary{}, err
	}
	id, err := newID()
	if err != nil {
		return Summary{}, err
	}
	at := d.cfg.Now().UTC()
	c := row{
		id: id, recordID: record.ID, original: record.SHA256, plan: string(plan.Canonical()), planDigest: plan.Digest(),
		submitter: actor.ID, submittedAt: store.FormatTime(at),
	}
	entry := audit.Entry{
		Actor: actor.ID, Event: audit.Submission, Objects: objectsOf(record, id),
		Codes:   map[string]any{"plan": c.planDigest, "original": c.original, "tracks": len(plan.Tracks), "mutes": len(plan.Mutes)},
		Details: map[string]any{"title": record.Title, "code": record.Code},
	}
	_, err = d.cfg.Log.Do(ctx, entry, func(tx *store.Tx) error {
		job, failed := d.cfg.Jobs.Enqueue(ctx, tx, jobs.Spec{Kind: JobKind, Subject: id})
		if failed != nil {
			return failed
		}
		return insertCopy(ctx, tx, c, at.Year(), job, draftID)
	})
	if err != nil {
		return Summary{}, fmt.Errorf("submit: %w", err)
	}
	return d.summary(ctx, actor, id)
}

func insertCopy(ctx context.Context, tx *store.Tx, c row, year int, job, draftID string) error {
	prefix := "FB-" + strconv.Itoa(year) + "-"
	var n int
	if err := tx.QueryRowContext(ctx, `SELECT count(*) + 1 FROM redacted_copy WHERE substr(number, 1, ?) = ?`, len(prefix), prefix).Scan(&n); err != nil {
		return fmt.Errorf("number copy: %w", err)
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO redacted_copy (id, number, record_id, original, plan, plan_digest, submitter, submitted_at, job, state)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		c.id, fmt.Sprintf("%s%03d", prefix, n), c.recordID, c.original, c.plan, c.planDigest, c.submitter, c.submittedAt, job, string(Making))
	if err != nil {
		return fmt.Errorf("write copy: %w", err)
	}
	if draftID == "" {
		return nil
	}
	if _, err := tx.ExecContext(ctx, `UPDATE redaction_draft SET copy_id = ? WHERE id = ?`, c.id, draftID); err != nil {
		return fmt.Errorf("close draft: %w", err)
	}
	return nil
}

// frozen checks a plan for submission and completes it.
func (d *Desk) frozen(ctx context.Context, actor accounts.Actor, record catalog.Record, data []byte) (redact.Plan, error) {
	plan, err := parse(data)
	if err != nil {
		return plan, err
	}
	if plan.Empty() {
		return plan, ErrEmptyPlan
	}
	if plan.Original == "" {
		plan.Original = "sha256:" + record.SHA256
	}
	if plan.Original != "sha256:"+record.SHA256 {
		return plan, ErrOtherOriginal
	}
	inherit(&plan)
	type item struct{ name, ground, reason string }
	var items []item
	for _, t := range plan.Tracks {
		items = append(items, item{t.ID, t.Ground, t.Reason})
	}
	for i, m := range plan.Mutes {
		items = append(items, item{"mute " + strconv.Itoa(i+1), m.Ground, m.Reason})
	}
	for _, i := range items {
		if i.ground == "" {
			return plan, d.refuse(ctx, actor, ErrNoGround, BasisGrounds, objectsOf(record, ""), "item", i.name)
		}
		if i.reason == "" {
			return plan, d.refuse(ctx, actor, ErrNoReason, BasisGrounds, objectsOf(record, ""), "item", i.name)
		}
	}
	return plan, nil
}

// inherit gives mutes that name neither ground nor reason those of the tracks,
// where these leave no doubt about the ground.
func inherit(plan *redact.Plan) {
	if len(plan.Tracks) == 0 {
		return
	}
	first := plan.Tracks[0]
	for _, t := range plan.Tracks {
		if t.Ground != first.Ground {
			return
		}
	}
	for i := range plan.Mutes {
		if m := &plan.Mutes[i]; m.Ground == "" && m.Reason == "" {
			m.Ground, m.Reason = first.Ground, first.Reason
		}
	}
}
