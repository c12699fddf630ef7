package pdf

import (
	"github.com/tetratelabs/wazero/experimental"
	"golang.org/x/sys/unix"
)

// reserve gives a sandbox addresses for all the memory it may ever have and
// makes them usable as it grows. Growing then copies nothing: a sandbox at its
// limit takes that limit, where a copied one would take up to three times it
// and end a process whose memory is bounded.
//
// The memory is not the collector's: a picture that lies in it is gone with its
// sandbox. So a sandbox that has it is never ended in the middle of a call.
func reserve(_, most uint64) experimental.LinearMemory {
	b, err := unix.Mmap(-1, 0, int(most), unix.PROT_NONE, unix.MAP_ANON|unix.MAP_PRIVATE|unix.MAP_NORESERVE) //nolint:gosec // G115: memoryPages bounds it
	if err != nil {
		return &reserved{} // which refuses to grow, and so the sandbox to start
	}
	return &reserved{all: b}
}

type reserved struct {
	all    []byte
	usable uint64
}

// Reallocate makes size bytes usable, zeros at first; nil refuses.
func (r *reserved) Reallocate(size uint64) []byte {
	if size > uint64(len(r.all)) {
		return nil
	}
	if size > r.usable {
		if err := unix.Mprotect(r.all[r.usable:size], unix.PROT_READ|unix.PROT_WRITE); err != nil {
			return nil
		}
		r.usable = size
	}
	return r.all[:size:size]
}

// Free gives it all back.
func (r *reserved) Free() {
	if r.all != nil {
		_ = unix.Munmap(r.all) // an address that Mmap gave: it cannot fail
		r.all, r.usable = nil, 0
	}
}
