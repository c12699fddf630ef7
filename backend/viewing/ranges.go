package viewing

import "slices"

// Range is a closed range of frames or pages.
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

// marks is a set of frame or page numbers.
type marks []uint64

func (m *marks) add(n int64) {
	word := int(n / 64)
	if word >= len(*m) {
		*m = append(*m, make([]uint64, word+1-len(*m))...)
	}
	(*m)[word] |= 1 << (n % 64)
}

func (m marks) has(n int64) bool {
	word := int(n / 64)
	return n >= 0 && word < len(m) && m[word]&(1<<(n%64)) != 0
}

func (m marks) remove(r Range) {
	for n := r.From; n <= r.To && int(n/64) < len(m); n++ {
		m[n/64] &^= 1 << (n % 64)
	}
}

// runs returns what is marked within r.
func (m marks) runs(r Range) []Range {
	out := []Range{}
	end := min(r.To, int64(len(m))*64-1)
	for n := max(r.From, 0); n <= end; n++ {
		if !m.has(n) {
			continue
		}
		if last := len(out) - 1; last >= 0 && out[last].To == n-1 {
			out[last].To = n
			continue
		}
		out = append(out, Range{n, n})
	}
	return out
}

// all returns everything marked.
func (m marks) all() []Range { return m.runs(Range{0, int64(len(m))*64 - 1}) }
