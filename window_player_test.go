//go:build window

package main

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// playerBench is where the archive of `make bench-player` stands.
const playerBench = "build/bench/clips/player"

// probe is put into the page: it keeps each picture's frame and instant as it
// is drawn, and what the sound card is given. The beep's start is searched in
// the very buffers that are played.
const probe = `(async()=>{
  const seen=window.__seen=[];const beeps=window.__beeps=[];window.__device=null;
  const put=CanvasRenderingContext2D.prototype.drawImage;
  CanvasRenderingContext2D.prototype.drawImage=function(...a){
    put.apply(this,a);
    if(this.canvas.dataset.testid!=="frame"||a[0] instanceof HTMLCanvasElement)return; // the watermark
    const row={at:performance.now(),device:window.__device?.currentTime??-1,frame:-1,sketch:a.length>5,tile:a.length>5?a[1]*1e5+a[2]:0,white:false};
    seen.push(row);
    queueMicrotask(()=>{row.frame=Number(this.canvas.dataset.frame??-1)});
    if(window.__flash){const w=this.canvas.width,h=this.canvas.height;const p=this.getImageData(w>>1,h>>1,1,1).data;row.white=p[0]>160&&p[1]>160&&p[2]>160}
  };
  const Real=window.AudioContext;
  if(Real)window.AudioContext=class extends Real{constructor(...a){super(...a);window.__device=this}};
  const start=AudioBufferSourceNode.prototype.start;
  AudioBufferSourceNode.prototype.start=function(when=0,offset=0,...rest){
    const d=this.buffer.getChannelData(0),r=this.buffer.sampleRate;let quiet=r;
    for(let i=0;i<d.length;i++){if(Math.abs(d[i])>0.1){if(quiet>r/5)beeps.push({heard:when+(i/r-offset)/this.playbackRate.value});quiet=0}else quiet++}
    return start.call(this,when,offset,...rest)};
  return "ready"})()`

// row is one picture as it was drawn. Times: ms of the page, seconds of the sound card.
type row struct {
	At, Device float64
	Frame      int
	Sketch     bool
	Tile       float64
	White      bool
}

// playerTable prints one line a figure and remembers what was missed.
type playerTable struct {
	t      *testing.T
	missed int
}

func (p *playerTable) row(what, figure, mark string, ok bool) {
	p.t.Helper()
	word := "ok"
	if !ok {
		word = "MISSED"
		p.missed++
		p.t.Errorf("%s: %s, must be %s", what, figure, mark)
	}
	fmt.Printf("| %s | %s | %s | %s |\n", what, figure, mark, word)
}

func (p *playerTable) note(what, figure string) { fmt.Printf("| %s | %s | | |\n", what, figure) }

// bench is a window with the page's inspector, signed in.
type bench struct {
	*desk
	page *page
}

// TestBenchPlayer measures the player in the real window: `make bench-player`.
func TestBenchPlayer(t *testing.T) {
	dir, err := filepath.Abs(playerBench)
	if err != nil {
		t.Fatal(err)
	}
	made := exec.CommandContext(t.Context(), "build/bench/player/archive.sh", absolute(t, e2eBinary), dir)
	made.Stderr = os.Stderr
	if err = made.Run(); err != nil {
		t.Fatalf("make the archive: %v", err)
	}
	hd, hour, long := recordOf(t, dir, "hd.mp4"), recordOf(t, dir, "hour.mp4"), recordOf(t, dir, "long.mp4")
	b := openBench(t, dir)
	table := &playerTable{t: t}
	fmt.Printf("| what | figure | mark | |\n|---|---:|---:|---|\n")
	table.note("machine", machine())
	for _, part := range []struct {
		name    string
		measure func(*testing.T, *playerTable, string)
		record  string
	}{{"first", b.firstFrame, hd}, {"play", b.plays, hd}, {"speeds", b.speeds, hd}, {"scrub", b.scrubs, hour}, {"drift", b.drifts, long}} {
		if only := os.Getenv("BENCH_ONLY"); only == "" || strings.Contains(only, part.name) {
			part.measure(t, table, part.record)
		}
	}
	table.note("load at the end", load())
	b.close(t, e2eBinary)
}

func absolute(t *testing.T, path string) string {
	t.Helper()
	abs, err := filepath.Abs(path)
	if err != nil {
		t.Fatal(err)
	}
	return abs
}

