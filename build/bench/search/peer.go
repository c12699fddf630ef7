// Command peer indexes and asks with Bleve's own cjk analyzer: what a program
// would do that took Bleve as it is. It reads and writes what
// `diaoyue-lab search` does.
//
//	peer index --out DIR FILE.jsonl
//	peer query --index DIR < queries.jsonl
package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/blevesearch/bleve/v2"
	"github.com/blevesearch/bleve/v2/analysis/lang/cjk"
	"github.com/blevesearch/bleve/v2/mapping"
	"github.com/blevesearch/bleve/v2/search/query"
)

// batchSize is that of the program it is compared with.
const batchSize = 200

type document struct {
	ID    string `json:"-"`
	Case  string `json:"case"`
	Rec   string `json:"record"`
	Kind  string `json:"kind"`
	Stage string `json:"stage"`
	Date  string `json:"date"`
	Title string `json:"title"`
	Text  string `json:"text"`
}

func main() {
	fs := flag.NewFlagSet("peer", flag.ExitOnError)
	out, in := fs.String("out", "", ""), fs.String("index", "", "")
	times := fs.Bool("times", false, "")
	if len(os.Args) < 2 {
		fail(fmt.Errorf("peer index|query"))
	}
	fail(fs.Parse(os.Args[2:]))
	if os.Args[1] == "index" {
		fail(index(*out, fs.Arg(0)))
		return
	}
	fail(ask(*in, *times))
}

func index(dir, file string) error {
	fail(os.RemoveAll(dir))
	x, err := bleve.New(dir, schema())
	if err != nil {
		return err
	}
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	b := x.NewBatch()
	err = lines(f, func(line []byte) error {
		var id struct {
			ID string `json:"id"`
		}
		var d document
		if err := json.Unmarshal(line, &id); err != nil {
			return err
		}
		if err := json.Unmarshal(line, &d); err != nil {
			return err
		}
		if err := b.Index(id.ID, d); err != nil {
			return err
		}
		if b.Size() < batchSize {
			return nil
		}
		err := x.Batch(b)
		b = x.NewBatch()
		return err
	})
	fail(err)
	fail(x.Batch(b))
	return x.Close()
}

func ask(dir string, times bool) error {
	x, err := bleve.Open(dir)
	if err != nil {
		return err
	}
	w := bufio.NewWriter(os.Stdout)
	err = lines(os.Stdin, func(line []byte) error {
		var q struct {
			ID, Q string
			Limit int
		}
		if err := json.Unmarshal(line, &q); err != nil {
			return err
		}
		began := time.Now()
		var of query.Query
		words := strings.Trim(q.Q, `"`)
		either := bleve.NewDisjunctionQuery()
		for _, field := range []string{"title", "text"} {
			p := bleve.NewMatchPhraseQuery(words)
			p.SetField(field)
			either.AddQuery(p)
		}
		of = either
		if q.Limit == 0 {
			n, err := x.DocCount()
			if err != nil {
				return err
			}
			q.Limit = int(n)
		}
		res, err := x.Search(bleve.NewSearchRequestOptions(of, q.Limit, 0, false))
		if err != nil {
			return err
		}
		took := time.Since(began)
		for _, h := range res.Hits {
			fmt.Fprintf(w, "%s\t%s\t%.6f\n", q.ID, h.ID, h.Score)
		}
		if times {
			fmt.Fprintf(os.Stderr, "%s\t%d\t%d\n", q.ID, took.Microseconds(), len(res.Hits))
		}
		return w.Flush()
	})
	fail(err)
	return x.Close()
}

// schema keeps the same fields as ours, in the same ways.
func schema() mapping.IndexMapping {
	m := bleve.NewIndexMapping()
	m.ScoringModel = "bm25"
	doc := bleve.NewDocumentStaticMapping()
	for _, name := range []string{"text", "title"} {
		f := bleve.NewTextFieldMapping()
		f.Analyzer = cjk.AnalyzerName
		f.Store, f.IncludeTermVectors, f.IncludeInAll, f.DocValues = true, true, false, false
		doc.AddFieldMappingsAt(name, f)
	}
	for _, name := range []string{"case", "record", "kind", "stage", "date"} {
		f := bleve.NewKeywordFieldMapping()
		f.Store, f.IncludeTermVectors, f.IncludeInAll, f.DocValues = true, false, false, true
		doc.AddFieldMappingsAt(name, f)
	}
	m.DefaultMapping = doc
	return m
}

func lines(f *os.File, do func([]byte) error) error {
	s := bufio.NewScanner(f)
	s.Buffer(make([]byte, 1<<16), 64<<20)
	for s.Scan() {
		if err := do(s.Bytes()); err != nil {
			return err
		}
	}
	return s.Err()
}

func fail(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
