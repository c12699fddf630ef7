// Package probe says what a file holds without decoding it.
//
// Invariant: it reads only the open descriptor it is given and never trusts
// the file's name.
package probe

import (
	"context"
	"os"

	"diaoyue.example/workstation/media"
	"diaoyue.example/workstation/media/internal/av"
)

// File describes the recording in f, whatever f's offset. Errors wrap
// media.ErrEmpty, ErrUnsupported, ErrMissingMoov or ErrDamaged.
func File(ctx context.Context, f *os.File) (media.Container, error) {
	s, err := av.Open(ctx, f)
	if err != nil {
		return media.Container{}, err
	}
	defer s.Close()
	return s.Container(), nil
}
