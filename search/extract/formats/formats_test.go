package formats_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"diaoyue.example/workstation/search/extract"
	"diaoyue.example/workstation/search/extract/formats"
)

const shared = "../../../../shared/data/documents"

// TestSharedDocuments takes every document of the project's collection, the
// hostile ones too: each must end in its state, and what can be opened must
// render.
func TestSharedDocuments(t *testing.T) {
	if _, err := os.Stat(shared); err != nil {
		t.Skipf("the shared documents are not here: %v", err)
	}
	x := extractor(t)
	states := map[string]extract.State{
		"hostile/billion.docx": extract.StateFailed, "hostile/bomb.docx": extract.StateFailed, "hostile/deep.docx": extract.StateFailed,
		"hostile/trunc.docx": extract.StateFailed, "hostile/t10-lo-seed.pdf": extract.StateFailed, "hostile/t50-ofdrw-xbrl-001.pdf": extract.StateFailed,
		"hostile/bomb.ofd": extract.StateFailed, "hostile/trunc.ofd": extract.StateFailed,
		"hostile/fuzz0.doc": extract.StateText, "hostile/fuzz1.doc": extract.StateFailed, "hostile/fuzz2.doc": extract.StateFailed,
		"hostile/trunc.doc": extract.StateFailed, "hostile/bomb.xlsx": extract.StateFailed,
		"office/seed.doc": extract.StateText, "office/seed.rtf": extract.StateText, "office/testWORD6.doc": extract.StateUnsupported,
		"office/testEXCEL.xlsx": extract.StateText, "office/testPPT.pptx": extract.StateText, "office/testRTF.rtf": extract.StateText,
		"office/testEXCEL.xls": extract.StateUnsupported, "office/testPPT.ppt": extract.StateUnsupported,
		"office/testHTML_charset_utf16le.html": extract.StateText, "office/testMSG_chinese.msg": extract.StateText,
		"office/testThunderbirdEml.eml": extract.StateText, "office/testRFC822_multipart_attachments.eml": extract.StateText,
		"office/gbk.zip":   extract.StateUnsupported,
		"office/seed.docx": extract.StateText, "office/testWORD_protected_passtika.docx": extract.StateEncrypted,
		"office/testWPSAttachment.docx": extract.StateNeedsOCR, "pdf/gbk-euc-h.pdf": extract.StateText, "pdf/lo-seed.pdf": extract.StateText,
		"pdf/poppler-395-0-fuzzed.pdf": extract.StateFailed, "pdf/bomb_giant.pdf": extract.StateText,
		"scan/clean1.jpg": extract.StateNeedsOCR, "scan/issue_170.png": extract.StateNeedsOCR, "scan/gt1.txt": extract.StateText,
	}
	for _, dir := range []string{"hostile", "pdf", "office", "scan", "ofd"} {
		paths, err := filepath.Glob(filepath.Join(shared, dir, "*"))
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range paths {
			name := dir + "/" + filepath.Base(p)
			meta, _ := read(t, x, p)
			want := states[name]
			if dir == "ofd" {
				want = extract.StateText // all of them are whole
			}
			if want != "" && meta.State != want {
				t.Errorf("%s: %s (%s), want %s", name, meta.State, meta.Reason, want)
			}
			render(t, x, p)
		}
	}
}

// TestSeedText compares born-digital files with the exact text, without white
// space: the character error rate must be 0.
func TestSeedText(t *testing.T) {
	truth, err := os.ReadFile(filepath.Join(shared, "seed-truth.txt"))
	if err != nil {
		t.Skipf("the shared documents are not here: %v", err)
	}
	x := extractor(t)
	want := strings.Join(strings.Fields(string(truth)), "")
	for _, name := range []string{"pdf/lo-seed.pdf", "pdf/skia-seed.pdf", "office/seed.docx", "office/seed.doc", "office/seed.rtf", "seed-truth.txt"} {
		_, pages := read(t, x, filepath.Join(shared, name))
		if got := strings.Join(strings.Fields(strings.Join(pages, "")), ""); got != want {
			t.Errorf("%s differs from the truth: %d and %d bytes", name, len(got), len(want))
		}
	}
}

func TestUnknownBytes(t *testing.T) {
	p := filepath.Join(t.TempDir(), "x.bin")
	if err := os.WriteFile(p, []byte{0, 1, 2, 3}, 0o600); err != nil {
		t.Fatal(err)
	}
	if meta, _ := read(t, extractor(t), p); meta.State != extract.StateUnsupported {
		t.Errorf("%+v", meta)
	}
}

func extractor(t *testing.T) *extract.Extractor {
	t.Helper()
	x := formats.New(formats.Config{CacheDir: filepath.Join(os.TempDir(), "diaoyue-test-pdf-engine")})
	t.Cleanup(func() { _ = x.Close() })
	return x
}

func read(t *testing.T, x *extract.Extractor, path string) (extract.Meta, []string) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var pages []string
	meta, err := x.File(t.Context(), f, filepath.Base(path), func(p extract.Page) error {
		pages = append(pages, p.Text)
		for _, b := range p.Boxes {
			if p.Text[b.Start:b.End] != b.Text {
				t.Fatalf("%s page %d: box %+v is not at its place", path, p.N, b)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return meta, pages
}

func render(t *testing.T, x *extract.Extractor, path string) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	doc, err := x.Open(t.Context(), f, filepath.Base(path))
	if err != nil {
		return // its state says why
	}
	defer doc.Close()
	img, err := doc.Render(t.Context(), 1, 300)
	if err != nil || len(img.Bytes) == 0 || img.Width < 1 || img.Height < 1 {
		t.Errorf("%s: page 1 as a picture: %d × %d, %v", path, img.Width, img.Height, err)
	}
}
