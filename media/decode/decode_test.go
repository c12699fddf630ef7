package decode_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"diaoyue.example/workstation/media"
	"diaoyue.example/workstation/media/decode"
	"diaoyue.example/workstation/media/frameindex"
	"diaoyue.example/workstation/media/mediatest"
)

// clips are the shapes of recordings that go wrong elsewhere.
func clips() map[string]mediatest.Clip {
	small := mediatest.Clip{Width: 240, Height: 136}
	with := func(change func(*mediatest.Clip)) mediatest.Clip {
		c := small
		change(&c)
		return c
	}
	return map[string]mediatest.Clip{
		"long gop with b-frames": with(func(c *mediatest.Clip) { c.Frames, c.GOP, c.BFrames = 70, 250, 3 }),
		"variable rate":          with(func(c *mediatest.Clip) { c.Frames, c.GOP, c.BFrames, c.VFR = 50, 20, 2, true }),
		"open gop":               with(func(c *mediatest.Clip) { c.Frames, c.GOP, c.BFrames, c.X264 = 50, 15, 3, "open-gop=1" }),
		"intra refresh in ts":    with(func(c *mediatest.Clip) { c.Frames, c.GOP, c.X264, c.Format = 50, 15, "intra-refresh=1", "mpegts" }),
		"transport stream":       with(func(c *mediatest.Clip) { c.Frames, c.GOP, c.BFrames, c.Format = 50, 12, 2, "mpegts" }),
		"mpeg-4 in avi, no pts":  with(func(c *mediatest.Clip) { c.Frames, c.GOP, c.BFrames, c.Format, c.Codec = 50, 15, 2, "avi", "mpeg4" }),
		"matroska":               with(func(c *mediatest.Clip) { c.Frames, c.GOP, c.BFrames, c.Format = 50, 15, 2, "matroska" }),
		"fragmented": with(func(c *mediatest.Clip) {
			c.Frames, c.GOP, c.Mux = 50, 15, map[string]string{"movflags": "frag_keyframe+empty_moov"}
		}),
		"late start": with(func(c *mediatest.Clip) { c.Frames, c.GOP, c.BFrames, c.StartPTS = 40, 20, 2, 52000 }),
		"lying":      with(func(c *mediatest.Clip) { c.Frames, c.GOP, c.Rotation = 40, 20, 90 }),
		"odd size":   {Width: 401, Height: 227, Frames: 40, GOP: 20, BFrames: 2},
		"mjpeg":      with(func(c *mediatest.Clip) { c.Frames, c.Format, c.Codec, c.FullRange = 30, "avi", "mjpeg", true }),
	}
}

// Whatever the order, frame n is the n-th picture of the linear pass, and its
// pixels say so.
func TestEveryFrameInEveryOrder(t *testing.T) {
	for name, clip := range clips() {
		t.Run(name, func(t *testing.T) {
			f := made(t, clip)
			ix, want := linear(t, f)
			if ix.Len() != int64(clip.Frames) {
				t.Fatalf("%d frames, made %d", ix.Len(), clip.Frames)
			}
			if ix.State() != frameindex.Verified {
				t.Errorf("a whole clip is %v", ix.State())
			}
			for _, full := range []bool{false, true} {
				d := opened(t, f, ix, decode.Options{Full: full, CacheBytes: 12 * 320 * 180 * 3 / 2})
				for order, numbers := range orders(ix.Len()) {
					if full && order != "shuffled" {
						continue
					}
					if wrong := check(t, d, numbers, want); wrong > 0 {
						t.Errorf("%s, full %v: %d of %d frames wrong", order, full, wrong, len(numbers))
					}
				}
				d.Close()
			}
		})
	}
}

// A provisional index of an ordinary clip numbers as the verified one does.
func TestProvisional(t *testing.T) {
	f := made(t, mediatest.Clip{Width: 320, Height: 180, Frames: 60, GOP: 20, BFrames: 2})
	_, want := linear(t, f)
	d := opened(t, f, nil, decode.Options{})
	defer d.Close()
	if d.Index().State() != frameindex.Provisional {
		t.Fatalf("state %v", d.Index().State())
	}
	if wrong := check(t, d, orders(60)["shuffled"], want); wrong > 0 {
		t.Errorf("%d frames wrong", wrong)
	}
}

