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

	"diaoyue.example/workstation/search/extract"
	"diaoyue.example/workstation/search/extract/formats"
)

const textUsage = `usage: diaoyue-lab text FILE [--json] [--cache DIR]
`

// labText is what `text --json` prints.
type labText struct {
	State  extract.State  `json:"state"`
	Reason string         `json:"reason"`
	Pages  []extract.Page `json:"pages"`
}

// runText prints the text of a document.
func runText(ctx context.Context, args []string, _ io.Reader, stdout, stderr io.Writer) int {
	var asJSON bool
	cache := textCache()
	f, err := withFile("text", args, func(fs *flag.FlagSet) {
		fs.BoolVar(&asJSON, "json", false, "")
		fs.StringVar(&cache, "cache", cache, "")
	})
	if errors.Is(err, errUsage) {
		fmt.Fprint(stderr, textUsage)
		return exitUsage
	}
	if err == nil {
		err = textOf(ctx, f, cache, asJSON, stdout)
		_ = f.Close()
	}
	if err != nil {
		fmt.Fprintln(stderr, err)
		return exitRefused
	}
	return exitDone
}

// textOf succeeds whatever the state is: the state is the answer.
func textOf(ctx context.Context, f *os.File, cache string, asJSON bool, stdout io.Writer) error {
	x := formats.New(formats.Config{CacheDir: cache})
	defer x.Close()
	out := labText{Pages: []extract.Page{}}
	meta, err := x.File(ctx, f, filepath.Base(f.Name()), func(p extract.Page) error {
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

// textCache keeps the compiled PDF engine between runs; without it every run
// compiles for some seconds.
func textCache() string {
	dir, err := os.UserCacheDir()
	if err != nil {
		return ""
	}
	return filepath.Join(dir, "diaoyue", "pdf-engine")
}
