package viewing_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"diaoyue.example/workstation/backend/accounts"
	"diaoyue.example/workstation/backend/audit"
	"diaoyue.example/workstation/backend/backendtest"
	"diaoyue.example/workstation/backend/catalog"
	"diaoyue.example/workstation/backend/fault"
	"diaoyue.example/workstation/backend/viewing"
	"diaoyue.example/workstation/media/mediatest"
)

// entries lists the log entries of a viewing, oldest first.
func (r room) entries(t *testing.T, id string, event audit.Event) []audit.Row {
	t.Helper()
	rows, err := r.Log.List(t.Context(), audit.Filter{ObjectKind: "viewing", ObjectID: id, Event: event, Limit: 1000})
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// rangesOf reads ranges back from the codes of an entry.
func rangesOf(t *testing.T, value any) []viewing.Range {
	t.Helper()
	text, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	var one viewing.Range
	if json.Unmarshal(text, &one) == nil {
		return []viewing.Range{one}
	}
	var all []viewing.Range
	if err := json.Unmarshal(text, &all); err != nil {
		t.Fatal(err)
	}
	return all
}

// Nothing leaves before an entry says that it may: the opening entry announces
// the first block, every further one has its own.
func TestWhatLeavesIsAnnouncedFirst(t *testing.T) {
	r := furnish(t, backendtest.Options{}, mediatest.Clip{Width: 160, Height: 90, FPS: 25, Frames: 600, GOP: 50})
	v := r.open(t, accounts.Reviewer)
	serve(t, v, 3, 3)
	if got := r.entries(t, v.ID(), audit.Serving); len(got) != 0 {
		t.Errorf("a frame of the first block has %d entries of its own", len(got))
	}
	opened := r.entries(t, v.ID(), audit.Displaying)
	if d := cmp.Diff([]viewing.Range{{From: 0, To: 255}}, rangesOf(t, opened[0].Codes["serving"])); d != "" {
		t.Errorf("the opening entry announces %s", d)
	}
	size := r.size(t)
	for _, n := range []int64{300, 301, 511, 300} {
		serve(t, v, n, n)
	}
	if r.size(t) != size+1 {
		t.Errorf("one block took %d entries", r.size(t)-size)
	}
	serve(t, v, 599, 599)
	got := r.entries(t, v.ID(), audit.Serving)
	if len(got) != 2 || cmp.Diff([]viewing.Range{{From: 512, To: 599}}, rangesOf(t, got[0].Codes["ranges"])) != "" {
		t.Errorf("announced %+v", got)
	}
	// Sound is announced by the frames that go with it.
	w := r.open(t, accounts.Reviewer)
	if _, err := w.Sound(t.Context(), 0, 12, 13); err == nil {
		t.Fatal("the recording has no sound, yet some came")
	}
	if got := r.entries(t, w.ID(), audit.Serving); len(got) != 1 {
		t.Errorf("a wish for sound has %d entries", len(got))
	}
}

func TestNothingIsTakenAway(t *testing.T) {
	r := furnish(t, backendtest.Options{}, backendtest.Small())
	v := r.open(t, accounts.Reviewer)
	for _, act := range []string{viewing.TakeCopy, viewing.TakePrint, viewing.TakeSave, viewing.TakeScreenshot, "anything"} {
		err := v.Takeaway(t.Context(), act)
		if !errors.Is(err, viewing.ErrTakeaway) || fault.Params(err)[fault.Basis] != "S20.2" {
			t.Errorf("%s: %v", act, err)
		}
		e := r.entries(t, v.ID(), audit.Refusal)[0]
		if e.Result != audit.Refused || e.Codes["code"] != "viewing.takeaway" || e.Codes["basis"] != "S20.2" || e.Actor != r.As(accounts.Reviewer).ID {
			t.Errorf("%s: entry %+v", act, e)
		}
	}
	// The words around a hit, which no viewing shows.
	if err := r.Viewing.Takeaway(t.Context(), r.As(accounts.Archivist), viewing.TakeCopy); !errors.Is(err, viewing.ErrTakeaway) {
		t.Errorf("without a viewing: %v", err)
	}
	found, err := r.Log.List(t.Context(), audit.Filter{Events: []audit.Event{audit.Refusal}, Actors: []string{r.As(accounts.Archivist).ID}})
	if err != nil || len(found) != 1 || found[0].Codes["act"] != viewing.TakeCopy || len(found[0].Objects) != 0 {
		t.Errorf("%+v, %v", found, err)
	}
}

// Thumbnails are logged once and never count.
func TestThumbnailsNeverCount(t *testing.T) {
	r := furnish(t, backendtest.Options{}, backendtest.Small())
	v := r.open(t, accounts.Reviewer)
	for range 2 {
		f, err := v.Derived(t.Context(), catalog.DerivedFrameIndex) // any derived file will do
		if err != nil {
			t.Fatal(err)
		}
		f.Close()
	}
	if _, err := v.Derived(t.Context(), "nothing"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a derived file that is not there: %v", err)
	}
	row, err := r.Session(t.Context(), r.As(accounts.Reviewer), v.ID())
	if err != nil {
		t.Fatal(err)
	}
	if len(row.Intervals) != 1 || row.Intervals[0].Kind != viewing.KindThumbnail || row.Shown != 0 || row.Seen != 0 || row.Whole {
		t.Errorf("row %+v", row)
	}
	if _, err := v.Present(t.Context(), []viewing.Interval{{Kind: viewing.KindThumbnail, From: 0, To: 49, Sound: viewing.SoundNone, Visible: true}}); !errors.Is(err, viewing.ErrBadInterval) {
		t.Errorf("a page reports thumbnails: %v", err)
	}
}

// A locked seat gets nothing, and what was served before is in the log.
func TestSuspendedViewingsWait(t *testing.T) {
	r := furnish(t, backendtest.Options{}, backendtest.Small())
	mine, theirs := r.open(t, accounts.Reviewer), r.open(t, accounts.Archivist)
	serve(t, mine, 4, 6)
	if err := r.Viewing.Suspend(t.Context(), r.As(accounts.Reviewer)); err != nil {
		t.Fatal(err)
	}
	if _, err := mine.Frame(t.Context(), 4, viewing.FrameRequest{}); !errors.Is(err, viewing.ErrSuspended) {
		t.Errorf("a frame through a locked screen: %v", err)
	}
	if _, err := mine.Sound(t.Context(), 0, 0, 1); !errors.Is(err, viewing.ErrSuspended) {
		t.Errorf("sound through a locked screen: %v", err)
	}
	serve(t, theirs, 4, 4)
	got := r.entries(t, mine.ID(), audit.Shown)
	if len(got) != 1 {
		t.Fatalf("%d entries of what was served", len(got))
	}
	r.Viewing.Resume(r.As(accounts.Reviewer))
	serve(t, mine, 7, 7)
	if err := r.Viewing.Suspend(t.Context(), r.As(accounts.Reviewer)); err != nil {
		t.Fatal(err)
	}
	if err := mine.Close(t.Context(), viewing.CloseTimeout); err != nil {
		t.Errorf("a suspended viewing cannot be closed: %v", err)
	}
}

// Sound alone is counted in milliseconds, and notes stand at them.
func TestSoundAloneIsMeasured(t *testing.T) {
	r := furnish(t, backendtest.Options{}, mediatest.Clip{SoundOnly: true, Frames: 50})
	v := r.open(t, accounts.Reviewer)
	total := v.Info().Total()
	if v.Info().Unit() != viewing.UnitMs || total < 1900 || total > 2200 {
		t.Fatalf("%d %s", total, v.Info().Unit())
	}
	play := func(from, to int64, change func(*viewing.Interval)) viewing.Coverage {
		t.Helper()
		i := viewing.Interval{Kind: viewing.KindPlay, From: from, To: to, Presented: to - from + 1, Speed: 1, Sound: viewing.SoundOn, Visible: true, WallMs: to - from + 1}
		if change != nil {
			change(&i)
		}
		c, err := v.Present(t.Context(), []viewing.Interval{i})
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	if c := play(0, 499, nil); c.Seen != 0 {
		t.Errorf("sound that was never given out: %+v", c)
	}
	if _, err := v.Sound(t.Context(), 0, 0.5, 1.5); err != nil {
		t.Fatal(err)
	}
	if c := play(500, 999, func(i *viewing.Interval) { i.Sound = viewing.SoundMuted }); c.Shown != 0 || c.Seen != 500 {
		t.Errorf("muted: %+v", c)
	}
	c := play(500, 1499, nil)
	want := viewing.Coverage{
		Ranges: []viewing.Range{{From: 500, To: 1499}}, Fast: []viewing.Range{}, Shown: 1000, Seen: 1000, Total: total,
		Share: 1000 / float64(total), Unit: viewing.UnitMs, Speed: 2,
	}
	if d := cmp.Diff(want, c); d != "" {
		t.Error(d)
	}
	a, err := v.Annotate(t.Context(), catalog.Annotation{Frame: 700, FrameTo: 900, Text: "告知录音"})
	if err != nil || a.Time != 0.7 {
		t.Errorf("note %+v, %v", a, err)
	}
	if _, err = v.Annotate(t.Context(), catalog.Annotation{Frame: total, Text: "x"}); !errors.Is(err, viewing.ErrNoFrame) {
		t.Errorf("a note beyond the end: %v", err)
	}
	if err = v.Close(t.Context(), viewing.CloseNormal); err != nil {
		t.Fatal(err)
	}
	row, err := r.Session(t.Context(), r.As(accounts.Reviewer), v.ID())
	if err != nil || row.Unit != viewing.UnitMs || row.Total != total || row.Shown != 1000 || row.Notes != 1 || row.Result() != viewing.ResultNoted {
		t.Errorf("row %+v, %v", row, err)
	}
}

// A viewing opened before the frame index was verified takes it over; what was
// shown is told again in the verified numbers.
func TestAViewingTakesTheVerifiedIndex(t *testing.T) {
	r := furnish(t, backendtest.Options{}, backendtest.Small())
	r.Spoil(t, r.record)
	v := r.open(t, accounts.Reviewer)
	if !v.Info().Provisional {
		t.Fatal("there is an index already")
	}
	serve(t, v, 10, 14)
	if _, err := v.Present(t.Context(), []viewing.Interval{{
		Kind: viewing.KindStep, From: 10, To: 14, Presented: 5, Sound: viewing.SoundNone, Visible: true, WallMs: 1000,
	}}); err != nil {
		t.Fatal(err)
	}
	if err := r.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	for i, want := range []bool{true, false} {
		took, err := v.TakeIndex(t.Context())
		if err != nil || took != want {
			t.Errorf("time %d: took %v, %v", i+1, took, err)
		}
	}
	keys, err := v.Keyframes()
	if err != nil || len(keys) != 2 || v.Info().Provisional || v.Info().Frames != 50 {
		t.Errorf("keyframes %v, info %+v, %v", keys, v.Info(), err)
	}
	serve(t, v, 15, 15)
	if _, err = v.Present(t.Context(), []viewing.Interval{{
		Kind: viewing.KindStill, From: 15, To: 15, Presented: 1, Sound: viewing.SoundNone, Visible: true, WallMs: 300,
	}}); err != nil {
		t.Fatal(err)
	}
	if err = v.Close(t.Context(), viewing.CloseNormal); err != nil {
		t.Fatal(err)
	}
	row, err := r.Session(t.Context(), r.As(accounts.Reviewer), v.ID())
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]viewing.Range{{From: 10, To: 15}}, row.Counted); d != "" || len(row.Intervals) != 2 {
		t.Errorf("counted %s; intervals %+v", d, row.Intervals)
	}
	if e := r.entries(t, v.ID(), audit.Renumbering); len(e) != 1 || fmt.Sprint(e[0].Codes["lost"]) != "0" || fmt.Sprint(e[0].Codes["served"]) != "5" {
		t.Errorf("entries %+v", e)
	}
}

