package decode_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"diaoyue.example/workstation/media/decode"
	"diaoyue.example/workstation/media/mediatest"
)

// Every display matrix of quarter turns and mirrors makes of the picture what
// the ffmpeg program shows.
func TestUprightIsFFmpegs(t *testing.T) {
	requireFFmpeg(t)
	whole, err := os.ReadFile(made(t, mediatest.Clip{Width: 160, Height: 96, Frames: 3}).Name())
	if err != nil {
		t.Fatal(err)
	}
	const behind = 36 // of the box's name, where the matrix of version 0 begins
	at := bytes.Index(whole, []byte("tkhd")) + 4 + behind
	for _, m := range [][4]int32{
		{1, 0, 0, 1}, {0, 1, -1, 0}, {-1, 0, 0, -1}, {0, -1, 1, 0}, // turned
		{-1, 0, 0, 1}, {1, 0, 0, -1}, {0, 1, 1, 0}, {0, -1, -1, 0}, // mirrored
	} {
		t.Run(fmt.Sprint(m), func(t *testing.T) {
			data := bytes.Clone(whole)
			for i, place := range []int{0, 4, 12, 16} {
				binary.BigEndian.PutUint32(data[at+place:], uint32(m[i]<<16))
			}
			path := filepath.Join(t.TempDir(), "turned.mp4")
			if err := os.WriteFile(path, data, 0o600); err != nil {
				t.Fatal(err)
			}
			want := ffmpeg(t, "-i", path, "-frames:v", "1", "-pix_fmt", "yuv420p", "-f", "rawvideo", "-")
			d := opened(t, open(t, path), nil, decode.Options{})
			defer d.Close()
			p := display(t, d, 0, 0)
			var got []byte
			for i, plane := range p.Planes {
				w, h := p.Width, p.Height
				if i > 0 {
					w, h = w/2, h/2
				}
				for y := range h {
					got = append(got, plane[y*p.Stride[i]:][:w]...)
				}
			}
			if !bytes.Equal(got, want) {
				t.Errorf("%dx%d, another picture than ffmpeg's (%d bytes, %d)", p.Width, p.Height, len(got), len(want))
			}
		})
	}
}
