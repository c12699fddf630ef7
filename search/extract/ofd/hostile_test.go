package ofd_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"diaoyue.example/workstation/search/extract"
	"diaoyue.example/workstation/search/extract/ofd"
)

// TestHostile takes documents that mean harm: each ends soon, in an error with
// a name or in a page without it.
func TestHostile(t *testing.T) {
	text := line("10", "10", code(`DeltaX="4"`, "正文"))
	unit := func(inner string) string {
		return resources(`<ofd:CompositeGraphicUnits><ofd:CompositeGraphicUnit ID="7" Width="9" Height="9"><ofd:Content>` + inner + `</ofd:Content></ofd:CompositeGraphicUnit></ofd:CompositeGraphicUnits>`)
	}
	self := `<ofd:CompositeObject Boundary="0 0 9 9" ResourceID="7"/>`
	double := func() string { // each unit holds the next twice: 2^40 in all
		var b strings.Builder
		for i := range 40 {
			id, next := string(rune('a'+i%26))+string(rune('a'+i/26)), string(rune('a'+(i+1)%26))+string(rune('a'+(i+1)/26))
			two := strings.Repeat(`<ofd:CompositeObject Boundary="0 0 9 9" ResourceID="`+next+`"/>`, 2)
			b.WriteString(`<ofd:CompositeGraphicUnit ID="` + id + `"><ofd:Content>` + two + `</ofd:Content></ofd:CompositeGraphicUnit>`)
		}
		return resources(`<ofd:CompositeGraphicUnits>` + b.String() + `</ofd:CompositeGraphicUnits>`)
	}
	area := func(box string) parts {
		return sample(text).swap("Doc_0/Pages/Page_0/Content.xml", "0 0 100 100", box)
	}
	const content = "Doc_0/Pages/Page_0/Content.xml"
	f := format(t, extract.Limits{})
	for _, c := range []struct {
		name string
		doc  parts
		want error // of the page; nil is a page with "正文" in it
	}{
		{"a unit that holds itself", sample(text+self).with("Doc_0/PublicRes.xml", unit(self)), nil},
		{"units that double", sample(text+`<ofd:CompositeObject Boundary="0 0 9 9" ResourceID="aa"/>`).with("Doc_0/PublicRes.xml", double()), extract.ErrLimit},
		{"a template that names itself", withPage(page(`<ofd:Template TemplateID="20"/>`+layer(text))).
			swap("Doc_0/Document.xml", "</ofd:CommonData>", `<ofd:TemplatePage ID="20" BaseLoc="Tpls/a.xml"/></ofd:CommonData>`).
			with("Doc_0/Tpls/a.xml", page(`<ofd:Template TemplateID="20"/>`)), nil},
		{"a page that is its own template", withPage(page(`<ofd:Template TemplateID="20"/>`+layer(text))).
			swap("Doc_0/Document.xml", "</ofd:CommonData>", `<ofd:TemplatePage ID="20" BaseLoc="Pages/Page_0/Content.xml"/></ofd:CommonData>`), nil},
		{"a drawing parameter that is its own parent", sample(strings.Replace(text, `ID="9"`, `DrawParam="50"`, 1)).
			with("Doc_0/PublicRes.xml", resources(`<ofd:DrawParams><ofd:DrawParam ID="50" Relative="50"/></ofd:DrawParams>`)), nil},
		{"a seal that bears itself", sample(text).signed(t, "ofd", string(sample("").signed(t, "ofd", string(sample("").pack(t)), `<ofd:StampAnnot PageRef="1" Boundary="0 0 9 9"/>`).pack(t)), `<ofd:StampAnnot PageRef="1" Boundary="0 0 9 9"/>`), nil},
		{"a page of a thousand kilometres", area("0 0 1000000000 1000000000"), nil},
		{"a page of ten kilometres", area("0 0 9999999 9999999"), nil},
		{"a strip", area("0 0 0.001 9999999"), nil},
		{"a page of no size", area("0 0 0 0"), nil},
		{"a page turned inside out", area("0 0 -100 -100"), nil},
		{"no numbers", area("NaN Inf -Inf 1e999"), nil},
		{"no numbers in objects", sample(text + strings.NewReplacer("10", "NaN", "80", "Inf", "4", "-Inf").Replace(text) +
			`<ofd:PathObject Boundary="NaN NaN NaN NaN" CTM="NaN 0 0 1e308 0 0" LineWidth="-5" MiterLimit="NaN" DashPattern="NaN 0 -1"><ofd:AbbreviatedData>M NaN Inf L 1e300 -1e300 A 1e-300 1e300 NaN 1 1 0 0 B 1 2 C</ofd:AbbreviatedData></ofd:PathObject>`), nil},
		{"a step repeated without end", sample(text + line("10", "20", code(`DeltaX="g 999999999 1 g 99999999999999999999 2"`, "长"))), nil},
		{"a text of megabytes", sample(line("10", "10", code("", strings.Repeat("\u5b57x", 1<<20)))), extract.ErrLimit},
		{"an outline of millions of steps", sample(text + `<ofd:PathObject Boundary="0 0 90 90"><ofd:AbbreviatedData>M 0 0 ` + steps(600_000) + `</ofd:AbbreviatedData></ofd:PathObject>`), extract.ErrLimit},
		{"glyphs for millions of characters", sample(line("10", "10", strings.Repeat(`<ofd:CGTransform CodePosition="0" CodeCount="9999999"><ofd:Glyphs>1</ofd:Glyphs></ofd:CGTransform>`, 2000)+code("", "\u5b57"))), extract.ErrLimit},
		{"a pattern of too many cells", sample(text + `<ofd:PathObject Boundary="0 0 90 90" Fill="true"><ofd:FillColor><ofd:Pattern Width="0.0001" Height="0.0001"><ofd:CellContent/></ofd:Pattern></ofd:FillColor><ofd:AbbreviatedData>M 0 0 L 90 90</ofd:AbbreviatedData></ofd:PathObject>`), nil},
		{"names that climb out", sample(text).with("../../../etc/passwd", "x").with("/etc/shadow", "y").swap("Doc_0/Document.xml", `BaseLoc="Pages/`, `BaseLoc="../../../Doc_0/Pages/`), nil},
		{"too deep", sample(text).with(content, strings.Repeat("<a>", 300)), extract.ErrLimit},
		{"too many elements", sample(text).with(content, "<a>"+strings.Repeat("<b/>", 700_000)+"</a>"), extract.ErrLimit},
		{"a bomb", sample(text).with(content, page(strings.Repeat(" ", 8<<20))), extract.ErrLimit},
		{"entities that grow", sample(text).with(content, `<!DOCTYPE a [<!ENTITY b "bbbbbbbbbb"><!ENTITY c "&b;&b;&b;&b;">]>`+strings.Replace(page(layer(text)), head, "", 1)), nil},
		{"not XML", sample(text).with(content, "\x00\x01\x02<<<"), extract.ErrDamaged},
		{"an empty page part", sample(text).with(content, ""), extract.ErrDamaged},
		{"no page part", sample(text).swap("Doc_0/Document.xml", "Content.xml", "None.xml"), extract.ErrDamaged},
	} {
		t.Run(c.name, func(t *testing.T) {
			begun := time.Now()
			doc := mustOpen(t, f, c.doc)
			p, err := doc.Page(t.Context(), 1)
			if !errors.Is(err, c.want) {
				t.Fatalf("%v, want %v", err, c.want)
			}
			if c.want == nil && !strings.Contains(p.Text, "正文") {
				t.Errorf("text %q", p.Text)
			}
			if _, err = doc.Render(t.Context(), 1, 300); !errors.Is(err, c.want) {
				t.Errorf("as a picture: %v, want %v", err, c.want)
			}
			if took := time.Since(begun); took > 20*time.Second {
				t.Errorf("took %v", took)
			}
		})
	}
}

