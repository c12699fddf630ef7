package desktop_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"diaoyue.example/workstation/backend/desktop"
)

// TestRegisterPaper: printing and carrying out the register is an entry of the
// log before anything leaves, the same rows have the same digest on paper and
// in the workbook, and the auditor's copy names no titles.
func TestRegisterPaper(t *testing.T) {
	s := newStation(t)
	record := s.recording(t)
	s.signIn(t, "reviewer")
	viewings := face[*desktop.Viewings](s)
	v, err := viewings.Open(desktop.ViewingRequest{RecordID: record, Purpose: "planned", Basis: "DY-2026-11-034"})
	if err != nil {
		t.Fatal(err)
	}
	if err = viewings.Close(v.ID); err != nil {
		t.Fatal(err)
	}
	s.signIn(t, "auditor")
	register := face[*desktop.Register](s)
	paper, err := register.Paper(desktop.RegisterFilter{})
	if err != nil {
		t.Fatal(err)
	}
	if paper.Rows != 1 || len(paper.Pages) != 1 || len(paper.Columns) != 17 || !paper.Landscape {
		t.Fatalf("paper: %d rows, %d pages, %d columns", paper.Rows, len(paper.Pages), len(paper.Columns))
	}
	cells := strings.Join(paper.Pages[0].Rows[0].Cells, "|")
	if !strings.Contains(cells, "计划调阅") || !strings.Contains(cells, v.Number) || !strings.Contains(cells, "reviewer") {
		t.Errorf("row: %s", cells)
	}
	cells = strings.ReplaceAll(cells, v.Number, "") // made by chance, it may hold anything
	for _, withheld := range []string{"clip", "J-1", "DY-2026-11-034"} {
		if strings.Contains(cells, withheld) {
			t.Errorf("the auditor's paper tells %q", withheld)
		}
	}
	if foot := strings.Join(paper.Foot, ""); !strings.Contains(foot, paper.Digest[:8]) || !strings.Contains(foot, "auditor") {
		t.Errorf("foot: %s", foot)
	}
	dir := t.TempDir()
	saved, err := register.Workbook(desktop.RegisterFilter{}, dir)
	if err != nil {
		t.Fatal(err)
	}
	if info, statErr := os.Stat(saved.Path); statErr != nil || info.Size() == 0 || filepath.Dir(saved.Path) != dir {
		t.Errorf("workbook: %v", statErr)
	}
	if saved.Digest != paper.Digest {
		t.Errorf("the same rows: %s on paper, %s in the workbook", paper.Digest, saved.Digest)
	}
	for _, want := range []struct {
		event string
		seq   int64
	}{{"printing", paper.Seq}, {"exporting", saved.Seq}} {
		entries, listErr := register.Entries(desktop.LogFilter{Events: []string{want.event}})
		if listErr != nil || len(entries) != 1 || entries[0].Seq != want.seq || !strings.Contains(entries[0].Codes, paper.Digest) {
			t.Errorf("%s: %+v %v", want.event, entries, listErr)
		}
	}
	// A folder that cannot be written to: an error, and the try is in the log.
	if got := s.code(t, "Register.Workbook", desktop.RegisterFilter{}, filepath.Join(dir, "nowhere")); got != "desktop.not_written" {
		t.Errorf("into a folder that is not there: %q", got)
	}
}

// TestUnseenSigns: a file name that turns the line around is told with a sign
// in its place, while the path that finds the file passes as it is.
func TestUnseenSigns(t *testing.T) {
	s := newStation(t)
	path := filepath.Join(t.TempDir(), "报告\u202egpj.txt")
	if err := os.WriteFile(path, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	s.signIn(t, "archivist")
	found, err := face[*desktop.Ingest](s).Inspect([]string{path})
	if err != nil {
		t.Fatal(err)
	}
	if len(found) != 1 || found[0].Name != "报告\ufffdgpj.txt" || found[0].Path != path {
		t.Errorf("%+v", found)
	}
}

// TestLogPaper: what is printed of the log is what was asked for and what the
// account may read, oldest first; the entry comes first and keeps the filter.
func TestLogPaper(t *testing.T) {
	s := newStation(t)
	record := s.recording(t)
	s.signIn(t, "reviewer")
	viewings := face[*desktop.Viewings](s)
	v, err := viewings.Open(desktop.ViewingRequest{RecordID: record, Purpose: "planned", Basis: "DY-2026-11-034"})
	if err != nil {
		t.Fatal(err)
	}
	if err = viewings.Close(v.ID); err != nil {
		t.Fatal(err)
	}
	if got := s.code(t, "Register.LogPaper", desktop.LogFilter{}); got != "accounts.forbidden" {
		t.Errorf("a reviewer prints the log of others: %q", got)
	}
	s.signIn(t, "auditor")
	register := face[*desktop.Register](s)
	filter := desktop.LogFilter{Events: []string{"displaying", "viewing-closed"}, Object: "record:" + record}
	paper, err := register.LogPaper(filter)
	if err != nil {
		t.Fatal(err)
	}
	rows := paper.Pages[0].Rows
	if paper.Rows != 2 || len(paper.Columns) != 8 || !paper.Landscape {
		t.Fatalf("paper: %d rows, %d columns", paper.Rows, len(paper.Columns))
	}
	first, text := strings.Join(rows[0].Cells, "|"), fmt.Sprint(rows)
	if !strings.Contains(first, "reviewer") || !strings.Contains(first, "事由 计划调阅") || len(rows[0].Cells[7]) != 8 {
		t.Errorf("the opening comes first: %s", first)
	}
	for _, withheld := range []string{"clip", "J-1", "DY-2026-11-034"} {
		if strings.Contains(text, withheld) {
			t.Errorf("the auditor's paper tells %q", withheld)
		}
	}
	if under := strings.Join(paper.Under, ""); !strings.Contains(under, "共 2 条") || !strings.Contains(under, record[len(record)-6:]) {
		t.Errorf("what was asked for is not told: %s", under)
	}
	saved, err := register.LogWorkbook(filter, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if info, statErr := os.Stat(saved.Path); statErr != nil || info.Size() == 0 || saved.Digest != paper.Digest || saved.Rows != 2 {
		t.Errorf("workbook: %+v %v", saved, statErr)
	}
	entries, err := register.Entries(desktop.LogFilter{Events: []string{"printing"}})
	if err != nil || len(entries) != 1 || entries[0].Seq != paper.Seq || !strings.Contains(entries[0].Codes, record) || !strings.Contains(entries[0].Codes, paper.Digest) {
		t.Errorf("printing: %+v %v", entries, err)
	}
	// The security administrator prints business accounts alone.
	s.signIn(t, "secadmin")
	if paper, err = register.LogPaper(desktop.LogFilter{}); err != nil {
		t.Fatal(err)
	}
	who := map[string]bool{}
	for _, page := range paper.Pages {
		for _, row := range page.Rows {
			who[row.Cells[2]] = true
		}
	}
	if !who["reviewer reviewer"] || who["auditor auditor"] || who["secadmin secadmin"] {
		t.Errorf("whose entries the security administrator prints: %v", who)
	}
}
