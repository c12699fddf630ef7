package ingest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"math"
	"os"

	"diaoyue.example/workstation/backend/catalog"
	"diaoyue.example/workstation/backend/converter"
	"diaoyue.example/workstation/backend/jobs"
	"diaoyue.example/workstation/search/extract"
)

// Office lays office papers out as PDF, where LibreOffice is there.
type Office interface {
	PDF(ctx context.Context, src io.ReaderAt, size int64, name string) (*os.File, error)
}

// taken is what was read of a paper.
type taken struct {
	meta    extract.Meta
	pages   []catalog.PageText
	scanned bool // some page waits to be read off its picture
	laidOut bool // by LibreOffice
}

// whole: nothing is wrong with the file, as far as its reader can tell.
func (t taken) whole() bool {
	return t.meta.State == extract.StateText || t.meta.State == extract.StateNeedsOCR || t.meta.State == extract.StateUnsupported
}

// shows: it has pages that can be shown.
func (t taken) shows() bool { return t.whole() && t.meta.State != extract.StateUnsupported }

// readPaper reads a paper by the pages it is shown by: those that LibreOffice
// laid out, where it is an office paper and there is one, else our own. Our own
// reader goes first: what it calls damaged is handed to nobody else, and what it
// finds beyond the pages is kept.
func (d *Desk) readPaper(ctx context.Context, r catalog.Record, progress jobs.Progress) (taken, error) {
	f, err := d.cfg.Vault.Original(r.SHA256)
	if err != nil {
		return taken{}, fmt.Errorf("open original: %w", err)
	}
	defer f.Close()
	own, err := d.readFile(ctx, r, f, false, progress)
	if err != nil || !own.whole() || !converter.Converts(r.FileName) {
		return own, err
	}
	kept, err := d.readKept(ctx, r, progress)
	if err != nil {
		return taken{}, err
	}
	if kept.shows() {
		return kept.completed(own), nil
	}
	return d.layOut(ctx, r, f, own, progress)
}

// readKept reads the PDF that was made of a paper, nothing where there is none.
func (d *Desk) readKept(ctx context.Context, r catalog.Record, progress jobs.Progress) (taken, error) {
	f, err := d.cfg.Vault.Derived(r.SHA256, catalog.DerivedOfficePDF)
	if errors.Is(err, fs.ErrNotExist) {
		return taken{}, nil
	}
	if err != nil {
		return taken{}, fmt.Errorf("open paper: %w", err)
	}
	defer f.Close()
	return d.readFile(ctx, r, f, true, progress)
}

// layOut lets LibreOffice lay a paper out, and keeps that once it was read. Where
// it does not help, or somebody is at the paper as it stands, what our own
// reader had stands: pages must not move under a note or under an eye.
func (d *Desk) layOut(ctx context.Context, r catalog.Record, f *os.File, own taken, progress jobs.Progress) (taken, error) {
	if at, err := d.atIt(ctx, r); err != nil || at {
		return own, err
	}
	pdf, err := d.cfg.Office.PDF(ctx, f, r.Size, r.FileName)
	if ctx.Err() != nil {
		return taken{}, ctx.Err()
	}
	if why := officeWhy(err); why != "" {
		return d.unhelped(ctx, r, own, why), nil
	}
	if err != nil {
		return taken{}, err
	}
	defer pdf.Close()
	out, err := d.readFile(ctx, r, pdf, true, progress)
	if err != nil {
		return taken{}, err
	}
	if !out.shows() {
		return d.unhelped(ctx, r, own, extract.WhyOfficeFailed), nil
	}
	if moves, atErr := d.atIt(ctx, r); atErr != nil || moves {
		return own, atErr
	}
	if err = d.keepLayout(ctx, r, pdf); err != nil {
		return taken{}, err
	}
	return out.completed(own), nil
}

// keepLayout puts the PDF that was made of a paper beside its original.
func (d *Desk) keepLayout(ctx context.Context, r catalog.Record, pdf *os.File) error {
	err := d.cfg.Vault.PutDerived(ctx, r.SHA256, catalog.DerivedOfficePDF, func(w io.Writer) error {
		_, err := io.Copy(w, io.NewSectionReader(pdf, 0, math.MaxInt64))
		return err
	})
	if err != nil {
		return fmt.Errorf("keep paper: %w", err)
	}
	return nil
}

// atIt reports whether a paper carries notes or is open before somebody.
func (d *Desk) atIt(ctx context.Context, r catalog.Record) (bool, error) {
	now, err := d.cfg.Catalog.Record(ctx, r.ID)
	if err != nil || now.Annotations > 0 {
		return true, err
	}
	return d.cfg.Viewed != nil && d.cfg.Viewed(r.ID), nil
}

// unhelped is our own reading with the reason why LibreOffice did not help.
func (d *Desk) unhelped(ctx context.Context, r catalog.Record, own taken, why string) taken {
	if own.meta.State == extract.StateUnsupported {
		own.meta.Why = why
	}
	if why != extract.WhyNoOffice {
		slog.WarnContext(ctx, "paper not laid out", slog.String("record", r.ID), slog.String("why", why))
	}
	return own
}

// officeWhy gives the code of what LibreOffice refused, "" for an error of ours.
func officeWhy(err error) string {
	switch {
	case errors.Is(err, converter.ErrAbsent):
		return extract.WhyNoOffice
	case errors.Is(err, converter.ErrTooSlow):
		return extract.WhyOfficeSlow
	case errors.Is(err, converter.ErrNoPDF):
		return extract.WhyOfficeFailed
	}
	return ""
}

func (d *Desk) readFile(ctx context.Context, r catalog.Record, f *os.File, laidOut bool, progress jobs.Progress) (taken, error) {
	t := taken{laidOut: laidOut}
	var err error
	t.meta, err = d.cfg.Documents.File(ctx, f, paperName(r, laidOut), func(p extract.Page) error {
		t.pages = append(t.pages, catalog.PageText{RecordID: r.ID, Page: p.N, Source: p.Source, Text: p.Text})
		t.scanned = t.scanned || p.NeedsOCR()
		progress(int64(len(t.pages)), 0)
		return nil
	})
	return t, err
}

// paperName is the name by which the extractor opens a paper.
func paperName(r catalog.Record, laidOut bool) string {
	if laidOut {
		return r.FileName + ".pdf"
	}
	return r.FileName
}
