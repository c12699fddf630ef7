// Package office reads the text of office files with no more than a zip reader
// and an XML tokenizer.
//
// Invariant: what a file may cost is bounded before it is spent: bytes unpacked,
// their ratio to the packed ones, depth of nesting, length of one token.
package office

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"diaoyue.example/workstation/search/extract"
)

const (
	maxEntries = 10_000
	// ratioFrom is the unpacked size from which the ratio counts: small parts
	// of empty tables pack well and harm nobody.
	ratioFrom = 1 << 20
	// maxEncryptedHead is how much of a compound file is searched for the name
	// of an encrypted package.
	maxEncryptedHead = 1 << 20
)

var (
	bodyPart  = regexp.MustCompile(`(?i)^/?word/document\d*\.xml$`)
	sideParts = regexp.MustCompile(`(?i)^/?word/(header|footer|footnotes|endnotes|comments)\d*\.xml$`)
	mediaPart = regexp.MustCompile(`(?i)^/?word/media/`)
)

// Format reads DOCX.
type Format struct {
	set    *extract.Typesetter
	limits extract.Limits
}

// New gives the format; the typesetter stays the caller's.
func New(set *extract.Typesetter, limits extract.Limits) *Format {
	return &Format{set: set, limits: limits.WithDefaults()}
}

// Probe looks for a zip that is named or built like a Word document, and for a
// compound file under that name, which is an encrypted one.
func (o *Format) Probe(head []byte, name string) int {
	docx := slices.Contains([]string{".docx", ".docm"}, strings.ToLower(filepath.Ext(name)))
	switch {
	case isZip(head) && docx:
		return 90
	case isZip(head) && bytes.Contains(head, []byte("word/")):
		return 70
	case isCompound(head) && docx:
		return 50
	}
	return 0
}

func isZip(head []byte) bool { return bytes.HasPrefix(head, []byte("PK\x03\x04")) }

func isCompound(head []byte) bool {
	return bytes.HasPrefix(head, []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"))
}

// Open reads and lays out the text. Errors: extract.ErrEncrypted, ErrDamaged,
// ErrLimit, ErrUnsupported.
func (o *Format) Open(ctx context.Context, f *os.File, _ string) (extract.Document, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("look at file: %w", err)
	}
	head := make([]byte, min(info.Size(), maxEncryptedHead))
	if _, err = f.ReadAt(head, 0); err != nil {
		return nil, fmt.Errorf("read file: %w", err)
	}
	if isCompound(head) {
		if bytes.Contains(head, utf16("EncryptedPackage")) {
			return nil, extract.ErrEncrypted
		}
		return nil, extract.ErrUnsupported
	}
	z, err := zip.NewReader(f, info.Size())
	if err != nil {
		return nil, fmt.Errorf("open zip: %w (%w)", extract.ErrDamaged, err)
	}
	text, pictures, err := o.read(ctx, z)
	if err != nil {
		return nil, err
	}
	source := extract.SourceText
	if pictures && strings.TrimSpace(text) == "" {
		source = extract.SourceNone // a scan in the clothes of a document
	}
	return extract.Layout("docx", text, source, o.set, o.limits)
}

func utf16(s string) []byte {
	out := make([]byte, 0, 2*len(s))
	for i := range len(s) {
		out = append(out, s[i], 0)
	}
	return out
}

// read takes the body first, then headers, notes and comments.
func (o *Format) read(ctx context.Context, z *zip.Reader) (text string, pictures bool, err error) {
	if len(z.File) > maxEntries {
		return "", false, fmt.Errorf("%d parts: %w", len(z.File), extract.ErrLimit)
	}
	var body, side []*zip.File
	for _, f := range z.File {
		switch {
		case bodyPart.MatchString(f.Name):
			body = append(body, f)
		case sideParts.MatchString(f.Name):
			side = append(side, f)
		case mediaPart.MatchString(f.Name):
			pictures = true
		}
	}
	if len(body) == 0 {
		return "", false, fmt.Errorf("no document part: %w", extract.ErrDamaged)
	}
	slices.SortFunc(side, func(a, b *zip.File) int { return strings.Compare(a.Name, b.Name) })
	var out strings.Builder
	left := o.limits.ExpandedBytes
	for _, f := range append(body, side...) {
		if err := ctx.Err(); err != nil {
			return "", false, err
		}
		used, err := o.part(f, left, &out)
		if err != nil {
			return "", false, fmt.Errorf("part %s: %w", filepath.Base(f.Name), err)
		}
		left -= used
	}
	return strings.TrimRight(out.String(), "\n\t "), pictures, nil
}

func (o *Format) part(f *zip.File, left int64, out *strings.Builder) (used int64, err error) {
	size, ratio := f.UncompressedSize64, f.UncompressedSize64/max(f.CompressedSize64, 1)
	if size > uint64(left) || size > ratioFrom && ratio > uint64(o.limits.Ratio) { //nolint:gosec // neither is negative
		return 0, extract.ErrLimit
	}
	r, err := f.Open()
	if err != nil {
		return 0, fmt.Errorf("unpack: %w (%w)", extract.ErrDamaged, err)
	}
	defer r.Close()
	// What the zip says of sizes may be a lie, so count while reading.
	counted := &io.LimitedReader{R: r, N: left}
	w := words{out: out, limits: o.limits}
	if err := w.read(counted); err != nil {
		return 0, err
	}
	if counted.N <= 0 {
		return 0, extract.ErrLimit
	}
	return left - counted.N, nil
}
