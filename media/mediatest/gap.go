package mediatest

import (
	"fmt"
	"os"
)

// PutZeros puts so many zeros into the middle of the file, written or as a hole,
// as a card leaves them that lost a part.
func PutZeros(path string, zeros int64, written bool) (err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("put zeros: %w", err)
		}
	}()
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	half := int64(len(data) / 2)
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	defer func() {
		if e := f.Close(); err == nil {
			err = e
		}
	}()
	if err = f.Truncate(half); err == nil && written {
		_, err = f.WriteAt(make([]byte, zeros), half)
	}
	if err != nil {
		return err
	}
	_, err = f.WriteAt(data[half:], half+zeros)
	return err
}
