package backend_test

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/draw"
	"image/jpeg"
	_ "image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"diaoyue.example/workstation/backend/accounts"
	"diaoyue.example/workstation/backend/backendtest"
	"diaoyue.example/workstation/backend/catalog"
	"diaoyue.example/workstation/backend/ingest"
	"diaoyue.example/workstation/backend/jobs"
	"diaoyue.example/workstation/backend/retrieval"
	"diaoyue.example/workstation/backend/viewing"
	"diaoyue.example/workstation/search/extract"
	"diaoyue.example/workstation/search/extract/ocr"
)

// models is where `make ocr` puts library and networks.
const models = "../build/bin/ocr"

func reads(t *testing.T) backendtest.Options {
	t.Helper()
	if _, err := ocr.New(ocr.Config{Dir: models}); err != nil {
		t.Skipf("no OCR models here, make ocr installs them: %v", err)
	}
	return backendtest.Options{OCRDir: models}
}

// scanOf writes a PDF of pages that are pictures of these texts.
func scanOf(t *testing.T, path string, texts ...string) string {
	t.Helper()
	var objects []string
	kids := ""
	for i, text := range texts {
		picture := drawn(t, text)
		kids += fmt.Sprintf("%d 0 R ", 3+3*i)
		content := "q 420 0 0 140 0 0 cm /P Do Q"
		objects = append(objects,
			fmt.Sprintf("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 420 140] /Contents %d 0 R /Resources << /XObject << /P %d 0 R >> >> >>", 4+3*i, 5+3*i),
			fmt.Sprintf("<< /Length %d >>\nstream\n%s\nendstream", len(content), content),
			fmt.Sprintf("<< /Type /XObject /Subtype /Image /Width 1200 /Height 400 /ColorSpace /DeviceRGB /BitsPerComponent 8 /Filter /DCTDecode /Length %d >>\nstream\n%s\nendstream", len(picture), picture))
	}
	objects = append([]string{"<< /Type /Catalog /Pages 2 0 R >>", fmt.Sprintf("<< /Type /Pages /Kids [%s] /Count %d >>", kids, len(texts))}, objects...)
	var b bytes.Buffer
	b.WriteString("%PDF-1.4\n")
	var at []int
	for i, o := range objects {
		at = append(at, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	xref := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(objects)+1)
	for _, a := range at {
		fmt.Fprintf(&b, "%010d 00000 n \n", a)
	}
	fmt.Fprintf(&b, "trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(objects)+1, xref)
	return file(t, path, b.String())
}

// drawn is a JPEG of 1,200 × 400 pixels with the text at its head.
func drawn(t *testing.T, text string) []byte {
	t.Helper()
	set := extract.NewTypesetter(extract.SystemFonts())
	defer set.Close()
	doc, err := extract.Layout("txt", text, extract.SourceText, set, extract.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	img, err := doc.Render(t.Context(), 1, 1200)
	if errors.Is(err, extract.ErrNoFont) {
		t.Skip("no Chinese font on this machine: install fonts-noto-cjk")
	}
	if err != nil {
		t.Fatal(err)
	}
	whole, _, err := image.Decode(bytes.NewReader(img.Bytes))
	if err != nil {
		t.Fatal(err)
	}
	head := image.NewRGBA(image.Rect(0, 0, 1200, 400))
	draw.Draw(head, head.Rect, whole, image.Point{}, draw.Src)
	var out bytes.Buffer
	if err := jpeg.Encode(&out, head, nil); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// TestScansAreReadAndFound follows a scan and a photograph from the intake to
// the hit and the mark on the page.
func TestScansAreReadAndFound(t *testing.T) {
	h := backendtest.Open(t, reads(t))
	c := h.Case(t, "C-1")
	dir := t.TempDir()
	scan := h.Take(t, c.ID, scanOf(t, filepath.Join(dir, "笔录.pdf"), "现场检查笔录第一页", "烟花三百六十箱已先行登记保存"))[0]
	photo := h.Take(t, c.ID, file(t, filepath.Join(dir, "门头.jpg"), string(drawn(t, "山阴县烟花爆竹专营店"))))[0]
	if err := h.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	for id, want := range map[string]string{scan.ID: "现场检查笔录第一页|烟花三百六十箱已先行登记保存", photo.ID: "山阴县烟花爆竹专营店"} {
		pages, err := h.Catalog.Pages(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		var texts []string
		for _, p := range pages {
			texts = append(texts, p.Text)
			if p.Source != extract.SourceOCR || p.Confidence < 0.8 {
				t.Errorf("page %d: source %s, confidence %f", p.Page, p.Source, p.Confidence)
			}
		}
		if got := strings.Join(texts, "|"); got != want {
			t.Errorf("read %q, want %q", got, want)
		}
		r, err := h.Catalog.Record(t.Context(), id)
		if err != nil || r.TextState != catalog.TextText {
			t.Errorf("state %s, %v", r.TextState, err)
		}
	}
	found, err := h.Retrieval.Search(t.Context(), h.As(accounts.Archivist), retrieval.Query{Text: `"先行登记保存"`})
	if err != nil || found.Places == 0 {
		t.Fatalf("%d hits, %v", found.Places, err)
	}
	v, err := h.Viewing.Open(t.Context(), h.As(accounts.Archivist), viewing.Request{RecordID: scan.ID, Purpose: viewing.PurposeArrangement})
	if err != nil {
		t.Fatal(err)
	}
	p, err := v.PageText(t.Context(), 2)
	if err != nil || p.Source != extract.SourceOCR {
		t.Fatalf("%+v, %v", p, err)
	}
	marks := h.Retrieval.MarkBoxes("先行登记保存", p.Text, p.Boxes)
	if len(marks) != 1 || marks[0].Text != "先行登记保存" || marks[0].Y > 0.5 || marks[0].W < 0.1 {
		t.Errorf("marks %+v", marks)
	}
	broken, err := h.Catalog.CheckSeals(t.Context())
	if err != nil || len(broken) > 0 {
		t.Errorf("seals: %v, %v", broken, err)
	}
}

// TestRecognitionIsPausedOverARestart holds the queue back, opens the archive
// anew, and lets it go on.
func TestRecognitionIsPausedOverARestart(t *testing.T) {
	h := backendtest.Open(t, reads(t))
	c := h.Case(t, "C-1")
	archivist := h.As(accounts.Archivist)
	if err := h.Ingest.PauseRecognition(t.Context(), h.As(accounts.Reviewer), true); !errors.Is(err, accounts.ErrForbidden) {
		t.Errorf("a reviewer pauses: %v", err)
	}
	if err := h.Ingest.PauseRecognition(t.Context(), archivist, true); err != nil {
		t.Fatal(err)
	}
	h.Take(t, c.ID, scanOf(t, filepath.Join(t.TempDir(), "a.pdf"), "第一页", "第二页", "第三页"))
	for range 2 {
		if err := h.Settle(t.Context()); err != nil {
			t.Fatal(err)
		}
		s := recognition(t, h)
		if !s.Paused || s.Waiting != 3 || s.WaitingRecords != 1 || s.Done != 0 || s.Reader != ocr.Name {
			t.Fatalf("while it is paused: %+v", s)
		}
		h.Reopen(t)
	}
	if err := h.Ingest.PauseRecognition(t.Context(), archivist, false); err != nil {
		t.Fatal(err)
	}
	if err := h.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	if s := recognition(t, h); s.Paused || s.Waiting != 0 || s.Done != 3 || s.Failed != 0 {
		t.Errorf("after it went on: %+v", s)
	}
}

// TestInterruptedReadingGoesOn closes the archive in the middle of a scan: what
// was read is kept, and only the rest is read.
func TestInterruptedReadingGoesOn(t *testing.T) {
	h := backendtest.Open(t, reads(t))
	c := h.Case(t, "C-1")
	var texts []string
	for i := range 4 {
		texts = append(texts, fmt.Sprintf("第%d页现场检查", i+1))
	}
	begun := make(chan jobs.Job, 100)
	end := h.Jobs.Subscribe(func(j jobs.Job) {
		if j.Kind == ingest.JobOCR && j.Done >= 2 {
			begun <- j
		}
	})
	defer end()
	submission := ingest.Submission{CaseID: c.ID, Stage: catalog.StageInvestigation, Paths: []string{scanOf(t, filepath.Join(t.TempDir(), "a.pdf"), texts...)}}
	out, err := h.Ingest.Receive(t.Context(), h.As(accounts.Archivist), submission, nil)
	if err != nil {
		t.Fatal(err)
	}
	record := out[0].RecordID
	job := <-begun
	if err = h.Close(); err != nil {
		t.Fatal(err)
	}
	h.Config.OCRDir = t.TempDir() // nothing to read with: what there is can only have been kept
	t.Setenv("PATH", t.TempDir())
	h.Reopen(t)
	parts, err := h.Jobs.Parts(t.Context(), job.ID)
	if err != nil || len(parts) < 2 || len(parts) >= len(texts) {
		t.Fatalf("%d pages kept, %v", len(parts), err)
	}
	h.Config.OCRDir = models
	h.Reopen(t)
	if err = h.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	pages, err := h.Catalog.Pages(t.Context(), record)
	if err != nil || len(pages) != len(texts) {
		t.Fatalf("%d pages, %v", len(pages), err)
	}
	for i, p := range pages {
		if p.Text != texts[i] {
			t.Errorf("page %d is %q", i+1, p.Text)
		}
	}
}

// TestNothingReadsHere stores a scan on a machine that cannot read it; when the
// networks are there it is read at the next start.
func TestNothingReadsHere(t *testing.T) {
	with := reads(t)
	h := backendtest.Open(t, backendtest.Options{})
	c := h.Case(t, "C-1")
	h.Take(t, c.ID, scanOf(t, filepath.Join(t.TempDir(), "a.pdf"), "查封决定书"))
	if err := h.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	if s := recognition(t, h); s.Reader != "" || s.Waiting != 1 || s.Remaining != -1 {
		t.Errorf("%+v", s)
	}
	h.Config.OCRDir = with.OCRDir
	h.Reopen(t)
	if err := h.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	if s := recognition(t, h); s.Waiting != 0 || s.Done != 1 {
		t.Errorf("%+v", s)
	}
}

func file(t *testing.T, path, content string) string {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func recognition(t *testing.T, h *backendtest.House) ingest.Recognition {
	t.Helper()
	s, err := h.Ingest.Recognition(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return s
}
