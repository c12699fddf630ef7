package remote_test

import (
	"bytes"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"diaoyue.example/workstation/media/decode"
	"diaoyue.example/workstation/media/mediatest"
	"diaoyue.example/workstation/media/redact"
	"diaoyue.example/workstation/media/remote"
)

// In motion a frame is the same JPEG as at rest, forwards and backwards, with a
// plan and without.
func TestFramesInMotion(t *testing.T) {
	f, _ := clip(t)
	ctx, c := t.Context(), pair(t)
	index, err := c.BuildIndex(ctx, f, nil)
	if err != nil {
		t.Fatal(err)
	}
	r, err := c.Open(ctx, f, index)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	inside, err := decode.Open(ctx, f, nil, decode.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer inside.Close()
	for _, plan := range []*redact.Plan{nil, cover()} {
		for _, step := range []int{1, -1, 4, -8} {
			n := 0
			if step < 0 {
				n = 59
			}
			for ; n >= 0 && n < 60; n += step {
				q := remote.Request{MaxWidth: 200, MaxHeight: 200, Step: step, Plan: plan}
				got, err := r.Frame(ctx, int64(n), q)
				if err != nil {
					t.Fatal(err)
				}
				fr, err := inside.Frame(ctx, int64(n))
				if err != nil {
					t.Fatal(err)
				}
				p, err := fr.Display(200, 200)
				if plan != nil {
					if p, err = fr.Picture(); err == nil {
						plan.Apply(&p, int64(n))
					}
				}
				fr.Close()
				if err != nil {
					t.Fatal(err)
				}
				want, err := decode.EncodeJPEG(p, 200, 200, 82)
				if err != nil {
					t.Fatal(err)
				}
				if got.Info.Number != int64(n) || got.MIME != "image/jpeg" || !bytes.Equal(got.Bytes, want) {
					t.Fatalf("plan %v, step %d, frame %d differs", plan != nil, step, n)
				}
			}
		}
	}
}

// Work on an index that was interrupted is handed over and gone on with.
func TestIndexInParts(t *testing.T) {
	path := filepath.Join(t.TempDir(), "long.mp4")
	if err := mediatest.Make(t.Context(), path, mediatest.Clip{Width: 320, Height: 180, Frames: 1300, GOP: 50, BFrames: 2}); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	ctx, c := t.Context(), pair(t)
	var parts [][]byte
	want, err := c.ResumeIndex(ctx, f, nil, nil, func(part []byte) { parts = append(parts, part) })
	if err != nil || len(parts) == 0 {
		t.Fatalf("%d parts, %v", len(parts), err)
	}
	began := int64(-1)
	got, err := c.ResumeIndex(ctx, f, parts[0], func(done, _ int64) {
		if began < 0 {
			began = done
		}
	}, nil)
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("resumed: the same %v, %v", bytes.Equal(got, want), err)
	}
	if info, err := f.Stat(); err != nil || began < info.Size()/4 {
		t.Errorf("it began at byte %d", began)
	}
}

// Points that are not square are told upright.
func TestShapeOfPoints(t *testing.T) {
	if _, err := exec.LookPath("ffmpeg"); err != nil {
		t.Skip("the ffmpeg program is not installed; it makes the clip")
	}
	c := pair(t)
	for sar, want := range map[string]float64{"16/15": 16.0 / 15, "1": 1, "1/1000": 1} {
		path := filepath.Join(t.TempDir(), "clip.mkv")
		out, err := exec.CommandContext(t.Context(), "ffmpeg", "-v", "error", "-f", "lavfi", "-i", "testsrc2=s=180x144:d=0.2,setsar="+sar, path).CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		f, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		r, err := c.Open(t.Context(), f, nil)
		f.Close()
		if err != nil {
			t.Fatal(err)
		}
		if got := r.Info().PixelAspect; math.Abs(got-want) > 1e-6 {
			t.Errorf("%s is told as %v", sar, got)
		}
		if err = r.Close(); err != nil {
			t.Error(err)
		}
	}
}
