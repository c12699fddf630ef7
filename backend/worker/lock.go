package worker

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/landlock-lsm/go-landlock/landlock"
	lsys "github.com/landlock-lsm/go-landlock/landlock/syscall"
	"golang.org/x/sys/unix"
)

// socketFD is where exec.Cmd puts the first of its extra files.
const socketFD = 3

// Status says what holds a child: what the kernel accepted, not what was hoped.
type Status struct {
	Seccomp     bool   `json:"seccomp"`      // only the calls on our list
	Landlock    int    `json:"landlock"`     // version of the kernel's interface, 0 = not in force
	NoNewPrivs  bool   `json:"no_new_privs"` // no program it might start could gain rights
	Undumpable  bool   `json:"undumpable"`   // no core, no reading of its memory by others
	Limits      Limits `json:"limits"`       // in force
	Note        string `json:"note"`         // why something is not in force
	Descriptors int    `json:"descriptors"`  // inherited ones that were closed
}

// Full reports whether everything holds.
func (s Status) Full() bool {
	return s.Seccomp && s.Landlock > 0 && s.NoNewPrivs && s.Undumpable && s.Limits.Data > 0
}

// lock gives up everything that decoding does not need. What the kernel lacks
// is said in the status; what it has must work.
func lock(l Limits) (Status, error) {
	s := Status{Limits: l}
	if err := setLimits(l); err != nil {
		return s, err
	}
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return s, fmt.Errorf("give up new privileges: %w", err)
	}
	s.NoNewPrivs = true
	var notes []string
	if abi, err := lsys.LandlockGetABIVersion(); err != nil || abi < 1 {
		notes = append(notes, "landlock is not in this kernel")
	} else if err = landlock.V9.BestEffort().Restrict(); err != nil {
		notes = append(notes, "landlock: "+err.Error())
	} else {
		s.Landlock = abi
	}
	// Only now: what is undumpable cannot read its own /proc, which the step
	// before needs.
	if err := unix.Prctl(unix.PR_SET_DUMPABLE, 0, 0, 0, 0); err != nil {
		return s, fmt.Errorf("become undumpable: %w", err)
	}
	s.Undumpable = true
	if err := filterCalls(); err != nil {
		notes = append(notes, err.Error())
	} else {
		s.Seccomp = true
	}
	s.Note = strings.Join(notes, "; ")
	return s, nil
}

// setLimits bounds memory, descriptors and files. There is no bound of
// processes: it would count those of the person at the desk, and the list of
// calls has no fork.
func setLimits(l Limits) error {
	for _, r := range []struct {
		what  int
		value uint64
		set   bool
	}{
		{unix.RLIMIT_CORE, 0, true},
		{unix.RLIMIT_DATA, l.Data, l.Data > 0},
		{unix.RLIMIT_NOFILE, l.Files, l.Files > 0},
		{unix.RLIMIT_FSIZE, l.FileSize, l.FileSize > 0},
	} {
		if !r.set {
			continue
		}
		if err := unix.Setrlimit(r.what, &unix.Rlimit{Cur: r.value, Max: r.value}); err != nil {
			return fmt.Errorf("set limit %d: %w", r.what, err)
		}
	}
	return nil
}

// closeInherited closes descriptors that libraries of the parent left open
// across exec: the display, the session bus. Those of Go's own runtime stay.
func closeInherited() (closed int, err error) {
	dir, err := os.Open("/proc/self/fd")
	if err != nil {
		return 0, fmt.Errorf("list descriptors: %w", err)
	}
	names, err := dir.Readdirnames(-1)
	if err = errors.Join(err, dir.Close()); err != nil {
		return 0, fmt.Errorf("list descriptors: %w", err)
	}
	for _, name := range names {
		fd, err := strconv.Atoi(name)
		if err != nil || fd <= socketFD {
			continue
		}
		to, err := os.Readlink("/proc/self/fd/" + name)
		if err != nil || strings.HasPrefix(to, "anon_inode:[event") || strings.HasPrefix(to, "/sys/fs/cgroup/") {
			continue // gone, or the runtime's
		}
		if err = unix.Close(fd); err != nil {
			return closed, fmt.Errorf("close descriptor %d: %w", fd, err)
		}
		closed++
	}
	return closed, nil
}
