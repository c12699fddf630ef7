package text

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
	"golang.org/x/text/encoding/htmlindex"
	textunicode "golang.org/x/text/encoding/unicode"

	"diaoyue.example/workstation/search/extract"
)

const (
	// maxHTML bounds a page; saved pages carry their pictures inside.
	maxHTML = 64 << 20
	// sniffed is how far into a page its encoding is looked for.
	sniffed = 4096
)

var (
	metaCharset = regexp.MustCompile(`(?i)<meta[^>]{0,500}charset\s*=\s*["']?\s*([a-z0-9_:.\-]{2,40})`)
	blank       = regexp.MustCompile(`[ \t\r\n\f]+`)
	blankLines  = regexp.MustCompile(`\n{3,}`)
)

// HTML reads pages of the web: what stands on them, never what they would do.
type HTML struct {
	set    *extract.Typesetter
	limits extract.Limits
}

// NewHTML gives the format; the typesetter stays the caller's.
func NewHTML(set *extract.Typesetter, limits extract.Limits) *HTML {
	return &HTML{set: set, limits: limits.WithDefaults()}
}

// Probe goes by the name, and by the first tag where an office wrote a page
// under the name of a document.
func (h *HTML) Probe(head []byte, name string) int {
	if slices.Contains([]string{".html", ".htm", ".xhtml", ".shtml"}, strings.ToLower(filepath.Ext(name))) {
		return 30
	}
	start := bytes.ToLower(bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")), " \t\r\n"))
	if bytes.HasPrefix(start, []byte("<!doctype html")) || bytes.HasPrefix(start, []byte("<html")) {
		return 25
	}
	return 0
}

// Open reads and lays out the words. Errors: extract.ErrLimit, ErrDamaged.
func (h *HTML) Open(_ context.Context, f *os.File, _ string) (extract.Document, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("look at file: %w", err)
	}
	if info.Size() > maxHTML {
		return nil, fmt.Errorf("a page of %d bytes: %w", info.Size(), extract.ErrLimit)
	}
	raw, err := io.ReadAll(io.NewSectionReader(f, 0, info.Size()))
	if err != nil {
		return nil, fmt.Errorf("read page: %w", err)
	}
	s, err := FromHTML(raw, "", h.limits)
	if err != nil {
		return nil, err
	}
	return extract.Layout("html", s, extract.SourceText, h.set, h.limits)
}

// FromHTML gives the words of a page, blocks on lines of their own. charset is
// what came with the page, a mail's header; it may be empty. Scripts, styles
// and what a browser does not show by itself are left out.
// extract.ErrLimit beyond Limits.TextBytes, extract.ErrDamaged when the bytes
// are no text.
func FromHTML(raw []byte, charset string, limits extract.Limits) (string, error) {
	if m := metaCharset.FindSubmatch(raw[:min(len(raw), sniffed)]); m != nil && charset == "" {
		charset = string(m[1])
	}
	if bom(raw) == nil && len(raw) > 3 {
		// A page of UTF-16 without its mark: the first character is a "<".
		switch {
		case raw[0] == '<' && raw[1] == 0:
			raw = append([]byte{0xff, 0xfe}, raw...)
		case raw[0] == 0 && raw[1] == '<':
			raw = append([]byte{0xfe, 0xff}, raw...)
		}
	}
	page, err := DecodeAs(raw, charset)
	if err != nil {
		return "", err
	}
	p := pageWords{blocks: blocks(), limit: limits.WithDefaults().TextBytes}
	z := html.NewTokenizer(strings.NewReader(page))
	for {
		switch z.Next() {
		case html.ErrorToken:
			if errors.Is(z.Err(), io.EOF) {
				return p.finish(), nil
			}
			return "", fmt.Errorf("read page: %w (%w)", extract.ErrDamaged, z.Err())
		case html.TextToken:
			p.text(z.Token().Data)
		case html.StartTagToken:
			p.tag(z.Token(), true)
		case html.SelfClosingTagToken:
			p.tag(z.Token(), false)
		case html.EndTagToken:
			p.end(z.Token().DataAtom)
		case html.CommentToken, html.DoctypeToken:
		}
		if int64(p.out.Len()) > p.limit {
			return "", fmt.Errorf("more than %d bytes of text: %w", p.limit, extract.ErrLimit)
		}
	}
}

