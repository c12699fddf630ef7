package decode_test

import (
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"diaoyue.example/workstation/media"
	"diaoyue.example/workstation/media/decode"
	"diaoyue.example/workstation/media/frameindex"
)

// Awkward footage, where it is at hand: each file decodes to ffmpeg's frames,
// in any order, or is refused by name. Large files are left to `make
// verify-media`.
func TestAwkwardFootage(t *testing.T) {
	requireFFmpeg(t)
	files, err := filepath.Glob("../../../shared/data/media/*.*")
	if err != nil || len(files) == 0 {
		t.Skip("the test footage (../shared/data/media) is not there")
	}
	const large = 40 << 10
	for _, path := range files {
		info, err := os.Stat(path)
		if err != nil || info.Size() > large || filepath.Ext(path) == ".tsv" {
			continue
		}
		t.Run(filepath.Base(path), func(t *testing.T) {
			f := open(t, path)
			ix, err := frameindex.Build(t.Context(), f, nil)
			if errors.Is(err, media.ErrUnsupported) || errors.Is(err, media.ErrDamaged) || err == nil && ix.Len() == 0 {
				t.Skipf("no pictures: %v", err)
			}
			_, want := linear(t, f)
			if got := ffmpegMD5(t, path); !slices.Equal(got, want) {
				t.Fatalf("ours %d frames, ffmpeg's %d, digests equal: %v", len(want), len(got), slices.Equal(got, want))
			}
			d := opened(t, f, ix, decode.Options{})
			defer d.Close()
			r := rand.New(rand.NewPCG(3, 4))
			numbers := make([]int64, 10)
			for i := range numbers {
				numbers[i] = r.Int64N(ix.Len())
			}
			if wrong := check(t, d, numbers, want); wrong > 0 {
				t.Errorf("%d frames wrong", wrong)
			}
		})
	}
}
