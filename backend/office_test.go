package backend_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"diaoyue.example/workstation/backend/accounts"
	"diaoyue.example/workstation/backend/audit"
	"diaoyue.example/workstation/backend/backendtest"
	"diaoyue.example/workstation/backend/catalog"
	"diaoyue.example/workstation/backend/ingest"
	"diaoyue.example/workstation/backend/jobs"
	"diaoyue.example/workstation/backend/retrieval"
	"diaoyue.example/workstation/backend/store"
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

// hidden begins a paragraph that is not to be seen.
const hidden = "hidden:"

// docx is a paper of these paragraphs with a footer on every page.
func docx(t *testing.T, name string, paragraphs ...string) string {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	const ns = ` xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"`
	const of = "http://schemas.openxmlformats.org/"
	body := ""
	for _, p := range paragraphs {
		seen, look := strings.CutPrefix(p, hidden)
		vanish := map[bool]string{true: `<w:rPr><w:vanish/></w:rPr>`}[look]
		body += "<w:p><w:r>" + vanish + "<w:t>" + seen + "</w:t></w:r></w:p>"
	}
	for _, part := range [][2]string{
		{"[Content_Types].xml", `<Types xmlns="` + of + `package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/><Override PartName="/word/footer1.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.footer+xml"/></Types>`},
		{"_rels/.rels", `<Relationships xmlns="` + of + `package/2006/relationships"><Relationship Id="r1" Type="` + of + `officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>`},
		{"word/_rels/document.xml.rels", `<Relationships xmlns="` + of + `package/2006/relationships"><Relationship Id="r1" Type="` + of + `officeDocument/2006/relationships/footer" Target="footer1.xml"/></Relationships>`},
		{"word/footer1.xml", `<w:ftr` + ns + `><w:p><w:r><w:t>第 </w:t></w:r><w:fldSimple w:instr=" PAGE "><w:r><w:t>1</w:t></w:r></w:fldSimple><w:r><w:t> 页</w:t></w:r></w:p></w:ftr>`},
		{"word/document.xml", `<w:document` + ns + `><w:body>` + body + `<w:sectPr><w:footerReference w:type="default" r:id="r1"/><w:pgSz w:w="11906" w:h="16838"/></w:sectPr></w:body></w:document>`},
	} {
		w, err := z.Create(part[0])
		if err != nil {
			t.Fatal(err)
		}
		if _, err = w.Write([]byte(`<?xml version="1.0" encoding="UTF-8"?>` + part[1])); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(t.TempDir(), name)
	if err := errors.Join(z.Close(), os.WriteFile(path, b.Bytes(), 0o600)); err != nil {
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

// What LibreOffice makes that cannot be read does not take the place of what we
// read ourselves, and nothing of it is kept.
func TestBrokenLayoutHelpsNobody(t *testing.T) {
	broken := filepath.Join(t.TempDir(), "broken.pdf")
	if err := os.WriteFile(broken, []byte("%PDF-1.7 and nothing more"), 0o600); err != nil {
		t.Fatal(err)
	}
	h := backendtest.Open(t, backendtest.Options{Office: layer(t, broken)})
	r := h.Take(t, h.Case(t, "C-1").ID, docx(t, "a.docx", "words of our own reading"))[0]
	if err := h.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	pages, err := h.Catalog.Pages(t.Context(), r.ID)
	if err != nil || len(pages) != 1 || !strings.Contains(pages[0].Text, "our own reading") {
		t.Errorf("%+v, %v", pages, err)
	}
	if _, err := h.Vault.Derived(r.SHA256, catalog.DerivedOfficePDF); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("kept: %v", err)
	}
}

// A program that died after the layout was kept and before its text was: the
// next reading takes the kept one, with what no page shows, in place of all that
// an earlier reading had.
func TestKeptLayoutIsReadAnew(t *testing.T) {
	h := backendtest.Open(t, backendtest.Options{})
	pdf, err := os.ReadFile("demo/files/notice.pdf")
	if err != nil {
		t.Fatal(err)
	}
	r := h.Take(t, h.Case(t, "C-1").ID, docx(t, "a.docx", "丁字沽"))[0]
	if err = h.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	err = h.Vault.PutDerived(t.Context(), r.SHA256, catalog.DerivedOfficePDF, func(w io.Writer) error {
		_, writeErr := w.Write(pdf)
		return writeErr
	})
	if err != nil {
		t.Fatal(err)
	}
	again(t, h, r)
	pages, err := h.Catalog.Pages(t.Context(), r.ID)
	if err != nil || len(pages) == 0 || !strings.Contains(pages[0].Text, "通知书") || strings.HasPrefix(pages[0].Text, "丁字沽") {
		t.Fatalf("%+v, %v", pages, err)
	}
	if last := pages[len(pages)-1].Text; strings.Index(last, "丁字沽") < strings.Index(last, "2026年3月12日") {
		t.Errorf("what no page shows: %q", last)
	}
}

// again lets the text of a paper be taken once more.
func again(t *testing.T, h *backendtest.House, r catalog.Record) {
	t.Helper()
	_, err := h.Log.Do(t.Context(), audit.Entry{Event: audit.Job}, func(tx *store.Tx) error {
		_, err := h.Jobs.Enqueue(t.Context(), tx, jobs.Spec{Kind: ingest.JobText, Subject: r.ID})
		return err
	})
	if err = errors.Join(err, h.Settle(t.Context())); err != nil {
		t.Fatal(err)
	}
}

// The pages of a paper do not move under a note, nor under an eye.
func TestPagesDoNotMove(t *testing.T) {
	h := backendtest.Open(t, backendtest.Options{})
	file := h.Case(t, "C-1").ID
	reviewer := h.As(accounts.Reviewer)
	noted, open := h.Take(t, file, docx(t, "a.docx", "noted"))[0], h.Take(t, file, docx(t, "b.docx", "open"))[0]
	if err := h.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	h.Config.Office = layer(t, "demo/files/notice.pdf")
	h.Reopen(t)
	view := func(r catalog.Record) *viewing.Viewing {
		t.Helper()
		v, err := h.Viewing.Open(t.Context(), reviewer, viewing.Request{RecordID: r.ID, Purpose: viewing.PurposeCase})
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	v := view(noted)
	if _, err := v.Annotate(t.Context(), catalog.Annotation{Frame: -1, FrameTo: -1, Page: 1, Text: "here"}); err != nil {
		t.Fatal(err)
	}
	if err := v.Close(t.Context(), viewing.CloseNormal); err != nil {
		t.Fatal(err)
	}
	v = view(open)
	for _, r := range []catalog.Record{noted, open} {
		again(t, h, r)
		if _, laidOut, err := h.Vault.DerivedOr(r.SHA256, catalog.DerivedOfficePDF); err != nil || laidOut {
			t.Errorf("%s was laid out anew, %v", r.Title, err)
		}
	}
	if err := v.Close(t.Context(), viewing.CloseNormal); err != nil {
		t.Fatal(err)
	}
	again(t, h, open)
	if f, laidOut, err := h.Vault.DerivedOr(open.SHA256, catalog.DerivedOfficePDF); err != nil || !laidOut {
		t.Errorf("closed, it was not laid out: %v", err)
	} else if err = f.Close(); err != nil {
		t.Error(err)
	}
}

// With the real one, a paper of several pages: each paragraph stands once, also
// where it runs from one page to the next over a footer, and what is hidden is
// found on the last.
func TestLibreOfficePages(t *testing.T) {
	h := backendtest.Open(t, backendtest.Options{Office: realOffice(t)})
	paragraphs := []string{hidden + "未写在页面上的丁字沽"}
	for i := range 60 {
		paragraphs = append(paragraphs, strings.Repeat(fmt.Sprintf("第%d段所述的事实和理由，", i), 9+i%7))
	}
	r := h.Take(t, h.Case(t, "C-1").ID, docx(t, "说明.docx", paragraphs...))[0]
	if err := h.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	pages, err := h.Catalog.Pages(t.Context(), r.ID)
	if err != nil || len(pages) < 4 {
		t.Fatalf("%d pages, %v", len(pages), err)
	}
	text := ""
	for i, p := range pages {
		page := strings.Join(strings.Fields(p.Text), "") // LibreOffice sets figures among Han apart
		text += page
		if !strings.Contains(page, fmt.Sprintf("第%d页", i+1)) {
			t.Errorf("page %d has no footer of its own: %.40q", i+1, p.Text)
		}
	}
	for i := range 60 {
		if want, got := 9+i%7, strings.Count(text, fmt.Sprintf("第%d段", i)); got > want || got < want-1 { // one may lie across a break
			t.Errorf("paragraph %d stands %d times, want %d", i, got, want)
		}
	}
	for words, want := range map[string]int{"第13段所述的事实和理由": 2, "丁字沽": 1} {
		found, err := h.Retrieval.Search(t.Context(), h.As(accounts.Reviewer), retrieval.Query{Text: `"` + words + `"`, RecordID: r.ID})
		if err != nil || found.Records != 1 || found.Places == 0 || found.Places > want {
			t.Errorf("%s: %d records, %d places, %v", words, found.Records, found.Places, err)
		}
	}
	if last := pages[len(pages)-1].Text; !strings.HasSuffix(last, "未写在页面上的丁字沽") || strings.Count(text, "丁字沽") != 1 {
		t.Errorf("what is hidden: %.200q", last)
	}
}

func realOffice(t *testing.T) string {
	t.Helper()
	program, err := exec.LookPath("soffice")
	if err != nil {
		t.Skip("LibreOffice is not installed; make test installs it")
	}
	return program
}

// With the real one: the papers that only it can read.
func TestLibreOffice(t *testing.T) {
	program := realOffice(t)
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

// Nothing of a paper's words is lost or changed by laying it out (a character
// error rate of 0), and nothing that stands on a page is added once more.
func TestLibreOfficeKeepsEveryCharacter(t *testing.T) {
	program := realOffice(t)
	const shared = "../../shared/data/documents"
	truth, err := os.ReadFile(filepath.Join(shared, "seed-truth.txt"))
	if err != nil {
		t.Skipf("the shared documents are not here: %v", err)
	}
	dense := func(text string) string { return strings.Join(strings.Fields(text), "") }
	h := backendtest.Open(t, backendtest.Options{Office: program})
	file := h.Case(t, "C-1")
	for _, name := range []string{"seed.docx", "seed.doc", "seed.rtf"} {
		r := h.Take(t, file.ID, filepath.Join(shared, "office", name))[0]
		if err = h.Settle(t.Context()); err != nil {
			t.Fatal(err)
		}
		pages, err := h.Catalog.Pages(t.Context(), r.ID)
		if err != nil {
			t.Fatal(err)
		}
		text := ""
		for _, p := range pages {
			text += p.Text + "\n"
		}
		if d := cmp.Diff(dense(string(truth)), dense(text)); d != "" {
			t.Errorf("%s: %s", name, d)
		}
		if f, laidOut, err := h.Vault.DerivedOr(r.SHA256, catalog.DerivedOfficePDF); err != nil || !laidOut {
			t.Errorf("%s: laid out %v, %v", name, laidOut, err)
		} else {
			f.Close()
		}
	}
}
