package ingest_test

import (
	"path/filepath"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"

	"diaoyue.example/workstation/backend/accounts"
	"diaoyue.example/workstation/backend/backendtest"
	"diaoyue.example/workstation/backend/catalog"
	"diaoyue.example/workstation/backend/fault"
	"diaoyue.example/workstation/backend/ingest"
)

// Names that an unpacker left in GBK are shown in Chinese and kept so.
func TestNamesInGBK(t *testing.T) {
	h := backendtest.Open(t, backendtest.Options{})
	file := h.Case(t, "C-1")
	dir := t.TempDir()
	raw, err := simplifiedchinese.GBK.NewEncoder().String("现场检查笔录_V4.0.txt")
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, raw), "words")
	out := receive(t, h, ingest.Submission{CaseID: file.ID, Paths: []string{dir}})
	if len(out) != 1 || out[0].State != ingest.Stored || out[0].Name != "现场检查笔录_V4.0.txt" {
		t.Fatalf("%+v", out)
	}
	r, err := h.Catalog.Record(t.Context(), out[0].RecordID)
	if err != nil || r.FileName != "现场检查笔录_V4.0.txt" || r.Title != "现场检查笔录_V4.0" {
		t.Errorf("%q, %q, %v", r.FileName, r.Title, err)
	}
}

// A packed folder is refused with the advice to unpack it.
func TestPackedFolders(t *testing.T) {
	h := backendtest.Open(t, backendtest.Options{})
	path := write(t, filepath.Join(t.TempDir(), "卷宗.ZIP"), "PK\x03\x04")
	out, err := h.Ingest.Receive(t.Context(), h.As(accounts.Archivist), ingest.Submission{CaseID: h.Case(t, "C-1").ID, Stage: catalog.StageService, Paths: []string{path}}, nil)
	if err != nil || out[0].State != ingest.Refused || fault.Code(out[0].Err) != "ingest.packed" {
		t.Errorf("%+v, %v", out, err)
	}
}
