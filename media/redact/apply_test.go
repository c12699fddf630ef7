package redact_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"diaoyue.example/workstation/media"
	"diaoyue.example/workstation/media/redact"
)

func box(frame int64, x, y, w, h float64) redact.Keyframe {
	return redact.Keyframe{Frame: frame, X: x, Y: y, W: w, H: h, Visible: true}
}

func hidden(frame int64) redact.Keyframe { return redact.Keyframe{Frame: frame} }

func track(keys ...redact.Keyframe) redact.Plan {
	return redact.Plan{Version: 1, Tracks: []redact.Track{{ID: "t", Shape: "rect", Effect: "fill", Keyframes: keys}}}
}

func TestRegions(t *testing.T) {
	moving := track(box(10, 0, 0, 20, 20), box(20, 30, 10, 40, 20), hidden(30), box(40, 2, 2, 2, 2))
	cases := map[string]struct {
		plan redact.Plan
		at   int64
		want []redact.Region
	}{
		"before the first":      {moving, 9, nil},
		"at the first":          {moving, 10, []redact.Region{{Track: "t", Right: 20, Bottom: 20}}},
		"between":               {moving, 15, []redact.Region{{Track: "t", Left: 15, Top: 5, Right: 45, Bottom: 25}}},
		"third, exact":          {track(box(0, 0, 0, 3, 3), box(3, 3, 3, 3, 3)), 1, []redact.Region{{Track: "t", Left: 1, Top: 1, Right: 4, Bottom: 4}}},
		"held to the invisible": {moving, 29, []redact.Region{{Track: "t", Left: 30, Top: 10, Right: 70, Bottom: 30}}},
		"at the invisible":      {moving, 30, nil},
		"while invisible":       {moving, 39, nil},
		"back again":            {moving, 40, []redact.Region{{Track: "t", Left: 2, Top: 2, Right: 4, Bottom: 4}}},
		"held after the last":   {moving, 1 << 40, []redact.Region{{Track: "t", Left: 2, Top: 2, Right: 4, Bottom: 4}}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			if d := cmp.Diff(c.want, c.plan.Regions(c.at)); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestSnapOutward(t *testing.T) {
	cases := []struct {
		in   redact.Region
		w, h int
		want redact.Rect
	}{
		{redact.Region{Left: 10, Top: 20, Right: 74, Bottom: 84}, 320, 180, redact.Rect{X0: 10, Y0: 20, X1: 74, Y1: 84}},
		{redact.Region{Left: 11, Top: 21, Right: 73, Bottom: 83}, 320, 180, redact.Rect{X0: 10, Y0: 20, X1: 74, Y1: 84}},
		{redact.Region{Left: 10.01, Top: 19.99, Right: 74.01, Bottom: 84}, 320, 180, redact.Rect{X0: 10, Y0: 18, X1: 76, Y1: 84}},
		{redact.Region{Left: -5, Top: -5, Right: 5, Bottom: 500}, 321, 181, redact.Rect{X1: 6, Y1: 181}},
		{redact.Region{Left: 400, Top: 0, Right: 500, Bottom: 5}, 320, 180, redact.Rect{X0: 320, X1: 320, Y1: 6}},
	}
	for _, c := range cases {
		if d := cmp.Diff(c.want, c.in.Snap(c.w, c.h)); d != "" {
			t.Error(d)
		}
	}
}

// noise fills a picture with values that are never a cover's.
func noise(r *rand.Rand, w, h int, full bool) media.Picture {
	p := media.NewPicture(w, h)
	p.FullRange = full
	for i := range p.Planes {
		for j := range p.Planes[i] {
			p.Planes[i][j] = byte(40 + r.IntN(60))
		}
	}
	return p
}

// TestApplyCovers: at every frame, every pixel touched by the interpolated
// rectangle has the cover's colour, in luma and chroma; and nothing farther than
// one even step outside is touched.
func TestApplyCovers(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	for round := range 60 {
		w, h := 17+r.IntN(60), 17+r.IntN(40)
		full := round%2 == 1
		var keys []redact.Keyframe
		at := int64(r.IntN(3))
		for range 1 + r.IntN(5) {
			k := box(at, (r.Float64()*1.4-.4)*float64(w), (r.Float64()*1.4-.4)*float64(h), .1+r.Float64()*30, .1+r.Float64()*30)
			k.Visible = r.IntN(4) > 0
			keys = append(keys, k)
			at += 1 + int64(r.IntN(6))
		}
		plan := track(keys...)
		if err := plan.Check(); err != nil {
			t.Fatal(err)
		}
		luma, chroma := redact.Cover(full)
		for n := range at + 3 {
			before := noise(r, w, h, full)
			p := before.Clone()
			plan.Apply(&p, n)
			reg := plan.Regions(n)
			for y := range h {
				for x := range w {
					in, near := false, false
					for _, g := range reg {
						in = in || float64(x+1) > g.Left && float64(x) < g.Right && float64(y+1) > g.Top && float64(y) < g.Bottom
						near = near || float64(x+2) > g.Left && float64(x) < g.Right+2 && float64(y+2) > g.Top && float64(y) < g.Bottom+2
					}
					c := y/2*p.Stride[1] + x/2
					got := [3]byte{p.Planes[0][y*p.Stride[0]+x], p.Planes[1][c], p.Planes[2][c]}
					was := [3]byte{before.Planes[0][y*p.Stride[0]+x], before.Planes[1][c], before.Planes[2][c]}
					if in && got != [3]byte{luma, chroma, chroma} {
						t.Fatalf("round %d frame %d: pixel %d,%d of %v is open: %v", round, n, x, y, reg, got)
					}
					if !near && got != was {
						t.Fatalf("round %d frame %d: pixel %d,%d outside %v was changed", round, n, x, y, reg)
					}
				}
			}
		}
	}
}

func TestApplyNotInvertedByPadding(t *testing.T) {
	p := media.NewPicture(20, 10)
	track(box(0, 0, 0, 20, 10)).Apply(&p, 0)
	for i, v := range p.Planes[0][:20] {
		if v != 16 {
			t.Fatalf("pixel %d = %d", i, v)
		}
	}
}

func TestSilence(t *testing.T) {
	const rate, seconds, channels = 8000, 2, 2
	tone := func() media.Samples {
		s := media.Samples{Rate: rate, Channels: channels, From: 0, Data: make([]int16, rate*seconds*channels)}
		for i := range s.Data {
			s.Data[i] = int16(9000 * math.Sin(float64(i/channels)/3))
		}
		return s
	}
	plan := redact.Plan{Version: 1, Mutes: []redact.Mute{{From: .5, To: .75, Effect: "silence"}, {From: .76, To: 1.00003, Effect: "silence"}}}
	whole := tone()
	plan.Silence(&whole)
	original := tone()
	from, to := plan.Mutes[1].Samples(rate)
	if from != 6080 || to != 8001 {
		t.Errorf("mute rounds to %d..%d, want 6080..8001", from, to)
	}
	for i, v := range whole.Data {
		at := i / channels
		switch {
		case at >= 4000 && at < 6000 || at >= 6080 && at < 8001:
			if v != 0 {
				t.Fatalf("sample %d = %d inside a mute", at, v)
			}
		case at < 4000-40 || at >= 8001+40:
			if v != original.Data[i] {
				t.Fatalf("sample %d was changed outside the fades", at)
			}
		}
	}
	// Cut anywhere, the pieces give the same sound.
	var pieces []int16
	for at := 0; at < rate*seconds; {
		n := min(333, rate*seconds-at)
		s := media.Samples{Rate: rate, Channels: channels, From: float64(at) / rate, Data: append([]int16(nil), original.Data[at*channels:(at+n)*channels]...)}
		plan.Silence(&s)
		pieces = append(pieces, s.Data...)
		at += n
	}
	if d := cmp.Diff(whole.Data, pieces); d != "" {
		t.Error("cutting the sound into pieces changed it")
	}
}

func BenchmarkApply(b *testing.B) {
	p := media.NewPicture(1920, 1080)
	var plan redact.Plan
	for i := range 4 {
		plan.Tracks = append(plan.Tracks, redact.Track{ID: string(rune('a' + i)), Keyframes: []redact.Keyframe{box(0, float64(100+400*i), 200, 300, 300)}})
	}
	for b.Loop() {
		plan.Apply(&p, 1)
	}
}

func TestSpans(t *testing.T) {
	tr := track(box(10, 0, 0, 20, 20), box(20, 30, 10, 40, 20), hidden(30), hidden(35), box(40, 2, 2, 2, 2), box(99, 2, 2, 2, 2)).Tracks[0]
	for frames, want := range map[int64][]redact.Span{
		5: nil, 15: {{From: 10, To: 14}}, 50: {{From: 10, To: 29}, {From: 40, To: 49}}, 200: {{From: 10, To: 29}, {From: 40, To: 199}},
	} {
		if d := cmp.Diff(want, tr.Spans(frames)); d != "" {
			t.Errorf("%d frames: %s", frames, d)
		}
	}
}
