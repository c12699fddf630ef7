package speech_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"
	"golang.org/x/sys/unix"

	"diaoyue.example/workstation/backend/conduit"
	"diaoyue.example/workstation/media/speech"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// ears are a model that hears how long a span is.
type ears struct {
	words func(pcm []float32) (speech.Said, error)
}

func (ears) Name() string { return "fake sha256:0" }

func (ears) Voice([]float32, bool) (spans [][2]int, open, ok bool) { return nil, false, false }

func (e ears) Words(pcm []float32) (speech.Said, error) {
	if e.words != nil {
		return e.words(pcm)
	}
	return speech.Said{Text: fmt.Sprintf("%.1f s", float64(len(pcm))/speech.Rate), Confidence: 0.5}, nil
}

// voices tell speech as a network does.
type voices struct {
	ears

	spans [][2]int
	open  bool
}

func (v voices) Voice([]float32, bool) (spans [][2]int, open, ok bool) { return v.spans, v.open, true }

// spoken is sound of so many seconds, in which somebody speaks from and to.
func spoken(seconds float64, spans ...[2]float64) []int16 {
	out := make([]int16, int(seconds*speech.Rate))
	for _, s := range spans {
		for i := int(s[0] * speech.Rate); i < int(s[1]*speech.Rate); i++ {
			out[i] = int16(8000 * math.Sin(float64(i)*0.3))
		}
	}
	return out
}

// fake is a worker in this process.
type fake struct {
	conn  *net.UnixConn
	ended chan struct{}

	mu  sync.Mutex
	why string
}

func (w *fake) Conn() *net.UnixConn { return w.conn }

func (w *fake) Kill(why string) {
	w.mu.Lock()
	w.why = why
	w.mu.Unlock()
	w.conn.Close()
}

func (w *fake) Wait() string {
	<-w.ended
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.why
}

// client speaks to workers that do what serve says, and collects their deaths.
func client(t *testing.T, serve func(*net.UnixConn) error) (*speech.Client, *[]conduit.Death) {
	t.Helper()
	return patient(t, time.Minute, serve)
}

// patient is client for workers that may hang.
func patient(t *testing.T, patience time.Duration, serve func(*net.UnixConn) error) (*speech.Client, *[]conduit.Death) {
	t.Helper()
	deaths := &[]conduit.Death{}
	c := speech.New(conduit.Options{
		Patience: patience,
		Start: func(context.Context) (conduit.Worker, error) {
			near, far := ends(t)
			w := &fake{conn: near, ended: make(chan struct{}), why: "crash"}
			go func() {
				defer close(w.ended)
				_ = serve(far)
			}()
			return w, nil
		},
		Died: func(d conduit.Death) { *deaths = append(*deaths, d) },
	})
	t.Cleanup(func() { c.Close() })
	return c, deaths
}

func ends(t *testing.T) (near, far *net.UnixConn) {
	t.Helper()
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	out := make([]*net.UnixConn, 2)
	for i, fd := range fds {
		f := os.NewFile(uintptr(fd), "end")
		c, err := net.FileConn(f)
		f.Close()
		if err != nil {
			t.Fatal(err)
		}
		out[i] = c.(*net.UnixConn)
	}
	return out[0], out[1]
}

