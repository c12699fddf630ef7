package pdf_test

import (
	"bytes"
	"compress/zlib"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"

	"diaoyue.example/workstation/search/extract"
)

// holder is a PDF of two pages whose catalogue and first page have these entries;
// more are its objects from number 5 on.
func holder(catalogue, page string, more ...string) []byte {
	return assemble("", append([]string{
		"<< /Type /Catalog /Pages 2 0 R " + catalogue + " >>",
		"<< /Type /Pages /Kids [3 0 R 4 0 R] /Count 2 >>",
		"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 200] " + page + " >>",
		"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 200] >>",
	}, more...))
}

func stream(entries, content string) string {
	return fmt.Sprintf("<< /Type /EmbeddedFile %s /Length %d >>\nstream\n%s\nendstream", entries, len(content), content)
}

func packed(t *testing.T, content []byte) string {
	t.Helper()
	var b bytes.Buffer
	z := zlib.NewWriter(&b)
	if _, err := z.Write(content); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return stream("/Filter /FlateDecode", b.String())
}

// spec is the specification of a file named name whose bytes are object n.
func spec(name string, n int) string {
	var hex strings.Builder
	for _, u := range utf16.Encode([]rune(name)) {
		fmt.Fprintf(&hex, "%04X", u)
	}
	return fmt.Sprintf("<< /Type /Filespec /F (x) /UF <FEFF%s> /EF << /F %d 0 R >> >>", hex.String(), n)
}

// names is the list of a document: these entries under one root.
func names(entries string) string {
	return "/Names << /EmbeddedFiles << /Names [" + entries + "] >> >>"
}

func pin(spec string) string {
	return "<< /Type /Annot /Subtype /FileAttachment /Rect [10 10 30 30] /FS " + spec + " >>"
}

// taken are the embedded files, "name: content" each.
func taken(t *testing.T, content []byte, limits extract.Limits) ([]string, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "x.pdf")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	out := []string{}
	err = extract.New(limits, format(t, limits)).Enclosures(t.Context(), f, "x.pdf", func(e extract.Enclosure) error {
		out = append(out, e.Name+": "+string(e.Content))
		return nil
	})
	return out, err
}

func TestEnclosures(t *testing.T) {
	bomb := packed(t, make([]byte, 65<<20))
	cyclic := "/Names << /EmbeddedFiles 5 0 R >>"
	for _, c := range []struct {
		name   string
		doc    []byte
		limits extract.Limits
		want   []string
		err    error
	}{
		{"none", holder("", ""), extract.Limits{}, []string{}, nil},
		{"data of an invoice", holder(names("(factur-x.xml) "+spec("发票数据.xml", 5)), "", stream("", "<a/>")), extract.Limits{}, []string{"发票数据.xml: <a/>"}, nil},
		{"packed", holder(names("(a) "+spec("a.txt", 5)), "", packed(t, []byte("words"))), extract.Limits{}, []string{"a.txt: words"}, nil},
		{"a portfolio", holder("/Collection << /View /D >> "+names("(1) "+spec("甲.pdf", 5)+" (2) "+spec("乙.pdf", 6)), "", stream("", "1"), stream("", "2")), extract.Limits{}, []string{"甲.pdf: 1", "乙.pdf: 2"}, nil},
		{"on a page", holder("", "/Annots [<< /Type /Annot /Subtype /Text /Rect [0 0 9 9] >> "+pin(spec("钉.txt", 5))+" 99 0 R]", stream("", "pinned")), extract.Limits{}, []string{"钉.txt: pinned"}, nil},
		{"in the list and on a page", holder(names("(a) "+spec("a.txt", 5)), "/Annots ["+pin(spec("a.txt", 5))+"]", stream("", "one")), extract.Limits{}, []string{"a.txt: one"}, nil},
		{"a name that climbs", holder(names("(a) "+spec("../../etc/\u202epasswd", 5)), "", stream("", "x")), extract.Limits{}, []string{"passwd: x"}, nil},
		{"names that repeat", holder(names("(a) "+spec("a.txt", 5)+" (a) "+spec("a.txt", 6)), "", stream("", "1"), stream("", "2")), extract.Limits{}, []string{"a.txt: 1", "a.txt: 2"}, nil},
		{"no name", holder(names("(a) "+spec("..", 5)), "", stream("", "x")), extract.Limits{}, []string{"1: x"}, nil},
		{"empty", holder(names("(a) "+spec("a", 5)), "", stream("", "")), extract.Limits{}, []string{}, nil},
		{"a size that lies", holder(names("(a) "+spec("a", 5)), "", stream("/Params << /Size 2000000000 >>", "x")), extract.Limits{}, []string{"a: x"}, nil},
		{"kids that are their own", holder(cyclic, "", "<< /Kids [5 0 R 6 0 R] >>", "<< /Kids [5 0 R] >>"), extract.Limits{}, []string{}, nil},
		{"a bomb stops no other", holder(names("(a) "+spec("bomb", 5)+" (b) "+spec("b", 6)), "", bomb, stream("", "2")), extract.Limits{}, []string{"b: 2"}, extract.ErrLimit},
		{"more than may be unpacked", holder(names("(a) "+spec("a", 5)), "", stream("", strings.Repeat("0123456789", 500))), extract.Limits{ExpandedBytes: 4000}, []string{}, extract.ErrLimit},
		{"encrypted", encrypted(t), extract.Limits{}, []string{}, extract.ErrEncrypted},
	} {
		t.Run(c.name, func(t *testing.T) {
			began := time.Now()
			got, err := taken(t, c.doc, c.limits)
			if d := cmp.Diff(c.want, got); d != "" || !errors.Is(err, c.err) {
				t.Errorf("%v, want %v (-want +got):\n%s", err, c.err, d)
			}
			t.Log(time.Since(began))
		})
	}
}

func TestTooManyEnclosures(t *testing.T) {
	listed, pinned := strings.Builder{}, strings.Builder{}
	var files []string
	for i := range 1001 {
		files = append(files, stream("", fmt.Sprint(i)))
		fmt.Fprintf(&listed, "(%04d) %s ", i, spec(fmt.Sprint(i), 5+i))
		pinned.WriteString(pin(spec(fmt.Sprint(i), 5+i)) + " ")
	}
	for name, doc := range map[string][]byte{
		"listed": holder(names(listed.String()), "", files...), "pinned": holder("", "/Annots ["+pinned.String()+"]", files...),
	} {
		got, err := taken(t, doc, extract.Limits{})
		if len(got) != 1000 || !errors.Is(err, extract.ErrLimit) {
			t.Errorf("%s: %d files, %v", name, len(got), err)
		}
	}
}
