package decode_test

import (
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"diaoyue.example/workstation/media/decode"
)

// Noise that the codec leaves to the decoder to make up is the same noise in
// every answer, whatever was asked before.
func TestMadeUpNoiseIsTheSame(t *testing.T) {
	requireFFmpeg(t)
	plain := filepath.Join(t.TempDir(), "plain.amr")
	if err := os.WriteFile(plain, amr("#!AMR-WB\n", 8, 60), 0o600); err != nil {
		t.Fatal(err)
	}
	hiss := []string{"-f", "lavfi", "-i", "anoisesrc=d=12:a=0.2:r=48000:seed=1"}
	for name, args := range map[string][]string{
		"aac.m4a":  append(slices.Clone(hiss), "-c:a", "aac", "-b:a", "32k", "-aac_pns", "1"),
		"aac.ts":   append(slices.Clone(hiss), "-c:a", "aac", "-b:a", "32k", "-aac_pns", "1"),
		"ac3.mkv":  append(slices.Clone(hiss), "-c:a", "ac3", "-b:a", "64k"),
		"wide.3gp": {"-i", plain, "-c", "copy"},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), name)
			ffmpeg(t, append(args, path)...)
			f := open(t, path)
			d := opened(t, f, nil, decode.Options{})
			defer d.Close()
			whole := sound(t, d, 0, 12)
			fresh := opened(t, f, nil, decode.Options{})
			defer fresh.Close()
			for _, from := range []float64{5.2, 1.25, 4, .5, 5.3, .02, 2.999} {
				part := sound(t, fresh, whole.From+from, whole.From+from+.5)
				at := int(math.Round((part.From-whole.From)*float64(part.Rate))) * part.Channels
				if len(part.Data) < part.Rate/3 || !slices.Equal(part.Data, whole.Data[at:at+len(part.Data)]) {
					i, most := differs(part.Data, whole.Data[at:])
					t.Errorf("from %v: sample %d of %d differs by %d", from, i, len(part.Data), most)
				}
			}
		})
	}
}

// What is decoded again on the way to something else is not heard twice: a hole
// behind it stays silent.
func TestHolesStaySilent(t *testing.T) {
	requireFFmpeg(t)
	dir := t.TempDir()
	path := filepath.Join(dir, "hole.mkv")
	ffmpeg(t, "-f", "lavfi", "-i", "sine=440:d=12:r=48000", "-c:a", "libmp3lame", filepath.Join(dir, "whole.mkv"))
	ffmpeg(t, "-i", filepath.Join(dir, "whole.mkv"), "-c", "copy", "-bsf:a", "noise=drop='between(pts,6000,6500)'", path)
	d := opened(t, open(t, path), nil, decode.Options{})
	defer d.Close()
	want := sound(t, d, 5.8, 6.7).Data
	if loud(want[:4800]) == 0 || loud(want[16800:21600]) != 0 {
		t.Fatalf("there is no hole: loudness %d and %d", loud(want[:4800]), loud(want[16800:21600]))
	}
	sound(t, d, 4.9, 5.1)
	sound(t, d, 6.7, 6.8)
	if i, most := differs(sound(t, d, 5.8, 6.7).Data, want); most > 2 {
		t.Errorf("sample %d differs by %d the second time", i, most)
	}
}
