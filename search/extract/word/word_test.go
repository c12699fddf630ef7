package word_test

import (
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf16"

	"golang.org/x/text/encoding/simplifiedchinese"

	"diaoyue.example/workstation/search/extract"
	"diaoyue.example/workstation/search/extract/compound/compoundtest"
	"diaoyue.example/workstation/search/extract/word"
)

func TestRich(t *testing.T) {
	gbk, err := simplifiedchinese.GBK.NewEncoder().String("現場檢查乗")
	if err != nil {
		t.Fatal(err)
	}
	const font = `{\fonttbl{\f0\fcharset0 Times;}{\f1\fnil\fcharset134 \'cb\'ce\'cc\'e5;}{\f2\fcharset136 Ming;}{\f3\fcharset204 Arial;}}`
	for _, c := range []struct{ name, body, want string }{
		{"bytes of GBK", `\ansicpg936\deff0` + font + `\f1 \'cf\'d6\'b3\'a1\par\'bc\'ec\'b2\'e9`, "现场\n检查"},
		{"raw bytes of GBK, a trail like a backslash", `\ansicpg936 ` + gbk + `\par x`, "現場檢查乗\nx"},
		{"a trail in plain ASCII", `\ansicpg936 \'81A\'81\'5c.`, "丄乗."},
		{"double byte run of a western font", font + `\loch\af0\hich\af0\dbch\af1 \'b7\'e2`, "封"},
		{"Big5", font + `\f2 \'b4\'fa`, "測"},
		{"Cyrillic", font + `\f3 \'c4\'e0`, "Да"},
		{"western", font + `\f0 d\'92index`, "d’index"},
		{"Unicode with its stand-in", `\uc1\u26597?\u23553\'3f\uc0\u12290 .`, "查封。."},
		{"Unicode with two stand-ins", `\uc2\u26597\'b2\'e9\u23553 ??x`, "查封x"},
		{"negative numbers and pairs", `\uc1\u-10179?\u-8704?\u-24712?`, "😀ﾟ"[:len("😀")] + string(rune(0x10000-24712))},
		{"the stand-in ends with its group", `{\u26597}?`, "查?"},
		{"tables and breaks", `a\cell b\cell\row c\page d\tab e\line f`, "a\tb\t\nc|d\te\nf"},
		{"what is not shown", `{\info{\title x}}{\*\unknown y}{\pict 89504e}{\stylesheet{\s0 Normal;}}a{\v hidden}{\deleted gone}b`, "ab"},
		{"fields", `{\field{\*\fldinst HYPERLINK "http://x"}{\fldrslt link}}`, "link"},
		{"text boxes", `a{\shp{\*\shpinst{\sp{\sn x}{\sv y}}{\shptxt box\par}}}`, "a\nbox"},
		{"twins", `{\upr{x}{\*\ud{\uc0\u26597}}}`, "查"},
		{"binary in the way", `a{\pict\bin5 {}}{\}b`, "ab"},
		{"signs", `\{\}\\\~\_\-\lquote\rdblquote\emdash`, "{}\\\u00a0-‘”—"},
		{"cut short", `abc\'`, "abc?"},
		{"closed too often", `a}}}}b`, "a"},
	} {
		t.Run(c.name, func(t *testing.T) {
			doc, err := open(t, extract.Limits{}, "x.rtf", []byte(`{\rtf1\ansi `+c.body+`}`))
			if err != nil {
				t.Fatal(err)
			}
			if got := all(t, doc); got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

func TestRichHostile(t *testing.T) {
	for _, c := range []struct {
		name, body string
		limits     extract.Limits
		want       error
	}{
		{"too deep", strings.Repeat("{", 1000), extract.Limits{}, extract.ErrLimit},
		{"too much text", strings.Repeat(`查封\par`, 1000), extract.Limits{TextBytes: 1000}, extract.ErrLimit},
	} {
		if _, err := open(t, c.limits, "x.rtf", []byte(`{\rtf1 `+c.body)); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
	}
}

func TestBinary(t *testing.T) {
	for _, c := range []struct {
		name   string
		pieces []string // a leading "~" asks for one byte a character
		want   string
	}{
		{"one piece", []string{"现场检查\r笔录\r"}, "现场检查\n笔录"},
		{"two kinds of pieces", []string{"现场", "~ No. 5 \x93x\x94\r", "笔录"}, "现场 No. 5 “x”\n笔录"},
		{"a table", []string{"品名\a数量\a\a封条\a2\a\a"}, "品名\t数量\t\n封条\t2"},
		{"fields", []string{"见\x13 HYPERLINK \x14链接\x15。\x13 PAGE \x15"}, "见链接。"},
		{"a field in a field", []string{"\x13 IF \x13 X \x14y\x15\x14甲\x15乙"}, "甲乙"},
		{"pages", []string{"首页\f次页"}, "首页|次页"},
		{"a pair in two pieces", []string{"\U0001f600"}, "😀"},
	} {
		t.Run(c.name, func(t *testing.T) {
			doc, err := open(t, extract.Limits{}, "x.doc", doc(c.pieces...))
			if err != nil {
				t.Fatal(err)
			}
			if got := all(t, doc); got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

func TestBinaryStates(t *testing.T) {
	header := func(magic, version, flags uint16) []byte {
		b := make([]byte, 0x200)
		binary.LittleEndian.PutUint16(b, magic)
		binary.LittleEndian.PutUint16(b[2:], version)
		binary.LittleEndian.PutUint16(b[10:], flags)
		return compoundtest.Build(compoundtest.Entry{Path: "WordDocument", Data: b}, compoundtest.Entry{Path: "1Table", Data: []byte("x")})
	}
	for _, c := range []struct {
		name, says string
		file       []byte
		want       error
	}{
		{"Word 6", "Word 6 or 95", header(0xa5dc, 101, 0), extract.ErrUnsupported},
		{"under a password", "", header(0xa5ec, 0xc1, 0x100), extract.ErrEncrypted},
		{"Word 6 under a password", "", header(0xa5dc, 101, 0x100), extract.ErrEncrypted},
		{"a packed office file under a password", "", compoundtest.Build(compoundtest.Entry{Path: "EncryptedPackage", Data: []byte("x")}), extract.ErrEncrypted},
		{"a workbook", "Excel", compoundtest.Build(compoundtest.Entry{Path: "Workbook", Data: []byte("x")}), extract.ErrUnsupported},
		{"no piece table", "", header(0xa5ec, 0xc1, 0x200), extract.ErrDamaged},
		{"zeros", "", header(0, 0, 0), extract.ErrDamaged},
		{"cut short", "", doc("现场检查")[:600], extract.ErrDamaged},
	} {
		_, err := open(t, extract.Limits{}, "x.doc", c.file)
		if !errors.Is(err, c.want) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, want %v that says %q", c.name, err, c.want, c.says)
		}
	}
	if _, err := open(t, extract.Limits{TextBytes: 100}, "x.doc", doc(strings.Repeat("查", 500))); !errors.Is(err, extract.ErrLimit) {
		t.Errorf("too much text: %v", err)
	}
}

func TestScanInADocument(t *testing.T) {
	for name, content := range map[string][]byte{"x.doc": doc("\x01\r"), "x.rtf": []byte(`{\rtf1{\pict ffd8}\par}`)} {
		d, err := open(t, extract.Limits{}, name, content)
		if err != nil {
			t.Fatal(err)
		}
		if p, err := d.Page(t.Context(), 1); err != nil || p.Source != extract.SourceNone {
			t.Errorf("%s: source %q, %v", name, p.Source, err)
		}
	}
}

func TestProbe(t *testing.T) {
	f := word.New(extract.NewTypesetter(nil), extract.Limits{})
	for _, c := range []struct {
		name string
		head []byte
		yes  bool
	}{
		{"a.doc", doc("x"), true},
		{"a.wps", doc("x"), true},
		{"a.xls", doc("x"), true}, // to say what it is
		{"a.doc", []byte(`{\rtf1`), true},
		{"a.doc", []byte("PK\x03\x04"), false},
		{"a.rtf", []byte("text"), false},
	} {
		if got := f.Probe(c.head, c.name) > 0; got != c.yes {
			t.Errorf("Probe(%s) = %v", c.name, got)
		}
	}
}

func FuzzRich(f *testing.F) {
	f.Add([]byte(`\ansicpg936{\fonttbl{\f1\fcharset134 x;}}\f1\'cf\'d6\uc1\u-10179?{\*\x{\pict\bin3 abc}}\cell\row`))
	f.Add([]byte("\\dbch\\af1\xcf\\par\xd6}"))
	f.Fuzz(func(t *testing.T, b []byte) { check(t, "x.rtf", append([]byte(`{\rtf1`), b...)) })
}

func FuzzBinary(f *testing.F) {
	f.Add(doc("现场\x13x\x14检查\x15\a\a", "~abc"), 0x600, byte(3))
	f.Fuzz(func(t *testing.T, b []byte, at int, v byte) {
		if at >= 0 && at < len(b) {
			b = append([]byte{}, b...)
			b[at] = v
		}
		check(t, "x.doc", b)
	})
}

// check reads bytes behind the extractor's wall: whatever they are, boxes and
// text agree.
func check(t *testing.T, name string, content []byte) {
	t.Helper()
	f := file(t, name, content)
	x := extract.New(extract.Limits{TextBytes: 1 << 20}, word.New(extract.NewTypesetter(nil), extract.Limits{TextBytes: 1 << 20}))
	_, err := x.File(t.Context(), f, name, func(p extract.Page) error {
		for _, b := range p.Boxes {
			if p.Text[b.Start:b.End] != b.Text {
				t.Fatalf("box %+v is not at its place", b)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// doc is a DOC of these pieces.
func doc(pieces ...string) []byte {
	main := make([]byte, 0x400)
	binary.LittleEndian.PutUint16(main, 0xa5ec)
	binary.LittleEndian.PutUint16(main[2:], 0xc1)
	binary.LittleEndian.PutUint16(main[10:], 0x200)
	var ends, parts []byte
	cp := 0
	ends = binary.LittleEndian.AppendUint32(ends, 0)
	for _, p := range pieces {
		at := uint32(len(main))
		if one, ok := strings.CutPrefix(p, "~"); ok {
			main = append(main, one...)
			cp += len(one)
			at = at*2 | 1<<30
		} else {
			u := utf16.Encode([]rune(p))
			for _, c := range u {
				main = binary.LittleEndian.AppendUint16(main, c)
			}
			cp += len(u)
		}
		ends = binary.LittleEndian.AppendUint32(ends, uint32(cp))
		parts = append(parts, 0, 0)
		parts = binary.LittleEndian.AppendUint32(parts, at)
		parts = append(parts, 0, 0)
	}
	plc := append(ends, parts...)
	clx := append([]byte{1, 2, 0, 9, 9, 2}, binary.LittleEndian.AppendUint32(nil, uint32(len(plc)))...)
	clx = append(clx, plc...)
	binary.LittleEndian.PutUint32(main[0x1a2:], 4)
	binary.LittleEndian.PutUint32(main[0x1a6:], uint32(len(clx)))
	return compoundtest.Build(compoundtest.Entry{Path: "WordDocument", Data: main}, compoundtest.Entry{Path: "1Table", Data: append([]byte("skip"), clx...)})
}

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

func open(t *testing.T, limits extract.Limits, name string, content []byte) (extract.Document, error) {
	t.Helper()
	return word.New(extract.NewTypesetter(nil), limits).Open(t.Context(), file(t, name, content), name)
}

func all(t *testing.T, doc extract.Document) string {
	t.Helper()
	var out []string
	for n := 1; n <= doc.Pages(); n++ {
		p, err := doc.Page(t.Context(), n)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, p.Text)
	}
	return strings.Join(out, "|")
}
