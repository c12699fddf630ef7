package viewing

import (
	"slices"
	"sort"
)

// Range is a closed range of frames, of pages, or of milliseconds of sound.
type Range struct {
	From int64 `json:"from"`
	To   int64 `json:"to"`
}

// union returns the numbers of all ranges as sorted, disjoint, joined ranges.
func union(all []Range) []Range {
	sorted := slices.Clone(all)
	slices.SortFunc(sorted, func(a, b Range) int { return int(a.From - b.From) })
	out := []Range{}
	for _, r := range sorted {
		if last := len(out) - 1; last >= 0 && r.From <= out[last].To+1 {
			out[last].To = max(out[last].To, r.To)
			continue
		}
		out = append(out, r)
	}
	return out
}

// without returns the numbers of a that are in no range of b; b is a union.
func without(a, b []Range) []Range {
	out := []Range{}
	for _, r := range union(a) {
		for _, cut := range b {
			if cut.To < r.From || cut.From > r.To {
				continue
			}
			if cut.From > r.From {
				out = append(out, Range{r.From, cut.From - 1})
			}
			r.From = cut.To + 1
			if r.From > r.To {
				break
			}
		}
		if r.From <= r.To {
			out = append(out, r)
		}
	}
	return out
}

// count returns how many numbers a union holds.
func count(u []Range) int64 {
	var n int64
	for _, r := range u {
		n += r.To - r.From + 1
	}
	return n
}

// marks is a set of frames, pages or milliseconds: a union that grows. Its
// cost is that of its pieces, not of its numbers: an hour of sound is one.
type marks []Range

// from returns the place of the first piece that ends at or after n.
func (m marks) from(n int64) int {
	return sort.Search(len(m), func(i int) bool { return m[i].To >= n })
}

// add puts r in.
func (m *marks) add(r Range) {
	first := m.from(r.From - 1) // a piece that touches is joined
	last := first
	for last < len(*m) && (*m)[last].From <= r.To+1 {
		r.From, r.To = min(r.From, (*m)[last].From), max(r.To, (*m)[last].To)
		last++
	}
	*m = slices.Replace(*m, first, last, r)
}

// remove takes r out.
func (m *marks) remove(r Range) { *m = without(*m, []Range{r}) }

// within returns what of r is in the set.
func (m marks) within(r Range) []Range {
	out := []Range{}
	for i := m.from(r.From); i < len(m) && m[i].From <= r.To; i++ {
		out = append(out, Range{max(m[i].From, r.From), min(m[i].To, r.To)})
	}
	return out
}

// holds reports whether all of r is in the set.
func (m marks) holds(r Range) bool { return count(m.within(r)) == r.To-r.From+1 }