// recordOf finds the record that a file became.
func recordOf(t *testing.T, dir, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "received.json"))
	if err != nil {
		t.Fatal(err)
	}
	var list struct {
		Outcomes []struct {
			Name     string
			RecordID string `json:"record_id"`
		}
	}
	if err = json.Unmarshal(text, &list); err != nil {
		t.Fatal(err)
	}
	for _, one := range list.Outcomes {
		if one.Name == name {
			return one.RecordID
		}
	}
	t.Fatalf("%s is not in %s", name, text)
	return ""
}

func machine() string {
	text, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return "unknown"
	}
	model, cores := "unknown", strings.Count(string(text), "processor\t")
	if _, after, ok := strings.Cut(string(text), "model name\t: "); ok {
		model, _, _ = strings.Cut(after, "\n")
	}
	return fmt.Sprintf("%d × %s, load %s", cores, model, load())
}

func load() string {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "?"
	}
	first, _, _ := strings.Cut(string(text), " ")
	return first
}

// openBench opens the window on a large screen, with a sound card that plays
// into nothing where one can be had, and signs in by keyboard.
func openBench(t *testing.T, dir string) *bench {
	t.Helper()
	home, runtime := filepath.Join(dir, "home"), t.TempDir()
	at := fmt.Sprintf("127.0.0.1:%d", freePort(t))
	env := append(os.Environ(),
		"HOME="+home, "XDG_STATE_HOME="+home+"/state", "XDG_DATA_HOME="+home+"/data", "XDG_CACHE_HOME="+home+"/cache",
		"XDG_CONFIG_HOME="+home+"/config", "XDG_RUNTIME_DIR="+runtime, "LANG=C.UTF-8", "NO_AT_BRIDGE=1",
		"WEBKIT_INSPECTOR_HTTP_SERVER="+at, "PULSE_SERVER=unix:"+runtime+"/sound",
	)
	soundCard(t, env, runtime)
	d := openOn(t, screen(t, "1920x1080x24"), e2eBinary, filepath.Join(dir, "archive"), env)
	d.wait(t, "the first screen", func() bool { return colours(d.picture(t, "first")) > 60 })
	b := &bench{desk: d, page: inspect(t, at)}
	// No window manager is there to maximise the window.
	d.keys(t, time.Second, []string{"search", "--onlyvisible", "--class", "diaoyue", "windowmove", "0", "0", "windowsize", "1920", "1080"})
	d.keys(t, 200*time.Millisecond, []string{"type", "--delay", "30", windowUser},
		[]string{"key", "Tab"}, []string{"type", "--delay", "30", windowPass}, []string{"key", "Return"})
	d.wait(t, "the home screen", func() bool {
		return b.page.evaluate(t, `String(document.querySelector("footer.stat")!==null)`) == "true"
	})
	b.page.eval(t, probe)
	return b
}

