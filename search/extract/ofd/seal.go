package ofd

import (
	"bytes"
	"context"
	"encoding/asn1"
	"path"
	"slices"
)

// stamp is a seal at its place on a page.
type stamp struct {
	at   rect
	cut  *rect // the part shown, from the corner of at; nil is all (a seal across pages has one on each)
	seal *seal
}

// seal is what a stamp shows: an image, or an OFD whose first page it is.
type seal struct {
	picture []byte
	page    *sheet // once opened
	tried   bool
}

// maxSignatures bounds how many are read; a page of a contract has some ten.
const maxSignatures = 2000

// readStamps reads the signatures of a document. One that cannot be read shows
// no seal; the pages are shown all the same.
func (v *volume) readStamps(part string) {
	v.stamps = map[string][]stamp{}
	list, err := v.pack.tree(part)
	if err != nil {
		return
	}
	for i, k := range list.all("Signature") {
		if i == maxSignatures {
			return
		}
		own := v.pack.find(k.attr("BaseLoc"), path.Dir(part), v.dir)
		sig, err := v.pack.tree(own)
		if err != nil {
			continue
		}
		info := sig.kid("SignedInfo")
		spots := info.all("StampAnnot")
		if len(spots) == 0 {
			continue
		}
		shown := &seal{}
		shown.picture = v.sealPicture(path.Dir(own), sig.kid("SignedValue").words(), info.kid("Seal").kid("BaseLoc").words())
		for _, s := range spots {
			st := stamp{seal: shown}
			var ok bool
			if st.at, ok = readRect(s.attr("Boundary")); !ok {
				continue
			}
			if cut, ok := readRect(s.attr("Clip")); ok {
				st.cut = &cut
			}
			page := s.attr("PageRef")
			v.stamps[page] = append(v.stamps[page], st)
		}
	}
}

// sealPicture finds the picture in the signed value, which is what was signed,
// or else in the seal's own file.
func (v *volume) sealPicture(dir string, locations ...string) []byte {
	for _, loc := range locations {
		b, err := v.pack.read(v.pack.find(loc, dir, v.dir))
		if err != nil {
			continue
		}
		elements := 0
		if p := pictureIn(b, 0, &elements); p != nil {
			return p
		}
	}
	return nil
}

const (
	maxASN1Depth    = 24
	maxASN1Elements = 20_000
)

// pictureIn looks in DER for SES_ESPictrueInfo (GM/T 0031, GB/T 38540): a
// sequence of type, octets, width and height. The versions of the standard nest
// it differently, so its shape is sought, not its path.
func pictureIn(der []byte, depth int, elements *int) []byte {
	if depth > maxASN1Depth {
		return nil
	}
	var row, nested []asn1.RawValue
	for rest := der; len(rest) > 0; {
		var v asn1.RawValue
		next, err := asn1.Unmarshal(rest, &v)
		if err != nil {
			break
		}
		if *elements++; *elements > maxASN1Elements {
			return nil
		}
		rest = next
		row = append(row, v)
		if v.IsCompound {
			nested = append(nested, v)
		}
	}
	if len(row) >= 4 && letters(row[0]) && row[2].Tag == asn1.TagInteger && row[3].Tag == asn1.TagInteger {
		switch data := row[1].Bytes; {
		case row[1].Tag == asn1.TagOctetString && len(data) > 0:
			return data
		case row[1].Tag == asn1.TagBitString && len(data) > 1:
			return data[1:]
		}
	}
	for _, v := range nested {
		if p := pictureIn(v.Bytes, depth+1, elements); p != nil {
			return p
		}
	}
	return nil
}

// letters says whether a value is a string such as "png".
func letters(v asn1.RawValue) bool {
	return v.Class == asn1.ClassUniversal && slices.Contains([]int{asn1.TagIA5String, asn1.TagUTF8String, asn1.TagPrintableString}, v.Tag)
}

// open reads the OFD that a seal is; nil when it cannot be read.
func (s *seal) open(ctx context.Context, purse *purse) *sheet {
	if s.tried {
		return s.page
	}
	s.tried = true
	p, err := openPack(bytes.NewReader(s.picture), int64(len(s.picture)), purse)
	if err != nil {
		return nil
	}
	b, err := openBook(ctx, p)
	if err != nil {
		return nil
	}
	if page, err := b.leaves[0].open(); err == nil {
		s.page = page
	}
	return s.page
}

// stamp draws a seal.
func (w *walker) stamp(s stamp, at scope) {
	if !w.step() || len(s.seal.picture) == 0 || s.at.w <= 0 || s.at.h <= 0 {
		return
	}
	at.m = at.m.of(shift(s.at.x, s.at.y))
	if s.cut != nil {
		at.clips = append(slices.Clip(at.clips), clip{segs: moved(box(*s.cut), at.m)})
	}
	if !isZip(s.seal.picture) {
		at.m = at.m.of(scale(s.at.w, s.at.h))
		w.to.picture(picture{look: at.look(), data: s.seal.picture, blot: true})
		return
	}
	if at.depth++; at.depth > maxSealDepth {
		return
	}
	if page := s.seal.open(w.ctx, at.res.pack.purse); page != nil {
		at.m = at.m.of(scale(s.at.w/page.area.w, s.at.h/page.area.h)).of(shift(-page.area.x, -page.area.y))
		w.sheet(page, at)
	}
}

// maxSealDepth bounds seals in seals.
const maxSealDepth = 2

// box is a rectangle as an outline.
func box(r rect) []segment {
	return []segment{
		{'m', [6]float64{r.x, r.y}},
		{'l', [6]float64{r.x + r.w, r.y}},
		{'l', [6]float64{r.x + r.w, r.y + r.h}},
		{'l', [6]float64{r.x, r.y + r.h}},
		{op: 'h'},
	}
}
