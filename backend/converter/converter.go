// Package converter lets LibreOffice, where it is installed, lay office papers
// out as PDF, so that they are read and shown as their office would print them.
//
// Invariant: LibreOffice gets a private copy of one file in a folder of its own
// and nothing else: no original, no network where the system allows to take it
// away, no macros, a bounded time, memory and output. Whatever it does, the
// answer is a PDF or one of the errors, and the folder is gone afterwards.
package converter

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// Sentinels of the room.
var (
	// ErrAbsent: LibreOffice is not installed.
	ErrAbsent = errors.New("LibreOffice is not installed")
	// ErrTooSlow: it was ended after the time a paper may take.
	ErrTooSlow = errors.New("LibreOffice took too long")
	// ErrNoPDF: it ended without a PDF, twice.
	ErrNoPDF = errors.New("LibreOffice made no PDF of the file")
)

// What a conversion may cost.
const (
	patience  = 120 * time.Second // on the wall; an ordinary paper takes 3 to 7 s
	maxCPU    = 180               // seconds of the processor
	maxMemory = 4 << 20           // KiB of address space, of which LibreOffice maps much and uses little
	maxFile   = 256 << 20         // bytes of any file it writes
)

// Office converts, one paper at a time. It is safe for concurrent use.
type Office struct {
	program  string // "" where there is none
	dir      string // below which every conversion has its folder
	patience time.Duration
	turn     sync.Mutex
}

// Config says where things lie on this machine.
type Config struct {
	Program  string        // "" looks for LibreOffice, None does without
	Dir      string        // for the folders of conversions; "" takes the system's
	Patience time.Duration // 0 = two minutes
}

// None as Config.Program converts nothing.
const None = "-"

// New looks for LibreOffice and sweeps what a killed program left behind.
func New(cfg Config) *Office {
	o := &Office{program: cfg.Program, dir: cfg.Dir, patience: cfg.Patience}
	switch o.program {
	case "":
		o.program = find()
	case None:
		o.program = ""
	}
	if o.dir == "" {
		o.dir = os.TempDir()
	}
	if o.patience <= 0 {
		o.patience = patience
	}
	o.sweep()
	return o
}

// Present reports whether there is a LibreOffice.
func (o *Office) Present() bool { return o.program != "" }

// Program is where LibreOffice lies, "" where there is none.
func (o *Office) Program() string { return o.program }

// find looks on the PATH, and where LibreOffice lies on UOS and from the packages
// of libreoffice.org.
func find() string {
	for _, name := range []string{"soffice", "libreoffice"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	for _, pattern := range []string{"/usr/lib/libreoffice/program/soffice", "/opt/libreoffice*/program/soffice"} {
		if found, _ := filepath.Glob(pattern); len(found) > 0 {
			return found[len(found)-1]
		}
	}
	return ""
}

// Converts reports whether a file is an office paper by the ending of its name.
// LibreOffice tells by the bytes what it really is.
func Converts(name string) bool {
	switch strings.ToLower(strings.TrimPrefix(filepath.Ext(name), ".")) {
	case "doc", "docx", "dot", "dotx", "docm", "rtf", "odt", "wps", "wpt",
		"xls", "xlsx", "xlsm", "xlt", "ods", "et", "ett",
		"ppt", "pptx", "pps", "ppsx", "odp", "dps", "dpt":
		return true
	}
	return false
}

// PDF returns the paper that src holds as an open PDF, which has no name any
// more: close it. name gives the ending by which LibreOffice opens the paper.
// Errors: ErrAbsent, ErrTooSlow, ErrNoPDF, those of reading src, and the
// context's.
func (o *Office) PDF(ctx context.Context, src io.ReaderAt, size int64, name string) (*os.File, error) {
	if !o.Present() {
		return nil, ErrAbsent
	}
	o.turn.Lock()
	defer o.turn.Unlock()
	pdf, err := o.try(ctx, src, size, name)
	if errors.Is(err, ErrNoPDF) && ctx.Err() == nil {
		pdf, err = o.try(ctx, src, size, name) // its first start with a fresh profile fails now and then
	}
	if err != nil {
		return nil, fmt.Errorf("convert %s: %w", strings.ToLower(filepath.Ext(name)), err)
	}
	return pdf, nil
}

func (o *Office) try(ctx context.Context, src io.ReaderAt, size int64, name string) (pdf *os.File, err error) {
	dir, err := os.MkdirTemp(o.dir, folder)
	if err != nil {
		return nil, fmt.Errorf("make folder: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	in := filepath.Join(dir, "in", "paper"+strings.ToLower(filepath.Ext(name)))
	if err = prepare(dir, in, io.NewSectionReader(src, 0, size)); err != nil {
		return nil, err
	}
	if err = o.run(ctx, dir, in); err != nil {
		return nil, err
	}
	return opened(filepath.Join(dir, "out", "paper.pdf"))
}

// prepare lays out a conversion's folder: the private copy, a profile without
// macros, and where the PDF shall lie.
func prepare(dir, in string, src io.Reader) error {
	for _, sub := range []string{"in", "out", "profile/user", "tmp"} {
		if err := os.MkdirAll(filepath.Join(dir, sub), 0o700); err != nil {
			return fmt.Errorf("make folder: %w", err)
		}
	}
	f, err := os.OpenFile(in, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o400)
	if err != nil {
		return fmt.Errorf("copy paper: %w", err)
	}
	_, err = io.Copy(f, src)
	if err = errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("copy paper: %w", err)
	}
	if err = os.WriteFile(filepath.Join(dir, "profile/user/registrymodifications.xcu"), []byte(profile), 0o600); err != nil {
		return fmt.Errorf("write profile: %w", err)
	}
	return nil
}

// opened gives what was made, if it is a PDF by its first bytes. A link, which
// could lead to anything, is not followed.
func opened(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_RDONLY|unix.O_NOFOLLOW|unix.O_NONBLOCK, 0)
	if err != nil {
		return nil, ErrNoPDF
	}
	head := make([]byte, 5)
	info, err := f.Stat()
	if err == nil && info.Mode().IsRegular() {
		_, err = f.ReadAt(head, 0)
	}
	if err != nil || !bytes.Equal(head, []byte("%PDF-")) {
		return nil, errors.Join(ErrNoPDF, f.Close())
	}
	return f, nil
}

// folder is the beginning of a conversion's folder.
const folder = "diaoyue-office-*"

// sweep removes the folders of conversions that ended with their program. One
// that is younger than any conversion may be somebody else's; how old it is,
// the file system's own clock tells by a fresh one.
func (o *Office) sweep() {
	fresh, err := os.MkdirTemp(o.dir, folder)
	if err != nil {
		return // then there is nothing to sweep either
	}
	defer os.RemoveAll(fresh)
	now, err := os.Lstat(fresh)
	if err != nil {
		return
	}
	found, _ := filepath.Glob(filepath.Join(o.dir, folder))
	for _, dir := range found {
		if info, err := os.Lstat(dir); err == nil && info.IsDir() && now.ModTime().Sub(info.ModTime()) > 2*patience {
			_ = os.RemoveAll(dir) // what cannot be removed is somebody else's
		}
	}
}
