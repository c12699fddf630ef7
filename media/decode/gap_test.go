package decode_test

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"diaoyue.example/workstation/media/decode"
	"diaoyue.example/workstation/media/frameindex"
	"diaoyue.example/workstation/media/mediatest"
)

// A recording that lost gigabytes in its middle says that it is damaged, and
// shows what is left, before and behind, under its numbers in any order; its
// sound is heard on both sides.
func TestGapInTheMiddle(t *testing.T) {
	for _, format := range []string{"mpegts", "matroska"} {
		t.Run(format, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "clip")
			if err := mediatest.Make(t.Context(), path, mediatest.Clip{Width: 240, Height: 136, Frames: 400, GOP: 25, Format: format, Sound: true}); err != nil {
				t.Fatal(err)
			}
			if err := mediatest.PutZeros(path, -1, 10<<30, false); err != nil {
				t.Fatal(err)
			}
			f := open(t, path)
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			ix, err := frameindex.Build(ctx, f, nil)
			if err != nil {
				t.Fatal(err)
			}
			d := opened(t, f, ix, decode.Options{})
			defer d.Close()
			if ix.State() != frameindex.Damaged || ix.Len() < 250 || ix.Len() > 400 {
				t.Fatalf("%d frames, %v", ix.Len(), ix.State())
			}
			lost := 400 - ix.Len()
			for n, want := range map[int64]int64{0: 0, 20: 20, ix.Len() - 30: ix.Len() - 30 + lost, ix.Len() - 1: 399} {
				if got, err := mediatest.ReadNumber(display(t, d, n, 0)); err != nil || got != want {
					t.Errorf("frame %d shows %d, want %d: %v", n, got, want, err)
				}
			}
			for _, from := range []float64{1, ix.Duration() - 2} {
				if s := sound(t, d, from, from+1); loud(s.Data) < 300 {
					t.Errorf("from %v on nothing is heard", from)
				}
			}
		})
	}
}
