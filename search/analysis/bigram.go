package analysis

// Gram is one term of the index.
type Gram struct {
	Term       string
	Position   int // index of the first rune in the folded stream
	Start, End int // byte range in the source text
}

// Grams calls emit for the terms that a text leaves in the index: the bigram
// at each position, across Han, digits and Latin, and a single rune for the
// last one, so that every rune begins a term and a one-character query can be
// a prefix query.
func Grams(s Stream, emit func(Gram)) {
	for i := range s.Runes {
		last := i+1 == len(s.Runes)
		end := i
		if !last {
			end = i + 1
		}
		emit(Gram{Term: string(s.Runes[i : end+1]), Position: i, Start: s.Start[i], End: s.End[end]})
	}
}

// Cover is the fewest bigrams that pin down a literal text of at least two
// runes: those at even positions, and the last one. The slice has one entry a
// position; an empty string is a position that needs no look-up.
func Cover(runes []rune) []string {
	if len(runes) < 2 {
		return nil
	}
	terms := make([]string, len(runes)-1)
	for i := range terms {
		if i%2 == 0 || i+1 == len(terms) {
			terms[i] = string(runes[i : i+2])
		}
	}
	return terms
}

// Pairs is every bigram of runes in order: the terms of a word that need not
// stand together. There is no trailing single rune, which would match any
// place that ends with it.
func Pairs(runes []rune) []string {
	if len(runes) < 2 {
		return nil
	}
	out := make([]string, 0, len(runes)-1)
	for i := range len(runes) - 1 {
		out = append(out, string(runes[i:i+2]))
	}
	return out
}
