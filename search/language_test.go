package search_test

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"diaoyue.example/workstation/search"
	"diaoyue.example/workstation/search/analysis"
	"diaoyue.example/workstation/search/language"
)

// english names the fields of the index for tests.
func english() language.Vocabulary {
	v := language.Vocabulary{Fields: map[string]string{}, Date: "date", Values: map[string]map[string]string{"kind": {"录像": "av"}}}
	for _, f := range []string{"number", "type", "party", "officer", "retention", "title", "text", "kind", "stage", "source", "date"} {
		v.Fields[f] = f
	}
	return v
}

// TestLanguageOracle asks random questions of patterns, nearness, one-off
// words, AND, OR and NOT, and compares the answers with a plain reading of
// every text: nothing missed, nothing too much.
func TestLanguageOracle(t *testing.T) {
	docs := synthetic(300)
	x := open(t, t.TempDir())
	put(t, x, 1, docs...)
	f, err := analysis.NewFolder()
	if err != nil {
		t.Fatal(err)
	}
	rnd := rand.New(rand.NewPCG(5, 6))
	o := oracle{folder: f, rnd: rnd, docs: docs}
	found := map[string]int{}
	for range 400 {
		query, kind, holds := o.question(2)
		var want []string
		for _, d := range docs {
			if holds(d) {
				want = append(want, d.ID)
			}
		}
		found[kind] += len(want)
		got := ids(t, x, query)
		slices.Sort(got)
		slices.Sort(want)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("%s (-oracle +index):\n%s", query, diff)
		}
	}
	for _, kind := range []string{"literal", "pattern", "oneOff", "near", "and", "or", "not"} {
		if found[kind] < 50 {
			t.Errorf("%s: only %d places found, the oracle proves nothing", kind, found[kind])
		}
	}
}

// oracle makes questions and the plain reading of each.
type oracle struct {
	folder *analysis.Folder
	rnd    *rand.Rand
	docs   []search.Document
}

type reading func(search.Document) bool

func (o oracle) question(depth int) (query, kind string, holds reading) {
	if depth > 0 && o.rnd.IntN(2) == 0 {
		a, _, holdsA := o.question(depth - 1)
		b, _, holdsB := o.question(depth - 1)
		switch o.rnd.IntN(3) {
		case 0:
			return "(" + a + " AND " + b + ")", "and", func(d search.Document) bool { return holdsA(d) && holdsB(d) }
		case 1:
			return "(" + a + " OR " + b + ")", "or", func(d search.Document) bool { return holdsA(d) || holdsB(d) }
		default:
			return "(" + a + " NOT " + b + ")", "not", func(d search.Document) bool { return holdsA(d) && !holdsB(d) }
		}
	}
	switch o.rnd.IntN(4) {
	case 0:
		w := o.piece(1, 6)
		return `"` + w + `"`, "literal", o.inText(func(text string) bool { return strings.Contains(text, w) })
	case 1:
		return o.pattern()
	case 2:
		w := o.piece(3, 7)
		if o.rnd.IntN(2) == 0 { // as recognition would: one character wrong
			r := []rune(w)
			r[o.rnd.IntN(len(r))] = '误'
			w = string(r)
		}
		return `"` + w + `"~`, "oneOff", o.inText(func(text string) bool { return oneOff(text, w) })
	default:
		a, b, n := o.piece(1, 3), o.piece(1, 3), o.rnd.IntN(12)
		query := fmt.Sprintf(`"%s" NEAR/%d "%s"`, a, n, b)
		return query, "near", o.inText(func(text string) bool { return near([]rune(text), []rune(a), []rune(b), n) })
	}
}

func (o oracle) inText(holds func(folded string) bool) reading {
	return func(d search.Document) bool { return holds(o.folder.Fold(d.Title)) || holds(o.folder.Fold(d.Text)) }
}

// piece is a folded piece of a text.
func (o oracle) piece(least, most int) string {
	for {
		text := []rune(o.folder.Fold(o.docs[o.rnd.IntN(len(o.docs))].Text))
		n := least + o.rnd.IntN(most-least+1)
		if len(text) >= n {
			at := o.rnd.IntN(len(text) - n + 1)
			return string(text[at : at+n])
		}
	}
}

