package ofd

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"

	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"diaoyue.example/workstation/search/extract"
)

// maxNodes bounds one part: a page of a map has some ten thousand.
const maxNodes = 600_000

// node is an XML element by its local name: two namespaces are in use, and
// files in the field bring others. All methods work on nil.
type node struct {
	name  string
	attrs []xml.Attr
	kids  []*node
	text  []byte
}

func (n *node) attr(name string) string {
	if n == nil {
		return ""
	}
	for _, a := range n.attrs {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

func (n *node) kid(name string) *node {
	if n == nil {
		return nil
	}
	for _, k := range n.kids {
		if k.name == name {
			return k
		}
	}
	return nil
}

func (n *node) all(name string) []*node {
	var out []*node
	if n != nil {
		for _, k := range n.kids {
			if k.name == name {
				out = append(out, k)
			}
		}
	}
	return out
}

// words is the text without white space around it.
func (n *node) words() string {
	if n == nil {
		return ""
	}
	return strings.TrimSpace(string(n.text))
}

// parse reads XML in any encoding that it declares or marks. Entities other
// than XML's own five are not expanded. Count is that of the elements. Errors: extract.ErrLimit, ErrDamaged.
func parse(b []byte, depth int) (n *node, count int, err error) {
	marked := unicode.BOMOverride(transform.Nop)
	if utf8, _, err := transform.Bytes(marked, b); err == nil {
		b = utf8
	}
	d := xml.NewDecoder(bytes.NewReader(b))
	d.Strict = false
	d.CharsetReader = func(label string, in io.Reader) (io.Reader, error) {
		if strings.HasPrefix(strings.ToLower(label), "utf-16") {
			return in, nil // the mark at its start has been obeyed
		}
		return charset.NewReaderLabel(label, in)
	}
	root := &node{}
	open := []*node{root}
	for {
		t, err := d.RawToken()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, 0, fmt.Errorf("%w (%w)", extract.ErrDamaged, err)
		}
		top := open[len(open)-1]
		switch e := t.(type) {
		case xml.StartElement:
			if count++; count > maxNodes || len(open) > depth {
				return nil, 0, fmt.Errorf("element %d, %d deep: %w", count, len(open), extract.ErrLimit)
			}
			kid := &node{name: e.Name.Local, attrs: e.Attr}
			top.kids = append(top.kids, kid)
			open = append(open, kid)
		case xml.EndElement:
			if len(open) > 1 {
				open = open[:len(open)-1]
			}
		case xml.CharData:
			top.text = append(top.text, e...)
		}
	}
	if len(root.kids) == 0 {
		return nil, 0, fmt.Errorf("no element: %w", extract.ErrDamaged)
	}
	return root.kids[0], count, nil
}
