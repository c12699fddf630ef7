package viewing

import (
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Marks are held against a plain set, whatever is added and removed.
func TestMarksAreASet(t *testing.T) {
	dice := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		var m marks
		plain := map[int64]bool{}
		for range 40 {
			from := dice.Int64N(60)
			r := Range{from, from + dice.Int64N(12)}
			remove := dice.IntN(3) == 0
			if remove {
				m.remove(r)
			} else {
				m.add(r)
			}
			for n := r.From; n <= r.To; n++ {
				plain[n] = !remove
			}
			if diff := cmp.Diff(piecesOf(plain, 0, 80), append([]Range{}, m...)); diff != "" {
				t.Fatalf("after %v (removed %v):\n%s", r, remove, diff)
			}
			window := Range{dice.Int64N(40), 40 + dice.Int64N(40)}
			if diff := cmp.Diff(piecesOf(plain, window.From, window.To), m.within(window)); diff != "" {
				t.Fatalf("within %v:\n%s", window, diff)
			}
			if m.holds(window) != (count(piecesOf(plain, window.From, window.To)) == window.To-window.From+1) {
				t.Fatalf("holds %v is wrong for %v", window, m)
			}
		}
	}
}

func piecesOf(plain map[int64]bool, from, to int64) []Range {
	out := []Range{}
	for n := from; n <= to; n++ {
		if !plain[n] {
			continue
		}
		if last := len(out) - 1; last >= 0 && out[last].To == n-1 {
			out[last].To = n
			continue
		}
		out = append(out, Range{n, n})
	}
	return out
}
