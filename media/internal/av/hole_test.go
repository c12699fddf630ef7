package av_test

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"diaoyue.example/workstation/media/internal/av"
	"diaoyue.example/workstation/media/mediatest"
)

// A full card leaves a recording that goes on as a hole of gigabytes. Its
// packets are those of the recording alone, and nobody waits for the hole.
func TestHoleAtTheEnd(t *testing.T) {
	for _, format := range []string{"mpegts", "matroska", "avi", "flv", "h264"} {
		t.Run(format, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "clip")
			if err := mediatest.Make(t.Context(), path, mediatest.Clip{Width: 160, Height: 96, Frames: 25, GOP: 10, Format: format}); err != nil {
				t.Fatal(err)
			}
			want, _ := packets(t, path)
			if want == 0 {
				t.Fatal("no packets without a hole")
			}
			if err := os.Truncate(path, 10<<30); err != nil {
				t.Skipf("this file system makes no holes: %v", err)
			}
			if got, _ := packets(t, path); got != want {
				t.Errorf("%d packets with a hole, %d without", got, want)
			}
		})
	}
}

// Silence that a sparse copy made a hole is sound all the same, however long.
func TestHoleThatIsSound(t *testing.T) {
	const silence = 200 << 20 // bytes
	head := []byte("RIFF....WAVEfmt \x10\x00\x00\x00\x01\x00\x02\x00\x80\xbb\x00\x00\x00\xee\x02\x00\x04\x00\x10\x00data....")
	binary.LittleEndian.PutUint32(head[4:], uint32(len(head))-8+silence)
	binary.LittleEndian.PutUint32(head[len(head)-4:], silence)
	path := filepath.Join(t.TempDir(), "sound.wav")
	if err := os.WriteFile(path, head, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(path, int64(len(head))+silence); err != nil {
		t.Skipf("this file system makes no holes: %v", err)
	}
	if _, bytes := packets(t, path); bytes != silence {
		t.Errorf("%d bytes of sound, want %d", bytes, silence)
	}
}

// What a bad card lost in the middle is passed over, be it a hole or zeros
// written: the packets before and after are those that come with a gap so short
// that it is searched byte by byte, at their places.
func TestGapInTheMiddle(t *testing.T) {
	const short, long, written = 1 << 20, 10 << 30, 64 << 20 // bytes
	for _, format := range []string{"mpegts", "mpeg", "matroska", "flv", "h264"} {
		t.Run(format, func(t *testing.T) {
			want, gaps := scanned(t, gapped(t, format, short, false))
			if len(want) < 300 || gaps != 0 {
				t.Fatalf("%d packets and %d gaps", len(want), gaps)
			}
			for name, path := range map[string]string{"hole": gapped(t, format, long, false), "zeros": gapped(t, format, written, true)} {
				got, gaps := scanned(t, path)
				if len(got) != len(want) || gaps == 0 {
					t.Fatalf("%s: %d packets and %d gaps, want %d", name, len(got), gaps, len(want))
				}
				moved := int64(long - short)
				if name == "zeros" {
					moved = written - short
				}
				for i, p := range got {
					q := want[i]
					if p.Pos != q.Pos {
						q.Pos += moved
					}
					if format == "h264" {
						p, q = av.Packet{Flags: p.Flags}, av.Packet{Flags: q.Flags} // it has no places, and zeros hang on to a picture
					}
					if p != q {
						t.Fatalf("%s: packet %d is %+v, want %+v", name, i, p, q)
					}
				}
			}
		})
	}
}

// gapped makes a recording and puts zeros into its middle.
func gapped(t *testing.T, format string, zeros int64, written bool) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "clip")
	if err := mediatest.Make(t.Context(), path, mediatest.Clip{Width: 160, Height: 96, Frames: 400, GOP: 25, Format: format}); err != nil {
		t.Fatal(err)
	}
	if err := mediatest.PutZeros(path, -1, zeros, written); err != nil {
		t.Fatal(err)
	}
	return path
}

// packets counts the packets of the recording's first stream and their bytes.
func packets(t *testing.T, path string) (n int, bytes int64) {
	t.Helper()
	all, _ := scanned(t, path)
	for _, p := range all {
		bytes += int64(p.Size)
	}
	return len(all), bytes
}

// scanned gives the packets of the recording's first stream. The file's own
// offset must stay where it is.
func scanned(t *testing.T, path string) (all []av.Packet, gaps int64) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	const here = 7
	if _, err = f.Seek(here, io.SeekStart); err != nil {
		t.Fatal(err)
	}
	s, err := av.Open(ctx, f)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	defer s.Watch(ctx)()
	s.Select(0)
	err = s.Scan(ctx, func(p []av.Packet) error {
		all = append(all, p...)
		return nil
	})
	if errors.Is(err, context.DeadlineExceeded) {
		t.Fatal("still searching after 30 s")
	}
	if err != nil {
		t.Fatal(err)
	}
	if at, _ := f.Seek(0, io.SeekCurrent); at != here {
		t.Errorf("the file's offset moved to %d", at)
	}
	return all, s.Gaps()
}
