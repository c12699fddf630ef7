package pdf_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	_ "image/jpeg"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"diaoyue.example/workstation/search/extract"
	"diaoyue.example/workstation/search/extract/pdf"
)

// chinese is in UTF-16 as a font that the file does not bring wants it, with
// spaces between the Han as some producers write them.
const (
	chinese = "现 场 检查笔录"
	latin   = "SN:KTE382E4 2025"
)

func TestTextBoxesAndPicture(t *testing.T) {
	x := format(t, extract.Limits{})
	doc, err := open(t, x, made(t, "", show(chinese)))
	if err != nil {
		t.Fatal(err)
	}
	p, err := doc.Page(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	if want := "现场检查笔录\n" + latin; p.Text != want {
		t.Errorf("text %q, want %q", p.Text, want)
	}
	if p.Width != 300 || p.Height != 200 || p.Source != extract.SourceText || p.N != 1 {
		t.Errorf("page %d of %v × %v, source %s", p.N, p.Width, p.Height, p.Source)
	}
	checkBoxes(t, p)
	// The first line stands at y 150 of 200 from the bottom, 20 points high.
	if b := p.Boxes[0]; b.Y < 0.1 || b.Y+b.H > 0.3 || b.X < 0.05 || b.X > 0.12 {
		t.Errorf("the first character's box is %+v", b)
	}
	img, err := doc.Render(t.Context(), 1, 900)
	if err != nil {
		t.Fatal(err)
	}
	shown, _, err := image.Decode(bytes.NewReader(img.Bytes))
	if err != nil {
		t.Fatal(err)
	}
	if img.Width != 900 || img.Height != 600 || img.MIME != "image/jpeg" || shown.Bounds().Dx() != 900 {
		t.Errorf("%s %d × %d", img.MIME, img.Width, img.Height)
	}
	if ink(shown, p.Boxes[len(p.Boxes)-1], 900, 600) == 0 {
		t.Error("nothing is drawn where the last character's box is")
	}
	if haveFont() && ink(shown, p.Boxes[0], 900, 600) == 0 {
		t.Error("Chinese without an embedded font is blank: the sandbox does not see the fonts")
	}
}

func TestTurnedAndCropped(t *testing.T) {
	x := format(t, extract.Limits{})
	doc, err := open(t, x, made(t, "/Rotate 90 /CropBox [50 50 250 190]", show("")))
	if err != nil {
		t.Fatal(err)
	}
	p, err := doc.Page(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	checkBoxes(t, p)
	img, err := doc.Render(t.Context(), 1, 700)
	if err != nil {
		t.Fatal(err)
	}
	shown, _, err := image.Decode(bytes.NewReader(img.Bytes))
	if err != nil {
		t.Fatal(err)
	}
	if img.Height != 1000 {
		t.Errorf("a page of 200 × 140 turned is %d × %d", img.Width, img.Height)
	}
	for _, b := range p.Boxes[6:] { // the first ones are cropped away
		if b.Text != "." && ink(shown, b, img.Width, img.Height) == 0 {
			t.Errorf("nothing is drawn at the box of %q: %+v", b.Text, b)
		}
	}
}

func TestScanNeedsOCR(t *testing.T) {
	x := format(t, extract.Limits{})
	gray := "q 280 0 0 180 10 10 cm BI /W 1 /H 1 /CS /G /BPC 8 ID \x80 EI Q"
	doc, err := open(t, x, made(t, "", gray))
	if err != nil {
		t.Fatal(err)
	}
	p, err := doc.Page(t.Context(), 1)
	if err != nil || p.Source != extract.SourceNone {
		t.Errorf("a page that is a picture: source %q, %v", p.Source, err)
	}
	doc, err = open(t, x, made(t, "", ""))
	if err != nil {
		t.Fatal(err)
	}
	if p, err = doc.Page(t.Context(), 1); err != nil || p.Source != extract.SourceText {
		t.Errorf("a blank page: source %q, %v", p.Source, err)
	}
}

func TestBad(t *testing.T) {
	x := format(t, extract.Limits{})
	whole := made(t, "", show(""))
	for _, c := range []struct {
		name string
		file []byte
		want error
	}{
		{"encrypted", encrypted(t), extract.ErrEncrypted},
		{"only a signature", []byte("%PDF-1.7\n"), extract.ErrDamaged},
		{"noise", append([]byte("%PDF-1.4\n"), bytes.Repeat([]byte{0xff, 0, '<', '<'}, 500)...), extract.ErrDamaged},
		{"cut to a fifth", whole[:len(whole)/5], extract.ErrDamaged},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := open(t, x, c.file); !errors.Is(err, c.want) {
				t.Errorf("%v, want %v", err, c.want)
			}
		})
	}
	if n := x.Probe([]byte("\x00\x00%PDF-1.3"), ""); n == 0 {
		t.Error("a signature after other bytes is not seen")
	}
	if n := x.Probe([]byte("PK\x03\x04"), "a.pdf"); n != 0 {
		t.Error("a zip is taken for a PDF by its name")
	}
}

