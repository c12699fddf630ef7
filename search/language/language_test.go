package language_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"diaoyue.example/workstation/search/language"
)

func vocabulary() language.Vocabulary {
	return language.Vocabulary{
		Fields:    map[string]string{"当事人": "party", "party": "party", "日期": "date", "date": "date", "类型": "kind", "标题": "title"},
		Values:    map[string]map[string]string{"kind": {"视频": "av"}},
		Date:      "date",
		Operators: map[string]string{"或者": "or", "不含": "not"},
	}
}

func word(s string) language.Term    { return language.Term{Text: s} }
func literal(s string) language.Term { return language.Term{Text: s, How: language.Literal} }
func pattern(s string) language.Term { return language.Term{Text: s, How: language.Pattern} }
func oneOff(s string) language.Term  { return language.Term{Text: s, How: language.OneOff} }

func TestParse(t *testing.T) {
	type and = language.And
	type or = language.Or
	type near = language.Near
	type terms = []language.Term
	not := func(e language.Expr) language.Not { return language.Not{Of: e} }
	field := func(name string, of language.Term) language.Field { return language.Field{Name: name, Term: of} }
	for _, c := range []struct {
		typed  string
		want   language.Expr
		missed []string
	}{
		{"", nil, nil},
		{" 　，", nil, nil},
		{"查封", word("查封"), nil},
		{"查封　仓库，扣押", and{word("查封"), word("仓库"), word("扣押")}, nil},
		{"查封 AND 仓库", and{word("查封"), word("仓库")}, nil},
		{"查封 OR 扣押 仓库", or{word("查封"), and{word("扣押"), word("仓库")}}, nil},
		{"(查封 OR 扣押) 仓库", and{or{word("查封"), word("扣押")}, word("仓库")}, nil},
		{"（查封 或者 扣押） 仓库", and{or{word("查封"), word("扣押")}, word("仓库")}, nil},
		{"查封 -仓库", and{word("查封"), not(word("仓库"))}, nil},
		{"NOT NOT 仓库", word("仓库"), nil},
		{"不含 (仓库 OR 车辆)", not(or{word("仓库"), word("车辆")}), nil},
		{"for and or", and{word("for"), word("and"), word("or")}, nil},
		{"查封（扣押）决定书", word("查封（扣押）决定书"), nil},
		{"（2025）晋0621行初3号", word("（2025）晋0621行初3号"), nil},
		{"(查封 （2025）晋0621行初3号)", and{word("查封"), word("（2025）晋0621行初3号")}, nil},
		{"晋民宗罚〔2025〕33号", word("晋民宗罚〔2025〕33号"), nil},
		{`"查封 财物" 仓库`, and{literal("查封 财物"), word("仓库")}, nil},
		{"“查封\" 「a?b」", and{literal("查封"), literal("a?b")}, nil},
		{`"没有结束`, literal("没有结束"), nil},
		{`"查封 仓库"~5`, near{Of: terms{literal("查封"), literal("仓库")}, Within: 5}, nil},
		{`"查封 仓库"~`, near{Of: terms{literal("查封"), literal("仓库")}, Within: language.NearWithin}, nil},
		{"查封 NEAR/5 仓库", near{Of: terms{word("查封"), word("仓库")}, Within: 5}, nil},
		{"查封 NEAR/0 仓库", near{Of: terms{word("查封"), word("仓库")}, Within: 0}, nil},
		{"查封 NEAR 仓库 NEAR/3 门口 车", and{near{Of: terms{word("查封"), word("仓库"), word("门口")}, Within: 20}, word("车")}, nil},
		{"查?财物", pattern("查?财物"), nil},
		{"晋民宗*33号", pattern("晋民宗*33号"), nil},
		{"仓?", pattern("仓?"), nil},
		{"仓库在哪里?", word("仓库在哪里"), nil},
		{"扣押清单~", oneOff("扣押清单"), nil},
		{"扣押清单~1", oneOff("扣押清单"), nil},
		{`"扣押清单"~`, oneOff("扣押清单"), nil},
		{"当事人:蒋军波 查封", and{field("party", word("蒋军波")), word("查封")}, nil},
		{`当事人："蒋 军"`, field("party", literal("蒋 军")), nil},
		{"Party:蒋?波", field("party", pattern("蒋?波")), nil},
		{"-当事人:蒋军波", not(field("party", word("蒋军波"))), nil},
		{"类型:视频", field("kind", literal("av")), nil},
		{"日期:2025", language.Dates{From: "2025", To: "2025"}, nil},
		{"日期:2025年6月", language.Dates{From: "2025-06", To: "2025-06"}, nil},
		{"日期:2025-6-9..2025-12", language.Dates{From: "2025-06-09", To: "2025-12"}, nil},
		{"日期:2025.6.9至20250701", language.Dates{From: "2025-06-09", To: "2025-07-01"}, nil},
		{"date:>2025-12-31", language.Dates{From: "2026-01-01"}, nil},
		{"date:>2024", language.Dates{From: "2025"}, nil},
		{"date:<2025-03", language.Dates{To: "2025-02"}, nil},
		{"date:<=2025-03", language.Dates{To: "2025-03"}, nil},
		{"date:..2025", language.Dates{To: "2025"}, nil},
		{"甲:乙", word("甲:乙"), nil},
		{"地址：岱岳镇", word("地址：岱岳镇"), nil},

		{"查封 OR", word("查封"), []string{"OR"}},
		{"OR", nil, []string{"OR"}},
		{"AND 查封 AND", word("查封"), []string{"AND", "AND"}},
		{"NOT", nil, []string{"NOT"}},
		{"NEAR 查封", word("查封"), []string{"NEAR"}},
		{"查封 NEAR", word("查封"), []string{"NEAR"}},
		{"(查封 OR 扣押) NEAR 仓库", and{or{word("查封"), word("扣押")}, word("仓库")}, []string{"NEAR"}},
		{"officer:何雪平 查封", word("查封"), []string{"officer:何雪平"}},
		{`officer:"何 雪" 查封`, word("查封"), []string{`officer:"何 雪"`}},
		{"日期:上周 查封", word("查封"), []string{"日期:上周"}},
		{"日期:2025-13", nil, []string{"日期:2025-13"}},
		{"日期:2025-02-30", nil, []string{"日期:2025-02-30"}},
		{"日期:2025-06..2025-05", nil, []string{"日期:2025-06..2025-05"}},
		{"当事人:", nil, []string{"当事人:"}},
		{`""`, nil, []string{`""`}},
		{"(查封 OR 扣押", or{word("查封"), word("扣押")}, nil},
	} {
		t.Run(c.typed, func(t *testing.T) {
			got, missed := vocabulary().Parse(c.typed)
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("expression (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(c.missed, missed); diff != "" {
				t.Errorf("not understood (-want +got):\n%s", diff)
			}
		})
	}
}

// FuzzParse holds the invariant: reading ends, and every letter typed is in
// the expression or among what was not understood.
func FuzzParse(f *testing.F) {
	for _, s := range []string{"查封 OR (扣押 -仓库) NEAR/3 \"a b\"~2", "((((", "))) OR NOT AND -", "日期:2025..~", "：: \"", "a:\"", "-~", "当事人:类型:视频?"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		e, missed := vocabulary().Parse(s)
		if e == nil && len(missed) == 0 && strings.ContainsAny(s, "abcdefgh查封") && !strings.ContainsAny(s, `":：`) {
			t.Errorf("%q vanished", s)
		}
	})
}

// TestLong holds that a pasted page neither takes long nor overflows the stack.
func TestLong(t *testing.T) {
	for _, s := range []string{"(a ", "NOT ", "查封 ", "((", `"a`, "a NEAR "} {
		_, missed := vocabulary().Parse(strings.Repeat(s, 1<<18))
		if len(missed) == 0 {
			t.Errorf("%q: nothing is told of what was cut off", s)
		}
	}
}