// soundCard starts a PulseAudio that plays into nothing.
func soundCard(t *testing.T, env []string, runtime string) {
	t.Helper()
	if _, err := exec.LookPath("pulseaudio"); err != nil {
		return
	}
	cmd := exec.Command("pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no",
		"--load=module-null-sink", "--load=module-native-protocol-unix auth-anonymous=1 socket="+runtime+"/sound")
	cmd.Env = env
	if err := cmd.Start(); err != nil {
		return
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	for range 50 {
		if _, err := os.Stat(runtime + "/sound"); err == nil {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
}

// show opens a viewing as the dialog does and gives the milliseconds until its
// first frame stands on the glass.
func (b *bench) show(t *testing.T, record string) float64 {
	t.Helper()
	took := b.page.eval(t, `(async()=>{
	  window.__seen.length=0;const began=performance.now();
	  const made=await window.go.desktop.Viewings.Open({recordId:"`+record+`",copyId:"",purpose:"planned",basis:"B-1",note:""});
	  location.hash="#/viewing/"+made.id;
	  for(let i=0;i<2000;i++){const first=window.__seen.find(r=>r.frame>=0);if(first)return (first.at-began).toFixed(1);await new Promise(d=>setTimeout(d,5))}
	  throw "no frame"})()`)
	ms, err := strconv.ParseFloat(took, 64)
	if err != nil {
		t.Fatalf("first frame: %s", took)
	}
	return ms
}

// leave goes home: the viewing closes.
func (b *bench) leave(t *testing.T) {
	t.Helper()
	b.page.evaluate(t, `location.hash="#/";""`)
	time.Sleep(1200 * time.Millisecond)
}

func (b *bench) drawn(t *testing.T) []row {
	t.Helper()
	var rows []row
	if err := json.Unmarshal([]byte(b.page.evaluate(t, `JSON.stringify(window.__seen)`)), &rows); err != nil {
		t.Fatal(err)
	}
	return rows
}

// press sends keys; the window has the focus.
func (b *bench) press(t *testing.T, keys ...string) {
	t.Helper()
	if _, err := b.x("xdotool", append([]string{"key", "--delay", "40"}, keys...)...); err != nil {
		t.Fatal(err)
	}
}

func (b *bench) firstFrame(t *testing.T, table *playerTable, record string) {
	t.Helper()
	b.show(t, record) // the player's code is loaded once
	b.leave(t)
	var all []float64
	for range 7 {
		all = append(all, b.show(t, record))
		b.leave(t)
	}
	slices.Sort(all)
	table.row("first frame of an indexed 1080p record, p50 of 7", fmt.Sprintf("%.0f ms (max %.0f)", all[3], all[6]), "≤ 300 ms", all[3] <= 300)
}

// plays lets 1080p25 play for twenty seconds, with sound where a card answers,
// and then for fourteen more, in which every picture is read back to see the
// flashes: that costs the page time which a person's window does not spend.
func (b *bench) plays(t *testing.T, table *playerTable, record string) {
	t.Helper()
	b.show(t, record)
	time.Sleep(time.Second)
	b.page.evaluate(t, `window.__seen.length=0;""`)
	b.press(t, "space")
	time.Sleep(21 * time.Second)
	dots := b.page.evaluate(t, `(()=>{const c=document.querySelector("canvas[data-testid=frame]");const r=c.getBoundingClientRect();return c.width+"×"+c.height+" on "+r.width+"×"+r.height})()`)
	b.press(t, "space")
	rows := before(moving(b.drawn(t)), 20*time.Second) // the question before cost the window a tenth of a second
	table.row("points of the picture, dots of the screen", dots, "the same", func() bool { a, b, _ := strings.Cut(dots, " on "); return a == b }())
	shown, due := span(rows)
	share := float64(shown) / float64(due)
	wall := (rows[len(rows)-1].At - rows[0].At) / 1000
	table.row("1080p25 in the window, frames shown", fmt.Sprintf("%.2f %% (%d of %d in %.1f s, longest pause %.0f ms)", share*100, shown, due, wall, pause(rows)), "≥ 99 %", share >= 0.99)
	pace := float64(due-1) / 25 / wall
	table.row("pace of the picture against the wall", fmt.Sprintf("%.4f", pace), "0.99–1.01", math.Abs(pace-1) <= 0.01)
	b.press(t, "Home")
	time.Sleep(time.Second)
	b.page.evaluate(t, `window.__flash=true;window.__seen.length=0;window.__beeps.length=0;""`)
	b.press(t, "space")
	time.Sleep(14 * time.Second)
	b.press(t, "space")
	rows = moving(b.drawn(t))
	b.page.evaluate(t, `window.__flash=false;""`)
	b.together(t, table, rows)
	b.leave(t)
}

// before leaves what was drawn in a time from the first picture on.
func before(rows []row, span time.Duration) []row {
	return slices.DeleteFunc(slices.Clone(rows), func(r row) bool { return r.At-rows[0].At > float64(span.Milliseconds()) })
}

// together compares when a flash was drawn with when its beep begins.
func (b *bench) together(t *testing.T, table *playerTable, rows []row) {
	t.Helper()
	_, offset := b.flashes(t, rows)
	if len(offset) < 5 {
		table.note("picture against sound", fmt.Sprintf("not measured: %d flashes with a beep (no sound card?)", len(offset)))
		return
	}
	slices.Sort(offset)
	middle := offset[len(offset)/2]
	table.row(fmt.Sprintf("picture after sound, median of %d flashes", len(offset)), fmt.Sprintf("%+.1f ms (%+.1f … %+.1f)", middle, offset[0], offset[len(offset)-1]), "|x| ≤ 40 ms", math.Abs(middle) <= 40)
}

// drifts plays five minutes with a flash and a beep every second: a straight
// line through all of them says what a minute adds. One repaint of the screen
// (16 ms) is the grain of one flash, of three hundred together it is a quarter
// of a millisecond a minute.
func (b *bench) drifts(t *testing.T, table *playerTable, record string) {
	t.Helper()
	b.show(t, record)
	time.Sleep(time.Second)
	b.page.evaluate(t, `window.__flash=true;window.__seen.length=0;window.__beeps.length=0;""`)
	b.press(t, "space")
	time.Sleep(290 * time.Second)
	b.press(t, "space")
	at, offset := b.flashes(t, moving(b.drawn(t)))
	b.page.evaluate(t, `window.__flash=false;""`)
	b.leave(t)
	if len(offset) < 100 {
		table.note("drift", fmt.Sprintf("not measured: %d flashes with a beep (no sound card?)", len(offset)))
		return
	}
	perMinute, unsure := line(at, offset)
	perMinute, unsure = perMinute*60, 2*unsure*60
	table.row("drift of picture against sound", fmt.Sprintf("%+.2f ± %.2f ms/min over %d flashes in %.0f s", perMinute, unsure, len(offset), at[len(at)-1]-at[0]),
		"|x| + unsureness ≤ 1 ms/min", math.Abs(perMinute)+unsure <= 1)
}

// flashes gives the instant (s) of each flash that was drawn and how long (ms)
// after the start of its beep that was, both by the sound card's clock.
func (b *bench) flashes(t *testing.T, rows []row) (at, offset []float64) {
	t.Helper()
	var beeps []struct{ Heard float64 }
	if err := json.Unmarshal([]byte(b.page.evaluate(t, `JSON.stringify(window.__beeps)`)), &beeps); err != nil {
		t.Fatal(err)
	}
	white := false
	for _, r := range rows {
		if r.White && !white && r.Device >= 0 {
			near := math.Inf(1)
			for _, beep := range beeps {
				if d := (r.Device - beep.Heard) * 1000; math.Abs(d) < math.Abs(near) {
					near = d
				}
			}
			if math.Abs(near) < 400 { // of another flash otherwise
				at, offset = append(at, r.Device), append(offset, near)
			}
		}
		white = r.White
	}
	return at, offset
}

// speeds plays forward and backward at every speed that the interface offers.
func (b *bench) speeds(t *testing.T, table *playerTable, record string) {
	t.Helper()
	for _, speed := range []float64{0.25, 0.5, 2, 4, 8, -1, -2, -4, -8} {
		b.show(t, record)
		start := "Home"
		if speed < 0 {
			start = "End"
		}
		b.press(t, start)
		time.Sleep(1500 * time.Millisecond)
		b.page.evaluate(t, `window.__seen.length=0;""`)
		b.press(t, strokes(speed)...)
		time.Sleep(3 * time.Second)
		rows := moving(b.drawn(t))
		b.press(t, "k")
		b.leave(t)
		if len(rows) < 3 {
			table.row(fmt.Sprintf("play at %g×", speed), "nothing moved", "smooth", false)
			continue
		}
		rows = settled(rows, speed)
		wall := (rows[len(rows)-1].At - rows[0].At) / 1000
		distance := math.Abs(float64(rows[len(rows)-1].Frame - rows[0].Frame))
		pace := distance / 25 / wall / math.Abs(speed)
		rate := float64(len(rows)-1) / wall
		wanted := min(25*math.Abs(speed), 25) * 0.9
		table.row(fmt.Sprintf("play at %g×: pictures a second", speed), fmt.Sprintf("%.1f, pace %.3f, longest pause %.0f ms", rate, pace, pause(rows)),
			fmt.Sprintf("≥ %.1f, pace 0.95–1.05", wanted), rate >= wanted && math.Abs(pace-1) <= 0.05)
	}
}

// strokes gives the keys to a speed: J and L double it, brackets choose it.
func strokes(speed float64) []string {
	switch speed {
	case 0.25:
		return []string{"bracketleft", "bracketleft", "space"}
	case 0.5:
		return []string{"bracketleft", "space"}
	}
	key := "l"
	if speed < 0 {
		key = "j"
	}
	var keys []string
	for at := 1.0; at <= math.Abs(speed); at *= 2 {
		keys = append(keys, key)
	}
	return keys
}

// settled leaves out the first half second, in which the keys were pressed, and
// what was drawn at the ends of the recording.
func settled(rows []row, speed float64) []row {
	from := rows[0].At + 500
	last := 30*25 - 1
	return slices.DeleteFunc(slices.Clone(rows), func(r row) bool {
		return r.At < from || speed > 0 && r.Frame == last || speed < 0 && r.Frame == 0
	})
}

// scrubs drags the hand across the hour for three seconds and rests.
func (b *bench) scrubs(t *testing.T, table *playerTable, record string) {
	t.Helper()
	table.note("first frame of the hour (no mark)", fmt.Sprintf("%.0f ms", b.show(t, record)))
	time.Sleep(3 * time.Second) // the sheets of thumbnails arrive
	var box struct{ X, Y, Width float64 }
	if err := json.Unmarshal([]byte(b.page.evaluate(t, `(()=>{const r=document.querySelector(".lanes .ruler .tk").getBoundingClientRect();return JSON.stringify({x:r.left,y:r.top+r.height/2,width:r.width})})()`)), &box); err != nil {
		t.Fatal(err)
	}
	y := strconv.Itoa(int(box.Y))
	// Half of the steps move the hand a little: nobody's hand is even.
	args := []string{"mousemove", strconv.Itoa(int(box.X + 5)), y, "mousedown", "1"}
	const steps = 180
	for i := range steps {
		x := box.X + 5 + (box.Width-15)*float64(i+1)/steps
		args = append(args, "mousemove", strconv.Itoa(int(x)), y, "sleep", "0.016")
	}
	b.page.evaluate(t, `window.__seen.length=0;""`)
	began := time.Now()
	if _, err := b.x("xdotool", args...); err != nil {
		t.Fatal(err)
	}
	took := time.Since(began).Seconds()
	time.Sleep(3 * time.Second)
	if _, err := b.x("xdotool", "mouseup", "1"); err != nil {
		t.Fatal(err)
	}
	rows := b.drawn(t)
	if len(rows) == 0 {
		table.row("scrub across an hour", "nothing was drawn", "≥ 15 a second", false)
		return
	}
	updates, lastTile, lastSketch := 0, -1.0, 0.0
	exact := -1.0
	for _, r := range rows {
		switch {
		case r.Sketch && r.Tile != lastTile:
			updates++
			lastTile, lastSketch = r.Tile, r.At
		case !r.Sketch && exact < 0 && r.At > lastSketch:
			exact = r.At - lastSketch
		}
	}
	rate := float64(updates) / took
	table.row("scrub across an hour, different pictures", fmt.Sprintf("%.1f a second (%d in %.1f s)", rate, updates, took), "≥ 15 a second", rate >= 15)
	final := rows[len(rows)-1]
	table.row("exact frame once the hand rests", fmt.Sprintf("frame %d after %.0f ms", final.Frame+1, exact), "the frame of the hand, ≤ 1000 ms", !final.Sketch && exact >= 0 && exact <= 1000)
	b.leave(t)
}

// moving leaves out redraws of a frame that stands already.
func moving(rows []row) []row {
	var out []row
	for _, r := range rows {
		if r.Frame >= 0 && !r.Sketch && (len(out) == 0 || out[len(out)-1].Frame != r.Frame) {
			out = append(out, r)
		}
	}
	return out
}

// span counts the frames shown and the frames passed.
func span(rows []row) (shown, due int) {
	if len(rows) == 0 {
		return 0, 1
	}
	return len(rows), rows[len(rows)-1].Frame - rows[0].Frame + 1
}

// pause is the longest time between two pictures, in ms.
func pause(rows []row) float64 {
	longest := 0.0
	for i := range rows[1:] {
		longest = max(longest, rows[i+1].At-rows[i].At)
	}
	return longest
}

// line gives the slope of a straight line through points, and its standard error.
func line(x, y []float64) (slope, unsure float64) {
	mean := func(v []float64) float64 {
		sum := 0.0
		for _, each := range v {
			sum += each
		}
		return sum / float64(len(v))
	}
	mx, my := mean(x), mean(y)
	var sxx, sxy, rest float64
	for i := range x {
		sxx += (x[i] - mx) * (x[i] - mx)
		sxy += (x[i] - mx) * (y[i] - my)
	}
	slope = sxy / sxx
	for i := range x {
		off := y[i] - my - slope*(x[i]-mx)
		rest += off * off
	}
	return slope, math.Sqrt(rest / float64(len(x)-2) / sxx)
}
