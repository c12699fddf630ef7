package search_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"diaoyue.example/workstation/search"
	"diaoyue.example/workstation/search/analysis"
)

// TestOracle compares quoted search with a search through every text: the same
// places, records and cases, nothing missed and nothing too much.
func TestOracle(t *testing.T) {
	compareWithOracle(t, synthetic(600), 250)
}

// TestOracleSharedCases does the same over the project's synthetic cases, where
// they lie beside the repository.
func TestOracleSharedCases(t *testing.T) {
	if testing.Short() {
		t.Skip("short run")
	}
	const path = "../../shared/data/search/cases_synth.jsonl.zst"
	if _, err := os.Stat(path); err != nil {
		t.Skipf("the shared cases are not here: %v", err)
	}
	zstd, err := exec.LookPath("zstdcat")
	if err != nil {
		t.Skipf("zstdcat is not installed: %v", err)
	}
	cmd := exec.CommandContext(t.Context(), zstd, path)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err = cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var docs []search.Document
	lines := bufio.NewScanner(out)
	lines.Buffer(make([]byte, 1<<20), 16<<20)
	for lines.Scan() && len(docs) < 2500 {
		var d struct{ ID, Parent, Case, RType, Stage, Title, Date, Text string }
		if err = json.Unmarshal(lines.Bytes(), &d); err != nil {
			t.Fatal(err)
		}
		docs = append(docs, search.Document{ID: d.ID, Record: d.Parent, Case: d.Case, Kind: d.RType, Stage: d.Stage, Title: d.Title, Date: d.Date, Text: d.Text})
	}
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
	compareWithOracle(t, docs, 300)
}

func compareWithOracle(t *testing.T, docs []search.Document, queries int) {
	t.Helper()
	x := open(t, t.TempDir())
	put(t, x, 1, docs...)
	f, err := analysis.NewFolder()
	if err != nil {
		t.Fatal(err)
	}
	titles, texts := make([]string, len(docs)), make([]string, len(docs))
	for i, d := range docs {
		titles[i], texts[i] = f.Fold(d.Title), f.Fold(d.Text)
	}
	rnd := rand.New(rand.NewPCG(1, 2))
	found := 0
	for range queries {
		q := sample(rnd, docs)
		folded := f.Fold(q)
		if folded == "" {
			continue
		}
		var want []string
		records, cases := map[string]bool{}, map[string]bool{}
		for i, d := range docs {
			if strings.Contains(titles[i], folded) || strings.Contains(texts[i], folded) {
				want = append(want, d.ID)
				records[d.Record], cases[d.Case] = true, true
			}
			if strings.Contains(d.Text, q) && !slices.Contains(want, d.ID) {
				t.Fatalf("%q: the fold loses a literal match in %s", q, d.ID)
			}
		}
		got := ids(t, x, `"`+q+`"`)
		slices.Sort(got)
		slices.Sort(want)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q (-oracle +index):\n%s", q, diff)
		}
		res := find(t, x, search.Query{Text: `"` + q + `"`, Limit: 1, PerRecord: 1})
		if res.Places != len(want) || res.Records != len(records) || res.Cases != len(cases) {
			t.Errorf("%q: places %d records %d cases %d, want %d, %d, %d", q, res.Places, res.Records, res.Cases, len(want), len(records), len(cases))
		}
		found += len(got)
	}
	if found < queries {
		t.Errorf("only %d places in %d queries: the oracle proves nothing", found, queries)
	}
}

// sample is a random piece of 1 to 20 characters of a title or text.
func sample(rnd *rand.Rand, docs []search.Document) string {
	d := docs[rnd.IntN(len(docs))]
	from := d.Text
	if rnd.IntN(6) == 0 && d.Title != "" {
		from = d.Title
	}
	runes := []rune(from)
	n := min(1+rnd.IntN(20), len(runes))
	at := rnd.IntN(len(runes) - n + 1)
	return strings.NewReplacer(`"`, "", "“", "", "”", "").Replace(string(runes[at : at+n]))
}

// synthetic makes texts of few words, so that pieces recur and nearly recur:
// what a phrase search gets wrong.
func synthetic(n int) []search.Document {
	rnd := rand.New(rand.NewPCG(3, 4))
	words := []string{
		"查封", "扣押", "仓库", "封条", "查", "封", "财物", "二〇二五年", "晋F·KT8F9", "140621198509180684", "執法", "记录",
		"ＡＢ１２", "，", "。", "〔2025〕33号", "山阴县", "民族宗教", "事务局", " ", "\n", "WZ-2025-157", "①", "Ⅷ", "𠮷", "處罰決定書",
	}
	var docs []search.Document
	for i := range n {
		var text, title strings.Builder
		for range 3 + rnd.IntN(40) {
			text.WriteString(words[rnd.IntN(len(words))])
		}
		for range rnd.IntN(4) {
			title.WriteString(words[rnd.IntN(len(words))])
		}
		c := fmt.Sprintf("C%02d", i%20)
		docs = append(docs, search.Document{
			ID: fmt.Sprintf("%s/R%d#p%d", c, i%7, i), Case: c, Record: fmt.Sprintf("%s/R%d", c, i%7),
			Title: title.String(), Text: text.String(), Source: search.SourcePage,
		})
	}
	return docs
}
