package decode_test

import (
	"path/filepath"
	"slices"
	"testing"

	"diaoyue.example/workstation/media/decode"
)

// Large pictures lie in memory of our own: in every layout of planes, at odd
// sizes, they are,
// bit for bit, those of ffmpeg.
func TestLargePictures(t *testing.T) {
	requireFFmpeg(t)
	for name, made := range map[string][]string{
		"720p":            {"-s", "1280x720", "-c:v", "libx264", "-pix_fmt", "yuv420p"},
		"odd":             {"-s", "1442x1078", "-c:v", "libx264", "-pix_fmt", "yuv420p"},
		"4:2:2, 10 bits":  {"-s", "1282x722", "-c:v", "libx264", "-pix_fmt", "yuv422p10"},
		"4:4:4":           {"-s", "1281x723", "-c:v", "libx264", "-pix_fmt", "yuv444p"},
		"grey":            {"-s", "1502x1000", "-c:v", "libx264", "-pix_fmt", "gray"},
		"HEVC":            {"-s", "1922x1082", "-c:v", "libx265", "-x265-params", "log-level=none", "-pix_fmt", "yuv420p"},
		"MPEG-2":          {"-s", "1440x1080", "-c:v", "mpeg2video"},
		"MJPEG":           {"-s", "1300x1002", "-c:v", "mjpeg", "-pix_fmt", "yuvj422p"},
		"packed, RGB":     {"-s", "1300x900", "-c:v", "png"},
		"palette":         {"-s", "1300x900", "-c:v", "png", "-pix_fmt", "pal8"},
		"FFV1, 12 bits":   {"-s", "1300x902", "-c:v", "ffv1", "-pix_fmt", "yuv420p12"},
		"two fields a go": {"-s", "1920x1080", "-c:v", "libx264", "-x264-params", "tff=1"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "large.mkv")
			ffmpeg(t, append(append([]string{"-f", "lavfi", "-i", "testsrc2=rate=25:duration=0.6"}, made...), "-g", "6", "-preset", "ultrafast", path)...)
			f := open(t, path)
			ix, sums := linear(t, f)
			if want := ffmpegMD5(t, path); !slices.Equal(sums, want) {
				t.Fatalf("%d pictures that differ from ffmpeg's %d", len(sums), len(want))
			}
			d := opened(t, f, ix, decode.Options{})
			defer d.Close()
			for way, numbers := range orders(ix.Len()) {
				if wrong := check(t, d, numbers, sums); wrong != 0 {
					t.Errorf("%s: %d wrong", way, wrong)
				}
			}
		})
	}
}