// Pages: the time each one stood is in the register.
func TestTimeOfEachPage(t *testing.T) {
	h := backendtest.Open(t, backendtest.Options{})
	path := t.TempDir() + "/note.txt"
	if err := os.WriteFile(path, []byte("现场检查笔录。"), 0o600); err != nil {
		t.Fatal(err)
	}
	record := h.Take(t, h.Case(t, "C-1").ID, path)[0]
	v, err := h.Viewing.Open(t.Context(), h.As(accounts.Reviewer), viewing.Request{RecordID: record.ID, Purpose: viewing.PurposeCase})
	if err != nil {
		t.Fatal(err)
	}
	if _, err = v.Page(t.Context(), 1, 100); err != nil {
		t.Fatal(err)
	}
	for _, ms := range []int64{400, 1200} {
		i := viewing.Interval{Kind: viewing.KindPage, From: 1, To: 1, Presented: 1, Sound: viewing.SoundNone, Visible: true, WallMs: ms}
		if _, err = v.Present(t.Context(), []viewing.Interval{i}); err != nil {
			t.Fatal(err)
		}
	}
	row, err := h.Session(t.Context(), h.As(accounts.Reviewer), v.ID())
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]viewing.PageTime{{Page: 1, On: 1600 * time.Millisecond}}, row.PageTimes()); d != "" || !row.Whole || row.Unit != viewing.UnitPage {
		t.Errorf("%s; row %+v", d, row)
	}
}
