// Package analysis turns Chinese text into what the index keeps: a stream of
// folded letters and numbers, and the bigrams over it.
//
// Invariant: the written and the sought text go through the same Folder, and
// folding a folded text changes nothing. A quoted query therefore finds every
// place that holds it, and no place that does not.
package analysis

import (
	_ "embed"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
	"golang.org/x/text/width"
)

//go:embed data/TSCharacters.txt
var tsCharacters string

// maxVariantSteps bounds how often a character is replaced by its simplified
// form: OpenCC's table holds a few chains.
const maxVariantSteps = 4

// Folder folds runes. It is immutable and safe for concurrent use.
type Folder struct {
	simplified map[rune]rune
}

// NewFolder reads OpenCC's table of traditional characters. It is not free
// (about a millisecond): keep one.
func NewFolder() (*Folder, error) {
	raw := make(map[rune]rune, 4200)
	for n, line := range strings.Split(tsCharacters, "\n") {
		if line == "" {
			continue
		}
		from, rest, ok := strings.Cut(line, "\t")
		// Where one character has several simplified forms the first is the usual one.
		to, _, _ := strings.Cut(rest, " ")
		a, an := utf8.DecodeRuneInString(from)
		b, bn := utf8.DecodeRuneInString(to)
		if !ok || an != len(from) || bn != len(to) || a == utf8.RuneError || b == utf8.RuneError {
			return nil, fmt.Errorf("table of traditional characters: line %d is malformed", n+1)
		}
		if a != b {
			raw[a] = b
		}
	}
	f := &Folder{simplified: make(map[rune]rune, len(raw))}
	for a := range raw {
		f.simplified[a] = follow(raw, a)
	}
	return f, nil
}

// follow walks a chain of variants to its end, so that folding is idempotent.
func follow(table map[rune]rune, r rune) rune {
	for range maxVariantSteps {
		next, ok := table[r]
		if !ok {
			return r
		}
		r = next
	}
	return r
}

// Rune folds one rune: lower case, half width, compatibility ideographs and
// radicals to their plain form, traditional to simplified. It is -1 when the
// rune is neither letter nor number (Unicode L and N) and so leaves no trace.
func (f *Folder) Rune(r rune) rune {
	if r < utf8.RuneSelf {
		return foldASCII(r)
	}
	if r >= 0x4e00 && r <= 0x9fff { // the common case first
		return f.simplify(r)
	}
	if k := width.LookupRune(r).Folded(); k != 0 {
		r = k
		if r < utf8.RuneSelf {
			return foldASCII(r)
		}
	}
	if compatibility(r) {
		r = plain(r)
	}
	if !unicode.IsLetter(r) && !unicode.IsNumber(r) {
		return -1
	}
	r = unicode.ToLower(r)
	if r < utf8.RuneSelf {
		return foldASCII(r) // the Kelvin sign is a k
	}
	return f.simplify(r)
}

func (f *Folder) simplify(r rune) rune {
	if s, ok := f.simplified[r]; ok {
		return s
	}
	return r
}

func foldASCII(r rune) rune {
	switch {
	case r >= 'A' && r <= 'Z':
		return r + ('a' - 'A')
	case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
		return r
	}
	return -1
}

// compatibility says whether r is a second code point of a character: radicals
// (which PDF files often hold in place of the character) and compatibility
// ideographs.
func compatibility(r rune) bool {
	return r >= 0x2e80 && r <= 0x2fdf || r >= 0xf900 && r <= 0xfaff || r >= 0x2f800 && r <= 0x2fa1f
}

func plain(r rune) rune {
	s := norm.NFKC.String(string(r))
	if k, n := utf8.DecodeRuneInString(s); n == len(s) {
		return k
	}
	return r
}

// Stream is a folded text that remembers where each rune came from.
type Stream struct {
	Runes []rune
	Start []int // byte offset of the source rune
	End   []int // byte offset after it
}

// Len is the number of folded runes.
func (s Stream) Len() int { return len(s.Runes) }

// Stream folds text and keeps, for each rune left, its byte range in text.
func (f *Folder) Stream(text string) Stream {
	n := len(text)/3 + 8
	s := Stream{Runes: make([]rune, 0, n), Start: make([]int, 0, n), End: make([]int, 0, n)}
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		if k := f.Rune(r); k >= 0 {
			s.Runes = append(s.Runes, k)
			s.Start = append(s.Start, i)
			s.End = append(s.End, i+size)
		}
		i += size
	}
	return s
}

// Fold is the folded text alone: what a substring oracle compares.
func (f *Folder) Fold(text string) string {
	var b strings.Builder
	b.Grow(len(text))
	for _, r := range text {
		if k := f.Rune(r); k >= 0 {
			b.WriteRune(k)
		}
	}
	return b.String()
}
