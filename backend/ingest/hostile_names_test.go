package ingest_test

import (
	"archive/zip"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"diaoyue.example/workstation/backend/accounts"
	"diaoyue.example/workstation/backend/backendtest"
	"diaoyue.example/workstation/backend/catalog"
	"diaoyue.example/workstation/backend/ingest"
)

// Names of files are words of a description and never places on the disk:
// whatever they hold, the original lies under its digest and nothing else is
// made anywhere. Names that no file can have are refused by name.
func TestHostileNames(t *testing.T) {
	h := backendtest.Open(t, backendtest.Options{})
	file := h.Case(t, "C-1")
	dir := t.TempDir()
	for i, n := range []string{
		"x..%2f..%2fetc%2fpasswd.txt", "x\\..\\..\\windows.txt", "a\nb.txt", "\x01\x02.txt", "\xff\xfe.txt", "-rf.txt", "$(reboot).txt", "con.txt",
		"a;b|c&d.txt", "' OR 1=1 --.txt", "记录\u202etxt.exe.txt", "e\u0301.txt", "\u00e9 .txt", strings.Repeat("名", 83) + ".txt", "~.txt", "%00.txt", "originals.txt",
	} {
		write(t, filepath.Join(dir, n), fmt.Sprint("words ", i))
	}
	before := outside(t, h)
	out := receive(t, h, ingest.Submission{CaseID: file.ID, Paths: []string{dir}})
	if err := h.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, o := range out {
		if o.State != ingest.Stored {
			t.Errorf("%q: %s, %v", o.Name, o.State, o.Err)
		}
	}
	if after := outside(t, h); after != before {
		t.Errorf("files beside the archive: %q, before %q", after, before)
	}
	err := h.Vault.Walk(t.Context(), func(digest string, _ int64) error { return h.Vault.Verify(t.Context(), digest) })
	if err != nil {
		t.Error(err)
	}
	for name, path := range map[string]string{
		"NUL": filepath.Join(dir, "a\x00b.txt"), "300 bytes": filepath.Join(dir, strings.Repeat("a", 296)+".txt"), "up and away": dir + "/../../../../../../etc/shadow-of-nobody",
	} {
		out := receive(t, h, ingest.Submission{CaseID: file.ID, Paths: []string{path}})
		if len(out) != 1 || out[0].State != ingest.Refused || codeOf(out[0]) == "" || strings.HasPrefix(codeOf(out[0]), "internal") {
			t.Errorf("%s: %+v", name, out)
		}
	}
}

// A document is a zip: entries that climb out of it, with absolute names, with
// NUL or with 300 bytes are read from memory and unpacked nowhere.
func TestZipSlip(t *testing.T) {
	h := backendtest.Open(t, backendtest.Options{})
	path := filepath.Join(t.TempDir(), "slip.docx")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	z := zip.NewWriter(f)
	target := filepath.Join(t.TempDir(), "hit")
	for name, text := range map[string]string{
		"[Content_Types].xml": `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>`,
		"word/document.xml":   `<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p><w:r><w:t>words of the paper</w:t></w:r></w:p></w:body></w:document>`,
		target:                "absolute", "../../../../../../../../../../" + target: "climbing", "a\x00b": "nul", strings.Repeat("a", 300): "long", `..\..\slip`: "windows",
	} {
		w, failed := z.Create(name)
		if failed == nil {
			_, failed = w.Write([]byte(text))
		}
		if failed != nil {
			t.Fatal(failed)
		}
	}
	if err = z.Close(); err != nil {
		t.Fatal(err)
	}
	if err = f.Close(); err != nil {
		t.Fatal(err)
	}
	before := outside(t, h)
	r := h.Take(t, h.Case(t, "C-1").ID, path)[0]
	if err = h.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	page, err := h.Catalog.Page(t.Context(), r.ID, 1)
	if err != nil || !strings.Contains(page.Text, "words of the paper") {
		t.Errorf("text %q, %v", page.Text, err)
	}
	if _, err := os.Lstat(target); err == nil {
		t.Error("an entry was unpacked")
	}
	if after := outside(t, h); after != before {
		t.Errorf("files beside the archive: %q, before %q", after, before)
	}
}

// outside lists the files beside the archive's own folders, and those in them
// that are none of the program's.
func outside(t *testing.T, h *backendtest.House) string {
	t.Helper()
	var all []string
	root := filepath.Dir(h.Config.Dir)
	err := filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		below, err := filepath.Rel(h.Config.Dir, path)
		if err != nil {
			return err
		}
		switch top, _, _ := strings.Cut(below, string(filepath.Separator)); top {
		case "originals", "derived", "candidates", "index":
			if strings.Count(below, string(filepath.Separator)) > 4 {
				all = append(all, below)
			}
			return nil
		default:
			if !strings.HasPrefix(below, filepath.Join("..", "state")) && !strings.HasPrefix(filepath.Base(path), ".") && !strings.HasPrefix(filepath.Base(path), "workstation.db") {
				all = append(all, below)
			}
			return nil
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(all, "\n")
}

// Whatever path is typed, a submission ends with a word for it, and nothing
// is made outside the archive.
func FuzzSubmittedPath(f *testing.F) {
	for _, s := range []string{"", ".", "..", "../../../etc/passwd", "/etc/passwd", "a\x00b", strings.Repeat("a/", 3000), "~", "file:///etc/passwd", "\xff", "C:\\", "//", "/dev/null", "/proc/self/mem"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		h := backendtest.Open(t, backendtest.Options{})
		file := h.Case(t, "C-1")
		t.Chdir(t.TempDir())
		if real, err := filepath.Abs(typed); err == nil && !strings.HasPrefix(real, "/nowhere") {
			// Below a folder of its own: no fuzzing reads the whole disk.
			typed = "/nowhere" + filepath.Clean("/"+typed)
		}
		before := outside(t, h)
		out, err := h.Ingest.Receive(t.Context(), h.As(accounts.Archivist), ingest.Submission{CaseID: file.ID, Stage: catalog.StageService, Paths: []string{typed}}, nil)
		if err != nil || len(out) != 1 || out[0].State != ingest.Refused {
			t.Errorf("%q: %+v, %v", typed, out, err)
		}
		if after := outside(t, h); after != before {
			t.Errorf("%q made %q, before %q", typed, after, before)
		}
	})
}

func codeOf(o ingest.Outcome) string {
	var c interface{ Code() string }
	if errors.As(o.Err, &c) {
		return c.Code()
	}
	return fmt.Sprint(o.Err)
}
