package decode_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"diaoyue.example/workstation/media"
	"diaoyue.example/workstation/media/decode"
	"diaoyue.example/workstation/media/frameindex"
	"diaoyue.example/workstation/media/mediatest"
)

// H.264 whose pictures are coded as two fields, be they one packet or two:
// frames are ffmpeg's in any order, and the fields in them say which they are.
// A field without its partner is shown neither there nor here.
func TestPicturesOfTwoFields(t *testing.T) {
	requireFFmpeg(t)
	for name, s := range map[string]mediatest.Fields{
		"top first":           {},
		"bottom first":        {BottomFirst: true},
		"mixed":               {Mixed: true},
		"mixed, bottom first": {Mixed: true, BottomFirst: true},
		"lone fields":         {Lone: []int{17, 30}},
		"lone key":            {BottomFirst: true, Lone: []int{12}},
		"mixed, a lone field": {Mixed: true, Lone: []int{29}},
	} {
		for packets, each := range map[string]bool{"one packet": false, "two packets": true} {
			s.Pictures, s.PerPacket = 40, each
			path := filepath.Join(t.TempDir(), "fields.ivf")
			if err := os.WriteFile(path, s.IVF(), 0o600); err != nil {
				t.Fatal(err)
			}
			formats := []string{"mp4", "mkv", "ts"}
			if s.Mixed {
				formats = append(formats, "ivf", "avi", "h264")
			}
			for _, format := range formats {
				t.Run(name+", "+packets+" in "+format, func(t *testing.T) {
					copied := path
					if format != "ivf" {
						copied = filepath.Join(t.TempDir(), "fields."+format)
						ffmpeg(t, "-i", path, "-c", "copy", copied)
					}
					holdsFields(t, open(t, copied), s)
				})
			}
		}
	}
}

func holdsFields(t *testing.T, f *os.File, s mediatest.Fields) {
	t.Helper()
	ix, want := linear(t, f)
	if got := ffmpegMD5(t, f.Name()); len(want) != s.Pictures-len(s.Lone) || !slices.Equal(got, want) {
		t.Fatalf("ours %d frames, ffmpeg's %d, digests equal: %v", len(want), len(got), slices.Equal(got, want))
	}
	if ix.State() != frameindex.Verified {
		t.Errorf("a whole stream is %v", ix.State())
	}
	for _, full := range []bool{false, true} {
		d := opened(t, f, ix, decode.Options{Full: full, CacheBytes: 1 << 16})
		for order, numbers := range orders(ix.Len()) {
			if full && order != "shuffled" {
				continue
			}
			if wrong := check(t, d, numbers, want); wrong > 0 {
				t.Errorf("%s, nothing passed over %v: %d of %d frames wrong", order, full, wrong, len(numbers))
			}
		}
		d.Close()
	}
	d := opened(t, f, ix, decode.Options{})
	defer d.Close()
	at := int64(0)
	for n := range int64(s.Pictures) {
		if slices.Contains(s.Lone, int(n)) {
			continue
		}
		whole := display(t, d, at, 0)
		for line := range 2 {
			if got, err := mediatest.ReadNumber(fieldOf(whole, line)); err != nil || got != 2*n+int64(line) {
				t.Errorf("lines %d of frame %d are field %d, want %d: %v", line, at, got, 2*n+int64(line), err)
			}
		}
		at++
	}
}

// fieldOf is every second line, without copying.
func fieldOf(p media.Picture, first int) media.Picture {
	p.Height /= 2
	for i := range p.Planes {
		p.Planes[i] = p.Planes[i][first*p.Stride[i]:]
		p.Stride[i] *= 2
	}
	return p
}
