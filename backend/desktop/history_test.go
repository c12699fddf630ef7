package desktop_test

import (
	"strings"
	"testing"
	"time"

	"diaoyue.example/workstation/backend/desktop"
)

// A record's life is told in plain words: who stored it by name and number,
// and what was shown as ranges counted from 1; never an id, never a list as
// the program prints it.
func TestRecordLife(t *testing.T) {
	s := newStation(t)
	record := s.recording(t)
	s.signIn(t, "reviewer")
	views := face[*desktop.Viewings](s)
	v, err := views.Open(desktop.ViewingRequest{RecordID: record, Purpose: "planned"})
	if err != nil {
		t.Fatal(err)
	}
	if v.Record.StoredBy != "archivist archivist" {
		t.Errorf("viewing: stored by %q", v.Record.StoredBy)
	}
	if again, failure := views.Get(v.ID); failure != nil || again.Record.StoredBy != v.Record.StoredBy {
		t.Errorf("viewing again: stored by %q, %v", again.Record.StoredBy, failure)
	}
	for _, n := range []string{"4", "5"} {
		if got := s.get(t, "/viewings/"+v.ID+"/frames/"+n); got.StatusCode != 200 {
			t.Fatalf("frame %s: %d", n, got.StatusCode)
		}
	}
	shown := []desktop.Interval{
		{Kind: "step", From: 4, To: 5, Presented: 2, Sound: "muted", Visible: true, WallMs: 600},
		{Kind: "play", From: 5, To: 5, Presented: 1, Speed: 1, Sound: "on", Visible: true, WallMs: 40},
	}
	if _, err = views.Present(v.ID, shown); err != nil {
		t.Fatal(err)
	}
	cases := face[*desktop.Cases](s)
	one, err := cases.Record(record)
	if err != nil {
		t.Fatal(err)
	}
	if one.StoredBy != "archivist archivist" {
		t.Errorf("record: stored by %q", one.StoredBy)
	}
	whole, err := cases.Get(one.CaseID)
	if err != nil {
		t.Fatal(err)
	}
	if got := whole.Stages[1].Records[0].StoredBy; got != "archivist archivist" {
		t.Errorf("case: stored by %q", got)
	}
	steps, err := cases.History(record)
	if err != nil {
		t.Fatal(err)
	}
	var told bool
	for _, step := range steps {
		if _, err := time.Parse(time.RFC3339, step.At); err != nil {
			t.Errorf("#%d: time %q", step.Seq, step.At)
		}
		for key, fact := range step.Facts {
			if strings.HasPrefix(fact, "map[") || strings.HasPrefix(fact, "[") {
				t.Errorf("#%d %s: %s", step.Seq, key, fact)
			}
		}
		if step.Facts["frameRanges"] == "5—6, 6" && step.Facts["speed"] == "1" {
			told = true
		}
	}
	if !told {
		t.Errorf("the frames shown are not told: %+v", steps)
	}
}
