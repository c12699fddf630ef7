package mail_test

import (
	"encoding/base64"
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/simplifiedchinese"

	"diaoyue.example/workstation/search/extract"
	"diaoyue.example/workstation/search/extract/compound/compoundtest"
	"diaoyue.example/workstation/search/extract/mail"
)

func TestWords(t *testing.T) {
	for _, c := range []struct{ name, mail, want string }{
		{
			"plain, GBK without a label",
			"From: " + gbk(t, "举报人") + " <a@x.cn>\r\nSubject: " + gbk(t, "线索") + "\r\n\r\n" + gbk(t, "仓库内有封条。"),
			"主题：线索\n发件人：举报人 <a@x.cn>\n\n仓库内有封条。",
		},
		{
			"words cut in the middle of a character",
			"From: a@x.cn\nSubject: =?gb2312?B?" + b64(gbk(t, "现场")[:3]) + "?=\n =?GB2312?B?" + b64(gbk(t, "现场")[3:]) + "?= 2025\n\nx",
			"主题：现场 2025\n发件人：a@x.cn\n\nx",
		},
		{
			"the plain one of two",
			alternative("text/plain; charset=gb2312", gbk(t, "甲"), "text/html", "<p>乙"),
			"主题：s\n\n甲",
		},
		{
			"a plain one that says nothing",
			alternative("text/plain", " \n", "text/html; charset=utf-8", "<script>no</script><p>乙"),
			"主题：s\n\n乙",
		},
		{"a date", "Date: Thu, 19 Jun 2025 15:34:00 +0800\nSubject: =?utf-8?Q?=E6=9F=A5=20a_b?=\n\n.", "主题：查 a b\n日期：2025-06-19 15:34:00 +0800\n\n."},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, words(t, "x.eml", []byte(c.mail))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestEnclosures(t *testing.T) {
	inner := "Subject: inner\r\n\r\nwords"
	raw := "Subject: s\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n" +
		"--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n见附件\r\n" +
		"--b\r\nContent-Type: application/msword; name=\"=?gb2312?B?" + b64(gbk(t, "笔录.doc")) + "?=\"\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment\r\n\r\n" + b64("bytes of a paper") + "\r\n" +
		"--b\r\nContent-Type: message/rfc822\r\n\r\n" + inner + "\r\n" +
		"--b\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename=\"..\\..\\.evil.png\"\r\n\r\n" + b64("png") + "\r\n--b--\r\n"
	got := enclosures(t, "x.eml", []byte(raw))
	want := map[string]string{"笔录.doc": "bytes of a paper", "附件2.eml": inner, "evil.png": "png"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if s := words(t, "x.eml", []byte(raw)); s != "主题：s\n附件：笔录.doc\n附件：evil.png\n\n见附件" {
		t.Errorf("%q", s)
	}
}

func TestOutlook(t *testing.T) {
	raw := compoundtest.Build(
		compoundtest.Entry{Path: "__properties_version1.0", Data: properties(32, map[uint32]uint64{0x3ffd0003: 936, 0x00390040: 133951088400000000})},
		compoundtest.Entry{Path: "__substg1.0_0037001F", Data: wide("线索")},
		compoundtest.Entry{Path: "__substg1.0_0C1A001E", Data: []byte(gbk(t, "举报人"))},
		compoundtest.Entry{Path: "__substg1.0_1000001F", Data: wide("见附件")},
		compoundtest.Entry{Path: "__attach_version1.0_#00000000/__substg1.0_3707001F", Data: wide("笔录.doc")},
		compoundtest.Entry{Path: "__attach_version1.0_#00000000/__substg1.0_37010102", Data: []byte("bytes of a paper")},
		compoundtest.Entry{Path: "__attach_version1.0_#00000001/__substg1.0_3701000D/__properties_version1.0", Data: properties(24, nil)},
		compoundtest.Entry{Path: "__attach_version1.0_#00000001/__substg1.0_3701000D/__substg1.0_0037001F", Data: wide("转来")},
		compoundtest.Entry{Path: "__attach_version1.0_#00000001/__substg1.0_3701000D/__substg1.0_10130102", Data: []byte("<p>原话</p>")},
	)
	want := "主题：线索\n发件人：举报人\n日期：2025-06-22 23:34:00 +0000\n附件：笔录.doc\n\n见附件\n\n—— 转来的邮件 ——\n主题：转来\n\n原话"
	if diff := cmp.Diff(want, words(t, "x.msg", raw)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(map[string]string{"笔录.doc": "bytes of a paper"}, enclosures(t, "x.msg", raw)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestStates(t *testing.T) {
	nested := ""
	for range 400 {
		nested += "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n"
	}
	for _, c := range []struct {
		name, file string
		content    []byte
		want       error
	}{
		{"no head", "x.eml", []byte("\x00\x01\x02"), extract.ErrDamaged},
		{"parts in parts in parts", "x.eml", []byte("Subject: s\r\n" + nested), extract.ErrLimit},
		{"another compound file", "x.msg", compoundtest.Build(compoundtest.Entry{Path: "WordDocument", Data: []byte("x")}), extract.ErrUnsupported},
	} {
		if _, err := format().Open(t.Context(), file(t, c.file, c.content), c.file); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
	}
}

func FuzzMail(f *testing.F) {
	f.Add([]byte(alternative("text/plain", "a", "text/html", "<p>b")), "x.eml")
	f.Add([]byte("Subject: =?gbk?B?yw==?= =?gbk?Q?=D6?=\n\nx"), "x.eml")
	f.Add(compoundtest.Build(compoundtest.Entry{Path: "__properties_version1.0", Data: properties(32, nil)}, compoundtest.Entry{Path: "__substg1.0_0037001F", Data: wide("x")}), "x.msg")
	f.Fuzz(func(t *testing.T, b []byte, name string) {
		if name != "x.eml" && name != "x.msg" {
			return
		}
		x := extract.New(extract.Limits{}, format())
		fl := file(t, name, b)
		if _, err := x.File(t.Context(), fl, name, func(extract.Page) error { return nil }); err != nil {
			t.Fatal(err)
		}
		_ = x.Enclosures(t.Context(), fl, name, func(e extract.Enclosure) error {
			if e.Name == "" || strings.ContainsAny(e.Name, "/\\\x00\n") || e.Name[0] == '.' {
				t.Errorf("an enclosed file named %q", e.Name)
			}
			return nil
		})
	})
}

func format() *mail.Format { return mail.New(extract.NewTypesetter(nil), extract.Limits{}) }

func file(t *testing.T, name string, content []byte) *os.File {
	t.Helper()
	p := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(p, content, 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(p)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f
}

func words(t *testing.T, name string, content []byte) string {
	t.Helper()
	doc, err := format().Open(t.Context(), file(t, name, content), name)
	if err != nil {
		t.Fatal(err)
	}
	p, err := doc.Page(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	return p.Text
}

func enclosures(t *testing.T, name string, content []byte) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := format().Enclosures(t.Context(), file(t, name, content), name, func(e extract.Enclosure) error {
		out[e.Name] = strings.TrimSpace(string(e.Content))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func alternative(type1, part1, type2, part2 string) string {
	return "Subject: s\r\nMIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\nContent-Type: " + type1 +
		"\r\n\r\n" + part1 + "\r\n--b\r\nContent-Type: " + type2 + "\r\n\r\n" + part2 + "\r\n--b--\r\n"
}

func b64(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }

func gbk(t *testing.T, s string) string {
	t.Helper()
	out, err := simplifiedchinese.GBK.NewEncoder().String(s)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func wide(s string) []byte {
	var out []byte
	for _, u := range utf16.Encode([]rune(s)) {
		out = binary.LittleEndian.AppendUint16(out, u)
	}
	return out
}

func properties(head int, fixed map[uint32]uint64) []byte {
	out := make([]byte, head)
	for tag, v := range fixed {
		out = binary.LittleEndian.AppendUint32(out, tag)
		out = binary.LittleEndian.AppendUint32(out, 6)
		out = binary.LittleEndian.AppendUint64(out, v)
	}
	return out
}
