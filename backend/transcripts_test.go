package backend_test

import (
	"strconv"
	"testing"

	"diaoyue.example/workstation/backend/accounts"
	"diaoyue.example/workstation/backend/backendtest"
	"diaoyue.example/workstation/backend/catalog"
	"diaoyue.example/workstation/backend/retrieval"
	"diaoyue.example/workstation/backend/viewing"
)

// A word that was typed at a frame is found at that very frame, also where a
// frame begins at a fraction of a millisecond; what was removed is found no
// more, and is again when its version is restored.
func TestTypedWordsAreFound(t *testing.T) {
	h := backendtest.Open(t, backendtest.Options{})
	c := backendtest.Small()
	c.FPS = 30
	r := h.Take(t, h.Case(t, "C-1").ID, backendtest.Clip(t, t.TempDir(), "clip.mp4", c))[0]
	settle := func() {
		t.Helper()
		if err := h.Settle(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	settle()
	v, err := h.Viewing.Open(t.Context(), h.As(accounts.Reviewer), viewing.Request{RecordID: r.ID, Purpose: viewing.PurposeCase, Basis: "B-1"})
	if err != nil {
		t.Fatal(err)
	}
	line := viewing.Line{}
	amend := func(a catalog.Amendment, frame int64) {
		t.Helper()
		a.Line, a.Base = line.Line, line.ID
		if line, err = v.Amend(t.Context(), a, frame, frame); err != nil {
			t.Fatal(err)
		}
	}
	at := func(n int64) int64 {
		t.Helper()
		settle()
		found, err := h.Retrieval.Search(t.Context(), h.As(accounts.Reviewer), retrieval.Query{Text: `"第` + strconv.FormatInt(n, 10) + `句话"`, Limit: 10})
		if err != nil {
			t.Fatal(err)
		}
		if len(found.Groups) == 0 {
			return -1
		}
		return found.Groups[0].Records[0].Hits[0].Frame
	}
	last := v.Info().Frames - 1
	for n := range last + 1 {
		amend(catalog.Amendment{Act: catalog.ActAdd, Text: "第" + strconv.FormatInt(n, 10) + "句话"}, n)
	}
	for _, n := range []int64{0, 1, 7, last} {
		if got := at(n); got != n {
			t.Errorf("sentence %d is found at frame %d", n, got)
		}
	}
	whole := line.ID
	amend(catalog.Amendment{Act: catalog.ActRemove, Number: 8}, 0)
	if got := at(7); got != -1 {
		t.Errorf("a removed sentence is found at frame %d", got)
	}
	amend(catalog.Amendment{Act: catalog.ActRestore, Version: whole}, 0)
	if got := at(7); got != 7 {
		t.Errorf("a restored sentence is found at frame %d", got)
	}
}
