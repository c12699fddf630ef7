package decode_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"diaoyue.example/workstation/media/decode"
)

// Twins of recordings that made others miscount: fields in macroblocks, clocks
// that jump back, a picture of the cover or a second camera beside the footage.
// Count, order and digests are ffmpeg's, in any order of asking.
func TestAwkwardTwins(t *testing.T) {
	requireFFmpeg(t)
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	source := []string{"-f", "lavfi", "-i", "testsrc2=s=160x96:r=25:d=1.6"}
	run := func(name string, args ...string) {
		ffmpeg(t, append(slices.Concat(source, args), at(name))...)
	}
	run("mbaff.ts", "-c:v", "libx264", "-flags", "+ilme", "-x264-params", "interlaced=1:keyint=15:bframes=2")
	run("mbaff.mkv", "-c:v", "libx264", "-flags", "+ilme", "-x264-params", "bff=1:keyint=15:bframes=2")
	run("fields.ts", "-c:v", "mpeg2video", "-flags", "+ildct+ilme", "-top", "1", "-g", "12", "-bf", "2")
	run("fields.mpg", "-c:v", "mpeg2video", "-flags", "+ildct+ilme", "-top", "0", "-g", "12", "-bf", "2", "-f", "vob")
	run("recovery.h264", "-c:v", "libx264", "-x264-params", "intra-refresh=1:keyint=10")
	run("hidden.webm", "-c:v", "libvpx", "-auto-alt-ref", "1", "-lag-in-frames", "10", "-g", "15")
	run("part.ts", "-c:v", "libx264", "-g", "10", "-bf", "2")
	run("part.mp4", "-c:v", "libx264", "-g", "20", "-bf", "3", "-x264-params", "open-gop=1:b-pyramid=normal")
	run("lacking.avi", "-c:v", "mpeg4", "-g", "12", "-bf", "2") // an AVI says nothing of display times
	run("packed.avi", "-c:v", "libxvid", "-g", "12", "-bf", "2")
	run("program.mpg", "-c:v", "mpeg2video", "-g", "12", "-bf", "2", "-f", "vob")
	run("h264.mpg", "-c:v", "libx264", "-g", "15", "-bf", "2", "-f", "vob")
	run("uneven.mp4", "-vf", "select='not(eq(mod(n,7),3))*not(between(n,20,27))'", "-vsync", "vfr", "-c:v", "libx264", "-g", "12", "-bf", "2")
	run("frag.mp4", "-c:v", "libx264", "-g", "10", "-bf", "2", "-movflags", "frag_keyframe+empty_moov")
	run("hevc.ts", "-c:v", "libx265", "-g", "15", "-x265-params", "log-level=none:bframes=3")
	ffmpeg(t, "-ss", "0.5", "-i", at("part.mp4"), "-c", "copy", at("edited.mp4"))
	ffmpeg(t, "-i", at("part.ts"), "-c", "copy", "-output_ts_offset", "95441.5", at("wrap.ts")) // its clock of 33 bits begins anew after 0.8 s
	ffmpeg(t, "-itsoffset", "-0.7", "-i", at("part.ts"), "-c", "copy", "-copyts", "-avoid_negative_ts", "disabled", at("before.nut"))
	frag, err := os.ReadFile(at("frag.mp4"))
	if err != nil {
		t.Fatal(err)
	}
	part, err := os.ReadFile(at("part.ts"))
	if err != nil {
		t.Fatal(err)
	}
	const packet = 188
	middle := len(part) / packet / 2 * packet
	flipped := slices.Clone(part)
	for i := range 6 {
		flipped[len(flipped)/4+i*len(flipped)/10] ^= 0x24
	}
	for name, data := range map[string][]byte{
		"cut.mp4":    frag[:len(frag)*2/3],
		"flipped.ts": flipped,
		"reset.ts":   slices.Concat(part, part), // the clock begins anew
		"hole.ts":    slices.Concat(part[:middle], part[middle+9*packet:]),
	} {
		if err := os.WriteFile(at(name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	ffmpeg(t, "-f", "lavfi", "-i", "color=red:s=64x64:d=0.04", "-frames:v", "1", at("cover.png"))
	ffmpeg(t, "-i", at("cover.png"), "-i", at("part.ts"), "-map", "1:v", "-map", "0:v", "-c", "copy", "-disposition:v:1", "attached_pic", at("cover.mp4"))
	ffmpeg(t, "-i", at("part.ts"), "-i", at("mbaff.ts"), "-map", "0:v", "-map", "1:v", "-c", "copy", at("two.mkv"))

	for _, name := range []string{
		"mbaff.ts", "mbaff.mkv", "fields.ts", "fields.mpg", "recovery.h264", "hidden.webm", "reset.ts", "wrap.ts", "hole.ts", "cover.mp4", "two.mkv", "lacking.avi", "packed.avi",
		"program.mpg", "h264.mpg", "uneven.mp4", "hevc.ts", "edited.mp4", "before.nut", "cut.mp4", "flipped.ts",
	} {
		t.Run(name, func(t *testing.T) {
			f := open(t, at(name))
			ix, want := linear(t, f)
			if got := ffmpegMD5(t, f.Name()); len(want) == 0 || !slices.Equal(got, want) {
				t.Fatalf("ours %d frames, ffmpeg's %d, digests equal: %v", len(want), len(got), slices.Equal(got, want))
			}
			for _, full := range []bool{false, true} {
				d := opened(t, f, ix, decode.Options{Full: full})
				for order, numbers := range orders(ix.Len()) {
					if wrong := check(t, d, numbers, want); wrong > 0 {
						t.Errorf("%s, nothing passed over %v: %d of %d frames wrong", order, full, wrong, len(numbers))
					}
				}
				d.Close()
			}
		})
	}
}
