package search_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"diaoyue.example/workstation/search"
)

func TestQueries(t *testing.T) {
	x := open(t, t.TempDir())
	put(t, x, 1,
		doc("A/1#p1", "行政处罚决定书 晋民宗罚〔2025〕33号", "当事人：蒋军波，公民身份号码140621198509180684。"),
		doc("A/1#p2", "", "对恒丰超市的库房实施查封，财物清点完毕。"),
		doc("A/2#p1", "现场笔录", "仓库门口。查封之后贴封条"),
		doc("B/1#p1", "現場檢查記錄", "執法人員當場查封倉庫，ＶＩＮ ＬＳＶ１２３"),
		doc("B/2#p1", "查封", "扣押清单"),
		doc("B/3#p1", "证据清单", "二〇二五年收缴物品"),
		doc("B/4#p1", "扣押", "仓库里的货架"),
	)
	for _, c := range []struct {
		name, query string
		want        []string
	}{
		{"literal in title and text", `"查封"`, []string{"A/1#p2", "A/2#p1", "B/1#p1", "B/2#p1"}},
		{"across punctuation", `"查封财物"`, []string{"A/1#p2"}},
		{"not across title and text", `"查封扣押"`, nil},
		{"one character", `"押"`, []string{"B/2#p1", "B/4#p1"}},
		{"last character of a text", `"条"`, []string{"A/2#p1"}},
		{"number fragment", "19850918", []string{"A/1#p1"}},
		{"document number", "晋民宗罚〔2025〕33号", []string{"A/1#p1"}},
		{"full width and case", `"vin lsv123"`, []string{"B/1#p1"}},
		{"traditional found by simplified", `"现场检查记录"`, []string{"B/1#p1"}},
		{"simplified found by traditional", `"現場筆錄"`, []string{"A/2#p1"}},
		{"zero as Han", `"二〇二五"`, []string{"B/3#p1"}},
		{"all words", "查封 仓库", []string{"A/2#p1", "B/1#p1"}},
		{"quote and word", `"查封" 仓库`, []string{"A/2#p1", "B/1#p1"}},
		{"loose word whose parts stand apart", "查封仓库", []string{"A/2#p1", "B/1#p1"}},
		{"typographic quotes", "“贴封条”", []string{"A/2#p1"}},
		{"corner quotes", "「贴封条」", []string{"A/2#p1"}},
		{"quote never closed", `"贴封条`, []string{"A/2#p1"}},
		{"nothing", `"绝无此语"`, nil},
		{"only marks", `"——"`, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := ids(t, x, c.query)
			slices.Sort(got)
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.query, diff)
			}
		})
	}
}

func TestUnknownSyntaxIsReported(t *testing.T) {
	x := open(t, t.TempDir())
	put(t, x, 1, doc("A/1#p1", "", "查封仓库"), doc("A/2#p1", "", "扣押车辆"))
	for _, c := range []struct {
		query    string
		unparsed []string
		places   int
	}{
		{"查封 AND 仓库", nil, 1},
		{"查封 OR", []string{"OR"}, 1},
		{"stage:调查取证 查封", nil, 0},
		{"unknown:调查取证 查封", []string{"unknown:调查取证"}, 1},
		{"查封 -仓库", nil, 0},
		{"仓*", nil, 1},
		{"??", []string{"??"}, 0},
		{"查~", []string{"查~"}, 1},
		{"仓库？", nil, 1},
		{"OR", []string{"OR"}, 0},
		{`""`, []string{`""`}, 0},
		{"", nil, 2},
	} {
		res := find(t, x, search.Query{Text: c.query})
		if diff := cmp.Diff(c.unparsed, res.Unparsed); diff != "" {
			t.Errorf("%q unparsed (-want +got):\n%s", c.query, diff)
		}
		if res.Places != c.places {
			t.Errorf("%q: %d places, want %d", c.query, res.Places, c.places)
		}
		if res.Level != search.LevelPlace {
			t.Errorf("%q: level %q", c.query, res.Level)
		}
	}
}

