package decode

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"diaoyue.example/workstation/media/frameindex"
	"diaoyue.example/workstation/media/mediatest"
)

// Where each field is a packet, passing over the first of two fields once left
// the second to be taken for a picture: every run failed, every seek point was
// given up and each frame was decoded for from packet 0.
func TestSeekPointsServeFields(t *testing.T) {
	for name, s := range map[string]mediatest.Fields{
		"top first": {PerPacket: true}, "bottom first": {PerPacket: true, BottomFirst: true}, "mixed": {PerPacket: true, Mixed: true},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "fields.ivf")
			if err := os.WriteFile(path, s.IVF(), 0o600); err != nil {
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
			d, err := Open(t.Context(), f, ix, Options{CacheBytes: 1 << 16})
			if err != nil {
				t.Fatal(err)
			}
			defer d.Close()
			for _, n := range rand.New(rand.NewPCG(1, 2)).Perm(int(ix.Len())) {
				fr, err := d.Frame(t.Context(), int64(n))
				if err != nil {
					t.Fatal(err)
				}
				fr.Close()
			}
			for packet := range d.points.failed {
				if packet > 0 {
					t.Errorf("the seek point at packet %d was given up", packet)
				}
			}
		})
	}
}