// TestStopped runs out of time in a call; the engine must serve others, and
// the same document again, afterwards.
func TestStopped(t *testing.T) {
	path := made(t, "", strings.Repeat(show(""), 40_000))
	slow := format(t, extract.Limits{PageTime: 500 * time.Millisecond})
	warm := made(t, "", show(""))
	if _, err := open(t, slow, warm); err != nil && !errors.Is(err, extract.ErrTimeout) && !errors.Is(err, extract.ErrBusy) {
		t.Fatal(err) // the first call may itself be slow
	}
	doc, err := open(t, slow, path)
	if err != nil {
		if !errors.Is(err, extract.ErrTimeout) && !errors.Is(err, extract.ErrBusy) {
			t.Fatal(err)
		}
		t.Skip("this machine is too slow to open a file in half a second")
	}
	for range 2 {
		begun := time.Now()
		if _, err = doc.Page(t.Context(), 1); !errors.Is(err, extract.ErrTimeout) {
			t.Fatalf("an endless page: %v, want ErrTimeout", err)
		}
		if took := time.Since(begun); took > 3*time.Second {
			t.Errorf("stopped after %v", took)
		}
	}
	other, err := open(t, slow, warm)
	if err != nil {
		t.Fatal(err)
	}
	if p, err := other.Page(t.Context(), 1); err != nil || p.Text != latin {
		t.Errorf("another document afterwards: %q, %v", p.Text, err)
	}
}

func TestConcurrentUse(t *testing.T) {
	concurrentUse(t, format(t, extract.Limits{}))
}

// In a process that may be ended, a call that nobody waits for comes to its
// end, and its sandbox serves the next.
func TestExpendable(t *testing.T) {
	x := pdf.New(pdf.Config{
		CacheDir: filepath.Join(os.TempDir(), "diaoyue-test-pdf-engine"), Fonts: extract.SystemFonts(), Expendable: true,
	})
	t.Cleanup(func() { _ = x.Close() })
	concurrentUse(t, x)
	doc, err := open(t, x, made(t, "", strings.Repeat(show(""), 4000)))
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		ctx, leave := context.WithTimeout(t.Context(), time.Millisecond)
		if _, err = doc.Render(ctx, 1, 900); !errors.Is(err, context.DeadlineExceeded) && !errors.Is(err, extract.ErrTimeout) {
			t.Errorf("nobody waited, and got %v", err)
		}
		leave()
	}
	if p, err := doc.Page(t.Context(), 1); err != nil || !strings.HasPrefix(p.Text, latin) {
		t.Errorf("afterwards: %d characters, %v", len(p.Text), err)
	}
}

func concurrentUse(t *testing.T, x *pdf.Format) {
	t.Helper()
	path := made(t, "", show(chinese))
	var wg sync.WaitGroup
	for range 3 {
		doc, err := open(t, x, path)
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			wg.Go(func() {
				for range 3 {
					if p, err := doc.Page(t.Context(), 1); err != nil || !strings.HasSuffix(p.Text, latin) {
						t.Errorf("%q, %v", p.Text, err)
					}
					if _, err := doc.Render(t.Context(), 1, 200); err != nil {
						t.Error(err)
					}
				}
			})
		}
	}
	wg.Wait()
}

