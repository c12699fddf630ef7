package postings_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/blevesearch/bleve/v2"
	"github.com/blevesearch/bleve/v2/analysis/analyzer/simple"
	"github.com/blevesearch/bleve/v2/index/scorch"

	"diaoyue.example/workstation/search/postings"
)

// place is a document of the tests: words, and a group with one value.
type place struct {
	words []string
	group string
}

// archive is an index in memory and what it holds, by name.
type archive struct {
	index  bleve.Index
	places map[string]place
}

func newArchive(t *testing.T) archive {
	t.Helper()
	m := bleve.NewIndexMapping()
	m.ScoringModel = "bm25"
	doc := bleve.NewDocumentStaticMapping()
	text := bleve.NewTextFieldMapping()
	text.Analyzer, text.IncludeTermVectors = simple.Name, true
	doc.AddFieldMappingsAt("text", text)
	doc.AddFieldMappingsAt("group", bleve.NewKeywordFieldMapping())
	size := bleve.NewNumericFieldMapping()
	size.Store = true
	doc.AddFieldMappingsAt("size", size)
	m.DefaultMapping = doc
	x, err := bleve.NewUsing("", m, scorch.Name, scorch.Name, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = x.Close() })
	return archive{x, map[string]place{}}
}

// put writes a batch, which becomes a segment.
func (a archive) put(t *testing.T, places map[string]place, removed ...string) {
	t.Helper()
	b := a.index.NewBatch()
	for id, p := range places {
		if err := b.Index(id, map[string]any{"text": strings.Join(p.words, " "), "group": p.group, "size": float64(len(p.words))}); err != nil {
			t.Fatal(err)
		}
		a.places[id] = p
	}
	for _, id := range removed {
		b.Delete(id)
		delete(a.places, id)
	}
	if err := a.index.Batch(b); err != nil {
		t.Fatal(err)
	}
}

func (a archive) snapshot(t *testing.T) *postings.Snapshot {
	t.Helper()
	x, err := a.index.Advanced()
	if err != nil {
		t.Fatal(err)
	}
	r, err := x.Reader()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close() })
	s, err := postings.Of(r)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// find is the score of every place found, by name.
func find(t *testing.T, s *postings.Snapshot, n postings.Node) map[string]float64 {
	t.Helper()
	found, err := s.Find(t.Context(), n)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]float64{}
	last := int64(-1)
	for _, m := range found {
		if int64(m.Number) <= last {
			t.Fatalf("place %d after %d", m.Number, last)
		}
		last = int64(m.Number)
		id, err := s.ID(m.Number)
		if err != nil {
			t.Fatal(err)
		}
		out[id] = m.Score
	}
	return out
}

// asked is a random question: the node, and what it means.
type asked struct {
	text  string
	node  func() postings.Node
	holds func(place) bool
}

