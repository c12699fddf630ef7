package decode

import (
	"os"
	"path/filepath"
	"testing"

	"diaoyue.example/workstation/media/frameindex"
	"diaoyue.example/workstation/media/mediatest"
)

// Leaps across a recording share one decoder and do not fill the cache; where a
// person steps on, the decoder stays while others leap.
func TestLeapsShareOneDecoder(t *testing.T) {
	path := filepath.Join(t.TempDir(), "clip")
	if err := mediatest.Make(t.Context(), path, mediatest.Clip{Width: 320, Height: 180, Frames: 300, GOP: 25}); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	ix, err := frameindex.Build(t.Context(), f, nil)
	if err != nil {
		t.Fatal(err)
	}
	d, err := Open(t.Context(), f, ix, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	show := func(numbers ...int64) {
		t.Helper()
		for _, n := range numbers {
			fr, frameErr := d.Frame(t.Context(), n)
			if frameErr != nil {
				t.Fatal(frameErr)
			}
			fr.Close()
		}
	}
	show(10, 200, 60, 290, 120, 240, 30)
	if len(d.cursors) != 1 || len(d.cache.entries) != trailLength {
		t.Errorf("after seven leaps %d decoders and %d pictures are kept", len(d.cursors), len(d.cache.entries))
	}
	show(31, 32, 33, 200, 100, 280, 150)
	if len(d.cursors) != 2 {
		t.Fatalf("%d decoders after steps and leaps", len(d.cursors))
	}
	if c := d.cursorFor(34); c.at != 33 {
		t.Errorf("the decoder that was stepped with stands at %d", c.at)
	}
}
