package retrieval

import (
	"unicode/utf8"

	"diaoyue.example/workstation/search/extract"
)

// MarkBoxes places the marks of a query on a page: one box for each stretch of
// a line that a word takes. A box of several characters that a mark takes only
// in part is cut in proportion.
func (s *Service) MarkBoxes(query, text string, boxes []extract.Box) []extract.Box {
	if query == "" {
		return nil
	}
	var out []extract.Box
	for _, r := range s.index.Marks(query, text) {
		fresh := true
		for _, b := range boxes {
			part, ok := within(b, r.Start, r.End)
			if !ok {
				continue
			}
			if last := len(out) - 1; !fresh && sameLine(out[last], part) {
				out[last] = union(out[last], part)
				continue
			}
			out = append(out, part)
			fresh = false
		}
	}
	return out
}

// within is the part of a box that holds the bytes from start to end.
func within(b extract.Box, start, end int) (extract.Box, bool) {
	from, to := max(b.Start, start), min(b.End, end)
	if from >= to {
		return extract.Box{}, false
	}
	if from == b.Start && to == b.End || len(b.Text) != b.End-b.Start {
		return b, true // whole, or of a text that was changed on the way: better too much than elsewhere
	}
	all := float64(utf8.RuneCountInString(b.Text))
	before := float64(utf8.RuneCountInString(b.Text[:from-b.Start]))
	inside := float64(utf8.RuneCountInString(b.Text[from-b.Start : to-b.Start]))
	return extract.Box{
		X: b.X + b.W*before/all, Y: b.Y, W: b.W * inside / all, H: b.H,
		Text: b.Text[from-b.Start : to-b.Start], Start: from, End: to,
	}, true
}

// sameLine says whether two boxes stand beside each other on one line.
func sameLine(a, b extract.Box) bool {
	overlap := min(a.Y+a.H, b.Y+b.H) - max(a.Y, b.Y)
	return overlap > min(a.H, b.H)/2 && b.X >= a.X && b.X <= a.X+a.W+2*max(a.H, b.H)
}

func union(a, b extract.Box) extract.Box {
	right, bottom := max(a.X+a.W, b.X+b.W), max(a.Y+a.H, b.Y+b.H)
	out := extract.Box{X: min(a.X, b.X), Y: min(a.Y, b.Y), Text: a.Text + b.Text, Start: a.Start, End: b.End}
	out.W, out.H = right-out.X, bottom-out.Y
	return out
}
