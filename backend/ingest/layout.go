package ingest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"unicode"

	"diaoyue.example/workstation/backend/catalog"
	"diaoyue.example/workstation/backend/converter"
	"diaoyue.example/workstation/backend/jobs"
	"diaoyue.example/workstation/search/extract"
)

// Office lays office papers out as PDF, where LibreOffice is there.
type Office interface {
	PDF(ctx context.Context, src io.ReaderAt, size int64, name string, dst io.Writer) error
}

// taken is what was read of a paper.
type taken struct {
	meta    extract.Meta
	pages   []catalog.PageText
	scanned bool // some page waits to be read off its picture
	laidOut bool // by LibreOffice
}

// readPaper reads a paper by the pages it is shown by: those that LibreOffice
// laid out, where it is an office paper and there is one, else our own.
func (d *Desk) readPaper(ctx context.Context, r catalog.Record, progress jobs.Progress) (taken, error) {
	f, laidOut, err := d.cfg.Vault.DerivedOr(r.SHA256, catalog.DerivedOfficePDF)
	if err != nil {
		return taken{}, fmt.Errorf("open paper: %w", err)
	}
	defer f.Close()
	if laidOut {
		return d.readFile(ctx, r, f, true, progress)
	}
	own, err := d.readFile(ctx, r, f, false, progress)
	if err != nil || !layable(r, own.meta.State) {
		return own, err
	}
	return d.layOut(ctx, r, f, own, progress)
}

// layable: an office paper that is whole as far as our own reader can tell, and
// whose pages nobody has written a note on: they must not move any more.
func layable(r catalog.Record, state extract.State) bool {
	whole := state == extract.StateText || state == extract.StateNeedsOCR || state == extract.StateUnsupported
	return whole && converter.Converts(r.FileName) && r.Annotations == 0
}

// layOut lets LibreOffice lay a paper out, keeps that, and reads it. Where it
// does not help, what our own reader had stands.
func (d *Desk) layOut(ctx context.Context, r catalog.Record, f *os.File, own taken, progress jobs.Progress) (taken, error) {
	err := d.cfg.Vault.PutDerived(ctx, r.SHA256, catalog.DerivedOfficePDF, func(w io.Writer) error {
		return d.cfg.Office.PDF(ctx, f, r.Size, r.FileName, w)
	})
	if ctx.Err() != nil {
		return taken{}, ctx.Err()
	}
	if why := officeWhy(err); why != "" {
		if own.meta.State == extract.StateUnsupported {
			own.meta.Why = why
		}
		if why != extract.WhyNoOffice {
			slog.WarnContext(ctx, "paper not laid out", slog.String("record", r.ID), slog.String("why", why))
		}
		return own, nil
	}
	if err != nil {
		return taken{}, err
	}
	pdf, err := d.cfg.Vault.Derived(r.SHA256, catalog.DerivedOfficePDF)
	if err != nil {
		return taken{}, fmt.Errorf("open paper: %w", err)
	}
	defer pdf.Close()
	out, err := d.readFile(ctx, r, pdf, true, progress)
	if err != nil {
		return taken{}, err
	}
	out.meta.Kind = own.meta.Kind
	out.complete(own.pages)
	return out, nil
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

// complete adds to the last page the lines that our own reader found and no
// page shows, such as hidden sheets, notes and deleted words: they are found,
// though not on the glass.
func (t *taken) complete(own []catalog.PageText) {
	if len(t.pages) == 0 || t.meta.State != extract.StateText {
		return
	}
	var shown strings.Builder
	for _, p := range t.pages {
		shown.WriteString(dense(p.Text))
	}
	have := shown.String()
	last := &t.pages[len(t.pages)-1]
	for _, p := range own {
		for line := range strings.Lines(p.Text) {
			if line = strings.TrimSpace(line); line != "" && !strings.Contains(have, dense(line)) {
				last.Text += "\n" + line
			}
		}
	}
}

// dense is a text without white space, which layouts put where they like.
func dense(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, text)
}
