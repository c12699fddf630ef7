package main

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Sixty hostile papers of all kinds: each ends in a state, none ends the
// program. `make hostile-text` does it with 2,000.
func TestHostilePapers(t *testing.T) {
	args := append([]string{"text", "hostile", "--count", "60", "--seed", "3", "--json"}, paperSources(t)...)
	out, _ := lab(t, 0, args...)
	var o paperOrdeal
	if err := json.Unmarshal([]byte(out), &o); err != nil {
		t.Fatal(err)
	}
	states := 0
	for state, n := range o.States {
		if state == "" {
			t.Errorf("%d papers without a state", n)
		}
		states += n
	}
	if o.Files != 60 || states != 60 || len(o.Bad) != 0 || len(o.Deaths) != 0 || o.States["failed"] < 10 || o.States["text"] < 10 {
		t.Errorf("%+v", o)
	}
	t.Logf("%+v", o)
}

// paperSources are small papers of the kinds that are read.
func paperSources(t *testing.T) []string {
	t.Helper()
	dir := t.TempDir()
	var docx bytes.Buffer
	z := zip.NewWriter(&docx)
	for name, text := range map[string]string{
		"[Content_Types].xml": `<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>`,
		"word/document.xml": `<?xml version="1.0"?><w:document xmlns:w="w"><w:body>` +
			strings.Repeat(`<w:p><w:r><w:t>some words of a paper</w:t></w:r></w:p>`, 40) + `</w:body></w:document>`,
	} {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err = w.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	pdf := "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n" +
		"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>endobj\n" +
		"4 0 obj<</Length 44>>stream\nBT /F1 24 Tf 72 720 Td (some words here) Tj ET\nendstream endobj\n" +
		"5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
	var out []string
	for name, b := range map[string][]byte{
		"a.docx": docx.Bytes(), "b.pdf": []byte(pdf), "c.txt": []byte(strings.Repeat("某县档案馆 plain words\n", 60)),
		"d.rtf": []byte(`{\rtf1\ansi some words \b here\b0\par and there}`), "e.html": []byte("<html><body><p>some words</p></body></html>"),
	} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		out = append(out, path)
	}
	return out
}
