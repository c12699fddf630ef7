package ingest_test

import (
	"encoding/base64"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"diaoyue.example/workstation/backend/backendtest"
	"diaoyue.example/workstation/backend/catalog"
)

func mixed(parts ...string) string {
	out := "Subject: s\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"b\"\r\n\r\n"
	for _, p := range parts {
		out += "--b\r\n" + p + "\r\n"
	}
	return out + "--b--\r\n"
}

func attached(name, content string) string {
	return "Content-Type: application/octet-stream; name=\"" + name + "\"\r\nContent-Transfer-Encoding: base64\r\n\r\n" + base64.StdEncoding.EncodeToString([]byte(content))
}

// Each file that a mail carries becomes a record beside the mail: a paper, a
// file of a kind that is not read, and a mail in the mail with its own.
func TestEnclosedFilesBecomeRecords(t *testing.T) {
	h := backendtest.Open(t, backendtest.Options{})
	file := h.Case(t, "C-1")
	dir := t.TempDir()
	inner := "Content-Type: message/rfc822; name=inner.eml\r\n\r\nSubject: inner\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=i\r\n\r\n" +
		"--i\r\n" + attached("deep.txt", "words in the inner mail") + "\r\n--i--"
	mail := write(t, filepath.Join(dir, "m.eml"), mixed("Content-Type: text/plain\r\n\r\nsee enclosed", attached("note.txt", "enclosed words"), attached("x.zip", "PK\x03\x04 packed"), inner))
	again := write(t, filepath.Join(dir, "n.eml"), mixed(attached("note.txt", "enclosed words")))
	for _, path := range []string{mail, again} {
		h.Take(t, file.ID, path)
		if err := h.Jobs.Drain(t.Context()); err != nil {
			t.Fatal(err)
		}
	}

	all, err := h.Catalog.Records(t.Context(), file.ID)
	if err != nil {
		t.Fatal(err)
	}
	byID, byName := map[string]catalog.Record{}, map[string]catalog.Record{}
	for _, r := range all {
		byID[r.ID], byName[r.FileName] = r, r
	}
	type short struct{ In, Text, Stage string }
	got := map[string]short{}
	for _, r := range all {
		got[r.FileName] = short{byID[r.EnclosedIn].FileName, r.TextState, r.Stage}
	}
	stage := catalog.StageInvestigation
	want := map[string]short{
		"m.eml": {"", "text", stage}, "n.eml": {"", "text", stage}, "note.txt": {"m.eml", "text", stage},
		"x.zip": {"m.eml", "unsupported", stage}, "inner.eml": {"m.eml", "text", stage}, "deep.txt": {"inner.eml", "text", stage},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("records (-want +got):\n%s", d)
	}
	pages, err := h.Catalog.Pages(t.Context(), byName["note.txt"].ID)
	if err != nil || len(pages) != 1 || pages[0].Text != "enclosed words" {
		t.Errorf("%+v, %v", pages, err)
	}
	if err := h.Vault.Verify(t.Context(), byName["note.txt"].SHA256); err != nil {
		t.Error(err)
	}
	if broken, err := h.Catalog.CheckSeals(t.Context()); err != nil || len(broken) > 0 {
		t.Errorf("seals: %v, %v", broken, err)
	}
}
