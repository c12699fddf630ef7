package export_test

import (
	"crypto/sha256"
	"encoding/hex"
	"math"
	"os"
	"path/filepath"
	"testing"

	"diaoyue.example/workstation/media"
	"diaoyue.example/workstation/media/internal/av"
	"diaoyue.example/workstation/media/redact"
)

const (
	width, height = 320, 180
	frames        = 60
)

// clip makes a recording of 60 frames at uneven times with sound, metadata and a
// late start, and returns it open with its digest.
func clip(tb testing.TB, sound bool) (f *os.File, digest string) {
	tb.Helper()
	f, err := os.Create(filepath.Join(tb.TempDir(), "clip.mp4"))
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { f.Close() })
	record(tb, f, variant{silent: !sound})
	b, err := os.ReadFile(f.Name())
	if err != nil {
		tb.Fatal(err)
	}
	sum := sha256.Sum256(b)
	return f, hex.EncodeToString(sum[:])
}

// picture is a moving pattern with edges and some grain.
func picture(n int) media.Picture {
	p := media.NewPicture(width, height)
	p.Matrix = media.MatrixBT601
	for y := range height {
		for x := range width {
			v := 60 + (x+3*n)%97 + y/4
			if (x/16+y/16+n/10)%2 == 0 {
				v += 40
			}
			p.Planes[0][y*width+x] = byte(v + (x*7+y*13+n*5)%5)
		}
	}
	for i := range p.Planes[1] {
		p.Planes[1][i], p.Planes[2][i] = byte(100+(i+n)%40), byte(160-(i+2*n)%40)
	}
	return p
}

// tone is the n-th 2352 samples of a loud tone, about as long as a frame.
func tone(n int) []int16 {
	out := make([]int16, 2352)
	for i := range out {
		out[i] = int16(12000 * math.Sin(float64(n*2352+i)/20))
	}
	return out
}

func target(tb testing.TB) *os.File {
	tb.Helper()
	f, err := os.Create(filepath.Join(tb.TempDir(), "copy.mp4"))
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { f.Close() })
	return f
}

func planFor(digest string) redact.Plan {
	return redact.Plan{
		Version: 1, Original: "sha256:" + digest,
		Tracks: []redact.Track{
			{ID: "face", Shape: "rect", Effect: "fill", Ground: "个人隐私", Reason: "面部", Keyframes: []redact.Keyframe{
				{Frame: 5, X: 11, Y: 21, W: 70, H: 60, Visible: true}, {Frame: 30, X: 150, Y: 60, W: 80, H: 90, Visible: true}, {Frame: 50},
			}},
			{ID: "screen", Shape: "rect", Effect: "fill", Ground: "商业秘密", Reason: "屏幕", Keyframes: []redact.Keyframe{
				{Frame: 20, X: 200, Y: 100, W: 500, H: 500, Visible: true},
			}},
		},
		Mutes: []redact.Mute{{From: .5, To: 1.25, Effect: "silence"}},
	}
}

// variant is how a recording differs from the usual clip.
type variant struct {
	silent bool
	bare   bool // no metadata, another encoding
	drop   int  // frames missing at the end
	late   int  // from this frame on one millisecond late
}

func record(tb testing.TB, f *os.File, v variant) {
	tb.Helper()
	o := av.EncoderOptions{
		Video: &av.VideoOptions{
			Width: width, Height: height, TimeBase: media.Rational{Num: 1, Den: 90000}, FrameRate: media.Rational{Num: 25, Den: 1},
			Matrix: media.MatrixBT601, GOP: 40, BFrames: 2, KeepSEI: true,
		},
		Metadata: map[string]string{"creation_time": "2026-03-13T01:21:04Z", "location": "+34.1-118.2/", "title": "witness"},
	}
	if !v.silent {
		o.Audio = &av.AudioOptions{Rate: 48000, Channels: 1, Start: float64(7200) / 90000}
	}
	if v.bare {
		o.Metadata, o.Video.KeepSEI, o.Video.GOP = nil, false, 30
	}
	e, err := av.NewEncoder(f, o)
	if err != nil {
		tb.Fatal(err)
	}
	pts := int64(7200)
	for n := range frames - v.drop {
		if n == v.late {
			pts += int64(min(v.late, 1)) * 90
		}
		if err := e.Video(picture(n), pts); err != nil {
			tb.Fatal(err)
		}
		pts += 3600 + int64(n%4)*900
		if !v.silent {
			if err := e.Audio(tone(n)); err != nil {
				tb.Fatal(err)
			}
		}
	}
	if err := e.Close(); err != nil {
		tb.Fatal(err)
	}
}
