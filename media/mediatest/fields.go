package mediatest

import (
	"encoding/binary"
	"slices"

	"diaoyue.example/workstation/media"
)

// Fields describes a stream of H.264 whose pictures are coded as two fields
// each, which no encoder at hand makes. The zero value has the top field first
// and pairs alone.
//
// Field f of picture n (0 the upper lines, 1 the lower) says 2n+f in its pixels;
// see ReadNumber. Every twelfth picture can be decoded by itself, the others
// show a part of an earlier one, and every second one is shown before the one
// coded before it.
type Fields struct {
	Pictures    int // 0 is 60
	BottomFirst bool
	Mixed       bool  // of three pictures one is coded as a frame
	Lone        []int // these pictures lack their second field
	PerPacket   bool  // each field is a packet of its own
}

const (
	fieldWidth, fieldHeight = 80, 32 // of one field, in pixels
	fieldGroup              = 12     // pictures from one that stands by itself to the next
	macroblock              = 16
	fieldRate               = 50
)

// IVF writes the stream as an IVF file, whose packets FFmpeg takes as they are.
func (s Fields) IVF() []byte {
	if s.Pictures == 0 {
		s.Pictures = 60
	}
	out := []byte("DKIF\x00\x00\x20\x00H264")
	out = binary.LittleEndian.AppendUint16(out, fieldWidth)
	out = binary.LittleEndian.AppendUint16(out, 2*fieldHeight)
	out = binary.LittleEndian.AppendUint32(out, fieldRate)
	out = binary.LittleEndian.AppendUint32(out, 1)
	out = binary.LittleEndian.AppendUint64(out, 0)
	packet := func(time int, data []byte) {
		out = binary.LittleEndian.AppendUint32(out, uint32(len(data))) //nolint:gosec // some kilobytes
		out = binary.LittleEndian.AppendUint64(out, uint64(time))      //nolint:gosec // not negative
		out = append(out, data...)
	}
	frameNumber := 0
	for _, n := range s.order() {
		p := fieldPicture{Fields: s, n: n, frameNumber: frameNumber}
		if p.key() && p.idr() {
			p.frameNumber, frameNumber = 0, 0
		}
		if p.reference() {
			frameNumber++
		}
		parts := p.parts()
		if !s.PerPacket {
			packet(2*n, slices.Concat(parts...))
			continue
		}
		for i, part := range parts {
			packet(2*n+i, part)
		}
	}
	return out
}

// order lists the pictures as they are coded.
func (s Fields) order() []int {
	var out []int
	for n := 0; n < s.Pictures; n++ {
		p := fieldPicture{Fields: s, n: n}
		if !p.reference() && n+1 < s.Pictures {
			out = append(out, n+1, n)
			n++
		} else {
			out = append(out, n)
		}
	}
	return out
}

// fieldPicture is the picture shown as the n-th.
type fieldPicture struct {
	Fields
	n, frameNumber int
}

func (p fieldPicture) key() bool { return p.n%fieldGroup == 0 }

// idr says that a key picture is announced as such; the others only by a
// recovery point.
func (p fieldPicture) idr() bool { return p.n%(2*fieldGroup) == 0 }

// reference: of two pictures between keys, the first refers and is not referred to.
func (p fieldPicture) reference() bool {
	g := p.n % fieldGroup
	return g%2 == 0 || g == fieldGroup-1
}

// parts gives the picture as one frame, or field by field.
func (p fieldPicture) parts() [][]byte {
	var head []byte
	if p.key() {
		head = slices.Concat(unit(0x67, parameters()), unit(0x68, pictureParameters()))
		if !p.idr() {
			// recovery point: at once, exactly
			head = append(head, unit(6, []byte{6, 1, 0b1_1_0_00_1_00, 0x80})...)
		}
	}
	first := 0
	if p.BottomFirst {
		first = 1
	}
	if p.Mixed && p.n%3 == 1 {
		return [][]byte{append(head, p.slice(-1, false)...)}
	}
	parts := [][]byte{append(head, p.slice(first, false)...)}
	if !slices.Contains(p.Lone, p.n) {
		parts = append(parts, p.slice(1-first, true))
	}
	return parts
}

