package office_test

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"diaoyue.example/workstation/search/extract"
	"diaoyue.example/workstation/search/extract/compound/compoundtest"
	"diaoyue.example/workstation/search/extract/office"
)

func TestText(t *testing.T) {
	for _, c := range []struct{ name, body, want string }{
		{"paragraphs", `<w:p><w:r><w:t>现场检查</w:t></w:r><w:r><w:t>笔录</w:t></w:r></w:p><w:p><w:r><w:t>第二段</w:t></w:r></w:p>`, "现场检查笔录\n第二段"},
		{"tab stops are not tabs", `<w:p><w:pPr><w:tabs><w:tab w:val="left"/></w:tabs></w:pPr><w:r><w:t>甲</w:t><w:tab/><w:t>乙</w:t><w:br/><w:t>丙</w:t></w:r></w:p>`, "甲\t乙\n丙"},
		{"table", `<w:tbl><w:tr><w:tc><w:p><w:r><w:t>品名</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>数量</w:t></w:r></w:p></w:tc></w:tr><w:tr><w:tc><w:p><w:r><w:t>封条</w:t></w:r></w:p></w:tc></w:tr></w:tbl>`, "品名 \t数量 \n封条"},
		{"deleted and fallback text", `<w:p><w:del><w:r><w:delText>删去</w:delText></w:r></w:del><w:r><mc:AlternateContent><mc:Choice><w:t>图中字</w:t></mc:Choice><mc:Fallback><w:t>图中字</w:t></mc:Fallback></mc:AlternateContent></w:r></w:p>`, "图中字"},
		{"field code", `<w:p><w:r><w:instrText>HYPERLINK</w:instrText><w:t xml:space="preserve"> 链接 &amp; </w:t></w:r></w:p>`, " 链接 &"},
	} {
		t.Run(c.name, func(t *testing.T) {
			doc, err := open(t, extract.Limits{}, docx(t, c.body))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, all(t, doc)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestPageBreakAndFootnotes(t *testing.T) {
	doc, err := open(t, extract.Limits{}, pack(t, map[string]string{
		"word/document.xml":  body(`<w:p><w:r><w:t>首页</w:t><w:br w:type="page"/><w:t>次页</w:t></w:r></w:p>`),
		"word/footnotes.xml": body(`<w:p><w:r><w:t>脚注</w:t></w:r></w:p>`),
	}))
	if err != nil {
		t.Fatal(err)
	}
	if doc.Pages() != 2 {
		t.Fatalf("%d pages", doc.Pages())
	}
	if got := all(t, doc); got != "首页|次页\n脚注" {
		t.Errorf("text %q", got)
	}
}

func TestHostile(t *testing.T) {
	noise := make([]byte, 0, 6<<20)
	for i := range 6 << 20 {
		noise = append(noise, "abcdefghijklmnop"[(i*i>>3+i*7)&15])
	}
	for _, c := range []struct {
		name   string
		limits extract.Limits
		file   []byte
		want   error
	}{
		{"expands too much", extract.Limits{}, docx(t, strings.Repeat(" ", 8<<20)), extract.ErrLimit},
		{"too large", extract.Limits{ExpandedBytes: 1 << 20}, docx(t, string(noise)), extract.ErrLimit},
		{"one endless token", extract.Limits{Ratio: 1 << 40}, docx(t, "<w:p><w:t>"+string(noise)), extract.ErrLimit},
		{"too much text", extract.Limits{TextBytes: 1000}, docx(t, "<w:p>"+strings.Repeat("<w:t>查封仓库</w:t>", 200)), extract.ErrLimit},
		{"too deep", extract.Limits{}, docx(t, strings.Repeat("<w:p>", 300)), extract.ErrLimit},
		{"entities", extract.Limits{}, pack(t, map[string]string{"word/document.xml": `<!DOCTYPE x [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><w:p><w:t>&b;</w:t></w:p>`}), extract.ErrDamaged},
		{"an entity unknown", extract.Limits{}, docx(t, `<w:p><w:t>&lol;</w:t></w:p>`), extract.ErrDamaged},
		{"cut short", extract.Limits{}, docx(t, "<w:p/>")[:100], extract.ErrDamaged},
		{"no document in it", extract.Limits{}, pack(t, map[string]string{"mimetype": "x"}), extract.ErrDamaged},
		{"encrypted", extract.Limits{}, compound("EncryptedPackage"), extract.ErrEncrypted},
		{"an old Word file under a new name", extract.Limits{}, compound("WordDocument"), extract.ErrUnsupported},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := open(t, c.limits, c.file); !errors.Is(err, c.want) {
				t.Errorf("%v, want %v", err, c.want)
			}
		})
	}
}

func TestScanInADocument(t *testing.T) {
	doc, err := open(t, extract.Limits{}, pack(t, map[string]string{"word/document.xml": body("<w:p/>"), "word/media/image1.png": "x"}))
	if err != nil {
		t.Fatal(err)
	}
	if p, err := doc.Page(t.Context(), 1); err != nil || p.Source != extract.SourceNone {
		t.Errorf("source %q, %v", p.Source, err)
	}
}

func TestProbe(t *testing.T) {
	f := office.New(extract.NewTypesetter(nil), extract.Limits{})
	head := docx(t, "<w:p/>")
	for _, c := range []struct {
		name string
		head []byte
		yes  bool
	}{
		{"a.docx", head, true},
		{"a.DOCX", head, true},
		{"a", head, true},
		{"a.docx", compound("x"), true},
		{"a.zip", pack(t, map[string]string{"x": "y"}), false},
		{"a.doc", compound("x"), false},
		{"a.docx", []byte("text"), false},
	} {
		if got := f.Probe(c.head, c.name) > 0; got != c.yes {
			t.Errorf("Probe(%s) = %v", c.name, got)
		}
	}
}

func TestSlides(t *testing.T) {
	slide := func(s string) string { return `<p:sld><a:p><a:r><a:t>` + s + `</a:t></a:r></a:p></p:sld>` }
	doc, err := open(t, extract.Limits{}, pack(t, map[string]string{
		"ppt/presentation.xml":             `<p:presentation><p:sldIdLst><p:sldId id="256" r:id="rId2"/><p:sldId id="257" r:id="rId1"/></p:sldIdLst></p:presentation>`,
		"ppt/_rels/presentation.xml.rels":  `<Relationships><Relationship Id="rId1" Type="http://x/slide" Target="slides/slide1.xml"/><Relationship Id="rId2" Type="http://x/slide" Target="/ppt/slides/slide2.xml"/></Relationships>`,
		"ppt/slides/slide1.xml":            slide("后放的"),
		"ppt/slides/slide2.xml":            slide("先放的"),
		"ppt/slides/slide10.xml":           slide("列表里没有的"),
		"ppt/slides/_rels/slide1.xml.rels": `<Relationships><Relationship Id="r" Type="http://x/notesSlide" Target="../notesSlides/n.xml"/><Relationship Id="c" Type="http://x/chart" Target="../charts/c.xml"/><Relationship Id="w" Type="http://x/hyperlink" Target="http://x/" TargetMode="External"/></Relationships>`,
		"ppt/notesSlides/n.xml":            slide("备注"),
		"ppt/charts/c.xml":                 `<c:chart><c:v>封条</c:v><c:v>360</c:v></c:chart>`,
	}))
	if err != nil {
		t.Fatal(err)
	}
	if got := all(t, doc); got != "先放的\n|后放的\n备注\n封条 360 |列表里没有的" || doc.Kind() != "pptx" {
		t.Errorf("%s: %q", doc.Kind(), got)
	}
}

func TestSheets(t *testing.T) {
	book := excelize.NewFile()
	style, err := book.NewStyle(&excelize.Style{NumFmt: 14})
	if err != nil {
		t.Fatal(err)
	}
	if _, err = book.NewSheet("隐藏"); err != nil {
		t.Fatal(err)
	}
	for _, err := range []error{
		book.SetSheetName("Sheet1", "清单"),
		book.SetCellValue("清单", "A1", "品名"), book.SetCellValue("清单", "C1", "数量"),
		book.SetCellValue("清单", "A3", "封条"), book.SetCellValue("清单", "XFD3", 360),
		book.SetCellValue("清单", "A4", 45827), book.SetCellStyle("清单", "A4", "A4", style),
		book.AddComment("清单", excelize.Comment{Cell: "A1", Author: "x", Text: "批注"}),
		book.SetCellValue("隐藏", "A1", "藏起来的"), book.SetSheetVisible("隐藏", false),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	var buf bytes.Buffer
	if err = book.Write(&buf); err != nil {
		t.Fatal(err)
	}
	doc, err := open(t, extract.Limits{}, buf.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	if got := all(t, doc); !strings.HasPrefix(got, "清单\n品名\t数量\n封条\t360\n2025/6/19\n|隐藏\n藏起来的\n") || !strings.Contains(got, "批注") {
		t.Errorf("%q", got)
	}
	if _, err := open(t, extract.Limits{TextBytes: 20}, buf.Bytes()); !errors.Is(err, extract.ErrLimit) {
		t.Errorf("too much text: %v", err)
	}
	if _, err := open(t, extract.Limits{ExpandedBytes: 2000}, buf.Bytes()); !errors.Is(err, extract.ErrLimit) {
		t.Errorf("too large: %v", err)
	}
	bomb := pack(t, map[string]string{"xl/workbook.xml": "<workbook/>", "xl/sharedStrings.xml": strings.Repeat("<si/>", 2<<20)})
	if _, err := open(t, extract.Limits{}, bomb); !errors.Is(err, extract.ErrLimit) {
		t.Errorf("a bomb: %v", err)
	}
}

func FuzzSheets(f *testing.F) {
	f.Add(`<sheetData><row r="1"><c r="A1" t="s"><v>0</v></c><c r="ZZZ9" t="inlineStr"><is><t>x</t></is></c></row></sheetData>`, `<sst><si><t>a</t></si></sst>`, `<styleSheet/>`)
	f.Fuzz(func(t *testing.T, sheet, shared, styles string) {
		raw := pack(t, map[string]string{
			"[Content_Types].xml":        `<Types><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>`,
			"xl/workbook.xml":            `<workbook><sheets><sheet name="a" sheetId="1" r:id="r1" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"/></sheets></workbook>`,
			"xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
			"xl/worksheets/sheet1.xml":   `<worksheet>` + sheet + `</worksheet>`, "xl/sharedStrings.xml": shared, "xl/styles.xml": styles,
		})
		p := filepath.Join(t.TempDir(), "x.xlsx")
		if err := os.WriteFile(p, raw, 0o600); err != nil {
			t.Fatal(err)
		}
		file, err := os.Open(p)
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		x := extract.New(extract.Limits{TextBytes: 1 << 20}, office.New(extract.NewTypesetter(nil), extract.Limits{TextBytes: 1 << 20}))
		if _, err := x.File(t.Context(), file, "x.xlsx", func(extract.Page) error { return nil }); err != nil {
			t.Fatal(err)
		}
	})
}

func FuzzDocument(f *testing.F) {
	for _, s := range []string{`<w:p><w:r><w:t>字</w:t></w:r></w:p>`, `<a></b></pPr></tc></tr>`, `<w:tc><w:pPr>`, `<![CDATA[x]]>`, `<?x?>&amp;`} {
		f.Add(s)
	}
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, s string) {
		p := filepath.Join(dir, "x.docx")
		if err := os.WriteFile(p, docx(t, s), 0o600); err != nil {
			t.Fatal(err)
		}
		file, err := os.Open(p)
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		doc, err := office.New(extract.NewTypesetter(nil), extract.Limits{}).Open(context.Background(), file, "x.docx")
		if err != nil {
			return
		}
		for n := 1; n <= doc.Pages(); n++ {
			p, err := doc.Page(context.Background(), n)
			if err != nil {
				t.Fatal(err)
			}
			for _, b := range p.Boxes {
				if p.Text[b.Start:b.End] != b.Text {
					t.Fatalf("box %+v is not at its place", b)
				}
			}
		}
	})
}

func open(t *testing.T, limits extract.Limits, content []byte) (extract.Document, error) {
	t.Helper()
	p := filepath.Join(t.TempDir(), "x.docx")
	if err := os.WriteFile(p, content, 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(p)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return office.New(extract.NewTypesetter(nil), limits).Open(t.Context(), f, "x.docx")
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

func body(s string) string {
	return `<?xml version="1.0"?><w:document><w:body>` + s + `</w:body></w:document>`
}

func docx(tb testing.TB, s string) []byte {
	tb.Helper()
	return pack(tb, map[string]string{"word/document.xml": body(s)})
}

func pack(tb testing.TB, parts map[string]string) []byte {
	tb.Helper()
	var buf bytes.Buffer
	z := zip.NewWriter(&buf)
	for name, content := range parts {
		w, err := z.Create(name)
		if err == nil {
			_, err = w.Write([]byte(content))
		}
		if err != nil {
			tb.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		tb.Fatal(err)
	}
	return buf.Bytes()
}

// compound is a compound file that holds one stream.
func compound(name string) []byte {
	return compoundtest.Build(compoundtest.Entry{Path: name, Data: make([]byte, 100)})
}
