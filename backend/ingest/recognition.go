package ingest

import (
	"context"
	"fmt"
	"sync"
	"time"

	"diaoyue.example/workstation/backend/accounts"
	"diaoyue.example/workstation/backend/audit"
	"diaoyue.example/workstation/backend/catalog"
	"diaoyue.example/workstation/backend/fault"
	"diaoyue.example/workstation/backend/jobs"
	"diaoyue.example/workstation/backend/store"
)

// pace is how long a page takes, as of late.
type pace struct {
	mu   sync.Mutex
	mean time.Duration
}

func (p *pace) note(took time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.mean == 0 {
		p.mean = took
		return
	}
	p.mean += (took - p.mean) / 8
}

func (p *pace) of(pages int64) float64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.mean == 0 {
		return -1
	}
	return (p.mean * time.Duration(pages)).Seconds()
}

// Recognition is how far the reading of scans is.
type Recognition struct {
	catalog.ReadCounts

	Reader    string // with what; "" when nothing on this machine reads
	Paused    bool
	Remaining float64 // s for all that waits at the present pace, -1 unknown
}

// Recognition says how far the reading of scans is.
func (d *Desk) Recognition(ctx context.Context) (Recognition, error) {
	out := Recognition{Reader: d.cfg.Scans.Reads()}
	var err error
	if out.ReadCounts, err = d.cfg.Catalog.ReadCounts(ctx); err != nil {
		return out, err
	}
	kept, err := d.cfg.Jobs.CountParts(ctx, JobOCR) // read, and not in the catalogue yet
	if err != nil {
		return out, err
	}
	out.Waiting, out.Done = max(0, out.Waiting-kept), out.Done+kept
	out.Paused, err = d.cfg.Jobs.Paused(ctx, JobOCR)
	out.Remaining = d.pace.of(out.Waiting)
	return out, err
}

// PauseRecognition holds the reading of scans back, over restarts too, or lets
// it go on. The page that is being read is finished. accounts.ErrForbidden.
func (d *Desk) PauseRecognition(ctx context.Context, actor accounts.Actor, paused bool) error {
	if err := d.cfg.Accounts.Require(ctx, actor, accounts.Ingest, map[string]string{"job": JobOCR}); err != nil {
		return err
	}
	entry := audit.Entry{Actor: actor.ID, Event: audit.Job, Codes: map[string]any{"kind": JobOCR, "paused": paused}}
	_, err := d.cfg.Log.Do(ctx, entry, func(tx *store.Tx) error { return d.cfg.Jobs.SetPaused(ctx, tx, JobOCR, paused) })
	if err != nil {
		return fmt.Errorf("pause reading: %w", err)
	}
	return nil
}

// ReadAgain lets the pages of a record that could not be read be tried once
// more. accounts.ErrForbidden, catalog.ErrNoRecord.
func (d *Desk) ReadAgain(ctx context.Context, actor accounts.Actor, recordID string) error {
	if err := d.cfg.Accounts.Require(ctx, actor, accounts.Ingest, map[string]string{"record": recordID}); err != nil {
		return err
	}
	r, err := d.cfg.Catalog.Record(ctx, recordID)
	if err != nil {
		return err
	}
	entry := audit.Entry{
		Actor: actor.ID, Event: audit.Job, Objects: map[string]string{"record": r.ID, "case": r.CaseID}, Codes: map[string]any{"kind": JobOCR, "again": true},
	}
	_, err = d.cfg.Log.Do(ctx, entry, func(tx *store.Tx) error {
		n, failure := d.cfg.Catalog.ReadAgain(ctx, tx, r.ID)
		if failure != nil || n == 0 {
			return failure
		}
		_, err = d.cfg.Jobs.Enqueue(ctx, tx, jobs.Spec{Kind: JobOCR, Subject: r.ID})
		return err
	})
	if err != nil {
		return fmt.Errorf("read again: %w", err)
	}
	return nil
}

// ReadWaiting queues what waits to be read and is in no job: what was stored
// while nothing on this machine could read. It is called when the archive is
// opened.
func (d *Desk) ReadWaiting(ctx context.Context) error {
	if d.cfg.Scans.Reads() == "" {
		return nil
	}
	waiting, err := d.cfg.Catalog.UnreadRecords(ctx)
	if err != nil {
		return err
	}
	for _, id := range waiting {
		of, err := d.cfg.Jobs.Of(ctx, id)
		if err != nil {
			return err
		}
		if queued(of) {
			continue
		}
		entry := audit.Entry{Event: audit.Job, Objects: map[string]string{"record": id}, Codes: map[string]any{"kind": JobOCR}}
		_, err = d.cfg.Log.Do(ctx, entry, func(tx *store.Tx) error {
			_, err = d.cfg.Jobs.Enqueue(ctx, tx, jobs.Spec{Kind: JobOCR, Subject: id})
			return err
		})
		if err != nil {
			return fmt.Errorf("queue what waits to be read: %w", err)
		}
	}
	return nil
}

// queued says whether a record's pages are in a job that is still to end, or
// in one that failed for a reason of its own.
func queued(of []jobs.Job) bool {
	for _, j := range of {
		if j.Kind == JobOCR && (j.Open() || j.State == jobs.Failed && j.Code != fault.Code(ErrNoReader)) {
			return true
		}
	}
	return false
}
