package decode

import (
	"os"
	"path/filepath"
	"testing"

	"diaoyue.example/workstation/media/frameindex"
	"diaoyue.example/workstation/media/mediatest"
)

// leaper opens a clip with groups of a length, and gives a way to ask for frames.
func leaper(t *testing.T, group int) (d *Decoder, show func(numbers ...int64)) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "clip")
	if err := mediatest.Make(t.Context(), path, mediatest.Clip{Width: 320, Height: 180, Frames: 300, GOP: group}); err != nil {
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
	if d, err = Open(t.Context(), f, ix, Options{}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.Close)
	return d, func(numbers ...int64) {
		t.Helper()
		for _, n := range numbers {
			fr, frameErr := d.Frame(t.Context(), n)
			if frameErr != nil {
				t.Fatal(frameErr)
			}
			fr.Close()
		}
	}
}

// Leaps across a recording share one decoder and do not fill the cache; where a
// person steps on, the decoder stays while others leap.
func TestLeapsShareOneDecoder(t *testing.T) {
	d, show := leaper(t, 25)
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

// Where a long way was decoded to a frame, the decoder stays there: a later leap
// a little farther on goes on from it.
func TestLongWaysAreKept(t *testing.T) {
	d, show := leaper(t, 150)
	show(140, 290, 60)
	if len(d.cursors) != 3 {
		t.Fatalf("%d decoders stand at three dear places", len(d.cursors))
	}
	for _, n := range []int64{145, 295, 65} {
		from := d.cursorFor(n).at
		if from != n-5 {
			t.Errorf("frame %d is reached from %d", n, from)
		}
		show(n)
	}
	show(20, 10) // little was decoded to be there
	if len(d.cursors) != 3 {
		t.Errorf("%d decoders", len(d.cursors))
	}
}

// The first picture of a recording costs one packet, and what follows goes on
// from there.
func TestFirstPictureCostsOnePacket(t *testing.T) {
	d, show := leaper(t, 25)
	show(0)
	if c := d.cursors[0]; c.next != 1 || c.ended {
		t.Errorf("the first picture took %d packets", c.next)
	}
	show(1, 2)
	if c := d.cursors[0]; c.at != 2 || c.begun != 0 {
		t.Errorf("the decoder that went on stands at %d, begun at %d", c.at, c.begun)
	}
	show(200, 0, 24, 25)
}
