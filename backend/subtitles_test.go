package backend_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"diaoyue.example/workstation/backend/accounts"
	"diaoyue.example/workstation/backend/audit"
	"diaoyue.example/workstation/backend/backendtest"
	"diaoyue.example/workstation/backend/catalog"
	"diaoyue.example/workstation/backend/ingest"
	"diaoyue.example/workstation/backend/retrieval"
)

// Subtitle tracks inside a recording become lines of its transcripts, each
// once, and a word of them is found at its frame.
func TestEmbeddedWordsAreFound(t *testing.T) {
	if _, err := exec.LookPath("ffmpeg"); err != nil {
		t.Skip("the ffmpeg program is not installed; it makes the recording")
	}
	h := backendtest.Open(t, backendtest.Options{})
	h.Config.Workers = true // foreign bytes are read where nothing can be opened
	h.Reopen(t)
	dir := t.TempDir()
	plain := backendtest.Clip(t, dir, "plain.mp4", backendtest.Small())
	args := []string{"-v", "error", "-i", plain}
	for name, words := range map[string]string{"a.srt": "琉璃筒瓦在此", "b.srt": "Glazed tiles"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("1\n00:00:00,680 --> 00:00:01,200\n<i>"+words+"</i>\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	const pgs = "PG\x00\x00\x8c\xa0\x00\x00\x00\x00\x16\x00\x0b\x01\x40\x00\xb4\x10\x00\x00\x80\x00\x00\x00PG\x00\x00\x8c\xa0\x00\x00\x00\x00\x80\x00\x00"
	if err := os.WriteFile(filepath.Join(dir, "c.sup"), []byte(pgs), 0o600); err != nil {
		t.Fatal(err)
	}
	both := filepath.Join(dir, "both.mkv")
	args = append(args, "-i", filepath.Join(dir, "a.srt"), "-i", filepath.Join(dir, "b.srt"), "-i", filepath.Join(dir, "c.sup"),
		"-map", "0:v", "-map", "1", "-map", "2", "-map", "3", "-c:s:2", "copy",
		"-c:v", "copy", "-c:s:0", "srt", "-c:s:1", "ass", "-metadata:s:s:0", "language=chi", "-metadata:s:s:1", "language=eng", "-metadata:s:s:1", "title=for visitors", both)
	if out, err := exec.CommandContext(t.Context(), "ffmpeg", args...).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	records := h.Take(t, h.Case(t, "C-1").ID, plain, both)
	settle := func() {
		t.Helper()
		if err := h.Settle(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	settle()
	for range 2 {
		if got, err := h.Catalog.Transcripts(t.Context(), records[0].ID); err != nil || len(got) != 0 {
			t.Errorf("a recording without subtitles speaks: %+v, %v", got, err)
		}
		got, err := h.Catalog.Transcripts(t.Context(), records[1].ID)
		if err != nil || len(got) != 2 {
			t.Fatalf("%d lines, %v", len(got), err)
		}
		for i, want := range []struct {
			track                 int
			language, label, text string
		}{{2, "eng", "for visitors", "Glazed tiles"}, {1, "chi", "", "琉璃筒瓦在此"}} {
			l := got[i]
			if l.Origin != catalog.OriginEmbedded || l.SourceID != records[1].ID || l.Track != want.track || l.Language != want.language ||
				l.Label != want.label || l.Ordinal != 1 || len(l.Cues) != 1 || l.Cues[0].Text != want.text {
				t.Errorf("line %d is %+v", i, l)
			}
		}
		if err = h.Ingest.Reindex(t.Context(), records[1].ID); err != nil {
			t.Fatal(err)
		}
		settle()
	}
	entries, err := h.Log.List(t.Context(), audit.Filter{Event: audit.Extraction})
	if err != nil {
		t.Fatal(err)
	}
	var told []string
	for _, e := range entries {
		if e.Codes["kind"] == ingest.JobSubtitles {
			told = append(told, fmt.Sprint(e.Codes["tracks"], " ", e.Codes["not_readable"]))
		}
	}
	slices.Sort(told)
	if want := []string{"0 hdmv_pgs_subtitle", "0 hdmv_pgs_subtitle", "2 hdmv_pgs_subtitle"}; !slices.Equal(told, want) {
		t.Errorf("the log says %q, want %q", told, want)
	}
	for _, words := range []string{"琉璃筒瓦", "glazed"} {
		found, err := h.Retrieval.Search(t.Context(), h.As(accounts.Reviewer), retrieval.Query{Text: words, Limit: 10})
		if err != nil {
			t.Fatal(err)
		}
		if len(found.Groups) != 1 || found.Groups[0].Records[0].Hits[0].Frame != 17 {
			t.Errorf("%s: %+v, want frame 17", words, found.Groups)
		}
	}
}

// A track beside sound alone is taken as one beside pictures is, and a word of
// it is found at its time.
func TestWordsBesideSoundAreFound(t *testing.T) {
	if _, err := exec.LookPath("ffmpeg"); err != nil {
		t.Skip("the ffmpeg program is not installed; it makes the recording")
	}
	h := backendtest.Open(t, backendtest.Options{})
	h.Config.Workers = true
	h.Reopen(t)
	dir := t.TempDir()
	words, sound := filepath.Join(dir, "a.srt"), filepath.Join(dir, "a.m4a")
	if err := os.WriteFile(words, []byte("1\n00:00:00,680 --> 00:00:01,200\n琉璃筒瓦在此\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), "ffmpeg", "-v", "error", "-f", "lavfi", "-i", "sine=d=2", "-i", words,
		"-map", "0", "-map", "1", "-c:a", "aac", "-c:s", "mov_text", "-metadata:s:s:0", "language=chi", sound).CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	record := h.Take(t, h.Case(t, "C-1").ID, sound)[0]
	if err = h.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	if record.Medium != catalog.MediumAudio {
		t.Errorf("taken as %s", record.Medium)
	}
	got, err := h.Catalog.Transcripts(t.Context(), record.ID)
	if err != nil || len(got) != 1 || got[0].Origin != catalog.OriginEmbedded || got[0].Language != "chi" || len(got[0].Cues) != 1 || got[0].Cues[0].Text != "琉璃筒瓦在此" {
		t.Fatalf("%+v, %v", got, err)
	}
	found, err := h.Retrieval.Search(t.Context(), h.As(accounts.Reviewer), retrieval.Query{Text: "琉璃筒瓦", Limit: 10})
	if err != nil || len(found.Groups) != 1 || found.Groups[0].Records[0].Hits[0].Time != 0.68 {
		t.Errorf("%+v, %v", found.Groups, err)
	}
}
