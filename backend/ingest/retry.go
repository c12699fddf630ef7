package ingest

import (
	"context"
	"fmt"
	"slices"

	"diaoyue.example/workstation/backend/accounts"
	"diaoyue.example/workstation/backend/audit"
	"diaoyue.example/workstation/backend/catalog"
	"diaoyue.example/workstation/backend/jobs"
	"diaoyue.example/workstation/backend/store"
	"diaoyue.example/workstation/search/extract"
)

// Retriable are the states in which taking the text of a paper anew may give
// another outcome: a later version may read it, a machine may be less busy. What
// waits for its text to be read off pictures has a queue of its own.
func Retriable() []string {
	return []string{
		string(extract.StateFailed), string(extract.StateTimeout), string(extract.StateUnsupported), string(extract.StateEncrypted),
	}
}

// maxRetry bounds how many papers one call lets wait again; the rest keep their
// state and can be asked for next.
const maxRetry = 2000

// RetryText lets the text of papers be taken anew: of those named, or for none
// of all in a state. Papers not in a retriable state are passed over. It returns
// how many wait now. accounts.ErrForbidden, catalog.ErrNoRecord.
func (d *Desk) RetryText(ctx context.Context, actor accounts.Actor, state string, ids []string) (int, error) {
	if err := d.cfg.Accounts.Require(ctx, actor, accounts.Ingest, nil); err != nil {
		return 0, err
	}
	records, err := d.toRetry(ctx, state, ids)
	if err != nil || len(records) == 0 {
		return 0, err
	}
	entry := audit.Entry{Actor: actor.ID, Event: audit.Job, Codes: map[string]any{"kind": JobText, "records": len(records)}}
	if len(records) == 1 {
		entry.Objects = map[string]string{"record": records[0].ID, "case": records[0].CaseID}
	}
	_, err = d.cfg.Log.Do(ctx, entry, func(tx *store.Tx) error {
		for _, r := range records {
			if _, err = d.cfg.Catalog.SetText(ctx, tx, r.ID, catalog.TextStored, "", r.Pages); err != nil {
				return err
			}
			if _, err = d.cfg.Jobs.Enqueue(ctx, tx, jobs.Spec{Kind: JobText, Subject: r.ID}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("take text anew: %w", err)
	}
	return len(records), nil
}

func (d *Desk) toRetry(ctx context.Context, state string, ids []string) ([]catalog.Record, error) {
	if len(ids) == 0 {
		if !slices.Contains(Retriable(), state) {
			return nil, nil
		}
		return d.cfg.Catalog.ByTextState(ctx, state, "", maxRetry)
	}
	var out []catalog.Record
	for _, id := range ids {
		r, err := d.cfg.Catalog.Record(ctx, id)
		if err != nil {
			return nil, err
		}
		if slices.Contains(Retriable(), r.TextState) {
			out = append(out, r)
		}
	}
	return out, nil
}
