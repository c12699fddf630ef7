package transcription_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"diaoyue.example/workstation/backend/conduit"
	"diaoyue.example/workstation/backend/transcription"
	"diaoyue.example/workstation/backend/worker"
	"diaoyue.example/workstation/media/mediatest"
	"diaoyue.example/workstation/media/speech"
)

// The test binary is the child too: the real one, or one that does what its
// role says.
func TestMain(m *testing.M) {
	if worker.Asked(os.Args[1:]) {
		os.Exit(worker.Main(engine(os.Args[2])))
	}
	goleak.VerifyTestMain(m)
}

func engine(role string) worker.Engine {
	switch role {
	case "good":
		return worker.Engine{Serve: func(conn *net.UnixConn) error { return speech.Serve(conn, ears{}) }}
	case "crash":
		return worker.Engine{Serve: func(*net.UnixConn) error { panic("crash") }}
	case "abort":
		return worker.Engine{Warm: func([]byte) error {
			_ = syscall.Kill(os.Getpid(), syscall.SIGABRT)
			select {}
		}}
	case "hang":
		return worker.Engine{Serve: func(*net.UnixConn) error { select {} }}
	case "nonsense":
		return worker.Engine{Serve: func(conn *net.UnixConn) error {
			_, err := conn.Write([]byte(strings.Repeat("lorem ipsum ", 100)))
			return errors.Join(err, <-make(chan error))
		}}
	}
	return transcription.Engine()
}

// ears are a fake model that hears how long a span is.
type ears struct{}

func (ears) Name() string { return "fake sha256:0" }

func (ears) Voice([]float32, bool) (spans [][2]int, open, ok bool) { return nil, false, false }

func (ears) Words(pcm []float32) (speech.Said, error) {
	return speech.Said{Text: fmt.Sprintf("%.1f s", float64(len(pcm))/speech.Rate)}, nil
}

// client speaks to children of this command and collects their deaths.
func client(t *testing.T, c worker.Command) (*speech.Client, *[]conduit.Death) {
	t.Helper()
	deaths := &[]conduit.Death{}
	out := speech.New(conduit.Options{
		Patience: 4 * time.Second,
		Start: func(ctx context.Context) (conduit.Worker, error) {
			child, err := worker.Start(ctx, c)
			if err != nil {
				return nil, err
			}
			return child, nil
		},
		Died: func(d conduit.Death) { *deaths = append(*deaths, d) },
	})
	t.Cleanup(func() { out.Close() })
	return out, deaths
}

// sound are tones of a frequency and a length.
func sound(tones ...[2]float64) []int16 {
	wav := mediatest.Tones(speech.Rate, tones...)[44:]
	out := make([]int16, len(wav)/2)
	for i := range out {
		out[i] = int16(uint16(wav[2*i]) | uint16(wav[2*i+1])<<8)
	}
	return out
}