func TestGroupsCountsAndFacets(t *testing.T) {
	x := open(t, t.TempDir())
	var docs []search.Document
	for c := range 3 {
		for r := range 4 {
			for p := range 5 {
				d := page(fmt.Sprintf("C%d", c), fmt.Sprintf("C%d/R%d", c, r), p+1, "现场查封")
				d.Stage = []string{"启动", "调查取证"}[r%2]
				d.Kind = []string{"text", "av"}[r/2]
				d.Date = fmt.Sprintf("202%d-0%d-11", c+3, r+1)
				docs = append(docs, d)
			}
		}
		docs = append(docs, search.Document{ID: fmt.Sprintf("C%d#case", c), Case: fmt.Sprintf("C%d", c), Title: "查封一案", Source: search.SourceTitle})
	}
	put(t, x, 1, docs...)

	res := find(t, x, search.Query{Text: `"查封"`, Limit: 2, PerRecord: 2})
	if res.Cases != 3 || res.Records != 12 || res.Places != 63 {
		t.Errorf("cases %d records %d places %d, want 3, 12, 63", res.Cases, res.Records, res.Places)
	}
	if len(res.Groups) != 2 || res.Groups[0].Places != 21 || len(res.Groups[0].Records) != 5 {
		t.Errorf("groups: %+v", res.Groups)
	}
	want := search.Facets{
		Stages:  []search.Facet{{Value: "启动", Count: 6}, {Value: "调查取证", Count: 6}},
		Kinds:   []search.Facet{{Value: "av", Count: 6}, {Value: "text", Count: 6}},
		Years:   []search.Facet{{Value: "2023", Count: 4}, {Value: "2024", Count: 4}, {Value: "2025", Count: 4}},
		Sources: []search.Facet{{Value: search.SourcePage, Count: 60}, {Value: search.SourceTitle, Count: 3}},
	}
	if diff := cmp.Diff(want, res.Facets); diff != "" {
		t.Errorf("facets (-want +got):\n%s", diff)
	}

	for _, c := range []struct {
		name    string
		q       search.Query
		records int
	}{
		{"stage", search.Query{Stages: []string{"启动"}}, 6},
		{"kind and stage", search.Query{Stages: []string{"启动"}, Kinds: []string{"av"}}, 3},
		{"year", search.Query{Years: []string{"2024"}}, 4},
		{"from a day", search.Query{DateFrom: "2025-03-11"}, 2},
		{"a month", search.Query{DateFrom: "2025-02", DateTo: "2025-02"}, 1},
		{"until a day", search.Query{DateTo: "2023-02-11"}, 2},
		{"cases allowed", search.Query{Cases: []string{"C0", "C2"}}, 8},
		{"no case allowed", search.Query{Cases: []string{}}, 0},
		{"records excluded", search.Query{Exclude: []string{"C0/R0", "C1/R3"}}, 10},
		{"one record", search.Query{Records: []string{"C1/R1"}}, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.q.Text = `"查封"`
			if got := find(t, x, c.q); got.Records != c.records {
				t.Errorf("%d records, want %d", got.Records, c.records)
			}
		})
	}

	second := find(t, x, search.Query{Text: `"查封"`, Limit: 2, Offset: 2})
	if len(second.Groups) != 1 || second.Cases != 3 {
		t.Errorf("second window: %d groups of %d cases", len(second.Groups), second.Cases)
	}
}

func TestFiltersKeepScore(t *testing.T) {
	x := open(t, t.TempDir())
	put(t, x, 1, page("A", "A/1", 1, "查封仓库"), page("B", "B/1", 1, "查封现场的仓库大门"))
	free := find(t, x, search.Query{Text: "仓库"})
	bound := find(t, x, search.Query{Text: "仓库", Cases: []string{"A", "B"}, Stages: []string{"调查取证"}})
	if diff := cmp.Diff(free.Groups, bound.Groups); diff != "" {
		t.Errorf("filters changed the answer:\n%s", diff)
	}
}

func TestTitleCountsMore(t *testing.T) {
	x := open(t, t.TempDir())
	put(t, x, 1,
		doc("A/1#p1", "送达回证", "本页记载其他事项若干，与题名无关之内容。"),
		doc("B/1#p1", "其他文书", "本页提到送达回证一次，与题名无关之内容。"),
	)
	if got := ids(t, x, "送达回证"); len(got) != 2 || got[0] != "A/1#p1" {
		t.Errorf("order %v", got)
	}
}

