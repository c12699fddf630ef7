package analysis_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"diaoyue.example/workstation/search/analysis"
)

func TestFold(t *testing.T) {
	f := folder(t)
	for _, c := range []struct{ name, in, want string }{
		{"lower case", "ABCxyz09", "abcxyz09"},
		{"full width", "ＡＢｃ０１２", "abc012"},
		{"punctuation falls away", "查封、扣押（财物）。 —— ·", "查封扣押财物"},
		{"traditional", "執法記錄儀現場檢查處罰決定書", "执法记录仪现场检查处罚决定书"},
		{"zero as Han", "二〇二五年", "二〇二五年"},
		{"radicals from PDF files", "\u2f2d\u2f29", "山小"},
		{"compatibility ideograph", "\uf90a\ufa0a", "金见"},
		{"number letters stay", "第①条Ⅷ", "第①条ⅷ"},
		{"four bytes", "𠮷野家", "𠮷野家"},
		{"kelvin", "5K", "5k"},
		{"broken bytes", "查\xff\xfe封", "查封"},
		{"half-width kana", "ｱ", "ア"},
		{"empty", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := f.Fold(c.in); got != c.want {
				t.Errorf("Fold(%q) = %q, want %q", c.in, got, c.want)
			}
		})
	}
}

func TestStreamKeepsPlaces(t *testing.T) {
	f := folder(t)
	text := "《處罰》，ＡＢ 12。"
	s := f.Stream(text)
	var got []string
	for i := range s.Runes {
		got = append(got, text[s.Start[i]:s.End[i]])
	}
	if diff := cmp.Diff([]string{"處", "罰", "Ａ", "Ｂ", "1", "2"}, got); diff != "" {
		t.Errorf("source runes (-want +got):\n%s", diff)
	}
	if string(s.Runes) != "处罚ab12" {
		t.Errorf("folded %q", string(s.Runes))
	}
}

func TestGrams(t *testing.T) {
	f := folder(t)
	for _, c := range []struct {
		in   string
		want []string
	}{
		{"", nil},
		{"封", []string{"封"}},
		{"查 封", []string{"查封", "封"}},
		{"查封3箱", []string{"查封", "封3", "3箱", "箱"}},
	} {
		var got []string
		pos := 0
		analysis.Grams(f.Stream(c.in), func(g analysis.Gram) {
			if g.Position != pos {
				t.Errorf("%q: gram %q at %d, want %d", c.in, g.Term, g.Position, pos)
			}
			pos++
			got = append(got, g.Term)
		})
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("Grams(%q) (-want +got):\n%s", c.in, diff)
		}
	}
}

func TestCover(t *testing.T) {
	for _, c := range []struct {
		in   string
		want []string
	}{
		{"封", nil},
		{"查封", []string{"查封"}},
		{"查封财", []string{"查封", "封财"}},
		{"查封财物", []string{"查封", "", "财物"}},
		{"查封财物等", []string{"查封", "", "财物", "物等"}},
	} {
		if diff := cmp.Diff(c.want, analysis.Cover([]rune(c.in))); diff != "" {
			t.Errorf("Cover(%q) (-want +got):\n%s", c.in, diff)
		}
	}
}

func FuzzFold(f *testing.F) {
	for _, s := range []string{"查封", "處罰ＡＢ", "\u2f2d\uf90a", "İKſ", "\xff\xfe", "ｶﾞ①ⅧⅠ㎡𠮷", strings.Repeat("乾", 3)} {
		f.Add(s)
	}
	fo := folder(f)
	f.Fuzz(func(t *testing.T, s string) {
		folded := fo.Fold(s)
		if again := fo.Fold(folded); again != folded {
			t.Errorf("folding twice: %q, then %q", folded, again)
		}
		if !utf8.ValidString(folded) {
			t.Errorf("Fold(%q) is not UTF-8", s)
		}
		stream := fo.Stream(s)
		if string(stream.Runes) != folded {
			t.Errorf("Stream %q, Fold %q", string(stream.Runes), folded)
		}
		at := 0
		for i := range stream.Runes {
			if stream.Start[i] < at || stream.End[i] <= stream.Start[i] || stream.End[i] > len(s) {
				t.Fatalf("offsets out of order at %d in %q", i, s)
			}
			at = stream.End[i]
		}
	})
}

func folder(tb testing.TB) *analysis.Folder {
	tb.Helper()
	f, err := analysis.NewFolder()
	if err != nil {
		tb.Fatal(err)
	}
	return f
}
