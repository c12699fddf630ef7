package ingest

import (
	"context"
	"database/sql"
	"errors"
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

// missed says, by its version, which records want a kind of work that earlier
// programs did not do; nil when there is no such kind. Whoever teaches a kind of
// work something new appends to its list those who want it for that: they are
// asked again, once. A recording whose frames are still counted gets its words
// by itself.
func missed(kind string) []func(catalog.Record) bool {
	switch kind {
	case JobSubtitles:
		return []func(catalog.Record) bool{
			recorded,
			func(r catalog.Record) bool { // tracks of WebVTT in boxes
				return recorded(r) && slices.Contains([]string{"mp4", "m4v", "m4a", "mov", "3gp"}, r.Format)
			},
		}
	case JobEnclosures:
		return []func(catalog.Record) bool{
			func(r catalog.Record) bool { return carries(r) && r.Format != "pdf" },
			func(r catalog.Record) bool { return r.Format == "pdf" },
		}
	}
	return nil
}

// recorded says whether a record's tracks can be read now.
func recorded(r catalog.Record) bool {
	return r.Medium == catalog.MediumAudio && r.IndexState != catalog.IndexUnreadable ||
		r.Medium == catalog.MediumVideo && slices.Contains([]string{catalog.IndexVerified, catalog.IndexDamaged}, r.IndexState)
}

// question is how far the records of an archive were asked for a kind of work.
type question struct {
	answered int    // version that every record was asked for
	put      int    // version that they are asked for now; answered when none is
	since    string // when that was put: who was given the work later knows it
	looked   string // last record that was looked at, "" none
}

// AskMissed begins with what records of earlier versions never got, or goes on
// with it. It is called when the archive is opened, and costs one look when
// there is nothing.
func (d *Desk) AskMissed(ctx context.Context) error {
	for _, kind := range []string{JobSubtitles, JobEnclosures} {
		if err := d.askMissed(ctx, kind); err != nil {
			return fmt.Errorf("queue missed work: %w", err)
		}
	}
	return nil
}

func (d *Desk) askMissed(ctx context.Context, kind string) error {
	q, err := d.question(ctx, kind)
	if err != nil {
		return err
	}
	fresh := q.put < len(missed(kind))
	if !fresh && q.answered == q.put {
		return nil
	}
	if fresh {
		q.put, q.since, q.looked = len(missed(kind)), store.FormatTime(d.cfg.Now()), ""
		first, failure := d.cfg.Catalog.After(ctx, "", 1)
		if failure != nil {
			return failure
		}
		if len(first) == 0 { // nobody to ask
			q.answered = q.put
			//nolint:forbidigo // a mark in an archive without records: nothing in it is changed or asked for
			return d.cfg.DB.Write(ctx, func(tx *store.Tx) error { return q.keep(ctx, tx, kind) })
		}
	}
	of, err := d.cfg.Jobs.Of(ctx, kind)
	if err != nil {
		return err
	}
	asking := slices.ContainsFunc(of, func(j jobs.Job) bool { return j.Kind == JobMissed && j.Open() })
	if asking && !fresh {
		return nil // it goes on by itself
	}
	_, err = d.cfg.Log.Do(ctx, missedEntry(kind, nil), func(tx *store.Tx) error {
		if failure := q.keep(ctx, tx, kind); failure != nil || asking {
			return failure
		}
		_, failure := d.cfg.Jobs.Enqueue(ctx, tx, jobs.Spec{Kind: JobMissed, Subject: kind})
		return failure
	})
	return err
}

func (d *Desk) question(ctx context.Context, kind string) (q question, err error) {
	err = d.cfg.DB.Read(ctx, func(tx *store.Tx) error {
		return tx.QueryRowContext(ctx, `SELECT answered, put, since, looked FROM question WHERE kind = ?`, kind).
			Scan(&q.answered, &q.put, &q.since, &q.looked)
	})
	if errors.Is(err, sql.ErrNoRows) {
		return question{}, nil
	}
	if err != nil {
		return question{}, fmt.Errorf("read missed work: %w", err)
	}
	return q, nil
}

func (q question) keep(ctx context.Context, tx *store.Tx, kind string) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO question (kind, answered, put, since, looked) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (kind) DO UPDATE SET answered = excluded.answered, put = excluded.put, since = excluded.since, looked = excluded.looked`,
		kind, q.answered, q.put, q.since, q.looked)
	if err != nil {
		return fmt.Errorf("keep mark of missed work: %w", err)
	}
	return nil
}

// queueMissed queues the work of the next records that never got it, moves the
// mark past them and queues itself behind them, all in one commit: none is left
// out and none asked twice, wherever the program ends.
func (d *Desk) queueMissed(ctx context.Context, j jobs.Job, _ jobs.Progress) error {
	kind := j.Subject
	q, err := d.question(ctx, kind)
	if err != nil {
		return err
	}
	found, looked, err := d.nextMissed(ctx, kind, q)
	if err != nil {
		return err
	}
	if q.looked = looked; looked == "" {
		q.answered = q.put
	}
	_, err = d.cfg.Log.Do(ctx, missedEntry(kind, found), func(tx *store.Tx) error {
		for _, id := range found {
			if _, failure := d.cfg.Jobs.Enqueue(ctx, tx, jobs.Spec{Kind: kind, Subject: id}); failure != nil {
				return failure
			}
		}
		if failure := q.keep(ctx, tx, kind); failure != nil || looked == "" {
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

// nextMissed returns the next records that never got this work and the last
// record that was looked at, "" when there are no more.
func (d *Desk) nextMissed(ctx context.Context, kind string, q question) (found []string, last string, err error) {
	for looked := q.looked; ; {
		records, err := d.cfg.Catalog.After(ctx, looked, missedStep)
		if err != nil {
			return nil, "", err
		}
		wants, err := d.want(ctx, kind, q, records)
		if err != nil {
			return nil, "", err
		}
		for _, r := range records {
			if looked = r.ID; !wants[r.ID] {
				continue
			}
			if found = append(found, r.ID); len(found) == missedQueue {
				return found, looked, nil
			}
		}
		if len(records) < missedStep {
			return found, "", nil
		}
	}
}

// want says which of the records want the work for something that they were not
// asked for yet. The first version of a question is for those who were never
// given the work; a later one for those who were not given it since it was put.
func (d *Desk) want(ctx context.Context, kind string, q question, records []catalog.Record) (map[string]bool, error) {
	ids := make([]string, 0, len(records))
	for _, r := range records {
		ids = append(ids, r.ID)
	}
	out := map[string]bool{}
	for version, wants := range missed(kind) {
		if version < q.answered || version >= q.put {
			continue
		}
		since := q.since
		if version == 0 {
			since = ""
		}
		given, err := d.cfg.Jobs.Given(ctx, kind, ids, since)
		if err != nil {
			return nil, err
		}
		for _, r := range records {
			if wants(r) && !given[r.ID] && !gone(r) {
				out[r.ID] = true
			}
		}
	}
	return out, nil
}

// gone says that a record's original is not here any more. One under suspicion
// is here: its job says why it does not open.
func gone(r catalog.Record) bool { return r.Readable() != nil && !r.Suspected }

func missedEntry(kind string, records []string) audit.Entry {
	return audit.Entry{Event: audit.Job, Codes: map[string]any{"kind": JobMissed, "of": kind, "records": len(records)}}
}
