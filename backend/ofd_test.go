package backend_test

import (
	"archive/zip"
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"diaoyue.example/workstation/backend/accounts"
	"diaoyue.example/workstation/backend/backendtest"
	"diaoyue.example/workstation/backend/catalog"
	"diaoyue.example/workstation/backend/retrieval"
	"diaoyue.example/workstation/backend/viewing"
)

// TestOFDIsFoundAndShown takes an OFD in, finds it by its words and opens the
// page with the place of each character.
func TestOFDIsFoundAndShown(t *testing.T) {
	h := backendtest.Open(t, backendtest.Options{})
	path := filepath.Join(t.TempDir(), "决定书.ofd")
	if err := os.WriteFile(path, smallOFD(t), 0o600); err != nil {
		t.Fatal(err)
	}
	record := h.Take(t, h.Case(t, "J037-ZY-2026-009").ID, path)[0]
	if record.Kind != catalog.KindText || record.Medium != catalog.MediumDocument {
		t.Errorf("taken as %s, %s", record.Kind, record.Medium)
	}
	if err := h.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	got, err := h.Record(t.Context(), h.As(accounts.Reviewer), record.Code)
	if err != nil || got.TextState != catalog.TextText || got.Pages != 1 {
		t.Errorf("text %s, %d pages, %v", got.TextState, got.Pages, err)
	}
	found, err := h.Retrieval.Search(t.Context(), h.As(accounts.Reviewer), retrieval.Query{Text: `"查封决定书"`})
	if err != nil || found.Records != 1 || found.Groups[0].Records[0].Record.ID != record.ID {
		t.Errorf("found %d records, %v", found.Records, err)
	}
	v, err := h.Viewing.Open(t.Context(), h.As(accounts.Reviewer), viewing.Request{RecordID: record.ID, Purpose: viewing.PurposeCase})
	if err != nil {
		t.Fatal(err)
	}
	img, err := v.Page(t.Context(), 1, 400)
	if err != nil || len(img.Bytes) == 0 || img.Width != 400 {
		t.Errorf("page of %d bytes, %d wide, %v", len(img.Bytes), img.Width, err)
	}
	text, err := v.PageText(t.Context(), 1)
	if err != nil || text.Text != "查封决定书" || len(text.Boxes) != 5 {
		t.Errorf("text %+v, %v", text, err)
	}
}

func smallOFD(t *testing.T) []byte {
	t.Helper()
	var buf bytes.Buffer
	z := zip.NewWriter(&buf)
	for _, part := range [][2]string{
		{"OFD.xml", `<ofd:OFD xmlns:ofd="http://www.ofdspec.org/2016"><ofd:DocBody><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>`},
		{"Doc_0/Document.xml", `<ofd:Document xmlns:ofd="http://www.ofdspec.org/2016"><ofd:CommonData><ofd:PageArea><ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox></ofd:PageArea></ofd:CommonData><ofd:Pages><ofd:Page ID="1" BaseLoc="Page.xml"/></ofd:Pages></ofd:Document>`},
		{"Doc_0/Page.xml", `<ofd:Page xmlns:ofd="http://www.ofdspec.org/2016"><ofd:Content><ofd:Layer><ofd:TextObject Boundary="70 30 90 12" Size="10"><ofd:TextCode X="0" Y="9" DeltaX="g 4 12">查封决定书</ofd:TextCode></ofd:TextObject></ofd:Layer></ofd:Content></ofd:Page>`},
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
	return buf.Bytes()
}
