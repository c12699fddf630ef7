package search_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"diaoyue.example/workstation/search"
)

func TestReopenKeepsPositionAndDocuments(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "index")
	x := open(t, dir)
	if p, err := x.Position(); err != nil || p != 0 {
		t.Fatalf("position of a new index: %d, %v", p, err)
	}
	put(t, x, 7, page("A", "A/1", 1, "查封仓库"))
	if err := x.Close(); err != nil {
		t.Fatal(err)
	}
	x = open(t, dir)
	if p, err := x.Position(); err != nil || p != 7 {
		t.Errorf("position after reopening: %d, %v; want 7", p, err)
	}
	if got := ids(t, x, `"查封"`); !cmp.Equal(got, []string{"A/1#p1"}) {
		t.Errorf("found %v", got)
	}
}

func TestReplaceRemovesWhatIsGone(t *testing.T) {
	x := open(t, t.TempDir())
	put(t, x, 1, page("A", "A/1", 1, "旧页一"), page("A", "A/1", 2, "旧页二"), page("A", "A/2", 1, "旧页三"))
	if err := x.Replace(t.Context(), "A/1", []search.Document{page("A", "A/1", 1, "新页一")}, 2); err != nil {
		t.Fatal(err)
	}
	if got := ids(t, x, `"旧页"`); !cmp.Equal(got, []string{"A/2#p1"}) {
		t.Errorf("old pages: %v", got)
	}
	if got := ids(t, x, `"新页"`); !cmp.Equal(got, []string{"A/1#p1"}) {
		t.Errorf("new pages: %v", got)
	}
	if err := x.Replace(t.Context(), "A/2", nil, 3); err != nil {
		t.Fatal(err)
	}
	if n, err := x.Count(); err != nil || n != 1 {
		t.Errorf("%d places, %v; want 1", n, err)
	}
	if err := x.Delete(t.Context(), []string{"A/1#p1"}, 4); err != nil {
		t.Fatal(err)
	}
	if n, _ := x.Count(); n != 0 {
		t.Errorf("%d places after Delete", n)
	}
	if p, _ := x.Position(); p != 4 {
		t.Errorf("position %d, want 4", p)
	}
}

func TestManyBatches(t *testing.T) {
	x := open(t, t.TempDir())
	var docs []search.Document
	for n := range 450 {
		docs = append(docs, page("A", "A/1", n+1, "第"+strconv.Itoa(n)+"页封条"))
	}
	put(t, x, 9, docs...)
	res := find(t, x, search.Query{Text: `"封条"`, PerRecord: 3})
	if res.Places != 450 || res.Records != 1 || res.Cases != 1 || len(res.Groups[0].Records[0].Hits) != 3 {
		t.Errorf("places %d records %d cases %d hits %d", res.Places, res.Records, res.Cases, len(res.Groups[0].Records[0].Hits))
	}
}

// A process that is killed leaves a whole index: everything acknowledged is
// there afterwards. While it lives, another is told that the index is held.
func TestKilledWhileWriting(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "index")
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestWriterProcess$", "-test.v")
	cmd.Env = append(os.Environ(), "DIAOYUE_TEST_INDEX="+dir)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err = cmd.Start(); err != nil {
		t.Fatal(err)
	}
	acknowledged := waitForLine(t, out, 12)
	if _, err = search.Open(dir, search.Config{}); !errors.Is(err, search.ErrHeld) {
		t.Errorf("a second process opened the index: %v", err)
	}
	if err = cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()

	x := open(t, dir)
	p, err := x.Position()
	if err != nil || p < int64(acknowledged) {
		t.Fatalf("position %d, %v; %d was acknowledged", p, err, acknowledged)
	}
	for n := 1; n <= int(p); n++ {
		if got := ids(t, x, `"第`+strconv.Itoa(n)+`份"`); len(got) != 1 {
			t.Errorf("document %d of %d: found %v", n, p, got)
		}
	}
}

