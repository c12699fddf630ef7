package ofd

import "encoding/binary"

// face is an embedded font file. Only what is needed is read, and leniently:
// producers cut tables away that a font should have.
type face struct {
	kind   faceKind
	data   []byte
	glyphs int
	maps   []charMap
	up     float64 // ems above the baseline; 0 when the font does not say
	down   float64
	widths []byte // the hmtx table
	wide   int    // how many of its entries have a width
	em     float64
	cids   []uint16 // of a bare CFF keyed by CID: glyph → CID; nil when they are the same
}

type faceKind int

const (
	faceTrueType faceKind = iota // glyf outlines
	faceOpenType                 // CFF outlines in an OpenType file
	faceCFF                      // bare CFF
)

// readFace reads a font file; nil when PDFium could not draw with it.
func readFace(b []byte) *face {
	if len(b) < 12 {
		return nil
	}
	at := 0
	if string(b[:4]) == "ttcf" && len(b) >= 16 {
		at = int(binary.BigEndian.Uint32(b[12:]))
	}
	switch tag := tagAt(b, at); {
	case tag == "\x00\x01\x00\x00" || tag == "true":
		return readSFNT(b, at, faceTrueType)
	case tag == "OTTO":
		return readSFNT(b, at, faceOpenType)
	case b[0] == 1 && b[2] >= 4 && b[3] >= 1 && b[3] <= 4:
		return readCFF(b)
	}
	return nil
}

func tagAt(b []byte, at int) string {
	if at < 0 || at+4 > len(b) {
		return ""
	}
	return string(b[at : at+4])
}

func readSFNT(b []byte, at int, kind faceKind) *face {
	tables := tablesOf(b, at)
	need := []string{"head", "maxp", "hhea", "hmtx", "glyf", "loca"}
	if kind == faceOpenType {
		need = []string{"head", "maxp", "CFF "}
	}
	for _, name := range need {
		if len(tables[name]) == 0 {
			return nil
		}
	}
	head, maxp := tables["head"], tables["maxp"]
	if len(head) < 54 || len(maxp) < 6 {
		return nil
	}
	f := &face{kind: kind, data: b, glyphs: int(u16(maxp, 4)), em: float64(u16(head, 18)), maps: charMaps(tables["cmap"])}
	if f.em < 16 || f.glyphs == 0 {
		return nil
	}
	if hhea := tables["hhea"]; len(hhea) >= 36 {
		f.up, f.down = float64(int16(u16(hhea, 4)))/f.em, -float64(int16(u16(hhea, 6)))/f.em //nolint:gosec // these are signed
		f.widths, f.wide = tables["hmtx"], int(u16(hhea, 34))
	}
	return f
}

// tablesOf reads the directory; what lies outside the file is left out or cut.
func tablesOf(b []byte, at int) map[string][]byte {
	out := map[string][]byte{}
	if at < 0 || at+12 > len(b) {
		return out
	}
	for i := range int(u16(b, at+4)) {
		e := at + 12 + 16*i
		if e+16 > len(b) {
			break
		}
		from := uint64(binary.BigEndian.Uint32(b[e+8:]))
		to := min(from+uint64(binary.BigEndian.Uint32(b[e+12:])), uint64(len(b)))
		if from < to {
			out[string(b[e:e+4])] = b[from:to]
		}
	}
	return out
}

func u16(b []byte, at int) uint16 {
	if at < 0 || at+2 > len(b) {
		return 0
	}
	return binary.BigEndian.Uint16(b[at:])
}

func u32(b []byte, at int) int {
	if at < 0 || at+4 > len(b) {
		return 0
	}
	return int(binary.BigEndian.Uint32(b[at:]))
}

// advance is the width of a glyph in ems; ok is false when the font does not
// say.
func (f *face) advance(gid int) (float64, bool) {
	if f.wide == 0 {
		return 0, false
	}
	at := 4 * min(gid, f.wide-1)
	if at+2 > len(f.widths) {
		return 0, false
	}
	return float64(u16(f.widths, at)) / f.em, true
}

// charMap is one subtable of cmap.
type charMap struct {
	kind  mapKind
	table []byte
}

type mapKind int

const (
	mapUnicode mapKind = iota
	mapSymbol          // characters at U+F000 and on
	mapMac             // one byte
)

// charMaps are the subtables that can be used, Unicode first.
func charMaps(cmap []byte) []charMap {
	var byKind [3][]charMap
	for i := range int(u16(cmap, 2)) {
		e := 4 + 8*i
		if e+8 > len(cmap) {
			break
		}
		at := u32(cmap, e+4)
		if at >= len(cmap) {
			continue
		}
		m := charMap{table: cmap[at:]}
		switch platform, encoding := u16(cmap, e), u16(cmap, e+2); {
		case platform == 0, platform == 3 && (encoding == 1 || encoding == 10):
			m.kind = mapUnicode
		case platform == 3 && encoding == 0:
			m.kind = mapSymbol
		case platform == 1:
			m.kind = mapMac
		default:
			continue
		}
		byKind[m.kind] = append(byKind[m.kind], m)
	}
	return append(append(byKind[0], byKind[1]...), byKind[2]...)
}

// lookup is the glyph of a character, 0 when the font has none.
func (f *face) lookup(r rune) int {
	for _, m := range f.maps {
		g := 0
		switch {
		case m.kind == mapSymbol:
			if g = m.lookup(int(r)); g == 0 && r < 0x100 {
				g = m.lookup(0xf000 + int(r))
			}
		case m.kind == mapUnicode || r < 0x80:
			g = m.lookup(int(r))
		}
		if g > 0 && g < f.glyphs {
			return g
		}
	}
	return 0
}

// lookup reads formats 0, 4, 6 and 12.
func (m charMap) lookup(c int) int {
	t := m.table
	switch u16(t, 0) {
	case 0:
		if c < 256 && 6+c < len(t) {
			return int(t[6+c])
		}
	case 4:
		return lookup4(t, c)
	case 6:
		if first := int(u16(t, 6)); c >= first && c < first+int(u16(t, 8)) {
			return int(u16(t, 10+2*(c-first)))
		}
	case 12:
		return lookup12(t, c)
	}
	return 0
}

func lookup4(t []byte, c int) int {
	if c > 0xffff {
		return 0
	}
	n := int(u16(t, 6)) / 2
	ends, starts, steps, offsets := 14, 16+2*n, 16+4*n, 16+6*n
	lo, hi := 0, n
	for lo < hi {
		if mid := (lo + hi) / 2; int(u16(t, ends+2*mid)) < c {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	start := int(u16(t, starts+2*lo))
	if lo == n || c < start {
		return 0
	}
	step, offset := int(u16(t, steps+2*lo)), int(u16(t, offsets+2*lo))
	if offset == 0 {
		return (c + step) & 0xffff
	}
	g := int(u16(t, offsets+2*lo+offset+2*(c-start)))
	if g == 0 {
		return 0
	}
	return (g + step) & 0xffff
}

func lookup12(t []byte, c int) int {
	lo, hi := 0, min(u32(t, 12), len(t)/12)
	for lo < hi {
		mid := (lo + hi) / 2
		e := 16 + 12*mid
		switch {
		case c < u32(t, e):
			hi = mid
		case c > u32(t, e+4):
			lo = mid + 1
		default:
			return u32(t, e+8) + c - u32(t, e)
		}
	}
	return 0
}
