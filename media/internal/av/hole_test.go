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

// packets counts the packets of the recording's first stream and their bytes. The
// file's own offset must stay where it is.
func packets(t *testing.T, path string) (n int, bytes int64) {
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
		for _, one := range p {
			n, bytes = n+1, bytes+int64(one.Size)
		}
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
	return n, bytes
}