// pattern opens some characters of a piece; the oracle is a regular expression.
func (o oracle) pattern() (query, kind string, holds reading) {
	for {
		runes := []rune(o.piece(3, 8))
		var q, re strings.Builder
		for i, r := range runes {
			switch inner := i > 0 && i+1 < len(runes); {
			case inner && o.rnd.IntN(3) == 0:
				q.WriteByte('?')
				re.WriteString(".")
			case inner && o.rnd.IntN(6) == 0:
				q.WriteByte('*')
				fmt.Fprintf(&re, ".{0,%d}", language.MaxGap)
			default:
				q.WriteRune(r)
				re.WriteString(regexp.QuoteMeta(string(r)))
			}
		}
		if !strings.ContainsAny(q.String(), "?*") {
			continue
		}
		expression := regexp.MustCompile("(?s)" + re.String())
		return q.String(), "pattern", o.inText(expression.MatchString)
	}
}

// near tries every pair of places.
func near(text, a, b []rune, within int) bool {
	at := func(w []rune) (out []int) {
		for i := 0; i+len(w) <= len(text); i++ {
			if slices.Equal(text[i:i+len(w)], w) {
				out = append(out, i)
			}
		}
		return out
	}
	for _, i := range at(a) {
		for _, j := range at(b) {
			if j-(i+len(a)) <= within && i-(j+len(b)) <= within {
				return true
			}
		}
	}
	return false
}

// oneOff tries every word that is one step from w.
func oneOff(text, w string) bool {
	r := []rune(w)
	if strings.Contains(text, w) {
		return true
	}
	for i := range r {
		head, tail := regexp.QuoteMeta(string(r[:i])), regexp.QuoteMeta(string(r[i+1:]))
		if regexp.MustCompile(head+".?"+tail).MatchString(text) || i > 0 && regexp.MustCompile(head+"."+regexp.QuoteMeta(string(r[i:]))).MatchString(text) {
			return true
		}
	}
	return false
}