func question(rnd *rand.Rand, depth int) asked {
	word := func() string { return string(rune('a'+rnd.IntN(5))) + string(rune('a'+rnd.IntN(3))) }
	if depth == 0 {
		switch rnd.IntN(4) {
		case 0:
			p := word()[:1]
			return asked{p + "*", func() postings.Node { return postings.Prefix("text", p, 1) }, func(d place) bool {
				return slices.ContainsFunc(d.words, func(w string) bool { return strings.HasPrefix(w, p) })
			}}
		case 1:
			of := []string{word(), "", word()}
			return asked{fmt.Sprintf("%q", of), func() postings.Node { return postings.Phrase("text", of, 1) }, func(d place) bool {
				for i := range d.words {
					if i+2 < len(d.words) && d.words[i] == of[0] && d.words[i+2] == of[2] {
						return true
					}
				}
				return false
			}}
		case 2:
			from := string(rune('a' + rnd.IntN(3)))
			to := from + "z"
			return asked{from + ".." + to, func() postings.Node { return postings.Range("group", from, to) }, func(d place) bool { return d.group >= from && d.group <= to }}
		default:
			w := word()
			return asked{w, func() postings.Node { return postings.Term("text", w, 1) }, func(d place) bool { return slices.Contains(d.words, w) }}
		}
	}
	var of []asked
	for range 1 + rnd.IntN(3) {
		of = append(of, question(rnd, depth-1))
	}
	nodes := func() []postings.Node {
		out := make([]postings.Node, len(of))
		for i, q := range of {
			out[i] = q.node()
		}
		return out
	}
	answering := func(d place) (n int) {
		for _, q := range of {
			if q.holds(d) {
				n++
			}
		}
		return n
	}
	texts := make([]string, len(of))
	for i, q := range of {
		texts[i] = q.text
	}
	all := strings.Join(texts, " ")
	switch least := 1 + rnd.IntN(len(of)); rnd.IntN(5) {
	case 0:
		return asked{"not(" + of[0].text + ")", func() postings.Node { return postings.Not(of[0].node()) }, func(d place) bool { return !of[0].holds(d) }}
	case 1:
		return asked{"all(" + all + ")", func() postings.Node { return postings.All(nodes()...) }, func(d place) bool { return answering(d) == len(of) }}
	case 2:
		return asked{fmt.Sprintf("%d of(%s)", least, all), func() postings.Node { return postings.AtLeast(least, nodes()...) }, func(d place) bool { return answering(d) >= least }}
	case 3:
		return asked{"check(" + of[0].text + ")", func() postings.Node {
			return postings.Check(of[0].node(), func(_, v string) bool { return strings.Contains(v, "aa") }, "text")
		}, func(d place) bool { return of[0].holds(d) && slices.Contains(d.words, "aa") }}
	default:
		return asked{"any(" + all + ")", func() postings.Node { return postings.Any(nodes()...) }, func(d place) bool { return answering(d) > 0 }}
	}
}

// TestOracle asks random questions of segments with deleted and replaced
// places, and compares with a plain reading of all.
func TestOracle(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	a := newArchive(t)
	fill(t, a, rnd)
	s := a.snapshot(t)
	some := 0
	for i := range 600 {
		q := question(rnd, i%3)
		got := find(t, s, q.node())
		for id, p := range a.places {
			score, found := got[id]
			if found != q.holds(p) {
				t.Fatalf("%s: %v found %v, want %v", q.text, p, found, q.holds(p))
			}
			if score < 0 || math.IsNaN(score) || math.IsInf(score, 0) {
				t.Fatalf("%s: %v scores %v", q.text, p, score)
			}
			delete(got, id)
			if found {
				some++
			}
		}
		if len(got) > 0 {
			t.Fatalf("%s: found %v, which is not there", q.text, got)
		}
	}
	if some < 10000 {
		t.Errorf("only %d places found: nothing is proved", some)
	}
}

func fill(t *testing.T, a archive, rnd *rand.Rand) {
	t.Helper()
	for batch := range 6 {
		places := map[string]place{}
		for i := range 60 {
			p := place{group: string(rune('a'+rnd.IntN(3))) + string(rune('a'+rnd.IntN(26)))}
			for range 1 + rnd.IntN(12) {
				p.words = append(p.words, string(rune('a'+rnd.IntN(5)))+string(rune('a'+rnd.IntN(3))))
			}
			places[fmt.Sprintf("p%d", batch*40+i)] = p // a third replaces places of the batch before
		}
		a.put(t, places, fmt.Sprintf("p%d", batch*40-3), fmt.Sprintf("p%d", batch*40-7))
	}
}

// TestScores holds the sums to what they are said to be: all parts together,
// and of "any" those that answer, by their share.
func TestScores(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 4))
	a := newArchive(t)
	fill(t, a, rnd)
	s := a.snapshot(t)
	x := func() postings.Node { return postings.Term("text", "ab", 2) }
	y := func() postings.Node { return postings.Phrase("text", []string{"ba", "ca"}, 1) }
	z := func() postings.Node { return postings.Prefix("text", "d", 1) }
	fx, fy, fz := find(t, s, x()), find(t, s, y()), find(t, s, z())
	equal := func(what string, got map[string]float64, want func(id string) float64) {
		t.Helper()
		if len(got) < 2 {
			t.Errorf("%s: %d places, nothing is proved", what, len(got))
		}
		for id, score := range got {
			if math.Abs(score-want(id)) > 1e-9 {
				t.Errorf("%s: %s scores %v, want %v", what, id, score, want(id))
			}
		}
	}
	equal("all", find(t, s, postings.All(x(), postings.Filter(z()))), func(id string) float64 { return fx[id] })
	equal("prefer", find(t, s, postings.Prefer(z(), x())), func(id string) float64 { return fz[id] + fx[id] })
	equal("prefer a phrase", find(t, s, postings.Prefer(z(), y())), func(id string) float64 { return fz[id] + fy[id] })
	// A part of a part: what holds "d…" but not both others gives nothing for them.
	both := func() postings.Node { return postings.All(x(), y()) }
	fb := find(t, s, both())
	equal("any", find(t, s, postings.Any(both(), z())), func(id string) float64 {
		b, hasBoth := fb[id]
		d, hasZ := fz[id]
		share := 0.0
		for _, has := range []bool{hasBoth, hasZ} {
			if has {
				share += 0.5
			}
		}
		return (b + d) * share
	})
}

