package ofd_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"diaoyue.example/workstation/search/extract"
	"diaoyue.example/workstation/search/extract/ofd"
)

// with attachments: the list lies beside the attached files, as invoices have
// it, and names them by elements of this kind.
func (p parts) attaching(list string) parts {
	return p.swap("Doc_0/Document.xml", "</ofd:Pages>", "</ofd:Pages><ofd:Attachments>Attachs/Attachments.xml</ofd:Attachments>").
		with("Doc_0/Attachs/Attachments.xml", head+`<ofd:Attachments xmlns:ofd="http://www.ofdspec.org/2016">`+list+`</ofd:Attachments>`)
}

func attachment(attrs, loc string) string {
	return `<ofd:Attachment ID="9" ` + attrs + `><ofd:FileLoc>` + loc + `</ofd:FileLoc></ofd:Attachment>`
}

// taken are the attached files, "name: content" each.
func taken(t *testing.T, content []byte, limits extract.Limits) ([]string, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "x.ofd")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	out := []string{}
	x := extract.New(limits, ofd.New(nil, nil, limits))
	err = x.Enclosures(t.Context(), f, "x.ofd", func(e extract.Enclosure) error {
		out = append(out, e.Name+": "+string(e.Content))
		return nil
	})
	return out, err
}

func TestEnclosures(t *testing.T) {
	const dir = "Doc_0/Attachs/"
	one := sample("")
	two := one.swap("OFD.xml", "</ofd:DocBody>", "</ofd:DocBody><ofd:DocBody><ofd:DocRoot>Doc_1/Document.xml</ofd:DocRoot></ofd:DocBody>").
		with("Doc_1/Document.xml", head+`<ofd:Document xmlns:ofd="http://www.ofdspec.org/2016"><ofd:Attachments>List.xml</ofd:Attachments></ofd:Document>`).
		with("Doc_1/List.xml", head+`<ofd:Attachments xmlns:ofd="http://www.ofdspec.org/2016">`+attachment(`Name="b.txt"`, "b")+`</ofd:Attachments>`).with("Doc_1/b", "B")
	for _, c := range []struct {
		name   string
		doc    parts
		limits extract.Limits
		want   []string
		err    error
	}{
		{"none", one, extract.Limits{}, []string{}, nil},
		{"data of an invoice, not listed by readers", one.attaching(attachment(`Name="original_invoice" Format="xml" Visible="false"`, "original_invoice.xml")).with(dir+"original_invoice.xml", "<a/>"), extract.Limits{}, []string{"original_invoice.xml: <a/>"}, nil},
		{"in a folder of its own", one.attaching(attachment(`Name="Gao"`, "/Doc_0/Res/tulip.jpg")).with("Doc_0/Res/tulip.jpg", "J"), extract.Limits{}, []string{"Gao.jpg: J"}, nil},
		{"a number is no ending", one.attaching(attachment(`Name="表3.2" Format=".csv"`, "1.dat")).with(dir+"1.dat", "a,b"), extract.Limits{}, []string{"表3.2.csv: a,b"}, nil},
		{"an ending of its own", one.attaching(attachment(`Name="合同.docx" Format="application/octet-stream"`, "1.dat")).with(dir+"1.dat", "D"), extract.Limits{}, []string{"合同.docx: D"}, nil},
		{"a name that climbs", one.attaching(attachment(`Name="../../etc/&#x202E;passwd"`, "../../../Doc_0/Attachs/1.txt")).with(dir+"1.txt", "x"), extract.Limits{}, []string{"passwd.txt: x"}, nil},
		{"no name", one.attaching(attachment(`Name=" "`, "1.txt")+attachment("", "2.txt")).with(dir+"1.txt", "1").with(dir+"2.txt", "2"), extract.Limits{}, []string{"1.txt: 1", "2.txt: 2"}, nil},
		{"one part named twice", one.attaching(attachment(`Name="a"`, "1.txt")+attachment(`Name="b"`, "1.TXT")).with(dir+"1.txt", "1"), extract.Limits{}, []string{"a.txt: 1"}, nil},
		{"two documents", two.attaching(attachment(`Name="a.txt"`, "a")).with(dir+"a", "A"), extract.Limits{}, []string{"a.txt: A", "b.txt: B"}, nil},
		{"one missing stops no other", one.attaching(attachment(`Name="a"`, "none.txt")+attachment(`Name="b"`, "1.txt")).with(dir+"1.txt", "1"), extract.Limits{}, []string{"b.txt: 1"}, extract.ErrDamaged},
		{"a bomb stops no other", one.attaching(attachment(`Name="a"`, "bomb.txt")+attachment(`Name="b"`, "1.txt")).with(dir+"bomb.txt", strings.Repeat(" ", 8<<20)).with(dir+"1.txt", "1"), extract.Limits{}, []string{"b.txt: 1"}, extract.ErrLimit},
		{"no list", one.attaching("").with(dir+"Attachments.xml", "\x00<<"), extract.Limits{}, []string{}, extract.ErrDamaged},
		{"more than may be unpacked", one.attaching(attachment(`Name="a"`, "1.txt")).with(dir+"1.txt", strings.Repeat("0123456789", 500)), extract.Limits{ExpandedBytes: 4000}, []string{}, extract.ErrLimit},
		{"another zip", parts{"a.txt": "x"}, extract.Limits{}, []string{}, extract.ErrDamaged},
		{"encrypted", parts{"Encryptions.xml": head + "<a/>", "OFD.xml": "\x00\xff"}, extract.Limits{}, []string{}, extract.ErrEncrypted},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := taken(t, c.doc.pack(t), c.limits)
			if d := cmp.Diff(c.want, got); d != "" || !errors.Is(err, c.err) {
				t.Errorf("%v, want %v (-want +got):\n%s", err, c.err, d)
			}
		})
	}
}

