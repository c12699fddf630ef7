package remote_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"diaoyue.example/workstation/media"
	"diaoyue.example/workstation/media/decode"
	"diaoyue.example/workstation/media/mediatest"
	"diaoyue.example/workstation/media/redact"
	"diaoyue.example/workstation/media/remote"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func pair(tb testing.TB) *remote.Client {
	tb.Helper()
	c, err := remote.Pair()
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { c.Close() })
	return c
}

// clip makes a recording and returns it open with its digest.
func clip(tb testing.TB) (*os.File, string) {
	tb.Helper()
	path := filepath.Join(tb.TempDir(), "clip.mp4")
	if err := mediatest.Make(tb.Context(), path, mediatest.Clip{Width: 320, Height: 180, Frames: 60, GOP: 30, BFrames: 2, VFR: true, Sound: true}); err != nil {
		tb.Fatal(err)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		tb.Fatal(err)
	}
	f, err := os.Open(path)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { f.Close() })
	sum := sha256.Sum256(b)
	return f, hex.EncodeToString(sum[:])
}

func cover() *redact.Plan {
	return &redact.Plan{Version: 1, Tracks: []redact.Track{{ID: "a", Shape: "rect", Effect: "fill", Keyframes: []redact.Keyframe{
		{Frame: 0, X: 31, Y: 41, W: 50, H: 50, Visible: true}, {Frame: 59, X: 201, Y: 101, W: 50, H: 50, Visible: true},
	}}}}
}

