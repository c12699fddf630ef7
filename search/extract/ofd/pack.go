package ofd

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"

	"diaoyue.example/workstation/search/extract"
)

const (
	maxParts = 20_000
	// ratioFrom is the unpacked size from which the ratio counts.
	ratioFrom = 1 << 20
	// maxPart bounds one part: what is held in memory at once.
	maxPart = 64 << 20
)

var errNoPart = errors.New("there is no such part")

// purse is what a document and the documents nested in it may still spend.
type purse struct {
	limits extract.Limits
	bytes  int64 // unpacked, counted once a part
	nodes  int   // of XML that is kept while the document is open
}

// maxKept bounds what is kept: resources, templates, seals.
const maxKept = 1_500_000

func newPurse(l extract.Limits) *purse {
	return &purse{limits: l, bytes: l.ExpandedBytes, nodes: maxKept}
}

// pack is the zip: parts by their name in lower case, for producers do not
// agree with themselves about case.
type pack struct {
	parts map[string]*zip.File
	bases map[string]string // base name → the only part of that name; "" when there are several
	paid  map[string]bool   // parts already counted
	faces map[string]*face  // font files already read
	purse *purse
}

func openPack(r io.ReaderAt, size int64, purse *purse) (*pack, error) {
	z, err := zip.NewReader(r, size)
	if err != nil {
		return nil, fmt.Errorf("open zip: %w (%w)", extract.ErrDamaged, err)
	}
	if len(z.File) > maxParts {
		return nil, fmt.Errorf("%d parts: %w", len(z.File), extract.ErrLimit)
	}
	p := &pack{parts: map[string]*zip.File{}, bases: map[string]string{}, paid: map[string]bool{}, faces: map[string]*face{}, purse: purse}
	for _, f := range z.File {
		if strings.HasSuffix(f.Name, "/") {
			continue
		}
		name := partName("", entryName(f))
		if p.parts[name] != nil {
			continue // the first stands
		}
		p.parts[name] = f
		base := path.Base(name)
		if _, twice := p.bases[base]; twice {
			p.bases[base] = ""
		} else {
			p.bases[base] = name
		}
	}
	return p, nil
}

// entryName is the name of an entry; old packers wrote it in GBK.
func entryName(f *zip.File) string {
	if utf8.ValidString(f.Name) {
		return f.Name
	}
	if s, err := simplifiedchinese.GB18030.NewDecoder().String(f.Name); err == nil {
		return s
	}
	return f.Name
}

// partName is where a location leads from a folder of the pack. It never leaves
// the pack: what climbs above its root stays at the root.
func partName(dir, loc string) string {
	loc = strings.ReplaceAll(strings.TrimSpace(loc), "\\", "/")
	if !strings.HasPrefix(loc, "/") {
		loc = dir + "/" + loc
	}
	return strings.ToLower(strings.TrimPrefix(path.Clean("/"+loc), "/"))
}

// find is the part that a location names, tried from each of the folders, then
// from the root, then by its base name where only one part has it: files in the
// field name folders that are not there. "" when there is none.
func (p *pack) find(loc string, dirs ...string) string {
	if strings.TrimSpace(loc) == "" {
		return ""
	}
	for _, dir := range append(dirs, "") {
		if name := partName(dir, loc); p.parts[name] != nil {
			return name
		}
	}
	return p.bases[path.Base(partName("", loc))]
}

// read unpacks a part whole. Errors: errNoPart, extract.ErrLimit, ErrDamaged.
func (p *pack) read(name string) ([]byte, error) {
	f := p.parts[name]
	if f == nil {
		return nil, errNoPart
	}
	size, packed := f.UncompressedSize64, max(f.CompressedSize64, 1)
	if size > maxPart || size > ratioFrom && size/packed > uint64(p.purse.limits.Ratio) { //nolint:gosec // the ratio is positive
		return nil, fmt.Errorf("a part of %d bytes out of %d: %w", size, packed, extract.ErrLimit)
	}
	r, err := f.Open()
	if err != nil {
		return nil, fmt.Errorf("unpack: %w (%w)", extract.ErrDamaged, err)
	}
	defer r.Close()
	// What the zip says of sizes may be a lie, so count while reading.
	b, err := io.ReadAll(io.LimitReader(r, maxPart+1))
	switch {
	case len(b) > maxPart:
		return nil, fmt.Errorf("a part of more than %d bytes: %w", maxPart, extract.ErrLimit)
	case err != nil:
		return nil, fmt.Errorf("unpack: %w (%w)", extract.ErrDamaged, err)
	}
	if !p.paid[name] {
		p.paid[name] = true
		p.purse.bytes -= int64(len(b))
	}
	if p.purse.bytes < 0 {
		return nil, fmt.Errorf("more than %d bytes unpacked: %w", p.purse.limits.ExpandedBytes, extract.ErrLimit)
	}
	return b, nil
}

// tree is a part as XML. Errors as those of read.
func (p *pack) tree(name string) (*node, error) {
	n, _, err := p.parsed(name)
	return n, err
}

// keep is a tree that lives as long as the document.
func (p *pack) keep(name string) (*node, error) {
	n, count, err := p.parsed(name)
	if p.purse.nodes -= count; err == nil && p.purse.nodes < 0 {
		return nil, fmt.Errorf("more than %d elements of resources: %w", maxKept, extract.ErrLimit)
	}
	return n, err
}

func (p *pack) parsed(name string) (n *node, count int, err error) {
	b, err := p.read(name)
	if err != nil {
		return nil, 0, err
	}
	n, count, err = parse(b, p.purse.limits.Depth)
	if err != nil {
		return nil, 0, fmt.Errorf("read %s: %w", path.Base(name), err)
	}
	return n, count, nil
}
