package frameindex

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"

	"diaoyue.example/workstation/media"
	"diaoyue.example/workstation/media/internal/av"
)

// ErrFormat says that the bytes are no index of this version, or were changed.
var ErrFormat = errors.New("not a frame index of this version")

// magic begins every stored index, magicPartial every unfinished one; the last
// byte is the version.
const (
	magic        = "DYFRAME\x02"
	magicPartial = "DYFPART\x02"
)

// Marshal writes the index:
//
//	magic, then varints (zigzag where signed): state, stream, time base
//	numerator and denominator, file size, length of the versions' text, text,
//	number of packets, number of frames;
//	each packet: pts, dts, pos as differences to the packet before, duration,
//	size, flags;
//	each frame: packet and pts as differences, key (0 or 1), 8 bytes of hash;
//	then the SHA-256 of all before.
//
// A missing time stamp is written as the difference that leads to NoPTS.
func (ix *Index) Marshal() []byte { return ix.marshal(magic) }

func (ix *Index) marshal(magic string) []byte {
	b := make([]byte, 0, 256+24*len(ix.frames)+16*len(ix.packets))
	b = append(b, magic...)
	for _, v := range []int64{int64(ix.state), int64(ix.stream), ix.timeBase.Num, ix.timeBase.Den, ix.fileSize, int64(len(ix.versions))} {
		b = binary.AppendVarint(b, v)
	}
	b = append(b, ix.versions...)
	b = binary.AppendVarint(b, int64(len(ix.packets)))
	b = binary.AppendVarint(b, int64(len(ix.frames)))
	var last av.Packet
	for _, p := range ix.packets {
		for _, v := range []int64{p.PTS - last.PTS, p.DTS - last.DTS, p.Pos - last.Pos, p.Duration, int64(p.Size), int64(p.Flags)} {
			b = binary.AppendVarint(b, v)
		}
		last = p
	}
	var prev Entry
	for _, e := range ix.frames {
		b = binary.AppendVarint(b, e.Packet-prev.Packet)
		b = binary.AppendVarint(b, e.PTS-prev.PTS)
		key := byte(0)
		if e.Key {
			key = 1
		}
		b = append(b, key)
		b = binary.LittleEndian.AppendUint64(b, e.Hash)
		prev = e
	}
	sum := sha256.Sum256(b)
	return append(b, sum[:]...)
}

// Unmarshal reads what Marshal wrote. Anything else gives ErrFormat.
func Unmarshal(data []byte) (*Index, error) { return unmarshal(data, magic) }

func unmarshal(data []byte, magic string) (*Index, error) {
	if len(data) < len(magic)+sha256.Size || string(data[:len(magic)]) != magic {
		return nil, fmt.Errorf("read index: %w", ErrFormat)
	}
	body, sum := data[:len(data)-sha256.Size], data[len(data)-sha256.Size:]
	if want := sha256.Sum256(body); !bytes.Equal(sum, want[:]) {
		return nil, fmt.Errorf("read index: %w: checksum", ErrFormat)
	}
	ix, err := parse(body[len(magic):])
	if err != nil {
		return nil, fmt.Errorf("read index: %w", err)
	}
	return ix, nil
}

// parse reads the body between magic and checksum; it trusts no count.
func parse(b []byte) (*Index, error) {
	r := reader{b: b}
	ix := &Index{state: State(r.int(0, int64(Damaged))), stream: int(r.int(-1, 1<<16))}
	ix.timeBase = media.Rational{Num: r.int(1, 1<<31), Den: r.int(1, 1<<31)}
	ix.fileSize = r.int(0, 1<<62)
	ix.versions = string(r.take(r.int(0, 256)))
	const leastPacket, leastFrame = 6, 11 // bytes
	packets := r.int(0, int64(len(r.b))/leastPacket)
	frames := r.int(0, int64(len(r.b))/leastFrame)
	if r.bad {
		return nil, ErrFormat
	}
	ix.packets = make([]av.Packet, 0, packets)
	var last av.Packet
	for range packets {
		p := av.Packet{PTS: last.PTS + r.any(), DTS: last.DTS + r.any(), Pos: last.Pos + r.any(), Duration: r.any()}
		p.Size, p.Flags = int32(r.int(0, 1<<31-1)), int32(r.int(0, 1<<31-1)) //nolint:gosec // bounded
		ix.packets = append(ix.packets, p)
		last = p
	}
	ix.frames = make([]Entry, 0, frames)
	var prev Entry
	for range frames {
		e := Entry{Packet: prev.Packet + r.any(), PTS: prev.PTS + r.any()}
		e.Key = r.byte() == 1
		e.Hash = r.uint64()
		if e.Packet < 0 || e.Packet >= packets {
			r.bad = true
		}
		ix.frames = append(ix.frames, e)
		prev = e
	}
	if r.bad || len(r.b) != 0 {
		return nil, ErrFormat
	}
	return ix.finish(), nil
}

// reader takes values off the front; after the first fault all are zero.
type reader struct {
	b   []byte
	bad bool
}

func (r *reader) any() int64 {
	v, n := binary.Varint(r.b)
	if n <= 0 {
		r.bad, r.b = true, nil
		return 0
	}
	r.b = r.b[n:]
	return v
}

func (r *reader) int(lo, hi int64) int64 {
	v := r.any()
	if v < lo || v > hi {
		r.bad = true
		return max(lo, 0)
	}
	return v
}

func (r *reader) take(n int64) []byte {
	if n > int64(len(r.b)) {
		r.bad, r.b = true, nil
		return nil
	}
	out := r.b[:n]
	r.b = r.b[n:]
	return out
}

func (r *reader) byte() byte {
	if b := r.take(1); len(b) == 1 {
		return b[0]
	}
	return 0
}

func (r *reader) uint64() uint64 {
	if b := r.take(8); len(b) == 8 {
		return binary.LittleEndian.Uint64(b)
	}
	return 0
}
