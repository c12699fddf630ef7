package viewing_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"diaoyue.example/workstation/backend/accounts"
	"diaoyue.example/workstation/backend/audit"
	"diaoyue.example/workstation/backend/backendtest"
	"diaoyue.example/workstation/backend/catalog"
	"diaoyue.example/workstation/backend/store"
	"diaoyue.example/workstation/backend/viewing"
	"diaoyue.example/workstation/media/mediatest"
)

// room is a house with one small recording of 50 frames in a case of officer T01.
type room struct {
	*backendtest.House

	record catalog.Record
}

func furnish(t *testing.T, o backendtest.Options, c mediatest.Clip) room {
	t.Helper()
	h := backendtest.Open(t, o)
	file := h.Case(t, "C-1", "Zhang "+backendtest.Number(0))
	r := h.Take(t, file.ID, backendtest.Clip(t, t.TempDir(), "clip.mp4", c))[0]
	if err := h.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	return room{h, r}
}

func (r room) open(t *testing.T, role accounts.Role) *viewing.Viewing {
	t.Helper()
	v, err := r.Viewing.Open(t.Context(), r.As(role), viewing.Request{RecordID: r.record.ID, Purpose: viewing.PurposeCase, Basis: "B-1"})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func serve(t *testing.T, v *viewing.Viewing, from, to int64) {
	t.Helper()
	for n := from; n <= to; n++ {
		if _, err := v.Frame(t.Context(), n, viewing.FrameRequest{MaxW: 80}); err != nil {
			t.Fatal(err)
		}
	}
}

// listen fetches the first second of sound.
func listen(t *testing.T, v *viewing.Viewing) {
	t.Helper()
	if _, err := v.Sound(t.Context(), 0, 0, 1); err != nil {
		t.Fatal(err)
	}
}

func (r room) size(t *testing.T) int64 {
	t.Helper()
	head, err := r.Log.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return head.Size
}

func TestOpenRefusesAndSaysSo(t *testing.T) {
	r := furnish(t, backendtest.Options{}, backendtest.Small())
	stranger := r.Case(t, "C-2", "T99")
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "other.txt"), []byte("another's"), 0o600); err != nil {
		t.Fatal(err)
	}
	other := r.Take(t, stranger.ID, filepath.Join(dir, "other.txt"))[0]
	if err := r.Settle(t.Context()); err != nil { // or its own entries come between
		t.Fatal(err)
	}
	for _, tc := range []struct {
		name string
		role accounts.Role
		q    viewing.Request
		want error
	}{
		{"no purpose", accounts.Reviewer, viewing.Request{RecordID: r.record.ID}, viewing.ErrNoPurpose},
		{"unknown purpose", accounts.Reviewer, viewing.Request{RecordID: r.record.ID, Purpose: "curiosity"}, viewing.ErrNoPurpose},
		{"other without a note", accounts.Reviewer, viewing.Request{RecordID: r.record.ID, Purpose: viewing.PurposeOther, Note: " "}, viewing.ErrNoPurpose},
		{"system administrator", accounts.SystemAdministrator, viewing.Request{RecordID: r.record.ID, Purpose: viewing.PurposeInspection}, accounts.ErrForbidden},
		{"security administrator", accounts.SecurityAdministrator, viewing.Request{RecordID: r.record.ID, Purpose: viewing.PurposeInspection}, accounts.ErrForbidden},
		{"auditor", accounts.SecurityAuditor, viewing.Request{RecordID: r.record.ID, Purpose: viewing.PurposeInspection}, accounts.ErrForbidden},
		{"supervisor alone", accounts.Supervisor, viewing.Request{RecordID: r.record.ID, Purpose: viewing.PurposeInspection}, accounts.ErrForbidden},
		{"officer, another's case", accounts.Handler, viewing.Request{RecordID: other.ID, Purpose: viewing.PurposeCase}, viewing.ErrNotYours},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if _, err := r.Viewing.Open(t.Context(), r.As(tc.role), tc.q); !errors.Is(err, tc.want) {
				t.Errorf("error %v, want %v", err, tc.want)
			}
			rows, err := r.Log.List(t.Context(), audit.Filter{Limit: 1})
			if err != nil {
				t.Fatal(err)
			}
			if rows[0].Event != audit.Refusal || rows[0].Result != audit.Refused || rows[0].Actor != r.As(tc.role).ID || rows[0].Codes["basis"] == nil {
				t.Errorf("newest entry is %+v, want the refusal with its basis", rows[0])
			}
		})
	}
	if _, err := r.Viewing.Open(t.Context(), r.As(accounts.Reviewer), viewing.Request{RecordID: "none", Purpose: viewing.PurposeCase}); !errors.Is(err, catalog.ErrNoRecord) {
		t.Errorf("no record: %v", err)
	}
	r.open(t, accounts.Handler) // the officer's own case
}

