//go:build window

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"image"
	_ "image/png"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/net/websocket"
)

const (
	windowBinary = "build/bin/diaoyue"
	e2eBinary    = "build/bin/diaoyue-e2e"
	windowUser   = "archivist"
	windowPass   = "window-test-1"
)

// desk is a program in a real window on its own X server and session bus.
type desk struct {
	display string
	env     []string
	cmd     *exec.Cmd
	err     *strings.Builder
	done    chan error
}

// laptop is the smallest screen in use.
const laptop = "1366x768x24"

// screen starts an X server of a size for the test and returns its display.
func screen(t *testing.T, size string) string {
	t.Helper()
	if _, err := exec.LookPath("Xvfb"); err != nil {
		t.Skip("no Xvfb here: make test installs it")
	}
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	x := exec.CommandContext(t.Context(), "Xvfb", "-displayfd", "3", "-screen", "0", size, "-nolisten", "tcp")
	x.ExtraFiles = []*os.File{w}
	if err = x.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = x.Process.Kill()
		_ = x.Wait()
	})
	_ = w.Close()
	number := make([]byte, 16)
	n, err := r.Read(number)
	if err != nil {
		t.Fatal(err)
	}
	return ":" + strings.TrimSpace(string(number[:n]))
}

// archive founds an archive for the test.
func archive(t *testing.T, env []string, dir string) {
	t.Helper()
	output(t, env, windowBinary, "--archive", dir, "--as", windowUser, "create", "--organ", "Window test")
}

func homes(t *testing.T) []string {
	t.Helper()
	dir := t.TempDir()
	return append(os.Environ(),
		"HOME="+dir, "XDG_STATE_HOME="+dir+"/state", "XDG_DATA_HOME="+dir+"/data", "XDG_CACHE_HOME="+dir+"/cache", "XDG_CONFIG_HOME="+dir+"/config",
		"XDG_RUNTIME_DIR="+dir, "DIAOYUE_PASSWORD="+windowPass, "LANG=C.UTF-8", "NO_AT_BRIDGE=1",
	)
}

func output(t *testing.T, env []string, name string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Env = env
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s %v: %v\n%s", name, args, err, out)
	}
	return string(out)
}

func open(t *testing.T, binary, dir string, env []string, extra ...string) *desk {
	t.Helper()
	return openOn(t, screen(t, laptop), binary, dir, append(env, extra...))
}

// openOn starts the program on a display and waits for its window.
func openOn(t *testing.T, display, binary, dir string, env []string) *desk {
	t.Helper()
	d := &desk{display: display, err: &strings.Builder{}, done: make(chan error, 1)}
	d.env = append(env, "DISPLAY="+d.display)
	// The program is its own child of the bus: signals go to it, not to the bus.
	d.cmd = exec.Command("dbus-run-session", "--", binary, "--archive", dir)
	d.cmd.Env, d.cmd.Stderr = d.env, d.err
	d.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := d.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { d.done <- d.cmd.Wait() }()
	t.Cleanup(func() { _ = syscall.Kill(-d.cmd.Process.Pid, syscall.SIGKILL) })
	d.wait(t, "the window", func() bool {
		out, err := d.x("xdotool", "search", "--onlyvisible", "--class", "diaoyue")
		return err == nil && strings.TrimSpace(out) != ""
	})
	return d
}

// x runs a tool on the test's display.
func (d *desk) x(name string, args ...string) (string, error) {
	cmd := exec.Command(name, args...)
	cmd.Env = d.env
	out, err := cmd.Output()
	return string(out), err
}

func (d *desk) wait(t *testing.T, what string, ready func() bool) {
	t.Helper()
	for range 300 {
		if ready() {
			return
		}
		select {
		case err := <-d.done:
			t.Fatalf("waiting for %s: the program ended: %v\n%s", what, err, d.err)
		case <-time.After(100 * time.Millisecond):
		}
	}
	t.Fatalf("waited in vain for %s\n%s", what, d.err)
}

