package decode_test

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"testing"

	"diaoyue.example/workstation/media"
	"diaoyue.example/workstation/media/decode"
	"diaoyue.example/workstation/media/mediatest"
)

// What a moving wish is shown, decoded ahead or not, is the very picture that a
// resting one gets, in both directions and at every speed.
func TestViewsInMotion(t *testing.T) {
	for name, clip := range map[string]mediatest.Clip{
		"long gop":  {Width: 240, Height: 136, Frames: 120, GOP: 250, BFrames: 3},
		"open gop":  {Width: 240, Height: 136, Frames: 80, GOP: 15, BFrames: 3, X264: "open-gop=1"},
		"refresh":   {Width: 240, Height: 136, Frames: 60, GOP: 15, X264: "intra-refresh=1", Format: "mpegts"},
		"lying avi": {Width: 240, Height: 136, Frames: 60, GOP: 15, BFrames: 2, Format: "avi", Codec: "mpeg4"},
	} {
		t.Run(name, func(t *testing.T) {
			f := made(t, clip)
			ix, _ := linear(t, f)
			still := opened(t, f, ix, decode.Options{})
			defer still.Close()
			for _, size := range []int{0, 100} {
				want := make([]media.Picture, ix.Len())
				for n := range want {
					want[n] = display(t, still, int64(n), size)
				}
				// So small a cache that pictures made ahead are dropped again.
				d := opened(t, f, ix, decode.Options{CacheBytes: 20 * 240 * 136 * 3 / 2})
				for _, step := range []int64{1, -1, 2, 4, -8, 8, -2, 1} {
					n := int64(0)
					if step < 0 {
						n = ix.Len() - 1
					}
					for ; n >= 0 && n < ix.Len(); n += step {
						v, err := d.View(t.Context(), n, decode.Wish{MaxWidth: size, MaxHeight: size, Step: step})
						if err != nil {
							t.Fatalf("step %d, frame %d: %v", step, n, err)
						}
						if v.Info.Number != n || !same(v.Picture, want[n]) {
							t.Fatalf("size %d, step %d: frame %d is another picture (told as %d)", size, step, n, v.Info.Number)
						}
					}
				}
				d.Close()
			}
		})
	}
}

func display(t *testing.T, d *decode.Decoder, n int64, size int) media.Picture {
	t.Helper()
	fr, err := d.Frame(t.Context(), n)
	if err != nil {
		t.Fatal(err)
	}
	defer fr.Close()
	p, err := fr.Display(size, size)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func same(a, b media.Picture) bool {
	return a.Width == b.Width && a.Height == b.Height && a.Matrix == b.Matrix && a.FullRange == b.FullRange &&
		bytes.Equal(a.Planes[0], b.Planes[0]) && bytes.Equal(a.Planes[1], b.Planes[1]) && bytes.Equal(a.Planes[2], b.Planes[2])
}

// Steps that turn, jumps between them and a person who goes back and forth: no
// picture stands under a number that is not its own, whatever was kept on the way.
func TestBackAndForth(t *testing.T) {
	f := made(t, mediatest.Clip{Width: 240, Height: 136, Frames: 90, GOP: 250, BFrames: 3})
	ix, want := linear(t, f)
	d := opened(t, f, ix, decode.Options{CacheBytes: 16 * 240 * 136 * 3 / 2})
	defer d.Close()
	walks := map[string][]int64{}
	for i, turns := range [][]int64{{1, 1, 1, -1}, {-1, -1, 1}, {1, 5, -3}, {-20, 1, 1, 1, -1, -1}, {40, -1, -1, 1}} {
		n, walk := int64(45), []int64{}
		for range 40 {
			for _, by := range turns {
				n = (n + by + ix.Len()) % ix.Len()
				walk = append(walk, n)
			}
		}
		walks[fmt.Sprint(i)] = walk
	}
	for _, name := range slices.Sorted(maps.Keys(walks)) {
		if wrong := check(t, d, walks[name], want); wrong > 0 {
			t.Errorf("walk %s: %d frames wrong", name, wrong)
		}
	}
}