func TestTheEntryComesFirst(t *testing.T) {
	r := furnish(t, backendtest.Options{}, backendtest.Small())
	before := r.size(t)
	v := r.open(t, accounts.Reviewer)
	if v.Info().Seq != before+1 || r.size(t) != before+1 {
		t.Errorf("seq %d, log of %d entries, want %d for both before the first frame", v.Info().Seq, r.size(t), before+1)
	}
	rows, err := r.Log.List(t.Context(), audit.Filter{Limit: 1})
	if err != nil {
		t.Fatal(err)
	}
	if rows[0].Event != audit.Displaying || rows[0].Objects["record"] != r.record.ID || rows[0].Objects["viewing"] != v.ID() {
		t.Errorf("newest entry is %+v", rows[0])
	}
	i := v.Info()
	if i.Frames != 50 || i.Provisional || i.Width != 320 || i.Height != 180 || len(i.Sound) != 1 || math.Abs(i.Duration-2) > 0.05 || math.Abs(i.FrameRate-25) > 0.1 {
		t.Errorf("info is %+v", i)
	}
	keys, err := v.Keyframes()
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]int64{0, 25}, keys); d != "" {
		t.Errorf("keyframes: %s", d)
	}
}

// A full disk, an unwritable log: no entry, no viewing.
func TestNoEntryNoViewing(t *testing.T) {
	r := furnish(t, backendtest.Options{}, backendtest.Small())
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if v, err := r.Viewing.Open(ended, r.As(accounts.Reviewer), viewing.Request{RecordID: r.record.ID, Purpose: viewing.PurposeCase}); err == nil {
		t.Errorf("opened %s without an entry", v.ID())
	}
}

