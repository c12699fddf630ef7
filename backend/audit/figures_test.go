//go:build faults

package audit_test

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"diaoyue.example/workstation/backend/audit"
	"diaoyue.example/workstation/backend/audit/check"
	"diaoyue.example/workstation/backend/figure"
)

const million = 1_000_000

// The tamper table, a row a figure: each cell is a real attack on a real
// archive, and the honest ✗ are as much demanded as the ✓.
func TestFigureTamper(t *testing.T) {
	rows := besiege(t)
	t.Log("\n" + writeTable(rows))
	for i, id := range []figure.Row{
		figure.TamperEdit, figure.TamperRehash, figure.TamperCut, figure.TamperRestore, figure.TamperResign, figure.TamperForge,
	} {
		d, _ := figure.DemandOf(id)
		value := strings.Join(rows[i].cells, " ")
		figure.Report(t, figure.Figure{Row: id, Name: "250 entries, each cell an attack of its own", Value: value, OK: value == d.Mark})
	}
}

// A log of a million entries is verified, and its screen opened.
func TestFigureMillion(t *testing.T) {
	a := newArchive(t)
	a.note(t, 3)
	a.close(t)
	a.bulk(t, million)
	a.open(t)
	checkpoint(t, a)
	screen(t, a)
	var took []time.Duration
	for range 3 {
		start := time.Now()
		r, err := a.log.Verify(t.Context(), nil)
		took = append(took, time.Since(start))
		if err != nil || r.Entries != million || !r.Whole() {
			t.Fatalf("%+v, %v", r, err)
		}
	}
	slices.Sort(took)
	figure.Report(t, figure.Figure{
		Row: figure.LogVerify, Name: fmt.Sprintf("%d MB, median of 3, worst %.1f s", megabytes(t, a.path()), took[2].Seconds()),
		Value: fmt.Sprintf("%.1f s", took[1].Seconds()), OK: took[1] <= 10*time.Second,
	})
	judged(t, a)
}

// judged has the million exported and verified as a court does it.
func judged(t *testing.T, a *archive) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "export")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	start := time.Now()
	x, err := a.log.Export(t.Context(), f, "a9", false, nil)
	if err != nil {
		t.Fatal(err)
	}
	written := time.Since(start)
	if _, err = f.Seek(0, io.SeekStart); err != nil {
		t.Fatal(err)
	}
	start = time.Now()
	r, err := check.Export(t.Context(), f, check.Config{Trusted: []string{a.log.Public().Fingerprint()}}, nil)
	took := time.Since(start)
	if err != nil || !r.Whole() || r.Entries != x.Entries {
		t.Fatalf("%+v, %v", r, err)
	}
	figure.Report(t, figure.Figure{
		Row: figure.LogVerify, Name: fmt.Sprintf("an export of %d MB, without the archive; written in %.1f s", x.Size>>20, written.Seconds()),
		Value: fmt.Sprintf("%.1f s", took.Seconds()), OK: took <= 10*time.Second,
	})
}

// screen measures what opening the log's screen asks for, the first time
// after the program was opened and with each filter of the screen.
func screen(t *testing.T, a *archive) {
	t.Helper()
	now := a.clock.now()
	open := func(f audit.Filter) time.Duration {
		start := time.Now()
		_, headErr := a.log.Head(t.Context())
		rows, listErr := a.log.List(t.Context(), f)
		tally, tallyErr := a.log.Tally(t.Context(), f)
		took := time.Since(start)
		if headErr != nil || listErr != nil || tallyErr != nil || len(rows) == 0 || tally.Total < int64(len(rows)) {
			t.Fatalf("%d rows, %+v: %v, %v, %v", len(rows), tally, headErr, listErr, tallyErr)
		}
		return took
	}
	first := open(audit.Filter{}) // counts a million
	worst, slowest := open(audit.Filter{}), "everything"
	for name, f := range map[string]audit.Filter{
		"events":           {Events: []audit.Event{audit.Search, audit.ViewingClosed}},
		"accounts":         {Actors: []string{fmt.Sprintf("0199a000-0000-7000-8000-%012d", 7), fmt.Sprintf("0199a000-0000-7000-8000-%012d", 8)}},
		"event, account":   {Events: []audit.Event{audit.Search}, Actors: []string{fmt.Sprintf("0199a000-0000-7000-8000-%012d", 7)}},
		"a month":          {From: now.AddDate(0, -1, 0), To: now},
		"an early month":   {From: now.Add(-7 * million * time.Second), To: now.Add(-7*million*time.Second + 30*24*time.Hour)},
		"a record":         {ObjectKind: "record", ObjectID: fmt.Sprintf("0199b000-0000-7000-8000-%012d", 7)},
		"the last of them": {Before: 300},
		"without somebody": {Except: []string{fmt.Sprintf("0199a000-0000-7000-8000-%012d", 7)}},
	} {
		took := open(f)
		t.Logf("%s: %v", name, took)
		if took > worst {
			worst, slowest = took, name
		}
	}
	figure.Report(t, figure.Figure{
		Row: figure.LogScreen, Name: fmt.Sprintf("position, 200 rows, counts; worst of 9: %s; the moment the program starts %d ms", slowest, first.Milliseconds()),
		Value: fmt.Sprintf("%d ms", worst.Milliseconds()), OK: worst <= 300*time.Millisecond,
	})
}

