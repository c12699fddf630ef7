package ofd

import "path"

// resources are the things that objects name by number: those of a page stand
// before those of its document.
type resources struct {
	pack   *pack
	above  *resources
	fonts  map[string]*font
	media  map[string]string // number → part
	things map[string]*node  // drawing parameters, colour spaces, composite units
	loaded map[string]bool
}

func newResources(p *pack, above *resources) *resources {
	return &resources{
		pack: p, above: above, fonts: map[string]*font{}, media: map[string]string{},
		things: map[string]*node{}, loaded: map[string]bool{},
	}
}

// load takes a resource part in. One that cannot be read is passed over: the
// objects that need it are drawn without it.
func (r *resources) load(part string) {
	if part == "" || r.loaded[part] {
		return
	}
	r.loaded[part] = true
	list, err := r.pack.keep(part)
	if err != nil {
		return
	}
	base := path.Dir(part)
	dir := base
	if loc := list.attr("BaseLoc"); loc != "" {
		dir = partName(base, loc)
	}
	for _, group := range list.kids {
		for _, k := range group.kids {
			id := k.attr("ID")
			switch k.name {
			case "Font":
				r.fonts[id] = newFont(k, r.pack, r.pack.find(k.kid("FontFile").words(), dir, base))
			case "MultiMedia":
				r.media[id] = r.pack.find(k.kid("MediaFile").words(), dir, base)
			case "DrawParam", "ColorSpace", "CompositeGraphicUnit", "VectorG":
				r.things[id] = k
			}
		}
	}
}

func (r *resources) font(id string) *font {
	for ; r != nil; r = r.above {
		if f := r.fonts[id]; f != nil {
			return f
		}
	}
	return nil
}

// image is the part of a picture, "" when there is none.
func (r *resources) image(id string) string {
	for ; r != nil; r = r.above {
		if part := r.media[id]; part != "" {
			return part
		}
	}
	return ""
}

func (r *resources) thing(name, id string) *node {
	for ; r != nil && id != ""; r = r.above {
		if n := r.things[id]; n != nil && n.name == name {
			return n
		}
	}
	return nil
}

// maxRelatives bounds how far drawing parameters inherit.
const maxRelatives = 16

// params are the elements that say how an object is drawn, the nearest first:
// itself, its drawing parameters and theirs, then what holds it.
type params []*node

// with puts an object, and the drawing parameters it names, before these.
func (p params) with(n *node, r *resources) params {
	out := params{n}
	id := n.attr("DrawParam")
	for range maxRelatives {
		d := r.thing("DrawParam", id)
		if d == nil {
			break
		}
		out = append(out, d)
		id = d.attr("Relative")
	}
	return append(out, p...)
}

func (p params) attr(name string) string {
	for _, n := range p {
		if v := n.attr(name); v != "" {
			return v
		}
	}
	return ""
}

func (p params) kid(name string) *node {
	for _, n := range p {
		if k := n.kid(name); k != nil {
			return k
		}
	}
	return nil
}
