package backend_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"diaoyue.example/workstation/backend/accounts"
	"diaoyue.example/workstation/backend/audit"
	"diaoyue.example/workstation/backend/backendtest"
	"diaoyue.example/workstation/backend/catalog"
	"diaoyue.example/workstation/backend/retrieval"
	"diaoyue.example/workstation/search/extract/compound/compoundtest"
)

// Whatever becomes of its text, a paper is archived, digested, counted with its
// reason, and found by its description; and it can be read anew.
func TestEveryStateIsKeptAndFound(t *testing.T) {
	h := backendtest.Open(t, backendtest.Options{})
	archivist, dir := h.As(accounts.Archivist), t.TempDir()
	var paths []string
	for name, b := range map[string]string{
		"whole.txt":    "some words",
		"damaged.docx": "PK\x03\x04 nothing of a zip",
		"locked.docx":  string(compoundtest.Build(compoundtest.Entry{Path: "EncryptedPackage", Data: []byte("x")})),
		"strange.wps":  "\x00\x01\x02\x03",
	} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(b), 0o600); err != nil {
			t.Fatal(err)
		}
		paths = append(paths, path)
	}
	records := h.Take(t, h.Case(t, "C-1").ID, paths...)
	if err := h.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	want := map[string][2]string{
		"whole.txt": {"text", ""}, "damaged.docx": {"failed", "damaged"}, "locked.docx": {"encrypted", ""}, "strange.wps": {"unsupported", "office_absent"},
	}
	for _, r := range records {
		now, err := h.Catalog.Record(t.Context(), r.ID)
		if err != nil {
			t.Fatal(err)
		}
		if got := [2]string{now.TextState, now.TextReason}; got != want[r.FileName] || now.SHA256 == "" || now.SM3 == "" {
			t.Errorf("%s is %v, want %v", r.FileName, got, want[r.FileName])
		}
		found, err := h.Retrieval.Search(t.Context(), archivist, retrieval.Query{Text: `"` + r.Title + `"`})
		if err != nil {
			t.Fatal(err)
		}
		if found.Records != 1 {
			t.Errorf("%s is found %d times by its title", r.FileName, found.Records)
		}
	}
	counts := func() map[string]int {
		t.Helper()
		texts, err := h.Texts(t.Context(), archivist)
		if err != nil {
			t.Fatal(err)
		}
		out := map[string]int{}
		for _, n := range texts.Counts {
			out[n.State] = n.Records
		}
		return out
	}
	all := map[string]int{"text": 1, "failed": 1, "encrypted": 1, "unsupported": 1}
	if d := cmp.Diff(all, counts()); d != "" {
		t.Error(d)
	}
	n, err := h.Ingest.RetryText(t.Context(), archivist, "failed", nil)
	if err != nil || n != 1 {
		t.Fatalf("%d wait again (%v)", n, err)
	}
	if err = h.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(all, counts()); d != "" {
		t.Error(d)
	}
	if n, err = h.Ingest.RetryText(t.Context(), archivist, "text", nil); err != nil || n != 0 {
		t.Errorf("%d whole texts wait again (%v)", n, err)
	}
	if _, err = h.Ingest.RetryText(t.Context(), h.As(accounts.Reviewer), "failed", nil); !errors.Is(err, accounts.ErrForbidden) {
		t.Errorf("a reviewer: %v", err)
	}
	entries, err := h.Log.List(t.Context(), audit.Filter{Event: audit.Job})
	if err != nil || len(entries) != 1 {
		t.Errorf("entries %+v (%v)", entries, err)
	}
	list, err := h.TextList(t.Context(), archivist, "failed", "")
	if err != nil || len(list) != 1 || list[0].TextState != catalog.TextFailed {
		t.Errorf("list %+v (%v)", list, err)
	}
	if list, err = h.TextList(t.Context(), archivist, "failed", list[0].ID); err != nil || len(list) != 0 {
		t.Errorf("the rest of the list %+v (%v)", list, err)
	}
}
