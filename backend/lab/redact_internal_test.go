package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"diaoyue.example/workstation/media/mediatest"
)

func TestRedact(t *testing.T) {
	dir := t.TempDir()
	in, out, plan, report := filepath.Join(dir, "in.mp4"), filepath.Join(dir, "out.mp4"), filepath.Join(dir, "plan.json"), filepath.Join(dir, "r.json")
	if err := mediatest.Make(t.Context(), in, mediatest.Clip{Width: 320, Height: 180, Frames: 25, Sound: true}); err != nil {
		t.Fatal(err)
	}
	write := func(text string) {
		if err := os.WriteFile(plan, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	run := func(args ...string) (int, string) {
		var stderr strings.Builder
		return runRedact(t.Context(), args, nil, nil, &stderr), stderr.String()
	}
	write(`{"version":1,"tracks":[{"id":"t1","shape":"rect","effect":"fill","keyframes":[{"frame":0,"x":10,"y":60,"w":64,"h":64}]}],"mutes":[{"from":0.2,"to":0.6,"effect":"silence"}]}`)
	if code, stderr := run("--plan", plan, in, out, "--report", report); code != exitDone {
		t.Fatalf("exit %d: %s", code, stderr)
	}
	var r struct {
		Frames int64
		Checks []struct{ Passed bool }
	}
	b, err := os.ReadFile(report)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &r); err != nil || r.Frames != 25 || len(r.Checks) != 8 {
		t.Errorf("report = %s, %v", b, err)
	}
	if code, _ := run("--plan", plan, in, out); code != exitDone {
		t.Errorf("a second run: exit %d", code)
	}
	if code, _ := run("--plan", plan, in, in); code != exitRefused {
		t.Errorf("written over the original: exit %d", code)
	}
	other := filepath.Join(dir, "other.mp4")
	write(`{"version":1,"original":"sha256:` + strings.Repeat("0", 64) + `"}`)
	if code, stderr := run("--plan", plan, in, other); code != exitRefused || !strings.Contains(stderr, "another original") {
		t.Errorf("another original: exit %d, %s", code, stderr)
	}
	if _, err := os.Stat(other); err == nil {
		t.Error("a refused copy was left behind")
	}
	if code, _ := run(in, other); code != exitUsage {
		t.Errorf("without a plan: exit %d", code)
	}
}
