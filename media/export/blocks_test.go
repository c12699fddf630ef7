package export_test

import (
	"os"
	"testing"

	"diaoyue.example/workstation/media/export"
	"diaoyue.example/workstation/media/redact"
)

// TestFindsBlocksAnywhere hides two blocks of the original in a good copy, at an
// odd place, where a demuxer does not look.
func TestFindsBlocksAnywhere(t *testing.T) {
	src, _ := clip(t, false)
	dst := target(t)
	if _, err := export.Run(t.Context(), src, dst, redact.Plan{Version: 1}, export.Options{}); err != nil {
		t.Fatal(err)
	}
	stolen := make([]byte, 2*4096+1000)
	if _, err := src.ReadAt(stolen, 3*4096-500); err != nil {
		t.Fatal(err)
	}
	box := append([]byte{0, 0, 0x24, 0x10 - 4, 'f', 'r', 'e', 'e', 1, 2, 3, 4, 5}, stolen...)
	f, err := os.OpenFile(dst.Name(), os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err = f.Write(box); err != nil {
		t.Fatal(err)
	}
	r, err := export.Verify(t.Context(), src, dst, redact.Plan{Version: 1})
	if err == nil || r.BlocksShared != 2 {
		t.Errorf("%d blocks found, %v; want 2", r.BlocksShared, err)
	}
}