func recording(t *testing.T) *os.File {
	t.Helper()
	f, err := os.Create(filepath.Join(t.TempDir(), "recording"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

func lines(t *testing.T, c *speech.Client, pcm []int16) ([]string, error) {
	t.Helper()
	var out []string
	_, err := c.Lines(t.Context(), recording(t), pcm, true, func(l speech.Line) error {
		out = append(out, l.Text)
		return nil
	})
	return out, err
}

// Children that are good, silent, crash, hang and talk nonsense: each end is
// known by its name, and this process lives on.
func TestChildren(t *testing.T) {
	limits := worker.Limits{Data: 1 << 30, Heap: 64 << 20, Files: 64, FileSize: 1 << 20}
	for role, tc := range map[string]struct {
		pcm  []int16
		want []string
		err  error
		why  string
	}{
		"good":     {pcm: sound([2]float64{0, 1}, [2]float64{400, 1}, [2]float64{0, 1}), want: []string{"1.4 s"}},
		"silence":  {pcm: sound([2]float64{0, 3})},
		"crash":    {pcm: sound([2]float64{400, 1}), err: conduit.ErrGone, why: worker.WhyCrash},
		"hang":     {pcm: sound([2]float64{400, 1}), err: conduit.ErrGone, why: worker.WhyHung},
		"nonsense": {pcm: sound([2]float64{400, 1}), err: conduit.ErrGone, why: worker.WhyProtocol},
	} {
		t.Run(role, func(t *testing.T) {
			played := role
			if role == "silence" {
				played = "good"
			}
			c, deaths := client(t, worker.Command{Name: worker.Speech, Role: played, Limits: limits})
			got, err := lines(t, c, tc.pcm)
			if d := cmp.Diff(tc.want, got); d != "" || !errors.Is(err, tc.err) {
				t.Errorf("%v, %s", err, d)
			}
			why := ""
			for _, d := range *deaths {
				why += d.Why
			}
			if why != tc.why {
				t.Errorf("deaths %+v, want %q", *deaths, tc.why)
			}
		})
	}
}

// A child that ends while it loads is a refusal to start, and no death.
func TestLoadingEndsTheChild(t *testing.T) {
	c, deaths := client(t, worker.Command{Name: worker.Speech, Role: "abort"})
	if _, err := lines(t, c, sound([2]float64{400, 1})); !errors.Is(err, worker.ErrStart) {
		t.Errorf("err = %v", err)
	}
	if len(*deaths) > 0 {
		t.Errorf("deaths %+v", *deaths)
	}
}

// library is where `make speech` puts sherpa-onnx.
const library = "../../build/bin/speech"

// real looks at a model folder with the real library and gives its command.
func real(t *testing.T, dir string) worker.Command {
	t.Helper()
	if _, err := os.Stat(filepath.Join(library, "libsherpa-onnx-c-api.so")); err != nil {
		t.Skipf("no sherpa-onnx here, make speech installs it: %v", err)
	}
	beside, err := filepath.Abs(library)
	if err != nil {
		t.Fatal(err)
	}
	m, err := speech.Look(dir, beside)
	if err != nil {
		t.Fatal(err)
	}
	command, err := transcription.Setup{Model: dir, Library: beside}.Command(m)
	if err != nil {
		t.Fatal(err)
	}
	return command
}

// The real library hears behind the whole lock.
func TestHearsLockedIn(t *testing.T) {
	dir := t.TempDir()
	if err := mediatest.Hearing(dir, "低", "高"); err != nil {
		t.Fatal(err)
	}
	command := real(t, dir)
	c, deaths := client(t, command)
	name, err := c.Name(t.Context(), recording(t))
	if err != nil || !strings.HasPrefix(name, "sense-voice sha256:") {
		t.Fatalf("%q, %v", name, err)
	}
	got, err := lines(t, c, sound([2]float64{0, 1}, [2]float64{300, 2}, [2]float64{3000, 2}, [2]float64{0, 2}, [2]float64{3000, 1}, [2]float64{0, 1}))
	if d := cmp.Diff([]string{"低高", "高"}, got); d != "" || err != nil {
		t.Errorf("%v, %s", err, d)
	}
	if len(*deaths) > 0 {
		t.Errorf("deaths %+v", *deaths)
	}
	child, err := worker.Start(t.Context(), command)
	if err != nil {
		t.Fatal(err)
	}
	defer child.Conn().Close()
	if s := child.Status(); !s.NoNewPrivs || !s.Undumpable || s.Limits.Data == 0 || !s.Seccomp {
		t.Errorf("what holds it: %+v", s)
	}
	child.Kill(worker.WhyClosed)
	child.Wait()
}

// A model that is broken inside ends its child at most: it is refused by name.
func TestBrokenModels(t *testing.T) {
	said := map[string]string{"with_itn": "14", "lfr_window_size": "7"}
	whole := t.TempDir()
	if err := mediatest.Hearing(whole, "a", "b"); err != nil {
		t.Fatal(err)
	}
	good, err := os.ReadFile(filepath.Join(whole, "model.onnx"))
	if err != nil {
		t.Fatal(err)
	}
	for name, files := range map[string]map[string]string{
		"a graph of nothing": {"model.onnx": mediatest.Network("graph", said), "tokens.txt": "a 0\nb 1\n"},
		"no words of itself": {"model.onnx": mediatest.Network(string(good), said), "tokens.txt": "a 0\nb 1\n"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			for n, text := range files {
				if err := os.WriteFile(filepath.Join(dir, n), []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			c, deaths := client(t, real(t, dir))
			_, err := c.Name(t.Context(), recording(t))
			t.Log(err)
			if !errors.Is(err, worker.ErrStart) {
				t.Errorf("err = %v", err)
			}
			if len(*deaths) > 0 {
				t.Errorf("deaths %+v", *deaths)
			}
		})
	}
}

// A folder that has changed since it was looked at is refused, too.
func TestVanishedModel(t *testing.T) {
	raw, err := json.Marshal(transcription.Setup{Model: filepath.Join(t.TempDir(), "none"), Library: "/"})
	if err != nil {
		t.Fatal(err)
	}
	c, _ := client(t, worker.Command{Name: worker.Speech, Role: transcription.Role, Setup: raw})
	if _, err = c.Name(t.Context(), recording(t)); !errors.Is(err, worker.ErrStart) {
		t.Errorf("err = %v", err)
	}
}
