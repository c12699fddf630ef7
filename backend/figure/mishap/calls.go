//go:build linux && amd64

package mishap

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Failure says which file operation below Dir fails, and how. Counted are the
// calls that change a file or a folder, or make it durable: creating, opening
// for writing, writing, truncating, syncing, linking, renaming, removing.
type Failure struct {
	Dir   string
	At    int               // the first that fails, from 1; 0 = none, they are counted only
	Errno unix.Errno        // as unix.EIO
	Stays bool              // all later ones fail too, as on a full disk
	Kill  bool              // the child is killed instead, before the operation is done
	Spare func(string) bool // paths whose operations are not counted; may be nil
}

// listening names the descriptor over which a child hands over its calls.
const listening = "DIAOYUE_MISHAP_FD"

// watched are the calls that wait for the parent's word.
func watched() []uint32 {
	return []uint32{
		unix.SYS_WRITE, unix.SYS_PWRITE64, unix.SYS_WRITEV, unix.SYS_PWRITEV, unix.SYS_COPY_FILE_RANGE,
		unix.SYS_FSYNC, unix.SYS_FDATASYNC, unix.SYS_FTRUNCATE, unix.SYS_FALLOCATE,
		unix.SYS_OPEN, unix.SYS_OPENAT, unix.SYS_MKDIR, unix.SYS_MKDIRAT, unix.SYS_LINK, unix.SYS_LINKAT,
		unix.SYS_RENAME, unix.SYS_RENAMEAT, unix.SYS_RENAMEAT2, unix.SYS_UNLINK, unix.SYS_UNLINKAT, unix.SYS_RMDIR,
	}
}

// Submit is called by the child before it touches any file: from then on the
// parent decides which of its file operations fail. Without a parent that
// listens it does nothing.
func Submit() error {
	var fd int
	if _, err := fmt.Sscan(os.Getenv(listening), &fd); err != nil {
		return nil //nolint:nilerr // nobody listens
	}
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return fmt.Errorf("give up privileges: %w", err)
	}
	program := filter()
	prog := unix.SockFprog{Len: uint16(len(program)), Filter: &program[0]} //nolint:gosec // a dozen instructions
	listener, _, errno := unix.Syscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER,
		unix.SECCOMP_FILTER_FLAG_NEW_LISTENER|unix.SECCOMP_FILTER_FLAG_TSYNC|unix.SECCOMP_FILTER_FLAG_TSYNC_ESRCH|unix.SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV,
		uintptr(unsafe.Pointer(&prog)))
	if errno != 0 {
		return fmt.Errorf("%w: watch calls: %w", ErrUnable, errno)
	}
	if err := unix.Sendmsg(fd, []byte{1}, unix.UnixRights(int(listener)), nil, 0); err != nil {
		return fmt.Errorf("hand over calls: %w", err)
	}
	return errors.Join(unix.Close(int(listener)), unix.Close(fd))
}

func filter() []unix.SockFilter {
	const number, machine = 0, 4 // offsets in struct seccomp_data
	load := func(offset uint32) unix.SockFilter {
		return unix.SockFilter{Code: unix.BPF_LD | unix.BPF_W | unix.BPF_ABS, K: offset}
	}
	give := func(what uint32) unix.SockFilter { return unix.SockFilter{Code: unix.BPF_RET | unix.BPF_K, K: what} }
	calls := watched()
	out := []unix.SockFilter{
		load(machine),
		{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, Jt: 1, K: unix.AUDIT_ARCH_X86_64},
		give(unix.SECCOMP_RET_ALLOW),
		load(number),
	}
	for i, nr := range calls {
		out = append(out, unix.SockFilter{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, Jt: uint8(len(calls) - i), K: nr}) //nolint:gosec // two dozen
	}
	return append(out, give(unix.SECCOMP_RET_ALLOW), give(unix.SECCOMP_RET_USER_NOTIF))
}

// Run runs a child that calls Submit, and lets its file operations fail as f
// says. It returns how many were counted; that the child ended with an exit
// code is no error.
func Run(cmd *exec.Cmd, f Failure) (counted int, err error) {
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return 0, err
	}
	theirs := os.NewFile(uintptr(pair[1]), "calls")
	cmd.ExtraFiles = append(cmd.ExtraFiles, theirs)
	if cmd.Env == nil {
		cmd.Env = os.Environ()
	}
	cmd.Env = append(cmd.Env, fmt.Sprintf("%s=%d", listening, 2+len(cmd.ExtraFiles)))
	err = cmd.Start()
	_ = theirs.Close()
	if err != nil {
		_ = unix.Close(pair[0])
		return 0, err
	}
	listener, err := receive(pair[0])
	_ = unix.Close(pair[0])
	if err == nil {
		counted, err = f.judge(listener, cmd.Process)
		_ = unix.Close(listener)
	}
	if err != nil {
		_ = cmd.Process.Kill()
	}
	ended := cmd.Wait()
	var code *exec.ExitError
	if errors.As(ended, &code) {
		ended = nil
	}
	return counted, errors.Join(err, ended)
}

