package viewing

import (
	"errors"
	"fmt"
	"testing"

	"diaoyue.example/workstation/media"
)

// An encrypted recording is not called damaged: its owner has the key.
func TestEngineFaultsAreTold(t *testing.T) {
	for engine, want := range map[error]error{
		media.ErrEncrypted:   ErrEncrypted,
		media.ErrMissingMoov: ErrDamaged,
		media.ErrNoFrame:     ErrNoFrame,
		media.ErrInexact:     ErrInexact,
	} {
		if got := engineFault(fmt.Errorf("open: %w", engine)); !errors.Is(got, want) {
			t.Errorf("%v is told as %v, want %v", engine, got, want)
		}
	}
}
