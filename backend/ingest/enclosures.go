package ingest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"diaoyue.example/workstation/backend/audit"
	"diaoyue.example/workstation/backend/catalog"
	"diaoyue.example/workstation/backend/conduit"
	"diaoyue.example/workstation/backend/jobs"
	"diaoyue.example/workstation/backend/store"
	"diaoyue.example/workstation/search/extract"
)

// maxNested is how deep files may lie in files, mails in mails: what lies deeper
// stays in the one around it, whose original is whole.
const maxNested = 5

// carries says whether a record may carry others: mails, and papers with
// attachments.
func carries(r catalog.Record) bool {
	return slices.Contains([]string{"eml", "msg", "ofd", "pdf"}, r.Format)
}

// takeEnclosures makes each file that a mail or a paper carries a record of its
// own, with its own digests, beside its holder. Done twice, it finds them there.
// What is wrong with the holder is no failure of the job: its text says it.
func (d *Desk) takeEnclosures(ctx context.Context, j jobs.Job, progress jobs.Progress) error {
	holder, err := d.cfg.Catalog.Record(ctx, j.Subject)
	if err != nil {
		return jobs.Permanent(err)
	}
	if err = holder.Readable(); err != nil {
		return jobs.Permanent(err)
	}
	depth, err := d.depth(ctx, holder)
	if err != nil || depth >= maxNested {
		return err
	}
	f, err := d.cfg.Vault.Original(holder.SHA256)
	if err != nil {
		return fmt.Errorf("open original: %w", err)
	}
	defer f.Close()
	n, refused := int64(0), false
	err = d.cfg.Documents.Enclosures(ctx, f, holder.FileName, func(e extract.Enclosure) error {
		n++
		progress(n, 0)
		if err = d.enclosed(ctx, holder, e); err != nil {
			refused = true
			return fmt.Errorf("keep enclosed file: %w", err)
		}
		return nil
	})
	if err == nil || refused || ctx.Err() != nil {
		return err
	}
	for _, worker := range []error{conduit.ErrGone, conduit.ErrRepeated} {
		if errors.Is(err, worker) {
			return err
		}
	}
	return d.unopened(ctx, holder, n, err)
}

// depth is in how many others a record lies.
func (d *Desk) depth(ctx context.Context, holder catalog.Record) (int, error) {
	n := 0
	for at := holder; at.EnclosedIn != "" && n < maxNested; n++ {
		var err error
		if at, err = d.cfg.Catalog.Record(ctx, at.EnclosedIn); err != nil {
			return n, fmt.Errorf("find the record around: %w", err)
		}
	}
	return n, nil
}

// unopened logs that a holder did not give all that it carries.
func (d *Desk) unopened(ctx context.Context, holder catalog.Record, taken int64, cause error) error {
	why := extract.Meta{}.Ended(cause)
	_, err := d.cfg.Log.Note(ctx, audit.Entry{
		Event: audit.Extraction, Result: audit.Failed, Objects: map[string]string{"record": holder.ID, "case": holder.CaseID},
		Codes: map[string]any{"kind": JobEnclosures, "state": string(why.State), "taken": taken},
	})
	if err != nil {
		return fmt.Errorf("log holder: %w", err)
	}
	return nil
}

// enclosed takes one file out of its holder: vault, catalogue and log, in the order
// of custody. An empty one has nothing to keep.
func (d *Desk) enclosed(ctx context.Context, holder catalog.Record, e extract.Enclosure) error {
	if len(e.Content) == 0 {
		return nil
	}
	kept, err := d.cfg.Vault.Put(ctx, bytes.NewReader(e.Content), int64(len(e.Content)), nil)
	if err != nil {
		return err
	}
	known, err := d.cfg.Catalog.RecordOf(ctx, kept.SHA256)
	if err == nil {
		return d.alreadyHere(ctx, holder, e.Name, known)
	}
	if !errors.Is(err, catalog.ErrNoRecord) {
		return err
	}
	r, err := d.describeEnclosed(ctx, holder, e.Name, kept.SHA256, kept.Size)
	if err != nil {
		return err
	}
	r.SHA256, r.SM3, r.Size = kept.SHA256, kept.SM3, kept.Size
	r.CaseID, r.Stage, r.StoredBy, r.EnclosedIn, r.Suspected = holder.CaseID, holder.Stage, holder.StoredBy, holder.ID, holder.Suspected
	d.count(ctx, &r)
	return d.catalogueEnclosed(ctx, holder, r)
}

// describeEnclosed says of an enclosed file what can be known. Whatever it is,
// it is part of its holder and kept; what is no recording and of no known family
// is a paper that is not read.
func (d *Desk) describeEnclosed(ctx context.Context, holder catalog.Record, name, sha256 string, size int64) (catalog.Record, error) {
	f, err := d.cfg.Vault.Original(sha256)
	if err != nil {
		return catalog.Record{}, fmt.Errorf("open original: %w", err)
	}
	defer f.Close()
	r, err := d.describe(ctx, f, Outcome{Name: name, Size: size}, holder.CompletedAt)
	if errors.Is(err, conduit.ErrGone) || ctx.Err() != nil {
		return r, err
	}
	if err != nil {
		r.Kind, r.Medium, r.TextState = catalog.KindText, catalog.MediumDocument, catalog.TextStored
		r.Date = beijing(r.CompletedAt).Format("2006-01-02")
	}
	return r, nil
}

// alreadyHere notes that an enclosed file is a record already: this holder's,
// when the job runs again, or one that came by another way.
func (d *Desk) alreadyHere(ctx context.Context, holder catalog.Record, name string, known catalog.Record) error {
	if known.EnclosedIn == holder.ID {
		return nil
	}
	_, err := d.cfg.Log.Note(ctx, audit.Entry{
		Event: audit.Ingestion, Objects: map[string]string{"case": holder.CaseID, "record": known.ID, "enclosed_in": holder.ID},
		Codes: map[string]any{"known": true, "sha256": known.SHA256}, Details: map[string]any{"name": name},
	})
	if err != nil {
		return fmt.Errorf("log enclosed file: %w", err)
	}
	return nil
}

func (d *Desk) catalogueEnclosed(ctx context.Context, holder, r catalog.Record) error {
	id, err := uuid.NewV7()
	if err != nil {
		return fmt.Errorf("make id: %w", err)
	}
	r.ID = id.String()
	entry := audit.Entry{
		Event: audit.Ingestion, Objects: map[string]string{"case": r.CaseID, "record": r.ID, "enclosed_in": holder.ID},
		Codes: map[string]any{
			"sha256": r.SHA256, "sm3": r.SM3, "size": r.Size, "stage": r.Stage, "medium": r.Medium, "timeliness": r.Timeliness, "index": r.IndexState,
		},
		Details: map[string]any{"name": r.FileName, "title": r.Title},
	}
	_, err = d.cfg.Log.Do(ctx, entry, func(tx *store.Tx) error {
		if r, err = d.cfg.Catalog.AddRecord(ctx, tx, r); err != nil {
			return err
		}
		for _, kind := range derived(r) {
			if _, err = d.cfg.Jobs.Enqueue(ctx, tx, jobs.Spec{Kind: kind, Subject: r.ID}); err != nil {
				return err
			}
		}
		return nil
	})
	return err
}
