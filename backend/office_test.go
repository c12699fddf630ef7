package backend_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"diaoyue.example/workstation/backend/accounts"
	"diaoyue.example/workstation/backend/audit"
	"diaoyue.example/workstation/backend/backendtest"
	"diaoyue.example/workstation/backend/catalog"
	"diaoyue.example/workstation/backend/retrieval"
	"diaoyue.example/workstation/backend/viewing"
	"diaoyue.example/workstation/search/extract"
	"diaoyue.example/workstation/search/extract/compound/compoundtest"
)

// layer is a program in LibreOffice's place: it makes of any paper the PDF given.
func layer(t *testing.T, pdf string) string {
	t.Helper()
	pdf, err := filepath.Abs(pdf)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "soffice")
	script := "#!/bin/sh\nwhile [ $# -gt 1 ]; do [ \"$1\" = --outdir ] && out=$2; shift; done\n" + `cp "` + pdf + `" "$out/paper.pdf"` + "\n"
	if err := os.WriteFile(path, []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	return path
}

// docx is a paper of a few paragraphs.
func docx(t *testing.T, name string, paragraphs ...string) string {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.Create("word/document.xml")
	if err != nil {
		t.Fatal(err)
	}
	text := ""
	for _, p := range paragraphs {
		text += "<w:p><w:r><w:t>" + p + "</w:t></w:r></w:p>"
	}
	_, err = w.Write([]byte(`<?xml version="1.0"?><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>` + text + `</w:body></w:document>`))
	path := filepath.Join(t.TempDir(), name)
	if err = errors.Join(err, z.Close(), os.WriteFile(path, b.Bytes(), 0o600)); err != nil {
		t.Fatal(err)
	}
	return path
}

// An office paper is read, found and shown by the pages that LibreOffice laid
// out; what no page shows is found all the same; the original stays as it is.
func TestOfficePapersAreLaidOut(t *testing.T) {
	h := backendtest.Open(t, backendtest.Options{Office: layer(t, "demo/files/notice.pdf")})
	r := h.Take(t, h.Case(t, "C-1").ID, docx(t, "通知.docx", "仅在隐藏的附页里写到的丁字沽"))[0]
	if err := h.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	reviewer := h.As(accounts.Reviewer)
	described, err := h.Record(t.Context(), reviewer, r.ID)
	r = described.Record
	if err != nil || r.TextState != string(extract.StateText) {
		t.Fatalf("%+v, %v", r, err)
	}
	for _, words := range []string{"检查通知书", "丁字沽"} {
		found, failed := h.Retrieval.Search(t.Context(), reviewer, retrieval.Query{Text: `"` + words + `"`})
		if failed != nil || found.Records != 1 {
			t.Errorf("%s: %+v, %v", words, found, failed)
		}
	}
	v, err := h.Viewing.Open(t.Context(), reviewer, viewing.Request{RecordID: r.ID, Purpose: "planned"})
	if err != nil {
		t.Fatal(err)
	}
	page, err := v.PageText(t.Context(), 1)
	if err != nil || !strings.Contains(page.Text, "通知书") || v.Info().Pages != r.Pages {
		t.Errorf("shown: %d pages of %d, %.60q, %v", v.Info().Pages, r.Pages, page.Text, err)
	}
	if err = v.Close(t.Context(), viewing.CloseNormal); err != nil {
		t.Error(err)
	}
	if err = h.Vault.Verify(t.Context(), r.SHA256); err != nil {
		t.Error(err)
	}
	entries, err := h.Log.List(t.Context(), audit.Filter{Event: audit.Extraction, ObjectKind: "record", ObjectID: r.ID})
	if err != nil || len(entries) == 0 || entries[0].Codes["laidOut"] != true {
		t.Errorf("the entry: %+v, %v", entries, err)
	}
}

// Without LibreOffice a paper of Excel 97 waits with its reason, and is read
// once there is one.
func TestOfficeComesLater(t *testing.T) {
	h := backendtest.Open(t, backendtest.Options{})
	path := filepath.Join(t.TempDir(), "名册.xls")
	if err := os.WriteFile(path, compoundtest.Build(compoundtest.Entry{Path: "Workbook", Data: make([]byte, 5000)}), 0o600); err != nil {
		t.Fatal(err)
	}
	r := h.Take(t, h.Case(t, "C-1").ID, path)[0]
	state := func() catalog.Record {
		t.Helper()
		if err := h.Settle(t.Context()); err != nil {
			t.Fatal(err)
		}
		got, err := h.Record(t.Context(), h.As(accounts.Reviewer), r.ID)
		if err != nil {
			t.Fatal(err)
		}
		return got.Record
	}
	if got := state(); got.TextState != string(extract.StateUnsupported) || got.TextReason != extract.WhyNoOffice {
		t.Fatalf("without: %s, %s", got.TextState, got.TextReason)
	}
	h.Config.Office = layer(t, "demo/files/notice.pdf")
	h.Reopen(t)
	if n, err := h.Ingest.RetryText(t.Context(), h.As(accounts.Archivist), "", []string{r.ID}); err != nil || n != 1 {
		t.Fatalf("%d, %v", n, err)
	}
	if got := state(); got.TextState != string(extract.StateText) || got.Pages == 0 {
		t.Errorf("with: %s, %s, %d pages", got.TextState, got.TextReason, got.Pages)
	}
}

// With the real one: the papers that only it can read.
func TestLibreOffice(t *testing.T) {
	program, err := exec.LookPath("soffice")
	if err != nil {
		t.Skip("LibreOffice is not installed")
	}
	const shared = "../../shared/data/documents/office"
	if _, err := os.Stat(shared); err != nil {
		t.Skip("the shared documents are not here")
	}
	h := backendtest.Open(t, backendtest.Options{Office: program})
	file := h.Case(t, "C-1")
	for name, words := range map[string]string{
		"testEXCEL.xls": "Sample Excel Worksheet", "testPPT.ppt": "Sample Powerpoint Slide", "testWORD6.doc": "", "seed.docx": "执法",
	} {
		r := h.Take(t, file.ID, filepath.Join(shared, name))[0]
		if err := h.Settle(t.Context()); err != nil {
			t.Fatal(err)
		}
		got, err := h.Record(t.Context(), h.As(accounts.Reviewer), r.ID)
		if r = got.Record; err != nil || r.TextState != string(extract.StateText) || r.Pages == 0 {
			t.Errorf("%s: %s %s, %d pages, %v", name, r.TextState, r.TextReason, r.Pages, err)
			continue
		}
		f, laidOut, err := h.Vault.DerivedOr(r.SHA256, catalog.DerivedOfficePDF)
		if err != nil || !laidOut {
			t.Errorf("%s: laid out %v, %v", name, laidOut, err)
			continue
		}
		f.Close()
		pages, err := h.Catalog.Pages(t.Context(), r.ID)
		if err != nil || words != "" && !strings.Contains(pages[0].Text, words) {
			t.Errorf("%s: %+v, %v", name, pages, err)
		}
	}
}
