package extraction_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"diaoyue.example/workstation/backend/worker"
	"diaoyue.example/workstation/search/extract"
)

// A page that takes for ever costs its child and nothing else: whoever asked
// hears in time that it took too long, what stands open beside it is shown by
// the next child, and so are the other pages of the same paper.
func TestEndlessPage(t *testing.T) {
	b := startPatient(t, 2*time.Second)
	endless := "BT /F1 9 Tf 10 10 Td (x) Tj ET\n"
	doc := opened(t, b, pdfOf(t, "BT ET", strings.Repeat(endless, 3_000_000)))
	beside := opened(t, b, pdfOf(t, endless))
	if _, err := doc.Render(t.Context(), 1, 300); err != nil {
		t.Fatal(err)
	}
	besideDone := make(chan error, 1)
	began := time.Now()
	time.AfterFunc(time.Second, func() {
		_, err := beside.Render(t.Context(), 1, 300)
		besideDone <- err
	})
	if _, err := doc.Render(t.Context(), 2, 300); !errors.Is(err, extract.ErrTimeout) {
		t.Errorf("an endless page: %v", err)
	}
	if took := time.Since(began); took > 6*time.Second {
		t.Errorf("told after %v", took)
	}
	if err := <-besideDone; err != nil {
		t.Errorf("what stood open beside it: %v", err)
	}
	if _, err := doc.Render(t.Context(), 1, 300); err != nil {
		t.Errorf("the same paper's other page: %v", err)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.deaths) != 1 || b.deaths[0].Why != worker.WhyHung {
		t.Errorf("deaths %+v, want one that hung", b.deaths)
	}
}

func opened(t *testing.T, b *bench, path string) extract.Document {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	doc, err := b.Open(t.Context(), f, filepath.Base(path))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := doc.Close(); err != nil {
			t.Error(err)
		}
	})
	return doc
}

// pdfOf is a PDF of a page for each of the contents.
func pdfOf(t *testing.T, contents ...string) string {
	t.Helper()
	var body, kids strings.Builder
	for i, c := range contents {
		page := 10 + 2*i
		fmt.Fprintf(&kids, "%d 0 R ", page)
		fmt.Fprintf(&body, "%d 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]/Contents %d 0 R/Resources<</Font<</F1 3 0 R>>>>>>endobj\n", page, page+1)
		fmt.Fprintf(&body, "%d 0 obj<</Length %d>>stream\n%s\nendstream endobj\n", page+1, len(c), c)
	}
	path := filepath.Join(t.TempDir(), "a.pdf")
	pdf := "%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n3 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj\n" +
		fmt.Sprintf("2 0 obj<</Type/Pages/Kids[%s]/Count %d>>endobj\n", kids.String(), len(contents)) +
		body.String() + "trailer<</Root 1 0 R>>\n%%EOF\n"
	if err := os.WriteFile(path, []byte(pdf), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