func TestWriterProcess(t *testing.T) {
	dir := os.Getenv("DIAOYUE_TEST_INDEX")
	if dir == "" {
		t.Skip("runs only as the child of TestKilledWhileWriting")
	}
	x, err := search.Open(dir, search.Config{})
	if err != nil {
		t.Fatal(err)
	}
	for n := 1; ; n++ {
		d := page("A", "A/"+strconv.Itoa(n), 1, "第"+strconv.Itoa(n)+"份文书")
		if err := x.Put(context.Background(), []search.Document{d}, int64(n)); err != nil {
			t.Fatal(err)
		}
		os.Stdout.WriteString("written " + strconv.Itoa(n) + "\n")
	}
}

func waitForLine(t *testing.T, r interface{ Read([]byte) (int, error) }, until int) int {
	t.Helper()
	deadline := time.Now().Add(30 * time.Second)
	var seen strings.Builder
	buf := make([]byte, 4096)
	for time.Now().Before(deadline) {
		n, err := r.Read(buf)
		seen.Write(buf[:n])
		if i := strings.LastIndex(seen.String(), "written "); i >= 0 {
			if line, _, ok := strings.Cut(seen.String()[i+len("written "):], "\n"); ok {
				if v, _ := strconv.Atoi(line); v >= until {
					return v
				}
			}
		}
		if err != nil {
			t.Fatalf("the writer ended: %v\n%s", err, seen.String())
		}
	}
	t.Fatal("the writer was too slow")
	return 0
}

func TestDamagedAndForeign(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "index")
	x := open(t, dir)
	put(t, x, 1, page("A", "A/1", 1, "查封"))
	if err := x.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "index_meta.json"), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := search.Open(dir, search.Config{}); !errors.Is(err, search.ErrDamaged) {
		t.Fatalf("a damaged index: %v, want ErrDamaged", err)
	}
	if err := search.Reset(dir); err != nil {
		t.Fatal(err)
	}
	y := open(t, dir)
	if n, err := y.Count(); err != nil || n != 0 {
		t.Errorf("after Reset: %d places, %v", n, err)
	}

	other := t.TempDir()
	if err := os.WriteFile(filepath.Join(other, "letter.txt"), []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := search.Reset(other); err == nil {
		t.Error("Reset removed a folder that is no index")
	}
}

func TestClosed(t *testing.T) {
	x, err := search.Open(t.TempDir(), search.Config{})
	if err != nil {
		t.Fatal(err)
	}
	if err = x.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err = x.Search(t.Context(), search.Query{Text: "查封"}); !errors.Is(err, search.ErrClosed) {
		t.Errorf("Search on a closed index: %v", err)
	}
	if err = x.Put(t.Context(), []search.Document{page("A", "A/1", 1, "x")}, 1); !errors.Is(err, search.ErrClosed) {
		t.Errorf("Put on a closed index: %v", err)
	}
}

func open(tb testing.TB, dir string) *search.Index {
	tb.Helper()
	x, err := search.Open(dir, search.Config{Vocabulary: english()})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = x.Close() })
	return x
}

func put(tb testing.TB, x *search.Index, position int64, docs ...search.Document) {
	tb.Helper()
	if err := x.Put(context.Background(), docs, position); err != nil {
		tb.Fatal(err)
	}
}

func page(caseID, record string, n int, text string) search.Document {
	return search.Document{
		ID: record + "#p" + strconv.Itoa(n), Case: caseID, Record: record, Kind: "text", Stage: "调查取证",
		Date: "2025-06-19", Page: n, Text: text, Source: search.SourcePage,
	}
}

func find(tb testing.TB, x *search.Index, q search.Query) search.Result {
	tb.Helper()
	res, err := x.Search(context.Background(), q)
	if err != nil {
		tb.Fatal(err)
	}
	return res
}

// ids is every place found, in order of id.
func ids(tb testing.TB, x *search.Index, text string) []string {
	tb.Helper()
	places, err := x.Places(context.Background(), search.Query{Text: text})
	if err != nil {
		tb.Fatal(err)
	}
	var out []string
	for _, p := range places {
		out = append(out, p.ID)
	}
	return out
}
