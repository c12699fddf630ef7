// Package word reads the papers of Word before it took to zip: the binary DOC
// of Word 97 to 2003, which WPS writes too, and RTF.
//
// Invariant: a paper of a kind that is not read is told from a damaged one, and
// a paper under a password from both.
package word

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"diaoyue.example/workstation/search/extract"
	"diaoyue.example/workstation/search/extract/compound"
)

// Format reads DOC and RTF, whatever the file's name.
type Format struct {
	set    *extract.Typesetter
	limits extract.Limits
}

// New gives the format; the typesetter stays the caller's.
func New(set *extract.Typesetter, limits extract.Limits) *Format {
	return &Format{set: set, limits: limits.WithDefaults()}
}

// Probe goes by the first bytes. Of compound files it takes those that no other
// format knows by name, so that each gets a state that says what it is.
func (w *Format) Probe(head []byte, name string) int {
	switch {
	case bytes.HasPrefix(head, []byte(`{\rtf`)):
		return 95
	case compound.Is(head) && slices.Contains([]string{".doc", ".dot", ".wps", ".wpt"}, strings.ToLower(filepath.Ext(name))):
		return 80
	case compound.Is(head):
		return 40
	}
	return 0
}

// Open reads and lays out the text. Errors: extract.ErrEncrypted, ErrDamaged,
// ErrLimit, ErrUnsupported.
func (w *Format) Open(ctx context.Context, f *os.File, _ string) (extract.Document, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("look at file: %w", err)
	}
	head := make([]byte, min(8, info.Size()))
	if _, err = f.ReadAt(head, 0); err != nil {
		return nil, fmt.Errorf("read file: %w", err)
	}
	kind, read := "doc", w.binary
	if !compound.Is(head) {
		kind, read = "rtf", w.rich
	}
	text, pictures, err := read(ctx, f, info.Size())
	if err != nil {
		return nil, err
	}
	source := extract.SourceText
	if pictures && strings.TrimSpace(text) == "" {
		source = extract.SourceNone // a scan in the clothes of a document
	}
	return extract.Layout(kind, strings.TrimRight(text, "\n\t\f "), source, w.set, w.limits)
}
