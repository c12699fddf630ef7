package backend_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"diaoyue.example/workstation/backend/accounts"
	"diaoyue.example/workstation/backend/backendtest"
	"diaoyue.example/workstation/backend/retrieval"
	"diaoyue.example/workstation/backend/viewing"
)

// A word that stands only in a file inside a PDF is found, and the hit opens that
// file, which knows what it lay in.
func TestWordsInsideAnEmbeddedFileAreFound(t *testing.T) {
	h := backendtest.Open(t, backendtest.Options{})
	path := filepath.Join(t.TempDir(), "发票.pdf")
	if err := os.WriteFile(path, portfolio("琉璃筒瓦三百件"), 0o600); err != nil {
		t.Fatal(err)
	}
	outer := h.Take(t, h.Case(t, "C-1").ID, path)[0]
	if err := h.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	actor := h.As(accounts.Reviewer)
	found, err := h.Retrieval.Search(t.Context(), actor, retrieval.Query{Text: `"琉璃筒瓦"`})
	if err != nil || found.Records != 1 {
		t.Fatalf("found %d records, %v", found.Records, err)
	}
	inner := found.Groups[0].Records[0].Record
	if inner.EnclosedIn != outer.ID || inner.FileName != "note.txt" {
		t.Errorf("found %s in %q", inner.FileName, inner.EnclosedIn)
	}
	v, err := h.Viewing.Open(t.Context(), actor, viewing.Request{RecordID: inner.ID, Purpose: viewing.PurposeCase})
	if err != nil {
		t.Fatal(err)
	}
	text, err := v.PageText(t.Context(), 1)
	if err != nil || text.Text != "琉璃筒瓦三百件" {
		t.Errorf("text %q, %v", text.Text, err)
	}
}

// portfolio is a PDF of one blank page that carries note.txt.
func portfolio(content string) []byte {
	var b bytes.Buffer
	b.WriteString("%PDF-1.7\n")
	var at []int
	for i, o := range []string{
		"<< /Type /Catalog /Pages 2 0 R /Names << /EmbeddedFiles << /Names [(note.txt) 4 0 R] >> >> >>",
		"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
		"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 200] >>",
		"<< /Type /Filespec /F (note.txt) /EF << /F 5 0 R >> >>",
		fmt.Sprintf("<< /Type /EmbeddedFile /Length %d >>\nstream\n%s\nendstream", len(content), content),
	} {
		at = append(at, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	xref := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(at)+1)
	for _, a := range at {
		fmt.Fprintf(&b, "%010d 00000 n \n", a)
	}
	fmt.Fprintf(&b, "trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(at)+1, xref)
	return b.Bytes()
}
