package ofd

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"diaoyue.example/workstation/search/extract"
)

const (
	maxSteps = 1_000_000 // elements visited for one page
	maxNest  = 64        // blocks, units and templates in each other
)

// walker goes through a page and hands what it shows to a canvas.
type walker struct {
	ctx   context.Context //nolint:containedctx // lives for one page
	to    canvas
	steps int
	open  map[*node]bool // entered and not yet left: nothing may hold itself
	err   error          // ErrLimit or the context's
}

// scope is where the walker stands.
type scope struct {
	m     matrix
	alpha float64
	clips []clip
	param params
	res   *resources
	depth int
	note  bool
}

// sheet is a page that was read.
type sheet struct {
	leaf *leaf
	tree *node
	area rect
	res  *resources
}

// open reads a page.
func (l *leaf) open() (*sheet, error) {
	if l.err != nil {
		return nil, l.err
	}
	tree, err := l.volume.pack.tree(l.part)
	if err != nil {
		return nil, unread("page", err)
	}
	s := &sheet{leaf: l, tree: tree, area: sheetArea(tree.kid("Area"), l.volume.area), res: l.volume.res}
	if own := tree.all("PageRes"); len(own) > 0 {
		s.res = newResources(l.volume.pack, l.volume.res)
		for _, k := range own {
			s.res.load(l.volume.pack.find(k.words(), l.volume.dir))
		}
	}
	return s, nil
}

// show hands everything on the page to a canvas. Errors: extract.ErrLimit, the
// context's.
func (s *sheet) show(ctx context.Context, to canvas) error {
	w := &walker{ctx: ctx, to: to, open: map[*node]bool{}}
	w.sheet(s, scope{m: shift(-s.area.x, -s.area.y), alpha: 1})
	return w.err
}

// sheet draws a page with its templates, annotations and seals.
func (w *walker) sheet(s *sheet, at scope) {
	at.res = s.res
	w.page(s.tree, s.leaf.volume, at)
	at.note = true
	w.notes(s.leaf, at)
	for _, st := range s.leaf.volume.stamps[s.leaf.id] {
		w.stamp(st, at)
	}
}

// page draws the content of a page or template between the templates that it
// names.
func (w *walker) page(tree *node, v *volume, at scope) {
	if !w.enter(tree, &at) {
		return
	}
	defer delete(w.open, tree)
	templates := func(front bool) {
		for _, k := range tree.all("Template") {
			t := v.template(k.attr("TemplateID"))
			if t == nil || t.sheet == nil {
				continue
			}
			order := k.attr("ZOrder")
			if order == "" {
				order = t.order
			}
			if strings.EqualFold(order, "Foreground") == front {
				w.page(t.sheet, v, at)
			}
		}
	}
	templates(false)
	if content := tree.kid("Content"); content != nil {
		layers := slices.Clone(content.kids)
		slices.SortStableFunc(layers, func(a, b *node) int { return layerOrder(a) - layerOrder(b) })
		for _, l := range layers {
			w.object(l, at)
		}
	}
	templates(true)
}

func layerOrder(l *node) int {
	switch strings.ToLower(l.attr("Type")) {
	case "background":
		return 0
	case "foreground":
		return 2
	}
	return 1
}

// notes draws the annotations of a page.
func (w *walker) notes(l *leaf, at scope) {
	part := l.volume.notes[l.id]
	if part == "" {
		return
	}
	list, err := l.volume.pack.tree(part)
	if err != nil {
		return // the page itself is shown all the same
	}
	for _, a := range list.all("Annot") {
		if !yes(a.attr("Visible"), true) {
			continue
		}
		for _, look := range a.all("Appearance") {
			inner := at
			inner.m = at.m.of(frame(look))
			w.block(look, inner)
		}
	}
}

// enter takes a step into an element; false when it must not be entered.
func (w *walker) enter(n *node, at *scope) bool {
	if n == nil || w.open[n] || at.depth > maxNest || !w.step() {
		return false
	}
	at.depth++
	w.open[n] = true
	return true
}

// step counts an element; false when the walk is over.
func (w *walker) step() bool {
	if w.err != nil {
		return false
	}
	if w.steps++; w.steps > maxSteps {
		w.err = fmt.Errorf("more than %d elements on a page: %w", maxSteps, extract.ErrLimit)
	} else if w.steps%1024 == 0 {
		w.err = w.ctx.Err()
	}
	return w.err == nil
}

// block draws the objects in a layer, a block or any other holder of them.
func (w *walker) block(n *node, at scope) {
	if !w.enter(n, &at) {
		return
	}
	defer delete(w.open, n)
	if n.attr("DrawParam") != "" {
		at.param = at.param.with(n, at.res)
	}
	for _, k := range n.kids {
		w.object(k, at)
	}
}

func (w *walker) object(n *node, at scope) {
	if !w.step() || !yes(n.attr("Visible"), true) {
		return
	}
	if n.name == "Layer" || n.name == "PageBlock" {
		w.block(n, at)
		return
	}
	inner := at
	inner.param = at.param.with(n, at.res)
	inner.m = at.m.of(frame(n))
	inner.alpha *= alpha(n.attr("Alpha"))
	inner.clips = append(slices.Clip(at.clips), w.clips(n.kid("Clips"), at.m.of(corner(n)), inner.m)...)
	switch n.name {
	case "TextObject":
		w.text(n, inner)
	case "PathObject":
		w.path(n, inner)
	case "ImageObject":
		w.image(n, inner)
	case "CompositeObject":
		w.composite(n, inner)
	}
}

// composite draws a unit of the resources in its place.
func (w *walker) composite(n *node, at scope) {
	unit := at.res.thing("CompositeGraphicUnit", n.attr("ResourceID"))
	if unit == nil {
		unit = at.res.thing("VectorG", n.attr("ResourceID"))
	}
	if !w.enter(unit, &at) {
		return
	}
	defer delete(w.open, unit)
	at.param = nil // a unit is drawn the same wherever it stands
	w.block(unit.kid("Content"), at)
}

// image draws a picture in the unit square of its CTM, or in its boundary.
func (w *walker) image(n *node, at scope) {
	if n.attr("CTM") == "" {
		b, _ := readRect(n.attr("Boundary"))
		at.m = at.m.of(scale(b.w, b.h))
	}
	id := n.attr("ResourceID")
	if id == "" {
		return
	}
	w.to.picture(picture{look: at.look(), pack: at.res.pack, part: at.res.image(id)})
}

func (s scope) look() look { return look{m: s.m, alpha: s.alpha, clips: s.clips, note: s.note} }

// alpha reads an opacity of 0 to 255; none is opaque.
func alpha(s string) float64 { return min(max(numberOr(s, 255)/255, 0), 1) }
