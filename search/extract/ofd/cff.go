package ofd

// Operators of a CFF top dictionary (Adobe Technical Note 5176).
const (
	cffCharset     = 15
	cffCharStrings = 17
	cffROS         = 1230
)

// readCFF reads a bare CFF font; nil when it is not one.
func readCFF(b []byte) *face {
	_, at := cffIndex(b, int(b[2])) // names
	tops, _ := cffIndex(b, at)      // top dictionaries
	if len(tops) == 0 {
		return nil
	}
	dict := cffDict(tops[0])
	strings := dict[cffCharStrings]
	if len(strings) == 0 {
		return nil
	}
	glyphs, _ := cffIndex(b, strings[0])
	if len(glyphs) == 0 {
		return nil
	}
	f := &face{kind: faceCFF, data: b, glyphs: len(glyphs)}
	if _, keyed := dict[cffROS]; keyed && len(dict[cffCharset]) > 0 {
		f.cids = cffCIDs(b, dict[cffCharset][0], len(glyphs))
	}
	return f
}

// cffIndex reads an INDEX at an offset and says where it ends; nothing when it
// leaves the file.
func cffIndex(b []byte, at int) (entries [][]byte, end int) {
	count := int(u16(b, at))
	if at <= 0 || at+2 > len(b) || count == 0 {
		return nil, at + 2
	}
	size := 0
	if at+2 < len(b) {
		size = int(b[at+2])
	}
	base := at + 3 + size*(count+1) - 1
	if size < 1 || size > 4 || base >= len(b) {
		return nil, len(b)
	}
	offset := func(i int) int {
		v := 0
		for _, c := range b[at+3+size*i : at+3+size*(i+1)] {
			v = v<<8 | int(c)
		}
		return base + v
	}
	for i := range count {
		from, to := offset(i), offset(i+1)
		if from > to || to > len(b) {
			return nil, len(b)
		}
		entries = append(entries, b[from:to])
	}
	return entries, offset(count)
}

// cffDict reads the whole numbers of a dictionary; reals count as 0. Operators
// of two bytes are 1200 and the second.
func cffDict(b []byte) map[int][]int {
	out := map[int][]int{}
	var stack []int
	for i := 0; i < len(b); i++ {
		c := int(b[i])
		switch {
		case c == 12:
			i++
			if i < len(b) {
				out[1200+int(b[i])] = stack
			}
			stack = nil
		case c <= 21:
			out[c] = stack
			stack = nil
		case c == 28:
			stack = append(stack, int(int16(u16(b, i+1)))) //nolint:gosec // signed by the format
			i += 2
		case c == 29:
			stack = append(stack, int(int32(u32(b, i+1)))) //nolint:gosec // signed by the format
			i += 4
		case c == 30:
			for i++; i < len(b) && b[i]&0x0f != 0x0f && b[i]>>4 != 0x0f; i++ {
			}
			stack = append(stack, 0)
		case c >= 32 && c <= 246:
			stack = append(stack, c-139)
		case c >= 247 && c <= 250 && i+1 < len(b):
			i++
			stack = append(stack, (c-247)*256+int(b[i])+108)
		case c >= 251 && c <= 254 && i+1 < len(b):
			i++
			stack = append(stack, -(c-251)*256-int(b[i])-108)
		}
	}
	return out
}

// cffCIDs reads the charset of a font keyed by CID; nil when it leaves the
// file.
func cffCIDs(b []byte, at, glyphs int) []uint16 {
	if at <= 2 || at >= len(b) {
		return nil
	}
	out := make([]uint16, 1, glyphs)
	format := b[at]
	for at++; len(out) < glyphs; {
		if at+2 > len(b) {
			return nil
		}
		first, left := u16(b, at), 0
		at += 2
		switch {
		case format == 1 && at < len(b):
			left = int(b[at])
			at++
		case format == 2:
			left = int(u16(b, at))
			at += 2
		}
		for i := 0; i <= left && len(out) < glyphs; i++ {
			out = append(out, first+uint16(i))
		}
	}
	return out
}
