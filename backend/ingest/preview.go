package ingest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"diaoyue.example/workstation/backend/audit"
	"diaoyue.example/workstation/backend/catalog"
	"diaoyue.example/workstation/backend/jobs"
	"diaoyue.example/workstation/backend/store"
	"diaoyue.example/workstation/media/preview"
	"diaoyue.example/workstation/media/remote"
)

// JobPreview makes the thumbnails and the sound curve of a recording: derived
// work, once its frames are counted.
const JobPreview = "preview"

// buildPreview makes the preview of a recording, by its verified frame index
// where there is one. A recording of which none can be made plays all the same.
func (d *Desk) buildPreview(ctx context.Context, j jobs.Job, progress jobs.Progress) error {
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
	index, err := d.derivedBytes(r, catalog.DerivedFrameIndex)
	if err != nil {
		return err
	}
	data, err := d.cfg.Media.BuildPreview(ctx, f, index, progress)
	if errors.Is(err, remote.ErrWorkerGone) || ctx.Err() != nil {
		return err
	}
	if err != nil {
		return jobs.Permanent(fileFault(r.FileName, err))
	}
	err = d.cfg.Vault.PutDerived(ctx, r.SHA256, catalog.DerivedPreview, func(w io.Writer) error {
		_, err = w.Write(data)
		return err
	})
	if err != nil {
		return fmt.Errorf("keep preview: %w", err)
	}
	return nil
}

// derivedBytes reads a derived file, nil when it has not been made.
func (d *Desk) derivedBytes(r catalog.Record, kind string) ([]byte, error) {
	f, err := d.cfg.Vault.Derived(r.SHA256, kind)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", kind, err)
	}
	defer f.Close()
	data, err := io.ReadAll(f)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", kind, err)
	}
	return data, nil
}

// hasPreview reports whether there is a preview that this version can read.
func (d *Desk) hasPreview(r catalog.Record) (bool, error) {
	f, err := d.cfg.Vault.Derived(r.SHA256, catalog.DerivedPreview)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("open preview: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err == nil {
		_, err = preview.Read(f, info.Size())
	}
	if errors.Is(err, preview.ErrFormat) {
		return false, nil
	}
	return err == nil, err
}

// WantPreview lets the preview of a recording be made, unless that was done,
// waits to be done or failed: archives of earlier versions have none, or one of
// another form.
func (d *Desk) WantPreview(ctx context.Context, recordID string) error {
	r, err := d.cfg.Catalog.Record(ctx, recordID)
	if err != nil {
		return err
	}
	made, err := d.hasPreview(r)
	if err != nil || made || !r.Footage() {
		return err
	}
	known, err := d.cfg.Jobs.Of(ctx, recordID)
	if err != nil {
		return err
	}
	for _, j := range known {
		// One that waits for the frame index comes by itself.
		if j.Kind == JobPreview && (j.Open() || j.State == jobs.Failed) || j.Kind == JobFrameIndex && j.Open() {
			return nil
		}
	}
	entry := audit.Entry{
		Event: audit.Job, Objects: map[string]string{"record": r.ID, "case": r.CaseID}, Codes: map[string]any{"kind": JobPreview},
	}
	_, err = d.cfg.Log.Do(ctx, entry, func(tx *store.Tx) error {
		_, err = d.cfg.Jobs.Enqueue(ctx, tx, jobs.Spec{Kind: JobPreview, Subject: r.ID})
		return err
	})
	if err != nil {
		return fmt.Errorf("want preview: %w", err)
	}
	return nil
}