func TestOnlyWhatWasServedCounts(t *testing.T) {
	r := furnish(t, backendtest.Options{}, backendtest.Small())
	play := func(from, to, presented int64) viewing.Interval {
		return viewing.Interval{Kind: viewing.KindPlay, From: from, To: to, Presented: presented, Speed: 1, Sound: viewing.SoundOn, Visible: true, WallMs: 40 * (to - from + 1)}
	}
	with := func(i viewing.Interval, change func(*viewing.Interval)) viewing.Interval { change(&i); return i }
	for _, tc := range []struct {
		name  string
		i     viewing.Interval
		shown int64
		fast  int64
	}{
		{"all of it", play(0, 9, 10), 10, 0},
		{"sound never given out", play(0, 9, 10), 0, 10},
		{"beyond what was served", play(0, 19, 20), 0, 10}, // half of a range at real time is not a viewing of it
		{"nothing served", play(30, 39, 10), 0, 0},
		{"nothing drawn", play(0, 9, 0), 0, 0},
		{"frames dropped", play(0, 9, 5), 0, 10},
		{"hidden", with(play(0, 9, 10), func(i *viewing.Interval) { i.Visible = false }), 0, 10},
		{"muted", with(play(0, 9, 10), func(i *viewing.Interval) { i.Sound = viewing.SoundMuted }), 0, 10},
		{"twice as fast", with(play(0, 9, 6), func(i *viewing.Interval) { i.Speed, i.WallMs = 2, 200 }), 10, 0},
		{"four times as fast", with(play(0, 9, 10), func(i *viewing.Interval) { i.Speed = 4 }), 0, 10},
		{"backwards", with(play(9, 0, 10), func(i *viewing.Interval) { i.Speed, i.WallMs = -1, 400 }), 0, 10},
		{"faster than the clock on the wall", with(play(0, 9, 10), func(i *viewing.Interval) { i.WallMs = 20 }), 0, 10},
		{"steps", with(play(0, 9, 10), func(i *viewing.Interval) {
			i.Kind, i.Sound, i.Speed, i.WallMs = viewing.KindStep, viewing.SoundNone, 0, 2000
		}), 10, 0},
		// At the pace of the recording, but without its sound.
		{"a key held down", with(play(0, 9, 10), func(i *viewing.Interval) { i.Kind, i.Sound, i.WallMs = viewing.KindStep, viewing.SoundNone, 400 }), 0, 10},
		{"one quick step", with(play(3, 3, 1), func(i *viewing.Interval) { i.Kind, i.Sound, i.WallMs = viewing.KindStep, viewing.SoundNone, 150 }), 0, 1},
		{"a still", with(play(3, 3, 1), func(i *viewing.Interval) { i.Kind, i.Speed, i.WallMs = viewing.KindStill, 0, 250 }), 1, 0},
		{"a short still", with(play(3, 3, 1), func(i *viewing.Interval) { i.Kind, i.Speed, i.WallMs = viewing.KindStill, 0, 150 }), 0, 1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			v := r.open(t, accounts.Reviewer)
			serve(t, v, 0, 9)
			if tc.name != "sound never given out" {
				listen(t, v)
			}
			size := r.size(t)
			if _, err := v.Present(t.Context(), []viewing.Interval{tc.i}); err != nil {
				t.Fatal(err)
			}
			if r.size(t) != size+1 {
				t.Error("no entry, or more than one")
			}
			if err := v.Close(t.Context(), viewing.CloseNormal); err != nil {
				t.Fatal(err)
			}
			// The closing entry has the coverage of this viewing alone.
			rows, err := r.Log.List(t.Context(), audit.Filter{Event: audit.ViewingClosed, Limit: 1})
			if err != nil {
				t.Fatal(err)
			}
			shown, fast := fmt.Sprint(rows[0].Codes["shown"]), fmt.Sprint(rows[0].Codes["fast"])
			if shown != fmt.Sprint(tc.shown) || fast != fmt.Sprint(tc.fast) {
				t.Errorf("%s shown and %s fast, want %d and %d", shown, fast, tc.shown, tc.fast)
			}
		})
	}
}

func TestPresentRefusesNonsense(t *testing.T) {
	r := furnish(t, backendtest.Options{}, backendtest.Small())
	v := r.open(t, accounts.Reviewer)
	serve(t, v, 0, 1)
	size := r.size(t)
	good := viewing.Interval{Kind: viewing.KindStep, From: 0, To: 1, Presented: 2, Sound: viewing.SoundNone, Visible: true}
	for name, change := range map[string]func(*viewing.Interval){
		"kind":      func(i *viewing.Interval) { i.Kind = "served" },
		"page":      func(i *viewing.Interval) { i.Kind = viewing.KindPage },
		"before":    func(i *viewing.Interval) { i.From = -1 },
		"beyond":    func(i *viewing.Interval) { i.To = 50 },
		"presented": func(i *viewing.Interval) { i.Presented = -1 },
		"speed":     func(i *viewing.Interval) { i.Speed = math.NaN() },
		"too fast":  func(i *viewing.Interval) { i.Speed = 1e9 },
		"sound":     func(i *viewing.Interval) { i.Sound = "loud" },
		"wall":      func(i *viewing.Interval) { i.WallMs = -1 },
	} {
		bad := good
		change(&bad)
		if _, err := v.Present(t.Context(), []viewing.Interval{good, bad}); !errors.Is(err, viewing.ErrBadInterval) {
			t.Errorf("%s: %v, want ErrBadInterval", name, err)
		}
	}
	if r.size(t) != size {
		t.Error("nonsense was logged")
	}
}

