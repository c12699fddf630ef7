package ingest

import (
	"context"
	"fmt"
	"slices"

	"diaoyue.example/workstation/backend/audit"
	"diaoyue.example/workstation/backend/catalog"
	"diaoyue.example/workstation/backend/jobs"
	"diaoyue.example/workstation/backend/store"
)

// JobMissed queues, some at a time, the work that records of earlier versions
// never got. Its subject is the kind of that work.
const JobMissed = "missed"

const (
	// missedStep is how many records are looked at in one go, and missedQueue
	// how many jobs wait at once: a queue of all recordings of an archive would
	// be read anew for each sign of progress.
	missedStep  = 500
	missedQueue = 100
)

// missed says which records want a kind of work that an earlier version did not
// do; nil when none do. A recording whose frames are still counted gets its
// words by itself.
func missed(kind string) func(catalog.Record) bool {
	switch kind {
	case JobSubtitles:
		return func(r catalog.Record) bool {
			return r.Medium == catalog.MediumAudio && r.IndexState != catalog.IndexUnreadable ||
				r.Medium == catalog.MediumVideo && slices.Contains([]string{catalog.IndexVerified, catalog.IndexDamaged}, r.IndexState)
		}
	case JobEnclosures:
		return carries
	}
	return nil
}

// AskMissed begins with what records of earlier versions never got, or goes on
// with it. It is called when the archive is opened, and costs one look when
// there is nothing.
func (d *Desk) AskMissed(ctx context.Context) error {
	kinds, err := d.missedKinds(ctx)
	if err != nil {
		return err
	}
	for _, kind := range kinds {
		of, err := d.cfg.Jobs.Of(ctx, kind)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(of, func(j jobs.Job) bool { return j.Kind == JobMissed && j.Open() }) {
			continue // it goes on by itself
		}
		_, err = d.cfg.Log.Do(ctx, missedEntry(kind, nil), func(tx *store.Tx) error {
			_, failure := d.cfg.Jobs.Enqueue(ctx, tx, jobs.Spec{Kind: JobMissed, Subject: kind})
			return failure
		})
		if err != nil {
			return fmt.Errorf("queue missed work: %w", err)
		}
	}
	return nil
}

func (d *Desk) missedKinds(ctx context.Context) (kinds []string, err error) {
	err = d.cfg.DB.Read(ctx, func(tx *store.Tx) error {
		rows, failure := tx.QueryContext(ctx, `SELECT kind FROM missed_work ORDER BY kind DESC`)
		if failure != nil {
			return failure
		}
		defer rows.Close()
		for rows.Next() {
			var kind string
			if failure = rows.Scan(&kind); failure != nil {
				return failure
			}
			kinds = append(kinds, kind)
		}
		return rows.Err()
	})
	if err != nil {
		return nil, fmt.Errorf("read missed work: %w", err)
	}
	return kinds, nil
}

// queueMissed queues the work of the next records that never got it, moves the
// mark past them and queues itself behind them, all in one commit: none is left
// out and none asked twice, wherever the program ends.
func (d *Desk) queueMissed(ctx context.Context, j jobs.Job, _ jobs.Progress) error {
	kind := j.Subject
	looked, err := d.looked(ctx, kind)
	if err != nil {
		return err
	}
	found, looked, err := d.nextMissed(ctx, kind, looked)
	if err != nil {
		return err
	}
	_, err = d.cfg.Log.Do(ctx, missedEntry(kind, found), func(tx *store.Tx) error {
		for _, id := range found {
			if _, failure := d.cfg.Jobs.Enqueue(ctx, tx, jobs.Spec{Kind: kind, Subject: id}); failure != nil {
				return failure
			}
		}
		if looked == "" {
			_, failure := tx.ExecContext(ctx, `DELETE FROM missed_work WHERE kind = ?`, kind)
			return failure
		}
		if _, failure := tx.ExecContext(ctx, `UPDATE missed_work SET looked = ? WHERE kind = ?`, looked, kind); failure != nil {
			return failure
		}
		_, failure := d.cfg.Jobs.Enqueue(ctx, tx, jobs.Spec{Kind: JobMissed, Subject: kind})
		return failure
	})
	if err != nil {
		return fmt.Errorf("queue missed work: %w", err)
	}
	return nil
}

func (d *Desk) looked(ctx context.Context, kind string) (id string, err error) {
	err = d.cfg.DB.Read(ctx, func(tx *store.Tx) error {
		return tx.QueryRowContext(ctx, `SELECT coalesce((SELECT looked FROM missed_work WHERE kind = ?), '')`, kind).Scan(&id)
	})
	if err != nil {
		return "", fmt.Errorf("read missed work: %w", err)
	}
	return id, nil
}

// nextMissed returns the next records after looked that never got this work and
// the last record that was looked at, "" when there are no more.
func (d *Desk) nextMissed(ctx context.Context, kind, looked string) (found []string, last string, err error) {
	wants := missed(kind)
	for wants != nil {
		records, err := d.cfg.Catalog.After(ctx, looked, missedStep)
		if err != nil {
			return nil, "", err
		}
		ids := make([]string, 0, len(records))
		for _, r := range records {
			ids = append(ids, r.ID)
		}
		given, err := d.cfg.Jobs.Given(ctx, kind, ids)
		if err != nil {
			return nil, "", err
		}
		for _, r := range records {
			if looked = r.ID; !wants(r) || given[r.ID] || gone(r) {
				continue
			}
			if found = append(found, r.ID); len(found) == missedQueue {
				return found, looked, nil
			}
		}
		if len(records) < missedStep {
			break
		}
	}
	return found, "", nil
}

// gone says that a record's original is not here any more. One under suspicion
// is here: its job says why it does not open.
func gone(r catalog.Record) bool { return r.Readable() != nil && !r.Suspected }

func missedEntry(kind string, records []string) audit.Entry {
	return audit.Entry{Event: audit.Job, Codes: map[string]any{"kind": JobMissed, "of": kind, "records": len(records)}}
}
