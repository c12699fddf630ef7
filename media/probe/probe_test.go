package probe_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"diaoyue.example/workstation/media"
	"diaoyue.example/workstation/media/mediatest"
	"diaoyue.example/workstation/media/probe"
)

func TestFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "clip")
	err := mediatest.Make(t.Context(), path, mediatest.Clip{
		Width: 180, Height: 320, Frames: 50, Rotation: 90, Sound: true, Format: "mov",
		CreationTime: time.Date(2026, 3, 13, 1, 33, 15, 0, time.UTC), Metadata: map[string]string{"title": "check"},
	})
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	c, err := probe.File(t.Context(), f)
	if err != nil {
		t.Fatal(err)
	}
	if c.CreatedAt != "2026-03-13T01:33:15Z" || c.Metadata["title"] != "check" || c.Duration < 1.9 || c.Duration > 2.1 || len(c.Streams) != 2 {
		t.Fatalf("%+v", c)
	}
	v, a := c.Streams[0], c.Streams[1]
	v.Duration, a.Duration = 0, 0
	want := media.Stream{
		Kind: media.KindVideo, Codec: "h264", Profile: "High", Language: v.Language, TimeBase: v.TimeBase, Frames: 50,
		Width: 320, Height: 180, SAR: media.Rational{Num: 1, Den: 1}, Rotation: 90, FrameRate: media.Rational{Num: 25, Den: 1},
		PixelFormat: "yuv420p", ColorSpace: "bt709", ColorRange: "tv",
	}
	if diff := cmp.Diff(want, v); diff != "" {
		t.Errorf("video (-want +got):\n%s", diff)
	}
	if a.Kind != media.KindAudio || a.Codec != "aac" || a.SampleRate != 48000 || a.Channels != 1 || a.Index != 1 {
		t.Errorf("sound: %+v", a)
	}
}

func TestVariableRateIsSeen(t *testing.T) {
	for _, vfr := range []bool{false, true} {
		path := filepath.Join(t.TempDir(), "clip")
		if err := mediatest.Make(t.Context(), path, mediatest.Clip{Width: 320, Height: 180, Frames: 120, VFR: vfr}); err != nil {
			t.Fatal(err)
		}
		f, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		c, err := probe.File(t.Context(), f)
		if err != nil || c.Streams[0].VariableRate != vfr {
			t.Errorf("variable %v is seen as %+v, %v", vfr, c.Streams, err)
		}
	}
}

func TestEmptyFile(t *testing.T) {
	f, err := os.Create(filepath.Join(t.TempDir(), "empty.mp4"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := probe.File(t.Context(), f); !errors.Is(err, media.ErrEmpty) {
		t.Errorf("%v", err)
	}
}
