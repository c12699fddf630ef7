//go:build window

package main

import (
	"encoding/json"
	"image"
	"path/filepath"
	"testing"
	"time"
)

const (
	reviewer     = "0217" // accounts of the demonstration
	reviewerPass = "diaoyue-0217"
	footage      = "012-008" // part of the code of the one recording it finds
)

// keys sends keystrokes to the window, each with a pause to be seen.
func (d *desk) keys(t *testing.T, pause time.Duration, strokes ...[]string) {
	t.Helper()
	for _, stroke := range strokes {
		if _, err := d.x("xdotool", stroke...); err != nil {
			t.Fatalf("xdotool %v: %v", stroke, err)
		}
		time.Sleep(pause)
	}
}

// blocks is how many black or white blocks stand along the top edge of a
// picture of media/mediatest: 16 of the number, 4 that check it.
const blocks = 20

// numberIn reads the frame number out of a screenshot, wherever the picture
// stands in it; false when no picture with a number is there.
func numberIn(shot image.Image) (int, bool) {
	bounds := shot.Bounds()
	for y := bounds.Min.Y + 40; y < bounds.Min.Y+300; y += 4 {
		for x := 250; x < 280; x++ {
			for width := 740; width <= 776; width += 2 {
				if n, ok := numberAt(shot, x, y, width); ok {
					return n, true
				}
			}
		}
	}
	return 0, false
}

// numberAt reads the number of a picture whose left edge stands at x and whose
// blocks are crossed at y.
func numberAt(shot image.Image, x, y, width int) (int, bool) {
	bits := 0
	for i := range blocks {
		r, g, b, _ := shot.At(x+(2*i+1)*width/(2*blocks), y).RGBA()
		bits <<= 1
		switch luma := (299*r + 587*g + 114*b) / 1000 >> 8; {
		case luma > 190:
			bits |= 1
		case luma > 70: // neither black nor white: not the blocks
			return 0, false
		}
	}
	n, check := bits>>4, bits&15
	return n, check == n>>12&15^n>>8&15^n>>4&15^n&15^0b1010
}

// TestWindowShowsFrames: in the real window, by keyboard alone, a recording is
// found and opened after its purpose was given; the canvas shows the frame
// whose number stands in its pixels, and steps go to exactly the frames asked
// for. The log holds the viewing before what was shown of it.
func TestWindowShowsFrames(t *testing.T) {
	env, dir := homes(t), filepath.Join(t.TempDir(), "archive")
	output(t, env, windowBinary, "--archive", dir, "demo", "--headless", "--small")
	d := open(t, windowBinary, dir, env)
	var first image.Image
	d.wait(t, "the first screen", func() bool {
		first = d.picture(t, "first")
		return colours(first) > 60
	})
	d.keys(t, 200*time.Millisecond, []string{"type", "--delay", "30", reviewer}, []string{"key", "Tab"},
		[]string{"type", "--delay", "30", reviewerPass}, []string{"key", "Return"})
	d.wait(t, "the home screen", func() bool { return changed(first, d.picture(t, "home")) > 0.05 })
	d.keys(t, 1500*time.Millisecond, []string{"key", "ctrl+k"}, []string{"type", "--delay", "30", footage}, []string{"key", "Return"},
		[]string{"key", "Return"}, []string{"key", "1"}, []string{"key", "Return"})
	var start int
	d.wait(t, "a frame on the canvas", func() bool {
		shot := d.picture(t, "review")
		n, ok := numberIn(shot)
		start = n
		return ok && colours(shot) > 1000
	})
	d.keys(t, 400*time.Millisecond, []string{"key", "Right"}, []string{"key", "Right"}, []string{"key", "Right"}, []string{"key", "shift+Right"})
	var shown int
	d.wait(t, "the frame 13 further", func() bool {
		n, ok := numberIn(d.picture(t, "stepped"))
		shown = n
		return ok && n == start+13
	})
	t.Logf("frames %d and %d were read from the glass", start, shown)
	time.Sleep(2500 * time.Millisecond) // rest: what stands is reported
	d.close(t, windowBinary)
	output(t, env, windowBinary, "--archive", dir, "log", "verify")
	auditor := append(env, "DIAOYUE_PASSWORD=diaoyue-0903")
	listed := output(t, auditor, windowBinary, "--archive", dir, "--as", "0903", "log", "list", "--json", "--limit", "40")
	var log struct {
		Entries []struct {
			Seq   int64
			Event string
		}
	}
	if err := json.Unmarshal([]byte(listed), &log); err != nil {
		t.Fatal(err)
	}
	last := map[string]int64{} // newest first
	for _, e := range log.Entries {
		if last[e.Event] == 0 {
			last[e.Event] = e.Seq
		}
	}
	if last["displaying"] == 0 || last["shown"] <= last["displaying"] || last["viewing-closed"] <= last["shown"] {
		t.Errorf("the viewing in the log: %v", last)
	}
}
