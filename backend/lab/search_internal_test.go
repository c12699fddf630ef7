package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const labPages = `{"id":"A/1#p1","case":"A","record":"A/1","kind":"text","stage":"investigation","date":"2025-06-19","title":"现场检查笔录","page":1,"text":"对仓库实施查封。"}
{"id":"A/2#t59176","case":"A","record":"A/2","kind":"av","title":"现场录像","page":null,"t0":59176,"t1":61000.5,"text":"仓库已经查封"}

{"id":"B/1#p1","case":"B","record":"B/1","title":"查封决定","text":"另文"}
`

func TestSearchIndexAndQuery(t *testing.T) {
	dir := t.TempDir()
	input := filepath.Join(dir, "pages.jsonl")
	if err := os.WriteFile(input, []byte(labPages), 0o600); err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(dir, "index")
	for range 2 { // a second run begins anew
		if got, code := searchLab(t, "", "search", "index", "--out", out, input); code != exitDone || got != "3 documents\n" {
			t.Fatalf("index: %q, exit %d", got, code)
		}
	}
	queries := `{"id":"q1","q":"\"查封\"","limit":0}
{"id":"q2","q":"\"查封\" 仓库"}
{"id":"q3","q":"\"查封\"","limit":1}
{"id":"q4","q":"\"没有\""}
`
	got, code := searchLab(t, queries, "search", "query", "--index", out)
	if code != exitDone {
		t.Fatalf("query: exit %d", code)
	}
	hits := map[string]int{}
	for line := range strings.Lines(got) {
		f := strings.Split(strings.TrimSpace(line), "\t")
		if len(f) != 3 {
			t.Fatalf("line %q", line)
		}
		hits[f[0]]++
	}
	if diff := cmp.Diff(map[string]int{"q1": 3, "q2": 2, "q3": 1}, hits); diff != "" {
		t.Errorf("hits by query (-want +got):\n%s", diff)
	}
	if !strings.HasPrefix(got, "q1\tB/1#p1\t") {
		t.Errorf("the title does not come first:\n%s", got)
	}
	got, code = searchLab(t, `{"id":"r","q":"\"查封\"","group":"record"}
{"id":"c","q":"题名:查封 OR 仓库","group":"case"}
{"id":"n","q":"仓库 日期:2025","group":"case"}
{"id":"a","q":"查封","group":"answer","limit":1}
`, "search", "query", "--index", out)
	want := "r\tA/1\t1\nr\tA/2\t1\nr\tB/1\t1\nc\tA\t2\nc\tB\t1\nn\tA\t1\na\tB\t1\n"
	if code != exitDone || got != want {
		t.Errorf("by group: exit %d\n%s", code, cmp.Diff(want, got))
	}
	for _, args := range [][]string{{"search"}, {"search", "index", input}, {"search", "query"}, {"search", "query", "--index", out, "x"}} {
		if _, code := searchLab(t, "", args...); code != exitUsage {
			t.Errorf("%v: exit %d, want %d", args, code, exitUsage)
		}
	}
	missing := filepath.Join(dir, "none")
	if _, code := searchLab(t, "", "search", "query", "--index", missing); code != exitRefused {
		t.Errorf("an index that is not there: exit %d", code)
	}
	if _, err := os.Stat(missing); err == nil {
		t.Error("asking made an index")
	}
}

func TestText(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.txt")
	if err := os.WriteFile(path, []byte("对仓库\n实施查封"), 0o600); err != nil {
		t.Fatal(err)
	}
	got, code := searchLab(t, "", "text", path, "--json")
	if code != exitDone {
		t.Fatalf("exit %d", code)
	}
	var out struct {
		State, Reason string
		Pages         []struct {
			N            int
			Text, Source string
			Boxes        []struct{ X, Y, W, H float64 }
		}
	}
	if err := json.Unmarshal([]byte(got), &out); err != nil {
		t.Fatal(err)
	}
	if out.State != "text" || len(out.Pages) != 1 || out.Pages[0].N != 1 || out.Pages[0].Text != "对仓库\n实施查封" || len(out.Pages[0].Boxes) != 7 {
		t.Errorf("%+v", out)
	}
	if _, code := searchLab(t, "", "text"); code != exitUsage {
		t.Errorf("without a file: exit %d", code)
	}
	if _, code := searchLab(t, "", "text", path+"x"); code != exitRefused {
		t.Errorf("a file that is not there: exit %d", code)
	}
}

func searchLab(t *testing.T, stdin string, args ...string) (stdout string, code int) {
	t.Helper()
	var out, errs bytes.Buffer
	code = dispatch(t.Context(), args, strings.NewReader(stdin), &out, &errs)
	if (code == exitDone) != (errs.Len() == 0) {
		t.Errorf("%v: exit %d, stderr %q", args, code, errs.String())
	}
	return out.String(), code
}
