package office

import (
	"archive/zip"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"path"
	"regexp"
	"slices"
	"strings"

	"diaoyue.example/workstation/search/extract"
)

// ratioFrom is the unpacked size from which the ratio counts: small parts of
// empty tables pack well and harm nobody.
const ratioFrom = 1 << 20

// parts are the members of an office file, and the text that was taken out of
// them so far.
type parts struct {
	limits   extract.Limits
	left     int64 // bytes that may still be unpacked
	files    []*zip.File
	byName   map[string]*zip.File // in lower case, without a leading slash
	out      strings.Builder
	pictures bool
}

func key(name string) string { return strings.ToLower(strings.TrimPrefix(name, "/")) }

func (p *parts) add(f *zip.File) {
	k := key(f.Name)
	if p.byName[k] == nil {
		p.byName[k] = f
		p.files = append(p.files, f)
	}
	if dir, _ := path.Split(k); strings.HasSuffix(dir, "/media/") {
		p.pictures = true
	}
}

func (p *parts) has(name string) bool { return p.byName[name] != nil }

// matching gives the members that match, by name.
func (p *parts) matching(pattern string) []*zip.File {
	re := regexp.MustCompile(pattern)
	var out []*zip.File
	for _, f := range p.files {
		if re.MatchString(key(f.Name)) {
			out = append(out, f)
		}
	}
	slices.SortFunc(out, func(a, b *zip.File) int { return strings.Compare(a.Name, b.Name) })
	return out
}

// document takes a Word document: the body first, then headers, notes and
// comments.
func (p *parts) document(ctx context.Context) error {
	body := p.matching(`^word/document\d*\.xml$`)
	if len(body) == 0 {
		return fmt.Errorf("no document part: %w", extract.ErrDamaged)
	}
	return p.words(ctx, append(body, p.matching(`^word/(header|footer|footnotes|endnotes|comments)\d*\.xml$`)...)...)
}

// words takes the text of parts, one after another.
func (p *parts) words(ctx context.Context, files ...*zip.File) error {
	for _, f := range files {
		if err := ctx.Err(); err != nil {
			return err
		}
		w := words{out: &p.out, limits: p.limits}
		if err := p.unpack(f, w.read); err != nil {
			return err
		}
	}
	return nil
}

// affordable says whether a member may be unpacked, by what the zip says of it.
func (p *parts) affordable(f *zip.File) error {
	size, ratio := f.UncompressedSize64, f.UncompressedSize64/max(f.CompressedSize64, 1)
	if size > uint64(p.left) || size > ratioFrom && ratio > uint64(p.limits.Ratio) { //nolint:gosec // neither is negative
		return fmt.Errorf("part %s: %w", path.Base(f.Name), extract.ErrLimit)
	}
	return nil
}

// unpack lets read take one member; what the zip says of sizes may be a lie, so
// the bytes are counted too.
func (p *parts) unpack(f *zip.File, read func(io.Reader) error) error {
	if err := p.affordable(f); err != nil {
		return err
	}
	r, err := f.Open()
	if err != nil {
		return fmt.Errorf("unpack %s: %w (%w)", path.Base(f.Name), extract.ErrDamaged, err)
	}
	defer r.Close()
	counted := &io.LimitedReader{R: r, N: p.left}
	if err := read(counted); err != nil {
		return fmt.Errorf("part %s: %w", path.Base(f.Name), err)
	}
	if p.left = counted.N; p.left <= 0 {
		return fmt.Errorf("part %s: %w", path.Base(f.Name), extract.ErrLimit)
	}
	return nil
}

// relation is a link from one part to another.
type relation struct{ id, kind, target string }

// relations reads what a part refers to; none when it says nothing.
func (p *parts) relations(of string) ([]relation, error) {
	f := p.byName[path.Join(path.Dir(of), "_rels", path.Base(of)+".rels")]
	if f == nil {
		return nil, nil
	}
	var out []relation
	err := p.unpack(f, func(r io.Reader) error {
		return elements(r, func(e xml.StartElement) {
			if e.Name.Local != "Relationship" || strings.EqualFold(attribute(e, "TargetMode"), "External") {
				return
			}
			target := attribute(e, "Target")
			if !strings.HasPrefix(target, "/") {
				target = path.Join(path.Dir(of), target)
			}
			out = append(out, relation{attribute(e, "Id"), path.Base(attribute(e, "Type")), key(target)})
		})
	})
	return out, err
}

// elements visits the start tags of a part.
func elements(r io.Reader, visit func(xml.StartElement)) error {
	d := xml.NewDecoder(&tokenGuard{r: r})
	for {
		t, err := d.RawToken()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case errors.Is(err, extract.ErrLimit):
			return err
		case err != nil:
			return fmt.Errorf("read XML: %w (%w)", extract.ErrDamaged, err)
		}
		if e, ok := t.(xml.StartElement); ok {
			visit(e)
		}
	}
}
