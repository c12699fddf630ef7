package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strconv"
	"time"

	"diaoyue.example/workstation/backend/retrieval"
	"diaoyue.example/workstation/search"
)

const searchUsage = `usage: diaoyue-lab search index --out DIR FILE.jsonl
       diaoyue-lab search query --index DIR [--times] < queries.jsonl
`

// maxLine bounds a line of input: a page of text with room to spare.
const maxLine = 64 << 20

// groupAnswer asks for an answer as the window shows it.
const groupAnswer = "answer"

// documentsAtOnce are written to the index together.
const documentsAtOnce = 1000

// runSearch makes an index of loose texts or asks one.
func runSearch(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	if len(args) == 0 {
		fmt.Fprint(stderr, searchUsage)
		return exitUsage
	}
	var err error
	switch args[0] {
	case "index":
		err = searchIndex(ctx, args[1:], stdout)
	case "query":
		err = searchQuery(ctx, args[1:], stdin, stdout, stderr)
	default:
		err = errUsage
	}
	switch {
	case errors.Is(err, errUsage):
		fmt.Fprint(stderr, searchUsage)
		return exitUsage
	case err != nil:
		fmt.Fprintln(stderr, err)
		return exitRefused
	}
	return exitDone
}

// labDocument is a line of the input: a page or a time span.
type labDocument struct {
	ID     string      `json:"id"`
	Case   string      `json:"case"`
	Record string      `json:"record"`
	Kind   string      `json:"kind"`
	Stage  string      `json:"stage"`
	Date   string      `json:"date"`
	Title  string      `json:"title"`
	Page   json.Number `json:"page"`
	T0     json.Number `json:"t0"` // ms
	T1     json.Number `json:"t1"`
	Text   string      `json:"text"`
}

func searchIndex(ctx context.Context, args []string, stdout io.Writer) error {
	var dir string
	f, err := withFile("index", args, func(fs *flag.FlagSet) { fs.StringVar(&dir, "out", "", "") })
	if err != nil {
		return err
	}
	defer f.Close()
	if dir == "" {
		return errUsage
	}
	if err = search.Reset(dir); err != nil {
		return err
	}
	x, err := search.Open(dir, search.Config{})
	if err != nil {
		return err
	}
	defer x.Close()
	count := int64(0)
	batch := make([]search.Document, 0, documentsAtOnce)
	flush := func() error {
		written := batch
		batch = batch[:0]
		count += int64(len(written))
		return x.Put(ctx, written, count)
	}
	err = eachLine(f, func(line []byte) error {
		var d labDocument
		if bad := json.Unmarshal(line, &d); bad != nil {
			return bad
		}
		batch = append(batch, search.Document{
			ID: d.ID, Case: d.Case, Record: d.Record, Kind: d.Kind, Stage: d.Stage, Date: d.Date, Title: d.Title,
			Page: int(whole(d.Page)), T0: whole(d.T0), T1: whole(d.T1), Text: d.Text, Source: search.SourcePage,
		})
		if len(batch) < documentsAtOnce {
			return nil
		}
		return flush()
	})
	if err == nil {
		err = flush()
	}
	if err != nil {
		return fmt.Errorf("index: %w", err)
	}
	if err = x.Close(); err != nil {
		return err
	}
	_, err = fmt.Fprintf(stdout, "%d documents\n", count)
	return err
}

// labQuery is a line of questions. Limit 0 gives all places. Group asks for the
// cases or records that hold them, each with the count of its places; "answer"
// for the answer as the window shows it, with facets and snippets: so many
// cases.
type labQuery struct {
	ID    string `json:"id"`
	Q     string `json:"q"`
	Limit int    `json:"limit"`
	Group string `json:"group"` // "", "record", "case" or "answer"
}

func searchQuery(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) error {
	fs := flag.NewFlagSet("query", flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	dir := fs.String("index", "", "")
	times := fs.Bool("times", false, "")
	if err := fs.Parse(args); err != nil || *dir == "" || fs.NArg() > 0 {
		return errUsage
	}
	// Opening would make an empty index of a folder that is not there.
	if _, err := os.Stat(*dir); err != nil {
		return fmt.Errorf("open index: %w", err)
	}
	words, err := retrieval.Vocabulary()
	if err != nil {
		return err
	}
	x, err := search.Open(*dir, search.Config{Vocabulary: words})
	if err != nil {
		return err
	}
	defer x.Close()
	out := bufio.NewWriter(stdout)
	err = eachLine(stdin, func(line []byte) error {
		var q labQuery
		if bad := json.Unmarshal(line, &q); bad != nil {
			return bad
		}
		began := time.Now()
		lines, bad := answerLines(ctx, x, q)
		if bad != nil {
			return bad
		}
		if *times {
			fmt.Fprintf(stderr, "%s\t%d\t%d\n", q.ID, time.Since(began).Microseconds(), len(lines))
		}
		for _, l := range lines {
			if _, bad = fmt.Fprintf(out, "%s\t%s\t%s\n", q.ID, l.name, l.value); bad != nil {
				return bad
			}
		}
		return out.Flush() // one that asks by a pipe waits for this answer
	})
	if err != nil {
		return fmt.Errorf("query: %w", err)
	}
	return nil
}

// answerLine is what was found, and its score; of a group, its count.
type answerLine struct{ name, value string }

func answerLines(ctx context.Context, x *search.Index, q labQuery) ([]answerLine, error) {
	asked := search.Query{Text: q.Q, Limit: q.Limit}
	var out []answerLine
	switch q.Group {
	case "":
		places, err := x.Places(ctx, asked)
		if err != nil {
			return nil, err
		}
		for _, p := range places {
			out = append(out, answerLine{p.ID, strconv.FormatFloat(p.Score, 'f', 6, 64)})
		}
	case search.LevelRecord, search.LevelCase:
		tally, err := x.Tally(ctx, asked)
		if err != nil {
			return nil, err
		}
		counts := tally.Cases
		if q.Group == search.LevelRecord {
			counts = tally.Records
		}
		for _, c := range counts {
			out = append(out, answerLine{c.ID, strconv.Itoa(c.Places)})
		}
		if q.Limit > 0 && q.Limit < len(out) {
			out = out[:q.Limit]
		}
	case groupAnswer:
		asked.PerRecord = retrieval.DefaultPerRecord
		answer, err := x.Search(ctx, asked)
		if err != nil {
			return nil, err
		}
		for _, g := range answer.Groups {
			out = append(out, answerLine{g.Case, strconv.Itoa(g.Places)})
		}
	default:
		return nil, fmt.Errorf("unknown group %q", q.Group)
	}
	return out, nil
}

// eachLine calls do with every line that is not empty.
func eachLine(r io.Reader, do func([]byte) error) error {
	s := bufio.NewScanner(r)
	s.Buffer(make([]byte, 0, 1<<16), maxLine)
	for n := 1; s.Scan(); n++ {
		if len(s.Bytes()) == 0 {
			continue
		}
		if err := do(s.Bytes()); err != nil {
			return fmt.Errorf("line %d: %w", n, err)
		}
	}
	return s.Err()
}

// whole is a number rounded down; 0 for none.
func whole(n json.Number) int64 {
	f, err := n.Float64()
	if err != nil {
		return 0
	}
	return int64(f)
}