// The numbers and digests are ffmpeg's own.
func TestFrameMD5IsFFmpegs(t *testing.T) {
	requireFFmpeg(t)
	for name, clip := range clips() {
		t.Run(name, func(t *testing.T) {
			f := made(t, clip)
			_, want := linear(t, f)
			if got := ffmpegMD5(t, f.Name()); !slices.Equal(got, want) {
				t.Fatalf("ours %d frames, ffmpeg's %d, digests equal: %v", len(want), len(got), slices.Equal(got, want))
			}
		})
	}
}

// Pixel formats beyond 4:2:0, cut files, packed and interlaced streams: made by ffmpeg.
func TestForeignShapes(t *testing.T) {
	requireFFmpeg(t)
	source := []string{"-f", "lavfi", "-i", "testsrc2=s=162x90:r=25:d=2"}
	for name, args := range map[string][]string{
		"rgb.avi":      {"-c:v", "rawvideo", "-pix_fmt", "bgr24"},
		"pal8.avi":     {"-c:v", "rawvideo", "-pix_fmt", "pal8"},
		"odd444.mp4":   {"-vf", "scale=161:91", "-c:v", "libx264", "-pix_fmt", "yuv444p"},
		"ten.mp4":      {"-c:v", "libx264", "-pix_fmt", "yuv422p10le", "-g", "20"},
		"gray.mkv":     {"-c:v", "ffv1", "-pix_fmt", "gray"},
		"inter.ts":     {"-vf", "scale=160:96", "-c:v", "libx264", "-flags", "+ildct+ilme", "-x264-params", "tff=1", "-g", "20"},
		"mpeg2.mpg":    {"-c:v", "mpeg2video", "-g", "12", "-bf", "2"},
		"vp9.webm":     {"-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8"},
		"editlist.mp4": nil,
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), name)
			if args == nil { // starts inside a group: leading pictures are decoded, not shown
				whole := made(t, mediatest.Clip{Width: 320, Height: 180, Frames: 100, GOP: 60, BFrames: 2}).Name()
				ffmpeg(t, "-ss", "1.3", "-i", whole, "-c", "copy", path)
			} else {
				ffmpeg(t, append(slices.Concat(source, args), path)...)
			}
			f := open(t, path)
			ix, want := linear(t, f)
			if got := ffmpegMD5(t, path); !slices.Equal(got, want) {
				t.Fatalf("ours %d frames, ffmpeg's %d, digests equal: %v", len(want), len(got), slices.Equal(got, want))
			}
			d := opened(t, f, ix, decode.Options{})
			defer d.Close()
			for order, numbers := range orders(ix.Len()) {
				if wrong := check(t, d, numbers, want); wrong > 0 {
					t.Errorf("%s: %d frames wrong", order, wrong)
				}
			}
			fr, err := d.Frame(t.Context(), 0)
			if err != nil {
				t.Fatal(err)
			}
			defer fr.Close()
			if p, err := fr.Picture(); err != nil || !p.Valid() {
				t.Errorf("no picture: %v", err)
			}
		})
	}
}

// A damaged stream stays exact: one thread, and every frame proved.
func TestDamagedStream(t *testing.T) {
	f := made(t, mediatest.Clip{Width: 320, Height: 180, Frames: 120, GOP: 40, BFrames: 2})
	data, err := os.ReadFile(f.Name())
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(5, 6))
	for range 8 {
		data[len(data)/5+r.IntN(len(data)/2)] ^= 1 << r.IntN(8)
	}
	path := filepath.Join(t.TempDir(), "flipped.mp4")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	f = open(t, path)
	ix, want := linear(t, f)
	if ix.State() != frameindex.Damaged {
		t.Errorf("state %v", ix.State())
	}
	d := opened(t, f, ix, decode.Options{})
	defer d.Close()
	for order, numbers := range orders(ix.Len()) {
		if wrong := check(t, d, numbers, want); wrong > 0 {
			t.Errorf("%s: %d frames wrong", order, wrong)
		}
	}
}

func TestManyAtOnce(t *testing.T) {
	f := made(t, mediatest.Clip{Width: 320, Height: 180, Frames: 90, GOP: 30, BFrames: 2})
	ix, want := linear(t, f)
	d := opened(t, f, ix, decode.Options{CacheBytes: 1 << 20})
	var wg sync.WaitGroup
	for _, numbers := range orders(ix.Len()) {
		wg.Go(func() {
			if wrong := check(t, d, numbers, want); wrong > 0 {
				t.Errorf("%d frames wrong", wrong)
			}
		})
	}
	wg.Wait()
	d.Close()
	d.Close()
	if _, err := d.Frame(t.Context(), 0); !errors.Is(err, decode.ErrClosed) {
		t.Errorf("a closed decoder answers %v", err)
	}
}

