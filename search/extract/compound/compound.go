// Package compound reads compound files, the small file system in which
// Microsoft's offices kept papers and mails before they took to zip.
//
// Invariant: a file costs no more memory than its own size and the limit named
// for one stream, whatever its tables claim.
package compound

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"github.com/richardlehane/mscfb"

	"diaoyue.example/workstation/search/extract"
)

// maxEntries bounds the directory: a mail with a thousand attachments has some
// fifty thousand.
const maxEntries = 200_000

// Is says whether a file begins like a compound file.
func Is(head []byte) bool { return bytes.HasPrefix(head, []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")) }

// File is an open compound file. It is not safe for concurrent use.
type File struct {
	size    int64
	entries map[string]*mscfb.File
	paths   []string
}

// Open reads the directory of a file of size bytes. extract.ErrDamaged when it
// has none, extract.ErrLimit when it is endless.
func Open(r io.ReaderAt, size int64) (*File, error) {
	z, err := mscfb.New(r)
	if err != nil {
		return nil, fmt.Errorf("open compound file: %w (%w)", extract.ErrDamaged, err)
	}
	if len(z.File) > maxEntries {
		return nil, fmt.Errorf("%d entries: %w", len(z.File), extract.ErrLimit)
	}
	f := &File{size: size, entries: map[string]*mscfb.File{}}
	for _, e := range z.File {
		path := strings.Join(append(append([]string{}, e.Path...), e.Name), "/")
		if _, twice := f.entries[path]; !twice {
			f.entries[path] = e
			f.paths = append(f.paths, path)
		}
	}
	return f, nil
}

// Has says whether there is an entry of this path, "storage/stream".
func (f *File) Has(path string) bool { return f.entries[path] != nil }

// Paths lists all entries, in the directory's order.
func (f *File) Paths() []string { return f.paths }

// Stream reads an entry whole; nil when there is none. extract.ErrLimit beyond
// limit bytes, extract.ErrDamaged when the file ends before it.
func (f *File) Stream(path string, limit int64) ([]byte, error) {
	e := f.entries[path]
	if e == nil {
		return nil, nil
	}
	if e.Size > f.size {
		return nil, fmt.Errorf("stream of %d bytes in a file of %d: %w", e.Size, f.size, extract.ErrDamaged)
	}
	if e.Size > limit {
		return nil, fmt.Errorf("stream of %d bytes: %w", e.Size, extract.ErrLimit)
	}
	out := make([]byte, e.Size)
	if n, err := io.ReadFull(e, out); err != nil && n < len(out) {
		return nil, fmt.Errorf("read stream: %w (%w)", extract.ErrDamaged, err)
	}
	return out, nil
}
