package main

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"time"

	"diaoyue.example/workstation/backend/conduit"
	"diaoyue.example/workstation/backend/extraction"
	"diaoyue.example/workstation/backend/worker"
	"diaoyue.example/workstation/search/extract"
	papers "diaoyue.example/workstation/search/extract/remote"
)

// Bounds for one hostile paper.
const (
	paperTime   = 60 * time.Second
	paperMemory = 600 << 20 // bytes resident
)

// paperOrdeal is the run over all hostile papers.
type paperOrdeal struct {
	Files   int            `json:"files"`
	Seed    uint64         `json:"seed"`
	States  map[string]int `json:"states"`
	Whys    map[string]int `json:"whys"`   // of those that failed
	Deaths  map[string]int `json:"deaths"` // of workers, by how they ended
	Slowest float64        `json:"slowest_s"`
	Largest float64        `json:"largest_mb"` // resident, of one worker
	Bad     []find         `json:"bad"`
}

// paperWorker is the extractor in its worker, as the window has it.
type paperWorker struct {
	*papers.Client

	mu     sync.Mutex
	child  *worker.Child
	deaths []string
}

func newPaperWorker(setup extraction.Setup) (*paperWorker, error) {
	command, err := setup.Command("lab")
	if err != nil {
		return nil, err
	}
	w := &paperWorker{}
	w.Client = papers.New(papers.Options{
		Options: conduit.Options{
			Start: func(ctx context.Context) (conduit.Worker, error) {
				child, err := worker.Start(ctx, command)
				if err != nil {
					return nil, err
				}
				w.mu.Lock()
				defer w.mu.Unlock()
				w.child = child
				return child, nil
			},
			Died: func(d conduit.Death) {
				w.mu.Lock()
				defer w.mu.Unlock()
				w.deaths = append(w.deaths, d.Why)
			},
		},
		Heavy: func() bool {
			w.mu.Lock()
			defer w.mu.Unlock()
			return extraction.Heavy(w.child)
		},
	})
	return w, nil
}

// end lets the worker go and waits for its end: what it used is counted then.
func (w *paperWorker) end() error {
	err := w.Close()
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.child != nil {
		w.child.Exit()
	}
	return err
}

