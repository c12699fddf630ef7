package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"diaoyue.example/workstation/backend/extraction"
	"diaoyue.example/workstation/backend/worker"
	"diaoyue.example/workstation/search/extract/formats"
)

// What is measured on a loose file is what the window has: a locked-in child
// under its limits, which is gone when the answer is there.
func TestTextIsReadUnderTheLock(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.txt")
	if err := os.WriteFile(path, []byte("some words"), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	w, err := newPaperWorker(extraction.Setup{CacheDir: textCache(), OCR: formats.NoOCR})
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err = textOf(t.Context(), w, f, nil, true, &out); err != nil || !strings.Contains(out.String(), "some words") {
		t.Errorf("%s, %v", out.String(), err)
	}
	if w.child == nil {
		t.Fatal("no child read the file")
	}
	if s := w.child.Status(); !s.Seccomp || s.Limits.Data == 0 {
		t.Errorf("the child's lock: %+v", s)
	}
	if err = w.end(); err != nil {
		t.Error(err)
	}
	if exit := w.child.Exit(); exit.Why != worker.WhyExit {
		t.Errorf("it ended by %+v", exit)
	}
}
