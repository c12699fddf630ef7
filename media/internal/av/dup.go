package av

/*
#include <fcntl.h>
static int dy_dup(int fd) { return fcntl(fd, F_DUPFD_CLOEXEC, 3); }
*/
import "C"

import (
	"errors"
	"os"
)

// Dup returns a second handle on f's open file, so that f may be closed. The
// caller closes it.
func Dup(f *os.File) (*os.File, error) {
	fd, err := withDescriptor(f, func(fd C.int) C.int { return C.dy_dup(fd) })
	if err != nil {
		return nil, err
	}
	if fd < 0 {
		return nil, errors.New("duplicate descriptor: refused by the system")
	}
	return os.NewFile(uintptr(fd), f.Name()), nil
}
