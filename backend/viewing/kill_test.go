package viewing_test

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"diaoyue.example/workstation/backend/accounts"
	"diaoyue.example/workstation/backend/audit"
	"diaoyue.example/workstation/backend/backendtest"
	"diaoyue.example/workstation/backend/viewing"
)

// The test binary runs itself as the program that is killed.
const childEnv = "DIAOYUE_TEST_VIEWER"

func TestMain(m *testing.M) {
	if spec := os.Getenv(childEnv); spec != "" {
		if err := watch(context.Background(), strings.Split(spec, "\n")); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// watch scrubs through a recording until it is killed, and says after each
// acknowledged report how long the log is.
func watch(ctx context.Context, spec []string) error {
	w, err := backendtest.Enter(ctx, spec[0], spec[1])
	if err != nil {
		return err
	}
	actor, err := w.Accounts.SignIn(ctx, spec[2], backendtest.Password)
	if err != nil {
		return err
	}
	v, err := w.Viewing.Open(ctx, actor, viewing.Request{RecordID: spec[3], Purpose: viewing.PurposeCase})
	if err != nil {
		return err
	}
	fmt.Println("open", v.ID(), v.Info().Seq)
	if len(spec) > 4 {
		return scrub(ctx, v, spec[4])
	}
	for n := int64(0); ; n = (n + 1) % v.Info().Frames {
		if _, err := v.Frame(ctx, n, viewing.FrameRequest{MaxW: 80}); err != nil {
			return err
		}
		if _, err := v.Present(ctx, []viewing.Interval{{
			Kind: viewing.KindStep, From: n, To: n, Presented: 1, Sound: viewing.SoundNone, Visible: true, WallMs: 300,
		}}); err != nil {
			return err
		}
		head, err := w.Log.Head(ctx)
		if err != nil {
			return err
		}
		fmt.Println("shown", n, head.Size)
	}
}

// scrub asks for frames here and there, reports nothing, and says of each that
// it was served.
func scrub(ctx context.Context, v *viewing.Viewing, seed string) error {
	n, err := strconv.ParseUint(seed, 10, 64)
	if err != nil {
		return err
	}
	dice := rand.New(rand.NewPCG(n, 1))
	for {
		frame := dice.Int64N(v.Info().Frames)
		if _, err := v.Frame(ctx, frame, viewing.FrameRequest{MaxW: 40}); err != nil {
			return err
		}
		fmt.Println("served", frame, 0)
	}
}

// kill -9 while scrubbing: every acknowledged entry is there, the viewing is
// closed as recovered, and its coverage is what was acknowledged, or one more.
func TestKilledViewerLeavesItsTrace(t *testing.T) {
	r := furnish(t, backendtest.Options{}, backendtest.Small())
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	reviewer := r.As(accounts.Reviewer)
	for i := range 3 {
		id, shown, size := kill(t, r, reviewer.Number, 5+7*i)
		w, err := backendtest.Enter(t.Context(), r.Config.Dir, r.Config.StateDir)
		if err != nil {
			t.Fatal(err)
		}
		r.Workstation = w
		if w.Recovered.Viewings != 1 {
			t.Errorf("%d viewings recovered, want 1", w.Recovered.Viewings)
		}
		row, err := w.Session(t.Context(), reviewer, id)
		if err != nil {
			t.Fatal(err)
		}
		if row.CloseKind != viewing.CloseRecovered || row.Shown < shown || row.Shown > shown+1 {
			t.Errorf("closed %q with %d shown, want recovered with %d", row.CloseKind, row.Shown, shown)
		}
		entries, err := w.Log.List(t.Context(), audit.Filter{ObjectKind: "viewing", ObjectID: id, Limit: 1000})
		if err != nil {
			t.Fatal(err)
		}
		if last := entries[len(entries)-1]; last.Event != audit.Displaying {
			t.Errorf("the first entry is %s", last.Event)
		}
		if r.size(t) <= size {
			t.Errorf("log of %d entries, %d were acknowledged", r.size(t), size)
		}
		if _, err := w.Log.Verify(t.Context(), nil); err != nil {
			t.Error(err)
		}
		if i < 2 {
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// kill runs a viewer, kills it after some reports, and returns the viewing, the
// frames acknowledged and the last acknowledged size of the log.
func kill(t *testing.T, r room, number string, reports int) (id string, shown, size int64) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), childEnv+"="+strings.Join([]string{r.Config.Dir, r.Config.StateDir, number, r.record.ID}, "\n"),
		"GOCOVERDIR="+t.TempDir())
	errs, err := os.Create(filepath.Join(t.TempDir(), "stderr"))
	if err != nil {
		t.Fatal(err)
	}
	defer errs.Close()
	cmd.Stderr = errs
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	// What was acknowledged before the kill may still lie in the pipe after it: it
	// is read to its end, and only a line cut short by the kill is left out.
	lines := bufio.NewScanner(out)
	killed := false
	for lines.Scan() {
		f := strings.Fields(lines.Text())
		if killed && len(f) < 3 {
			break
		}
		last, err := strconv.ParseInt(f[2], 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		size = last
		if f[0] == "open" {
			id = f[1]
			continue
		}
		if shown++; shown == int64(reports) {
			killed = true
			if err := cmd.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	_ = cmd.Wait() // killed
	if id == "" {
		text, _ := os.ReadFile(errs.Name())
		t.Fatalf("the viewer did not start: %s", text)
	}
	return id, shown, size
}
