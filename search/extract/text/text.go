// Package text reads plain text in the encodings that Chinese offices use, and
// transcripts in subtitle form.
//
// Invariant: text is decoded by rule, not by guess: a byte order mark, else
// UTF-8 where it is valid, else GB18030.
package text

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	textunicode "golang.org/x/text/encoding/unicode"

	"diaoyue.example/workstation/search/extract"
)

// Format reads plain text.
type Format struct {
	set    *extract.Typesetter
	limits extract.Limits
}

// New gives the format; it owns the typesetter and closes it.
func New(set *extract.Typesetter, limits extract.Limits) *Format {
	return &Format{set: set, limits: limits.WithDefaults()}
}

// Close lets the font go.
func (t *Format) Close() error { return t.set.Close() }

// Warm opens the font. Without one pages are laid out but cannot be drawn, and
// the page view says so.
func (t *Format) Warm(context.Context) error { return t.set.Warm() }

// Probe goes by the name: any bytes may be text. Bytes that no text holds are
// refused.
func (t *Format) Probe(head []byte, name string) int {
	switch strings.ToLower(filepath.Ext(name)) {
	case ".txt", ".text", ".srt", ".vtt", ".ass", ".ssa", ".csv", ".md", ".log", ".xml":
	case "":
		if !utf8.Valid(head) || bytes.IndexByte(head, 0) >= 0 {
			return 0
		}
		return 5
	default:
		return 0
	}
	if bom(head) == nil && bytes.IndexByte(head, 0) >= 0 {
		return 0
	}
	return 20
}

// Open reads and lays out the text. Errors: extract.ErrLimit, ErrDamaged.
func (t *Format) Open(_ context.Context, f *os.File, name string) (extract.Document, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("look at file: %w", err)
	}
	if info.Size() > t.limits.TextBytes {
		return nil, fmt.Errorf("a text of %d bytes: %w", info.Size(), extract.ErrLimit)
	}
	raw, err := io.ReadAll(io.NewSectionReader(f, 0, info.Size()))
	if err != nil {
		return nil, fmt.Errorf("read text: %w", err)
	}
	s, err := Decode(raw)
	if err != nil {
		return nil, err
	}
	kind := "txt"
	if end := strings.ToLower(filepath.Ext(name)); slices.Contains([]string{".srt", ".vtt", ".ass", ".ssa"}, end) {
		kind = end[1:]
	}
	return extract.Layout(kind, s, extract.SourceText, t.set, t.limits)
}

// Decode gives the text in UTF-8 with line ends of \n. extract.ErrDamaged when
// the bytes are no text in any of the encodings.
func Decode(raw []byte) (string, error) {
	enc := bom(raw)
	if enc == nil && !utf8.Valid(raw) {
		enc = simplifiedchinese.GB18030
	}
	out := raw
	if enc != nil {
		var err error
		if out, err = enc.NewDecoder().Bytes(raw); err != nil {
			return "", fmt.Errorf("decode text: %w (%w)", extract.ErrDamaged, err)
		}
	}
	s := strings.TrimPrefix(string(out), "\ufeff")
	if !plausible(s) {
		return "", fmt.Errorf("decode text: no known encoding: %w", extract.ErrDamaged)
	}
	return strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(s), nil
}

func bom(raw []byte) encoding.Encoding {
	switch {
	case bytes.HasPrefix(raw, []byte{0xef, 0xbb, 0xbf}):
		return encoding.Nop
	case bytes.HasPrefix(raw, []byte{0xff, 0xfe}), bytes.HasPrefix(raw, []byte{0xfe, 0xff}):
		return textunicode.UTF16(textunicode.LittleEndian, textunicode.ExpectBOM)
	}
	return nil
}

// plausible refuses what is mostly not text.
func plausible(s string) bool {
	total, odd := 0, 0
	for _, r := range s {
		total++
		if r == utf8.RuneError || unicode.IsControl(r) && !unicode.IsSpace(r) {
			odd++
		}
	}
	return odd*20 <= total
}