// picture is a screenshot of the whole screen.
func (d *desk) picture(t *testing.T, name string) image.Image {
	t.Helper()
	path := filepath.Join(t.ArtifactDir(), name+".png")
	if out, err := d.x("import", "-window", "root", path); err != nil {
		t.Fatalf("screenshot: %v %s", err, out)
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	picture, _, err := image.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	return picture
}

// colours counts the different colours of a picture.
func colours(p image.Image) int {
	seen := map[[3]uint32]bool{}
	for y := p.Bounds().Min.Y; y < p.Bounds().Max.Y; y++ {
		for x := p.Bounds().Min.X; x < p.Bounds().Max.X; x++ {
			r, g, b, _ := p.At(x, y).RGBA()
			seen[[3]uint32{r, g, b}] = true
		}
	}
	return len(seen)
}

// changed is the share of pixels in which two pictures differ.
func changed(a, b image.Image) float64 {
	n, all := 0, 0
	for y := a.Bounds().Min.Y; y < a.Bounds().Max.Y; y += 2 {
		for x := a.Bounds().Min.X; x < a.Bounds().Max.X; x += 2 {
			all++
			if a.At(x, y) != b.At(x, y) {
				n++
			}
		}
	}
	return float64(n) / float64(all)
}

// close asks the program to end and wants it to end well.
func (d *desk) close(t *testing.T, binary string) {
	t.Helper()
	out, err := exec.Command("pgrep", "-g", strconv.Itoa(d.cmd.Process.Pid), "-f", "^"+binary).Output()
	if err != nil {
		t.Fatalf("find the program: %v", err)
	}
	for id := range strings.FieldsSeq(string(out)) {
		pid, err := strconv.Atoi(id)
		if err != nil {
			t.Fatal(err)
		}
		if err := syscall.Kill(pid, syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
	}
	select {
	case err := <-d.done:
		if err != nil {
			t.Errorf("the program ended with %v\n%s", err, d.err)
		}
	case <-time.After(20 * time.Second):
		t.Errorf("the program does not end\n%s", d.err)
	}
}

// TestWindowSignsIn: the binary that people get, in a real window: it shows
// itself, somebody signs in by keyboard, it ends cleanly, the log holds.
func TestWindowSignsIn(t *testing.T) {
	env, dir := homes(t), filepath.Join(t.TempDir(), "archive")
	archive(t, env, dir)
	d := open(t, windowBinary, dir, env)
	var first image.Image
	d.wait(t, "the first screen", func() bool {
		first = d.picture(t, "first")
		return colours(first) > 60
	})
	// A second program on the archive is told who holds it.
	second := exec.Command(windowBinary, "--archive", dir, "--as", windowUser, "case", "list")
	second.Env = env
	if out, err := second.CombinedOutput(); err == nil || !strings.Contains(string(out), "store.held") {
		t.Errorf("a second program: %v %s", err, out)
	}
	for _, keys := range [][]string{
		{"type", "--delay", "30", windowUser}, {"key", "Tab"}, {"type", "--delay", "30", windowPass}, {"key", "Return"},
	} {
		if _, err := d.x("xdotool", keys...); err != nil {
			t.Fatalf("xdotool %v: %v", keys, err)
		}
		time.Sleep(150 * time.Millisecond)
	}
	d.wait(t, "the home screen", func() bool {
		home := d.picture(t, "home")
		return colours(home) > 60 && changed(first, home) > 0.05
	})
	d.close(t, windowBinary)
	output(t, env, windowBinary, "--archive", dir, "log", "verify")
	listed := output(t, env, windowBinary, "--archive", dir, "--as", "auditor", "log", "list", "--json")
	var entries struct {
		Entries []struct{ Event, Actor string }
	}
	if err := json.Unmarshal([]byte(listed), &entries); err != nil {
		t.Fatal(err)
	}
	events := map[string]int{}
	for _, e := range entries.Entries {
		events[e.Event]++
	}
	// One sign-in in the window and one of the auditor just now; the window's
	// account was signed out when it closed.
	if events["sign-in"] != 2 || events["sign-out"] != 1 {
		t.Errorf("events: %v", events)
	}
}

// TestWindowHidesItsInspector: the production binary serves no web inspector
// whatever the environment says; the end-to-end binary does, which shows that
// the test would see one.
func TestWindowHidesItsInspector(t *testing.T) {
	env, dir := homes(t), filepath.Join(t.TempDir(), "archive")
	archive(t, env, dir)
	for _, c := range []struct {
		binary string
		served bool
	}{{e2eBinary, true}, {windowBinary, false}} {
		port := freePort(t)
		at := fmt.Sprintf("127.0.0.1:%d", port)
		other := fmt.Sprintf("127.0.0.1:%d", freePort(t))
		d := open(t, c.binary, dir, env, "WEBKIT_INSPECTOR_HTTP_SERVER="+at, "WEBKIT_INSPECTOR_SERVER="+other)
		d.wait(t, "the first screen", func() bool { return colours(d.picture(t, "inspector")) > 60 })
		if got := listens(at); got != c.served {
			t.Errorf("%s: inspector on WEBKIT_INSPECTOR_HTTP_SERVER: %v, want %v", c.binary, got, c.served)
		}
		if !c.served && listens(other) {
			t.Errorf("%s: inspector on WEBKIT_INSPECTOR_SERVER", c.binary)
		}
		d.close(t, c.binary)
	}
}

// TestWindowSurvivesNilDereference: a face that reads through nil, or panics,
// gives an error; the window and the other faces live on. (Wails v2.12.0 died:
// WebKit's signal handler lacks SA_ONSTACK.)
func TestWindowSurvivesNilDereference(t *testing.T) {
	env, dir := homes(t), filepath.Join(t.TempDir(), "archive")
	archive(t, env, dir)
	at := fmt.Sprintf("127.0.0.1:%d", freePort(t))
	d := open(t, e2eBinary, dir, env, "WEBKIT_INSPECTOR_HTTP_SERVER="+at)
	d.wait(t, "the first screen", func() bool { return colours(d.picture(t, "nil")) > 60 })
	page := inspect(t, at)
	for range 3 {
		for _, method := range []string{"NilDereference", "Panic"} {
			got := page.eval(t, `window.go.desktop.Crash.`+method+`().then(()=>"answered",e=>JSON.parse(e.message).code)`)
			if got != "desktop.panic" {
				t.Errorf("%s: %q", method, got)
			}
		}
		if got := page.eval(t, `window.go.desktop.Seat.State().then(s=>s.state,e=>e.code)`); got != "ready" {
			t.Errorf("after it: %q", got)
		}
	}
	if got := page.eval(t, `fetch("/viewings/guessed/frames/0").then(async r=>r.status+" "+(await r.json()).code)`); got != "403 desktop.not_signed_in" {
		t.Errorf("a guessed frame: %q", got)
	}
	d.close(t, e2eBinary)
}

func freePort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

func listens(at string) bool {
	c, err := net.DialTimeout("tcp", at, time.Second)
	if err != nil {
		return false
	}
	_ = c.Close()
	return true
}

// page speaks WebKit's inspector protocol to the window's page.
type page struct {
	ws     *websocket.Conn
	target string
	id     int
}

func inspect(t *testing.T, at string) *page {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), 10*time.Second)
	defer stop()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+at+"/", nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	list, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	// The list of pages names its socket: …ws=127.0.0.1:port/socket/1/1/WebPage
	path := "/socket/1/1/WebPage"
	if _, after, ok := strings.Cut(string(list), "/socket/"); ok {
		if end := strings.IndexAny(after, "\"'&<> "); end > 0 {
			path = "/socket/" + after[:end]
		}
	}
	ws, err := websocket.Dial("ws://"+at+path, "", "http://"+at)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = ws.Close() })
	p := &page{ws: ws}
	_ = ws.SetDeadline(time.Now().Add(30 * time.Second))
	for p.target == "" {
		var m struct {
			Method string
			Params struct {
				TargetInfo struct{ TargetID, Type string }
			}
		}
		if err := websocket.JSON.Receive(ws, &m); err != nil {
			t.Fatal(err)
		}
		if m.Method == "Target.targetCreated" && m.Params.TargetInfo.Type == "page" {
			p.target = m.Params.TargetInfo.TargetID
		}
	}
	return p
}

