package ocr

import (
	"context"
	"image"
	"slices"

	"golang.org/x/image/draw"

	"diaoyue.example/workstation/search/extract"
)

// redSure is the confidence that red writing must be read with: rings of seals
// are found as lines too.
const redSure = 0.85

// columnSure is the confidence with which a column needs no second look.
const columnSure = 0.8

// Read finds and reads the lines of a page, however it lies, and puts them into
// reading order. A page on which nothing is written has an empty text.
func (e *Engine) Read(ctx context.Context, page image.Image) (extract.Page, error) {
	e.turn.Lock() // one page at a time: the networks share their memory
	defer e.turn.Unlock()
	if err := e.warm(); err != nil {
		return extract.Page{}, err
	}
	img := flat(page)
	red := redInk(img)
	black := img
	if !red.Empty() {
		black = withoutRed(img)
	}
	quads, err := e.detect(black)
	if err != nil {
		return extract.Page{}, err
	}
	quads = stacked(quads)
	quarters, err := e.lies(ctx, black, quads)
	if err != nil {
		return extract.Page{}, err
	}
	quads = facing(quads, quarters)
	lines, err := e.lines(ctx, black, quads)
	if err != nil {
		return extract.Page{}, err
	}
	if lines, err = e.sideways(ctx, black, quads, lines); err != nil {
		return extract.Page{}, err
	}
	if !red.Empty() {
		if lines, err = e.sealed(ctx, img, red, lines); err != nil {
			return extract.Page{}, err
		}
		more, err := e.redLines(ctx, img, red, quarters)
		if err != nil {
			return extract.Page{}, err
		}
		lines = append(lines, apart(more, lines)...)
	}
	return composed(arranged(spans(lines, slantOf(quads))), img.Rect.Dx(), img.Rect.Dy()), nil
}

// sideways reads what stands and was not read with confidence as a column once
// more as lines that run upwards and downwards: the spines of files and stamps on
// the margin. The best of the three stays.
func (e *Engine) sideways(ctx context.Context, img *image.RGBA, quads []quad, lines []line) ([]line, error) {
	for _, q := range quads {
		if !q.standing() {
			continue
		}
		at := slices.IndexFunc(lines, func(l line) bool { return l.quad == q })
		best := doubtful
		if at >= 0 {
			best = lines[at].confidence
		}
		for _, quarters := range []int{1, 3} {
			if best >= columnSure {
				break
			}
			found, err := e.lines(ctx, img, []quad{q.facing(quarters)})
			if err != nil {
				return nil, err
			}
			switch {
			case len(found) == 0 || found[0].confidence <= best:
			case at < 0:
				best, at = found[0].confidence, len(lines)
				lines = append(lines, found[0])
			default:
				best, lines[at] = found[0].confidence, found[0]
			}
		}
	}
	return lines, nil
}

// sealed reads the lines near red ink once more with it: where a seal covers
// print wholly, its edge says more than white. The surer reading stays.
func (e *Engine) sealed(ctx context.Context, img *image.RGBA, red image.Rectangle, lines []line) ([]line, error) {
	var near []quad
	for _, l := range lines {
		x0, y0, x1, y1 := l.bounds()
		if image.Rect(int(x0), int(y0), int(x1), int(y1)).Overlaps(red) {
			near = append(near, l.quad)
		}
	}
	again, err := e.lines(ctx, img, near)
	if err != nil {
		return nil, err
	}
	for i, l := range lines {
		for _, a := range again {
			if a.quad == l.quad && a.confidence > l.confidence {
				lines[i] = a
			}
		}
	}
	return lines, nil
}

// redLines reads what is written in red: the heads of official papers.
func (e *Engine) redLines(ctx context.Context, img *image.RGBA, red image.Rectangle, quarters int) ([]line, error) {
	inked, margin := onlyRed(img), 16
	area := red.Inset(-margin).Intersect(inked.Rect)
	quads, err := e.detect(flat(inked.SubImage(area)))
	if err != nil {
		return nil, err
	}
	for i := range quads {
		quads[i].middle.x += float64(area.Min.X)
		quads[i].middle.y += float64(area.Min.Y)
	}
	found, err := e.lines(ctx, inked, facing(quads, quarters))
	var sure []line
	for _, l := range found {
		if l.confidence >= redSure && len(l.chars) > 1 && !l.column {
			sure = append(sure, l)
		}
	}
	return sure, err
}

// apart are the lines of more whose middle lies in none of the others.
func apart(more, lines []line) []line {
	var out []line
	for _, m := range more {
		free := true
		for _, l := range lines {
			x0, y0, x1, y1 := l.bounds()
			if m.middle.x > x0 && m.middle.x < x1 && m.middle.y > y0 && m.middle.y < y1 {
				free = false
			}
		}
		if free {
			out = append(out, m)
		}
	}
	return out
}

// flat is the picture on white, beginning at 0, 0.
func flat(img image.Image) *image.RGBA {
	out := image.NewRGBA(image.Rect(0, 0, img.Bounds().Dx(), img.Bounds().Dy()))
	draw.Draw(out, out.Rect, image.White, image.Point{}, draw.Src)
	draw.Draw(out, out.Rect, img, img.Bounds().Min, draw.Over)
	return out
}

// composed makes the text of a page of w × h pixels and a box for each of its
// characters.
func composed(rows [][]span, w, h int) extract.Page {
	out := extract.Page{Source: extract.SourceOCR, Boxes: []extract.Box{}}
	var text []byte
	sum := 0.0
	for i, row := range rows {
		if i > 0 {
			text = append(text, '\n')
		}
		for k, s := range row {
			chars := s.chars
			if k > 0 {
				if s.x0-row[k-1].x1 > s.height()/2 {
					text = append(text, ' ')
				}
				chars = once(row[k-1].chars, chars)
			}
			for _, c := range mended(chars) {
				if c.text == " " {
					text = append(text, ' ')
					continue
				}
				b := box(c.place, float64(w), float64(h))
				b.Text, b.Start, b.End, b.Confidence = c.text, len(text), len(text)+len(c.text), s.confidence
				text = append(text, c.text...)
				out.Boxes = append(out.Boxes, b)
				sum += s.confidence
			}
		}
	}
	if n := len(out.Boxes); n > 0 {
		out.Confidence = sum / float64(n)
	}
	out.Text = string(text)
	return out
}

// box is the upright rectangle around a place as fractions of the page.
func box(q quad, w, h float64) extract.Box {
	x0, y0, x1, y1 := q.bounds()
	share := func(v, of float64) float64 { return min(max(v/of, 0), 1) }
	return extract.Box{X: share(x0, w), Y: share(y0, h), W: share(x1, w) - share(x0, w), H: share(y1, h) - share(y0, h)}
}
