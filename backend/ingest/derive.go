package ingest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"

	"diaoyue.example/workstation/backend/audit"
	"diaoyue.example/workstation/backend/catalog"
	"diaoyue.example/workstation/backend/jobs"
	"diaoyue.example/workstation/backend/store"
	"diaoyue.example/workstation/media/frameindex"
	"diaoyue.example/workstation/media/remote"
)

// buildIndex decodes a recording from end to end, so that its frame numbers
// are certain.
func (d *Desk) buildIndex(ctx context.Context, j jobs.Job, progress jobs.Progress) error {
	r, err := d.cfg.Catalog.Record(ctx, j.Subject)
	if err != nil {
		return jobs.Permanent(err)
	}
	if err = r.Readable(); err != nil {
		return jobs.Permanent(err)
	}
	f, err := d.cfg.Vault.Original(r.SHA256)
	if err != nil {
		return fmt.Errorf("open original: %w", err)
	}
	defer f.Close()
	data, err := d.cfg.Media.ResumeIndex(ctx, f, d.unfinished(r.SHA256), progress, func(part []byte) {
		// Lost, it costs the work since the one before, and nothing else.
		_ = d.keep(ctx, r.SHA256, catalog.DerivedIndexPart, part)
	})
	if errors.Is(err, remote.ErrWorkerGone) || ctx.Err() != nil {
		return err
	}
	if err != nil {
		return errors.Join(jobs.Permanent(fileFault(r.FileName, err)), d.indexed(ctx, r, catalog.Indexed{
			State: catalog.IndexDamaged, Frames: r.Frames, Duration: r.Duration, Width: r.Width, Height: r.Height,
		}, audit.Failed))
	}
	ix, err := frameindex.Unmarshal(data)
	if err != nil {
		return jobs.Permanent(fmt.Errorf("read frame index: %w", err))
	}
	if err = d.keep(ctx, r.SHA256, catalog.DerivedFrameIndex, data); err != nil {
		return fmt.Errorf("keep frame index: %w", err)
	}
	if err = d.keep(ctx, r.SHA256, catalog.DerivedIndexPart, nil); err != nil {
		return fmt.Errorf("drop part of frame index: %w", err)
	}
	state := catalog.IndexVerified
	if ix.State() == frameindex.Damaged {
		state = catalog.IndexDamaged
	}
	return d.indexed(ctx, r, catalog.Indexed{State: state, Frames: ix.Len(), Duration: ix.Duration(), Width: r.Width, Height: r.Height}, audit.OK)
}

// unfinished returns how far an earlier run came with a recording's index, nil
// if there is nothing to go on from. Whether it fits, the engine finds out.
func (d *Desk) unfinished(sha256 string) []byte {
	f, err := d.cfg.Vault.Derived(sha256, catalog.DerivedIndexPart)
	if err != nil {
		return nil
	}
	defer f.Close()
	const most = 64 << 20 // bytes
	part, err := io.ReadAll(io.LimitReader(f, most+1))
	if err != nil || len(part) > most {
		return nil
	}
	return part
}

func (d *Desk) keep(ctx context.Context, sha256, kind string, data []byte) error {
	return d.cfg.Vault.PutDerived(ctx, sha256, kind, func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	})
}

// Reindex lets the frame index of a recording be made anew: the kept one is of
// another version of the decoder. Until then its frame numbers are provisional.
func (d *Desk) Reindex(ctx context.Context, recordID string) error {
	r, err := d.cfg.Catalog.Record(ctx, recordID)
	if err != nil {
		return err
	}
	if r.IndexState == catalog.IndexProvisional {
		return nil // on its way
	}
	entry := audit.Entry{
		Event: audit.Job, Objects: map[string]string{"record": r.ID, "case": r.CaseID}, Codes: map[string]any{"kind": JobFrameIndex},
	}
	_, err = d.cfg.Log.Do(ctx, entry, func(tx *store.Tx) error {
		if _, err = d.cfg.Jobs.Enqueue(ctx, tx, jobs.Spec{Kind: JobFrameIndex, Subject: r.ID}); err != nil {
			return err
		}
		_, err = d.cfg.Catalog.SetIndex(ctx, tx, r.ID, catalog.Indexed{
			State: catalog.IndexProvisional, Frames: r.Frames, Duration: r.Duration, Width: r.Width, Height: r.Height,
		})
		return err
	})
	if err != nil {
		return fmt.Errorf("make frame index anew: %w", err)
	}
	return nil
}

func (d *Desk) indexed(ctx context.Context, r catalog.Record, x catalog.Indexed, result audit.Result) error {
	entry := audit.Entry{
		Event: audit.Extraction, Result: result, Objects: map[string]string{"record": r.ID, "case": r.CaseID},
		Codes: map[string]any{"kind": JobFrameIndex, "state": x.State, "frames": x.Frames},
	}
	_, err := d.cfg.Log.Do(ctx, entry, func(tx *store.Tx) error {
		if _, err := d.cfg.Catalog.SetIndex(ctx, tx, r.ID, x); err != nil || result != audit.OK {
			return err
		}
		// Thumbnails carry frame numbers, and words times from frame 0: they wait
		// for the verified ones.
		for _, kind := range []string{JobSubtitles, JobPreview} {
			if _, err := d.cfg.Jobs.Enqueue(ctx, tx, jobs.Spec{Kind: kind, Subject: r.ID}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("note frame index: %w", err)
	}
	return nil
}

// takeText takes the text of a paper. Whatever is wrong with the paper is its
// state; the job fails only when the archive cannot be read or written.
func (d *Desk) takeText(ctx context.Context, j jobs.Job, progress jobs.Progress) error {
	r, err := d.cfg.Catalog.Record(ctx, j.Subject)
	if err != nil {
		return jobs.Permanent(err)
	}
	if err = r.Readable(); err != nil {
		return jobs.Permanent(err)
	}
	t, err := d.readPaper(ctx, r, progress)
	if err != nil {
		return fmt.Errorf("take text: %w", err)
	}
	meta, pages := t.meta, t.pages
	entry := audit.Entry{
		Event: audit.Extraction, Objects: map[string]string{"record": r.ID, "case": r.CaseID},
		Codes: map[string]any{"kind": JobText, "state": string(meta.State), "why": meta.Why, "pages": meta.Pages, "laidOut": t.laidOut},
	}
	if meta.Reason != "" {
		slog.WarnContext(ctx, "text not taken", slog.String("record", r.ID), slog.String("state", string(meta.State)), slog.String("why", meta.Why))
	}
	_, err = d.cfg.Log.Do(ctx, entry, func(tx *store.Tx) error {
		put := d.cfg.Catalog.PutPages
		if t.laidOut {
			put = d.cfg.Catalog.ReplacePages // an earlier reading had pages of our own
		}
		if err = put(ctx, tx, r.ID, pages); err != nil {
			return err
		}
		_, err = d.cfg.Catalog.SetText(ctx, tx, r.ID, string(meta.State), meta.Why, max(meta.Pages, len(pages)))
		if err != nil || !t.scanned || d.cfg.Scans.Reads() == "" {
			return err
		}
		_, err = d.cfg.Jobs.Enqueue(ctx, tx, jobs.Spec{Kind: JobOCR, Subject: r.ID})
		return err
	})
	if err != nil {
		return fmt.Errorf("note text: %w", err)
	}
	return nil
}
