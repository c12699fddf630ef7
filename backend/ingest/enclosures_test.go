package ingest_test

import (
	"archive/zip"
	"bytes"
	"encoding/base64"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"diaoyue.example/workstation/backend/audit"
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

// What is attached inside an OFD becomes records as what a mail carries does,
// also when the OFD came in a mail; what cannot be had is logged and stops none
// of the others.
func TestFilesAttachedToAnOFDBecomeRecords(t *testing.T) {
	h := backendtest.Open(t, backendtest.Options{})
	file := h.Case(t, "C-1")
	path := write(t, filepath.Join(t.TempDir(), "m.eml"), mixed(attached("发票.ofd", invoice(t))))
	h.Take(t, file.ID, path)
	if err := h.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	all, err := h.Catalog.Records(t.Context(), file.ID)
	if err != nil {
		t.Fatal(err)
	}
	byID, got := map[string]catalog.Record{}, map[string]string{}
	for _, r := range all {
		byID[r.ID] = r
	}
	for _, r := range all {
		got[r.FileName] = byID[r.EnclosedIn].FileName + " " + r.TextState
	}
	want := map[string]string{"m.eml": " text", "发票.ofd": "m.eml text", "original_invoice.xml": "发票.ofd text", "合同.txt": "发票.ofd text"}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("records (-want +got):\n%s", d)
	}
	for _, r := range all {
		pages, failure := h.Catalog.Pages(t.Context(), r.ID)
		if failure != nil || r.FileName == "original_invoice.xml" && !strings.Contains(pages[0].Text, "033002000211") {
			t.Errorf("%s: %+v, %v", r.FileName, pages, failure)
		}
	}
	failed, err := h.Log.List(t.Context(), audit.Filter{Event: audit.Extraction, Result: audit.Failed})
	if err != nil || len(failed) != 1 {
		t.Errorf("%d entries of what could not be had, %v", len(failed), err)
	}
}

// invoice is an OFD of one page with its data, a contract, and an attachment
// that is not there.
func invoice(t *testing.T) string {
	t.Helper()
	const ns = ` xmlns:ofd="http://www.ofdspec.org/2016"`
	var buf bytes.Buffer
	z := zip.NewWriter(&buf)
	for _, part := range [][2]string{
		{"OFD.xml", `<ofd:OFD` + ns + `><ofd:DocBody><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>`},
		{"Doc_0/Document.xml", `<ofd:Document` + ns + `><ofd:Pages><ofd:Page ID="1" BaseLoc="Page.xml"/></ofd:Pages><ofd:Attachments>Attachs/Attachments.xml</ofd:Attachments></ofd:Document>`},
		{"Doc_0/Page.xml", `<ofd:Page` + ns + `><ofd:Content><ofd:Layer><ofd:TextObject Boundary="70 30 90 12" Size="10"><ofd:TextCode X="0" Y="9" DeltaX="g 7 8">电子发票第一张样</ofd:TextCode></ofd:TextObject></ofd:Layer></ofd:Content></ofd:Page>`},
		{"Doc_0/Attachs/Attachments.xml", `<ofd:Attachments` + ns + `><ofd:Attachment ID="2" Name="original_invoice" Format="xml" Visible="false"><ofd:FileLoc>original_invoice.xml</ofd:FileLoc></ofd:Attachment>` +
			`<ofd:Attachment ID="3" Name="不在" Format="pdf"><ofd:FileLoc>none.pdf</ofd:FileLoc></ofd:Attachment><ofd:Attachment ID="4" Name="合同.txt"><ofd:FileLoc>4.dat</ofd:FileLoc></ofd:Attachment></ofd:Attachments>`},
		{"Doc_0/Attachs/original_invoice.xml", `<?xml version="1.0" encoding="UTF-8"?><eInvoice><InvoiceCode>033002000211</InvoiceCode></eInvoice>`},
		{"Doc_0/Attachs/4.dat", "双方约定"},
	} {
		w, err := z.Create(part[0])
		if err == nil {
			_, err = w.Write([]byte(part[1]))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.String()
}
