package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"syscall"
	"time"

	"diaoyue.example/workstation/media"
	"diaoyue.example/workstation/media/decode"
	"diaoyue.example/workstation/media/frameindex"
)

// cost is what an operation took. CPU counts user and system time of this
// process with all its threads and of its workers.
type cost struct {
	Op     string  `json:"op"`
	Ops    int     `json:"ops"`
	CPU    float64 `json:"cpu_ms_per_op"`
	P50    float64 `json:"p50_ms"`
	P95    float64 `json:"p95_ms"`
	Frames int64   `json:"frames"` // of the recording
	State  string  `json:"state"`  // of the index
}

// benchArgs says what is measured.
type benchArgs struct {
	op    string
	at    []int64 // seek: the frames; step, back: where to start
	steps int64
	index string // file that keeps the verified index between runs
	json  bool
}

// Operations of `media bench`.
const (
	opLinear   = "linear"         // decode from end to end
	opProved   = "linear-proved"  // the same, each picture compared with the index
	opIndex    = "index"          // provisional: packets alone
	opVerified = "verified-index" // decode, hash and record
	opSeek     = "seek"
	opStep     = "step"
	opBack     = "back"
)

func mediaBench(ctx context.Context, args []string, stdout io.Writer) error {
	var a benchArgs
	var at string
	f, err := withFile("bench", args, func(fs *flag.FlagSet) {
		fs.StringVar(&a.op, "op", opSeek, "")
		fs.StringVar(&at, "at", "", "")
		fs.Int64Var(&a.steps, "steps", 64, "")
		fs.StringVar(&a.index, "index", "", "")
		fs.BoolVar(&a.json, "json", false, "")
	})
	if err != nil {
		return err
	}
	defer f.Close()
	if at != "" {
		if a.at, err = numbers(at); err != nil {
			return err
		}
	}
	known := []string{opLinear, opProved, opIndex, opVerified, opSeek, opStep, opBack}
	if !slices.Contains(known, a.op) || a.steps < 1 {
		return errUsage
	}
	c, err := bench(ctx, f, a)
	if err != nil {
		return err
	}
	if a.json {
		return json.NewEncoder(stdout).Encode(c)
	}
	_, err = fmt.Fprintf(stdout, "%s: %d times, %.3f ms of CPU each, median %.3f ms, 95 of 100 within %.3f ms\n", c.Op, c.Ops, c.CPU, c.P50, c.P95)
	return err
}

func bench(ctx context.Context, f *os.File, a benchArgs) (cost, error) {
	m := meter{cost: cost{Op: a.op}}
	switch a.op {
	case opIndex:
		return m.scan(ctx, f)
	case opVerified:
		return m.once(func() (*frameindex.Index, error) { return frameindex.Build(ctx, f, nil) })
	case opLinear:
		return m.once(func() (*frameindex.Index, error) {
			return nil, decode.Linear(ctx, f, nil, func(*decode.Frame) error { m.cost.Frames++; return nil })
		})
	}
	ix, err := keptIndex(ctx, f, a.index)
	if err != nil {
		return cost{}, err
	}
	if ix.Len() == 0 {
		return cost{}, media.ErrNoVideo
	}
	m.cost.Frames, m.cost.State = ix.Len(), ix.State().String()
	if a.op == opProved {
		return m.once(func() (*frameindex.Index, error) {
			return ix, decode.Linear(ctx, f, ix, func(*decode.Frame) error { return nil })
		})
	}
	return m.random(ctx, f, ix, a)
}

// scans are few: the median of three is what the peer's harness gives too.
const scans = 3

// scan measures the provisional index. The first one, which brings the file
// into memory, is not counted.
func (m *meter) scan(ctx context.Context, f *os.File) (cost, error) {
	for i := range scans + 1 {
		var ix *frameindex.Index
		work := func() (err error) { ix, err = frameindex.Scan(ctx, f); return err }
		if i == 0 {
			if err := work(); err != nil {
				return cost{}, err
			}
			continue
		}
		if err := m.timed(work); err != nil {
			return cost{}, err
		}
		m.cost.Frames, m.cost.State = ix.Len(), ix.State().String()
	}
	return m.result(), nil
}

// once measures one run over the whole recording.
func (m *meter) once(work func() (*frameindex.Index, error)) (cost, error) {
	err := m.timed(func() error {
		ix, err := work()
		if err == nil && ix != nil {
			m.cost.Frames, m.cost.State = ix.Len(), ix.State().String()
		}
		return err
	})
	return m.result(), err
}