// steps is an outline that does not pack well.
func steps(n int) string {
	var b strings.Builder
	for x := range n {
		fmt.Fprintf(&b, "L %d %d ", x*7919%100, x*x%97)
	}
	return b.String()
}

func TestOpenRefuses(t *testing.T) {
	good := sample(line("10", "10", code("", "一")))
	whole := good.pack(t)
	for _, c := range []struct {
		name    string
		content []byte
		limits  extract.Limits
		want    error
	}{
		{"cut in half", whole[:len(whole)/2], extract.Limits{}, extract.ErrDamaged},
		{"another zip", parts{"a.txt": "x"}.pack(t), extract.Limits{}, extract.ErrDamaged},
		{"no pages", good.swap("Doc_0/Document.xml", "<ofd:Page ", "<ofd:None ").pack(t), extract.Limits{}, extract.ErrDamaged},
		{"too many pages", good.swap("Doc_0/Document.xml", "</ofd:Pages>", strings.Repeat(`<ofd:Page ID="1" BaseLoc="Pages/Page_0/Content.xml"/>`, 9)+"</ofd:Pages>").pack(t), extract.Limits{Pages: 5}, extract.ErrLimit},
		{"the same document again and again", good.swap("OFD.xml", "</ofd:DocBody>", "</ofd:DocBody>"+strings.Repeat("<ofd:DocBody><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody>", 9000)).pack(t), extract.Limits{}, extract.ErrLimit},
		{"first part a bomb", good.with("OFD.xml", strings.Repeat(" ", 8<<20)).pack(t), extract.Limits{}, extract.ErrLimit},
		{"more than may be unpacked", good.pack(t), extract.Limits{ExpandedBytes: 300}, extract.ErrLimit},
		{"encrypted", parts{"Encryptions.xml": head + "<a/>", "OFD.xml": "\x00\xff"}.pack(t), extract.Limits{}, extract.ErrEncrypted},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := open(t, format(t, c.limits), c.content); !errors.Is(err, c.want) {
				t.Errorf("%v, want %v", err, c.want)
			}
		})
	}
	f := format(t, extract.Limits{})
	for _, c := range []struct {
		name string
		head []byte
		yes  bool
	}{
		{"a.ofd", whole, true},
		{"a.OFD", whole, true},
		{"a.bin", whole, true},
		{"a.ofd", []byte("%PDF-1.4"), false},
		{"a.docx", parts{"word/document.xml": ""}.pack(t), false},
	} {
		if got := f.Probe(c.head, c.name) > 0; got != c.yes {
			t.Errorf("Probe(%s) = %v", c.name, got)
		}
	}
}