// recording stands for the file whose sound is heard.
func recording(t *testing.T) *os.File {
	t.Helper()
	f, err := os.Create(filepath.Join(t.TempDir(), "recording"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

// heard gives sound in pieces as a caller does, and returns the lines as times.
func heard(t *testing.T, c *speech.Client, pcm []int16) []string {
	t.Helper()
	const piece = 60 * speech.Rate
	var out []string
	about := recording(t)
	for from, to := 0, 0; to < len(pcm); {
		to = min(to+piece, len(pcm))
		used, err := c.Lines(t.Context(), about, pcm[from:to], to == len(pcm), func(l speech.Line) error {
			out = append(out, fmt.Sprintf("%.1f-%.1f %s", float64(from+l.From)/speech.Rate, float64(from+l.To)/speech.Rate, l.Text))
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		from += used
	}
	return out
}

func served(e speech.Ears) func(*net.UnixConn) error {
	return func(conn *net.UnixConn) error { return speech.Serve(conn, e) }
}

// Where somebody speaks is told by loudness, over the borders of the pieces.
func TestSpansByLoudness(t *testing.T) {
	c, _ := client(t, served(ears{}))
	for name, tc := range map[string]struct {
		pcm  []int16
		want []string
	}{
		"silence":         {spoken(130), nil},
		"a click":         {spoken(5, [2]float64{2, 2.05}), nil},
		"one":             {spoken(10, [2]float64{2, 4}), []string{"1.8-4.2 2.4 s"}},
		"a short pause":   {spoken(10, [2]float64{2, 4}, [2]float64{4.4, 5}), []string{"1.8-5.2 3.4 s"}},
		"two":             {spoken(10, [2]float64{2, 4}, [2]float64{6, 7}), []string{"1.8-4.2 2.4 s", "5.8-7.2 1.4 s"}},
		"over the border": {spoken(70, [2]float64{58, 63}), []string{"57.8-63.2 5.4 s"}},
		"to the end":      {spoken(61, [2]float64{60.2, 61}), []string{"60.0-61.0 1.0 s"}},
	} {
		t.Run(name, func(t *testing.T) {
			if d := cmp.Diff(tc.want, heard(t, c, tc.pcm)); d != "" {
				t.Error(d)
			}
		})
	}
}

// Speech without a pause is cut into spans that a model can hear, none longer
// than 28 s, and nothing of it is left out.
func TestSpeechWithoutEnd(t *testing.T) {
	c, deaths := client(t, served(ears{}))
	lines := heard(t, c, spoken(200, [2]float64{0, 200}))
	end := 0.0
	for _, l := range lines {
		var from, to float64
		if _, err := fmt.Sscanf(l, "%f-%f", &from, &to); err != nil {
			t.Fatal(err)
		}
		if from > end+0.05 || to-from > 28.1 {
			t.Errorf("%s after %.1f", l, end)
		}
		end = to
	}
	if end != 200 || len(*deaths) > 0 {
		t.Errorf("it ends at %.1f (%v)", end, *deaths)
	}
}

// A network that tells speech is asked before loudness is.
func TestSpansByVoice(t *testing.T) {
	c, _ := client(t, served(voices{spans: [][2]int{{speech.Rate, 3 * speech.Rate}}}))
	if d := cmp.Diff([]string{"1.0-3.0 2.0 s"}, heard(t, c, spoken(5, [2]float64{4, 5}))); d != "" {
		t.Error(d)
	}
	c, _ = client(t, served(voices{spans: [][2]int{{speech.Rate, 3 * speech.Rate}}, open: true}))
	used, err := c.Lines(t.Context(), recording(t), spoken(20), false, func(speech.Line) error { return nil })
	if err != nil || used != 3*speech.Rate {
		t.Errorf("%d samples used (%v), want those up to the last whole span", used, err)
	}
}

// Sentences are lines where the model tells the time of its tokens.
func TestSentences(t *testing.T) {
	said := speech.Said{Text: "请出示证件。好的，给您。", Tokens: strings.Split("请出示证件。好的，给您。", "")}
	for i := range said.Tokens {
		said.At = append(said.At, float64(i)*0.1)
	}
	short := said
	short.At = said.At[1:]
	backwards := said
	backwards.At = slices.Clone(said.At)
	slices.Reverse(backwards.At)
	for name, tc := range map[string]struct {
		said speech.Said
		want []string
	}{
		"timed":         {said, []string{"0.0-0.6 请出示证件。", "0.6-2.0 好的，给您。"}},
		"no times":      {speech.Said{Text: said.Text}, []string{"0.0-2.0 " + said.Text}},
		"a time lacks":  {short, []string{"0.0-2.0 " + said.Text}},
		"backwards":     {backwards, []string{"0.0-2.0 " + said.Text}},
		"another text":  {speech.Said{Text: "3", Tokens: []string{"三"}, At: []float64{0}}, []string{"0.0-2.0 3"}},
		"pieces":        {speech.Said{Text: "hello world", Tokens: []string{"▁hel", "lo", "▁world"}, At: []float64{0, 0.1, 0.2}}, []string{"0.0-2.0 hello world"}},
		"control signs": {speech.Said{Text: "一\x00二\n三\xff"}, []string{"0.0-2.0 一 二 三"}},
		"nothing":       {speech.Said{Text: " "}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			c, _ := client(t, served(voices{ears: ears{func([]float32) (speech.Said, error) { return tc.said, nil }}, spans: [][2]int{{0, 2 * speech.Rate}}}))
			if d := cmp.Diff(tc.want, heard(t, c, spoken(2))); d != "" {
				t.Error(d)
			}
		})
	}
}

// What is heard twice where a span is cut stands once.
func TestSeam(t *testing.T) {
	texts := []string{"一百二十三箱烟花，", "烟花爆竹已经登记"}
	n := 0
	c, _ := client(t, served(voices{ears: ears{func([]float32) (speech.Said, error) {
		n++
		return speech.Said{Text: texts[n-1]}, nil
	}}, spans: [][2]int{{0, 40 * speech.Rate}}}))
	lines := heard(t, c, spoken(40, [2]float64{0, 40}))
	if len(lines) != 2 || !strings.HasSuffix(lines[0], "一百二十三箱烟花，") || !strings.HasSuffix(lines[1], " 爆竹已经登记") {
		t.Errorf("%q", lines)
	}
}

// A worker that dies, hangs or lies ends the call and nothing else; the next
// call finds a fresh one.
func TestBadWorkers(t *testing.T) {
	says := func(answer any, parts ...string) conduit.Handler {
		return func(_ context.Context, c *conduit.Call) (any, []byte, error) {
			for _, p := range parts {
				if err := c.Keep([]byte(p)); err != nil {
					t.Log(err)
				}
			}
			return answer, nil, nil
		}
	}
	used := map[string]int{"used": 2 * speech.Rate}
	for name, tc := range map[string]struct {
		do   conduit.Handler
		want error
		why  string
	}{
		"hangs": {func(ctx context.Context, _ *conduit.Call) (any, []byte, error) {
			<-ctx.Done()
			return nil, nil, ctx.Err()
		}, conduit.ErrGone, "hung"},
		"no JSON":           {says(used, `}`), conduit.ErrGone, "protocol"},
		"beyond the end":    {says(used, `{"from":0,"to":99999,"text":"x"}`), conduit.ErrGone, "protocol"},
		"backwards":         {says(used, `{"from":9,"to":10,"text":"x"}`, `{"from":8,"to":10,"text":"x"}`), conduit.ErrGone, "protocol"},
		"no length":         {says(used, `{"from":9,"to":9,"text":"x"}`), conduit.ErrGone, "protocol"},
		"no words":          {says(used, `{"from":0,"to":9,"text":" "}`), conduit.ErrGone, "protocol"},
		"control signs":     {says(used, `{"from":0,"to":9,"text":"a\u0007"}`), conduit.ErrGone, "protocol"},
		"too sure":          {says(used, `{"from":0,"to":9,"text":"x","confidence":2}`), conduit.ErrGone, "protocol"},
		"too long":          {says(used, `{"from":0,"to":9,"text":"`+strings.Repeat("x", 5000)+`"}`), conduit.ErrGone, "protocol"},
		"too many":          {says(used, slices.Repeat([]string{`{"from":0,"to":9,"text":"x"}`}, 2001)...), conduit.ErrGone, "protocol"},
		"more than given":   {says(map[string]int{"used": 2*speech.Rate + 1}), conduit.ErrProtocol, ""},
		"less than nothing": {says(map[string]int{"used": -1}), conduit.ErrProtocol, ""},
		"not to the end":    {says(map[string]int{"used": 5}), conduit.ErrProtocol, ""},
		"no answer":         {says([]int{}), conduit.ErrProtocol, ""},
	} {
		t.Run(name, func(t *testing.T) {
			bad := true
			c, deaths := patient(t, 2*time.Second, func(conn *net.UnixConn) error {
				if bad {
					bad = false
					return conduit.Serve(conn, conduit.Errors{}, tc.do)
				}
				return speech.Serve(conn, ears{})
			})
			about := recording(t)
			hear := func() (int, error) {
				return c.Lines(t.Context(), about, spoken(2, [2]float64{0, 1}), true, func(speech.Line) error { return nil })
			}
			if _, err := hear(); !errors.Is(err, tc.want) {
				t.Errorf("err = %v", err)
			}
			if tc.why == "" {
				return
			}
			if len(*deaths) != 1 || (*deaths)[0].Why != tc.why || !slices.Equal((*deaths)[0].Files, []string{about.Name()}) {
				t.Errorf("deaths %+v", *deaths)
			}
			if used, err := hear(); err != nil || used != 2*speech.Rate {
				t.Errorf("afterwards: %d, %v", used, err)
			}
		})
	}
}

// emit's own error ends the call with it, and the worker lives on.
func TestEmitRefuses(t *testing.T) {
	c, deaths := client(t, served(ears{}))
	stop := errors.New("no more")
	pcm := spoken(9, [2]float64{1, 2}, [2]float64{4, 5}, [2]float64{7, 8})
	if _, err := c.Lines(t.Context(), recording(t), pcm, true, func(speech.Line) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("err = %v", err)
	}
	if lines := heard(t, c, pcm); len(lines) != 3 || len(*deaths) != 0 {
		t.Errorf("afterwards: %q, deaths %v", lines, *deaths)
	}
}

func TestName(t *testing.T) {
	c, _ := client(t, served(ears{}))
	if name, err := c.Name(t.Context(), recording(t)); err != nil || name != "fake sha256:0" {
		t.Errorf("%q, %v", name, err)
	}
	for _, lie := range []string{"", "<script>\n", strings.Repeat("x", 300), "模型"} {
		c, _ = client(t, func(conn *net.UnixConn) error {
			return conduit.Serve(conn, conduit.Errors{}, func(context.Context, *conduit.Call) (any, []byte, error) {
				return map[string]string{"name": lie}, nil, nil
			})
		})
		if _, err := c.Name(t.Context(), recording(t)); !errors.Is(err, conduit.ErrProtocol) {
			t.Errorf("%q: %v", lie, err)
		}
	}
}
