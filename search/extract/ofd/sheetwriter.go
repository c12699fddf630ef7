package ofd

import (
	"bytes"
	"fmt"
	"strings"

	"diaoyue.example/workstation/search/extract"
)

// maxBody bounds the drawing of one page, in bytes.
const maxBody = 32 << 20

// maxSide is the longest side of a page, in points, that PDF readers agree on.
const maxSide = 14_400

// writer draws a page as PDF. It is a canvas.
type writer struct {
	file      *pdfFile
	body      bytes.Buffer
	resources map[string][]string // kind → "/name n 0 R"
	states    map[string]string   // opacity and blending → name
	fonts     map[any]string      // embedded face or name of a stand-in → name
	images    map[string]string
	pixels    int // that may still be shown
	unpacked  int // of those, that may still be held unpacked here
	embedded  int // bytes of fonts and images that may still be embedded
	over      error
	borrows   bool // a Chinese font of this machine

	width, height float64 // points
}

// newWriter begins a PDF of one page of this size, in millimetres.
func newWriter(area rect) *writer {
	const pointsPerMM = 72 / 25.4
	k := min(pointsPerMM, maxSide/max(area.w, area.h))
	w := &writer{
		file: newPDFFile(), resources: map[string][]string{}, states: map[string]string{},
		fonts: map[any]string{}, images: map[string]string{}, pixels: maxPixels, unpacked: maxUnpacked, embedded: maxEmbedded,
		width: max(area.w*k, 1), height: max(area.h*k, 1),
	}
	write(&w.body, "cm", k, 0, 0, -k, 0, area.h*k)
	return w
}

// finish gives the PDF.
func (w *writer) finish() *pdfFile {
	content := w.file.stream("", w.body.Bytes())
	pages := w.file.promise()
	page := w.file.put(fmt.Sprintf("<< /Type /Page /Parent %d 0 R /MediaBox %s /Contents %d 0 R /Resources %s >>",
		pages, numberList([]float64{0, 0, w.width, w.height}), content, w.dictionary()))
	w.file.keep(pages, fmt.Sprintf("<< /Type /Pages /Kids [%d 0 R] /Count 1 >>", page))
	w.file.finish(w.file.put(fmt.Sprintf("<< /Type /Catalog /Pages %d 0 R >>", pages)))
	return w.file
}

func (w *writer) dictionary() string {
	var b strings.Builder
	b.WriteString("<<")
	for _, kind := range []string{"Font", "XObject", "ExtGState", "Shading"} {
		fmt.Fprintf(&b, " /%s << %s >>", kind, strings.Join(w.resources[kind], " "))
	}
	b.WriteString(" >>")
	return b.String()
}

// name makes an object known to the page and gives the name it is used by.
func (w *writer) name(kind string, id int) string {
	name := fmt.Sprintf("%s%d", kind[:1], len(w.resources[kind]))
	w.resources[kind] = append(w.resources[kind], fmt.Sprintf("/%s %d 0 R", name, id))
	return name
}

// begin opens a mark: what it is cut to, how it lies over what is below. The
// space is still that of the page. False when the page is full.
func (w *writer) begin(l look, fill, stroke float64, blend string) bool {
	if w.body.Len() > maxBody {
		w.over = fmt.Errorf("a page of more than %d bytes of drawing: %w", maxBody, extract.ErrLimit)
		return false
	}
	w.body.WriteString("q\n")
	for _, c := range l.clips {
		w.outline(c.segs)
		if c.evenOdd {
			w.body.WriteString("W* n\n")
		} else {
			w.body.WriteString("W n\n")
		}
	}
	fill, stroke = fill*l.alpha, stroke*l.alpha
	if fill == 1 && stroke == 1 && blend == "" {
		return true
	}
	key := fmt.Sprintf("/ca %s /CA %s", appendNumber(nil, fill), appendNumber(nil, stroke))
	if blend != "" {
		key += " /BM /" + blend
	}
	if w.states[key] == "" {
		w.states[key] = w.name("ExtGState", w.file.put("<< "+key+" >>"))
	}
	fmt.Fprintf(&w.body, "/%s gs\n", w.states[key])
	return true
}

func (w *writer) end() { w.body.WriteString("Q\n") }

func (w *writer) outline(segs []segment) {
	for _, s := range segs {
		write(&w.body, string(s.op), s.p[:2*s.points()]...)
	}
}

