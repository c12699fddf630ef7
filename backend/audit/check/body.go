package check

import (
	"bytes"
	"encoding/json"
	"strconv"
)

// Version is the version of the entry's form, docs/formats/log.md.
const Version = 1

// Body is the part of an entry that the tree covers. Its fields stand in the
// order of their names, so that it is canonical as it is written.
type Body struct {
	Actor   string            `json:"actor"`
	At      string            `json:"at"`
	Codes   json.RawMessage   `json:"codes,omitempty"`
	Details string            `json:"details,omitempty"` // digest of salt and details
	Event   string            `json:"event"`
	Objects map[string]string `json:"objects,omitempty"`
	Result  string            `json:"result"`
	Seq     int64             `json:"seq"`
	V       int               `json:"v"`
}

// ParseBody reads a body, numbers in codes as they are written.
func ParseBody(text []byte) (Body, error) {
	var b Body
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber()
	err := dec.Decode(&b)
	return b, err
}

// Fields are the fields of a body as slices into it; the next entry
// overwrites them.
type Fields struct {
	Actor, At, Details, Event, Result []byte
	Objects                           []Pair
	Seq                               int64
	V                                 int
}

// Pair is an object's kind and id.
type Pair struct{ Kind, ID []byte }

// scan reads a body spelt as the log spells it, without escapes in what it
// looks at. It says false to anything else, which ParseBody then reads: a log
// of a million entries is verified in a time in which a parser that knows all
// of JSON would read half of it.
func (f *Fields) scan(text []byte) bool {
	f.Details, f.Objects = nil, f.Objects[:0]
	s := scanner{text}
	if !s.lit(`{"actor":`) || !s.str(&f.Actor) || !s.lit(`,"at":`) || !s.str(&f.At) {
		return false
	}
	if s.lit(`,"codes":`) && !s.skip() {
		return false
	}
	if s.lit(`,"details":`) && !s.str(&f.Details) {
		return false
	}
	if !s.lit(`,"event":`) || !s.str(&f.Event) {
		return false
	}
	if s.lit(`,"objects":{`) && !f.pairs(&s) {
		return false
	}
	if !s.lit(`,"result":`) || !s.str(&f.Result) || !s.lit(`,"seq":`) {
		return false
	}
	seq, ok := s.number()
	if !ok || !s.lit(`,"v":`) {
		return false
	}
	v, ok := s.number()
	f.Seq, f.V = seq, int(v)
	return ok && string(s.rest) == "}"
}

func (f *Fields) pairs(s *scanner) bool {
	for {
		var p Pair
		if !s.str(&p.Kind) || !s.lit(":") || !s.str(&p.ID) {
			return false
		}
		// A name given twice is read by nobody in the same way.
		if n := len(f.Objects); n > 0 && bytes.Compare(f.Objects[n-1].Kind, p.Kind) >= 0 {
			return false
		}
		f.Objects = append(f.Objects, p)
		if s.lit("}") {
			return true
		}
		if !s.lit(",") {
			return false
		}
	}
}

// parse is the slow way for bodies that scan does not know.
func (f *Fields) parse(text []byte) error {
	b, err := ParseBody(text)
	if err != nil {
		return err
	}
	*f = Fields{
		Actor: []byte(b.Actor), At: []byte(b.At), Event: []byte(b.Event), Result: []byte(b.Result),
		Seq: b.Seq, V: b.V, Objects: f.Objects[:0],
	}
	if b.Details != "" {
		f.Details = []byte(b.Details)
	}
	for kind, id := range b.Objects {
		f.Objects = append(f.Objects, Pair{[]byte(kind), []byte(id)})
	}
	return nil
}

type scanner struct{ rest []byte }

func (s *scanner) lit(want string) bool {
	if len(s.rest) < len(want) || string(s.rest[:len(want)]) != want {
		return false
	}
	s.rest = s.rest[len(want):]
	return true
}

// str reads a string without escapes.
func (s *scanner) str(out *[]byte) bool {
	if len(s.rest) == 0 || s.rest[0] != '"' {
		return false
	}
	end := bytes.IndexByte(s.rest[1:], '"')
	if end < 0 || bytes.IndexByte(s.rest[1:1+end], '\\') >= 0 {
		return false
	}
	*out, s.rest = s.rest[1:1+end], s.rest[2+end:]
	return true
}

func (s *scanner) number() (int64, bool) {
	i := 0
	for i < len(s.rest) && s.rest[i] >= '0' && s.rest[i] <= '9' {
		i++
	}
	n, err := strconv.ParseInt(string(s.rest[:i]), 10, 64)
	s.rest = s.rest[i:]
	return n, err == nil
}

// skip passes over an object.
func (s *scanner) skip() bool {
	depth, quoted := 0, false
	for i := 0; i < len(s.rest); i++ {
		switch c := s.rest[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			depth++
		case c == '}' || c == ']':
			if depth--; depth == 0 {
				s.rest = s.rest[i+1:]
				return true
			}
		}
		if depth == 0 {
			return false
		}
	}
	return false
}
