package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"

	"diaoyue.example/workstation/media/export"
	"diaoyue.example/workstation/media/redact"
)

// runRedact makes the copy of a loose file by a plan and writes the machine's
// report: redact --plan PLAN IN OUT [--report R.json].
func runRedact(ctx context.Context, args []string, _ io.Reader, _, stderr io.Writer) int {
	flags := flag.NewFlagSet("redact", flag.ContinueOnError)
	flags.SetOutput(stderr)
	planPath := flags.String("plan", "", "the redaction plan (JSON)")
	reportPath := flags.String("report", "", "where to write manifest and report (JSON)")
	var files []string
	for rest := args; ; { // flags may stand before, between and after the files
		if err := flags.Parse(rest); err != nil {
			return exitUsage
		}
		if flags.NArg() == 0 {
			break
		}
		files = append(files, flags.Arg(0))
		rest = flags.Args()[1:]
	}
	if *planPath == "" || len(files) != 2 {
		fmt.Fprintln(stderr, "usage: diaoyue-lab redact --plan PLAN IN OUT [--report R.json]")
		return exitUsage
	}
	manifest, err := redactFile(ctx, *planPath, files[0], files[1])
	if err == nil && *reportPath != "" {
		err = writeReport(*reportPath, manifest)
	}
	if err != nil {
		fmt.Fprintln(stderr, "redact: "+strings.ReplaceAll(err.Error(), "\n", "; "))
		return exitRefused
	}
	return exitDone
}

func redactFile(ctx context.Context, planPath, in, out string) (m export.Manifest, err error) {
	text, err := os.ReadFile(planPath)
	if err != nil {
		return m, err
	}
	plan, err := redact.ParsePlan(text)
	if err != nil {
		return m, err
	}
	src, err := os.Open(in)
	if err != nil {
		return m, err
	}
	defer src.Close()
	dst, err := os.OpenFile(out, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return m, err
	}
	if same, failed := sameFile(src, dst); failed != nil || same {
		return m, errors.Join(errors.New("the copy would be written over the original"), failed, dst.Close())
	}
	if err = dst.Truncate(0); err != nil {
		return m, errors.Join(err, dst.Close())
	}
	m, err = export.Run(ctx, src, dst, plan, export.Options{})
	err = errors.Join(err, dst.Close())
	if err != nil {
		err = errors.Join(err, os.Remove(out)) // a copy that failed is no copy
	}
	return m, err
}

func sameFile(a, b *os.File) (bool, error) {
	sa, err := a.Stat()
	if err != nil {
		return false, err
	}
	sb, err := b.Stat()
	if err != nil {
		return false, err
	}
	return os.SameFile(sa, sb), nil
}

// labReport is the manifest with the checks spelt out.
type labReport struct {
	export.Manifest
	Checks []export.Check `json:"checks"`
}

func writeReport(path string, m export.Manifest) error {
	b, err := json.MarshalIndent(labReport{m, m.Report.Checks()}, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(path, append(b, '\n'), 0o600)
}