// color sets the colour to fill or to draw with.
func (w *writer) color(parts []float64, stroke bool) {
	op := map[int]string{1: "g", 3: "rg", 4: "k"}[len(parts)]
	if stroke {
		op = strings.ToUpper(op)
	}
	write(&w.body, op, parts...)
}

func (w *writer) line(l line) {
	write(&w.body, "w", l.width)
	write(&w.body, "M", max(l.miter, 1))
	write(&w.body, "J", float64(l.cap))
	write(&w.body, "j", float64(l.join))
	if len(l.dash) > 0 {
		w.body.WriteString(numberList(l.dash))
		write(&w.body, " d", l.offset)
	}
}

func (w *writer) shape(s shape) {
	fillAlpha, strokeAlpha := 1.0, 1.0
	if s.fill != nil {
		fillAlpha = s.fill.alpha
	}
	if s.stroke != nil {
		strokeAlpha = s.stroke.alpha
	}
	if !w.begin(s.look, fillAlpha, strokeAlpha, "") {
		return
	}
	defer w.end()
	write(&w.body, "cm", s.m[:]...)
	even := ""
	if s.evenOdd {
		even = "*"
	}
	if s.fill != nil && s.fill.gradient != nil {
		w.body.WriteString("q\n")
		w.outline(s.segs)
		w.body.WriteString("W" + even + " n\n")
		w.gradient(s.fill.gradient)
		w.body.WriteString("Q\n")
		s.fill = nil
	}
	switch {
	case s.fill != nil && s.stroke != nil:
		w.color(s.fill.parts, false)
		w.color(s.stroke.parts, true)
		w.line(s.line)
		w.outline(s.segs)
		w.body.WriteString("B" + even + "\n")
	case s.fill != nil:
		w.color(s.fill.parts, false)
		w.outline(s.segs)
		w.body.WriteString("f" + even + "\n")
	case s.stroke != nil:
		w.color(s.stroke.parts, true)
		w.line(s.line)
		w.outline(s.segs)
		w.body.WriteString("S\n")
	}
}

// gradient paints all that is not cut away.
func (w *writer) gradient(g *gradient) {
	kind, coords := 2, []float64{g.x0, g.y0, g.x1, g.y1}
	if g.radial {
		kind, coords = 3, []float64{g.x0, g.y0, g.r0, g.x1, g.y1, g.r1}
	}
	id := w.file.put(fmt.Sprintf("<< /ShadingType %d /ColorSpace /DeviceRGB /Coords %s /Extend [%t %t] /Function %s >>",
		kind, numberList(coords), g.before, g.beyond, ramp(g.stops)))
	write(&w.body, "cm", g.m[:]...)
	fmt.Fprintf(&w.body, "/%s sh\n", w.name("Shading", id))
}

// ramp is the function of a gradient: straight between its stops.
func ramp(stops []stop) string {
	if stops[0].at > 0 {
		stops = append([]stop{{0, stops[0].color}}, stops...)
	}
	if last := stops[len(stops)-1]; last.at < 1 || len(stops) == 1 {
		stops = append(stops[:len(stops):len(stops)], stop{1, last.color})
	}
	var parts, encode strings.Builder
	var bounds []float64
	for i := 1; i < len(stops); i++ {
		fmt.Fprintf(&parts, "<< /FunctionType 2 /Domain [0 1] /N 1 /C0 %s /C1 %s >> ", numberList(stops[i-1].color.parts), numberList(stops[i].color.parts))
		encode.WriteString("0 1 ")
		if i < len(stops)-1 {
			bounds = append(bounds, stops[i].at)
		}
	}
	return fmt.Sprintf("<< /FunctionType 3 /Domain [0 1] /Functions [%s] /Bounds %s /Encode [%s] >>", parts.String(), numberList(bounds), encode.String())
}

// picture draws an image, or in its place a crossed frame that says that the
// document has none that can be shown.
func (w *writer) picture(p picture) {
	name := w.image(p)
	blend := ""
	if p.blot {
		blend = "Multiply" // as ink: the text under a seal stays readable
	}
	if !w.begin(p.look, 1, 1, blend) {
		return
	}
	defer w.end()
	write(&w.body, "cm", p.m[:]...)
	if name == "" {
		write(&w.body, "G", 0.6)
		write(&w.body, "w", 0)
		w.outline(box(rect{0, 0, 1, 1}))
		w.body.WriteString("0 0 m 1 1 l 0 1 m 1 0 l S\n")
		return
	}
	write(&w.body, "cm", 1, 0, 0, -1, 0, 1)
	fmt.Fprintf(&w.body, "/%s Do\n", name)
}
