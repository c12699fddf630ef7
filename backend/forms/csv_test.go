package forms_test

import (
	"bytes"
	"os"
	"testing"

	"diaoyue.example/workstation/backend/forms"
)

func TestCSV(t *testing.T) {
	s := forms.Sheet{
		Title: "名单", Columns: []forms.Column{{Title: "内容"}, {Title: "处数"}},
		Rows: [][]string{{"蒋军波, \"甲\"", "3"}, {"=1+1", ""}, {"-5", "0"}, {"两\n行", "1"}},
	}
	var b bytes.Buffer
	if err := forms.WriteCSV(&b, s); err != nil {
		t.Fatal(err)
	}
	want := "\ufeff内容,处数\r\n\"蒋军波, \"\"甲\"\"\",3\r\n'=1+1,\r\n'-5,0\r\n\"两\r\n行\",1\r\n"
	if got := b.String(); got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	dir := t.TempDir()
	path, err := forms.SaveCSV(dir, "../../a.csv", s)
	if err != nil {
		t.Fatal(err)
	}
	if held, err := os.ReadFile(path); err != nil || string(held) != want {
		t.Errorf("%s: %q, %v", path, held, err)
	}
	if _, err := forms.SaveCSV(dir, "a.csv", s); err == nil {
		t.Error("it was written over")
	}
	b.Reset()
	s.Under, s.Foot = []string{"只列出前 200 卷。"}, []string{"=1 件没有查"}
	if err := forms.WriteCSV(&b, s); err != nil || b.String() != want+"只列出前 200 卷。,\r\n'=1 件没有查,\r\n" {
		t.Errorf("what stands around the table: %q, %v", b.String(), err)
	}
	s.Rows = append(s.Rows, []string{"kurz"})
	if err := forms.WriteCSV(&b, s); err == nil {
		t.Error("a ragged row was written")
	}
}
