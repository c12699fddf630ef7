package audit_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"testing"
	"time"

	"diaoyue.example/workstation/backend/audit"
	"diaoyue.example/workstation/backend/store"
)

func execute(query string) func(*store.Tx) error {
	return func(tx *store.Tx) error {
		_, err := tx.Exec(query)
		return err
	}
}

// appendForEver is the child: it acknowledges each entry on its output once
// Note has returned.
func appendForEver(dir string) {
	ctx := context.Background()
	a := &archive{dir: dir, state: dir + ".state", clock: &clock{t: time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)}}
	if err := a.tryOpen(ctx, ""); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	for i := 0; ; i++ {
		r, err := a.log.Note(ctx, displaying(i))
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		fmt.Println(r.Seq)
	}
}

// Killed at any moment, the log has every entry it acknowledged.
func TestKillLosesNothing(t *testing.T) {
	a := &archive{dir: t.TempDir(), clock: &clock{t: time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)}}
	a.state = a.dir + ".state"
	t.Cleanup(func() { _ = os.RemoveAll(a.state) })
	var acknowledged int64
	for round := range 12 {
		last := killed(t, a.dir, 3+7*round)
		if last <= acknowledged {
			t.Fatalf("round %d acknowledged %d after %d", round, last, acknowledged)
		}
		acknowledged = last
		r, err := a.verify(t)
		if err != nil || r.Entries < acknowledged {
			t.Fatalf("round %d: %d acknowledged, %d in the log, %v", round, acknowledged, r.Entries, err)
		}
	}
	if err := a.tryOpen(t.Context(), ""); err != nil {
		t.Fatal(err)
	}
	defer a.close(t)
	if r, err := a.log.Verify(t.Context(), nil); err != nil || r.Entries < acknowledged {
		t.Errorf("Verify = %+v, %v", r, err)
	}
	if _, err := a.log.Note(t.Context(), audit.Entry{Event: audit.SignIn}); err != nil {
		t.Error(err)
	}
}

// killed runs the child until it has acknowledged n entries, kills it, and
// returns the last number it acknowledged.
func killed(tb testing.TB, dir string, n int) int64 {
	tb.Helper()
	self, err := os.Executable()
	if err != nil {
		tb.Fatal(err)
	}
	child := exec.CommandContext(tb.Context(), self)
	child.Env = append(os.Environ(), "AUDIT_TEST_APPEND="+dir)
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	if err != nil {
		tb.Fatal(err)
	}
	if err = child.Start(); err != nil {
		tb.Fatal(err)
	}
	var last int64
	lines := bufio.NewScanner(out)
	for i := 0; lines.Scan(); i++ {
		if last, err = strconv.ParseInt(lines.Text(), 10, 64); err != nil {
			tb.Fatal(err)
		}
		if i == n {
			if err := child.Process.Kill(); err != nil { // -9; what is in the pipe was acknowledged
				tb.Fatal(err)
			}
		}
	}
	var exit *exec.ExitError
	if err := child.Wait(); !errors.As(err, &exit) || exit.ExitCode() != -1 {
		tb.Fatalf("the child ended by itself: %v", err)
	}
	return last
}