// random measures single frames. Opening, and for steps the frame they start
// from, are not counted, as they are not for the peers.
func (m *meter) random(ctx context.Context, f *os.File, ix *frameindex.Index, a benchArgs) (cost, error) {
	d, err := decode.Open(ctx, f, ix, decode.Options{})
	if err != nil {
		return cost{}, err
	}
	defer d.Close()
	show := func(n int64) error {
		fr, err := d.Frame(ctx, n)
		if err == nil {
			fr.Close()
		}
		return err
	}
	if err := show(0); err != nil {
		return cost{}, err
	}
	if len(a.at) == 0 {
		a.at = usual(ix.Len(), a.op)
	}
	for _, n := range a.at {
		if a.op == opSeek {
			if err := m.timed(func() error { return show(n) }); err != nil {
				return cost{}, err
			}
			continue
		}
		if err := m.walk(show, n, ix.Len(), a); err != nil {
			return cost{}, err
		}
	}
	if len(m.took) == 0 {
		return cost{}, fmt.Errorf("%s from the given frames: %w", a.op, media.ErrNoFrame)
	}
	return m.result(), nil
}

// walk goes one by one from frame n, within the recording.
func (m *meter) walk(show func(int64) error, n, frames int64, a benchArgs) error {
	if err := show(n); err != nil {
		return err
	}
	way := int64(1)
	if a.op == opBack {
		way = -1
	}
	// Threads still decode ahead when a picture is given out. What the first
	// picture set going is not counted, what the last one did is.
	rest()
	began, before := cpuTime(), m.cpu
	defer func() {
		rest()
		m.cpu = before + cpuTime() - began
	}()
	for i := int64(1); i <= a.steps; i++ {
		k := n + way*i
		if k < 0 || k >= frames {
			return nil
		}
		if err := m.timed(func() error { return show(k) }); err != nil {
			return err
		}
	}
	return nil
}

// usual are the frames where none are given: thirty spread by a fixed rule,
// or the place where steps begin.
func usual(frames int64, op string) []int64 {
	switch op {
	case opStep:
		return []int64{frames / 3}
	case opBack:
		return []int64{frames * 2 / 3}
	}
	out := make([]int64, 30)
	x := uint64(1)
	for i := range out {
		x = x*6364136223846793005 + 1442695040888963407
		out[i] = int64(x>>33) % frames // 31 bits
	}
	return out
}

// keptIndex reads the verified index from path, or builds it and keeps it there.
func keptIndex(ctx context.Context, f *os.File, path string) (*frameindex.Index, error) {
	if path != "" {
		data, err := os.ReadFile(path)
		if err == nil {
			if ix, formErr := frameindex.Unmarshal(data); formErr == nil && ix.Current() {
				return ix, nil
			}
		} else if !errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("read index: %w", err)
		}
	}
	ix, err := frameindex.Build(ctx, f, nil)
	if err != nil || path == "" {
		return ix, err
	}
	if err := os.WriteFile(path, ix.Marshal(), 0o600); err != nil {
		return nil, fmt.Errorf("keep index: %w", err)
	}
	return ix, nil
}

// meter sums the CPU of the counted work only.
type meter struct {
	cost cost
	cpu  time.Duration
	took []float64 // ms
}

func (m *meter) timed(work func() error) error {
	cpu, began := cpuTime(), time.Now()
	err := work()
	m.took = append(m.took, time.Since(began).Seconds()*1e3)
	m.cpu += cpuTime() - cpu
	return err
}

func (m *meter) result() cost {
	k := len(m.took)
	slices.Sort(m.took)
	m.cost.Ops = k
	m.cost.CPU = m.cpu.Seconds() * 1e3 / float64(k)
	m.cost.P50, m.cost.P95 = m.took[(k-1)/2], m.took[(k-1)*95/100]
	return m.cost
}

// rest waits until no thread of this process works any more.
func rest() {
	const pause, calm, tries = 10 * time.Millisecond, time.Millisecond / 2, 50
	for range tries {
		before := cpuTime()
		time.Sleep(pause)
		if cpuTime()-before < calm {
			return
		}
	}
}

// cpuTime is user and system time of this process and of those it has waited for.
func cpuTime() time.Duration {
	total := time.Duration(0)
	for _, who := range []int{syscall.RUSAGE_SELF, syscall.RUSAGE_CHILDREN} {
		var r syscall.Rusage
		if syscall.Getrusage(who, &r) == nil {
			total += time.Duration(r.Utime.Nano() + r.Stime.Nano())
		}
	}
	return total
}
