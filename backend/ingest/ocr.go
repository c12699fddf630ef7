package ingest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"diaoyue.example/workstation/backend/audit"
	"diaoyue.example/workstation/backend/catalog"
	"diaoyue.example/workstation/backend/jobs"
	"diaoyue.example/workstation/backend/store"
	"diaoyue.example/workstation/search/extract"
)

// publishFirst is how many pages are read before the first are put into the
// catalogue; afterwards it is half of what is there, so that a long scan is
// indexed a few times and not once a page.
const publishFirst = 16

// readPages reads the text off the pages of a record that are pictures, one
// after the other. Each is kept as it is read: a crash loses one page. Other
// work goes first.
func (d *Desk) readPages(ctx context.Context, j jobs.Job, progress jobs.Progress) error {
	r, err := d.cfg.Catalog.Record(ctx, j.Subject)
	if err != nil {
		return jobs.Permanent(err)
	}
	if err = r.Readable(); err != nil {
		return jobs.Permanent(err)
	}
	if d.cfg.Scans.Reads() == "" {
		return jobs.Permanent(ErrNoReader)
	}
	s := &scan{desk: d, record: r, job: j.ID}
	if err = s.resume(ctx); err != nil {
		return err
	}
	if len(s.left) > 0 {
		f, laidOut, err := d.cfg.Vault.DerivedOr(r.SHA256, catalog.DerivedOfficePDF)
		if err != nil {
			return fmt.Errorf("open paper: %w", err)
		}
		defer f.Close()
		if err = s.read(ctx, f, paperName(r, laidOut), progress); err != nil {
			return err
		}
	}
	return s.publish(ctx, true)
}

// scan is a record whose pages are being read.
type scan struct {
	desk   *Desk
	record catalog.Record
	job    string
	left   []int              // pages that wait
	done   []catalog.ReadPage // read, and not in the catalogue yet
	shown  int                // in the catalogue since the job went on
}

// resume takes up what the job had read when it was last interrupted.
func (s *scan) resume(ctx context.Context) error {
	unread, err := s.desk.cfg.Catalog.Unread(ctx, s.record.ID)
	if err != nil {
		return err
	}
	parts, err := s.desk.cfg.Jobs.Parts(ctx, s.job)
	if err != nil {
		return err
	}
	kept := map[int]bool{}
	for _, p := range parts {
		var page catalog.ReadPage
		if err := json.Unmarshal(p.Data, &page); err != nil {
			return fmt.Errorf("read kept page: %w", err)
		}
		s.done = append(s.done, page)
		kept[page.Page] = true
	}
	for _, n := range unread {
		if !kept[n] {
			s.left = append(s.left, n)
		}
	}
	return nil
}

func (s *scan) read(ctx context.Context, f *os.File, name string, progress jobs.Progress) error {
	d := s.desk
	doc, err := d.cfg.Scans.Open(ctx, f, name)
	if err != nil {
		if ctx.Err() != nil || errors.Is(err, extract.ErrBusy) {
			return err
		}
		return s.unreadable(ctx, err)
	}
	defer doc.Close()
	all := int64(len(s.left) + len(s.done))
	for i, n := range s.left {
		progress(all-int64(len(s.left)-i), all)
		begun := d.cfg.Now()
		page, err := d.readPage(ctx, doc, n)
		if err != nil {
			return err
		}
		if err = s.keep(ctx, page); err != nil {
			return err
		}
		d.pace.note(d.cfg.Now().Sub(begun))
		if len(s.done) >= max(publishFirst, s.shown/2) {
			if err = s.publish(ctx, false); err != nil {
				return err
			}
		}
		if i+1 == len(s.left) {
			return nil
		}
		if yield, err := d.cfg.Jobs.GiveWay(ctx, JobOCR); err != nil || yield {
			return errors.Join(err, s.publish(ctx, false), jobs.ErrYield)
		}
	}
	return nil
}

// readPage reads one page. What is wrong with the page is its state; the error
// is that of a context that ended or of work that may go better another time.
func (d *Desk) readPage(ctx context.Context, doc extract.Document, n int) (catalog.ReadPage, error) {
	out := catalog.ReadPage{Page: n, State: catalog.ReadDone, Engine: d.cfg.Scans.Reads()}
	p, err := d.cfg.Scans.Recognise(ctx, doc, n)
	switch {
	case err == nil:
		out.Text, out.Confidence = p.Text, p.Confidence
		out.Boxes, err = extract.PackBoxes(p.Boxes)
		return out, err
	case ctx.Err() != nil:
		return out, ctx.Err()
	case errors.Is(err, extract.ErrNoReader):
		return out, jobs.Permanent(fmt.Errorf("%w: %w", ErrNoReader, err))
	case errors.Is(err, extract.ErrBusy):
		return out, err
	case errors.Is(err, extract.ErrTimeout):
		out.State, out.Code = catalog.ReadFailed, ErrPageSlow.Code()
	default:
		out.State, out.Code = catalog.ReadFailed, ErrPageUnread.Code()
	}
	return out, nil
}

// unreadable marks every page that waits: the file cannot be opened.
func (s *scan) unreadable(ctx context.Context, cause error) error {
	for _, n := range s.left {
		if err := s.keep(ctx, catalog.ReadPage{Page: n, State: catalog.ReadFailed, Code: ErrPageUnread.Code()}); err != nil {
			return errors.Join(cause, err)
		}
	}
	return nil
}

func (s *scan) keep(ctx context.Context, page catalog.ReadPage) error {
	data, err := json.Marshal(page)
	if err != nil {
		return fmt.Errorf("keep page: %w", err)
	}
	if err = s.desk.cfg.Jobs.KeepPart(ctx, s.job, jobs.Part{Number: page.Page, Data: data}); err != nil {
		return err
	}
	s.done = append(s.done, page)
	return nil
}

// publish puts what was read into the catalogue, with its entry; the index
// follows. At the end the record's state follows too.
func (s *scan) publish(ctx context.Context, end bool) error {
	if len(s.done) == 0 && !end {
		return nil
	}
	d, r := s.desk, s.record
	entry := audit.Entry{
		Event: audit.Extraction, Objects: map[string]string{"record": r.ID, "case": r.CaseID},
		Codes: map[string]any{"kind": JobOCR, "engine": d.cfg.Scans.Reads(), "pages": len(s.done), "failed": s.failed()},
	}
	_, err := d.cfg.Log.Do(ctx, entry, func(tx *store.Tx) error {
		if err := d.cfg.Catalog.PutRead(ctx, tx, r.ID, s.done); err != nil {
			return err
		}
		if err := d.cfg.Jobs.DropParts(ctx, tx, s.job); err != nil {
			return err
		}
		if !end || r.TextState != string(extract.StateNeedsOCR) {
			return nil
		}
		if failed, err := d.cfg.Catalog.FailedReads(ctx, tx, r.ID); err != nil || failed > 0 {
			return err
		}
		_, err := d.cfg.Catalog.SetText(ctx, tx, r.ID, string(extract.StateText), "", r.Pages)
		return err
	})
	if err != nil {
		return fmt.Errorf("note what was read: %w", err)
	}
	s.shown += len(s.done)
	s.done = nil
	return nil
}

func (s *scan) failed() int {
	n := 0
	for _, p := range s.done {
		if p.State == catalog.ReadFailed {
			n++
		}
	}
	return n
}
