package probe_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
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

// The shape of points is told by the stream, by the container alone, or by both:
// then the container counts.
func TestShapeOfPoints(t *testing.T) {
	if _, err := exec.LookPath("ffmpeg"); err != nil {
		t.Skip("the ffmpeg program is not installed; it makes the clips")
	}
	dir := t.TempDir()
	square := filepath.Join(dir, "square.mp4")
	lavfi := []string{"-f", "lavfi", "-i", "testsrc2=s=160x96:d=0.2"}
	ffmpeg(t, append(lavfi, "-c:v", "libx264", square)...)
	for name, args := range map[string][]string{
		"stream.avi":     slices.Concat(lavfi, []string{"-vf", "setsar=2", "-c:v", "mpeg4"}),
		"container.webm": slices.Concat(lavfi, []string{"-vf", "setsar=2", "-c:v", "libvpx-vp9"}),
		"both.mp4":       {"-i", square, "-c", "copy", "-aspect", "10:3"},
		"both.mkv":       {"-i", square, "-c", "copy", "-aspect", "10:3"},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(dir, name)
			ffmpeg(t, append(args, path)...)
			f, err := os.Open(path)
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			c, err := probe.File(t.Context(), f)
			if err != nil {
				t.Fatal(err)
			}
			if got := c.Streams[0].SAR; got.Float() != 2 {
				t.Errorf("points of shape %v", got)
			}
		})
	}
}

func ffmpeg(t *testing.T, args ...string) {
	t.Helper()
	if out, err := exec.CommandContext(t.Context(), "ffmpeg", append([]string{"-v", "error"}, args...)...).CombinedOutput(); err != nil {
		t.Fatalf("ffmpeg %v: %v: %s", args, err, out)
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