func receive(fd int) (int, error) {
	rights := make([]byte, unix.CmsgSpace(4))
	_, n, _, _, err := unix.Recvmsg(fd, make([]byte, 1), rights, unix.MSG_CMSG_CLOEXEC)
	if err != nil {
		return 0, err
	}
	messages, err := unix.ParseSocketControlMessage(rights[:n])
	if err != nil || len(messages) != 1 {
		return 0, fmt.Errorf("%w: the child did not hand over its calls: %w", ErrUnable, err)
	}
	fds, err := unix.ParseUnixRights(&messages[0])
	if err != nil || len(fds) != 1 {
		return 0, fmt.Errorf("%w: the child handed over nothing: %w", ErrUnable, err)
	}
	return fds[0], nil
}

// notice and answer are struct seccomp_notif and seccomp_notif_resp.
type notice struct {
	id      uint64
	pid     uint32
	flags   uint32
	number  int32
	machine uint32
	pointer uint64
	args    [6]uint64
}

type answer struct {
	id    uint64
	value int64
	errno int32
	flags uint32
}

// judge answers the child's calls until it is gone.
func (f Failure) judge(listener int, child *os.Process) (counted int, err error) {
	for {
		waiting := []unix.PollFd{{Fd: int32(listener), Events: unix.POLLIN}} //nolint:gosec // a descriptor
		if _, err := unix.Poll(waiting, -1); errors.Is(err, unix.EINTR) {
			continue
		} else if err != nil {
			return counted, err
		}
		if waiting[0].Revents&unix.POLLIN == 0 {
			return counted, nil // hung up: the child is gone
		}
		var n notice
		if _, _, errno := unix.Syscall(unix.SYS_IOCTL, uintptr(listener), unix.SECCOMP_IOCTL_NOTIF_RECV, uintptr(unsafe.Pointer(&n))); errno != 0 {
			if errno == unix.ENOENT || errno == unix.EINTR {
				continue
			}
			return counted, errno
		}
		a := answer{id: n.id, flags: unix.SECCOMP_USER_NOTIF_FLAG_CONTINUE}
		if f.concerns(n) {
			counted++
			if f.Kill && counted == f.At {
				return counted, child.Kill()
			}
			if f.At > 0 && (counted == f.At || f.Stays && counted > f.At) {
				a.flags, a.errno = 0, -int32(f.Errno) //nolint:gosec // an error number
			}
		}
		if _, _, errno := unix.Syscall(unix.SYS_IOCTL, uintptr(listener), unix.SECCOMP_IOCTL_NOTIF_SEND, uintptr(unsafe.Pointer(&a))); errno != 0 && errno != unix.ENOENT {
			return counted, errno
		}
	}
}

// concerns reports whether the call changes something below the folder.
func (f Failure) concerns(n notice) bool {
	path := ""
	switch n.number {
	case unix.SYS_OPEN:
		path = opened(n, n.args[0], n.args[1])
	case unix.SYS_OPENAT:
		path = opened(n, n.args[1], n.args[2])
	case unix.SYS_MKDIR, unix.SYS_LINK, unix.SYS_RENAME, unix.SYS_UNLINK, unix.SYS_RMDIR:
		path = text(n.pid, n.args[0])
	case unix.SYS_MKDIRAT, unix.SYS_LINKAT, unix.SYS_RENAMEAT, unix.SYS_RENAMEAT2, unix.SYS_UNLINKAT:
		path = text(n.pid, n.args[1])
	case unix.SYS_COPY_FILE_RANGE:
		path = described(n.pid, n.args[2])
	default:
		path = described(n.pid, n.args[0])
	}
	below, err := filepath.Rel(f.Dir, path)
	return err == nil && path != "" && filepath.IsLocal(below) && (f.Spare == nil || !f.Spare(path))
}

// opened is the path of an opening that may write; reading fails no disk here.
func opened(n notice, path, flags uint64) string {
	if flags&(unix.O_WRONLY|unix.O_RDWR|unix.O_CREAT|unix.O_TRUNC) == 0 {
		return ""
	}
	return text(n.pid, path)
}

// described is the path behind a descriptor of the thread.
func described(pid uint32, fd uint64) string {
	path, err := os.Readlink(fmt.Sprintf("/proc/%d/fd/%d", pid, int32(fd))) //nolint:gosec // a descriptor
	if err != nil {
		return ""
	}
	return strings.TrimSuffix(path, " (deleted)")
}

// text reads a path from the memory of the thread.
func text(pid uint32, at uint64) string {
	memory, err := os.Open(fmt.Sprintf("/proc/%d/mem", pid))
	if err != nil {
		return ""
	}
	defer memory.Close()
	buf := make([]byte, unix.PathMax)
	got, _ := memory.ReadAt(buf, int64(at)) //nolint:gosec // an address; what could be read is looked at
	path, _, _ := strings.Cut(string(buf[:got]), "\x00")
	if !filepath.IsAbs(path) {
		if cwd, err := os.Readlink(fmt.Sprintf("/proc/%d/cwd", pid)); err == nil {
			path = filepath.Join(cwd, path)
		}
	}
	return path
}
