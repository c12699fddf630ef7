package pdf

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// fontDir is where PDFium looks for fonts.
const fontDir = "usr/share/fonts"

// fontFS is the whole file system of the sandbox: a root with a few font files
// in fontDir, read-only. It must be mounted as the root: PDFium does not find
// folders mounted below. The files are opened once, so that a process that may
// open nothing any more can still start sandboxes.
type fontFS struct {
	files map[string]*fontFile // by name in fontDir
	names []string             // sorted
}

// fontFile is a font of this machine, held open.
type fontFile struct {
	file *os.File
	info fs.FileInfo
}

// newFontFS takes those of the font files that exist.
func newFontFS(fonts []string) *fontFS {
	f := &fontFS{files: map[string]*fontFile{}}
	for _, p := range fonts {
		name := filepath.Base(p)
		if f.files[name] != nil {
			continue
		}
		file, err := os.Open(p)
		if err != nil {
			continue
		}
		info, err := file.Stat()
		if err != nil || !info.Mode().IsRegular() {
			_ = file.Close() // only looked at
			continue
		}
		f.files[name] = &fontFile{file, info}
		f.names = append(f.names, name)
	}
	slices.Sort(f.names)
	return f
}

// close lets the fonts go.
func (f *fontFS) close() {
	for _, font := range f.files {
		_ = font.file.Close() // only read
	}
}

// Open is fs.FS.
func (f *fontFS) Open(name string) (fs.File, error) {
	if !fs.ValidPath(name) {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrInvalid}
	}
	switch {
	case name == fontDir:
		return &folder{name: path.Base(name), entries: f.fonts()}, nil
	case name == ".":
		return &folder{name: name, entries: below("")}, nil
	case strings.HasPrefix(fontDir, name+"/"):
		return &folder{name: path.Base(name), entries: below(name + "/")}, nil
	}
	if dir, base := path.Split(name); dir == fontDir+"/" {
		if font := f.files[base]; font != nil {
			return &openFont{io.NewSectionReader(font.file, 0, font.info.Size()), font.info}, nil
		}
	}
	return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
}

// openFont is a font opened in the sandbox: its own place in a shared file.
type openFont struct {
	*io.SectionReader
	info fs.FileInfo
}

func (o *openFont) Stat() (fs.FileInfo, error) { return o.info, nil }

func (o *openFont) Close() error { return nil }

func (f *fontFS) fonts() []fs.DirEntry {
	var out []fs.DirEntry
	for _, name := range f.names {
		out = append(out, fs.FileInfoToDirEntry(f.files[name].info))
	}
	return out
}

// below is the one folder on the way to fontDir after a prefix of it.
func below(prefix string) []fs.DirEntry {
	name, _, _ := strings.Cut(strings.TrimPrefix(fontDir, prefix), "/")
	return []fs.DirEntry{fs.FileInfoToDirEntry(folderInfo(name))}
}

// folder is an open folder.
type folder struct {
	name    string
	entries []fs.DirEntry
	at      int
}

func (d *folder) Stat() (fs.FileInfo, error) { return folderInfo(d.name), nil }

func (d *folder) Read([]byte) (int, error) {
	return 0, &fs.PathError{Op: "read", Path: d.name, Err: errors.New("is a directory")}
}

func (d *folder) Close() error { return nil }

// ReadDir is fs.ReadDirFile.
func (d *folder) ReadDir(n int) ([]fs.DirEntry, error) {
	rest := d.entries[d.at:]
	if n <= 0 {
		d.at = len(d.entries)
		return rest, nil
	}
	if len(rest) == 0 {
		return nil, io.EOF
	}
	rest = rest[:min(n, len(rest))]
	d.at += len(rest)
	return rest, nil
}

type folderInfo string

func (i folderInfo) Name() string       { return string(i) }
func (i folderInfo) Size() int64        { return 0 }
func (i folderInfo) Mode() fs.FileMode  { return fs.ModeDir | 0o555 }
func (i folderInfo) ModTime() time.Time { return time.Time{} }
func (i folderInfo) IsDir() bool        { return true }
func (i folderInfo) Sys() any           { return nil }