func TestTooMuchText(t *testing.T) {
	long := strings.Repeat(line("10", "10", code("", strings.Repeat("字", 100))), 40)
	if _, err := mustOpen(t, format(t, extract.Limits{TextBytes: 5000}), sample(long)).Page(t.Context(), 1); !errors.Is(err, extract.ErrLimit) {
		t.Errorf("%v, want ErrLimit", err)
	}
}

// TestTooMuchDrawing cuts many marks along one long outline: the text is read,
// the drawing has a bound.
func TestTooMuchDrawing(t *testing.T) {
	cut := `<ofd:Clips><ofd:Clip><ofd:Area><ofd:Path Boundary="0 0 9 9"><ofd:AbbreviatedData>M 0 0 ` + steps(50_000) + `</ofd:AbbreviatedData></ofd:Path></ofd:Area></ofd:Clip></ofd:Clips>`
	marks := strings.Repeat(line("10", "10", code("", "A")), 2000)
	doc := mustOpen(t, format(t, extract.Limits{}), sample(`<ofd:CompositeObject Boundary="0 0 9 9" ResourceID="7">`+cut+`</ofd:CompositeObject>`).
		with("Doc_0/PublicRes.xml", resources(`<ofd:CompositeGraphicUnits><ofd:CompositeGraphicUnit ID="7"><ofd:Content>`+marks+`</ofd:Content></ofd:CompositeGraphicUnit></ofd:CompositeGraphicUnits>`)))
	if p := read(t, doc, 1); len(p.Boxes) != 2000 {
		t.Errorf("%d boxes", len(p.Boxes))
	}
	if _, err := doc.Render(t.Context(), 1, 100); !errors.Is(err, extract.ErrLimit) {
		t.Errorf("%v, want ErrLimit", err)
	}
}