// DecodeAs gives a text whose encoding was named by someone. The name counts
// only where the rule of Decode leaves a choice: a byte order mark and valid
// UTF-8 say more than a label that was never changed, and nothing that needs
// this rule is ASCII.
func DecodeAs(raw []byte, charset string) (string, error) {
	if charset == "" || strings.EqualFold(charset, "us-ascii") || bom(raw) != nil || utf8.Valid(raw) && !escapes(charset) {
		return Decode(raw)
	}
	enc, err := htmlindex.Get(charset)
	if err != nil || enc == textunicode.UTF8 {
		return Decode(raw)
	}
	out, err := enc.NewDecoder().Bytes(raw)
	if err != nil || bytes.Count(out, []byte("\ufffd"))*20 > utf8.RuneCount(out) {
		return Decode(raw) // the label is wrong
	}
	return Decode(out)
}

// escapes says whether an encoding writes everything in ASCII.
func escapes(charset string) bool {
	return slices.Contains([]string{"iso-2022-jp", "hz-gb-2312", "csiso2022jp"}, strings.ToLower(charset))
}

// pageWords gathers what stands on a page.
type pageWords struct {
	blocks map[atom.Atom]bool
	out    strings.Builder
	limit  int64
	silent atom.Atom // the element whose content is not shown
	depth  int       // of elements of that name inside it
	pre    int
	inRow  bool // a cell of this row was written
}

func mute(a atom.Atom) bool {
	return a == atom.Script || a == atom.Style || a == atom.Template || a == atom.Noscript || a == atom.Iframe || a == atom.Object ||
		a == atom.Svg || a == atom.Math || a == atom.Datalist || a == atom.Noframes || a == atom.Noembed
}

// blocks are the elements that stand on lines of their own.
func blocks() map[atom.Atom]bool {
	out := map[atom.Atom]bool{}
	for _, a := range []atom.Atom{
		atom.P, atom.Div, atom.Li, atom.Ul, atom.Ol, atom.Dl, atom.Dt, atom.Dd, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6,
		atom.Table, atom.Tr, atom.Caption, atom.Section, atom.Article, atom.Header, atom.Footer, atom.Nav, atom.Aside, atom.Main,
		atom.Blockquote, atom.Pre, atom.Hr, atom.Form, atom.Fieldset, atom.Address, atom.Figure, atom.Figcaption, atom.Title, atom.Body,
		atom.Option, atom.Center, atom.Details, atom.Summary,
	} {
		out[a] = true
	}
	return out
}

func (p *pageWords) text(s string) {
	if p.silent != 0 {
		return
	}
	if p.pre == 0 {
		s = blank.ReplaceAllString(s, " ")
	}
	if s == " " && (p.atStart() || strings.HasSuffix(p.out.String(), " ")) {
		return
	}
	if p.atStart() && p.pre == 0 {
		s = strings.TrimLeft(s, " ")
	}
	p.out.WriteString(s)
}

// atStart says whether the next word begins a line or a cell.
func (p *pageWords) atStart() bool {
	s := p.out.String()
	return s == "" || s[len(s)-1] == '\n' || s[len(s)-1] == '\t'
}

func (p *pageWords) line() {
	if s := p.out.String(); s != "" && s[len(s)-1] != '\n' {
		p.out.WriteByte('\n')
	}
}

func (p *pageWords) tag(t html.Token, opens bool) {
	a := t.DataAtom
	switch {
	case p.silent != 0:
		if opens && a == p.silent {
			p.depth++
		}
		return
	case mute(a) && opens:
		p.silent, p.depth = a, 1
		return
	case a == atom.Br:
		p.out.WriteByte('\n')
	case a == atom.Td || a == atom.Th:
		if p.inRow {
			p.out.WriteByte('\t')
		}
		p.inRow = true
	case p.blocks[a]:
		if p.cell() && a != atom.Tr && a != atom.Table {
			return // a cell stays on its line
		}
		p.line()
		if a == atom.Tr {
			p.inRow = false
		}
	}
	if a == atom.Pre && opens {
		p.pre++
	}
	for _, at := range t.Attr {
		if at.Key == "alt" && a == atom.Img {
			p.text(at.Val)
		}
	}
}

// cell says whether the next word begins a cell that is still empty.
func (p *pageWords) cell() bool { return p.inRow && p.atStart() }

func (p *pageWords) end(a atom.Atom) {
	switch {
	case p.silent != 0:
		if a == p.silent {
			if p.depth--; p.depth == 0 {
				p.silent = 0
			}
		}
		return
	case a == atom.Pre:
		p.pre = max(0, p.pre-1)
	case a == atom.Tr || a == atom.Table:
		p.inRow = false
	}
	if p.blocks[a] && (!p.inRow || a == atom.Tr || a == atom.Table) {
		p.line()
	}
}

func (p *pageWords) finish() string {
	lines := strings.Split(p.out.String(), "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " \t\u00a0")
	}
	return strings.TrimSpace(blankLines.ReplaceAllString(strings.Join(lines, "\n"), "\n\n"))
}
