// Package ofd reads OFD, the fixed-layout document of GB/T 33190: text with a
// box for each character from the XML itself, pages by writing each as a PDF in
// memory and letting the PDF room draw it.
//
// Invariant: nothing of a document is ever unpacked to disk, a part is found by
// its name in the zip only, and what a file may cost is bounded before it is
// spent: bytes unpacked, their ratio, nesting, nodes, pages, pixels.
package ofd

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"diaoyue.example/workstation/search/extract"
)

// Painter draws a PDF that lies in memory: search/extract/pdf.
type Painter interface {
	// OpenReader opens a PDF of size bytes; r must stay readable until the
	// document is closed.
	OpenReader(ctx context.Context, r io.ReaderAt, size int64) (extract.Document, error)
}

// Format reads OFD.
type Format struct {
	painter Painter
	drawn   bool // Chinese can be drawn on this machine
	limits  extract.Limits
}

// New gives the format; the painter stays the caller's. Fonts are the Chinese
// font files that the painter draws with where a document brings none; without
// any of them such a page is refused, not shown blank. They are looked for now:
// a worker that has locked itself in sees no files any more.
func New(painter Painter, fonts []string, limits extract.Limits) *Format {
	return &Format{painter: painter, drawn: slices.ContainsFunc(fonts, isFile), limits: limits.WithDefaults()}
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

// haveFont says whether Chinese can be drawn on this machine.
func (o *Format) haveFont() bool { return o.drawn }

// Probe looks for a zip that is named .ofd or names OFD's own first part.
func (o *Format) Probe(head []byte, name string) int {
	if !isZip(head) {
		return 0
	}
	switch {
	case strings.EqualFold(filepath.Ext(name), ".ofd"):
		return 90
	case bytes.Contains(head, []byte("OFD.xml")):
		return 80
	}
	return 0
}

func isZip(head []byte) bool { return bytes.HasPrefix(head, []byte("PK\x03\x04")) }

// Open reads the list of pages; each page is read when it is asked for. Errors:
// extract.ErrDamaged, ErrEncrypted, ErrLimit.
func (o *Format) Open(ctx context.Context, f *os.File, _ string) (extract.Document, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("look at file: %w", err)
	}
	p, err := openPack(f, info.Size(), newPurse(o.limits))
	if err != nil {
		return nil, err
	}
	b, err := openBook(ctx, p)
	if err != nil {
		return nil, err
	}
	if len(b.leaves) > o.limits.Pages {
		return nil, fmt.Errorf("%d pages: %w", len(b.leaves), extract.ErrLimit)
	}
	return &document{format: o, book: b}, nil
}
