package mail

import (
	"encoding/binary"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode/utf16"
	"unicode/utf8"

	"diaoyue.example/workstation/search/extract"
	"diaoyue.example/workstation/search/extract/compound"
	"diaoyue.example/workstation/search/extract/text"
)

// Properties of a mail of Outlook ([MS-OXPROPS]).
const (
	propSubject  = "0037"
	propFrom     = "0C1A"
	propAddress  = "0C1F"
	propTo       = "0E04"
	propCopied   = "0E03"
	propBody     = "1000"
	propHTML     = "1013"
	propName     = "3707" // of an enclosed file, and its short form
	propShort    = "3704"
	propData     = "3701"
	typeBytes    = "0102"
	typeUnicode  = "001F"
	typeString   = "001E"
	typeStorage  = "000D"
	submitTime   = 0x00390040
	deliveryTime = 0x0e060040
	codePage     = 0x3ffd0003 // of the mail's strings, and of its transport
	transport    = 0x3fde0003
	maxNested    = 5
)

// outlook reads a MSG: a compound file with a stream for each property.
func outlook(r io.ReaderAt, size int64, limits extract.Limits) (letter, error) {
	c, err := compound.Open(r, size)
	if err != nil {
		return letter{}, err
	}
	root := ""
	if paths := c.Paths(); len(paths) > 0 && strings.HasPrefix(paths[0], "Root Entry") {
		root = paths[0]
	}
	m := outlookMail{c: c, size: size, limits: limits}
	for _, at := range []string{"", root + "/"} {
		if c.Has(at + "__properties_version1.0") {
			return m.letter(at, 0)
		}
	}
	return letter{}, fmt.Errorf("a compound file that is no mail: %w", extract.ErrUnsupported)
}

type outlookMail struct {
	c      *compound.File
	size   int64
	limits extract.Limits
	count  int // enclosed files so far
	page8  int // code page of strings that are not Unicode, 0 unknown
}

// letter reads the mail below a path, which ends in "/" or is empty.
func (m *outlookMail) letter(at string, depth int) (l letter, err error) {
	fixed, err := m.fixed(at)
	if err != nil {
		return l, err
	}
	l.date = date(fixed)
	for _, p := range []uint32{transport, codePage} {
		if n := int(fixed[p] & 0xffff); n != 0 {
			m.page8 = n
		}
	}
	for _, f := range []struct {
		to *string
		id string
	}{
		{&l.subject, propSubject}, {&l.from, propFrom}, {&l.to, propTo}, {&l.copied, propCopied}, {&l.text, propBody},
	} {
		if *f.to, err = m.text(at, f.id); err != nil {
			return l, err
		}
	}
	address, err := m.text(at, propAddress)
	if err != nil {
		return l, err
	}
	if strings.Contains(address, "@") && !strings.Contains(l.from, address) {
		l.from += " <" + address + ">"
	}
	if strings.TrimSpace(l.text) == "" {
		if l.text, err = m.page(at); err != nil {
			return l, err
		}
	}
	return l, m.enclosures(at, depth, &l)
}

// stream is a property's; nil when the mail has none.
func (m *outlookMail) stream(at, id, kind string) ([]byte, error) {
	return m.c.Stream(at+"__substg1.0_"+id+kind, m.size)
}

func (m *outlookMail) text(at, id string) (string, error) {
	b, err := m.stream(at, id, typeUnicode)
	if err != nil || b != nil {
		return strings.TrimRight(utf16le(b), "\x00"), err
	}
	if b, err = m.stream(at, id, typeString); err != nil || len(b) == 0 {
		return "", err
	}
	if enc := text.CodePage(m.page8); enc != nil && !utf8.Valid(b) {
		if b, err = enc.NewDecoder().Bytes(b); err != nil {
			return "", fmt.Errorf("decode property: %w (%w)", extract.ErrDamaged, err)
		}
	}
	return strings.TrimRight(plain(string(b)), "\x00"), nil
}

// page is the body where it is only written as a page of the web.
func (m *outlookMail) page(at string) (string, error) {
	b, err := m.stream(at, propHTML, typeBytes)
	if err != nil || len(b) == 0 {
		return "", err
	}
	return text.FromHTML(b, "", m.limits)
}

// fixed reads the properties of fixed length, 16 bytes each after a head
// ([MS-OXMSG] 2.4).
func (m *outlookMail) fixed(at string) (map[uint32]uint64, error) {
	b, err := m.c.Stream(at+"__properties_version1.0", m.size)
	if err != nil {
		return nil, err
	}
	found := map[uint32]uint64{}
	for i := len(b) % 16; i+16 <= len(b); i += 16 {
		found[binary.LittleEndian.Uint32(b[i:])] = binary.LittleEndian.Uint64(b[i+8:])
	}
	return found, nil
}

// date of the mail: 100 ns since 1601; 116444736000000000 of them lie before
// 1970.
func date(fixed map[uint32]uint64) string {
	for _, p := range []uint32{submitTime, deliveryTime} {
		if v := fixed[p]; v > 116444736000000000 && v < 1<<62 {
			return time.Unix(int64(v-116444736000000000)/10_000_000, 0).UTC().Format(dateForm)
		}
	}
	return ""
}

// enclosures takes the enclosed files; a mail within is kept in pieces by
// Outlook, so its words are shown with this one and its files are taken too.
func (m *outlookMail) enclosures(at string, depth int, l *letter) error {
	var stores []string
	for _, p := range m.c.Paths() {
		rest, ok := strings.CutPrefix(p, at+"__attach_version1.0_#")
		if ok && !strings.Contains(rest, "/") {
			stores = append(stores, p+"/")
		}
	}
	slices.Sort(stores)
	for _, s := range stores {
		if m.count++; m.count > maxEnclosures {
			return fmt.Errorf("more than %d enclosed files: %w", maxEnclosures, extract.ErrLimit)
		}
		if inner := s + "__substg1.0_" + propData + typeStorage; m.c.Has(inner) {
			if depth >= maxNested || !m.c.Has(inner+"/__properties_version1.0") {
				continue // an object of another program, or too deep
			}
			n, err := m.letter(inner+"/", depth+1)
			if err != nil {
				return err
			}
			l.nested = append(l.nested, n)
			continue
		}
		if err := m.file(s, l); err != nil {
			return err
		}
	}
	return nil
}

func (m *outlookMail) file(s string, l *letter) error {
	data, err := m.stream(s, propData, typeBytes)
	if err != nil || len(data) == 0 {
		return err
	}
	name, err := m.text(s, propName)
	if err == nil && name == "" {
		name, err = m.text(s, propShort)
	}
	if err != nil {
		return err
	}
	l.enclosed = append(l.enclosed, enclosure{extract.Enclosure{Name: extract.EnclosedName(name), Content: data}, ".bin"})
	return nil
}

func utf16le(b []byte) string {
	u := make([]uint16, len(b)/2)
	for i := range u {
		u[i] = binary.LittleEndian.Uint16(b[2*i:])
	}
	return string(utf16.Decode(u))
}
