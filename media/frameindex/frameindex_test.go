package frameindex_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"diaoyue.example/workstation/media"
	"diaoyue.example/workstation/media/frameindex"
	"diaoyue.example/workstation/media/mediatest"
)

func TestNumbersAndTimes(t *testing.T) {
	f := made(t, mediatest.Clip{Width: 320, Height: 180, Frames: 100, FPS: 25, GOP: 30, BFrames: 2, StartPTS: 40000})
	var last, total int64
	ix, err := frameindex.Build(t.Context(), f, func(done, all int64) { last, total = done, all })
	if err != nil {
		t.Fatal(err)
	}
	if ix.State() != frameindex.Verified || ix.Len() != 100 || last != total || total != ix.FileSize() {
		t.Fatalf("%v, %d frames, progress %d of %d", ix.State(), ix.Len(), last, total)
	}
	for n := range ix.Len() {
		if want := float64(n) / 25; ix.Time(n)-want > 1e-6 || want-ix.Time(n) > 1e-6 {
			t.Fatalf("frame %d at %v", n, ix.Time(n))
		}
		for _, within := range []float64{0, .01, .039} {
			if got := ix.FrameAt(ix.Time(n) + within); got != n {
				t.Fatalf("at %v stands frame %d, want %d", ix.Time(n)+within, got, n)
			}
		}
	}
	if ix.FrameAt(-5) != 0 || ix.FrameAt(1e9) != 99 {
		t.Error("times outside are not held to the ends")
	}
	for _, c := range []struct{ n, before, after int64 }{{0, 0, 30}, {29, 0, 30}, {30, 30, 60}, {95, 90, 99}} {
		if b, a := ix.KeyframeBefore(c.n), ix.KeyframeAfter(c.n); b != c.before || a != c.after {
			t.Errorf("around %d: keys %d and %d, want %d and %d", c.n, b, a, c.before, c.after)
		}
	}
}

func TestVariableRateTimes(t *testing.T) {
	f := made(t, mediatest.Clip{Width: 320, Height: 180, Frames: 60, VFR: true, BFrames: 2})
	ix, err := frameindex.Build(t.Context(), f, nil)
	if err != nil {
		t.Fatal(err)
	}
	uneven := false
	for n := int64(1); n < ix.Len(); n++ {
		step := ix.Time(n) - ix.Time(n-1)
		if step <= 0 {
			t.Fatalf("frame %d does not follow frame %d", n, n-1)
		}
		uneven = uneven || step > .07
		if ix.FrameAt(ix.Time(n)) != n || ix.FrameAt(ix.Time(n)-.001) != n-1 {
			t.Fatalf("frame %d is not at its own time", n)
		}
	}
	if !uneven {
		t.Error("the rate does not vary")
	}
}

func TestStoreAndLoad(t *testing.T) {
	f := made(t, mediatest.Clip{Width: 320, Height: 180, Frames: 50, GOP: 20, BFrames: 2, Sound: true})
	ix, err := frameindex.Build(t.Context(), f, nil)
	if err != nil {
		t.Fatal(err)
	}
	data := ix.Marshal()
	if perFrame := len(data) / 50; perFrame > 40 {
		t.Errorf("%d bytes a frame", perFrame)
	}
	back, err := frameindex.Unmarshal(data)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(back.Marshal(), data) || back.At(17) != ix.At(17) || back.Time(49) != ix.Time(49) || back.Packet(3) != ix.Packet(3) {
		t.Error("what was loaded is not what was stored")
	}
	for i := range data {
		changed := bytes.Clone(data)
		changed[i] ^= 4
		if _, err := frameindex.Unmarshal(changed); !errors.Is(err, frameindex.ErrFormat) {
			t.Fatalf("byte %d changed: %v", i, err)
		}
	}
	for _, cut := range [][]byte{nil, data[:1], data[:40], data[:len(data)-1]} {
		if _, err := frameindex.Unmarshal(cut); !errors.Is(err, frameindex.ErrFormat) {
			t.Errorf("cut to %d bytes: %v", len(cut), err)
		}
	}
}