func checkBoxes(t *testing.T, p extract.Page) {
	t.Helper()
	var spelled strings.Builder
	for _, b := range p.Boxes {
		if b.X < 0 || b.Y < 0 || b.X+b.W > 1.0001 || b.Y+b.H > 1.0001 {
			t.Errorf("box %+v leaves the page", b)
		}
		if p.Text[b.Start:b.End] != b.Text {
			t.Errorf("box %+v is not at its place in %q", b, p.Text)
		}
		spelled.WriteString(b.Text)
	}
	if want := strings.Join(strings.Fields(p.Text), ""); spelled.String() != want {
		t.Errorf("the boxes spell %q, the text is %q", spelled.String(), want)
	}
}

func ink(img image.Image, b extract.Box, w, h int) int {
	n := 0
	for y := int(b.Y * float64(h)); y <= int((b.Y+b.H)*float64(h)); y++ {
		for x := int(b.X * float64(w)); x <= int((b.X+b.W)*float64(w)); x++ {
			if r, _, _, _ := img.At(x, y).RGBA(); r < 0x8000 {
				n++
			}
		}
	}
	return n
}

// haveFont says whether this machine has a font for Chinese.
func haveFont() bool {
	for _, p := range extract.SystemFonts() {
		if _, err := os.Stat(p); err == nil {
			return true
		}
	}
	return false
}

// format is an engine with a compile cache that outlives the run.
func format(t *testing.T, limits extract.Limits) *pdf.Format {
	t.Helper()
	x := pdf.New(pdf.Config{CacheDir: filepath.Join(os.TempDir(), "diaoyue-test-pdf-engine"), Fonts: extract.SystemFonts(), Limits: limits})
	t.Cleanup(func() { _ = x.Close() })
	return x
}

func open(t *testing.T, x *pdf.Format, content []byte) (extract.Document, error) {
	t.Helper()
	p := filepath.Join(t.TempDir(), "x.pdf")
	if err := os.WriteFile(p, content, 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(p)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	doc, err := x.Open(t.Context(), f, "x.pdf")
	if err == nil {
		t.Cleanup(func() { _ = doc.Close() })
	}
	return doc, err
}

// show is page content: a line of Chinese, a line of Latin.
func show(han string) string {
	var hex strings.Builder
	for _, r := range han {
		fmt.Fprintf(&hex, "%04X", r)
	}
	return fmt.Sprintf("BT /F1 20 Tf 25 150 Td <%s> Tj ET BT /F2 16 Tf 25 100 Td (%s) Tj ET\n", hex.String(), latin)
}

// made is a PDF of one page of 300 × 200 points.
func made(t *testing.T, pageEntries, content string) []byte {
	t.Helper()
	return assemble("", []string{
		"<< /Type /Catalog /Pages 2 0 R >>",
		"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
		"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 200] " + pageEntries + " /Contents 4 0 R /Resources << /Font << /F1 5 0 R /F2 8 0 R >> >> >>",
		fmt.Sprintf("<< /Length %d >>\nstream\n%s\nendstream", len(content), content),
		"<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H /DescendantFonts [6 0 R] >>",
		"<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 2 >> /FontDescriptor 7 0 R /DW 1000 >>",
		"<< /Type /FontDescriptor /FontName /STSong-Light /Flags 4 /FontBBox [0 -200 1000 900] /ItalicAngle 0 /Ascent 800 /Descent -200 /CapHeight 800 /StemV 80 >>",
		"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
	})
}

// encrypted needs a password that nobody knows.
func encrypted(t *testing.T) []byte {
	t.Helper()
	return assemble("/ID [<00112233445566778899aabbccddeeff> <00112233445566778899aabbccddeeff>] /Encrypt 4 0 R", []string{
		"<< /Type /Catalog /Pages 2 0 R >>",
		"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
		"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 200] >>",
		"<< /Filter /Standard /V 1 /R 2 /P -4 /O <" + strings.Repeat("5a", 32) + "> /U <" + strings.Repeat("a5", 32) + "> >>",
	})
}

func assemble(trailer string, objects []string) []byte {
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
	fmt.Fprintf(&b, "trailer\n<< /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF\n", len(objects)+1, trailer, xref)
	return b.Bytes()
}