// textHostile makes hostile papers of the given ones and has each read and
// shown by the extractor in its worker.
func textHostile(ctx context.Context, args []string, stdout io.Writer) error {
	fs := flag.NewFlagSet("hostile", flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	count, seed, asJSON := fs.Int("count", 2000, ""), fs.Uint64("seed", 1, ""), fs.Bool("json", false, "")
	cache := fs.String("cache", textCache(), "")
	if fs.Parse(args) != nil || fs.NArg() == 0 || *count < 1 {
		return errUsage
	}
	files := map[string][]byte{}
	for _, path := range fs.Args() {
		b, err := os.ReadFile(path)
		if err != nil {
			return fmt.Errorf("read source: %w", err)
		}
		if len(b) > 16 {
			files[filepath.Base(path)] = b
		}
	}
	o, err := hostilePapers(ctx, files, *count, *seed, *cache)
	if err != nil {
		return err
	}
	if err = o.print(stdout, *asJSON); err != nil {
		return err
	}
	if len(o.Bad) > 0 {
		return fmt.Errorf("%d of %d: %w", len(o.Bad), o.Files, errOrdeal)
	}
	return nil
}

func (o *paperOrdeal) print(w io.Writer, asJSON bool) error {
	if asJSON {
		return json.NewEncoder(w).Encode(o)
	}
	text := fmt.Sprintf("%d papers, seed %d, slowest %.1f s, largest %.0f MB\n", o.Files, o.Seed, o.Slowest, o.Largest)
	for _, table := range []map[string]int{o.States, o.Whys, o.Deaths} {
		for _, k := range slices.Sorted(maps.Keys(table)) {
			text += fmt.Sprintf("  %-12s %d\n", k, table[k])
		}
	}
	for _, b := range o.Bad {
		text += fmt.Sprintf("BAD %d %s of %s: %s: %s\n", b.Number, b.Kind, b.Source, b.Fate, b.Text)
	}
	_, err := io.WriteString(w, text)
	return err
}

func hostilePapers(ctx context.Context, files map[string][]byte, count int, seed uint64, cache string) (*paperOrdeal, error) {
	dir, err := os.MkdirTemp("", "hostile-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	w, err := newPaperWorker(extraction.Setup{CacheDir: cache})
	if err != nil {
		return nil, err
	}
	defer w.Close()
	o := &paperOrdeal{Files: count, Seed: seed, States: map[string]int{}, Whys: map[string]int{}, Deaths: map[string]int{}, Bad: []find{}}
	names, kinds := slices.Sorted(maps.Keys(files)), paperMutations()
	for i := range count {
		r := rand.New(rand.NewPCG(seed, uint64(i))) //nolint:gosec // a repeatable choice, no secret
		m, name := kinds[i/len(names)%len(kinds)], names[i%len(names)]
		path := filepath.Join(dir, strconv.Itoa(i)+filepath.Ext(name))
		if err := m.write(r, path, files[name], files[names[r.IntN(len(names))]]); err != nil {
			return nil, fmt.Errorf("make hostile paper: %w", err)
		}
		began := time.Now()
		meta, err := w.suffer(ctx, path)
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		took := time.Since(began)
		o.States[string(meta.State)]++
		if meta.Why != "" {
			o.Whys[meta.Why]++
		}
		o.Slowest = max(o.Slowest, took.Seconds())
		f := find{Number: i, Kind: m.name, Source: name, Fate: string(meta.State), Text: meta.Reason}
		if err != nil || took > paperTime {
			f.Text = fmt.Sprintf("after %v: %v", took, err)
			o.Bad = append(o.Bad, f)
		}
		if mb := float64(w.peak()) / (1 << 20); mb > o.Largest {
			if o.Largest = mb; mb > paperMemory>>20 {
				f.Fate, f.Text = fateLarge, fmt.Sprintf("%.0f MB", mb)
				o.Bad = append(o.Bad, f)
			}
		}
		if err := os.Remove(path); err != nil {
			return nil, err
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, why := range w.deaths {
		o.Deaths[why]++
	}
	return o, nil
}

func (w *paperWorker) peak() int64 {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.child == nil {
		return 0
	}
	return w.child.Peak()
}

var errStateless = errors.New("the paper ended in no state")

// suffer takes the text of a paper and shows its first page, as the bench and
// the desk do. A refusal of the page is an answer.
func (w *paperWorker) suffer(ctx context.Context, path string) (extract.Meta, error) {
	f, err := os.Open(path)
	if err != nil {
		return extract.Meta{}, err
	}
	defer f.Close()
	name := filepath.Base(path)
	meta, err := w.File(ctx, f, name, func(extract.Page) error { return nil })
	if err != nil {
		return meta, err
	}
	if meta.State == "" {
		return meta, errStateless
	}
	doc, err := w.Open(ctx, f, name)
	if err != nil {
		return meta, nil // it was refused, which is an answer
	}
	_, _ = doc.Render(ctx, 1, 1200) // refused or not, it came back
	return meta, doc.Close()        //nolint:contextcheck,nolintlint // letting go is not to be stopped; only some runs of the linter see it
}

// paperMutations are those that harm any bytes, and one that reaches inside the
// parts of a zip, whose sums would otherwise tell at once.
func paperMutations() []mutation {
	all := slices.DeleteFunc(mutations(), func(m mutation) bool {
		return m.suffix != "" || m.refused || m.sparse > 0 || m.name == "boxes with wild numbers"
	})
	return append(all,
		mutation{name: "parts of the zip harmed", make: harmParts},
		mutation{name: "zero length", make: func(*rand.Rand, []byte, []byte) []byte { return nil }},
	)
}

// maxPart bounds what is unpacked of one part to be harmed.
const maxPart = 8 << 20

func harmParts(r *rand.Rand, f, _ []byte) []byte {
	z, err := zip.NewReader(bytes.NewReader(f), int64(len(f)))
	if err != nil {
		return flip(r, f, 0, len(f), 8)
	}
	var out bytes.Buffer
	to := zip.NewWriter(&out)
	for _, part := range z.File {
		b, err := partOf(part)
		if err != nil || len(b) == 0 {
			continue
		}
		if r.IntN(3) == 0 {
			b = flip(r, b, 0, len(b), 1+r.IntN(16))
		}
		if w, err := to.Create(part.Name); err == nil {
			_, _ = w.Write(b) // into memory
		}
	}
	_ = to.Close() // into memory
	return out.Bytes()
}

func partOf(part *zip.File) ([]byte, error) {
	in, err := part.Open()
	if err != nil {
		return nil, err
	}
	defer in.Close()
	return io.ReadAll(io.LimitReader(in, maxPart))
}
