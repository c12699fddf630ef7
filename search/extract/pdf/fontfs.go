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
// folders mounted below.
type fontFS struct {
	paths map[string]string // name in fontDir → file on this machine
	names []string          // sorted
}

// newFontFS takes those of the font files that exist.
func newFontFS(fonts []string) *fontFS {
	f := &fontFS{paths: map[string]string{}}
	for _, p := range fonts {
		info, err := os.Stat(p)
		name := filepath.Base(p)
		if err != nil || !info.Mode().IsRegular() || f.paths[name] != "" {
			continue
		}
		f.paths[name] = p
		f.names = append(f.names, name)
	}
	slices.Sort(f.names)
	return f
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
		if p := f.paths[base]; p != "" {
			return os.Open(p)
		}
	}
	return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
}

func (f *fontFS) fonts() []fs.DirEntry {
	var out []fs.DirEntry
	for _, name := range f.names {
		if info, err := os.Stat(f.paths[name]); err == nil {
			out = append(out, fs.FileInfoToDirEntry(info))
		}
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
