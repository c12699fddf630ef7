package text_test

import (
	"errors"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/encoding/unicode"

	"diaoyue.example/workstation/search/extract"
	"diaoyue.example/workstation/search/extract/text"
)

func TestHTMLWords(t *testing.T) {
	for _, c := range []struct{ name, page, want string }{
		{"blocks", "<title>通知</title><body><p>第一段 <b>粗</b>体<div>第二段</div>尾", "通知\n第一段 粗体\n第二段\n尾"},
		{"scripts and styles", "a<script>var x='<p>no</p>'</script><style>p{}</style><noscript>no</noscript><template><p>no</template>b", "ab"},
		{"a script that does not end", "a<script>no", "a"},
		{"nested silence", "a<svg><svg></svg>no</svg>b", "ab"},
		{"tables", "<table><tr><td>品名</td><td><p>数量</p></td></tr><tr><td>封条<td>2</table>后", "品名\t数量\n封条\t2\n后"},
		{"white space and entities", "a \n\t b&nbsp;&amp;&lt;&#26597;", "a b\u00a0&<查"},
		{"kept lines", "<pre>一\n  二</pre>三", "一\n  二\n三"},
		{"breaks and pictures", `甲<br>乙<img alt="印章" src="http://x/y.png">`, "甲\n乙印章"},
		{"comments", "a<!-- no -->b<![CDATA[x]]>", "ab"},
	} {
		if got, err := text.FromHTML([]byte(c.page), "", extract.Limits{}); err != nil || got != c.want {
			t.Errorf("%s: %q, %v, want %q", c.name, got, err, c.want)
		}
	}
	if _, err := text.FromHTML([]byte(strings.Repeat("查", 1000)), "", extract.Limits{TextBytes: 100}); !errors.Is(err, extract.ErrLimit) {
		t.Errorf("too much text: %v", err)
	}
}

func TestHTMLEncodings(t *testing.T) {
	const words = "<p>现场检查，查封仓库。"
	gbk, err := simplifiedchinese.GBK.NewEncoder().String(words)
	if err != nil {
		t.Fatal(err)
	}
	big5, err := traditionalchinese.Big5.NewEncoder().String("<p>現場檢查，查封倉庫。")
	if err != nil {
		t.Fatal(err)
	}
	wide, err := unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM).NewEncoder().String(words)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, charset, page, want string }{
		{"nothing said, GBK", "", gbk, "现场检查，查封仓库。"},
		{"said in the page", "", `<meta charset="gb2312">` + gbk, "现场检查，查封仓库。"},
		{"said the old way", "", `<meta http-equiv=Content-Type content="text/html; charset=big5">` + big5, "現場檢查，查封倉庫。"},
		{"a wrong label on UTF-8", "", `<meta charset=gb2312>` + words, "现场检查，查封仓库。"},
		{"a wrong label on GBK", "", `<meta charset=utf-8>` + gbk, "现场检查，查封仓库。"},
		{"a label that is none", "x-unknown", gbk, "现场检查，查封仓库。"},
		{"said by the mail", "big5", big5, "現場檢查，查封倉庫。"},
		{"a mark of order", "", "\xef\xbb\xbf" + words, "现场检查，查封仓库。"},
		{"sixteen bits without a mark", "", wide, "现场检查，查封仓库。"},
		{"sixteen bits with a mark", "", "\xff\xfe" + wide, "现场检查，查封仓库。"},
	} {
		if got, err := text.FromHTML([]byte(c.page), c.charset, extract.Limits{}); err != nil || got != c.want {
			t.Errorf("%s: %q, %v", c.name, got, err)
		}
	}
}

func TestHTMLProbe(t *testing.T) {
	f := text.NewHTML(extract.NewTypesetter(nil), extract.Limits{})
	for name, c := range map[string]struct {
		head string
		yes  bool
	}{
		"a.htm": {"x", true}, "a.doc": {" <HTML xmlns:o=", true}, "a": {"<!DOCTYPE html>", true}, "a.txt": {"x <html>", false},
	} {
		if got := f.Probe([]byte(c.head), name) > 0; got != c.yes {
			t.Errorf("Probe(%s) = %v", name, got)
		}
	}
}

func FuzzHTML(f *testing.F) {
	f.Add([]byte("<table><tr><td>a<td><p>b<pre>\n<script>x</script></tr>&amp;"), "gbk")
	f.Add([]byte("\xff\xfe<\x00"), "utf-16")
	f.Fuzz(func(t *testing.T, page []byte, charset string) {
		s, err := text.FromHTML(page, charset, extract.Limits{})
		if err == nil && len(s) > 8*len(page)+16 {
			t.Errorf("%d bytes of text out of %d", len(s), len(page))
		}
	})
}