// TestReadAgain asks for one page many times: what a document may unpack is
// counted once.
func TestReadAgain(t *testing.T) {
	p := sample(line("10", "10", code("", "一"))).signed(t, "ofd", string(sample("").pack(t)), `<ofd:StampAnnot PageRef="1" Boundary="0 0 9 9"/>`)
	doc := mustOpen(t, format(t, extract.Limits{ExpandedBytes: 6000}), p)
	for range 20 {
		read(t, doc, 1)
	}
}

func TestConcurrentUseAndClose(t *testing.T) {
	doc := mustOpen(t, format(t, extract.Limits{}), sample(line("10", "10", code(`DeltaX="4"`, "正文"))))
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 3 {
				if p, err := doc.Page(t.Context(), 1); err != nil || p.Text != "正文" {
					t.Errorf("%q, %v", p.Text, err)
				}
				if _, err := doc.Render(t.Context(), 1, 100); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := doc.Render(gone, 1, 200); err == nil {
		t.Error("drawn for a caller who has gone")
	}
	if err := doc.Close(); err != nil {
		t.Error(err)
	}
	if _, err := doc.Page(t.Context(), 1); !errors.Is(err, os.ErrClosed) {
		t.Errorf("after closing: %v", err)
	}
}

// inspector is a painter that draws nothing: it asks only that what it is given
// is a PDF whose table of objects is true.
type inspector struct{ t *testing.T }

func (i inspector) OpenReader(_ context.Context, r io.ReaderAt, size int64) (extract.Document, error) {
	b := make([]byte, size)
	if _, err := r.ReadAt(b, 0); err != nil && !errors.Is(err, io.EOF) {
		i.t.Fatal(err)
	}
	tail := b[bytes.LastIndex(b, []byte("startxref\n"))+len("startxref\n"):]
	at, err := strconv.Atoi(string(bytes.TrimSuffix(tail, []byte("\n%%EOF\n"))))
	if err != nil || !bytes.HasPrefix(b, []byte("%PDF-1.7\n")) || !bytes.HasPrefix(b[at:], []byte("xref\n0 ")) {
		i.t.Fatalf("not a PDF: %.200q", b)
	}
	for n, row := range bytes.Split(b[at:bytes.LastIndex(b, []byte("trailer\n"))], []byte("\n"))[3:] {
		if len(row) == 0 {
			continue
		}
		offset, err := strconv.Atoi(string(row[:10]))
		if err != nil || !bytes.HasPrefix(b[offset:], fmt.Appendf(nil, "%d 0 obj\n", n+1)) {
			i.t.Fatalf("object %d is not at %q", n+1, row)
		}
	}
	return nil, errInspected
}

var errInspected = errors.New("inspected")

// FuzzPage gives a page, its resources, and bytes that serve as font, picture
// and seal. Neither text nor PDF may fail but in an error with a name.
func FuzzPage(f *testing.F) {
	all := line("10", "10", code(`DeltaX="g 3 4" DeltaY="1"`, "查封 Ab")) +
		`<ofd:TextObject Boundary="0 0 9 9" Font="6" Size="3" Stroke="true" HScale="2" CharDirection="90" ReadDirection="180"><ofd:FillColor Value="1 2 3"/><ofd:CGTransform CodePosition="0" CodeCount="2" GlyphCount="1"><ofd:Glyphs>1</ofd:Glyphs></ofd:CGTransform><ofd:TextCode>字形</ofd:TextCode></ofd:TextObject>` +
		`<ofd:ImageObject Boundary="1 2 3 4" ResourceID="8" Alpha="9"/><ofd:CompositeObject ResourceID="7"/>` +
		`<ofd:PathObject Boundary="0 0 9 9" Fill="true" DashPattern="1 2"><ofd:FillColor><ofd:AxialShd StartPoint="0 0" EndPoint="1 1"><ofd:Segment><ofd:Color Value="#ff 0 0"/></ofd:Segment></ofd:AxialShd></ofd:FillColor><ofd:Clips><ofd:Clip><ofd:Area><ofd:Path><ofd:AbbreviatedData>M 1 1 A 1 2 30 1 0 5 5 Q 1 1 2 2 C</ofd:AbbreviatedData></ofd:Path></ofd:Area></ofd:Clip></ofd:Clips><ofd:AbbreviatedData>S 0 0 L 1 1 B 1 2 3 4 5 6 C</ofd:AbbreviatedData></ofd:PathObject>`
	units := `<ofd:Fonts><ofd:Font ID="6" FontName="x"><ofd:FontFile>a.bin</ofd:FontFile></ofd:Font></ofd:Fonts><ofd:MultiMedias><ofd:MultiMedia ID="8"><ofd:MediaFile>a.bin</ofd:MediaFile></ofd:MultiMedia></ofd:MultiMedias><ofd:CompositeGraphicUnits><ofd:CompositeGraphicUnit ID="7"><ofd:Content><ofd:CompositeObject ResourceID="7"/></ofd:Content></ofd:CompositeGraphicUnit></ofd:CompositeGraphicUnits>`
	for _, b := range binaries(f) {
		f.Add(all, units, b)
	}
	f.Add(`<ofd:PageBlock DrawParam="1"><a`, `<ofd:DrawParams><ofd:DrawParam ID="1" Relative="1"/>`, []byte{})
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, objects, more string, binary []byte) {
		p := sample(objects).with("Doc_0/PublicRes.xml", resources(more)).with("Doc_0/Res/a.bin", string(binary)).
			signed(t, "png", string(binary), `<ofd:StampAnnot PageRef="1" Boundary="1 1 9 9" Clip="0 0 1 1"/>`)
		if len(binary) > 0 && binary[0] == 0x30 {
			p = p.with("Doc_0/Signs/Sign_0/SignedValue.dat", string(binary))
		}
		path := filepath.Join(dir, "x.ofd")
		if err := os.WriteFile(path, p.pack(t), 0o600); err != nil {
			t.Fatal(err)
		}
		file, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		doc, err := ofd.New(inspector{t}, []string{path}, extract.Limits{}).Open(context.Background(), file, "x.ofd")
		if err != nil {
			t.Fatal(err)
		}
		got, err := doc.Page(context.Background(), 1)
		named(t, err)
		checkBoxes(t, got)
		if _, err = doc.Render(context.Background(), 1, 100); !errors.Is(err, errInspected) {
			named(t, err)
		}
	})
}

func named(t *testing.T, err error) {
	t.Helper()
	if err != nil && !errors.Is(err, extract.ErrDamaged) && !errors.Is(err, extract.ErrLimit) {
		t.Fatal(err)
	}
}

// binaries are beginnings of the kinds of bytes that a document holds, and
// those of the real files where they are here.
func binaries(tb testing.TB) [][]byte {
	tb.Helper()
	out := [][]byte{
		[]byte(picture(tb)), sample("").pack(tb),
		{0x30, 0x03, 0x02, 0x01, 0x01},
		[]byte("\x00\x01\x00\x00\x00\x01\x00\x80\x00\x03\x00\x70head"), []byte("\x01\x00\x04\x01\x00\x01\x01\x01\x02x"), []byte("OTTO\x00\x01"),
		[]byte("\x97JB2\r\n\x1a\n\x01\x00\x00\x00\x01\x00\x00\x00\x00\x30\x00\x01\x00\x00\x00\x13\x00\x00\x00\x08\x00\x00\x00\x08"), []byte("\xff\xd8\xff\xe0"),
	}
	return append(out, realBinaries(tb)...)
}
