package ofd_test

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"html"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"diaoyue.example/workstation/search/extract"
)

const shared = "../../../../shared/data/documents"

var (
	codes    = regexp.MustCompile(`(?s)<[a-z:]*TextCode[^>]*[^/]>(.*?)</[a-z:]*TextCode>`)
	called   = regexp.MustCompile(`<[a-z:]*Template[^>]* TemplateID="(\d+)"`)
	template = regexp.MustCompile(`<[a-z:]*TemplatePage [^>]*>`)
	ident    = regexp.MustCompile(` ID="(\d+)"`)
	location = regexp.MustCompile(` BaseLoc="([^"]+)"`)
	pageTag  = regexp.MustCompile(`<[a-z:]*Page [^>]*BaseLoc="([^"]+)"[^>]*>`)
	rootTag  = regexp.MustCompile(`<[a-z:]*DocRoot>([^<]+)<`)
)

// TestSharedText compares every page of the real files with the text codes of
// its templates and content, read from the XML by other means: without white
// space, the character error rate must be 0.
func TestSharedText(t *testing.T) {
	paths, err := filepath.Glob(shared + "/ofd/*.ofd")
	if err != nil {
		t.Fatal(err)
	}
	if len(paths) == 0 {
		t.Skip("the shared documents are not here")
	}
	f := format(t, extract.Limits{})
	pages, letters := 0, 0
	for _, path := range paths {
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		files := unpacked(t, content)
		root := strings.ToLower(rootTag.FindStringSubmatch(files["ofd.xml"])[1])
		dir := root[:strings.LastIndex(root, "/")+1]
		templates := map[string]string{}
		for _, tag := range template.FindAllString(files[root], -1) {
			templates[ident.FindStringSubmatch(tag)[1]] = files[dir+strings.ToLower(location.FindStringSubmatch(tag)[1])]
		}
		doc, err := open(t, f, content)
		if err != nil {
			t.Errorf("%s: %v", filepath.Base(path), err)
			continue
		}
		for i, m := range pageTag.FindAllStringSubmatch(files[root], -1) {
			page := files[dir+strings.ToLower(m[1])]
			if strings.Contains(page, "CompositeObject") {
				continue // its text stands in the resources
			}
			want := ""
			if used := called.FindStringSubmatch(page); used != nil {
				want = spelled(templates[used[1]])
			}
			want += spelled(page)
			// Annotations and seals follow what the page itself says.
			if got := squeezed(read(t, doc, i+1).Text); !strings.HasPrefix(got, want) {
				t.Errorf("%s page %d:\n%.300s\nwant\n%.300s", filepath.Base(path), i+1, got, want)
			}
			pages++
			letters += len([]rune(want))
		}
	}
	t.Logf("%d characters on %d pages", letters, pages)
	if pages < 30 || letters < 10_000 {
		t.Errorf("only %d characters on %d pages were compared", letters, pages)
	}
}

// TestRandomAccessJBIG2 puts the headers of a JBIG2 file before its data, as
// the other kind of file has them: the picture is the same.
func TestRandomAccessJBIG2(t *testing.T) {
	content, err := os.ReadFile(shared + "/ofd/1.ofd")
	if err != nil {
		t.Skipf("the shared documents are not here: %v", err)
	}
	file := unpacked(t, content)["doc_0/res/image_78.jb2"]
	heads, datas := []byte(file[:13]), []byte{}
	heads[8] &^= 1
	for at := 13; at < len(file); {
		// Segments of this file refer to none, or to one by one byte.
		end := at + 11 + int(file[at+5]>>5)
		size := int(binary.BigEndian.Uint32([]byte(file[end-4 : end])))
		heads = append(heads, file[at:end]...)
		datas = append(datas, file[end:end+size]...)
		at = end + size
	}
	if file[len(file)-7] != 51 { // no mark of the end: headers need one
		heads = append(heads, 0, 0, 0, 99, 51, 0, 0, 0, 0, 0, 0)
	}
	f := format(t, extract.Limits{})
	shownAs := func(data string) []byte {
		doc := mustOpen(t, f, sample(`<ofd:ImageObject Boundary="10 10 80 80" CTM="80 0 0 80 0 0" ResourceID="8"/>`).
			with("Doc_0/PublicRes.xml", resources(`<ofd:MultiMedias><ofd:MultiMedia ID="8" Type="Image"><ofd:MediaFile>a.jb2</ofd:MediaFile></ofd:MultiMedia></ofd:MultiMedias>`)).
			with("Doc_0/Res/a.jb2", data))
		img, err := doc.Render(t.Context(), 1, 400)
		if err != nil {
			t.Fatal(err)
		}
		return img.Bytes
	}
	one, other, none := shownAs(file), shownAs(string(append(heads, datas...))), shownAs("none")
	if !bytes.Equal(one, other) || bytes.Equal(one, none) {
		t.Errorf("pictures of %d and %d bytes, without any %d", len(one), len(other), len(none))
	}
}

func unpacked(t *testing.T, content []byte) map[string]string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		out[strings.ToLower(strings.TrimPrefix(f.Name, "/"))] = string(b)
	}
	return out
}

func spelled(xml string) string {
	var b strings.Builder
	for _, m := range codes.FindAllStringSubmatch(xml, -1) {
		b.WriteString(html.UnescapeString(m[1]))
	}
	return squeezed(b.String())
}

func squeezed(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.In(r, unicode.Cf, unicode.Cc) {
			return -1
		}
		return r
	}, s)
}
