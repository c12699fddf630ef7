package converter_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"diaoyue.example/workstation/backend/converter"
)

// pretender is a program in LibreOffice's place: a shell script that finds the
// output folder in $out and the paper in $in.
func pretender(t *testing.T, script string) converter.Config {
	t.Helper()
	path := filepath.Join(t.TempDir(), "soffice")
	text := "#!/bin/sh\nwhile [ $# -gt 1 ]; do [ \"$1\" = --outdir ] && out=$2; shift; done; in=$1\n" + script + "\n"
	if err := os.WriteFile(path, []byte(text), 0o700); err != nil {
		t.Fatal(err)
	}
	return converter.Config{Program: path, Dir: t.TempDir()}
}

func convert(ctx context.Context, cfg converter.Config, paper string) (string, error) {
	pdf, err := converter.New(cfg).PDF(ctx, strings.NewReader(paper), int64(len(paper)), "任免.XLS")
	if err != nil {
		return "", err
	}
	defer pdf.Close()
	text, err := io.ReadAll(pdf)
	return string(text), err
}

func left(t *testing.T, cfg converter.Config) {
	t.Helper()
	if found, err := os.ReadDir(cfg.Dir); err != nil || len(found) > 0 {
		t.Errorf("left behind: %v %v", found, err)
	}
}

func TestConverts(t *testing.T) {
	cfg := pretender(t, `case "$in" in *.xls) ;; *) exit 1;; esac; { echo %PDF-1.7; cat "$in"; } > "$out/paper.pdf"`)
	got, err := convert(t.Context(), cfg, "numbers")
	if err != nil || got != "%PDF-1.7\nnumbers" {
		t.Errorf("%q, %v", got, err)
	}
	left(t, cfg)
	for name, want := range map[string]bool{"a.XLS": true, "b.wps": true, "c.docx": true, "d.pdf": false, "e": false, "f.ofd": false} {
		if converter.Converts(name) != want {
			t.Errorf("%s: %v", name, !want)
		}
	}
}

func TestWithoutLibreOffice(t *testing.T) {
	cfg := converter.Config{Program: converter.None, Dir: t.TempDir()}
	if converter.New(cfg).Present() {
		t.Error("none is present")
	}
	if _, err := convert(t.Context(), cfg, "x"); !errors.Is(err, converter.ErrAbsent) {
		t.Errorf("%v", err)
	}
}

// Whatever the program does, the answer is an error of this room, and the
// folder is gone.
func TestMisbehaves(t *testing.T) {
	for name, c := range map[string]struct {
		script string
		want   error
	}{
		"makes nothing":        {`exit 0`, converter.ErrNoPDF},
		"crashes":              {`kill -SEGV $$`, converter.ErrNoPDF},
		"makes something":      {`echo hello > "$out/paper.pdf"`, converter.ErrNoPDF},
		"makes a link":         {`ln -s /etc/passwd "$out/paper.pdf"`, converter.ErrNoPDF},
		"hangs":                {`sleep 600`, converter.ErrTooSlow},
		"hangs in a child":     {`(trap '' HUP TERM; sleep 600) & wait`, converter.ErrTooSlow},
		"writes without end":   {`yes > "$out/paper.pdf"`, converter.ErrNoPDF},
		"is killed, all of it": {`kill -KILL 0`, converter.ErrNoPDF},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cfg := pretender(t, c.script)
			cfg.Patience = 2 * time.Second
			if name == "writes without end" {
				cfg.Patience = time.Minute
			}
			began := time.Now()
			if _, err := convert(t.Context(), cfg, "numbers"); !errors.Is(err, c.want) {
				t.Errorf("%v, want %v", err, c.want)
			}
			if took := time.Since(began); took > 40*time.Second {
				t.Errorf("took %v", took)
			}
			left(t, cfg)
		})
	}
}

// A cancelled conversion ends at once with all it started.
func TestCancelled(t *testing.T) {
	mark := filepath.Join(t.TempDir(), "alive")
	cfg := pretender(t, fmt.Sprintf(`(while :; do date +%%s%%N > %q; sleep 0.05; done) & wait`, mark))
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	if _, err := convert(ctx, cfg, "x"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v", err)
	}
	before, _ := os.ReadFile(mark)
	time.Sleep(300 * time.Millisecond)
	after, _ := os.ReadFile(mark)
	if len(before) == 0 || !bytes.Equal(before, after) {
		t.Errorf("a child outlived it: %s, %s", before, after)
	}
	left(t, cfg)
}

// The network is gone where the system gives namespaces.
func TestNoNetwork(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	_, port, _ := net.SplitHostPort(listener.Addr().String())
	got, err := convert(t.Context(), pretender(t, fmt.Sprintf(`
if bash -c 'exec 3<>/dev/tcp/127.0.0.1/%s' 2>/dev/null; then said=reached; else said=alone; fi
{ echo %%PDF-1.7; echo $said; readlink /proc/self/ns/net; } > "$out/paper.pdf"`, port)), "x")
	if err != nil {
		t.Fatal(err)
	}
	own, err := os.Readlink("/proc/self/ns/net")
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(got, own) {
		t.Skip("this system gives no namespaces to ordinary programs")
	}
	if !strings.Contains(got, "alone") {
		t.Errorf("it reached the network: %s", got)
	}
}

// What a killed program left behind is swept at the next start, what may be at
// work is not.
func TestSweep(t *testing.T) {
	dir := t.TempDir()
	old, young := filepath.Join(dir, "diaoyue-office-1"), filepath.Join(dir, "diaoyue-office-2")
	for _, d := range []string{old, young} {
		if err := os.MkdirAll(filepath.Join(d, "in"), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	past := time.Now().Add(-time.Hour)
	if err := os.Chtimes(old, past, past); err != nil {
		t.Fatal(err)
	}
	converter.New(converter.Config{Program: converter.None, Dir: dir})
	if _, err := os.Stat(old); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the old one: %v", err)
	}
	if _, err := os.Stat(young); err != nil {
		t.Errorf("the young one: %v", err)
	}
}