func megabytes(tb testing.TB, path string) int64 {
	tb.Helper()
	st, err := os.Stat(path)
	if err != nil {
		tb.Fatal(err)
	}
	return st.Size() >> 20
}

// One writer alone, each entry on the disk before the next.
func TestFigureLogRate(t *testing.T) {
	a := newArchive(t)
	a.note(t, 50)
	const run = 5 * time.Second
	n, start := 0, time.Now()
	for time.Since(start) < run {
		if _, err := a.log.Note(t.Context(), displaying(n)); err != nil {
			t.Fatal(err)
		}
		n++
	}
	rate := float64(n) / time.Since(start).Seconds()
	figure.Report(t, figure.Figure{
		Row: figure.LogRate, Name: fmt.Sprintf("%d entries in %v, synchronous=FULL, fsync %s", n, run, fsyncTime(t)),
		Value: fmt.Sprintf("%.0f", rate), OK: rate >= 800,
	})
}

// fsyncTime is what this disk takes to make 4 KiB durable, without which the
// rate says nothing.
func fsyncTime(tb testing.TB) string {
	tb.Helper()
	f, err := os.CreateTemp(tb.TempDir(), "")
	if err != nil {
		tb.Fatal(err)
	}
	defer f.Close()
	page := make([]byte, 4096)
	const times = 200
	start := time.Now()
	for range times {
		if _, err := f.Write(page); err != nil {
			tb.Fatal(err)
		}
		if err := f.Sync(); err != nil {
			tb.Fatal(err)
		}
	}
	return (time.Since(start) / times).Round(time.Microsecond).String()
}

// Killed at any moment, the log has every entry it acknowledged.
func TestFigureLogKill(t *testing.T) {
	const runs = 200
	a := &archive{dir: t.TempDir(), clock: &clock{t: time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)}}
	a.state = a.dir + ".state"
	t.Cleanup(func() { _ = os.RemoveAll(a.state) })
	dice := rand.New(rand.NewPCG(1, 2))
	var acknowledged, lost int64
	for range runs {
		acknowledged = killed(t, a.dir, dice.IntN(60))
		r, err := a.verify(t)
		if err != nil {
			t.Fatal(err)
		}
		lost += max(0, acknowledged-r.Entries)
	}
	figure.Report(t, figure.Figure{
		Row: figure.LogKill, Name: fmt.Sprintf("kill -9 × %d, %d entries acknowledged", runs, acknowledged),
		Value: fmt.Sprint(lost), OK: lost == 0 && acknowledged > runs,
	})
}

// The clock is put back again and again, by seconds and by days: numbers and
// order stay, and every step back is said by an entry.
func TestFigureClockBack(t *testing.T) {
	a := newArchive(t)
	dice := rand.New(rand.NewPCG(3, 4))
	const steps = 100
	for i := range steps {
		a.note(t, 1+dice.IntN(3))
		back := -time.Duration(1+dice.Int64N(int64(48*time.Hour/time.Second))) * time.Second
		if i == 0 {
			back = -24 * time.Hour
		}
		a.clock.add(back)
	}
	a.note(t, 1)
	rows, err := a.log.List(t.Context(), audit.Filter{Limit: million})
	if err != nil {
		t.Fatal(err)
	}
	wrong, said := 0, 0
	for i := len(rows) - 1; i > 0; i-- {
		earlier, later := rows[i], rows[i-1]
		if later.Seq != earlier.Seq+1 {
			wrong++
		}
		if later.Event == audit.ClockStep {
			said++
		} else if later.At.Before(earlier.At) {
			wrong++ // a step that nothing says
		}
	}
	if _, err := a.log.Verify(context.WithoutCancel(t.Context()), nil); err != nil {
		t.Error(err)
	}
	figure.Report(t, figure.Figure{
		Row: figure.ClockBack, Name: fmt.Sprintf("%d steps back, %d entries, %d steps said", steps, len(rows), said),
		Value: fmt.Sprint(wrong), OK: wrong == 0 && said == steps,
	})
}
