package ofd_test

import (
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"diaoyue.example/workstation/search/extract"
)

// line is a text object at a place of the page, 4 mm high.
func line(x, y, code string) string {
	return `<ofd:TextObject ID="9" Boundary="` + x + ` ` + y + ` 80 6" Font="3" Size="4">` + code + `</ofd:TextObject>`
}

func code(attrs, text string) string {
	return `<ofd:TextCode X="0" Y="4" ` + attrs + `>` + text + `</ofd:TextCode>`
}

func TestText(t *testing.T) {
	plain := sample(line("10", "10", code(`DeltaX="g 5 4"`, "现场检查笔录")))
	for _, c := range []struct {
		name string
		doc  parts
		want string
	}{
		{"one line", plain, "现场检查笔录"},
		{"the older namespace, another prefix", func() parts {
			p := plain
			for name := range p {
				p = p.with(name, strings.NewReplacer("ofd:", "x:", ":ofd=", ":x=", "www.ofdspec.org/2016", "www.ofdspec.org").Replace(p[name]))
			}
			return p
		}(), "现场检查笔录"},
		{"marks of order before each part", func() parts {
			p := plain
			for name := range p {
				p = p.with(name, "\ufeff"+p[name])
			}
			return p
		}(), "现场检查笔录"},
		{"UTF-16", plain.with("Doc_0/Pages/Page_0/Content.xml", encoded(t, plain["Doc_0/Pages/Page_0/Content.xml"], "UTF-16")), "现场检查笔录"},
		{"GBK", plain.with("Doc_0/Pages/Page_0/Content.xml", encoded(t, plain["Doc_0/Pages/Page_0/Content.xml"], "GBK")), "现场检查笔录"},
		{"part in other case", func() parts {
			p := plain.with("DOC_0/PAGES/Page_0/content.XML", plain["Doc_0/Pages/Page_0/Content.xml"])
			delete(p, "Doc_0/Pages/Page_0/Content.xml")
			return p
		}(), "现场检查笔录"},
		{"absolute location", plain.swap("Doc_0/Document.xml", `BaseLoc="Pages/`, `BaseLoc="/Doc_0/Pages/`), "现场检查笔录"},
		{"backslashes", plain.swap("Doc_0/Document.xml", `BaseLoc="Pages/Page_0/`, `BaseLoc="Pages\Page_0\`), "现场检查笔录"},
		{"a folder that is not there", plain.swap("Doc_0/Document.xml", `BaseLoc="Pages/`, `BaseLoc="Pages_9/`), "现场检查笔录"},
		{"steps one by one and repeated", sample(line("10", "10", code(`DeltaX="4 g 3 2 4"`, "共360箱"))), "共360箱"},
		{"several codes in one object", sample(line("10", "10", code(`DeltaX="4"`, "查封")+`<ofd:TextCode X="8" Y="4" DeltaX="4">仓库</ofd:TextCode>`)), "查封仓库"},
		{"a line wraps inside an object", sample(line("10", "10", code(`DeltaX="4 4 -8 4" DeltaY="0 0 5 0"`, "第一行第二"))), "第一行\n第二"},
		{"justified letters stay together", sample(line("10", "10", code(`DeltaX="20"`, "名称"))), "名称"},
		{"spaces between Han are dropped", sample(line("10", "10", code(`DeltaX="4 2 4"`, "说 明书"))), "说明书"},
		{"spaces between words are kept", sample(line("10", "10", code(`DeltaX="g 8 2"`, "WZ no. 15"))), "WZ no. 15"},
		{"printed XML", sample(line("10", "10", code("", "\n      现场检查\n    "))), "现场检查"},
		{"objects of one line", sample(line("10", "10", code(`DeltaX="4"`, "现场")) + line("18", "10", code(`DeltaX="4"`, "检查"))), "现场检查"},
		{"words of one line", sample(line("10", "10", code(`DeltaX="g 1 2"`, "AB")) + line("15.5", "10", code(`DeltaX="2"`, "CD"))), "AB CD"},
		{"columns of one line", sample(line("10", "10", code(`DeltaX="4"`, "数量")) + line("40", "10", code(`DeltaX="4"`, "金额"))), "数量 金额"},
		{"lines", sample(line("10", "10", code(`DeltaX="4"`, "甲方")) + line("10", "20", code(`DeltaX="4"`, "乙方"))), "甲方\n乙方"},
		{"downwards", sample(line("10", "10", code(`DeltaY="g 2 5"`, "购买方"))), "购买方"},
		{"blocks in blocks", sample(`<ofd:PageBlock><ofd:PageBlock>` + line("10", "10", code(`DeltaX="4"`, "查封")) + `</ofd:PageBlock></ofd:PageBlock>`), "查封"},
		{"unseen objects", sample(`<ofd:TextObject Visible="false" Boundary="10 10 80 6" Font="3" Size="4">` + code("", "隐") + `</ofd:TextObject>` + line("10", "10", code("", "显"))), "显"},
		{"text of no opacity, as under a scan", sample(strings.Replace(line("10", "10", code("", "扫描")), `ID="9"`, `Alpha="0"`, 1)), "扫描"},
		{"no step, no size", sample(line("10", "10", code("", "宽Ab")) + `<ofd:TextObject Boundary="0 0 1 1" Font="3">` + code("", "无") + `</ofd:TextObject>`), "宽Ab"},
		{"templates under and over", layered(), "底\n中\n面"},
		{"a unit of the resources", sample(`<ofd:CompositeObject Boundary="10 10 50 50" ResourceID="7" CTM="0.5 0 0 0.5 0 0"/>`).
			with("Doc_0/PublicRes.xml", resources(`<ofd:CompositeGraphicUnits><ofd:CompositeGraphicUnit ID="7" Width="99" Height="99"><ofd:Content>`+line("0", "0", code(`DeltaX="4"`, "合成"))+`</ofd:Content></ofd:CompositeGraphicUnit></ofd:CompositeGraphicUnits>`)), "合成"},
		{"annotations; a watermark counts once", noted(), "正文\n保密资料\n批注"},
		{"private characters stay, for they tell of OCR", sample(line("10", "10", code("", "\ue123\ue124"))), "\ue123\ue124"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if p := read(t, mustOpen(t, format(t, extract.Limits{}), c.doc), 1); p.Text != c.want || p.Source != extract.SourceText || p.N != 1 {
				t.Errorf("%q (%s), want %q", p.Text, p.Source, c.want)
			}
		})
	}
}

// TestSeveralDocuments puts two documents into one OFD, of which one cannot be
// read: the other is shown, and the bad one says so in its place.
func TestSeveralDocuments(t *testing.T) {
	p := sample(line("10", "10", code("", "一"))).
		swap("OFD.xml", "</ofd:DocBody>", "</ofd:DocBody><ofd:DocBody><ofd:DocRoot>Doc_1/Document.xml</ofd:DocRoot></ofd:DocBody><ofd:DocBody><ofd:DocRoot>Doc_2/None.xml</ofd:DocRoot></ofd:DocBody>")
	p = p.with("Doc_1/Document.xml", p["Doc_0/Document.xml"]).
		with("Doc_1/Pages/Page_0/Content.xml", page(layer(line("10", "10", code("", "二")))))
	doc := mustOpen(t, format(t, extract.Limits{}), p)
	if doc.Pages() != 3 {
		t.Fatalf("%d pages", doc.Pages())
	}
	if a, b := read(t, doc, 1), read(t, doc, 2); a.Text != "一" || b.Text != "二" || b.N != 2 {
		t.Errorf("%q and %q", a.Text, b.Text)
	}
	if _, err := doc.Page(t.Context(), 3); err == nil {
		t.Error("a document that is not there has a page")
	}
}

func TestNeedsOCR(t *testing.T) {
	whole := `<ofd:ImageObject Boundary="5 5 90 90" CTM="90 0 0 90 0 0" ResourceID="8"/>`
	outlines := strings.Repeat(`<ofd:PathObject Boundary="20 20 9 9" Fill="true" Stroke="false"><ofd:AbbreviatedData>M 0 0 B 1 0 2 1 2 2 B 2 3 1 4 0 4 L 0 3 L 1 2 L 0 1 C</ofd:AbbreviatedData></ofd:PathObject>`, 100)
	for _, c := range []struct {
		name, objects, source string
	}{
		{"a picture over the page", whole, extract.SourceNone},
		{"and a page number", whole + line("50", "90", code("", "12")), extract.SourceNone},
		{"and a line of text", whole + line("10", "90", code("", "现场检查笔录第一页")), extract.SourceText},
		{"letters drawn as outlines", outlines, extract.SourceNone},
		{"a table without words", `<ofd:PathObject Boundary="0 0 90 90"><ofd:AbbreviatedData>M 0 0 L 90 0</ofd:AbbreviatedData></ofd:PathObject>`, extract.SourceText},
		{"nothing", "", extract.SourceText},
	} {
		t.Run(c.name, func(t *testing.T) {
			doc := mustOpen(t, format(t, extract.Limits{}), sample(c.objects).
				with("Doc_0/PublicRes.xml", resources(`<ofd:MultiMedias><ofd:MultiMedia ID="8" Type="Image"><ofd:MediaFile>a.png</ofd:MediaFile></ofd:MultiMedia></ofd:MultiMedias>`)).
				with("Doc_0/Res/a.png", picture(t)))
			if p := read(t, doc, 1); p.Source != c.source {
				t.Errorf("source %q, want %q", p.Source, c.source)
			}
		})
	}
}

func encoded(t *testing.T, s, label string) string {
	t.Helper()
	s = strings.Replace(s, "UTF-8", label, 1)
	var out string
	var err error
	if label == "GBK" {
		out, err = simplifiedchinese.GBK.NewEncoder().String(s)
	} else {
		out, err = unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(s)
	}
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func layered() parts {
	at := func(y, s string) string { return layer(line("10", y, code("", s))) }
	return withPage(page(`<ofd:Template TemplateID="21" ZOrder="Foreground"/><ofd:Template TemplateID="20"/>`+at("20", "中"))).
		swap("Doc_0/Document.xml", "</ofd:CommonData>", `<ofd:TemplatePage ID="20" BaseLoc="Tpls/a.xml"/><ofd:TemplatePage ID="21" BaseLoc="Tpls/b.xml"/></ofd:CommonData>`).
		with("Doc_0/Tpls/a.xml", page(at("10", "底"))).with("Doc_0/Tpls/b.xml", page(at("30", "面")))
}

func noted() parts {
	annot := func(kind, more, objects string) string {
		return `<ofd:Annot Type="` + kind + `" ID="30" ` + more + `><ofd:Appearance Boundary="5 50 90 40">` + objects + `</ofd:Appearance></ofd:Annot>`
	}
	mark := annot("Watermark", "", line("0", "0", code(`DeltaX="g 3 4"`, "保密资料")))
	return sample(line("10", "10", code(`DeltaX="4"`, "正文"))).
		swap("Doc_0/Document.xml", "</ofd:Document>", "<ofd:Annotations>Annots/Annotations.xml</ofd:Annotations></ofd:Document>").
		with("Doc_0/Annots/Annotations.xml", head+`<ofd:Annotations xmlns:ofd="http://www.ofdspec.org/2016"><ofd:Page PageID="1"><ofd:FileLoc>Page_0/Annotation.xml</ofd:FileLoc></ofd:Page></ofd:Annotations>`).
		with("Doc_0/Annots/Page_0/Annotation.xml", head+`<ofd:PageAnnot xmlns:ofd="http://www.ofdspec.org/2016">`+mark+strings.Replace(mark, "5 50", "5 70", 1)+
			annot("Popup", `Visible="false"`, line("0", "10", code("", "藏")))+annot("Stamp", "", line("0", "30", code(`DeltaX="4"`, "批注")))+`</ofd:PageAnnot>`)
}
