package ingest_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"diaoyue.example/workstation/backend/accounts"
	"diaoyue.example/workstation/backend/audit"
	"diaoyue.example/workstation/backend/backendtest"
	"diaoyue.example/workstation/backend/catalog"
	"diaoyue.example/workstation/backend/fault"
	"diaoyue.example/workstation/backend/ingest"
)

func write(t *testing.T, path, text string) string {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func receive(t *testing.T, h *backendtest.House, s ingest.Submission) []ingest.Outcome {
	t.Helper()
	s.Stage = catalog.StageInvestigation
	out, err := h.Ingest.Receive(t.Context(), h.As(accounts.Archivist), s, nil)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func recordCount(t *testing.T, h *backendtest.House, caseID string) int {
	t.Helper()
	all, err := h.Catalog.Records(t.Context(), caseID)
	if err != nil {
		t.Fatal(err)
	}
	return len(all)
}

func TestEachFileHasItsOutcome(t *testing.T) {
	h := backendtest.Open(t, backendtest.Options{})
	file := h.Case(t, "C-1")
	dir := t.TempDir()
	write(t, filepath.Join(dir, "a.txt"), "one")
	write(t, filepath.Join(dir, "b", "same.txt"), "one")
	write(t, filepath.Join(dir, "c.empty.txt"), "")
	write(t, filepath.Join(dir, "d.dat"), "not a recording")
	write(t, filepath.Join(dir, "e.mp4"), "#EXTM3U\n#EXTINF:1,\n/etc/passwd\n")
	write(t, filepath.Join(dir, ".hidden.txt"), "hidden")
	if err := os.Symlink(filepath.Join(dir, "a.txt"), filepath.Join(dir, "f-link.txt")); err != nil {
		t.Fatal(err)
	}
	locked := write(t, filepath.Join(dir, "g.txt"), "locked")
	if err := os.Chmod(locked, 0); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "z.txt"), "last")

	out := receive(t, h, ingest.Submission{CaseID: file.ID, Paths: []string{dir, filepath.Join(dir, "missing.txt")}})
	type short struct {
		Name  string
		State ingest.State
		Code  string
	}
	got := []short{}
	for _, o := range out {
		if o.Name == "g.txt" && os.Getuid() == 0 {
			continue // root reads everything
		}
		got = append(got, short{o.Name, o.State, fault.Code(o.Err)})
	}
	want := []short{
		{".hidden.txt", ingest.Skipped, "ingest.hidden"},
		{"a.txt", ingest.Stored, ""},
		{"same.txt", ingest.Known, ""},
		{"c.empty.txt", ingest.Refused, "ingest.empty"},
		{"d.dat", ingest.Refused, "ingest.unsupported"},
		{"e.mp4", ingest.Refused, "ingest.unsupported"},
		{"f-link.txt", ingest.Skipped, "ingest.link"},
		{"z.txt", ingest.Stored, ""},
		{"missing.txt", ingest.Refused, "ingest.missing"},
	}
	if os.Getuid() != 0 {
		want = slices.Insert(want, 7, short{"g.txt", ingest.Refused, "ingest.unreadable"})
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("outcomes (-want +got):\n%s", d)
	}
	if out[2].RecordID != out[1].RecordID {
		t.Error("the second copy is not the known record")
	}
	left, err := h.Jobs.Intents(t.Context(), "intake")
	if err != nil || len(left) > 0 {
		t.Errorf("%d intents left (%v)", len(left), err)
	}
}

