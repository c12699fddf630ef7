package ofd

import "math"

// jbig2Signature begins a JBIG2 file (ITU-T T.88, annex D).
const jbig2Signature = "\x97JB2\r\n\x1a\n"

// Segment types of T.88, 7.3.
const (
	jbig2PageInfo  = 48
	jbig2EndOfPage = 49
	jbig2EndOfFile = 51
)

// jbig2Page takes a JBIG2 file of one page apart and puts it together as PDF
// wants it: without the file's header and without marks of the end. Nothing
// when the file is not understood.
func jbig2Page(b []byte) (page []byte, width, height int) {
	if len(b) < 13 {
		return nil, 0, 0
	}
	flags := b[8]
	at := 9
	if flags&2 == 0 {
		at += 4 // the number of pages is known
	}
	if flags&1 != 0 {
		return jbig2Sequential(b, at)
	}
	// All headers come first, then all data.
	var heads [][2]int
	var sizes []int
	for {
		end, kind, size := jbig2Header(b, at)
		if end == 0 {
			return nil, 0, 0
		}
		heads, sizes = append(heads, [2]int{at, end}), append(sizes, size)
		at = end
		if kind == jbig2EndOfFile {
			break
		}
	}
	var out []byte
	for i, h := range heads {
		if sizes[i] > len(b)-at {
			return nil, 0, 0
		}
		out = append(append(out, b[h[0]:h[1]]...), b[at:at+sizes[i]]...)
		at += sizes[i]
	}
	return jbig2Sequential(out, 0)
}

func jbig2Sequential(b []byte, at int) (page []byte, width, height int) {
	for at < len(b) {
		end, kind, size := jbig2Header(b, at)
		if end == 0 || size > len(b)-end {
			return nil, 0, 0
		}
		switch kind {
		case jbig2PageInfo:
			width, height = u32(b, end), u32(b, end+4)
			page = append(page, b[at:end+size]...)
		case jbig2EndOfPage, jbig2EndOfFile:
		default:
			page = append(page, b[at:end+size]...)
		}
		at = end + size
	}
	if width == 0 || height == 0 || height == math.MaxUint32 {
		return nil, 0, 0
	}
	return page, width, height
}

// jbig2Header reads a segment's header: where it ends (0 when it is cut), its
// kind, the length of its data.
func jbig2Header(b []byte, at int) (end, kind, size int) {
	if at+11 > len(b) {
		return 0, 0, 0
	}
	number, flags := u32(b, at), b[at+4]
	at += 5
	refs := int(b[at] >> 5)
	if refs == 7 {
		refs = u32(b, at) & 0x1fffffff
		at += 4 + (refs+8)/8
	} else {
		at++
	}
	width := 1
	switch {
	case number > 65536:
		width = 4
	case number > 256:
		width = 2
	}
	if refs > len(b) {
		return 0, 0, 0
	}
	at += refs * width
	if flags&0x40 != 0 {
		at += 4
	} else {
		at++
	}
	if at+4 > len(b) {
		return 0, 0, 0
	}
	return at + 4, int(flags & 0x3f), u32(b, at)
}
