package text_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"diaoyue.example/workstation/search/extract"
	"diaoyue.example/workstation/search/extract/text"
)

type spans = []text.Span

func span(from, to int64, who, words string) text.Span {
	return text.Span{T0: from, T1: to, Speaker: who, Text: words}
}

func TestParseTranscript(t *testing.T) {
	const vtt = "WEBVTT - 现场\nKind: captions\n\n"
	const ass = "[Script Info]\nTitle: 现场检查\nScriptType: v4.00+\n\n[V4+ Styles]\nFormat: Name, Fontname\nStyle: Default,黑体\n\n[Events]\nFormat: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\n"
	for _, c := range []struct {
		name, in, form string
		want           spans
		skipped        int
	}{
		{"srt", "1\n00:00:12,500 --> 00:00:14,000\n请不要遮挡摄像头\n\n2\n00:01:00,000 --> 01:02:03,004\n第一行\n第二行\n", text.SRT, spans{
			span(12500, 14000, "", "请不要遮挡摄像头"), span(60000, 3723004, "", "第一行\n第二行"),
		}, 0},
		{"srt: line ends and mark", "\ufeff1\r\n00:00:01,000 --> 00:00:02,000\r\n好\r\n", text.SRT, spans{span(1000, 2000, "", "好")}, 0},
		{"srt: markup", "1\n00:00:01.000 --> 00:00:02.000 X1:0\n<i>查封</i> {\\an8}<font color=\"red\">仓库</font> a &lt; b\n", text.SRT, spans{span(1000, 2000, "", "查封 仓库 a < b")}, 0},
		{"srt: what is no markup stays", "1\n00:00:01,000 --> 00:00:02,000\n1 < 2 {甲} 3 > 2\n", text.SRT, spans{span(1000, 2000, "", "1 < 2 {甲} 3 > 2")}, 0},
		{"srt: no empty line between", "1\n00:00:01,000 --> 00:00:02,000\n一\n2\n00:00:02,000 --> 00:00:03,000\n二", text.SRT, spans{span(1000, 2000, "", "一"), span(2000, 3000, "", "二")}, 0},
		{"srt: a number is spoken", "1\n00:00:01,000 --> 00:00:02,000\n多少箱？\n360\n", text.SRT, spans{span(1000, 2000, "", "多少箱？\n360")}, 0},
		{"srt: end before start", "1\n00:00:05,000 --> 00:00:02,000\n倒\n", text.SRT, spans{span(5000, 5000, "", "倒")}, 0},
		{"srt: silent span", "1\n00:00:01,000 --> 00:00:02,000\n\n2\n00:00:03,000 --> 00:00:04,000\n话\n", text.SRT, spans{span(3000, 4000, "", "话")}, 0},
		{"srt: without fractions, out of order", "00:00:03 --> 00:00:04\n后\n\n00:00:01 --> 00:00:02\n先\n", text.SRT, spans{span(1000, 2000, "", "先"), span(3000, 4000, "", "后")}, 0},
		{"srt: a time that is none", "1\n00:00:01,000 --> ?\n失\n\n2\n00:00:03,000 --> 00:00:04,000\n话\n", text.SRT, spans{span(3000, 4000, "", "话")}, 1},

		{"vtt: settings, names, notes, styles", vtt + "STYLE\n::cue { color: red }\n\nNOTE 00:00 --> 一句话\n\nq1\n00:01.500 --> 00:03.000 align:start position:10%\n请出示证件。\n\n01:00:00.000 --> 01:00:01.000\n下一句\n", text.VTT, spans{
			span(1500, 3000, "", "请出示证件。"), span(3600000, 3601000, "", "下一句"),
		}, 0},
		{"vtt: voices", vtt + "00:01.000 --> 00:02.000\n<v.loud 执法人员 张立>请说。</v>\n<v 王某>我没有&amp;不知道。\n", text.VTT, spans{
			span(1000, 2000, "执法人员 张立", "请说。"), span(1000, 2000, "王某", "我没有&不知道。"),
		}, 0},
		{"vtt: karaoke and classes", vtt + "00:01.000 --> 00:02.000\n<c.yellow>一<00:01.500>二</c>\n<ruby>封<rt>feng</rt></ruby>\n", text.VTT, spans{span(1000, 2000, "", "一二\n封feng")}, 0},
		{"vtt: a broken time", vtt + "00:01 --> 00:02.000\n失\n\n00:03.000 --> 00:04.000\n得\n", text.VTT, spans{span(3000, 4000, "", "得")}, 1},

		{"ass", ass + "Comment: 0,0:00:00.00,0:00:01.00,Default,,0,0,0,,说明\nDialogue: 0,0:00:01.50,0:00:03.00,Default,张立,0,0,0,,{\\an8\\c&H00FF&}请出示证件，谢谢,\\N{\\i1}第二行\\h尾\n", text.ASS, spans{
			span(1500, 3000, "张立", "请出示证件，谢谢,\n第二行 尾"),
		}, 0},
		{"ass: shapes are no words", ass + "Dialogue: 0,0:00:01.00,0:00:02.00,Default,,0,0,0,,{\\p1}m 0 0 l 9 9{\\p0}话\nDialogue: 0,0:00:03.00,0:00:04.00,Default,,0,0,0,,{\\p2}m 0 0\n", text.ASS, spans{span(1000, 2000, "", "话")}, 0},
		{"ssa: other fields in another order", "[Script Info]\n[Events]\nFormat: Marked, End, Start, Actor, Text\nDialogue: Marked=0,0:00:02.00,0:00:01.00,王某,我，不，知道\n", text.ASS, spans{span(1000, 2000, "王某", "我，不，知道")}, 0},
		{"ass: short line, bad time", ass + "Dialogue: 0,0:00:01.00\nDialogue: 0,x,0:00:01.00,Default,,0,0,0,,失\nDialogue: 0,0:00:01.00,0:00:02.00,Default,,0,0,0,,得\n", text.ASS, spans{span(1000, 2000, "", "得")}, 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := text.ParseTranscript([]byte(c.in))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, got.Spans); diff != "" || got.Form != c.form || got.Skipped != c.skipped {
				t.Errorf("%s, %d skipped (-want +got):\n%s", got.Form, got.Skipped, diff)
			}
		})
	}
}

