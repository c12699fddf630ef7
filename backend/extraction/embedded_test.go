package extraction_test

import (
	"bytes"
	"compress/zlib"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"diaoyue.example/workstation/search/extract"
)

// What a PDF carries is taken out by the child with its lock in force; files
// that unpack to more than the child may hold stop none of the others and kill
// no child.
func TestEmbeddedFilesLockedIn(t *testing.T) {
	var packed bytes.Buffer
	z := zlib.NewWriter(&packed)
	for range 400 {
		if _, err := z.Write(make([]byte, 1<<20)); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "a.pdf")
	pdf := "%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R/Names<</EmbeddedFiles<</Names[(a)4 0 R(b)8 0 R(c)5 0 R]>>>>>>endobj\n" +
		"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]>>endobj\n" +
		"4 0 obj<</Type/Filespec/F(bomb)/EF<</F 6 0 R>>>>endobj\n5 0 obj<</Type/Filespec/F(b.txt)/EF<</F 7 0 R>>>>endobj\n" +
		fmt.Sprintf("6 0 obj<</Filter/FlateDecode/Length %d>>stream\n%s\nendstream endobj\n", packed.Len(), packed.Bytes()) +
		"8 0 obj<</Type/Filespec/F(bomb2)/EF<</F 6 0 R>>>>endobj\n" +
		"7 0 obj<</Length 5>>stream\nwords\nendstream endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
	if err := os.WriteFile(path, []byte(pdf), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	b, got := start(t), []string{}
	err = b.Enclosures(t.Context(), f, "a.pdf", func(e extract.Enclosure) error {
		got = append(got, e.Name+": "+string(e.Content))
		return nil
	})
	if d := cmp.Diff([]string{"b.txt: words"}, got); d != "" || !errors.Is(err, extract.ErrLimit) && !errors.Is(err, extract.ErrDamaged) {
		t.Errorf("%v (-want +got):\n%s", err, d)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.deaths) != 0 {
		t.Errorf("the child died: %+v", b.deaths)
	}
	// A sandbox that was copied as it grew brought the child to 1,065 MB here, and
	// now and then to its end.
	if peak := b.child.Peak() >> 20; peak == 0 || peak > 700 {
		t.Errorf("%d MB at most", peak)
	}
}