func TestNearOfThree(t *testing.T) {
	x := open(t, t.TempDir())
	put(t, x, 1,
		doc("A/1#p1", "", "甲一二乙一二丙"),
		doc("A/2#p1", "", "丙一二甲一二乙"),
		doc("A/3#p1", "", "甲一二乙一二三四丙"),
		doc("A/4#p1", "甲乙", "丙"),
	)
	got := ids(t, x, `"甲" NEAR/2 "乙" NEAR/2 "丙"`)
	slices.Sort(got)
	if diff := cmp.Diff([]string{"A/1#p1", "A/2#p1"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	h := hit(t, find(t, x, search.Query{Text: `"甲" NEAR/2 "乙"`}), "A/1#p1")
	if diff := cmp.Diff([]string{"甲", "乙"}, marked(h.Fragments)); diff != "" {
		t.Errorf("marks (-want +got):\n%s", diff)
	}
}

func TestFields(t *testing.T) {
	x := open(t, t.TempDir())
	a := doc("A/1#p1", "现场笔录", "查封仓库")
	a.Number, a.Party, a.Officer, a.Type = []string{"晋民宗罚〔2025〕33号"}, []string{"蒋军波", "恒丰超市"}, []string{"何雪平"}, "擅自设立宗教活动场所"
	a.Kind, a.Date, a.Retention, a.Names = "text", "2025-06-19", "D10", []string{"蒋军波", "何雪平"}
	b := doc("B/1#p1", "处罚决定书", "当事人蒋军波")
	b.Kind, b.Date, b.Names = "av", "2024-01-02", []string{"单雄信"}
	put(t, x, 1, a, b)
	for _, c := range []struct {
		query string
		want  []string
	}{
		{"party:蒋军波", []string{"A/1#p1"}},
		{"party:蔣軍波", []string{"A/1#p1"}},
		{"party:恒丰", []string{"A/1#p1"}},
		{`party:"波恒"`, nil}, // not across two names
		{"party:蒋?波", []string{"A/1#p1"}},
		{"party:蒋君波~", []string{"A/1#p1"}},
		{"-party:蒋军波", []string{"B/1#p1"}},
		{"officer:何", []string{"A/1#p1"}},
		{"number:罚〔2025〕33", []string{"A/1#p1"}},
		{"type:宗教", []string{"A/1#p1"}},
		{"title:处罚", []string{"B/1#p1"}},
		{"text:处罚", nil},
		{"kind:录像", []string{"B/1#p1"}},
		{"retention:D10", []string{"A/1#p1"}},
		{"date:2025", []string{"A/1#p1"}},
		{"date:<2025", []string{"B/1#p1"}},
		{"date:2024-01..2025-06-19", []string{"A/1#p1", "B/1#p1"}},
		{"jjb", []string{"A/1#p1"}},
		{"HXP", []string{"A/1#p1"}},
		{"sxx", []string{"B/1#p1"}},
		{"dxx", []string{"B/1#p1"}},
		{`"jjb"`, nil}, // quoted: as it stands
	} {
		got := ids(t, x, c.query)
		slices.Sort(got)
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.query, diff)
		}
	}
	h := hit(t, find(t, x, search.Query{Text: "title:处罚 text:蒋军波"}), "B/1#p1")
	if diff := cmp.Diff([]string{"处罚"}, marked(h.TitleFragments)); diff != "" {
		t.Errorf("title marks (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"蒋军波"}, marked(h.Fragments)); diff != "" {
		t.Errorf("text marks (-want +got):\n%s", diff)
	}
}

func TestLevels(t *testing.T) {
	x := open(t, t.TempDir())
	put(t, x, 1,
		page("A", "A/1", 1, "查封"), page("A", "A/1", 2, "仓库"), page("A", "A/2", 1, "扣押"),
		page("B", "B/1", 1, "查封"), page("B", "B/2", 1, "仓库"),
		search.Document{ID: "B#case", Case: "B", Title: "蒋军波案", Source: search.SourceTitle},
	)
	for _, c := range []struct {
		query, level           string
		cases, records, places int
	}{
		{"查封 仓库", search.LevelPlace, 0, 0, 0},
		{"查封 仓库", search.LevelRecord, 1, 1, 2},
		{"查封 仓库", search.LevelCase, 2, 3, 4},
		{"查封 -仓库", search.LevelPlace, 2, 2, 2},
		{"查封 -仓库", search.LevelRecord, 1, 1, 1},
		{"查封 -扣押", search.LevelCase, 1, 1, 1},
		{"蒋军波 查封", search.LevelRecord, 1, 1, 1},
		{"蒋军波 查封", search.LevelCase, 1, 1, 2},
		{"-蒋军波 -扣押", search.LevelRecord, 1, 1, 2},
	} {
		res := find(t, x, search.Query{Text: c.query, Level: c.level})
		if res.Cases != c.cases || res.Records != c.records || res.Places != c.places || res.Level != c.level {
			t.Errorf("%s by %s: %d cases, %d records, %d places by %s; want %d, %d, %d", c.query, c.level, res.Cases, res.Records, res.Places, res.Level, c.cases, c.records, c.places)
		}
	}
}

func TestSort(t *testing.T) {
	x := open(t, t.TempDir())
	var docs []search.Document
	for id, date := range map[string]string{"A/1": "2025-01-01", "A/2": "2024-06-01", "B/1": "2025-03-01", "C/1": ""} {
		d := doc(id+"#p1", "", "查封")
		d.Date = date
		docs = append(docs, d)
	}
	put(t, x, 1, docs...)
	for by, want := range map[string]string{search.SortNewest: "B/1 A/1 A/2 C/1", search.SortOldest: "A/2 A/1 B/1 C/1"} {
		var got []string
		for _, g := range find(t, x, search.Query{Text: "查封", Sort: by}).Groups {
			for _, r := range g.Records {
				got = append(got, r.Record)
			}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: %v, want %s", by, got, want)
		}
	}
}