func TestTooManyEnclosures(t *testing.T) {
	list, doc := "", sample("")
	for i := range 1001 {
		name := fmt.Sprintf("%d.txt", i)
		list += attachment(`Name="`+name+`"`, name)
		doc = doc.with("Doc_0/Attachs/"+name, name)
	}
	got, err := taken(t, doc.attaching(list).pack(t), extract.Limits{})
	if len(got) != 1000 || !errors.Is(err, extract.ErrLimit) {
		t.Errorf("%d files, %v", len(got), err)
	}
	got, err = taken(t, sample("").attaching(strings.Repeat(attachment(`Name="a"`, "1.txt"), 5000)).with("Doc_0/Attachs/1.txt", "1").pack(t), extract.Limits{})
	if len(got) != 1 || !errors.Is(err, extract.ErrLimit) {
		t.Errorf("%d files, %v", len(got), err)
	}
}

// TestSharedEnclosures takes the attachments out of the real files: the data of
// invoices, and a picture that the pages show too.
func TestSharedEnclosures(t *testing.T) {
	paths, err := filepath.Glob(shared + "/ofd/*.ofd")
	if err != nil || len(paths) == 0 {
		t.Skipf("the shared documents are not here: %v", err)
	}
	got := map[string]string{}
	for _, path := range paths {
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		files, err := taken(t, content, extract.Limits{})
		if err != nil {
			t.Errorf("%s: %v", filepath.Base(path), err)
		}
		for _, f := range files {
			name, body, _ := strings.Cut(f, ": ")
			got[filepath.Base(path)] += fmt.Sprintf("%s %d;", name, len(body))
		}
	}
	want := map[string]string{
		"1.ofd": "original_invoice.xml 2403;", "999.ofd": "original_invoice.xml 41256;", "AddAttachment.ofd": "Gao.jpg 36494;",
		"draw_param_ref.ofd": "original_invoice.xml 57755;", "no_page_container.ofd": "original_invoice.xml 2552;",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}
