package extract

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxEnclosedName bounds the name of an enclosed file, in bytes: what a disk
// allows.
const maxEnclosedName = 200

// Enclosure is a file that another file carries: the attachment of a mail, of an
// OFD or of a PDF.
type Enclosure struct {
	Name    string // as its sender named it, without any path; never empty
	Content []byte
}

// Holder is a format whose files carry others.
type Holder interface {
	Format
	// Enclosures hands each enclosed file to emit, in the order of the file.
	// Those enclosed in an enclosed mail that is a file itself are not among
	// them. Errors: as of Open, or emit's own.
	Enclosures(ctx context.Context, f *os.File, name string, emit func(Enclosure) error) error
}

// Enclosures hands the files that f carries to emit; none when files of its
// format carry none. Errors: as of Open, or emit's own.
func (e *Extractor) Enclosures(ctx context.Context, f *os.File, name string, emit func(Enclosure) error) (err error) {
	defer recovered(&err)
	format, err := e.formatOf(f, name)
	if err != nil {
		return err
	}
	h, ok := format.(Holder)
	if !ok {
		return nil
	}
	if err := h.Enclosures(ctx, f, name, emit); err != nil {
		return fmt.Errorf("take enclosures: %w", err)
	}
	return nil
}

// EnclosedName makes of a sender's name one that is safe to show and to keep:
// the last element of a path, without control or direction characters; "" when
// nothing of it is left.
func EnclosedName(s string) string {
	s = s[strings.LastIndexAny(s, `/\`)+1:]
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == utf8.RuneError {
			return -1
		}
		return r
	}, s)
	s = strings.TrimLeft(strings.TrimSpace(s), ".")
	if len(s) > maxEnclosedName {
		end := filepath.Ext(s)
		if len(end) > 16 {
			end = ""
		}
		s = strings.ToValidUTF8(s[:maxEnclosedName-len(end)], "") + end
	}
	return s
}
