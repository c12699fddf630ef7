package conduit

import (
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// MaxBody bounds a body in shared memory: a picture of 8K without loss.
const MaxBody = 256 << 20

// seals that a body must carry: it can no longer change under its reader.
const seals = unix.F_SEAL_SEAL | unix.F_SEAL_SHRINK | unix.F_SEAL_GROW | unix.F_SEAL_WRITE

// share puts b into sealed shared memory: a picture then costs two copies and
// no waiting for a socket that is full.
func share(b []byte) (*os.File, error) {
	fd, err := unix.MemfdCreate("body", unix.MFD_CLOEXEC|unix.MFD_ALLOW_SEALING)
	if err != nil {
		return nil, fmt.Errorf("make shared memory: %w", err)
	}
	for at := 0; at < len(b); {
		n, err := unix.Write(fd, b[at:])
		if err != nil && !errors.Is(err, unix.EINTR) {
			return nil, errors.Join(fmt.Errorf("fill shared memory: %w", err), unix.Close(fd))
		}
		at += max(n, 0)
	}
	if _, err := unix.FcntlInt(uintptr(fd), unix.F_ADD_SEALS, seals); err != nil {
		return nil, errors.Join(fmt.Errorf("seal shared memory: %w", err), unix.Close(fd))
	}
	return os.NewFile(uintptr(fd), "body"), nil
}

// unshare copies a body of n bytes out. Only sealed memory of just that size is
// one: a pipe or a foreign file system would let the reader wait for ever.
func unshare(f *os.File, n int) ([]byte, error) {
	out := make([]byte, n)
	err := withDescriptors([]*os.File{f}, nil, func(fds []int) error {
		got, err := unix.FcntlInt(uintptr(fds[0]), unix.F_GET_SEALS, 0)
		if err != nil || got&seals != seals {
			return fmt.Errorf("%w: a body that is not sealed", ErrProtocol)
		}
		var st unix.Stat_t
		if err = unix.Fstat(fds[0], &st); err != nil || st.Size != int64(n) {
			return fmt.Errorf("%w: a body of another size", ErrProtocol)
		}
		for at := 0; at < n; {
			m, err := unix.Pread(fds[0], out[at:], int64(at))
			if errors.Is(err, unix.EINTR) {
				continue
			}
			if err != nil || m == 0 {
				return fmt.Errorf("%w: read body: %w", ErrProtocol, err)
			}
			at += m
		}
		return nil
	})
	return out, err
}
