package check

import (
	"bytes"
	"unicode/utf8"
)

// entryLine is an entry of an export as slices; the next line overwrites them.
type entryLine struct {
	seq           int64
	body, details []byte
	salt          []byte // hex, as written
	known         bool   // details are there
	buffer        []byte
}

// scan reads an entry's line spelt as the log spells it. It says false to
// anything else, which encoding/json then reads: an export of a million entries
// is verified while somebody waits, and most of that time would be a parser
// that knows all of JSON.
func (l *entryLine) scan(text []byte) bool {
	if !utf8.Valid(text) {
		return false // encoding/json has an opinion on it
	}
	l.buffer, l.details, l.salt, l.known = l.buffer[:0], nil, nil, false
	s := scanner{text}
	if !s.lit(`{"entry":{"seq":`) || len(s.rest) == 0 || s.rest[0] == '0' {
		return false
	}
	var ok bool
	if l.seq, ok = s.number(); !ok || !s.lit(`,"body":`) {
		return false
	}
	if l.body, ok = l.unquote(&s); !ok {
		return false
	}
	if s.lit(`,"details":`) {
		if l.details, ok = l.unquote(&s); !ok || !s.lit(`,"salt":`) {
			return false
		}
		if l.salt, ok = l.unquote(&s); !ok {
			return false
		}
		l.known = true
	}
	return string(s.rest) == "}}\n"
}

// unquote reads a string with the escapes of one letter.
func (l *entryLine) unquote(s *scanner) ([]byte, bool) {
	if len(s.rest) == 0 || s.rest[0] != '"' {
		return nil, false
	}
	from := len(l.buffer)
	rest := s.rest[1:]
	for {
		end := bytes.IndexAny(rest, `"\`)
		if end < 0 || controls(rest[:end]) {
			return nil, false
		}
		l.buffer = append(l.buffer, rest[:end]...)
		if rest[end] == '"' {
			s.rest = rest[end+1:]
			return l.buffer[from:len(l.buffer):len(l.buffer)], true
		}
		if end+1 >= len(rest) {
			return nil, false
		}
		at := bytes.IndexByte([]byte(`"\/nrtbf`), rest[end+1])
		if at < 0 {
			return nil, false
		}
		l.buffer = append(l.buffer, "\"\\/\n\r\t\b\f"[at])
		rest = rest[end+2:]
	}
}

// controls reports whether there are bytes that JSON wants escaped.
func controls(text []byte) bool {
	for _, c := range text {
		if c < ' ' {
			return true
		}
	}
	return false
}