func TestSnippets(t *testing.T) {
	x := open(t, t.TempDir())
	long := strings.Repeat("无关的文字。", 40)
	put(t, x, 1,
		doc("A/1#p1", "現場檢查記錄", long+"執法人員對ＡＢ１２號倉庫實施查封，\n財物清點完畢。"+long),
		doc("A/2#p1", "题名查封", "正文里没有"),
	)
	for _, c := range []struct {
		name, query, id string
		marks, title    []string
	}{
		{"traditional", `"执法人员"`, "A/1#p1", []string{"執法人員"}, nil},
		{"full width", "ab12", "A/1#p1", []string{"ＡＢ１２"}, nil},
		{"across punctuation", `"查封财物"`, "A/1#p1", []string{"查封， 財物"}, nil},
		{"two words, one snippet", "执法人员 查封", "A/1#p1", []string{"執法人員", "查封"}, nil},
		{"touching marks are one", `"执法" "人员"`, "A/1#p1", []string{"執法人員"}, nil},
		{"title", `"现场检查"`, "A/1#p1", nil, []string{"現場檢查"}},
		{"title only", `"查封"`, "A/2#p1", nil, []string{"查封"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := hit(t, find(t, x, search.Query{Text: c.query}), c.id)
			if diff := cmp.Diff(c.marks, marked(h.Fragments)); diff != "" {
				t.Errorf("marks (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(c.title, marked(h.TitleFragments)); diff != "" {
				t.Errorf("marks in the title (-want +got):\n%s", diff)
			}
			if n := utf8.RuneCountInString(plain(h.Fragments)); n > 90 {
				t.Errorf("a snippet of %d characters", n)
			}
			if !utf8.ValidString(plain(h.Fragments)) {
				t.Error("the snippet is not UTF-8")
			}
		})
	}
}

func TestMarks(t *testing.T) {
	x := open(t, t.TempDir())
	text := "對倉庫實施查封。查封 人員二名。"
	var got []string
	for _, r := range x.Marks(`"查封" 仓库`, text) {
		got = append(got, text[r.Start:r.End])
	}
	if diff := cmp.Diff([]string{"倉庫", "查封。查封"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestHitFields(t *testing.T) {
	x := open(t, t.TempDir())
	d := search.Document{
		ID: "A/1#t59176", Case: "A", Record: "A/1", Kind: "av", Stage: "调查取证", Date: "20250619", Title: "现场录像",
		Page: 0, T0: 59176, T1: 61000, Text: "请不要遮挡摄像头", Source: search.SourceSpeech, Note: "n1", Frame: 1479,
	}
	put(t, x, 1, d)
	h := hit(t, find(t, x, search.Query{Text: "摄像头"}), d.ID)
	got := search.Document{
		ID: h.ID, Case: h.Case, Record: h.Record, Kind: h.Kind, Stage: h.Stage, Date: h.Date, Title: h.Title,
		Page: h.Page, T0: h.T0, T1: h.T1, Text: d.Text, Source: h.Source, Note: h.Note, Frame: h.Frame,
	}
	if diff := cmp.Diff(d, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func FuzzQuery(f *testing.F) {
	x := open(f, f.TempDir())
	put(f, x, 1, doc("A/1#p1", "查封", "對倉庫實施查封，Ab12〇"), doc("B/1#p1", "扣押", "另案"))
	for _, s := range []string{`"查封" 仓库`, `"`, `""`, "“查", "a:b", "-", "AND OR NOT", "(*?~^", "\xff\"\xfe", "〇", "查封 -仓库 stage:x", "，。", strings.Repeat("查", 300)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		res, err := x.Search(context.Background(), search.Query{Text: s, Limit: 1})
		if err != nil {
			t.Fatalf("query %q failed: %v", s, err)
		}
		for _, g := range res.Groups {
			for _, r := range g.Records {
				for _, h := range r.Hits {
					if h.Source != "" && len(h.Fragments) == 0 {
						t.Errorf("query %q: a hit without a snippet", s)
					}
				}
			}
		}
		for _, m := range x.Marks(s, "對倉庫實施查封，Ab12〇") {
			if m.Start >= m.End || m.Start < 0 {
				t.Errorf("query %q: mark %+v", s, m)
			}
		}
	})
}

func doc(id, title, text string) search.Document {
	record, _, _ := strings.Cut(id, "#")
	caseID, _, _ := strings.Cut(record, "/")
	return search.Document{ID: id, Case: caseID, Record: record, Title: title, Text: text, Source: search.SourcePage}
}

func hit(t *testing.T, res search.Result, id string) search.Hit {
	t.Helper()
	for _, g := range res.Groups {
		for _, r := range g.Records {
			for _, h := range r.Hits {
				if h.ID == id {
					return h
				}
			}
		}
	}
	t.Fatalf("%s was not found in %+v", id, res)
	return search.Hit{}
}

func marked(fragments []search.Fragment) []string {
	var out []string
	for _, f := range fragments {
		if f.Mark {
			out = append(out, f.Text)
		}
	}
	return out
}

func plain(fragments []search.Fragment) string {
	var b strings.Builder
	for _, f := range fragments {
		b.WriteString(f.Text)
	}
	return b.String()
}
