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
	"os"
	"path/filepath"
	"strings"

	"diaoyue.example/workstation/search/extract"
	"diaoyue.example/workstation/search/extract/compound"
)

// maxEntries bounds the parts of one file.
const maxEntries = 10_000

// Format reads DOCX, PPTX and XLSX.
type Format struct {
	set    *extract.Typesetter
	limits extract.Limits
}

// New gives the format; the typesetter stays the caller's.
func New(set *extract.Typesetter, limits extract.Limits) *Format {
	return &Format{set: set, limits: limits.WithDefaults()}
}

// Probe looks for a zip that is named or built like an office file, and for a
// compound file under such a name, which is an encrypted one.
func (o *Format) Probe(head []byte, name string) int {
	named := kindOfName(name) != ""
	switch {
	case isZip(head) && named:
		return 90
	case isZip(head) && (bytes.Contains(head, []byte("word/")) || bytes.Contains(head, []byte("ppt/")) || bytes.Contains(head, []byte("xl/"))):
		return 70
	case compound.Is(head) && named:
		return 50
	}
	return 0
}

func kindOfName(name string) string {
	switch strings.ToLower(filepath.Ext(name)) {
	case ".docx", ".docm", ".dotx":
		return "docx"
	case ".pptx", ".pptm", ".ppsx", ".potx":
		return "pptx"
	case ".xlsx", ".xlsm", ".xltx":
		return "xlsx"
	}
	return ""
}

func isZip(head []byte) bool { return bytes.HasPrefix(head, []byte("PK\x03\x04")) }

// Open reads and lays out the text. Errors: extract.ErrEncrypted, ErrDamaged,
// ErrLimit, ErrUnsupported.
func (o *Format) Open(ctx context.Context, f *os.File, _ string) (extract.Document, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("look at file: %w", err)
	}
	head := make([]byte, min(info.Size(), 8))
	if _, err = f.ReadAt(head, 0); err != nil {
		return nil, fmt.Errorf("read file: %w", err)
	}
	if compound.Is(head) {
		return nil, old(f, info.Size())
	}
	z, err := zip.NewReader(f, info.Size())
	if err != nil {
		return nil, fmt.Errorf("open zip: %w (%w)", extract.ErrDamaged, err)
	}
	if len(z.File) > maxEntries {
		return nil, fmt.Errorf("%d parts: %w", len(z.File), extract.ErrLimit)
	}
	p := &parts{limits: o.limits, left: o.limits.ExpandedBytes, byName: map[string]*zip.File{}}
	for _, f := range z.File {
		p.add(f)
	}
	kind, read := "docx", p.document
	switch { // what is in it decides, not its name
	case p.has("ppt/presentation.xml"):
		kind, read = "pptx", p.presentation
	case p.has("xl/workbook.xml"):
		kind, read = "xlsx", p.workbook
	}
	if err := read(ctx); err != nil {
		return nil, err
	}
	text := strings.TrimRight(p.out.String(), "\n\t\f ")
	source := extract.SourceText
	if p.pictures && strings.TrimSpace(text) == "" {
		source = extract.SourceNone // a scan in the clothes of a document
	}
	return extract.Layout(kind, text, source, o.set, o.limits)
}

// old says why a compound file under the name of a newer one is not read.
func old(f *os.File, size int64) error {
	c, err := compound.Open(f, size)
	if err != nil {
		return err
	}
	if c.Has("EncryptedPackage") {
		return extract.ErrEncrypted
	}
	return fmt.Errorf("a file of an older office under a newer name: %w", extract.ErrUnsupported)
}
