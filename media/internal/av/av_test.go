package av_test

import (
	"io"
	"math"
	"os"
	"path/filepath"
	"testing"

	"diaoyue.example/workstation/media"
	"diaoyue.example/workstation/media/internal/av"
)

// Presentation times go in and come out unchanged; the caller's offset stays
// where it was, and the file may be closed under an open source.
func TestEncodeAndReadBack(t *testing.T) {
	f, err := os.Create(filepath.Join(t.TempDir(), "clip.mp4"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	times := []int64{900, 4500, 8100, 15300, 15900, 22500, 26100}
	e, err := av.NewEncoder(f, av.EncoderOptions{
		Video: &av.VideoOptions{Width: 161, Height: 91, TimeBase: media.Rational{Num: 1, Den: 90000}, FrameRate: media.Rational{Num: 25, Den: 1}, BFrames: 2, Matrix: media.MatrixBT709},
	})
	if err != nil {
		t.Fatal(err)
	}
	for i, pts := range times {
		p := media.NewPicture(161, 91)
		for k := range p.Planes[0] {
			p.Planes[0][k] = byte(30 * i)
		}
		if err = e.Video(p, pts); err != nil {
			t.Fatal(err)
		}
	}
	if err = e.Video(media.NewPicture(320, 180), 40000); err == nil {
		t.Error("a picture of another size was taken")
	}
	if err = e.Close(); err != nil {
		t.Fatal(err)
	}
	if err = e.Close(); err == nil {
		t.Error("closed twice without a word")
	}
	if off, _ := f.Seek(0, io.SeekCurrent); off != 0 {
		t.Errorf("the file's offset moved to %d", off)
	}
	s, err := av.Open(t.Context(), f)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	f.Close()
	tb := s.TimeBase(s.Video())
	s.Select(s.Video())
	d, err := av.NewDecoder(s, s.Video(), 1)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	n := 0
	damage, err := av.Pass(t.Context(), s, d, func(int64, av.Packet) {}, func(fr *av.Frame) error {
		if got := int64(math.Round(tb.Seconds(fr.PTS()) * 90000)); got != times[n] {
			t.Errorf("picture %d at %v, want %d", n, got, times[n])
		}
		if w, h := fr.Size(); w != 162 || h != 92 {
			t.Errorf("picture is %dx%d", w, h)
		}
		n++
		return nil
	})
	if err != nil || damage != 0 || n != len(times) {
		t.Errorf("%d pictures, damage %d, %v", n, damage, err)
	}
}

func TestOpenRefusesWhatIsNoFile(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	defer w.Close()
	if _, err = av.Open(t.Context(), r); err == nil {
		t.Error("a pipe was opened")
	}
	dir, err := os.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer dir.Close()
	if _, err = av.Open(t.Context(), dir); err == nil {
		t.Error("a folder was opened")
	}
	if _, err = av.NewEncoder(w, av.EncoderOptions{Audio: &av.AudioOptions{Rate: 48000, Channels: 1}}); err == nil {
		t.Error("a recording was written into a pipe")
	}
}
