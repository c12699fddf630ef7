package desktop_test

import (
	"archive/zip"
	"io/fs"
	"os"
	"strings"
	"testing"

	"diaoyue.example/workstation/backend/desktop"
)

// The matrix that is carried out says what could not be searched and why, as the
// window does: who gets the table alone must not take an empty cell for proof.
func TestListTableTellsWhatWasNotSearched(t *testing.T) {
	s := newStation(t)
	s.recording(t)
	s.signIn(t, "reviewer")
	list, dir := face[*desktop.Search](s), t.TempDir()
	table := func(format string) string {
		saved, err := list.ListTable("琉璃筒瓦", desktop.SearchRequest{}, dir, format)
		if err != nil || saved.Rows != 1 {
			t.Fatalf("%d rows, %v", saved.Rows, err)
		}
		return saved.Path
	}
	text, err := os.ReadFile(table("csv"))
	if err != nil {
		t.Fatal(err)
	}
	book, err := zip.OpenReader(table("xlsx"))
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	sheet, err := fs.ReadFile(book, "xl/worksheets/sheet1.xml")
	if err != nil {
		t.Fatal(err)
	}
	for name, all := range map[string]string{"csv": string(text), "xlsx": string(sheet)} {
		for _, want := range []string{"1 件没有可检索的文字", "没有命中不等于没有", "没有转写 1 件"} {
			if _, after, found := strings.Cut(all, "琉璃筒瓦"); !found || !strings.Contains(after, want) {
				t.Errorf("%s does not say %q after its rows: %q", name, want, all)
			}
		}
	}
}
