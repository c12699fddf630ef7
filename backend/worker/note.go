package worker

import (
	"encoding/binary"
	"errors"
	"io"
)

// maxNote bounds what is said before the engine's own protocol begins.
const maxNote = 16 << 10

var errNote = errors.New("the worker said something else than expected")

// A note is a length of four bytes, big-endian, and that much JSON.
func sendNote(w io.Writer, b []byte) error {
	_, err := w.Write(append(binary.BigEndian.AppendUint32(nil, uint32(len(b))), b...)) //nolint:gosec // G115: a note is short
	return err
}

func receiveNote(r io.Reader) ([]byte, error) {
	var size [4]byte
	if _, err := io.ReadFull(r, size[:]); err != nil {
		return nil, err
	}
	n := binary.BigEndian.Uint32(size[:])
	if n > maxNote {
		return nil, errNote
	}
	b := make([]byte, n)
	_, err := io.ReadFull(r, b)
	return b, err
}