// slice codes field f, or both as one frame (-1).
func (p fieldPicture) slice(f int, second bool) []byte {
	intra := p.key()
	kind := byte(1)
	if intra && p.idr() && !second {
		kind = 5
	}
	importance := byte(0)
	if p.reference() {
		importance = 3
	}
	var w bitWriter
	w.ue(0) // first macroblock
	if intra {
		w.ue(7) // I throughout
	} else {
		w.ue(5) // P throughout
	}
	w.ue(0)
	w.bits(uint32(p.frameNumber), 8) //nolint:gosec // falls to 0 at every second key
	if f < 0 {
		w.bits(0, 1)
	} else {
		w.bits(1, 1)
		w.bits(uint32(f), 1) //nolint:gosec // 0 or 1
	}
	if kind == 5 {
		w.ue(uint32(p.n / fieldGroup)) //nolint:gosec // not negative
	}
	at := 2 * (p.n % (2 * fieldGroup)) // since the last IDR
	if second {
		at++
	}
	lower := 1 // of a frame, in relation to its upper field
	if p.BottomFirst && f < 0 {
		at, lower = at+1, -1
	}
	w.bits(uint32(at), 8) //nolint:gosec // below 48
	if f < 0 {
		w.se(lower)
	}
	if !intra {
		w.bits(0, 2) // references as they come
	}
	switch {
	case kind == 5:
		w.bits(0, 2)
	case importance > 0:
		w.bits(0, 1) // the oldest reference goes
	}
	w.se(0) // quantiser
	w.ue(1) // no loop filter
	p.macroblocks(&w, p.pixels(f), intra)
	w.trail()
	return unit(importance<<5|kind, w.out)
}

// macroblocks writes the samples themselves: of a picture that refers to
// others the number alone.
func (p fieldPicture) macroblocks(w *bitWriter, pic media.Picture, intra bool) {
	rows := pic.Height / macroblock
	coded := rows
	if !intra {
		coded = rows / 2
	}
	for y := range coded {
		for x := range fieldWidth / macroblock {
			if intra {
				w.ue(25)
			} else {
				w.ue(0) // none skipped before
				w.ue(30)
			}
			w.align()
			for i, plane := range pic.Planes {
				side := macroblock
				if i > 0 {
					side /= 2
				}
				for line := range side {
					at := (y*side+line)*pic.Stride[i] + x*side
					w.out = append(w.out, plane[at:at+side]...)
				}
			}
		}
	}
	if !intra {
		w.ue(uint32((rows - coded) * fieldWidth / macroblock)) //nolint:gosec // a few
	}
}

// pixels draws field f, or both line by line (-1).
func (p fieldPicture) pixels(f int) media.Picture {
	if f >= 0 {
		pic := media.NewPicture(fieldWidth, fieldHeight)
		shade := byte(40 + 37*p.n%160 + 20*f) //nolint:gosec // below 220
		fill(pic, 0, 0, fieldWidth, fieldHeight, color{shade, 128, 255 - shade})
		drawNumber(pic, int64(2*p.n+f))
		return pic
	}
	pic := media.NewPicture(fieldWidth, 2*fieldHeight)
	for f := range 2 {
		field := p.pixels(f)
		for i := range field.Planes {
			w, h := field.PlaneSize(i)
			for y := range h {
				copy(pic.Planes[i][(2*y+f)*pic.Stride[i]:], field.Planes[i][y*field.Stride[i]:][:w])
			}
		}
	}
	return pic
}

// parameters of the sequence: main profile, fields allowed, two references.
func parameters() []byte {
	var w bitWriter
	w.bits(77, 8)
	w.bits(0, 8)
	w.bits(30, 8)
	w.ue(0)
	w.ue(4) // frame numbers of 8 bits
	w.ue(0)
	w.ue(4) // orders of 8 bits
	w.ue(2) // references
	w.bits(0, 1)
	w.ue(fieldWidth/macroblock - 1)
	w.ue(fieldHeight/macroblock - 1)
	w.bits(0b0_0_1_0_1, 5) // fields; not by macroblock; direct 8x8; not cropped; notes on use follow
	w.bits(0b0_0_0_0_1, 5) // of them the clock
	w.bits(1, 32)
	w.bits(fieldRate, 32)
	w.bits(0b1_0_0_0_1, 5) // a fixed rate; no buffers; no structure; limits follow
	w.bits(1, 1)
	for _, v := range []uint32{0, 0, 10, 10, 1, 2} { // at last: pictures reordered, pictures held
		w.ue(v)
	}
	w.trail()
	return w.out
}

func pictureParameters() []byte {
	var w bitWriter
	w.ue(0)
	w.ue(0)
	w.bits(0b0_1, 2) // variable length codes; the lower field's order is told
	for range 3 {
		w.ue(0)
	}
	w.bits(0, 3)
	for range 3 {
		w.se(0)
	}
	w.bits(0b1_0_0, 3) // the loop filter is told of in each slice
	w.trail()
	return w.out
}
