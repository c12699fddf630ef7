//go:build faults

package viewing_test

import (
	"bufio"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"diaoyue.example/workstation/backend/accounts"
	"diaoyue.example/workstation/backend/audit"
	"diaoyue.example/workstation/backend/backendtest"
	"diaoyue.example/workstation/backend/figure"
	"diaoyue.example/workstation/backend/viewing"
	"diaoyue.example/workstation/media/mediatest"
)

// kills is how often the viewer is killed.
const kills = 200

// View without trace: a viewer that scrubs and reports nothing is killed with
// signal 9 at moments of its own; every frame that it served stands in an
// entry, and every viewing is closed by one.
func TestFigureViewWithoutTrace(t *testing.T) {
	r := furnish(t, backendtest.Options{}, mediatest.Clip{Width: 160, Height: 90, FPS: 25, Frames: 3000, GOP: 25})
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	number := r.As(accounts.Reviewer).Number
	served := map[string][]int64{}
	dice := rand.New(rand.NewPCG(7, 7))
	for run := range kills {
		id, frames := scrubAndDie(t, r, number, run, time.Duration(dice.Int64N(int64(400*time.Millisecond))))
		if id != "" {
			served[id] = frames
		}
	}
	w, err := backendtest.Enter(t.Context(), r.Config.Dir, r.Config.StateDir)
	if err != nil {
		t.Fatal(err)
	}
	r.Workstation = w
	total, silent, open := 0, 0, 0
	for id, frames := range served {
		total += len(frames)
		announced := r.announced(t, id)
		for _, n := range frames {
			if !slices.ContainsFunc(announced, func(a viewing.Range) bool { return a.From <= n && n <= a.To }) {
				silent++
			}
		}
		if row, err := w.Session(t.Context(), r.As(accounts.Reviewer), id); err != nil || row.CloseKind != viewing.CloseRecovered {
			open++
		}
	}
	figure.Report(t, figure.Figure{
		Row:   figure.ViewTrace,
		Name:  fmt.Sprintf("kill -9 × %d while scrubbing, %d viewings, %d frames", kills, len(served), total),
		Value: strconv.Itoa(silent),
		OK:    silent == 0 && total > kills && len(served) > kills/2,
	})
	figure.Report(t, figure.Figure{
		Row: figure.ViewClosed, Name: fmt.Sprintf("kill -9 × %d", kills), Value: strconv.Itoa(open), OK: open == 0,
	})
	if _, err := w.Log.Verify(t.Context(), nil); err != nil {
		t.Error(err)
	}
}

// announced collects what the log said of a viewing before it left.
func (r room) announced(t *testing.T, id string) []viewing.Range {
	t.Helper()
	var all []viewing.Range
	for _, e := range r.entries(t, id, audit.Displaying) {
		all = append(all, rangesOf(t, e.Codes["serving"])...)
	}
	for _, e := range r.entries(t, id, audit.Serving) {
		all = append(all, rangesOf(t, e.Codes["ranges"])...)
	}
	return all
}

// scrubAndDie runs a viewer, kills it some time after its first frame and
// returns what it had served.
func scrubAndDie(t *testing.T, r room, number string, run int, after time.Duration) (id string, frames []int64) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), childEnv+"="+strings.Join([]string{
		r.Config.Dir, r.Config.StateDir, number, r.record.ID, strconv.Itoa(run),
	}, "\n"), "GOCOVERDIR="+t.TempDir())
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var end *time.Timer
	for lines := bufio.NewScanner(out); lines.Scan(); {
		f := strings.Fields(lines.Text())
		if f[0] == "open" {
			id = f[1]
			end = time.AfterFunc(after, func() { _ = cmd.Process.Kill() })
			continue
		}
		n, err := strconv.ParseInt(f[1], 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		frames = append(frames, n)
	}
	if end != nil {
		end.Stop()
	}
	_ = cmd.Wait() // killed
	if id == "" {
		t.Fatal("the viewer did not start")
	}
	return id, frames
}
