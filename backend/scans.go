package backend

import (
	"context"

	"diaoyue.example/workstation/search/extract"
	"diaoyue.example/workstation/search/extract/formats"
	papers "diaoyue.example/workstation/search/extract/remote"
)

// scans reads the text off pictures: with the networks in a worker of its own,
// which is started by the first page; else with tesseract, a process of its own,
// which is given the pictures that the worker makes of the pages.
type scans struct {
	*papers.Client

	name   string
	beside *extract.Extractor // reads in this process's stead; nil: the worker reads
}

// newScans looks what this machine can read with; the first to be found is what
// reads until the archive is closed.
func (w *Workstation) newScans() (*scans, error) {
	client, err := w.newPapers(RoleScans)
	if err != nil {
		return nil, err
	}
	out := &scans{Client: client}
	reader, inside := formats.Reader(w.cfg.OCRDir)
	if reader == nil {
		return out, nil
	}
	out.name = reader.Name()
	if inside {
		return out, reader.Close()
	}
	out.beside = extract.New(extract.Limits{}).ReadWith(reader)
	w.later(out.beside.Close)
	return out, nil
}

// Reads names what is read with; "" when nothing on this machine reads.
func (s *scans) Reads() string { return s.name }

// Recognise reads page n of a document that Open gave.
func (s *scans) Recognise(ctx context.Context, doc extract.Document, n int) (extract.Page, error) {
	if s.beside != nil {
		return s.beside.Recognise(ctx, doc, n)
	}
	return s.Client.Recognise(ctx, doc, n)
}
