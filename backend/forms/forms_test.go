package forms_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"diaoyue.example/workstation/backend/forms"
)

func sheet(rows int) forms.Sheet {
	s := forms.Sheet{
		Title: "行政执法记录调阅登记簿", Under: []string{"2026 年 11 月"}, Foot: []string{"覆盖率", "打印"}, Landscape: true,
		Columns: []forms.Column{{Title: "序号", Width: 12, Right: true}, {Title: "调阅人", Width: 30}, {Title: "件", Width: 60}},
	}
	for i := range rows {
		s.Rows = append(s.Rows, []string{fmt.Sprint(i + 1), "周明 0217", "东配殿现场检查"})
	}
	return s
}

func TestPaginate(t *testing.T) {
	for _, c := range []struct{ rows, pages int }{{0, 1}, {1, 1}, {20, 1}, {28, 2}, {300, 12}} {
		pages, err := forms.Paginate(sheet(c.rows))
		if err != nil {
			t.Fatal(err)
		}
		if len(pages) != c.pages {
			t.Errorf("%d rows: %d pages, want %d", c.rows, len(pages), c.pages)
		}
		n := 0
		for i, p := range pages {
			if p.Number != i+1 || p.Of != len(pages) {
				t.Errorf("page %d says %d of %d", i+1, p.Number, p.Of)
			}
			n += len(p.Rows)
		}
		if n != c.rows {
			t.Errorf("%d rows went in, %d are on paper", c.rows, n)
		}
	}
}

// TestTallRows: a long title makes its row higher and the pages more.
func TestTallRows(t *testing.T) {
	s := sheet(40)
	plain, err := forms.Paginate(s)
	if err != nil {
		t.Fatal(err)
	}
	for i := range s.Rows {
		s.Rows[i][2] = strings.Repeat("清源寺未经批准改建院内建筑物案", 4)
	}
	tall, err := forms.Paginate(s)
	if err != nil {
		t.Fatal(err)
	}
	if len(tall) < 2*len(plain) || tall[0].Rows[0].Height < 3*plain[0].Rows[0].Height/2 {
		t.Errorf("%d pages for long titles, %d for short ones; rows %.1f and %.1f mm",
			len(tall), len(plain), tall[0].Rows[0].Height, plain[0].Rows[0].Height)
	}
	// One row higher than a page stands alone; it is not lost.
	s = sheet(3)
	s.Rows[1][2] = strings.Repeat("长", 3000)
	pages, err := forms.Paginate(s)
	if err != nil || len(pages) != 3 {
		t.Errorf("%d pages, %v", len(pages), err)
	}
}

func TestRagged(t *testing.T) {
	s := sheet(1)
	s.Rows[0] = s.Rows[0][:2]
	if _, err := forms.Paginate(s); !errors.Is(err, forms.ErrRagged) {
		t.Error(err)
	}
	if err := forms.WriteXLSX(&bytes.Buffer{}, s); !errors.Is(err, forms.ErrRagged) {
		t.Error(err)
	}
}

// TestWorkbook reads the workbook back: every cell is the text that went in,
// what looks like a formula included.
func TestWorkbook(t *testing.T) {
	s := sheet(2)
	s.Rows[0][2] = `=HYPERLINK("http://example.invalid","x")`
	s.Rows[1][2] = "<img src=x onerror=alert(1)>\u202egpj.exe\x00\n第二行"
	path, err := forms.Save(t.TempDir(), "登记簿.xlsx", s)
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info.Mode(), err)
	}
	book, err := excelize.OpenFile(path)
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	rows, err := book.GetRows("Sheet1")
	if err != nil {
		t.Fatal(err)
	}
	want := [][]string{
		{"行政执法记录调阅登记簿"},
		{"2026 年 11 月"},
		{"序号", "调阅人", "件"},
		{"1", "周明 0217", `=HYPERLINK("http://example.invalid","x")`},
		{"2", "周明 0217", "<img src=x onerror=alert(1)>\ufffdgpj.exe\ufffd\n第二行"},
		{"覆盖率"},
		{"打印"},
	}
	if diff := cmp.Diff(want, rows); diff != "" {
		t.Errorf("workbook (-want +got):\n%s", diff)
	}
	formula, err := book.GetCellFormula("Sheet1", "C4")
	if err != nil || formula != "" {
		t.Errorf("the cell became a formula: %q %v", formula, err)
	}
	layout, err := book.GetPageLayout("Sheet1")
	if err != nil || layout.Orientation == nil || *layout.Orientation != "landscape" || *layout.Size != 9 {
		t.Errorf("layout: %+v %v", layout, err)
	}
	// A second save does not write over the first.
	if _, err := forms.Save(filepath.Dir(path), filepath.Base(path), s); !errors.Is(err, os.ErrExist) {
		t.Errorf("second save: %v", err)
	}
}

func TestTooLarge(t *testing.T) {
	s := sheet(1)
	s.Rows[0][2] = strings.Repeat("x", 32768)
	if err := forms.WriteXLSX(&bytes.Buffer{}, s); !errors.Is(err, forms.ErrTooLarge) {
		t.Error(err)
	}
}

func TestDigest(t *testing.T) {
	a, err := sheet(3).Digest()
	if err != nil {
		t.Fatal(err)
	}
	changed := sheet(3)
	changed.Rows[2][1] = "周明 0218"
	b, err := changed.Digest()
	if err != nil {
		t.Fatal(err)
	}
	noted := sheet(3)
	noted.Foot = []string{"数据摘要 " + a}
	c, err := noted.Digest()
	if err != nil {
		t.Fatal(err)
	}
	if a == b || a != c {
		t.Errorf("%s %s %s", a, b, c)
	}
}
