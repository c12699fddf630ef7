package word

import (
	"fmt"
	"strings"
	"unicode/utf16"

	"diaoyue.example/workstation/search/extract"
)

// group is what an opening brace inherits and a closing one restores.
type group struct {
	silent  bool // what it holds is not shown
	fonts   bool // it is the table of fonts
	begun   bool // something stood in it: only the first word names a destination
	starred bool // it began with \*: silent unless its name is known
	hidden  bool // characters marked as hidden or deleted
	skip    int  // characters that stand in for one \u
	font    int
	eastern int  // font of characters of two bytes, \dbch\af
	double  bool // the run is of characters of two bytes
}

// richText gathers the text of an RTF.
type richText struct {
	group
	out      strings.Builder
	limit    int64
	pictures bool
	ansi     int         // code page of the document
	charset  map[int]int // code pages by font
	standard int         // font after \plain
	pending  []byte      // bytes of the code page not yet decoded
	rawLead  bool        // the last of them came as it is, not in hexadecimal
	high     rune        // first half of a surrogate pair
	standIns int         // characters still to pass over after \u
}

const (
	westernPage = 1252
	chinesePage = 936
	// pendingBytes are decoded at once.
	pendingBytes = 64
)

func newRichText(limit int64) *richText {
	return &richText{limit: limit, ansi: westernPage, charset: map[int]int{}, group: group{skip: 1, eastern: -1}}
}

func (t *richText) finish() string {
	t.flush()
	return t.out.String()
}

func (t *richText) open() { t.begun, t.starred, t.standIns = false, false, 0 }

func (t *richText) close(outer group) {
	t.group, t.standIns = outer, 0
	t.begun = true
}

func (t *richText) shown() bool { return !t.silent && !t.hidden && !t.fonts }

// awaitsTrail says whether the pending bytes end in the first of two.
func (t *richText) awaitsTrail() bool { return len(t.pending) > 0 && half(t.pending, t.codePage()) }

// byte takes a byte of the code page; raw ones stood in the file as they are.
func (t *richText) byte(c byte, raw bool) error {
	t.begun = true
	if t.standIns > 0 && !t.awaitsTrail() {
		t.standIns--
		return nil
	}
	if !t.shown() {
		return nil
	}
	if c < 0x80 && len(t.pending) == 0 {
		t.out.WriteByte(c)
	} else {
		trail := t.awaitsTrail()
		t.pending = append(t.pending, c)
		if t.rawLead = raw && c >= 0x80 && !trail; !t.awaitsTrail() && (c < 0x80 || len(t.pending) >= pendingBytes) {
			t.flush()
		}
	}
	return t.bounded()
}

func (t *richText) bounded() error {
	if int64(t.out.Len()) > t.limit {
		return fmt.Errorf("more than %d bytes of text: %w", t.limit, extract.ErrLimit)
	}
	return nil
}

// flush decodes the pending bytes.
func (t *richText) flush() {
	if len(t.pending) > 0 {
		t.out.WriteString(decoded(t.pending, t.codePage()))
		t.pending = t.pending[:0]
	}
	t.rawLead = false
}

// codePage of the bytes at this place: that of the font, and where the font is
// of no script of two bytes, that of the document if it is.
func (t *richText) codePage() int {
	if t.double {
		if page := t.charset[t.eastern]; wide(page) {
			return page
		}
	}
	page, ok := t.charset[t.font]
	if !ok || page == westernPage && wide(t.ansi) {
		return t.ansi
	}
	return page
}

// symbol takes a backslash and a character that is no letter.
func (t *richText) symbol(c byte) error {
	t.flush()
	if c == '*' {
		t.starred = true
		return nil
	}
	t.begun = true
	switch c {
	case '{', '}', '\\':
		return t.write(string(rune(c)))
	case '~':
		return t.write("\u00a0")
	case '_':
		return t.write("-")
	case '\r', '\n':
		return t.write("\n")
	}
	return nil
}

func (t *richText) write(s string) error {
	if t.standIns > 0 {
		t.standIns--
		return nil
	}
	if t.shown() {
		t.out.WriteString(s)
	}
	return t.bounded()
}

// unicode takes \u: a UTF-16 unit, written as a signed number.
func (t *richText) unicode(n int) error {
	t.standIns = 0
	u := rune(n & 0xffff)
	switch {
	case u >= 0xd800 && u < 0xdc00:
		t.high = u
	case t.high != 0:
		pair := utf16.DecodeRune(t.high, u)
		t.high = 0
		if err := t.write(string(pair)); err != nil {
			return err
		}
	default:
		if err := t.write(string(u)); err != nil {
			return err
		}
	}
	t.standIns = t.skip
	return nil
}
