package av

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"diaoyue.example/workstation/media"
)

func noisy(w, h int, full bool, matrix string, seed uint64) media.Picture {
	p := media.NewPicture(w, h)
	p.FullRange, p.Matrix = full, matrix
	rnd := rand.New(rand.NewPCG(seed, 1))
	for _, plane := range p.Planes {
		for k := range plane {
			plane[k] = byte(40 + rnd.IntN(150))
		}
	}
	return p
}

// A press that printed other pictures before prints the same as a new one,
// whatever size, range, matrix and quality followed one another.
func TestPressRemembersNothing(t *testing.T) {
	used := newPress()
	for round := range 3 {
		for i, one := range []struct {
			p       media.Picture
			w, h, q int
		}{
			{noisy(320, 180, false, media.MatrixBT601, 1), 320, 180, 80},
			{noisy(320, 180, false, media.MatrixBT601, 2), 320, 180, 80},
			{noisy(320, 180, true, media.MatrixBT709, 3), 160, 90, 80},
			{noisy(320, 180, false, media.MatrixBT709, 4), 160, 90, 80},
			{noisy(320, 180, false, media.MatrixBT709, 4), 160, 90, 30},
			{noisy(321, 181, false, media.MatrixBT601, 5), 161, 91, 80},
		} {
			want, err := newPress().jpeg(one.p, one.w, one.h, one.q)
			if err != nil {
				t.Fatal(err)
			}
			got, err := used.jpeg(one.p, one.w, one.h, one.q)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got, want) {
				t.Errorf("round %d, picture %d: %d bytes of a used press, %d of a new one, or others", round, i, len(got), len(want))
			}
		}
	}
}