func TestTheSameAsInside(t *testing.T) {
	f, _ := clip(t)
	ctx, c := t.Context(), pair(t)
	if k, err := c.Probe(ctx, f); err != nil || len(k.Streams) != 2 {
		t.Fatalf("probe = %+v, %v", k, err)
	}
	var told bool
	index, err := c.BuildIndex(ctx, f, func(int64, int64) { told = true })
	if err != nil || !told {
		t.Fatalf("index: told %v, %v", told, err)
	}
	r, err := c.Open(ctx, f, index)
	if err != nil {
		t.Fatal(err)
	}
	inside, err := decode.Open(ctx, f, nil, decode.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer inside.Close()
	if i := r.Info(); i.Frames != 60 || i.Provisional || i.Width != 320 || i.Height != 180 {
		t.Errorf("info = %+v", i)
	}
	times, err := r.Times(ctx)
	if err != nil || len(times) != 60 || times[0] != 0 || times[59] <= times[58] {
		t.Errorf("times = %v, %v", times, err)
	}
	var wg sync.WaitGroup
	for _, n := range []int64{0, 59, 37, 12, 38} {
		wg.Go(func() {
			got, fault := r.Frame(ctx, n, remote.Request{Lossless: true, Digest: true})
			if fault != nil {
				t.Error(fault)
				return
			}
			want, fault := inside.Frame(ctx, n)
			if fault != nil {
				t.Error(fault)
				return
			}
			defer want.Close()
			p, fault := want.Picture()
			if fault != nil {
				t.Error(fault)
				return
			}
			png, fault := decode.EncodePNG(p)
			if fault != nil {
				t.Error(fault)
				return
			}
			if number, fault := mediatest.ReadNumber(p); fault != nil || number != n {
				t.Errorf("frame %d says %d, %v", n, number, fault)
			}
			if got.Info.Digest != want.MD5() || got.Info.Number != n || !bytes.Equal(got.Bytes, png) || got.MIME != "image/png" {
				t.Errorf("frame %d differs: %+v", n, got.Info)
			}
		})
	}
	wg.Wait()
	s, err := r.Sound(ctx, 0, .5, 1)
	if err != nil || s.Channels < 1 || len(s.Data) == 0 {
		t.Errorf("sound: %d samples, %v", len(s.Data), err)
	}
	if _, err := r.Frame(ctx, 60, remote.Request{}); !errors.Is(err, media.ErrNoFrame) {
		t.Errorf("frame 60: %v", err)
	}
	if _, err := r.Sound(ctx, 3, 0, 1); !errors.Is(err, media.ErrNoSound) {
		t.Errorf("track 3: %v", err)
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
	if _, err := r.Frame(ctx, 0, remote.Request{}); !errors.Is(err, remote.ErrClosed) {
		t.Errorf("frame of a closed recording: %v", err)
	}
}

// TestPreviewIsWhatExportEncodes: the preview's picture is, byte for byte, the
// decoded picture under Plan.Apply, which is what export gives its encoder; and
// the digest stays the original's.
func TestPreviewIsWhatExportEncodes(t *testing.T) {
	f, _ := clip(t)
	ctx, c := t.Context(), pair(t)
	r, err := c.Open(ctx, f, nil)
	if err != nil {
		t.Fatal(err)
	}
	plan := cover()
	n := int64(0)
	err = decode.Linear(ctx, f, nil, func(frame *decode.Frame) error {
		p, fault := frame.Picture()
		if fault != nil {
			return fault
		}
		plan.Apply(&p, n)
		want, fault := decode.EncodePNG(p)
		if fault != nil {
			return fault
		}
		got, fault := r.Frame(ctx, n, remote.Request{Lossless: true, Digest: true, Plan: plan})
		if fault != nil {
			return fault
		}
		if !bytes.Equal(got.Bytes, want) {
			t.Errorf("preview of frame %d differs", n)
		}
		if got.Info.Digest != frame.MD5() {
			t.Errorf("digest of frame %d is not the original's", n)
		}
		n++
		return nil
	})
	if err != nil || n != 60 {
		t.Fatalf("%d frames, %v", n, err)
	}
}

func TestExport(t *testing.T) {
	f, digest := clip(t)
	ctx, c := t.Context(), pair(t)
	dst, err := os.Create(filepath.Join(t.TempDir(), "copy.mp4"))
	if err != nil {
		t.Fatal(err)
	}
	defer dst.Close()
	plan := *cover()
	plan.Original = "sha256:" + digest
	var last string
	m, err := c.Export(ctx, f, dst, plan, func(done, total int64) { last = fmt.Sprint(done, "/", total) })
	if err != nil {
		t.Fatal(err)
	}
	if m.Report.Err() != nil || m.Frames != 60 || last != "120/120" {
		t.Errorf("manifest = %+v, progress %s", m, last)
	}
}

func TestCancelledExportLetsGo(t *testing.T) {
	f, digest := clip(t)
	c := pair(t)
	dst, err := os.Create(filepath.Join(t.TempDir(), "copy.mp4"))
	if err != nil {
		t.Fatal(err)
	}
	defer dst.Close()
	ctx, cancel := context.WithCancel(t.Context())
	plan := *cover()
	plan.Original = "sha256:" + digest
	_, err = c.Export(ctx, f, dst, plan, func(int64, int64) { cancel() })
	cancel()
	if !errors.Is(err, context.Canceled) {
		t.Errorf("err = %v", err)
	}
	if _, err := c.Probe(t.Context(), f); err != nil {
		t.Errorf("after the cancellation: %v", err)
	}
}

func TestWorkerGone(t *testing.T) {
	f, _ := clip(t)
	c := pair(t)
	r, err := c.Open(t.Context(), f, nil)
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	started := make(chan struct{}, 4)
	for range 4 {
		wg.Go(func() {
			for n := int64(0); ; n = (n + 7) % 60 {
				_, err := r.Frame(t.Context(), n, remote.Request{})
				if errors.Is(err, remote.ErrWorkerGone) {
					return
				}
				if err != nil {
					t.Errorf("err = %v, want ErrWorkerGone", err)
					return
				}
				select {
				case started <- struct{}{}:
				default:
				}
			}
		})
	}
	<-started
	c.Close()
	wg.Wait()
	if _, err := c.Probe(t.Context(), f); !errors.Is(err, remote.ErrWorkerGone) {
		t.Errorf("asked after the end: %v", err)
	}
}
