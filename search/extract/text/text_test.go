package text_test

import (
	"errors"
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

const sentence = "山阴县民族宗教事务局\n对仓库实施查封，〇一二三。"

func TestDecode(t *testing.T) {
	gb, err := simplifiedchinese.GB18030.NewEncoder().String(sentence)
	if err != nil {
		t.Fatal(err)
	}
	short, err := simplifiedchinese.GB18030.NewEncoder().String("查封")
	if err != nil {
		t.Fatal(err)
	}
	rare, err := simplifiedchinese.GB18030.NewEncoder().String("㑮𠮷")
	if err != nil {
		t.Fatal(err)
	}
	utf16 := func(e unicode.Endianness) string {
		s, err := unicode.UTF16(e, unicode.UseBOM).NewEncoder().String(sentence)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	for _, c := range []struct{ name, in, want string }{
		{"utf-8", sentence, sentence},
		{"utf-8 with mark", "\ufeff" + sentence, sentence},
		{"gb18030", gb, sentence},
		{"two characters of gb18030", short, "查封"},
		{"four-byte gb18030", rare, "㑮𠮷"},
		{"utf-16 little", utf16(unicode.LittleEndian), sentence},
		{"utf-16 big", utf16(unicode.BigEndian), sentence},
		{"line ends", "一\r\n二\r三", "一\n二\n三"},
		{"empty", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := text.Decode([]byte(c.in))
			if err != nil || got != c.want {
				t.Errorf("Decode = %q, %v; want %q", got, err, c.want)
			}
		})
	}
	if _, err := text.Decode([]byte(strings.Repeat("\x01\x02\x03", 50))); !errors.Is(err, extract.ErrDamaged) {
		t.Errorf("control characters: %v, want ErrDamaged", err)
	}
}

func TestOpen(t *testing.T) {
	f := text.New(extract.NewTypesetter(nil), extract.Limits{TextBytes: 1000})
	defer f.Close()
	doc, err := f.Open(t.Context(), file(t, "a.txt", sentence), "a.txt")
	if err != nil {
		t.Fatal(err)
	}
	p, err := doc.Page(t.Context(), 1)
	if err != nil || p.Text != sentence || doc.Kind() != "txt" {
		t.Errorf("%s %q, %v", doc.Kind(), p.Text, err)
	}
	if _, err := f.Open(t.Context(), file(t, "b.txt", strings.Repeat("x", 1001)), "b.txt"); !errors.Is(err, extract.ErrLimit) {
		t.Errorf("a text over the limit: %v", err)
	}
}

func TestParseSRT(t *testing.T) {
	for _, c := range []struct {
		name, in string
		want     []text.Span
	}{
		{"plain", "1\n00:00:12,500 --> 00:00:14,000\n请不要遮挡摄像头\n\n2\n00:01:00,000 --> 01:02:03,004\n第一行\n第二行\n", []text.Span{
			{12500, 14000, "请不要遮挡摄像头"}, {60000, 3723004, "第一行\n第二行"},
		}},
		{"line ends and mark", "\ufeff1\r\n00:00:01,000 --> 00:00:02,000\r\n好\r\n", []text.Span{{1000, 2000, "好"}}},
		{"markup", "1\n00:00:01.000 --> 00:00:02.000 X1:0\n<i>查封</i> {\\an8}<font color=\"red\">仓库</font> a &lt; b\n", []text.Span{{1000, 2000, "查封 仓库 a < b"}}},
		{"no empty line between", "1\n00:00:01,000 --> 00:00:02,000\n一\n2\n00:00:02,000 --> 00:00:03,000\n二", []text.Span{{1000, 2000, "一"}, {2000, 3000, "二"}}},
		{"a number is spoken", "1\n00:00:01,000 --> 00:00:02,000\n多少箱？\n360\n", []text.Span{{1000, 2000, "多少箱？\n360"}}},
		{"end before start", "1\n00:00:05,000 --> 00:00:02,000\n倒\n", []text.Span{{5000, 5000, "倒"}}},
		{"silent span", "1\n00:00:01,000 --> 00:00:02,000\n\n2\n00:00:03,000 --> 00:00:04,000\n话\n", []text.Span{{3000, 4000, "话"}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := text.ParseSRT([]byte(c.in))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
	gb, err := simplifiedchinese.GB18030.NewEncoder().String("1\n00:00:01,000 --> 00:00:02,000\n查封\n")
	if err != nil {
		t.Fatal(err)
	}
	if got, err := text.ParseSRT([]byte(gb)); err != nil || len(got) != 1 || got[0].Text != "查封" {
		t.Errorf("GB18030: %v, %v", got, err)
	}
	for _, in := range []string{"", "随便写的文字", "WEBVTT"} {
		if _, err := text.ParseSRT([]byte(in)); !errors.Is(err, text.ErrNotSRT) {
			t.Errorf("%q: %v, want ErrNotSRT", in, err)
		}
	}
}

func FuzzParseSRT(f *testing.F) {
	f.Add([]byte("1\n00:00:12,500 --> 00:00:14,000\n话\n"))
	f.Add([]byte("00:00:1,5-->999:59:59,999\n<i><b>{\\an8}"))
	f.Add([]byte("\xff\xfe1\x00"))
	f.Fuzz(func(t *testing.T, in []byte) {
		spans, err := text.ParseSRT(in)
		if err != nil {
			return
		}
		for _, s := range spans {
			if s.T0 < 0 || s.T1 < s.T0 || strings.TrimSpace(s.Text) == "" {
				t.Errorf("span %+v", s)
			}
		}
	})
}

func file(t *testing.T, name, content string) *os.File {
	t.Helper()
	p := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(p, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(p)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f
}