// eval evaluates an expression that gives a promise of a string.
func (p *page) eval(t *testing.T, expression string) string {
	t.Helper()
	// The protocol of this WebKit does not await: the answer is left in a
	// global and asked for.
	p.evaluate(t, `window.__answer=undefined;(`+expression+`).then(v=>{window.__answer=String(v)},e=>{window.__answer="rejected "+e});""`)
	for range 100 {
		if got := p.evaluate(t, `window.__answer===undefined?"":"="+window.__answer`); got != "" {
			return got[1:]
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatalf("%s: the promise is pending for ever", expression)
	return ""
}

func (p *page) evaluate(t *testing.T, expression string) string {
	t.Helper()
	p.id++
	inner, err := json.Marshal(map[string]any{
		"id": p.id, "method": "Runtime.evaluate", "params": map[string]any{"expression": expression, "returnByValue": true},
	})
	if err != nil {
		t.Fatal(err)
	}
	_ = p.ws.SetDeadline(time.Now().Add(20 * time.Second))
	if err := websocket.JSON.Send(p.ws, map[string]any{
		"id": 1000 + p.id, "method": "Target.sendMessageToTarget", "params": map[string]any{"targetId": p.target, "message": string(inner)},
	}); err != nil {
		t.Fatal(err)
	}
	for {
		var m struct {
			Method string
			Params struct{ Message string }
		}
		if err := websocket.JSON.Receive(p.ws, &m); err != nil {
			t.Fatal(err)
		}
		if m.Method != "Target.dispatchMessageFromTarget" {
			continue
		}
		var r struct {
			ID     int
			Result struct {
				Result struct{ Value any }
			}
		}
		if err := json.Unmarshal([]byte(m.Params.Message), &r); err != nil {
			t.Fatal(err)
		}
		if r.ID == p.id {
			text, _ := r.Result.Result.Value.(string)
			return text
		}
	}
}
