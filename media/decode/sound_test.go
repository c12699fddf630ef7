package decode_test

import (
	"encoding/binary"
	"errors"
	"math"
	"path/filepath"
	"testing"

	"diaoyue.example/workstation/media"
	"diaoyue.example/workstation/media/decode"
	"diaoyue.example/workstation/media/mediatest"
)

// Pieces asked for in any order are the whole, sample by sample.
func TestSoundJoins(t *testing.T) {
	for name, clip := range map[string]mediatest.Clip{
		"aac in mp4":    {Width: 320, Height: 180, Frames: 150, Sound: true},
		"late start":    {Width: 320, Height: 180, Frames: 150, Sound: true, StartPTS: 50000},
		"aac in ts":     {Width: 320, Height: 180, Frames: 150, Sound: true, Format: "mpegts"},
		"pcm in avi":    {Width: 320, Height: 180, Frames: 150, Sound: true, Format: "avi", Codec: "mpeg4"},
		"clock anew":    {Width: 320, Height: 180, Frames: 150, Sound: true, Format: "mpegts", StartPTS: 95441 * 25000}, // 33 bits of 90 kHz end after 2.7 s
		"aac in mkv":    {Width: 320, Height: 180, Frames: 150, Sound: true, Format: "matroska"},
		"without video": {Frames: 150, SoundOnly: true},
		"wav":           {Frames: 150, SoundOnly: true, Format: "wav"},
	} {
		t.Run(name, func(t *testing.T) {
			f := made(t, clip)
			d := opened(t, f, nil, decode.Options{})
			defer d.Close()
			if clip.SoundOnly && d.Index().Len() != 0 {
				t.Fatalf("%d frames without video", d.Index().Len())
			}
			whole := sound(t, d, 0, 6)
			if whole.Rate != 48000 || whole.Channels != 1 {
				t.Fatalf("%d Hz, %d channels", whole.Rate, whole.Channels)
			}
			if got := float64(len(whole.Data)) / 48000; math.Abs(got-6) > .05 || math.Abs(whole.From) > .03 {
				t.Fatalf("%.3f s from %.3f s, want 6 s", got, whole.From)
			}
			if loud(whole.Data) < 300 {
				t.Fatal("nothing is heard")
			}
			fresh := opened(t, f, nil, decode.Options{})
			defer fresh.Close()
			for _, from := range []float64{4.5, 1.25, 3, .5, 5, 0.02} {
				part := sound(t, fresh, from, from+.7)
				at := int(math.Round((part.From - whole.From) * 48000))
				for i, v := range part.Data {
					if w := whole.Data[at+i]; v-w > 1 || w-v > 1 {
						t.Fatalf("from %v: sample %d is %d, in the whole %d", from, i, v, w)
					}
				}
			}
		})
	}
}

// The samples stand where ffmpeg puts them.
func TestSoundIsFFmpegs(t *testing.T) {
	requireFFmpeg(t)
	f := made(t, mediatest.Clip{Width: 320, Height: 180, Frames: 100, Sound: true})
	raw := ffmpeg(t, "-i", f.Name(), "-vn", "-f", "s16le", "-")
	d := opened(t, f, nil, decode.Options{})
	defer d.Close()
	got := sound(t, d, 0, 4)
	at := int(math.Round(got.From * 48000))
	if len(raw)/2 < at+len(got.Data)-1024 || len(got.Data) < 4*48000-1024 {
		t.Fatalf("ours %d samples from %d, ffmpeg's %d", len(got.Data), at, len(raw)/2)
	}
	for i := 0; i < min(len(got.Data), len(raw)/2-at); i++ {
		if want := int16(binary.LittleEndian.Uint16(raw[2*(at+i):])); got.Data[i]-want > 1 || want-got.Data[i] > 1 {
			t.Fatalf("sample %d is %d, ffmpeg's %d", i, got.Data[i], want)
		}
	}
}

// More than two channels and high rates come down to what a person's machine plays.
func TestSoundIsBroughtDown(t *testing.T) {
	requireFFmpeg(t)
	path := filepath.Join(t.TempDir(), "six.mkv")
	ffmpeg(t, "-f", "lavfi", "-i", "sine=frequency=440:sample_rate=96000:duration=2", "-ac", "6", "-c:a", "flac", path)
	d := opened(t, open(t, path), nil, decode.Options{})
	defer d.Close()
	s := sound(t, d, .5, 1.5)
	if s.Rate != 48000 || s.Channels != 2 || len(s.Data) != 2*48000 || loud(s.Data) < 300 {
		t.Fatalf("%d Hz, %d channels, %d samples, loudness %d", s.Rate, s.Channels, len(s.Data), loud(s.Data))
	}
}

func TestNoSound(t *testing.T) {
	d := opened(t, made(t, mediatest.Clip{Width: 320, Height: 180, Frames: 10}), nil, decode.Options{})
	defer d.Close()
	if _, err := d.Sound(t.Context(), 0, 0, 1); !errors.Is(err, media.ErrNoSound) {
		t.Errorf("a silent clip gives %v", err)
	}
	d = opened(t, made(t, mediatest.Clip{Width: 320, Height: 180, Frames: 50, Sound: true}), nil, decode.Options{})
	defer d.Close()
	for _, track := range []int{-1, 1} {
		if _, err := d.Sound(t.Context(), track, 0, 1); !errors.Is(err, media.ErrNoSound) {
			t.Errorf("track %d gives %v", track, err)
		}
	}
	if s := sound(t, d, 100, 101); len(s.Data) != 0 {
		t.Errorf("behind the end: %d samples", len(s.Data))
	}
}

func sound(t *testing.T, d *decode.Decoder, from, to float64) media.Samples {
	t.Helper()
	s, err := d.Sound(t.Context(), 0, from, to)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func loud(data []int16) int {
	sum := 0.0
	for _, v := range data {
		sum += float64(v) * float64(v)
	}
	return int(math.Sqrt(sum / float64(max(len(data), 1))))
}