func TestTranscriptEncodings(t *testing.T) {
	const in = "1\n00:00:01,000 --> 00:00:02,000\n查封琉璃筒瓦\n"
	encode := func(s string, err error) string {
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	for name, raw := range map[string]string{
		"utf-8":         in,
		"gb18030":       encode(simplifiedchinese.GB18030.NewEncoder().String(in)),
		"utf-16 little": encode(unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(in)),
		"utf-16 big":    encode(unicode.UTF16(unicode.BigEndian, unicode.UseBOM).NewEncoder().String(in)),
	} {
		if got, err := text.ParseTranscript([]byte(raw)); err != nil || len(got.Spans) != 1 || got.Spans[0].Text != "查封琉璃筒瓦" {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
}

// What gives no transcript is refused by name.
func TestNoTranscript(t *testing.T) {
	many := &strings.Builder{}
	for i := range 100_002 {
		fmt.Fprintf(many, "00:%02d:%02d,%03d --> 99:00:00,000\n话\n\n", i/60000, i/1000%60, i%1000)
	}
	for name, c := range map[string]struct {
		in   string
		want error
	}{
		"empty":       {"", text.ErrNoSpans},
		"a letter":    {"随便写的文字", text.ErrNoSpans},
		"head alone":  {"WEBVTT", text.ErrNoSpans},
		"silent":      {"1\n00:00:01,000 --> 00:00:02,000\n\n", text.ErrNoWords},
		"only styles": {"[Script Info]\n[V4+ Styles]\nStyle: Default\n", text.ErrNoSpans},
		"too long":    {many.String(), text.ErrTooLarge},
		"no text":     {strings.Repeat("\x01\x02\x03", 50), extract.ErrDamaged},
	} {
		if _, err := text.ParseTranscript([]byte(c.in)); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

// Other people's programs write what no rule foresees: read what the shared
// data has.
func TestForeignTranscripts(t *testing.T) {
	for _, pattern := range []string{"*.srt", "*/*.srt", "*/*/*.srt", "*/*.vtt", "*/*.ass"} {
		found, err := filepath.Glob(filepath.Join("../../../../shared/data", pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range found {
			raw, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if got, err := text.ParseTranscript(raw); err != nil || got.Skipped > 0 {
				t.Errorf("%s: %d skipped, %v", path, got.Skipped, err)
			}
		}
	}
}

func FuzzParseTranscript(f *testing.F) {
	for _, seed := range []string{
		"1\n00:00:12,500 --> 00:00:14,000\n话\n", "00:00:1,5-->999:59:59,999\n<i><b>{\\an8}", "\xff\xfe1\x00",
		"WEBVTT\n\nNOTE\n\n00:01.000 --> 00:02.000 line:0\n<v 甲>话<v 乙>话\n",
		"[Script Info]\n[Events]\nFormat: Start, End, Name, Text\nDialogue: 0:00:01.00,0:00:02.00,甲,{\\p1}m{\\p0}话\\N话\n",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		got, err := text.ParseTranscript(in)
		if err != nil {
			return
		}
		last := int64(0)
		for _, s := range got.Spans {
			if s.T0 < last || s.T1 < s.T0 || strings.TrimSpace(s.Text) == "" {
				t.Errorf("span %+v", s)
			}
			last = s.T0
		}
	})
}
