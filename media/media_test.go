package media_test

import (
	"errors"
	"math"
	"testing"

	"diaoyue.example/workstation/media"
)

func TestFormatTime(t *testing.T) {
	for in, want := range map[float64]string{
		0: "00:00:00.000", 766.52: "00:12:46.520", 0.0004: "00:00:00.000", 59.9996: "00:01:00.000",
		-1.5: "-00:00:01.500", -0.0001: "00:00:00.000", 360000: "100:00:00.000",
	} {
		if got := media.FormatTime(in); got != want {
			t.Errorf("FormatTime(%v) = %q, want %q", in, got, want)
		}
	}
}

func TestParseTimecode(t *testing.T) {
	for in, want := range map[string]float64{"00:12:46.520": 766.52, "1:02": 62, "7.25": 7.25, " 90 ": 90, "2:00:00": 7200} {
		got, err := media.ParseTimecode(in)
		if err != nil || math.Abs(got-want) > 1e-9 {
			t.Errorf("ParseTimecode(%q) = %v, %v; want %v", in, got, err, want)
		}
	}
	for _, in := range []string{"", ":", "1:60", "1.5:00", "1:2:3:4", "-3", "1e3", "NaN", "0x10", "1..2", "99999999999"} {
		if got, err := media.ParseTimecode(in); !errors.Is(err, media.ErrTimecode) {
			t.Errorf("ParseTimecode(%q) = %v, %v; want ErrTimecode", in, got, err)
		}
	}
}

func FuzzParseTimecode(f *testing.F) {
	f.Add("00:12:46.520")
	f.Add("::.")
	f.Fuzz(func(t *testing.T, text string) {
		s, err := media.ParseTimecode(text)
		if err != nil {
			return
		}
		back, err := media.ParseTimecode(media.FormatTime(s))
		if err != nil || math.Abs(back-s) > 0.0006 {
			t.Fatalf("%q is %v, written %q, read %v %v", text, s, media.FormatTime(s), back, err)
		}
	})
}

func TestPictureOddSize(t *testing.T) {
	p := media.NewPicture(161, 121)
	if w, h := p.PlaneSize(1); w != 81 || h != 61 || len(p.Planes[2]) != 81*61 || !p.Valid() {
		t.Fatalf("chroma %dx%d, %d bytes, valid %v", w, h, len(p.Planes[2]), p.Valid())
	}
	c := p.Clone()
	c.Planes[0][0] = 7
	if p.Planes[0][0] != 0 {
		t.Fatal("a clone shares memory")
	}
}
