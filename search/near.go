package search

import (
	"cmp"
	"slices"
)

// nearness is several terms that must stand near each other in one text.
type nearness struct {
	of     []sought
	within int
}

// mostNear is how many terms a nearness can hold: one bit each.
const mostNear = 16

// placed is one occurrence of one of the terms.
type placed struct {
	span
	term int
}

// find lists the occurrences that belong to a chain of all terms, neighbours at
// most within apart, in any order.
func (n nearness) find(text []rune) []span {
	var all []placed
	for t, s := range n.of {
		for _, o := range s.find(text) {
			all = append(all, placed{o, t})
		}
	}
	slices.SortFunc(all, func(a, b placed) int { return cmp.Or(a.from-b.from, a.to-b.to, a.term-b.term) })
	var out []span
	for _, w := range n.windows(all) {
		for _, o := range all {
			if o.from >= w.from && o.to <= w.to && !slices.Contains(out, o.span) {
				out = append(out, o.span)
			}
		}
	}
	slices.SortFunc(out, func(a, b span) int { return cmp.Or(a.from-b.from, a.to-b.to) })
	return out
}

// windows are the tightest stretches that hold a chain of all terms. For each
// occurrence it keeps, by the set of terms used in a chain that ends there, the
// latest beginning of such a chain.
func (n nearness) windows(all []placed) []span {
	full := 1<<len(n.of) - 1
	chains := make([]map[int]int, len(all))
	var out []span
	for i, o := range all {
		chains[i] = map[int]int{1 << o.term: o.from}
		for j := i - 1; j >= 0; j-- {
			if o.from-all[j].to > n.within {
				continue // a longer occurrence before it may still reach
			}
			for used, from := range chains[j] {
				if used&(1<<o.term) != 0 {
					continue
				}
				next := used | 1<<o.term
				if known, ok := chains[i][next]; !ok || from > known {
					chains[i][next] = from
				}
			}
		}
		if from, ok := chains[i][full]; ok {
			to := o.to
			for _, p := range all[:i] {
				if p.from >= from {
					to = max(to, p.to)
				}
			}
			out = append(out, span{from, to})
		}
	}
	return out
}
