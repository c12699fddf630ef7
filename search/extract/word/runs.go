package word

import (
	"encoding/binary"
	"fmt"
	"strings"
	"unicode/utf16"

	"golang.org/x/text/encoding/charmap"

	"diaoyue.example/workstation/search/extract"
)

// Characters of a DOC that are not text ([MS-DOC] 2.4.1 and the tables of
// special characters).
const (
	markPicture  = 0x01
	markCell     = 0x07 // twice at the end of a row
	markDrawn    = 0x08
	markLine     = 0x0b
	markPage     = 0x0c
	markPara     = 0x0d
	markColumn   = 0x0e
	fieldBegin   = 0x13
	fieldResult  = 0x14
	fieldEnd     = 0x15
	hyphenFixed  = 0x1e
	hyphenOption = 0x1f
)

// runs turns the characters of a DOC into text.
type runs struct {
	out      strings.Builder
	limit    int64
	pictures bool
	fields   []bool // open fields: whether their result has begun
	codes    int    // how many of them have not
	high     rune   // first half of a surrogate pair
	last     rune
}

func (r *runs) piece(main []byte, p piece) error {
	for i := range p.count {
		if p.single {
			r.put(charmap.Windows1252.DecodeByte(main[p.at+i]))
		} else {
			r.unit(rune(binary.LittleEndian.Uint16(main[p.at+2*i:])))
		}
		if int64(r.out.Len()) > r.limit {
			return fmt.Errorf("more than %d bytes of text: %w", r.limit, extract.ErrLimit)
		}
	}
	return nil
}

// unit joins surrogate pairs, which may lie in two pieces.
func (r *runs) unit(u rune) {
	switch {
	case u >= 0xd800 && u < 0xdc00:
		r.high = u
	case r.high != 0:
		pair := utf16.DecodeRune(r.high, u)
		r.high = 0
		r.put(pair)
	default:
		r.put(u)
	}
}

func (r *runs) put(c rune) {
	defer func() { r.last = c }()
	switch c {
	case fieldBegin:
		r.fields = append(r.fields, false)
		r.codes++
	case fieldResult:
		r.result()
	case fieldEnd:
		if r.result(); len(r.fields) > 0 {
			r.fields = r.fields[:len(r.fields)-1]
		}
	default:
		if r.codes == 0 { // else it is the code of a field
			r.text(c)
		}
	}
}

// result ends the code of the innermost field.
func (r *runs) result() {
	if n := len(r.fields); n > 0 && !r.fields[n-1] {
		r.fields[n-1] = true
		r.codes--
	}
}

func (r *runs) text(c rune) {
	switch c {
	case markPara, markLine, markColumn:
		r.out.WriteByte('\n')
	case markPage:
		r.out.WriteByte('\f')
	case markCell:
		if r.last == markCell {
			r.out.WriteByte('\n')
		} else {
			r.out.WriteByte('\t')
		}
	case markPicture, markDrawn:
		r.pictures = true
	case hyphenFixed:
		r.out.WriteByte('-')
	case hyphenOption:
	case '\t':
		r.out.WriteByte('\t')
	default:
		if c >= ' ' {
			r.out.WriteRune(c)
		}
	}
}
