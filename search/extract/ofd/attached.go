package ofd

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"path"
	"strconv"
	"strings"

	"diaoyue.example/workstation/search/extract"
)

// maxAttached bounds the attachments that one file lists.
const maxAttached = 1000

// Enclosures hands the attached files of all documents to emit (GB/T 33190,
// attachments), also those that a reader would not list: an invoice carries its
// data so. One that cannot be had stops none of the others; its error comes
// last. Errors: as of Open, or emit's.
func (o *Format) Enclosures(ctx context.Context, f *os.File, _ string, emit func(extract.Enclosure) error) error {
	info, err := f.Stat()
	if err != nil {
		return fmt.Errorf("look at file: %w", err)
	}
	p, err := openPack(f, info.Size(), newPurse(o.limits))
	if err != nil {
		return err
	}
	root, err := p.root()
	if err != nil {
		return err
	}
	a := attached{pack: p, seen: map[string]bool{}, emit: emit}
	for _, body := range root.all("DocBody") {
		if err = a.volume(ctx, body); err != nil {
			return err
		}
	}
	return a.lost
}

// attached takes out what is attached, each part once: documents and lists may
// name one again and again.
type attached struct {
	pack  *pack
	seen  map[string]bool
	count int
	lost  error // the first that could not be had
	emit  func(extract.Enclosure) error
}

// volume takes the attachments of one document.
func (a *attached) volume(ctx context.Context, body *node) error {
	part := a.pack.find(body.kid("DocRoot").words())
	if a.again(part) {
		return nil
	}
	doc, err := a.pack.tree(part)
	if err != nil {
		a.miss(unread("document", err))
		return nil
	}
	for _, k := range doc.all("Attachments") {
		list := a.pack.find(k.words(), path.Dir(part))
		if list == "" || a.again(list) {
			continue
		}
		if err = a.list(ctx, list, path.Dir(part)); err != nil {
			return err
		}
	}
	return nil
}

func (a *attached) list(ctx context.Context, part, dir string) error {
	list, err := a.pack.tree(part)
	if err != nil {
		a.miss(unread("list of attachments", err))
		return nil
	}
	for _, k := range list.all("Attachment") {
		if err = ctx.Err(); err != nil {
			return err
		}
		if a.count++; a.count > maxAttached {
			return fmt.Errorf("more than %d attached files: %w", maxAttached, extract.ErrLimit)
		}
		if err = a.one(k, path.Dir(part), dir); err != nil {
			return err
		}
	}
	return nil
}

func (a *attached) one(k *node, dirs ...string) error {
	part := a.pack.find(k.kid("FileLoc").words(), dirs...)
	if part != "" && a.again(part) {
		return nil
	}
	content, err := a.pack.read(part)
	if err != nil {
		a.miss(unread("attached file", err))
		return nil
	}
	return a.emit(extract.Enclosure{Name: a.name(k, part), Content: content})
}

// again says whether a part was met before.
func (a *attached) again(part string) bool {
	was := a.seen[part]
	a.seen[part] = true
	return was
}

func (a *attached) miss(err error) {
	if a.lost == nil {
		a.lost = err
	}
}

// name is what the list calls the file, with the ending that says what it is:
// names in the field come without one, and the kind stands beside or in the
// part's own name.
func (a *attached) name(k *node, part string) string {
	own := extract.EnclosedName(entryName(a.pack.parts[part]))
	name := cmp.Or(extract.EnclosedName(k.attr("Name")), own, strconv.Itoa(a.count))
	if isEnding(path.Ext(name)) {
		return name
	}
	for _, end := range []string{"." + strings.TrimPrefix(strings.TrimSpace(k.attr("Format")), "."), path.Ext(own)} {
		if isEnding(end) {
			return extract.EnclosedName(name + end)
		}
	}
	return name
}

// isEnding says whether what follows the last dot of a name is the ending of a
// kind of file and not a part of a number or a sentence.
func isEnding(s string) bool {
	if len(s) < 2 || len(s) > 6 {
		return false
	}
	letters := 0
	for _, c := range s[1:] {
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z':
			letters++
		case c < '0' || c > '9':
			return false
		}
	}
	return letters > 0
}
