package ocr

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/png"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"time"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"diaoyue.example/workstation/search/extract"
)

const (
	tesseractProgram  = "tesseract"
	tesseractLanguage = "chi_sim"
	tesseractWait     = 2 * time.Second // for the program to end after it was killed
	// Fields of a row of tesseract's table.
	tableBlock, tableParagraph, tableLine          = 2, 3, 4
	tableLeft, tableTop, tableWidth, tableHeight   = 6, 7, 8, 9
	tableConfidence, tableText, tableFields, words = 10, 11, 12, "5"
)

// Tesseract reads with the program of that name, one process a page.
type Tesseract struct{ path string }

// NewTesseract looks for the program and its Chinese model.
// extract.ErrNoReader when one is missing.
func NewTesseract() (*Tesseract, error) {
	path, err := exec.LookPath(tesseractProgram)
	if err != nil {
		return nil, fmt.Errorf("open OCR: %w: %w", extract.ErrNoReader, err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	list, err := exec.CommandContext(ctx, path, "--list-langs").CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("open OCR: %w: %w", extract.ErrNoReader, err)
	}
	for name := range strings.FieldsSeq(string(list)) {
		if name == tesseractLanguage {
			return &Tesseract{path}, nil
		}
	}
	return nil, fmt.Errorf("open OCR: tesseract has no Chinese model: %w", extract.ErrNoReader)
}

// Name of the engine.
func (t *Tesseract) Name() string { return tesseractProgram }

// Close has nothing to let go.
func (t *Tesseract) Close() error { return nil }

// Read hands the page to the program over a pipe.
func (t *Tesseract) Read(ctx context.Context, page image.Image) (extract.Page, error) {
	var in, out bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(&in, page); err != nil {
		return extract.Page{}, fmt.Errorf("read page: %w", err)
	}
	cmd := exec.CommandContext(ctx, t.path, "stdin", "stdout", "-l", tesseractLanguage, "tsv") //nolint:gosec // G204: see NewTesseract
	cmd.Env = append(os.Environ(), "OMP_THREAD_LIMIT=1")
	cmd.Stdin, cmd.Stdout = &in, &out
	cmd.WaitDelay = tesseractWait
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	if err := cmd.Run(); err != nil {
		if ctx.Err() != nil {
			return extract.Page{}, ctx.Err()
		}
		return extract.Page{}, fmt.Errorf("read page: %w", err)
	}
	return readTable(norm.NFC.String(out.String()), page.Bounds().Dx(), page.Bounds().Dy()), nil
}

// readTable takes text and boxes out of tesseract's table. A word's box is
// divided evenly among its characters.
func readTable(table string, w, h int) extract.Page {
	out := extract.Page{Source: extract.SourceOCR, Boxes: []extract.Box{}}
	var text []byte
	var sum float64
	line, before := "", ""
	for row := range strings.SplitSeq(table, "\n") {
		f := strings.Split(row, "\t")
		if len(f) < tableFields || f[0] != words || strings.TrimSpace(f[tableText]) == "" {
			continue
		}
		word := strings.TrimSpace(f[tableText])
		at := f[tableBlock] + "." + f[tableParagraph] + "." + f[tableLine]
		switch {
		case line != "" && at != line:
			text = append(text, '\n')
		case line != "" && narrow(lastOf(before)) && narrow(word):
			text = append(text, ' ')
		}
		line, before = at, word
		n := float64(utf8.RuneCountInString(word))
		whole := extract.Box{
			X: number(f[tableLeft]) / float64(w), Y: number(f[tableTop]) / float64(h),
			W: number(f[tableWidth]) / float64(w), H: number(f[tableHeight]) / float64(h),
			Confidence: min(max(number(f[tableConfidence])/100, 0), 1),
		}
		i := 0.0
		for _, r := range word {
			b := whole
			b.X, b.W = whole.X+whole.W*i/n, whole.W/n
			b.Text, b.Start = string(r), len(text)
			text = utf8.AppendRune(text, r)
			b.End = len(text)
			out.Boxes = append(out.Boxes, b)
			sum += b.Confidence
			i++
		}
	}
	if n := len(out.Boxes); n > 0 {
		out.Confidence = sum / float64(n)
	}
	out.Text = string(text)
	return out
}

func lastOf(s string) string {
	r, _ := utf8.DecodeLastRuneInString(s)
	return string(r)
}

// number is 0 for what is none.
func number(s string) float64 {
	v, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return 0
	}
	return v
}