func TestCoverageIsOfOneAccountOverAllViewings(t *testing.T) {
	r := furnish(t, backendtest.Options{}, backendtest.Small())
	step := func(v *viewing.Viewing, from, to int64) viewing.Coverage {
		serve(t, v, from, to)
		c, err := v.Present(t.Context(), []viewing.Interval{{
			Kind: viewing.KindStep, From: from, To: to, Presented: to - from + 1, Sound: viewing.SoundNone, Visible: true, WallMs: 2000,
		}})
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	first := r.open(t, accounts.Reviewer)
	step(first, 0, 9)
	if err := first.Close(t.Context(), viewing.CloseNormal); err != nil {
		t.Fatal(err)
	}
	if c := step(r.open(t, accounts.Archivist), 40, 49); c.Shown != 10 {
		t.Errorf("the archivist was shown %d", c.Shown)
	}
	got := step(r.open(t, accounts.Reviewer), 5, 14)
	want := viewing.Coverage{
		Ranges: []viewing.Range{{From: 0, To: 14}}, Fast: []viewing.Range{}, Shown: 15, Seen: 15, Total: 50, Share: 0.3, Unit: viewing.UnitFrame, Speed: 2,
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

// A page that dies reports nothing: the desk does.
func TestTheDeskReportsWhatNobodyReported(t *testing.T) {
	r := furnish(t, backendtest.Options{Silence: 30 * time.Millisecond}, backendtest.Small())
	v := r.open(t, accounts.Reviewer)
	serve(t, v, 4, 6)
	deadline := time.After(5 * time.Second)
	for {
		row, err := r.Session(t.Context(), r.As(accounts.Reviewer), v.ID())
		if err != nil {
			t.Fatal(err)
		}
		if len(row.Intervals) > 0 {
			i := row.Intervals[0]
			if i.Kind != viewing.KindServed || i.From != 4 || row.Shown != 0 {
				t.Errorf("the desk wrote %+v, shown %d", i, row.Shown)
			}
			return
		}
		select {
		case <-deadline:
			t.Fatal("nothing was written")
		case <-time.After(10 * time.Millisecond):
		}
	}
}

func TestIdleViewingsAreClosed(t *testing.T) {
	r := furnish(t, backendtest.Options{Idle: 50 * time.Millisecond}, backendtest.Small())
	v := r.open(t, accounts.Reviewer)
	deadline := time.After(5 * time.Second)
	for {
		row, err := r.Session(t.Context(), r.As(accounts.Reviewer), v.ID())
		if err != nil {
			t.Fatal(err)
		}
		if row.CloseKind == viewing.CloseTimeout {
			break
		}
		select {
		case <-deadline:
			t.Fatal("still open")
		case <-time.After(10 * time.Millisecond):
		}
	}
	if _, err := v.Frame(t.Context(), 0, viewing.FrameRequest{}); !errors.Is(err, viewing.ErrNoViewing) {
		t.Errorf("a frame after the close: %v", err)
	}
}

func TestNothingLeavesAClosedOrForeignViewing(t *testing.T) {
	r := furnish(t, backendtest.Options{}, backendtest.Small())
	v := r.open(t, accounts.Reviewer)
	if _, err := r.Viewing.Get(v.ID(), r.As(accounts.Archivist)); !errors.Is(err, viewing.ErrNoViewing) {
		t.Errorf("another account's viewing: %v", err)
	}
	if _, err := r.Viewing.Get(v.ID(), r.As(accounts.Reviewer)); err != nil {
		t.Error(err)
	}
	if err := v.Close(t.Context(), viewing.CloseNormal); err != nil {
		t.Fatal(err)
	}
	if err := v.Close(t.Context(), viewing.CloseNormal); err != nil {
		t.Errorf("closing twice: %v", err)
	}
	if _, err := r.Viewing.Get(v.ID(), r.As(accounts.Reviewer)); !errors.Is(err, viewing.ErrNoViewing) {
		t.Errorf("a closed viewing is found: %v", err)
	}
	ctx := t.Context()
	_, frame := v.Frame(ctx, 0, viewing.FrameRequest{})
	_, sound := v.Sound(ctx, 0, 0, 1)
	_, page := v.Page(ctx, 1, 100)
	_, text := v.PageText(ctx, 1)
	_, times := v.Times()
	_, cues := v.Transcripts(ctx)
	_, versions := v.TranscriptVersions(ctx, "x")
	_, version := v.TranscriptAt(ctx, "x")
	_, amend := v.Amend(ctx, catalog.Amendment{Act: catalog.ActAdd, Text: "x"}, 0, 0)
	_, notes := v.Annotations(ctx)
	_, note := v.Annotate(ctx, catalog.Annotation{Text: "x"})
	_, present := v.Present(ctx, nil)
	for name, err := range map[string]error{
		"frame": frame, "sound": sound, "page": page, "text": text, "times": times, "cues": cues, "versions": versions, "version": version, "amend": amend, "notes": notes, "note": note, "present": present,
	} {
		if !errors.Is(err, viewing.ErrNoViewing) {
			t.Errorf("%s after the close: %v", name, err)
		}
	}
}

func TestNewestWishWins(t *testing.T) {
	r := furnish(t, backendtest.Options{}, backendtest.Small())
	v := r.open(t, accounts.Reviewer)
	if _, err := v.Frame(t.Context(), 1, viewing.FrameRequest{Generation: 7}); err != nil {
		t.Fatal(err)
	}
	if _, err := v.Frame(t.Context(), 2, viewing.FrameRequest{Generation: 6}); !errors.Is(err, viewing.ErrSuperseded) {
		t.Errorf("an older wish: %v, want ErrSuperseded", err)
	}
	if _, err := v.Frame(t.Context(), 3, viewing.FrameRequest{Generation: 7}); err != nil {
		t.Errorf("the same generation again: %v", err)
	}
	old := make(chan error, 8)
	for i := range 8 {
		go func() {
			_, err := v.Frame(context.Background(), int64(49-i), viewing.FrameRequest{Generation: int64(10 + i)})
			old <- err
		}()
	}
	good := 0
	for range 8 {
		if err := <-old; err == nil {
			good++
		} else if !errors.Is(err, viewing.ErrSuperseded) {
			t.Errorf("a wish ended with %v", err)
		}
	}
	if good == 0 {
		t.Error("the newest wish was not fulfilled")
	}
	if _, err := v.Frame(t.Context(), 50, viewing.FrameRequest{}); !errors.Is(err, viewing.ErrNoFrame) {
		t.Errorf("beyond the end: %v", err)
	}
}

func TestAnnotate(t *testing.T) {
	r := furnish(t, backendtest.Options{}, backendtest.Small())
	v := r.open(t, accounts.Reviewer)
	last, err := r.Catalog.LastChange(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	a, err := v.Annotate(t.Context(), catalog.Annotation{Frame: 25, Text: " 后墙已拆 "})
	if err != nil {
		t.Fatal(err)
	}
	if a.Text != "后墙已拆" || a.AuthorID != r.As(accounts.Reviewer).ID || math.Abs(a.Time-1) > 1e-3 || a.FrameTo != 25 {
		t.Errorf("annotation is %+v", a)
	}
	if now, err := r.Catalog.LastChange(t.Context()); err != nil || now != last+1 {
		t.Errorf("change feed at %d (%v), want %d", now, err, last+1)
	}
	for _, bad := range []catalog.Annotation{{Frame: 50, Text: "x"}, {Frame: -1, Text: "x"}, {Frame: 3, Text: "  "}, {Frame: 3, Page: 1, Text: "x"}} {
		if _, err := v.Annotate(t.Context(), bad); err == nil {
			t.Errorf("%+v was taken", bad)
		}
	}
	officer := r.open(t, accounts.Handler)
	if _, err := officer.Annotate(t.Context(), catalog.Annotation{Frame: 1, Text: "x"}); !errors.Is(err, accounts.ErrForbidden) {
		t.Errorf("the officer annotates: %v", err)
	}
}

func TestPages(t *testing.T) {
	h := backendtest.Open(t, backendtest.Options{})
	path := filepath.Join(t.TempDir(), "note.txt")
	if err := os.WriteFile(path, []byte("现场检查笔录：查封仓库一间。"), 0o600); err != nil {
		t.Fatal(err)
	}
	record := h.Take(t, h.Case(t, "C-1").ID, path)[0]
	v, err := h.Viewing.Open(t.Context(), h.As(accounts.Reviewer), viewing.Request{RecordID: record.ID, Purpose: viewing.PurposeCase})
	if err != nil {
		t.Fatal(err)
	}
	img, err := v.Page(t.Context(), 1, 400)
	if err != nil || len(img.Bytes) == 0 {
		t.Fatalf("page: %d bytes, %v", len(img.Bytes), err)
	}
	text, err := v.PageText(t.Context(), 1)
	if err != nil || len(text.Boxes) == 0 {
		t.Errorf("text %+v, %v", text, err)
	}
	if _, err := v.Page(t.Context(), 2, 400); !errors.Is(err, viewing.ErrNoPage) {
		t.Errorf("page 2: %v", err)
	}
	if _, err := v.Frame(t.Context(), 0, viewing.FrameRequest{}); !errors.Is(err, viewing.ErrNotFootage) {
		t.Errorf("frame of a paper: %v", err)
	}
	for _, tc := range []struct{ ms, shown int64 }{{900, 0}, {1100, 1}} {
		c, err := v.Present(t.Context(), []viewing.Interval{{
			Kind: viewing.KindPage, From: 1, To: 1, Presented: 1, Sound: viewing.SoundNone, Visible: true, WallMs: tc.ms,
		}})
		if err != nil || c.Shown != tc.shown || c.Total != 1 {
			t.Errorf("%d ms: %+v, %v", tc.ms, c, err)
		}
	}
}

// An index of another decoder is not believed: it is made anew.
func TestForeignIndexIsMadeAnew(t *testing.T) {
	r := furnish(t, backendtest.Options{}, backendtest.Small())
	r.Spoil(t, r.record)
	v := r.open(t, accounts.Reviewer)
	if !v.Info().Provisional {
		t.Error("frame numbers are called verified")
	}
	serve(t, v, 30, 30)
	if err := r.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	if v := r.open(t, accounts.Reviewer); v.Info().Provisional {
		t.Error("the index was not made anew")
	}
}

func TestIsolatedRecordsAreNotShown(t *testing.T) {
	r := furnish(t, backendtest.Options{}, backendtest.Small())
	_, err := r.Log.Do(t.Context(), audit.Entry{Event: audit.Quarantine}, func(tx *store.Tx) error {
		_, err := tx.ExecContext(t.Context(), `UPDATE record SET suspected = 1`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.Viewing.Open(t.Context(), r.As(accounts.HeadOfAgency), viewing.Request{RecordID: r.record.ID, Purpose: viewing.PurposeCase}); !errors.Is(err, viewing.ErrIsolated) {
		t.Errorf("error %v, want ErrIsolated", err)
	}
}

func TestRegister(t *testing.T) {
	r := furnish(t, backendtest.Options{}, backendtest.Small())
	v := r.open(t, accounts.Reviewer)
	serve(t, v, 0, 4)
	if _, err := v.Present(t.Context(), []viewing.Interval{{
		Kind: viewing.KindStep, From: 0, To: 4, Presented: 5, Sound: viewing.SoundNone, Visible: true, WallMs: 1000,
	}}); err != nil {
		t.Fatal(err)
	}
	if err := v.Close(t.Context(), viewing.CloseNormal); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		role  accounts.Role
		rows  int
		title string
	}{{accounts.Reviewer, 1, r.record.Title}, {accounts.Archivist, 0, ""}, {accounts.SecurityAuditor, 1, ""}, {accounts.HeadOfAgency, 1, r.record.Title}, {accounts.SystemAdministrator, 0, ""}} {
		rows, err := r.Register(t.Context(), r.As(tc.role), viewing.Filter{})
		if err != nil {
			t.Fatal(err)
		}
		if len(rows) != tc.rows {
			t.Errorf("%s sees %d rows, want %d", tc.role, len(rows), tc.rows)
			continue
		}
		if tc.rows == 0 {
			continue
		}
		got := rows[0]
		if got.RecordTitle != tc.title || got.Shown != 5 || got.Total != 50 || got.WallMs != 1000 || got.Seen != 5 || got.Share != 0.1 || got.Whole || got.Unit != viewing.UnitFrame || got.CloseKind != viewing.CloseNormal ||
			got.SeqFirst != v.Info().Seq || got.SeqLast != r.size(t) || len(got.Hash) != 8 {
			t.Errorf("%s sees %+v", tc.role, got)
		}
	}
}
