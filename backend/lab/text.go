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
	"runtime/debug"
	"slices"

	"diaoyue.example/workstation/search/extract"
	"diaoyue.example/workstation/search/extract/formats"
)

const textUsage = `usage: diaoyue-lab text FILE [--json] [--cache DIR] [--no-ocr | --ocr DIR]
       diaoyue-lab text hostile [--count 2000] [--seed 1] [--cache DIR] [--json] FILE...
`

// workerHeap is where the collector hurries in the program's worker too: without
// it the memory measured here would not be the worker's.
const workerHeap = 256 << 20

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
		debug.SetMemoryLimit(workerHeap)
		x := formats.New(formats.Config{CacheDir: cache, OCR: models, Tesseract: true})
		err = textOf(ctx, x, f, !noOCR, asJSON, stdout)
		_ = x.Close()
		_ = f.Close()
	}
	if err != nil {
		fmt.Fprintln(stderr, err)
		return exitRefused
	}
	return exitDone
}

// textOf succeeds whatever the state is: the state is the answer.
func textOf(ctx context.Context, x *extract.Extractor, f *os.File, scans, asJSON bool, stdout io.Writer) error {
	name := filepath.Base(f.Name())
	out := labText{Pages: []extract.Page{}}
	meta, err := x.File(ctx, f, name, func(p extract.Page) error {
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
	if scans && x.Reads() != "" {
		if err = readScans(ctx, x, f, name, &out); err != nil {
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
func readScans(ctx context.Context, x *extract.Extractor, f *os.File, name string, out *labText) error {
	if !slices.ContainsFunc(out.Pages, extract.Page.NeedsOCR) {
		return nil
	}
	doc, err := x.Open(ctx, f, name)
	if err != nil {
		return err
	}
	defer doc.Close()
	waiting := 0
	for i, p := range out.Pages {
		if !p.NeedsOCR() {
			continue
		}
		read, err := x.Recognise(ctx, doc, p.N)
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
