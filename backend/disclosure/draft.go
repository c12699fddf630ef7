package disclosure

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"diaoyue.example/workstation/backend/accounts"
	"diaoyue.example/workstation/backend/audit"
	"diaoyue.example/workstation/backend/catalog"
	"diaoyue.example/workstation/backend/store"
	"diaoyue.example/workstation/media/redact"
)

// Draft is a plan in the making: one for each record and account.
type Draft struct {
	ID       string
	RecordID string
	Plan     string // JSON
	Names    string // JSON: track id to display name; no part of the plan
	Version  int    // rises with every saving; 0 = never saved
	SavedAt  time.Time
}

// Draft returns the actor's open draft of a record, an empty one (version 0,
// not stored) when there is none. Errors: accounts.ErrForbidden and what
// footage says.
func (d *Desk) Draft(ctx context.Context, actor accounts.Actor, recordID string) (Draft, error) {
	record, err := d.footage(ctx, actor, recordID)
	if err != nil {
		return Draft{}, err
	}
	draft, err := d.draft(ctx, `record_id = ? AND account = ? AND copy_id = ''`, recordID, actor.ID)
	if !errors.Is(err, ErrNoDraft) {
		return draft, err
	}
	id, err := newID()
	if err != nil {
		return Draft{}, err
	}
	empty := redact.Plan{Version: redact.Version, Original: "sha256:" + record.SHA256}
	return Draft{ID: id, RecordID: recordID, Plan: string(empty.Canonical()), Names: "{}"}, nil
}

// SaveDraft keeps the actor's draft of in.RecordID and returns it with its new
// version. in.Version is the version that was changed; a newer one in the
// archive is ErrStaleDraft. A plan that does not parse is ErrBadPlan.
func (d *Desk) SaveDraft(ctx context.Context, actor accounts.Actor, in Draft) (Draft, error) {
	record, err := d.footage(ctx, actor, in.RecordID)
	if err != nil {
		return Draft{}, err
	}
	plan, err := parse([]byte(in.Plan))
	if err != nil {
		return Draft{}, err
	}
	if in.Names == "" {
		in.Names = "{}"
	}
	if !json.Valid([]byte(in.Names)) {
		return Draft{}, ErrBadPlan.With("reason", "names")
	}
	now, err := d.draft(ctx, `record_id = ? AND account = ? AND copy_id = ''`, in.RecordID, actor.ID)
	switch {
	case errors.Is(err, ErrNoDraft):
		if in.ID == "" {
			if in.ID, err = newID(); err != nil {
				return Draft{}, err
			}
		}
	case err != nil:
		return Draft{}, err
	case in.Version < now.Version:
		return Draft{}, ErrStaleDraft.With("version", fmt.Sprint(now.Version))
	default:
		in.ID = now.ID
	}
	in.Version, in.SavedAt = now.Version+1, d.cfg.Now().UTC()
	entry := audit.Entry{
		Actor: actor.ID, Event: audit.Draft, Objects: objectsOf(record, ""),
		Codes: map[string]any{"plan": plan.Digest(), "version": in.Version, "tracks": len(plan.Tracks), "mutes": len(plan.Mutes)},
	}
	_, err = d.cfg.Log.Do(ctx, entry, func(tx *store.Tx) error { return keepDraft(ctx, tx, actor.ID, in) })
	if err != nil {
		return Draft{}, fmt.Errorf("save draft: %w", err)
	}
	return in, nil
}

func keepDraft(ctx context.Context, tx *store.Tx, account string, in Draft) error {
	var r sql.Result
	var err error
	if in.Version == 1 {
		r, err = tx.ExecContext(ctx, `INSERT INTO redaction_draft (id, record_id, account, plan, names, version, saved_at) VALUES (?, ?, ?, ?, ?, ?, ?)`,
			in.ID, in.RecordID, account, in.Plan, in.Names, in.Version, store.FormatTime(in.SavedAt))
	} else {
		r, err = tx.ExecContext(ctx, `UPDATE redaction_draft SET plan = ?, names = ?, version = ?, saved_at = ? WHERE id = ? AND version = ? AND copy_id = ''`,
			in.Plan, in.Names, in.Version, store.FormatTime(in.SavedAt), in.ID, in.Version-1)
	}
	if err != nil {
		return err
	}
	if n, err := r.RowsAffected(); err != nil || n != 1 {
		return errors.Join(ErrStaleDraft, err)
	}
	return nil
}

func (d *Desk) draft(ctx context.Context, where string, args ...any) (Draft, error) {
	var out Draft
	var saved string
	err := d.cfg.DB.Read(ctx, func(tx *store.Tx) error {
		return tx.QueryRowContext(ctx, `SELECT id, record_id, plan, names, version, saved_at FROM redaction_draft WHERE `+where, args...).
			Scan(&out.ID, &out.RecordID, &out.Plan, &out.Names, &out.Version, &saved)
	})
	if errors.Is(err, sql.ErrNoRows) {
		return Draft{}, ErrNoDraft
	}
	if err != nil {
		return Draft{}, fmt.Errorf("read draft: %w", err)
	}
	out.SavedAt, err = store.ParseTime(saved)
	return out, err
}

// footage checks that the actor may redact and that the record can be.
func (d *Desk) footage(ctx context.Context, actor accounts.Actor, recordID string) (catalog.Record, error) {
	if err := d.cfg.Accounts.Require(ctx, actor, accounts.Redact, map[string]string{"record": recordID}); err != nil {
		return catalog.Record{}, err
	}
	record, err := d.cfg.Catalog.Record(ctx, recordID)
	if err != nil {
		return catalog.Record{}, err
	}
	if record.Suspected {
		return catalog.Record{}, d.refuse(ctx, actor, ErrIsolated, BasisGrounds, objectsOf(record, ""))
	}
	if err = record.Readable(); err != nil {
		return catalog.Record{}, err
	}
	if record.Medium != catalog.MediumVideo {
		return catalog.Record{}, ErrNotFootage
	}
	return record, nil
}

func objectsOf(record catalog.Record, copyID string) map[string]string {
	out := map[string]string{"record": record.ID, "case": record.CaseID}
	if copyID != "" {
		out["copy"] = copyID
	}
	return out
}

// parse reads a plan and gives what is wrong with it a word that faces know.
func parse(data []byte) (redact.Plan, error) {
	plan, err := redact.ParsePlan(data)
	if err == nil {
		return plan, nil
	}
	reason := "syntax"
	for _, r := range []struct {
		err  error
		word string
	}{
		{redact.ErrUnknownField, "unknown_field"},
		{redact.ErrTwice, "twice"},
		{redact.ErrMissingField, "missing_field"},
		{redact.ErrVersion, "version"},
		{redact.ErrOriginal, "original"},
		{redact.ErrTrackID, "track_id"},
		{redact.ErrShape, "shape"},
		{redact.ErrEffect, "effect"},
		{redact.ErrGround, "ground"},
		{redact.ErrKeyframes, "keyframes"},
		{redact.ErrGeometry, "geometry"},
		{redact.ErrMute, "mute"},
		{redact.ErrReason, "reason"},
		{redact.ErrTooLarge, "too_large"},
	} {
		if errors.Is(err, r.err) {
			reason = r.word
			break
		}
	}
	return redact.Plan{}, ErrBadPlan.With("reason", reason, "detail", err.Error())
}
