package mediatest

import (
	"fmt"
	"os"
)

// PutZeros puts so many zeros into the file from byte `at` on (-1: the middle),
// written or as a hole, as a card leaves them that lost a part.
func PutZeros(path string, at, zeros int64, written bool) (err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("put zeros: %w", err)
		}
	}()
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if at < 0 {
		at = int64(len(data) / 2)
	}
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	defer func() {
		if e := f.Close(); err == nil {
			err = e
		}
	}()
	if err = f.Truncate(at); err == nil && written {
		_, err = f.WriteAt(make([]byte, zeros), at)
	}
	if err != nil {
		return err
	}
	_, err = f.WriteAt(data[at:], at+zeros)
	return err
}
