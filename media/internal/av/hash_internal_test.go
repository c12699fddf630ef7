package av

import (
	"encoding/binary"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"diaoyue.example/workstation/media"
)

// The hash stands in indexes that are kept for years: wide and narrow
// instructions and the plain formula must give the same on every machine, for
// rows that end within a stripe too.
func TestHashIsTheSameEverywhere(t *testing.T) {
	const width, height = 418, 90
	f, err := os.Create(filepath.Join(t.TempDir(), "clip.mp4"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	e, err := NewEncoder(f, EncoderOptions{Video: &VideoOptions{
		Width: width, Height: height, TimeBase: media.Rational{Num: 1, Den: 25}, FrameRate: media.Rational{Num: 25, Den: 1}, Matrix: media.MatrixBT709,
	}})
	if err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(7, 11))
	for n := range int64(5) {
		p := media.NewPicture(width, height)
		for _, plane := range p.Planes {
			for i := range plane {
				plane[i] = byte(random.Uint32())
			}
		}
		if err = e.Video(p, n); err != nil {
			t.Fatal(err)
		}
	}
	if err = e.Close(); err != nil {
		t.Fatal(err)
	}
	s, err := Open(t.Context(), f)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	s.Select(s.Video())
	d, err := NewDecoder(s, s.Video(), 1)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	seen := map[uint64]bool{}
	_, err = Pass(t.Context(), s, d, func(int64, Packet) {}, func(pic *Frame) error {
		data, dataErr := pic.f.Data().Bytes(1)
		if dataErr != nil {
			return dataErr
		}
		w, h := pic.Size()
		want := plainHash(data, w, h, uint64(pic.info.format))
		if wide, narrow := pic.hash(true), pic.hash(false); wide != want || narrow != want {
			t.Errorf("wide %016x, narrow %016x, by the formula %016x", wide, narrow, want)
		}
		seen[want] = true
		return nil
	})
	if err != nil || len(seen) != 5 {
		t.Fatalf("%d different pictures of 5: %v", len(seen), err)
	}
}

// plainHash is dy_hash written down word by word, over 8 bit I420 without padding.
func plainHash(data []byte, width, height int, format uint64) uint64 {
	const step, prime = 0x9e3779b97f4a7c15, 0x9e3779b1
	keys := [8]uint64{
		0xbe4ba423396cfeb8, 0x1cad21f72c81017c, 0xdb979083e96dd4de, 0x1f67b3b7a4a44072,
		0x78e5c0cc4ee679cb, 0x2172ffcc7dd05a82, 0x8e2443f7744608b8, 0x4c263a81e69035e0,
	}
	key, acc := keys, [8]uint64{}
	for i := range acc {
		acc[i] = keys[7-i] * prime
	}
	row := func(p []byte) {
		for len(p)%64 != 0 {
			p = append(p[:len(p):len(p)], 0)
		}
		for ; len(p) > 0; p = p[64:] {
			for i := range acc {
				word := binary.LittleEndian.Uint64(p[8*i:])
				k := word ^ key[i]
				acc[i] += (k & 0xffffffff) * (k >> 32)
				acc[i^1] += word
				key[i] += step
			}
		}
		for i, a := range acc {
			acc[i] = ((a ^ a>>47) ^ keys[i]) * prime
		}
	}
	half := func(n int) int { return (n + 1) / 2 }
	for _, plane := range [3][2]int{{width, height}, {half(width), half(height)}, {half(width), half(height)}} {
		for range plane[1] {
			row(data[:plane[0]])
			data = data[plane[0]:]
		}
	}
	h := uint64(width)<<40 ^ uint64(height)<<16 ^ format
	for _, a := range acc {
		h = h*step ^ a
		h = (h ^ h>>37) * 0x165667919e3779f9
		h ^= h >> 32
	}
	return h
}
