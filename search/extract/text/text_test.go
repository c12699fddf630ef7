package text_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

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
