package decode_test

import (
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"diaoyue.example/workstation/media/decode"
)

// AMR, as older recorders and telephones write it: nobody here encodes it, but
// any bits are sound. From the start samples are ffmpeg's; after a jump the upper
// band of AMR-WB is other noise, which the decoder makes up, at the same places.
func TestSoundOfAMR(t *testing.T) {
	requireFFmpeg(t)
	narrow, wide := amr("#!AMR\n", 7, 31), amr("#!AMR-WB\n", 8, 60)
	for name, c := range map[string]struct {
		data []byte
		rate int
		loud int // a difference is this much softer than the sound at least
	}{
		"narrow.amr": {narrow, 8000, 1000}, "narrow.3gp": {narrow, 8000, 1000}, "narrow.mov": {narrow, 8000, 1000},
		"wide.amr": {wide, 16000, 10}, "wide.3gp": {wide, 16000, 10}, "wide.mov": {wide, 16000, 10},
	} {
		t.Run(name, func(t *testing.T) {
			plain := filepath.Join(t.TempDir(), "plain.amr")
			if err := os.WriteFile(plain, c.data, 0o600); err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(t.TempDir(), name)
			ffmpeg(t, "-i", plain, "-c", "copy", path)
			want := samples(ffmpeg(t, "-i", path, "-f", "s16le", "-"))
			f := open(t, path)
			d := opened(t, f, nil, decode.Options{})
			defer d.Close()
			whole := sound(t, d, 0, 9)
			if i, most := differs(whole.Data, want); whole.Rate != c.rate || len(whole.Data) != len(want) || most > 1 {
				t.Fatalf("%d Hz, %d samples, ffmpeg's %d; sample %d differs by %d", whole.Rate, len(whole.Data), len(want), i, most)
			}
			fresh := opened(t, f, nil, decode.Options{})
			defer fresh.Close()
			for _, from := range []float64{4.5, 1.25, 3, .5, 5.1, .02, 2.999} {
				part := sound(t, fresh, from, from+.5)
				at := int(math.Round((part.From - whole.From) * float64(c.rate)))
				if len(part.Data) != c.rate/2 {
					t.Fatalf("from %v: %d samples", from, len(part.Data))
				}
				other := make([]int16, len(part.Data))
				for i, v := range part.Data {
					other[i] = v - whole.Data[at+i]
				}
				if loud(other)*c.loud > loud(part.Data) {
					t.Errorf("from %v: differs by a loudness of %d, it has %d", from, loud(other), loud(part.Data))
				}
			}
		})
	}
}

// amr is six seconds of frames of one mode, each of so many bytes.
func amr(magic string, mode byte, size int) []byte {
	r := rand.New(rand.NewPCG(1, 2))
	out := []byte(magic)
	for range 300 {
		out = append(out, mode<<3|4)
		for range size {
			out = append(out, byte(r.Uint32()))
		}
	}
	return out
}
