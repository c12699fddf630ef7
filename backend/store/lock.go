package store

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"golang.org/x/sys/unix"

	"diaoyue.example/workstation/backend/fault"
)

// ErrHeld says that another process, or another part of this one, holds the
// archive. Parameters "pid", "host", "mode", "user", "since" (RFC 3339);
// empty when the holder could not be read.
var ErrHeld = fault.New("store.held", "the archive is held by another process")

// Modes of holding an archive.
const (
	ModeWindow = "window"
	ModeCLI    = "cli"
)

// Holder says who holds an archive. Acquire fills in what is zero.
type Holder struct {
	Mode  string    `json:"mode"`
	User  string    `json:"user"`
	Host  string    `json:"host"`
	PID   int       `json:"pid"`
	Since time.Time `json:"since"`
}

// Lock is the exclusive hold on an archive. It ends with Release or with the
// process, however that ends.
type Lock struct{ f *os.File }

// Acquire takes the archive in dir, or returns ErrHeld with the holder as
// parameters; ErrNoSpace, ErrReadOnly or ErrDisk when the disk lets nobody in. It is called before anything of the archive is opened. The file
// "lock" stays when the hold ends: were it removed, two processes could each
// lock a file of that name.
func Acquire(dir string, h Holder) (*Lock, error) {
	f, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open lock: %w", classifyFile(err))
	}
	// A lock of the open file description: no other close in this process
	// strips it, and a second open in this process is refused too.
	whole := unix.Flock_t{Type: unix.F_WRLCK, Whence: io.SeekStart}
	if err := unix.FcntlFlock(f.Fd(), unix.F_OFD_SETLK, &whole); err != nil {
		defer f.Close()
		if errors.Is(err, unix.EAGAIN) || errors.Is(err, unix.EACCES) {
			return nil, held(f)
		}
		return nil, fmt.Errorf("lock archive: %w", err)
	}
	if err := sign(f, h); err != nil {
		_ = f.Close()
		return nil, fmt.Errorf("write lock: %w", classifyFile(err))
	}
	return &Lock{f: f}, nil
}

// classifyFile puts the sentinel of this room over an error of a plain file.
func classifyFile(err error) error {
	switch {
	case errors.Is(err, unix.ENOSPC), errors.Is(err, unix.EDQUOT):
		return fmt.Errorf("%w: %w", ErrNoSpace, err)
	case errors.Is(err, unix.EROFS), errors.Is(err, unix.EACCES), errors.Is(err, unix.EPERM):
		return fmt.Errorf("%w: %w", ErrReadOnly, err)
	case errors.Is(err, unix.EIO):
		return fmt.Errorf("%w: %w", ErrDisk, err)
	}
	return err
}

// Release gives the archive up.
func (l *Lock) Release() error {
	return errors.Join(l.f.Truncate(0), l.f.Close())
}

func held(f *os.File) error {
	var h Holder
	if err := json.NewDecoder(io.LimitReader(f, 4096)).Decode(&h); err != nil {
		return ErrHeld.With("pid", "", "host", "", "mode", "", "user", "", "since", "")
	}
	return ErrHeld.With("pid", strconv.Itoa(h.PID), "host", h.Host, "mode", h.Mode, "user", h.User, "since", h.Since.Format(time.RFC3339))
}

func sign(f *os.File, h Holder) error {
	if h.PID == 0 {
		h.PID = os.Getpid()
	}
	if h.Host == "" {
		h.Host, _ = os.Hostname()
	}
	if err := f.Truncate(0); err != nil {
		return err
	}
	if h.Since.IsZero() {
		// The file's own time says when it was taken, without a clock here.
		st, err := f.Stat()
		if err != nil {
			return err
		}
		h.Since = st.ModTime()
	}
	text, err := json.Marshal(h)
	if err != nil {
		return err
	}
	_, err = f.WriteAt(append(text, '\n'), 0)
	return err
}
