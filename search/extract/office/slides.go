package office

import (
	"archive/zip"
	"context"
	"encoding/xml"
	"io"
	"path"
	"slices"
	"strconv"
	"strings"
)

const (
	presentationPart = "ppt/presentation.xml"
)

// presentation takes a PPTX: one page a slide, with what stands in its
// diagrams and charts, its speaker's notes and its comments.
func (p *parts) presentation(ctx context.Context) error {
	slides, err := p.slides()
	if err != nil {
		return err
	}
	for i, slide := range slides {
		if i > 0 {
			p.out.WriteByte('\f')
		}
		if err := p.words(ctx, p.byName[slide]); err != nil {
			return err
		}
		about, err := p.relations(slide)
		if err != nil {
			return err
		}
		for _, r := range about {
			if slices.Contains([]string{"diagramData", "chart", "notesSlide", "comments"}, r.kind) && p.has(r.target) {
				if err := p.words(ctx, p.byName[r.target]); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// slides are the parts of the slides in the order in which they are shown, and
// after them those that the list forgets.
func (p *parts) slides() ([]string, error) {
	links, err := p.relations(presentationPart)
	if err != nil {
		return nil, err
	}
	target := map[string]string{}
	for _, l := range links {
		target[l.id] = l.target
	}
	var out []string
	put := func(name string) {
		if p.has(name) && !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	err = p.unpack(p.byName[presentationPart], func(r io.Reader) error {
		return elements(r, func(e xml.StartElement) {
			if e.Name.Local == "sldId" {
				for _, a := range e.Attr {
					if a.Name.Local == "id" && a.Name.Space != "" { // r:id, not the number
						put(target[a.Value])
					}
				}
			}
		})
	})
	if err != nil {
		return nil, err
	}
	rest := p.matching(`^ppt/slides/slide\d+\.xml$`)
	slices.SortStableFunc(rest, func(a, b *zip.File) int { return number(a.Name) - number(b.Name) })
	for _, f := range rest {
		put(key(f.Name))
	}
	return out, nil
}

// number is the one in a part's name.
func number(name string) int {
	n, err := strconv.Atoi(strings.Trim(path.Base(name), "abcdefghijklmnopqrstuvwxyz.SLIDE"))
	if err != nil {
		return 0
	}
	return n
}
