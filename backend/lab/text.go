package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"diaoyue.example/workstation/backend/extraction"
	"diaoyue.example/workstation/search/extract"
	"diaoyue.example/workstation/search/extract/formats"
)

const textUsage = `usage: diaoyue-lab text FILE [--json] [--cache DIR] [--no-ocr | --ocr DIR]
       diaoyue-lab text hostile [--count 2000] [--seed 1] [--cache DIR] [--json] FILE...
`

// labText is what `text --json` prints.
type labText struct {
	State  extract.State  `json:"state"`
	Reason string         `json:"reason"`
	Pages  []extract.Page `json:"pages"`
}

// runText prints the text of a document.
func runText(ctx context.Context, args []string, _ io.Reader, stdout, stderr io.Writer) int {
	if len(args) > 0 && args[0] == "hostile" {
		return judged(textHostile(ctx, args[1:], stdout), textUsage, stderr)
	}
	var asJSON, noOCR bool
	cache, models := textCache(), ""
	f, err := withFile("text", args, func(fs *flag.FlagSet) {
		fs.BoolVar(&asJSON, "json", false, "")
		fs.StringVar(&cache, "cache", cache, "")
		fs.BoolVar(&noOCR, "no-ocr", false, "")
		fs.StringVar(&models, "ocr", models, "")
	})
	if errors.Is(err, errUsage) {
		fmt.Fprint(stderr, textUsage)
		return exitUsage
	}
	if err == nil {
		if noOCR {
			models = formats.NoOCR
		}
		err = readText(ctx, extraction.Setup{CacheDir: cache, OCR: models}, f, asJSON, stdout)
		_ = f.Close() // only read
	}
	if err != nil {
		fmt.Fprintln(stderr, err)
		return exitRefused
	}
	return exitDone
}

// readText prints the text that the extractor in its worker reads, under the
// lock and the limits that it has in the window. What reads scans but is a
// program of its own stands beside the worker there too.
func readText(ctx context.Context, setup extraction.Setup, f *os.File, asJSON bool, stdout io.Writer) error {
	reader, inside := formats.Reader(setup.OCR)
	w, err := newPaperWorker(setup)
	if err != nil {
		return err
	}
	scans := w.Recognise
	switch {
	case reader == nil:
		scans = nil
	case inside:
		err = reader.Close() // the worker has its own
	default:
		beside := extract.New(extract.Limits{}).ReadWith(reader)
		defer beside.Close()
		scans = beside.Recognise
	}
	if err == nil {
		err = textOf(ctx, w, f, scans, asJSON, stdout)
	}
	return errors.Join(err, w.end())
}

// recognise reads page n of a document that the worker gave.
type recognise func(ctx context.Context, doc extract.Document, n int) (extract.Page, error)

// textOf succeeds whatever the state is: the state is the answer.
func textOf(ctx context.Context, w *paperWorker, f *os.File, scans recognise, asJSON bool, stdout io.Writer) error {
	name := filepath.Base(f.Name())
	out := labText{Pages: []extract.Page{}}
	meta, err := w.File(ctx, f, name, func(p extract.Page) error {
		if p.Boxes == nil {
			p.Boxes = []extract.Box{}
		}
		out.Pages = append(out.Pages, p)
		return nil
	})
	if err != nil {
		return fmt.Errorf("read text: %w", err)
	}
	out.State, out.Reason = meta.State, meta.Reason
	if scans != nil {
		if err = readScans(ctx, w, scans, f, name, &out); err != nil {
			return fmt.Errorf("read scans: %w", err)
		}
	}
	if asJSON {
		return json.NewEncoder(stdout).Encode(out)
	}
	if _, err = fmt.Fprintf(stdout, "%s %s\n", out.State, out.Reason); err != nil {
		return err
	}
	for _, p := range out.Pages {
		if _, err = fmt.Fprintln(stdout, p.Text); err != nil {
			return err
		}
	}
	return nil
}

// readScans reads the pages that have no text of their own. A page that cannot
// be read stays as it is, with the reason.
func readScans(ctx context.Context, w *paperWorker, scans recognise, f *os.File, name string, out *labText) error {
	if !slices.ContainsFunc(out.Pages, extract.Page.NeedsOCR) {
		return nil
	}
	doc, err := w.Open(ctx, f, name)
	if err != nil {
		return err
	}
	defer doc.Close()
	waiting := 0
	for i, p := range out.Pages {
		if !p.NeedsOCR() {
			continue
		}
		read, err := scans(ctx, doc, p.N)
		if err != nil {
			out.Reason = err.Error()
			waiting++
			continue
		}
		out.Pages[i] = read
	}
	if out.State == extract.StateNeedsOCR && waiting == 0 {
		out.State = extract.StateText
	}
	return ctx.Err()
}

// textCache keeps the compiled PDF engine between runs; without it every run
// compiles for some seconds.
func textCache() string {
	dir, err := os.UserCacheDir()
	if err != nil {
		return ""
	}
	return filepath.Join(dir, "diaoyue", "pdf-engine")
}
