package redact

import (
	"math"
	"sort"
)

// Region is what one track covers at one frame, before snapping, in pixels of
// the upright picture. Right and bottom edges are exclusive.
type Region struct {
	Track                    string
	Left, Top, Right, Bottom float64
}

// Rect is a region on the pixel grid. Right and bottom edges are exclusive.
type Rect struct{ X0, Y0, X1, Y1 int }

// Empty reports whether r holds no pixel.
func (r Rect) Empty() bool { return r.X0 >= r.X1 || r.Y0 >= r.Y1 }

// Regions returns what p covers at frame n, in the order of the tracks.
//
// A track covers nothing before its first keyframe; between two keyframes the
// edges run linearly; the last one is held to the end of the recording. From a
// keyframe with Visible false on, nothing is covered until the next visible one.
// Toward an invisible keyframe without a rectangle the cover stands still.
func (p Plan) Regions(n int64) []Region {
	var out []Region
	for _, t := range p.Tracks {
		if r, ok := t.at(n); ok {
			out = append(out, r)
		}
	}
	return out
}

func (t Track) at(n int64) (Region, bool) {
	next := sort.Search(len(t.Keyframes), func(i int) bool { return t.Keyframes[i].Frame > n })
	if next == 0 {
		return Region{}, false
	}
	a := t.Keyframes[next-1]
	if !a.Visible {
		return Region{}, false
	}
	b := a
	if next < len(t.Keyframes) && t.Keyframes[next].W > 0 && t.Keyframes[next].H > 0 {
		b = t.Keyframes[next]
	}
	between := func(from, to float64) float64 {
		if a.Frame == b.Frame || from == to {
			return from
		}
		// One division at the end: exact where the true value is a whole pixel.
		return (from*float64(b.Frame-n) + to*float64(n-a.Frame)) / float64(b.Frame-a.Frame)
	}
	return Region{
		Track: t.ID,
		Left:  between(a.X, b.X), Right: between(a.X+a.W, b.X+b.W),
		Top: between(a.Y, b.Y), Bottom: between(a.Y+a.H, b.Y+b.H),
	}, true
}

// Snap rounds r outward to even pixels, so that no chroma sample is shared with
// the open part of the picture, and cuts it to a picture of width by height.
func (r Region) Snap(width, height int) Rect {
	return Rect{
		X0: down(r.Left, width), Y0: down(r.Top, height),
		X1: up(r.Right, width), Y1: up(r.Bottom, height),
	}
}

func down(v float64, limit int) int {
	return clamp(int(math.Floor(v/2))*2, limit)
}

func up(v float64, limit int) int {
	return clamp(int(math.Ceil(v/2))*2, limit)
}

func clamp(v, limit int) int { return min(max(v, 0), limit) }
