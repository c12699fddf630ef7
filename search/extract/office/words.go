package office

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"

	"diaoyue.example/workstation/search/extract"
)

// maxToken bounds one run of text or one tag, which the tokenizer holds whole.
const maxToken = 4 << 20

// words takes the text out of one part: paragraphs of Word, slides, comments.
type words struct {
	out    *strings.Builder
	limits extract.Limits

	depth    int
	skip     int // inside something that is not shown: a fallback, properties
	cells    int // nested table cells
	inText   bool
	dirtyRow bool // something stands in the row before this cell
}

// read tokenizes without checking that tags match: damaged files still give
// their text up to the damage. Entities other than XML's own are errors.
func (w *words) read(r io.Reader) error {
	d := xml.NewDecoder(&tokenGuard{r: r})
	for {
		t, err := d.RawToken()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if errors.Is(err, extract.ErrLimit) {
			return err
		}
		if err != nil {
			return fmt.Errorf("read XML: %w (%w)", extract.ErrDamaged, err)
		}
		switch e := t.(type) {
		case xml.StartElement:
			if w.depth++; w.depth > w.limits.Depth {
				return fmt.Errorf("nested too deep: %w", extract.ErrLimit)
			}
			w.start(e)
		case xml.EndElement:
			w.depth--
			w.end(e.Name.Local)
		case xml.CharData:
			if w.inText && w.skip == 0 {
				w.out.Write(e)
			}
		case xml.Directive:
			return fmt.Errorf("a document type declaration: %w", extract.ErrDamaged)
		}
		if int64(w.out.Len()) > w.limits.TextBytes {
			return fmt.Errorf("more than %d bytes of text: %w", w.limits.TextBytes, extract.ErrLimit)
		}
	}
}

// hidden names elements whose content is not shown: the older twin of a
// drawing, and properties, where a tab is a tab stop.
func hidden(name string) bool { return name == "Fallback" || name == "pPr" || name == "rPr" }

func (w *words) start(e xml.StartElement) {
	name := e.Name.Local
	if hidden(name) {
		w.skip++
		return
	}
	if w.skip > 0 {
		return
	}
	switch name {
	case "t", "v": // a value of a chart is text too
		w.inText = true
	case "tab", "ptab":
		w.out.WriteByte('\t')
	case "cr":
		w.out.WriteByte('\n')
	case "br":
		if attribute(e, "type") == "page" {
			w.out.WriteByte('\f')
		} else {
			w.out.WriteByte('\n')
		}
	case "noBreakHyphen":
		w.out.WriteByte('-')
	case "tc":
		if w.cells++; w.dirtyRow {
			w.out.WriteByte('\t')
		}
	}
}

func (w *words) end(name string) {
	if hidden(name) {
		w.skip = max(0, w.skip-1)
		return
	}
	if w.skip > 0 {
		return
	}
	switch name {
	case "t":
		w.inText = false
	case "v":
		w.inText = false
		w.out.WriteByte(' ')
	case "p":
		if w.cells > 0 {
			w.out.WriteByte(' ') // the cell stays on its line
		} else {
			w.out.WriteByte('\n')
		}
	case "tc":
		w.cells = max(0, w.cells-1)
		w.dirtyRow = true
	case "tr":
		w.dirtyRow = false
		w.out.WriteByte('\n')
	}
}

func attribute(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// tokenGuard refuses a stream with a run of maxToken bytes between angle
// brackets.
type tokenGuard struct {
	r   io.Reader
	run int
}

func (g *tokenGuard) Read(p []byte) (int, error) {
	n, err := g.r.Read(p)
	for _, b := range p[:n] {
		if b == '<' || b == '>' {
			g.run = 0
			continue
		}
		g.run++
	}
	if g.run > maxToken {
		return 0, fmt.Errorf("one run of %d bytes: %w", g.run, extract.ErrLimit)
	}
	return n, err
}
