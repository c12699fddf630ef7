package disclosure

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"diaoyue.example/workstation/backend/audit"
	"diaoyue.example/workstation/backend/catalog"
	"diaoyue.example/workstation/backend/fault"
	"diaoyue.example/workstation/backend/jobs"
	"diaoyue.example/workstation/backend/store"
	"diaoyue.example/workstation/backend/vault"
	"diaoyue.example/workstation/backend/viewing"
	"diaoyue.example/workstation/media"
	"diaoyue.example/workstation/media/export"
	"diaoyue.example/workstation/media/remote"
)

// attempts of making a candidate before the copy is failed, where the worker
// died rather than the recording being at fault.
const attempts = 3

// makeCandidate is the job that turns a frozen plan into a sealed candidate. It
// may be run again after a crash at any step.
func (d *Desk) makeCandidate(ctx context.Context, j jobs.Job, progress jobs.Progress) error {
	c, err := d.row(ctx, j.Subject)
	if err != nil {
		return jobs.Permanent(err)
	}
	if c.state != Making {
		return nil
	}
	record, err := d.cfg.Catalog.Record(ctx, c.recordID)
	if err != nil {
		return jobs.Permanent(err)
	}
	if err = record.Readable(); err != nil {
		return jobs.Permanent(errors.Join(err, d.fail(context.WithoutCancel(ctx), c, record, err)))
	}
	made, err := d.seal(ctx, c, progress)
	switch {
	case err == nil:
		return d.keepCandidate(ctx, c, record, made)
	case ctx.Err() != nil:
		return err
	case errors.Is(err, remote.ErrWorkerGone) && j.Attempts < attempts:
		return err
	}
	failure := engineFault(err)
	return jobs.Permanent(errors.Join(failure, d.fail(context.WithoutCancel(ctx), c, record, failure)))
}

// sealed is a candidate that lies in the vault.
type sealed struct {
	id       string
	file     vault.Original
	manifest export.Manifest
}

func (d *Desk) seal(ctx context.Context, c row, progress jobs.Progress) (out sealed, err error) {
	plan, err := c.frozenPlan()
	if err != nil {
		return out, err
	}
	src, err := d.cfg.Vault.Original(c.original)
	if err != nil {
		return out, fmt.Errorf("open original: %w", err)
	}
	defer src.Close()
	write := func(dst *os.File) error {
		out.manifest, err = d.cfg.Engine.Export(ctx, src, dst, plan, progress)
		return err
	}
	// A name is given once. One that is taken belongs to a candidate that was
	// sealed just before a crash: without its report it is worth nothing.
	for n := 1; ; n++ {
		out.id = c.id
		if n > 1 {
			out.id = fmt.Sprintf("%s-%d", c.id, n)
		}
		if f, missing := d.cfg.Vault.Candidate(out.id); missing == nil {
			_ = f.Close() // only read
			continue
		}
		out.file, err = d.cfg.Vault.PutCandidate(ctx, out.id, write)
		break
	}
	if err == nil && (out.file.SHA256 != out.manifest.Copy.SHA256 || out.manifest.Plan != c.planDigest || out.manifest.Original.SHA256 != c.original) {
		err = fmt.Errorf("%w: the sealed file is not what was checked", export.ErrCheck)
	}
	return out, err
}

func (d *Desk) keepCandidate(ctx context.Context, c row, record catalog.Record, made sealed) error {
	manifest, err := json.Marshal(made.manifest)
	if err != nil {
		return fmt.Errorf("write manifest: %w", err)
	}
	entry := audit.Entry{
		Actor: c.submitter, Event: audit.Redaction, Objects: objectsOf(record, c.id),
		Codes: map[string]any{
			"plan": c.planDigest, "copy_sha256": made.file.SHA256, "copy_sm3": made.file.SM3, "size": made.file.Size,
			"frames": made.manifest.Frames, "original": c.original, "dropped": len(made.manifest.Dropped),
		},
	}
	_, err = d.cfg.Log.Do(ctx, entry, func(tx *store.Tx) error {
		_, err = tx.ExecContext(ctx, `INSERT INTO copy_candidate (copy_id, candidate_id, sha256, sm3, size, manifest, made_at) VALUES (?, ?, ?, ?, ?, ?, ?)`,
			c.id, made.id, made.file.SHA256, made.file.SM3, made.file.Size, string(manifest), store.FormatTime(d.cfg.Now()))
		if err != nil {
			return fmt.Errorf("write candidate: %w", err)
		}
		return setState(ctx, tx, c.id, Making, StateCandidate, "")
	})
	return err
}

func (d *Desk) fail(ctx context.Context, c row, record catalog.Record, why error) error {
	entry := audit.Entry{
		Actor: c.submitter, Event: audit.Redaction, Result: audit.Failed, Objects: objectsOf(record, c.id),
		Codes: map[string]any{"plan": c.planDigest, "code": fault.Code(why)},
	}
	_, err := d.cfg.Log.Do(ctx, entry, func(tx *store.Tx) error { return setState(ctx, tx, c.id, Making, Failed, fault.Code(why)) })
	return err
}

// setState moves a copy on; a copy that is no longer in state from is ErrState.
func setState(ctx context.Context, tx *store.Tx, id string, from, to State, code string) error {
	r, err := tx.ExecContext(ctx, `UPDATE redacted_copy SET state = ?, error = ? WHERE id = ? AND state = ?`, string(to), code, id, string(from))
	if err != nil {
		return fmt.Errorf("move copy: %w", err)
	}
	if n, err := r.RowsAffected(); err != nil || n != 1 {
		return errors.Join(ErrState.With("state", string(from)), err)
	}
	return nil
}

// engineFault gives an engine's error a code that faces know.
func engineFault(err error) error {
	var check *export.CheckError
	if errors.As(err, &check) {
		return ErrCheck.With("check", check.Check.Key)
	}
	for _, m := range []struct {
		engine error
		fault  *fault.Fault
	}{
		{export.ErrCheck, ErrCheck},
		{export.ErrOtherOriginal, ErrChanged},
		{media.ErrUnsupported, ErrUnsupported},
		{media.ErrNoVideo, ErrNotFootage},
		{media.ErrDamaged, ErrDamaged},
		{media.ErrMissingMoov, ErrDamaged},
		{media.ErrEmpty, ErrDamaged},
		{media.ErrInexact, ErrDamaged},
		{remote.ErrRepeated, ErrRepeated},
		{remote.ErrWorkerGone, ErrWorker},
	} {
		if errors.Is(err, m.engine) {
			return fmt.Errorf("%w: %w", m.fault, err)
		}
	}
	return err
}

// Candidate names the sealed candidate of a copy to the reading room
// (viewing.Candidates). ErrNoCopy, ErrState while there is none.
func (d *Desk) Candidate(ctx context.Context, copyID string) (viewing.Candidate, error) {
	c, err := d.row(ctx, copyID)
	if err != nil {
		return viewing.Candidate{}, err
	}
	if c.candidateID == "" {
		return viewing.Candidate{}, ErrState.With("state", string(c.state))
	}
	record, err := d.cfg.Catalog.Record(ctx, c.recordID)
	if err != nil {
		return viewing.Candidate{}, err
	}
	if record.Suspected || record.Custody == catalog.CustodyTakenOut {
		return viewing.Candidate{}, catalog.ErrSuspected.With("record", record.Code, "basis", "R1")
	}
	return viewing.Candidate{CopyID: c.id, VaultID: c.candidateID, RecordID: c.recordID, SHA256: c.sha256, Title: record.Title}, nil
}
