package ingest_test

import (
	"fmt"
	"testing"

	"diaoyue.example/workstation/backend/fault"
	"diaoyue.example/workstation/backend/ingest"
	"diaoyue.example/workstation/media"
)

// A recording that needs a key is told from one that is damaged.
func TestEncryptedIsSaid(t *testing.T) {
	err := ingest.FileFault("a.mp4", fmt.Errorf("open: %w", &media.Refused{Err: media.ErrEncrypted}))
	if code, name := fault.Code(err), fault.Params(err)["name"]; code != "ingest.encrypted" || name != "a.mp4" {
		t.Errorf("%s of %q: %v", code, name, err)
	}
}
