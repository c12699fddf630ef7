package viewing_test

import (
	"errors"
	"strconv"
	"testing"

	"diaoyue.example/workstation/backend/accounts"
	"diaoyue.example/workstation/backend/audit"
	"diaoyue.example/workstation/backend/backendtest"
	"diaoyue.example/workstation/backend/catalog"
	"diaoyue.example/workstation/backend/viewing"
)

// What is typed at a frame stands at that frame, also where a frame begins at
// a fraction of a millisecond, and is in the log.
func TestTypedWords(t *testing.T) {
	c := backendtest.Small()
	c.FPS = 30
	r := furnish(t, backendtest.Options{}, c)
	v := r.open(t, accounts.Reviewer)
	line := viewing.Line{}
	frames := v.Info().Frames
	for n := range frames {
		var err error
		line, err = v.Amend(t.Context(), catalog.Amendment{
			Act: catalog.ActAdd, Line: line.Line, Base: line.ID, Text: "第" + strconv.FormatInt(n, 10) + "句话", Speaker: "张立",
		}, n, n)
		if err != nil {
			t.Fatal(err)
		}
	}
	for n, q := range line.Cues {
		if q.Frame != int64(n) {
			t.Fatalf("what was typed at frame %d stands at %d (%v s)", n, q.Frame, q.From)
		}
	}
	entries, err := r.Log.List(t.Context(), audit.Filter{Event: audit.MetadataChange})
	if err != nil || int64(len(entries)) != frames || entries[0].Actor != r.As(accounts.Reviewer).ID || entries[0].Objects["viewing"] != v.ID() {
		t.Errorf("%d entries, %v", len(entries), err)
	}
}

func TestTypedWordsRefused(t *testing.T) {
	r := furnish(t, backendtest.Options{}, backendtest.Small())
	v := r.open(t, accounts.Reviewer)
	add := catalog.Amendment{Act: catalog.ActAdd, Text: "x"}
	for _, at := range [][2]int64{{-1, 0}, {1, 0}, {0, v.Info().Frames}} {
		if _, err := v.Amend(t.Context(), add, at[0], at[1]); !errors.Is(err, viewing.ErrNoFrame) {
			t.Errorf("frames %v: %v, want ErrNoFrame", at, err)
		}
	}
	if lines, err := v.Transcripts(t.Context()); err != nil || len(lines) != 0 {
		t.Errorf("%d lines, %v", len(lines), err)
	}
	line, err := v.Amend(t.Context(), add, 2, 5)
	if err != nil {
		t.Fatal(err)
	}
	if versions, err := v.TranscriptVersions(t.Context(), line.Line); err != nil || len(versions) != 1 {
		t.Errorf("%d versions, %v", len(versions), err)
	}
	if _, err := v.TranscriptVersions(t.Context(), "x"); !errors.Is(err, catalog.ErrNoTranscript) {
		t.Errorf("no line: %v", err)
	}
}
