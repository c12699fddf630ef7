package word

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"diaoyue.example/workstation/search/extract"
)

const (
	maxWord    = 32 // letters of a control word, by the specification
	maxDigits  = 10
	checkEvery = 1 << 16 // bytes between two looks at the context
)

// rich reads an RTF as a stream: groups, control words, characters.
func (w *Format) rich(ctx context.Context, f *os.File, size int64) (text string, pictures bool, err error) {
	r := richReader{
		in:   bufio.NewReaderSize(io.NewSectionReader(f, 0, size), 1<<16),
		deep: w.limits.Depth,
		page: newRichText(w.limits.TextBytes),
	}
	for n := 0; ; n++ {
		if n%checkEvery == 0 && ctx.Err() != nil {
			return "", false, ctx.Err()
		}
		err := r.next()
		if errors.Is(err, io.EOF) || errors.Is(err, errLastGroup) {
			break // a file that is cut short still gives its text up to there
		}
		if err != nil {
			return "", false, err
		}
	}
	return r.page.finish(), r.page.pictures, nil
}

var errLastGroup = errors.New("the last group is closed")

// richReader cuts an RTF into tokens and keeps the stack of groups.
type richReader struct {
	in    *bufio.Reader
	deep  int
	stack []group
	page  *richText
}

func (r *richReader) next() error {
	c, err := r.in.ReadByte()
	if err != nil {
		return err
	}
	switch {
	case r.page.awaitsTrail(): // of a character of two bytes, whatever it looks like
		if c != '\\' || r.page.rawLead {
			return r.page.byte(c, true)
		}
		return r.control()
	case c == '{':
		if len(r.stack) >= r.deep {
			return fmt.Errorf("nested too deep: %w", extract.ErrLimit)
		}
		r.page.flush()
		r.stack = append(r.stack, r.page.group)
		r.page.open()
	case c == '}':
		r.page.flush()
		if len(r.stack) == 0 {
			return errLastGroup
		}
		r.page.close(r.stack[len(r.stack)-1])
		if r.stack = r.stack[:len(r.stack)-1]; len(r.stack) == 0 {
			return errLastGroup
		}
	case c == '\\':
		return r.control()
	case c == '\r', c == '\n', c == 0:
	default:
		return r.page.byte(c, true)
	}
	return nil
}

// control reads what follows a backslash: a symbol, a byte in hexadecimal, or a
// word with an optional number.
func (r *richReader) control() error {
	c, err := r.in.ReadByte()
	if err != nil {
		return err
	}
	if c == '\'' {
		if c, err = r.hex(); err != nil {
			return err
		}
		return r.page.byte(c, false)
	}
	if !letter(c) {
		return r.page.symbol(c)
	}
	word := []byte{c}
	for len(word) < maxWord {
		if c, err = r.in.ReadByte(); err != nil || !letter(c) {
			break
		}
		word = append(word, c)
	}
	number, given, negative := 0, false, false
	if err == nil && c == '-' {
		negative = true
		c, err = r.in.ReadByte()
	}
	for digits := 0; err == nil && c >= '0' && c <= '9' && digits < maxDigits; digits++ {
		number, given = number*10+int(c-'0'), true
		c, err = r.in.ReadByte()
	}
	if err == nil && c != ' ' {
		err = r.in.UnreadByte()
	}
	if err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("read control word: %w", err)
	}
	if negative {
		number = -number
	}
	if string(word) == "bin" {
		_, err = io.CopyN(io.Discard, r.in, int64(max(number, 0)))
		return err
	}
	return r.page.word(string(word), number, given)
}

func letter(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }

// hex reads two digits; anything else counts as a question mark.
func (r *richReader) hex() (byte, error) {
	out := 0
	for range 2 {
		c, err := r.in.ReadByte()
		if err != nil {
			return 0, err
		}
		switch {
		case c >= '0' && c <= '9':
			out = out<<4 | int(c-'0')
		case c|0x20 >= 'a' && c|0x20 <= 'f':
			out = out<<4 | int(c|0x20-'a'+10)
		default:
			return '?', r.in.UnreadByte()
		}
	}
	return byte(out), nil
}