// TestManyPlaces goes over the border of a block, in one segment.
func TestManyPlaces(t *testing.T) {
	const n = 1<<16 + 500
	a := newArchive(t)
	places := make(map[string]place, n)
	for i := range n {
		p := place{group: "g", words: []string{"aa"}}
		if i%3 == 0 {
			p.words = []string{"aa", "bb", "cc"}
		}
		places[fmt.Sprintf("p%d", i)] = p
	}
	a.put(t, places)
	s := a.snapshot(t)
	for what, q := range map[string]struct {
		node postings.Node
		want int
	}{
		"term":     {postings.Term("text", "aa", 1), n},
		"phrase":   {postings.Phrase("text", []string{"bb", "cc"}, 1), (n + 2) / 3},
		"at least": {postings.AtLeast(2, postings.Term("text", "bb", 1), postings.Term("text", "cc", 1), postings.Term("text", "dd", 1)), (n + 2) / 3},
		"not":      {postings.Not(postings.Term("text", "bb", 1)), n - (n+2)/3},
		"none":     {postings.None(), 0},
		"all":      {postings.All(), n},
	} {
		if got := find(t, s, q.node); len(got) != q.want {
			t.Errorf("%s: %d places, want %d", what, len(got), q.want)
		}
	}
}

// TestValues compares the values kept with those stored, over replaced and
// deleted places and a second snapshot.
func TestValues(t *testing.T) {
	rnd := rand.New(rand.NewPCG(5, 6))
	a := newArchive(t)
	v := postings.NewValues("group")
	for range 2 {
		fill(t, a, rnd)
		s := a.snapshot(t)
		r, err := v.Of(s)
		if err != nil {
			t.Fatal(err)
		}
		found, err := s.Find(t.Context(), postings.All())
		if err != nil {
			t.Fatal(err)
		}
		if len(found) != len(a.places) {
			t.Fatalf("%d places, want %d", len(found), len(a.places))
		}
		for _, m := range found {
			id, err := s.ID(m.Number)
			if err != nil {
				t.Fatal(err)
			}
			var group [1]uint32
			r.Read(m.Number, group[:])
			if got, want := r.Text(group[0]), a.places[id].group; got != want {
				t.Errorf("%s: group %q, want %q", id, got, want)
			}
			texts, sizes := map[string]string{}, map[string]float64{}
			err = s.Stored(m.Number, func(f, v string) { texts[f] = v }, func(f string, v float64) { sizes[f] = v })
			if err != nil || texts["group"] != a.places[id].group || sizes["size"] != float64(len(a.places[id].words)) {
				t.Errorf("%s: stored %v %v, %v", id, texts, sizes, err)
			}
		}
	}
}

// TestGivenUp stops when nobody waits any more.
func TestGivenUp(t *testing.T) {
	a := newArchive(t)
	fill(t, a, rand.New(rand.NewPCG(7, 8)))
	s := a.snapshot(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for what, n := range map[string]postings.Node{
		"phrase": postings.Phrase("text", []string{"aa", "ab"}, 1), "prefix": postings.Prefix("text", "a", 1),
		"check": postings.Check(postings.All(), func(string, string) bool { return true }, "text"),
	} {
		if _, err := s.Find(ctx, n); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", what, err)
		}
	}
}