func TestRefusals(t *testing.T) {
	f := made(t, mediatest.Clip{Width: 320, Height: 180, Frames: 60})
	d := opened(t, f, nil, decode.Options{})
	defer d.Close()
	for _, n := range []int64{-1, 60} {
		if _, err := d.Frame(t.Context(), n); !errors.Is(err, media.ErrNoFrame) {
			t.Errorf("frame %d: %v", n, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := d.Frame(ctx, 50); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled wish gives %v", err)
	}
	if fr, err := d.Frame(t.Context(), 50); err != nil {
		t.Errorf("after a cancelled wish: %v", err)
	} else {
		fr.Close()
	}
	other := made(t, mediatest.Clip{Width: 320, Height: 180, Frames: 61})
	if _, err := decode.Open(t.Context(), other, d.Index(), decode.Options{}); !errors.Is(err, decode.ErrStale) {
		t.Errorf("another file's index gives %v", err)
	}
}

// orders of asking; steps forward and backward begin in the middle.
func orders(frames int64) map[string][]int64 {
	rising := make([]int64, frames)
	for i := range rising {
		rising[i] = int64(i)
	}
	falling := slices.Clone(rising)
	slices.Reverse(falling)
	shuffled := slices.Clone(rising)
	r := rand.New(rand.NewPCG(1, 2))
	r.Shuffle(len(shuffled), func(i, k int) { shuffled[i], shuffled[k] = shuffled[k], shuffled[i] })
	mid := frames / 2
	var steps []int64
	for i := range min(mid, 12) {
		steps = append(steps, mid, min(mid+10, frames-1), mid-i)
	}
	return map[string][]int64{"rising": rising, "falling": falling, "shuffled": shuffled, "steps": steps}
}

func check(t *testing.T, d *decode.Decoder, numbers []int64, want []string) (wrong int) {
	t.Helper()
	for _, n := range numbers {
		fr, err := d.Frame(t.Context(), n)
		if err != nil {
			t.Logf("frame %d: %v", n, err)
			wrong++
			continue
		}
		if fr.MD5() != want[n] || fr.Info().Number != n {
			wrong++
		}
		fr.Close()
	}
	return wrong
}

func linear(t *testing.T, f *os.File) (*frameindex.Index, []string) {
	t.Helper()
	ix, err := frameindex.Build(t.Context(), f, nil)
	if err != nil {
		t.Fatal(err)
	}
	var sums []string
	err = decode.Linear(t.Context(), f, ix, func(fr *decode.Frame) error {
		sums = append(sums, fr.MD5())
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return ix, sums
}

func opened(t *testing.T, f *os.File, ix *frameindex.Index, o decode.Options) *decode.Decoder {
	t.Helper()
	d, err := decode.Open(t.Context(), f, ix, o)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func made(t *testing.T, clip mediatest.Clip) *os.File {
	t.Helper()
	path := filepath.Join(t.TempDir(), "clip")
	if err := mediatest.Make(t.Context(), path, clip); err != nil {
		t.Fatal(err)
	}
	return open(t, path)
}

func open(t *testing.T, path string) *os.File {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

func requireFFmpeg(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath("ffmpeg"); err != nil {
		t.Skip("the ffmpeg program is not installed; nothing to compare with")
	}
}

func ffmpeg(t *testing.T, args ...string) []byte {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "ffmpeg", append([]string{"-v", "error", "-nostdin", "-y"}, args...)...).Output()
	if err != nil {
		t.Fatalf("ffmpeg %v: %v", args, err)
	}
	return out
}

func ffmpegMD5(t *testing.T, path string) []string {
	t.Helper()
	out := ffmpeg(t, "-threads", "1", "-noautorotate", "-i", path, "-map", "0:v:0", "-vsync", "passthrough", "-f", "framemd5", "-")
	var sums []string
	for line := range strings.Lines(string(out)) {
		if !strings.HasPrefix(line, "#") {
			sums = append(sums, strings.TrimSpace(line[strings.LastIndex(line, ",")+1:]))
		}
	}
	return sums
}
