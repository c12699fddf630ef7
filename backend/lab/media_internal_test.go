package main

import (
	"bytes"
	"encoding/json"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"diaoyue.example/workstation/media/mediatest"
)

func TestMediaVerify(t *testing.T) {
	path := clip(t)
	out, _ := lab(t, 0, "media", "verify", path, "--sample", "20", "--json")
	var v verdict
	if err := json.Unmarshal([]byte(out), &v); err != nil {
		t.Fatal(err)
	}
	if v != (verdict{Frames: 60, Checked: 120, Wrong: 0, State: "verified"}) {
		t.Errorf("%+v", v)
	}
}

// Frames by random access carry the digests of the linear pass, in the order asked for.
func TestMediaFrameMD5(t *testing.T) {
	path := clip(t)
	all, _ := lab(t, 0, "media", "framemd5", path)
	lines := strings.Split(strings.TrimSpace(all), "\n")
	if len(lines) != 60 {
		t.Fatalf("%d lines", len(lines))
	}
	some, _ := lab(t, 0, "media", "framemd5", path, "--at", "5,41,12")
	if want := lines[5] + "\n" + lines[41] + "\n" + lines[12] + "\n"; some != want {
		t.Errorf("got\n%swant\n%s", some, want)
	}
	if _, err := exec.LookPath("ffmpeg"); err != nil {
		t.Skip("the ffmpeg program is not installed; nothing to compare with")
	}
	theirs, err := exec.CommandContext(t.Context(), "ffmpeg", "-v", "error", "-noautorotate", "-i", path, "-an", "-vsync", "passthrough", "-f", "framemd5", "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	var sums []string
	for line := range strings.Lines(string(theirs)) {
		if !strings.HasPrefix(line, "#") {
			sums = append(sums, last(line))
		}
	}
	for i, line := range lines {
		if i >= len(sums) || last(line) != sums[i] {
			t.Fatalf("line %d differs from ffmpeg's", i)
		}
	}
}

func TestMediaRefusals(t *testing.T) {
	path := clip(t)
	for _, c := range []struct {
		code int
		args []string
	}{
		{2, nil},
		{2, []string{"nonsense"}},
		{2, []string{"media"}},
		{2, []string{"media", "verify"}},
		{2, []string{"media", "verify", path, path}},
		{2, []string{"media", "framemd5", path, "--at", "x"}},
		{1, []string{"media", "framemd5", path, "--at", "60"}},
		{1, []string{"media", "verify", filepath.Join(t.TempDir(), "none.mp4")}},
		{1, []string{"media", "verify", "media.go"}},
	} {
		if _, text := lab(t, c.code, c.args...); text == "" {
			t.Errorf("%v: nothing is said", c.args)
		}
	}
}

func lab(t *testing.T, want int, args ...string) (out, text string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	if got := dispatch(t.Context(), args, strings.NewReader(""), &stdout, &stderr); got != want {
		t.Fatalf("%v: exit %d, want %d: %s", args, got, want, stderr.String())
	}
	return stdout.String(), stderr.String()
}

func clip(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "clip.mp4")
	if err := mediatest.Make(t.Context(), path, mediatest.Clip{Width: 320, Height: 180, Frames: 60, GOP: 250, BFrames: 3}); err != nil {
		t.Fatal(err)
	}
	return path
}

func last(line string) string {
	return strings.TrimSpace(line[strings.LastIndex(line, ",")+1:])
}
