package demo_test

import (
	"bufio"
	"bytes"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"diaoyue.example/workstation/backend"
	"diaoyue.example/workstation/backend/accounts"
	"diaoyue.example/workstation/backend/backendtest"
	"diaoyue.example/workstation/backend/catalog"
	"diaoyue.example/workstation/backend/demo"
	"diaoyue.example/workstation/backend/viewing"
)

// The digest of a frame is the one that ffmpeg's own framemd5 gives.
func TestDigestIsThatOfFFmpeg(t *testing.T) {
	ffmpeg, err := exec.LookPath("ffmpeg")
	if err != nil {
		t.Skip("no ffmpeg to compare with")
	}
	dir := t.TempDir()
	cfg := backend.Config{
		Dir: filepath.Join(dir, "archive"), StateDir: filepath.Join(dir, "state"), CacheDir: backendtest.CacheDir(), Argon: accounts.CheapForTests(),
	}
	w, err := demo.Make(t.Context(), cfg, demo.Options{Small: true})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	reviewer, err := w.Accounts.SignIn(t.Context(), "0217", "diaoyue-0217")
	if err != nil {
		t.Fatal(err)
	}
	records, err := w.Catalog.AllRecords(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	compared := 0
	for _, r := range records {
		if r.Medium != catalog.MediumVideo {
			continue
		}
		compared++
		v, err := w.Viewing.Open(t.Context(), reviewer, viewing.Request{RecordID: r.ID, Purpose: viewing.PurposeInspection})
		if err != nil {
			t.Fatal(err)
		}
		original := filepath.Join(cfg.Dir, "originals", "sha256", r.SHA256[:2], r.SHA256)
		out, err := exec.CommandContext(t.Context(), ffmpeg, "-v", "error", "-noautorotate", "-i", original, "-map", "0:v:0",
			"-vsync", "passthrough", "-f", "framemd5", "-").Output()
		if err != nil {
			t.Fatal(err)
		}
		want := digests(out)
		if int64(len(want)) != v.Info().Frames {
			t.Errorf("%s: %d frames, ffmpeg has %d", r.Title, v.Info().Frames, len(want))
			continue
		}
		for _, n := range []int64{137, 0, v.Info().Frames - 1, 136} {
			answer, err := v.Frame(t.Context(), n, viewing.FrameRequest{Digest: true})
			if err != nil {
				t.Fatal(err)
			}
			if answer.Info.Digest != want[n] {
				t.Errorf("%s: frame %d is %s, ffmpeg says %s", r.Title, n, answer.Info.Digest, want[n])
			}
		}
	}
	if compared != 4 {
		t.Errorf("%d recordings compared, want 4", compared)
	}
}

func digests(framemd5 []byte) []string {
	var out []string
	lines := bufio.NewScanner(bytes.NewReader(framemd5))
	for lines.Scan() {
		if line := lines.Text(); !strings.HasPrefix(line, "#") {
			out = append(out, strings.TrimSpace(line[strings.LastIndex(line, ",")+1:]))
		}
	}
	return out
}
