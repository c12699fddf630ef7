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

// maxMails is how deep mails may lie in mails: what lies deeper stays in the
// mail around it, whose original is whole.
const maxMails = 5

// isMail says whether a record may carry others.
func isMail(r catalog.Record) bool { return slices.Contains([]string{"eml", "msg"}, r.Format) }

// takeEnclosures makes each file that a mail carries a record of its own, with
// its own digests, beside the mail. Done twice, it finds them there. What is
// wrong with the mail is no failure of the job: its text says it.
func (d *Desk) takeEnclosures(ctx context.Context, j jobs.Job, progress jobs.Progress) error {
	mail, err := d.cfg.Catalog.Record(ctx, j.Subject)
	if err != nil {
		return jobs.Permanent(err)
	}
	if err = mail.Readable(); err != nil {
		return jobs.Permanent(err)
	}
	depth, err := d.depth(ctx, mail)
	if err != nil || depth >= maxMails {
		return err
	}
	f, err := d.cfg.Vault.Original(mail.SHA256)
	if err != nil {
		return fmt.Errorf("open original: %w", err)
	}
	defer f.Close()
	n, refused := int64(0), false
	err = d.cfg.Documents.Enclosures(ctx, f, mail.FileName, func(e extract.Enclosure) error {
		n++
		progress(n, 0)
		if err = d.enclosed(ctx, mail, e); err != nil {
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
	return d.unopened(ctx, mail, n, err)
}

// depth is in how many mails a mail lies.
func (d *Desk) depth(ctx context.Context, mail catalog.Record) (int, error) {
	n := 0
	for at := mail; at.EnclosedIn != "" && n < maxMails; n++ {
		var err error
		if at, err = d.cfg.Catalog.Record(ctx, at.EnclosedIn); err != nil {
			return n, fmt.Errorf("find the mail around: %w", err)
		}
	}
	return n, nil
}

// unopened logs that a mail did not give all that it carries.
func (d *Desk) unopened(ctx context.Context, mail catalog.Record, taken int64, cause error) error {
	why := extract.Meta{}.Ended(cause)
	_, err := d.cfg.Log.Note(ctx, audit.Entry{
		Event: audit.Extraction, Result: audit.Failed, Objects: map[string]string{"record": mail.ID, "case": mail.CaseID},
		Codes: map[string]any{"kind": JobEnclosures, "state": string(why.State), "taken": taken},
	})
	if err != nil {
		return fmt.Errorf("log mail: %w", err)
	}
	return nil
}

// enclosed takes one file out of a mail: vault, catalogue and log, in the order
// of custody. An empty one has nothing to keep.
func (d *Desk) enclosed(ctx context.Context, mail catalog.Record, e extract.Enclosure) error {
	if len(e.Content) == 0 {
		return nil
	}
	kept, err := d.cfg.Vault.Put(ctx, bytes.NewReader(e.Content), int64(len(e.Content)), nil)
	if err != nil {
		return err
	}
	known, err := d.cfg.Catalog.RecordOf(ctx, kept.SHA256)
	if err == nil {
		return d.alreadyHere(ctx, mail, e.Name, known)
	}
	if !errors.Is(err, catalog.ErrNoRecord) {
		return err
	}
	r, err := d.describeEnclosed(ctx, mail, e.Name, kept.SHA256, kept.Size)
	if err != nil {
		return err
	}
	r.SHA256, r.SM3, r.Size = kept.SHA256, kept.SM3, kept.Size
	r.CaseID, r.Stage, r.StoredBy, r.EnclosedIn, r.Suspected = mail.CaseID, mail.Stage, mail.StoredBy, mail.ID, mail.Suspected
	d.count(ctx, &r)
	return d.catalogueEnclosed(ctx, mail, r)
}

// describeEnclosed says of an enclosed file what can be known. Whatever it is,
// it is part of the mail and kept; what is no recording and of no known family
// is a paper that is not read.
func (d *Desk) describeEnclosed(ctx context.Context, mail catalog.Record, name, sha256 string, size int64) (catalog.Record, error) {
	f, err := d.cfg.Vault.Original(sha256)
	if err != nil {
		return catalog.Record{}, fmt.Errorf("open original: %w", err)
	}
	defer f.Close()
	r, err := d.describe(ctx, f, Outcome{Name: name, Size: size}, mail.CompletedAt)
	if errors.Is(err, conduit.ErrGone) || ctx.Err() != nil {
		return r, err
	}
	if err != nil {
		r.Kind, r.Medium, r.TextState = catalog.KindText, catalog.MediumDocument, catalog.TextStored
		r.Date = beijing(r.CompletedAt).Format("2006-01-02")
	}
	return r, nil
}

// alreadyHere notes that an enclosed file is a record already: this mail's,
// when the job runs again, or one that came by another way.
func (d *Desk) alreadyHere(ctx context.Context, mail catalog.Record, name string, known catalog.Record) error {
	if known.EnclosedIn == mail.ID {
		return nil
	}
	_, err := d.cfg.Log.Note(ctx, audit.Entry{
		Event: audit.Ingestion, Objects: map[string]string{"case": mail.CaseID, "record": known.ID, "enclosed_in": mail.ID},
		Codes: map[string]any{"known": true, "sha256": known.SHA256}, Details: map[string]any{"name": name},
	})
	if err != nil {
		return fmt.Errorf("log enclosed file: %w", err)
	}
	return nil
}

func (d *Desk) catalogueEnclosed(ctx context.Context, mail, r catalog.Record) error {
	id, err := uuid.NewV7()
	if err != nil {
		return fmt.Errorf("make id: %w", err)
	}
	r.ID = id.String()
	entry := audit.Entry{
		Event: audit.Ingestion, Objects: map[string]string{"case": r.CaseID, "record": r.ID, "enclosed_in": mail.ID},
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