func TestReceiveRefuses(t *testing.T) {
	h := backendtest.Open(t, backendtest.Options{})
	file := h.Case(t, "C-1")
	path := write(t, filepath.Join(t.TempDir(), "a.txt"), "one")
	for _, tc := range []struct {
		name string
		role accounts.Role
		s    ingest.Submission
		want error
	}{
		{"a reviewer stores nothing", accounts.Reviewer, ingest.Submission{CaseID: file.ID, Stage: catalog.StageService, Paths: []string{path}}, accounts.ErrForbidden},
		{"no stage", accounts.Archivist, ingest.Submission{CaseID: file.ID, Paths: []string{path}}, catalog.ErrBadStage},
		{"no case", accounts.Archivist, ingest.Submission{CaseID: "none", Stage: catalog.StageService, Paths: []string{path}}, catalog.ErrNoCase},
		{"nothing", accounts.Archivist, ingest.Submission{CaseID: file.ID, Stage: catalog.StageService}, ingest.ErrNothing},
	} {
		if _, err := h.Ingest.Receive(t.Context(), h.As(tc.role), tc.s, nil); !errors.Is(err, tc.want) {
			t.Errorf("%s: %v, want %v", tc.name, err, tc.want)
		}
	}
	if n := recordCount(t, h, file.ID); n != 0 {
		t.Errorf("%d records", n)
	}
}

// A source that changes while it is copied must leave nothing behind.
func TestVanishedMidway(t *testing.T) {
	for name, spoil := range map[string]func(path string) error{
		"grown":   func(p string) error { return appendTo(p, "more") },
		"cut":     func(p string) error { return os.Truncate(p, 1000) },
		"removed": os.Remove,
		"touched": func(p string) error { return os.Chtimes(p, time.Unix(1, 0), time.Unix(1, 0)) },
	} {
		t.Run(name, func(t *testing.T) {
			h := backendtest.Open(t, backendtest.Options{})
			file := h.Case(t, "C-1")
			path := filepath.Join(t.TempDir(), "big.txt")
			write(t, path, string(make([]byte, 8<<20)))
			done := false
			out, err := h.Ingest.Receive(t.Context(), h.As(accounts.Archivist), ingest.Submission{
				CaseID: file.ID, Stage: catalog.StageService, Paths: []string{path},
			}, func(p ingest.Progress) {
				if p.Step == ingest.StepCopying && !done {
					done = true
					if err := spoil(path); err != nil {
						t.Error(err)
					}
				}
			})
			if err != nil {
				t.Fatal(err)
			}
			if !errors.Is(out[0].Err, ingest.ErrVanished) {
				t.Errorf("outcome %s %v, want ErrVanished", out[0].State, out[0].Err)
			}
			if n := recordCount(t, h, file.ID); n != 0 {
				t.Errorf("%d records", n)
			}
			kept, err := filepath.Glob(filepath.Join(h.Dir(), "originals", "sha256", "*", "*"))
			if err != nil || len(kept) > 0 {
				t.Errorf("the vault holds %v (%v)", kept, err)
			}
		})
	}
}

func appendTo(path, text string) error {
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = f.WriteString(text)
	return err
}

func TestCancelKeepsWhatIsStored(t *testing.T) {
	h := backendtest.Open(t, backendtest.Options{})
	file := h.Case(t, "C-1")
	dir := t.TempDir()
	for _, n := range []string{"1.txt", "2.txt", "3.txt"} {
		write(t, filepath.Join(dir, n), n)
	}
	ctx, cancel := context.WithCancel(t.Context())
	out, err := h.Ingest.Receive(ctx, h.As(accounts.Archivist), ingest.Submission{CaseID: file.ID, Stage: catalog.StageService, Paths: []string{dir}},
		func(p ingest.Progress) {
			if p.FilesDone == 1 {
				cancel()
			}
		})
	if !errors.Is(err, ingest.ErrCancelled) {
		t.Errorf("error %v, want ErrCancelled", err)
	}
	var states []ingest.State
	for _, o := range out {
		states = append(states, o.State)
	}
	if d := cmp.Diff([]ingest.State{ingest.Stored, ingest.Refused, ingest.Refused}, states); d != "" {
		t.Error(d)
	}
	if n := recordCount(t, h, file.ID); n != 1 {
		t.Errorf("%d records, want 1", n)
	}
}

