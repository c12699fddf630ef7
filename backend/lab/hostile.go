package main

import (
	"cmp"
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
	"time"
)

// What became of a hostile file.
const (
	fatePlayed  = "played"  // frames were shown, each proved against the index
	fateRefused = "refused" // an error with a name
	fateUnnamed = "unnamed" // an error without one
	fateHung    = "hung"
	fateCrashed = "crashed"
	fateLeaked  = "shown"  // shown although there is nothing that may be
	fateLarge   = "memory" // more memory than a worker may take
)

// Bounds for one hostile file.
const (
	hostileTime   = 60 * time.Second
	hostileMemory = 1200 << 20 // bytes resident; the engine allows pictures of 64 Mi pixels
)

// ordeal is the run over all hostile files.
type ordeal struct {
	Files    int            `json:"files"`
	Seed     uint64         `json:"seed"`
	Fates    map[string]int `json:"fates"`
	Refusals map[string]int `json:"refusals"` // by the engine's name
	Slowest  float64        `json:"slowest_s"`
	Largest  float64        `json:"largest_mb"` // resident, of one worker
	Bad      []find         `json:"bad"`
}

// find is one file that was not met as it should be.
type find struct {
	Number int    `json:"number"`
	Kind   string `json:"kind"`
	Source string `json:"source"`
	Fate   string `json:"fate"`
	Text   string `json:"text"`
	Kept   string `json:"kept,omitempty"`
}

var errOrdeal = errors.New("hostile files were not met as they should be")

// mediaHostile makes hostile files of the given ones and gives each to the
// engine in a sandboxed worker of its own, as the window does.
func mediaHostile(ctx context.Context, args []string, stdout io.Writer) error {
	fs := flag.NewFlagSet("hostile", flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	count := fs.Int("count", 2000, "")
	seed := fs.Uint64("seed", 1, "")
	keep := fs.String("keep", "", "")
	asJSON := fs.Bool("json", false, "")
	var sources []string
	for len(args) > 0 {
		if fs.Parse(args) != nil {
			return errUsage
		}
		if args = fs.Args(); len(args) > 0 {
			sources, args = append(sources, args[0]), args[1:]
		}
	}
	if len(sources) == 0 || *count < 1 {
		return errUsage
	}
	o, err := hostile(ctx, sources, *count, *seed, *keep)
	if err != nil {
		return err
	}
	if err := o.print(stdout, *asJSON); err != nil {
		return err
	}
	if len(o.Bad) > 0 {
		return fmt.Errorf("%d of %d: %w", len(o.Bad), o.Files, errOrdeal)
	}
	return nil
}

func (o *ordeal) print(w io.Writer, asJSON bool) error {
	if asJSON {
		return json.NewEncoder(w).Encode(o)
	}
	text := fmt.Sprintf("%d files, seed %d, slowest %.1f s, largest %.0f MB\n", o.Files, o.Seed, o.Slowest, o.Largest)
	for _, table := range []map[string]int{o.Fates, o.Refusals} {
		for _, k := range slices.Sorted(maps.Keys(table)) {
			text += fmt.Sprintf("  %-12s %d\n", k, table[k])
		}
	}
	for _, b := range o.Bad {
		text += fmt.Sprintf("BAD %d %s of %s: %s: %s %s\n", b.Number, b.Kind, b.Source, b.Fate, b.Text, b.Kept)
	}
	_, err := io.WriteString(w, text)
	return err
}

func hostile(ctx context.Context, sources []string, count int, seed uint64, keep string) (*ordeal, error) {
	dir, err := os.MkdirTemp("", "hostile-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	files := make([][]byte, len(sources))
	for i, path := range sources {
		if files[i], err = os.ReadFile(path); err != nil {
			return nil, fmt.Errorf("read source: %w", err)
		}
		if len(files[i]) == 0 {
			return nil, fmt.Errorf("read source %s: it is empty", filepath.Base(path))
		}
	}
	if err = os.WriteFile(filepath.Join(dir, secretName), files[0], 0o600); err != nil {
		return nil, err
	}
	o := &ordeal{Files: count, Seed: seed, Fates: map[string]int{}, Refusals: map[string]int{}, Bad: []find{}}
	kinds := mutations()
	for i := range count {
		r := rand.New(rand.NewPCG(seed, uint64(i))) //nolint:gosec // a repeatable choice, no secret
		m, k := kinds[i%len(kinds)], r.IntN(len(files))
		path := filepath.Join(dir, strconv.Itoa(i)+cmp.Or(m.suffix, filepath.Ext(sources[k])))
		if err := m.write(r, path, files[k], files[r.IntN(len(files))]); err != nil {
			return nil, fmt.Errorf("make hostile file: %w", err)
		}
		c, err := suffer(ctx, path)
		if err = errors.Join(err, ctx.Err()); err != nil {
			return nil, err
		}
		if c.fate == fatePlayed && m.refused {
			c.fate = fateLeaked
		}
		f := find{Number: i, Kind: m.name, Source: filepath.Base(sources[k]), Fate: c.fate, Text: c.text}
		o.note(c, f, path, keep)
		if err := os.Remove(path); err != nil {
			return nil, err
		}
	}
	return o, nil
}

func (o *ordeal) note(c ordealOf, f find, path, keep string) {
	o.Fates[c.fate]++
	if c.name != "" {
		o.Refusals[c.name]++
	}
	o.Slowest, o.Largest = max(o.Slowest, c.took.Seconds()), max(o.Largest, c.memory)
	if c.fate == fatePlayed || c.fate == fateRefused {
		return
	}
	if info, err := os.Stat(path); keep != "" && err == nil && info.Size() < sparseSize {
		f.Kept = filepath.Join(keep, filepath.Base(path))
		//nolint:gosec // a file that this function's caller made
		if b, err := os.ReadFile(path); err != nil || os.WriteFile(f.Kept, b, 0o600) != nil {
			f.Kept = ""
		}
	}
	o.Bad = append(o.Bad, f)
}

// ordealOf is what became of one file.
type ordealOf struct {
	fate, name, text string
	took             time.Duration
	memory           float64 // MB
}
