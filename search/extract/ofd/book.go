package ofd

import (
	"context"
	"errors"
	"fmt"
	"path"

	"diaoyue.example/workstation/search/extract"
)

// book is an open OFD: the pages of all its documents, one after the other.
type book struct {
	pack   *pack
	leaves []leaf
}

// leaf is one page, not yet read.
type leaf struct {
	volume *volume
	id     string
	part   string
	err    error // why it cannot be read
}

// volume is one document (DocBody) of an OFD.
type volume struct {
	pack      *pack
	dir       string
	area      rect // of pages that do not say theirs
	res       *resources
	templates map[string]*template
	notes     map[string]string // page → part with its annotations
	stamps    map[string][]stamp
}

// template is a page that others lie on or under, read at first use.
type template struct {
	part, order string
	sheet       *node
	read        bool
}

// a4 is the page of documents that name no size.
func a4() rect { return rect{0, 0, 210, 297} }

// openBook reads what a document says of itself. A document body that cannot
// be read becomes a page with that error, so that the others are still shown.
func openBook(ctx context.Context, p *pack) (*book, error) {
	root, err := p.root()
	if err != nil {
		return nil, err
	}
	b := &book{pack: p}
	for _, body := range root.all("DocBody") {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if len(b.leaves) > p.purse.limits.Pages {
			return nil, fmt.Errorf("more than %d pages: %w", p.purse.limits.Pages, extract.ErrLimit)
		}
		leaves, err := openVolume(p, body)
		if errors.Is(err, extract.ErrLimit) {
			return nil, err
		}
		if err != nil {
			leaves = []leaf{{err: err}}
		}
		b.leaves = append(b.leaves, leaves...)
	}
	if len(b.leaves) == 0 {
		return nil, fmt.Errorf("no pages: %w", extract.ErrDamaged)
	}
	return b, nil
}

// root is the first part, which names the documents. Errors: ErrEncrypted,
// ErrLimit, ErrDamaged.
func (p *pack) root() (*node, error) {
	root, err := p.tree("ofd.xml")
	switch {
	case err != nil && !errors.Is(err, extract.ErrLimit) && (p.parts["encryptions.xml"] != nil || p.bases["decryptseed.dat"] != ""):
		return nil, extract.ErrEncrypted // GM/T 0099
	case err != nil:
		return nil, unread("first part", err)
	}
	return root, nil
}

// unread says that a part without which there is nothing to show cannot be
// read.
func unread(what string, err error) error {
	if errors.Is(err, errNoPart) {
		return fmt.Errorf("%s: %w (%w)", what, extract.ErrDamaged, err)
	}
	return fmt.Errorf("%s: %w", what, err)
}

func openVolume(p *pack, body *node) ([]leaf, error) {
	part := p.find(body.kid("DocRoot").words())
	doc, err := p.keep(part)
	if err != nil {
		return nil, unread("document", err)
	}
	v := &volume{pack: p, dir: path.Dir(part), templates: map[string]*template{}}
	common := doc.kid("CommonData")
	v.area = sheetArea(common.kid("PageArea"), a4())
	v.res = newResources(p, nil)
	for _, k := range common.all("PublicRes") {
		v.res.load(p.find(k.words(), v.dir))
	}
	for _, k := range common.all("DocumentRes") {
		v.res.load(p.find(k.words(), v.dir))
	}
	for _, k := range common.all("TemplatePage") {
		v.templates[k.attr("ID")] = &template{part: p.find(k.attr("BaseLoc"), v.dir), order: k.attr("ZOrder")}
	}
	v.readNotes(p.find(doc.kid("Annotations").words(), v.dir))
	v.readStamps(p.find(body.kid("Signatures").words(), v.dir))
	var out []leaf
	for _, k := range doc.kid("Pages").all("Page") {
		out = append(out, leaf{volume: v, id: k.attr("ID"), part: p.find(k.attr("BaseLoc"), v.dir)})
	}
	return out, nil
}

// sheetArea is the size of the sheet that an area element gives.
func sheetArea(area *node, def rect) rect {
	for _, name := range []string{"PhysicalBox", "ApplicationBox", "ContentBox"} {
		if r, ok := readRect(area.kid(name).words()); ok && r.w > 0 && r.h > 0 {
			return r
		}
	}
	return def
}

// readNotes finds the part with the annotations of each page.
func (v *volume) readNotes(part string) {
	v.notes = map[string]string{}
	list, err := v.pack.tree(part)
	if err != nil {
		return // a document without annotations is still the document
	}
	for _, k := range list.all("Page") {
		v.notes[k.attr("PageID")] = v.pack.find(k.kid("FileLoc").words(), path.Dir(part), v.dir)
	}
}

// template gives the content of a template, or nil.
func (v *volume) template(id string) *template {
	t := v.templates[id]
	if t == nil {
		return nil
	}
	if !t.read {
		t.read = true
		if sheet, err := v.pack.keep(t.part); err == nil {
			t.sheet = sheet
			for _, k := range sheet.all("PageRes") {
				v.res.load(v.pack.find(k.words(), v.dir))
			}
		}
	}
	return t
}
