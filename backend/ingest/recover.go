package ingest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"time"

	"diaoyue.example/workstation/backend/accounts"
	"diaoyue.example/workstation/backend/audit"
	"diaoyue.example/workstation/backend/jobs"
	"diaoyue.example/workstation/backend/store"
)

// JobIntake is the taking of a file that an end of the program interrupted.
const JobIntake = "intake"

// intent is what is written down before a file is touched.
type intent struct {
	Path  string `json:"path"`
	Case  string `json:"case"`
	Stage string `json:"stage"`
	Actor string `json:"actor"` // id of the account
	// Size and Modified tell the file from another that has its name since.
	Size     int64     `json:"size"`
	Modified time.Time `json:"modified"`
	Chain    bool      `json:"chain,omitempty"` // one of the segments of an activity
	// Recording is the one whose transcript the file is.
	Recording string `json:"recording,omitempty"`
}

// intend writes down every file of the submission before the first is touched;
// files that are refused already have no intent ("").
func (w *work) intend(ctx context.Context, files []Outcome) ([]string, error) {
	specs, of := []jobs.Spec{}, []int{}
	for i, o := range files {
		if o.State != Waiting {
			continue
		}
		n := intent{Path: o.Path, Case: w.submission.CaseID, Stage: w.submission.Stage, Actor: w.actor.ID, Size: o.Size, Chain: w.submission.Chain, Recording: w.submission.RecordingID}
		if info, err := os.Stat(o.Path); err == nil {
			n.Modified = info.ModTime().UTC()
		}
		payload, err := json.Marshal(n)
		if err != nil {
			return nil, fmt.Errorf("write intent: %w", err)
		}
		specs, of = append(specs, jobs.Spec{Kind: JobIntake, Subject: n.Case, Payload: string(payload)}), append(of, i)
	}
	out := make([]string, len(files))
	ids, err := w.desk.cfg.Jobs.Intend(ctx, specs...)
	if err != nil {
		return nil, fmt.Errorf("write intents: %w", err)
	}
	for i, id := range ids {
		out[of[i]] = id
	}
	return out, nil
}

// there reports whether the source is still the file that was chosen.
func (n intent) there() bool {
	info, err := os.Stat(n.Path)
	return err == nil && info.Mode().IsRegular() && info.Size() == n.Size && info.ModTime().Equal(n.Modified)
}

// Interrupted is a file that was to be taken when the program last ended and
// was not acknowledged.
type Interrupted struct {
	Path   string
	CaseID string
	// Resumed: the source is still there as it was and is taken anew, as a job.
	// Otherwise it is to be submitted again.
	Resumed bool
}

// Recover takes up again the files that were on their way when the program
// last ended, each with an entry. It is called once, when the archive is
// opened. A file begins anew: both digests need all of its bytes, so half a
// copy saves nothing; one that was in the vault already is only compared.
func (d *Desk) Recover(ctx context.Context) ([]Interrupted, error) {
	left, err := d.cfg.Jobs.Intents(ctx, JobIntake)
	if err != nil {
		return nil, err
	}
	out := []Interrupted{}
	for _, j := range left {
		var n intent
		if err := json.Unmarshal([]byte(j.Payload), &n); err != nil {
			return nil, fmt.Errorf("read intent: %w", err)
		}
		resumed := n.there()
		entry := audit.Entry{
			Event: audit.Recovery, Objects: map[string]string{"case": n.Case},
			Codes: map[string]any{"interrupted": "ingestion", "begun": j.CreatedAt.Format(time.RFC3339), "resumed": resumed, "chain": n.Chain}, Details: map[string]any{"name": name(n.Path)},
		}
		_, err := d.cfg.Log.Do(ctx, entry, func(tx *store.Tx) error {
			if resumed {
				return d.cfg.Jobs.TakeUp(ctx, tx, j.ID)
			}
			return d.cfg.Jobs.Settle(ctx, tx, j.ID)
		})
		if err != nil {
			return nil, fmt.Errorf("take up interrupted file: %w", err)
		}
		out = append(out, Interrupted{n.Path, n.Case, resumed})
	}
	return out, nil
}

// takeUp takes an interrupted file, for the account that submitted it and only
// if that may still store.
func (d *Desk) takeUp(ctx context.Context, j jobs.Job, progress jobs.Progress) error {
	var n intent
	if err := json.Unmarshal([]byte(j.Payload), &n); err != nil {
		return jobs.Permanent(fmt.Errorf("read intent: %w", err))
	}
	account, err := d.cfg.Accounts.ByID(ctx, n.Actor)
	if err != nil {
		return err
	}
	if err = d.cfg.Accounts.Require(ctx, account.Actor, accounts.Ingest, map[string]string{"case": n.Case}); err != nil {
		return jobs.Permanent(err)
	}
	w := &work{desk: d, actor: account.Actor, submission: Submission{CaseID: n.Case, Stage: n.Stage, RecordingID: n.Recording}, p: Progress{Started: d.cfg.Now(), Bytes: n.Size}}
	w.told = func(p Progress) { progress(p.BytesDone, p.Bytes) }
	o := Outcome{Path: n.Path, Name: name(n.Path), Size: n.Size, State: Running}
	err = ErrVanished.With("name", o.Name)
	if n.there() {
		_, err = w.take(ctx, o, j.ID)
	}
	if err == nil || ctx.Err() != nil {
		return errors.Join(err, ctx.Err())
	}
	o.State, o.Err = Refused, fileFault(o.Name, err)
	w.note(ctx, &o)
	return jobs.Permanent(o.Err)
}
