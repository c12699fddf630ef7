package mediatest_test

import (
	"bytes"
	"errors"
	"math"
	"os"
	"path/filepath"
	"testing"
	"time"

	"diaoyue.example/workstation/media"
	"diaoyue.example/workstation/media/internal/av"
	"diaoyue.example/workstation/media/mediatest"
)

// The number in the pixels is the frame's number and its time is the clip's,
// whatever the encoder does.
func TestNumberIsReadable(t *testing.T) {
	for name, clip := range map[string]mediatest.Clip{
		"small with B-frames": {Width: 320, Height: 180, Frames: 60, BFrames: 3, GOP: 250, Sound: true},
		"variable rate":       {Width: 320, Height: 180, Frames: 60, BFrames: 2, VFR: true},
		"odd size":            {Width: 401, Height: 227, Frames: 8},
		"turned":              {Width: 320, Height: 180, Frames: 8, Rotation: 90},
		"turned back":         {Width: 320, Height: 180, Frames: 8, Rotation: 270},
		"upside down":         {Width: 320, Height: 180, Frames: 8, Rotation: 180},
		"transport stream":    {Width: 320, Height: 180, Frames: 30, Format: "mpegts", BFrames: 2},
		"motion jpeg avi":     {Width: 320, Height: 180, Frames: 8, Format: "avi", Codec: "mpeg4"},
	} {
		t.Run(name, func(t *testing.T) {
			f := made(t, clip)
			next, begin := int64(0), 0.0
			s, err := av.Open(t.Context(), f)
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			s.Select(s.Video())
			d, err := av.NewDecoder(s, s.Video(), 2)
			if err != nil {
				t.Fatal(err)
			}
			defer d.Close()
			if turned := s.Rotation(s.Video()); turned != clip.Rotation {
				t.Errorf("turned by %d", turned)
			}
			_, err = av.Pass(t.Context(), s, d, func(int64, av.Packet) {}, func(fr *av.Frame) error {
				p, e := fr.Picture(clip.Rotation, (clip.Width+1)&^1, (clip.Height+1)&^1)
				if e != nil {
					return e
				}
				if n, e := mediatest.ReadNumber(p); e != nil || n != next {
					t.Errorf("frame %d reads %d, %v", next, n, e)
				}
				if w, h := (clip.Width+1)&^1, (clip.Height+1)&^1; p.Width != w || p.Height != h {
					t.Errorf("upright %dx%d, want %dx%d", p.Width, p.Height, w, h)
				}
				at := s.TimeBase(s.Video()).Seconds(fr.PTS())
				if next == 0 {
					begin = at
				}
				if want := float64(next) / 25; !clip.VFR && math.Abs(at-begin-want) > .001 {
					t.Errorf("frame %d is shown at %v, want %v", next, at-begin, want)
				}
				next++
				return nil
			})
			if err != nil || next != int64(clip.Frames) {
				t.Fatalf("%d frames, %v; want %d", next, err, clip.Frames)
			}
		})
	}
}

func TestNoNumberInOtherPictures(t *testing.T) {
	grey := media.NewPicture(320, 180)
	for i := range grey.Planes[0] {
		grey.Planes[0][i] = 200
	}
	for name, p := range map[string]media.Picture{"black": media.NewPicture(320, 180), "grey": grey, "tiny": media.NewPicture(40, 40), "empty": {}} {
		if n, err := mediatest.ReadNumber(p); !errors.Is(err, mediatest.ErrNumber) {
			t.Errorf("%s: reads %d, %v", name, n, err)
		}
	}
}

// The same clip gives the same bytes, and nothing tells what made it.
func TestMakeIsRepeatableAndBare(t *testing.T) {
	clip := mediatest.Clip{Width: 320, Height: 180, Frames: 30, BFrames: 2, Sound: true, CreationTime: time.Date(2026, 3, 13, 1, 33, 15, 0, time.UTC)}
	var all [2][]byte
	for i := range all {
		f := made(t, clip)
		data, err := os.ReadFile(f.Name())
		if err != nil {
			t.Fatal(err)
		}
		all[i] = data
	}
	if !bytes.Equal(all[0], all[1]) {
		t.Fatal("two runs differ")
	}
	for _, word := range []string{"x264", "Lavf", "Lavc"} {
		if bytes.Contains(all[0], []byte(word)) {
			t.Errorf("the file names %s", word)
		}
	}
	f := made(t, clip)
	s, err := av.Open(t.Context(), f)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	c := s.Container()
	if c.CreatedAt != "2026-03-13T01:33:15Z" || len(c.Streams) != 2 {
		t.Fatalf("%+v", c)
	}
}

func made(t *testing.T, clip mediatest.Clip) *os.File {
	t.Helper()
	path := filepath.Join(t.TempDir(), "clip")
	if err := mediatest.Make(t.Context(), path, clip); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}