// Each kind of bad file has its own name.
func TestBadFiles(t *testing.T) {
	whole, err := os.ReadFile(made(t, mediatest.Clip{Width: 320, Height: 180, Frames: 50}).Name())
	if err != nil {
		t.Fatal(err)
	}
	secret := filepath.Join(t.TempDir(), "secret.mp4")
	if err := os.WriteFile(secret, whole, 0o600); err != nil {
		t.Fatal(err)
	}
	playlist := "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n" + secret + "\n#EXT-X-ENDLIST\n"
	for name, c := range map[string]struct {
		data []byte
		want error
	}{
		"empty":            {nil, media.ErrEmpty},
		"zeros":            {make([]byte, 100000), media.ErrEmpty},
		"text":             {[]byte("no recording at all, only words\n"), media.ErrUnsupported},
		"hls playlist":     {[]byte(playlist), media.ErrUnsupported},
		"concat list":      {[]byte("ffconcat version 1.0\nfile " + secret + "\n"), media.ErrUnsupported},
		"cut before moov":  {whole[:len(whole)/2], media.ErrMissingMoov},
		"moov of zeros":    {append(bytes.Clone(whole[:len(whole)-400]), make([]byte, 400)...), nil},
		"header and noise": {append(bytes.Clone(whole[:48]), bytes.Repeat([]byte{0xff, 0x13, 7}, 3000)...), nil},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "video.mp4")
			if err := os.WriteFile(path, c.data, 0o600); err != nil {
				t.Fatal(err)
			}
			f := open(t, path)
			_, err := frameindex.Build(t.Context(), f, nil)
			if c.want != nil && !errors.Is(err, c.want) {
				t.Errorf("%v, want %v", err, c.want)
			}
			if err != nil && !named(err) {
				t.Errorf("an error without a name: %v", err)
			}
		})
	}
}

// Cut and changed at random, a file gives frames or a named error.
func TestMutatedFiles(t *testing.T) {
	for _, format := range []string{"mp4", "matroska", "mpegts"} {
		whole, err := os.ReadFile(made(t, mediatest.Clip{Width: 160, Height: 96, Frames: 12, GOP: 6, Format: format}).Name())
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(t.TempDir(), "mutated")
		for i := range 40 {
			data := bytes.Clone(whole)
			seed := sha256.Sum256([]byte{byte(i)})
			for k := range 8 {
				data[(int(seed[k])<<16|int(seed[k+8])<<8|int(seed[k+16]))%len(data)] ^= seed[k+24]
			}
			if i%2 == 0 {
				data = data[:len(data)*(i+1)/41]
			}
			if err := os.WriteFile(path, data, 0o600); err != nil {
				t.Fatal(err)
			}
			f, err := os.Open(path)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := frameindex.Build(t.Context(), f, nil); err != nil && !named(err) {
				t.Errorf("%s %d: an error without a name: %v", format, i, err)
			}
			f.Close()
		}
	}
}

func TestCancelled(t *testing.T) {
	f := made(t, mediatest.Clip{Width: 320, Height: 180, Frames: 50})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := frameindex.Build(ctx, f, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("build gives %v", err)
	}
	if _, err := frameindex.Scan(ctx, f); !errors.Is(err, context.Canceled) {
		t.Errorf("scan gives %v", err)
	}
}

func FuzzUnmarshal(f *testing.F) {
	path := filepath.Join(f.TempDir(), "clip")
	if err := mediatest.Make(f.Context(), path, mediatest.Clip{Width: 160, Height: 96, Frames: 10}); err != nil {
		f.Fatal(err)
	}
	clip, err := os.Open(path)
	if err != nil {
		f.Fatal(err)
	}
	defer clip.Close()
	ix, err := frameindex.Build(f.Context(), clip, nil)
	if err != nil {
		f.Fatal(err)
	}
	data := ix.Marshal()
	f.Add(data[:len(data)-sha256.Size])
	f.Add([]byte("DYFRAME\x01\x02\x00\x02\x02\x00\x00\x00\x00"))
	f.Fuzz(func(t *testing.T, body []byte) {
		sum := sha256.Sum256(body) // past the checksum, where the counts are
		ix, err := frameindex.Unmarshal(append(bytes.Clone(body), sum[:]...))
		if err != nil {
			if !errors.Is(err, frameindex.ErrFormat) {
				t.Fatal(err)
			}
			return
		}
		for n := range ix.Len() {
			ix.FrameAt(ix.Time(n))
			ix.SeekPoint(n, ix.Packets(), func(int64) bool { return true })
		}
		if _, err := frameindex.Unmarshal(ix.Marshal()); err != nil {
			t.Fatalf("stored again: %v", err)
		}
	})
}

func named(err error) bool {
	for _, name := range []error{media.ErrEmpty, media.ErrUnsupported, media.ErrDamaged, media.ErrMissingMoov, media.ErrNoVideo} {
		if errors.Is(err, name) {
			return true
		}
	}
	return false
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