// A transcript finds its recording whichever comes first.
func TestTranscriptInBothOrders(t *testing.T) {
	const srt = "1\n00:00:00,200 --> 00:00:01,000\n请出示审批手续。\n"
	dir := t.TempDir()
	clip := backendtest.Clip(t, dir, "检查.mp4", backendtest.Small())
	spoken := write(t, filepath.Join(dir, "检查.srt"), srt)
	for name, order := range map[string][]string{"recording first": {clip, spoken}, "transcript first": {spoken, clip}} {
		t.Run(name, func(t *testing.T) {
			h := backendtest.Open(t, backendtest.Options{})
			file := h.Case(t, "C-1")
			other := h.Case(t, "C-2")
			h.Take(t, other.ID, write(t, filepath.Join(t.TempDir(), "检查.srt"), "1\n00:00:00,000 --> 00:00:01,000\n别案的话。\n"))
			var recording catalog.Record
			for _, r := range append(h.Take(t, file.ID, order[0]), h.Take(t, file.ID, order[1])...) {
				if r.Medium == catalog.MediumVideo {
					recording = r
				}
			}
			got, err := h.Catalog.Transcripts(t.Context(), recording.ID)
			if err != nil || len(got) != 1 {
				t.Fatalf("%d transcripts, %v", len(got), err)
			}
			want := []catalog.Cue{{Number: 1, From: 0.2, To: 1, Text: "请出示审批手续。"}}
			if d := cmp.Diff(want, got[0].Cues); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestChainIsOrderedByTime(t *testing.T) {
	h := backendtest.Open(t, backendtest.Options{})
	file := h.Case(t, "C-1")
	dir := t.TempDir()
	start := time.Date(2026, 11, 20, 2, 0, 0, 0, time.UTC)
	late, early := backendtest.Small(), backendtest.Small()
	early.CreationTime, late.CreationTime, late.Seed = start, start.Add(4*time.Minute), 7
	out := receive(t, h, ingest.Submission{CaseID: file.ID, Chain: true, Paths: []string{
		backendtest.Clip(t, dir, "a-late.mp4", late), backendtest.Clip(t, dir, "b-early.mp4", early),
		write(t, filepath.Join(dir, "c.txt"), "not a segment"),
	}})
	first, err := h.Catalog.Record(t.Context(), out[1].RecordID)
	if err != nil {
		t.Fatal(err)
	}
	segments, err := h.Catalog.Chain(t.Context(), first.ChainID)
	if err != nil {
		t.Fatal(err)
	}
	if len(segments) != 2 || segments[0].ID != out[1].RecordID || segments[1].ID != out[0].RecordID || segments[1].Segment != 2 {
		t.Fatalf("chain is %+v", segments)
	}
	if gap := segments[1].StartedAt.Sub(segments[0].CompletedAt); gap < 3*time.Minute+50*time.Second || gap > 4*time.Minute {
		t.Errorf("gap of %s, want 4 minutes less 2 seconds", gap)
	}
}

// Article 17: two working days from the completion of the recording.
func TestTimeliness(t *testing.T) {
	for _, tc := range []struct {
		name      string
		completed time.Time // of a photograph: the time of its file
		want, due string
	}{
		{"friday, stored on monday", time.Date(2026, 11, 20, 8, 0, 0, 0, time.UTC), catalog.OnTime, "2026-11-24"},
		{"a week before", time.Date(2026, 11, 16, 8, 0, 0, 0, time.UTC), catalog.Late, "2026-11-18"},
		{"before the loaded years", time.Date(2019, 5, 6, 8, 0, 0, 0, time.UTC), catalog.CalendarMissing, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			h := backendtest.Open(t, backendtest.Options{})
			path := write(t, filepath.Join(t.TempDir(), "p.jpg"), "\xff\xd8 photograph")
			if err := os.Chtimes(path, tc.completed, tc.completed); err != nil {
				t.Fatal(err)
			}
			r := h.Take(t, h.Case(t, "C-1").ID, path)[0]
			due := ""
			if !r.DueAt.IsZero() {
				due = r.DueAt.Add(8 * time.Hour).Format(time.DateOnly)
			}
			if r.Timeliness != tc.want || due != tc.due {
				t.Errorf("%s due %q, want %s due %q", r.Timeliness, due, tc.want, tc.due)
			}
		})
	}
	t.Run("a recording by its own clock", func(t *testing.T) {
		h := backendtest.Open(t, backendtest.Options{})
		c := backendtest.Small()
		c.CreationTime = time.Date(2026, 11, 18, 15, 59, 59, 0, time.UTC) // completed after midnight in Beijing
		r := h.Take(t, h.Case(t, "C-1").ID, backendtest.Clip(t, t.TempDir(), "c.mp4", c))[0]
		if want := time.Date(2026, 11, 23, 15, 59, 59, 0, time.UTC); !r.DueAt.Equal(want) || r.Timeliness != catalog.OnTime {
			t.Errorf("due %s (%s), want %s", r.DueAt, r.Timeliness, want)
		}
		if r.Date != "2026-11-18" {
			t.Errorf("date %s, want the day of the first frame in Beijing", r.Date)
		}
	})
}

// What was on its way at a crash is taken up once: finished when its source is
// there as it was, and said to be submitted again otherwise.
func TestRecoverTakesUp(t *testing.T) {
	for name, tc := range map[string]struct {
		between func(path string) error
		who     accounts.Role
		resumed bool
		records int
	}{
		"as it was":              {func(string) error { return nil }, accounts.Archivist, true, 1},
		"gone":                   {os.Remove, accounts.Archivist, false, 0},
		"another since":          {func(p string) error { return appendTo(p, "more") }, accounts.Archivist, false, 0},
		"by one who may no more": {func(string) error { return nil }, accounts.Reviewer, true, 0},
	} {
		t.Run(name, func(t *testing.T) {
			h := backendtest.Open(t, backendtest.Options{})
			file := h.Case(t, "C-1")
			path := write(t, filepath.Join(t.TempDir(), "lost.txt"), "text")
			s := ingest.Submission{CaseID: file.ID, Stage: catalog.StageService, Paths: []string{path}}
			ingest.LeaveIntent(t.Context(), t, h.Ingest, h.As(tc.who), s)
			if err := tc.between(path); err != nil {
				t.Fatal(err)
			}
			h.Reopen(t)
			if d := cmp.Diff([]ingest.Interrupted{{Path: path, CaseID: file.ID, Resumed: tc.resumed}}, h.Recovered.Files); d != "" {
				t.Error(d)
			}
			if err := h.Settle(t.Context()); err != nil {
				t.Fatal(err)
			}
			if n := recordCount(t, h, file.ID); n != tc.records {
				t.Errorf("%d records, want %d", n, tc.records)
			}
			rows, err := h.Log.List(t.Context(), audit.Filter{Event: audit.Recovery})
			if err != nil || len(rows) != 1 {
				t.Errorf("%d recovery entries (%v)", len(rows), err)
			}
			h.Reopen(t)
			if len(h.Recovered.Files) != 0 {
				t.Error("reported twice")
			}
		})
	}
}

// Every form of subtitle file gives a transcript, who speaks with it.
func TestSubtitleForms(t *testing.T) {
	dir := t.TempDir()
	h := backendtest.Open(t, backendtest.Options{})
	file := h.Case(t, "C-1")
	clip := h.Take(t, file.ID, backendtest.Clip(t, dir, "检查.mp4", backendtest.Small()))[0]
	for name, content := range map[string]string{
		"检查.vtt": "WEBVTT\n\n00:00.200 --> 00:01.000 align:start\n<v 张立>请出示审批手续。</v>\n",
		"检查.ass": "[Script Info]\n[Events]\nDialogue: 0,0:00:00.20,0:00:01.00,Default,张立,0,0,0,,{\\b1}请出示审批手续。\n",
		"检查.ssa": "[Script Info]\n[Events]\nFormat: Start, End, Name, Text\nDialogue: 0:00:00.20,0:00:01.00,张立,请出示审批手续。\n",
	} {
		out := receive(t, h, ingest.Submission{CaseID: file.ID, Paths: []string{write(t, filepath.Join(dir, name), content)}})
		if out[0].State != ingest.Stored || out[0].Err != nil {
			t.Fatalf("%s: %s %v", name, out[0].State, out[0].Err)
		}
	}
	got, err := h.Catalog.Transcripts(t.Context(), clip.ID)
	if err != nil || len(got) != 3 {
		t.Fatalf("%d transcripts, %v", len(got), err)
	}
	for _, l := range got {
		want := []catalog.Cue{{Number: 1, From: 0.2, To: 1, Speaker: "张立", Text: "请出示审批手续。"}}
		if d := cmp.Diff(want, l.Cues); d != "" || l.Origin != catalog.OriginFile || l.SourceID == clip.ID {
			t.Errorf("%s %s: %s", l.Origin, l.Label, d)
		}
	}
}

// A subtitle file that gives no words is stored all the same, and it is said
// why; one that belongs to no recording waits for it.
func TestSubtitleRemarks(t *testing.T) {
	dir := t.TempDir()
	h := backendtest.Open(t, backendtest.Options{})
	file := h.Case(t, "C-1")
	const words = "1\n00:00:00,200 --> 00:00:01,000\n话\n"
	for name, c := range map[string]struct {
		content, why string
		want         error
	}{
		"a.srt": {"会议纪要一份", "times", ingest.ErrNotTranscript},
		"b.vtt": {"WEBVTT\n\n00:00.200 --> 00:01.000\n\n", "words", ingest.ErrNotTranscript},
		"c.ass": {strings.Repeat("\x01\x02\x03\x04", 99), "encoding", ingest.ErrNotTranscript},
		"d.srt": {words, "", ingest.ErrTranscriptAlone},
	} {
		o := receive(t, h, ingest.Submission{CaseID: file.ID, Paths: []string{write(t, filepath.Join(dir, name), c.content)}})[0]
		if o.State != ingest.Stored || !errors.Is(o.Err, c.want) || fault.Params(o.Err)["why"] != c.why {
			t.Errorf("%s: %s %v %v", name, o.State, o.Err, fault.Params(o.Err))
		}
		f, err := h.Vault.Original(o.SHA256)
		if err != nil {
			t.Fatalf("%s is not in the vault: %v", name, err)
		}
		_ = f.Close()
	}
}

// A file may be named for a recording whatever its name, also one that the
// archive has already; twice gives one transcript.
func TestSubtitleForRecording(t *testing.T) {
	dir := t.TempDir()
	h := backendtest.Open(t, backendtest.Options{})
	file := h.Case(t, "C-1")
	clip := h.Take(t, file.ID, backendtest.Clip(t, dir, "检查.mp4", backendtest.Small()))[0]
	known := write(t, filepath.Join(dir, "known.srt"), "1\n00:00:00,200 --> 00:00:01,000\n早先收存的话\n")
	receive(t, h, ingest.Submission{CaseID: file.ID, Paths: []string{known}})
	fresh := write(t, filepath.Join(dir, "fresh.srt"), "1\n00:00:00,200 --> 00:00:01,000\n新收存的话\n")
	for range 2 {
		for _, o := range receive(t, h, ingest.Submission{CaseID: file.ID, Paths: []string{fresh, known}, RecordingID: clip.ID}) {
			if o.Err != nil {
				t.Error(o.Name, o.Err)
			}
		}
	}
	got, err := h.Catalog.Transcripts(t.Context(), clip.ID)
	if err != nil || len(got) != 2 || got[0].Cues[0].Text != "早先收存的话" || got[1].Cues[0].Text != "新收存的话" {
		t.Errorf("%+v, %v", got, err)
	}
}
