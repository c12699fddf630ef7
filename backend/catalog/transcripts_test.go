package catalog_test

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"diaoyue.example/workstation/backend/backendtest"
	"diaoyue.example/workstation/backend/catalog"
	"diaoyue.example/workstation/backend/store"
)

// Every source gives a line of its own, and the same one twice gives one.
func TestTranscriptLines(t *testing.T) {
	h := backendtest.Open(t, backendtest.Options{})
	file := h.Case(t, "C-1")
	rec, one, two := paper(t, h, file.ID, "a"), paper(t, h, file.ID, "b"), paper(t, h, file.ID, "c")
	say := func(add catalog.Transcript, words string) {
		t.Helper()
		add.RecordID, add.Cues = rec.ID, []catalog.Cue{{From: 1, To: 2, Text: words}}
		err := do(t, h, func(tx *store.Tx) error {
			_, err := h.Catalog.AddTranscript(t.Context(), tx, add)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	say(catalog.Transcript{SourceID: one.ID}, "first")
	say(catalog.Transcript{SourceID: rec.ID, Origin: catalog.OriginMachine, Engine: "hears"}, "heard")
	say(catalog.Transcript{SourceID: one.ID}, "again")
	say(catalog.Transcript{SourceID: two.ID}, "second")
	say(catalog.Transcript{SourceID: rec.ID, Origin: catalog.OriginEmbedded, Track: 1, Language: "chi"}, "track 1")
	say(catalog.Transcript{SourceID: rec.ID, Origin: catalog.OriginEmbedded, Track: 2}, "track 2")
	say(catalog.Transcript{SourceID: rec.ID, Origin: catalog.OriginEmbedded, Track: 1}, "track 1 again")
	got, err := h.Catalog.Transcripts(t.Context(), rec.ID)
	if err != nil {
		t.Fatal(err)
	}
	var said []string
	for _, l := range got {
		said = append(said, l.Origin+" "+l.Cues[0].Text)
	}
	want := []string{"embedded track 2", "embedded track 1", "file second", "file first", "machine heard"}
	if d := cmp.Diff(want, said); d != "" {
		t.Error(d)
	}
	for id, want := range map[string]bool{one.ID: true, file.ID: false} {
		if speaks, err := h.Catalog.Speaks(t.Context(), id); err != nil || speaks != want {
			t.Errorf("Speaks = %v, %v; want %v", speaks, err, want)
		}
	}
}

// line is a transcript under change.
type line struct {
	t      *testing.T
	h      *backendtest.House
	record string
	now    catalog.Transcript
}

func (l *line) try(a catalog.Amendment) error {
	l.t.Helper()
	if a.Line == "" && l.now.Line != "" {
		a.Line = l.now.Line
	}
	if a.Base == "" {
		a.Base = l.now.ID
	}
	a.Author, a.ID = "张立", "u1"
	return do(l.t, l.h, func(tx *store.Tx) error {
		next, err := l.h.Catalog.Amend(l.t.Context(), tx, l.record, a)
		if err == nil {
			l.now = next
		}
		return err
	})
}

func (l *line) amend(a catalog.Amendment) {
	l.t.Helper()
	if err := l.try(a); err != nil {
		l.t.Fatal(err)
	}
}

func (l *line) said() string {
	var out []string
	for _, q := range l.now.Cues {
		out = append(out, q.Text)
	}
	return strings.Join(out, "|")
}

// Every change is a version; nothing is lost; times never move.
func TestAmend(t *testing.T) {
	h := backendtest.Open(t, backendtest.Options{})
	rec := paper(t, h, h.Case(t, "C-1").ID, "a")
	l := &line{t: t, h: h, record: rec.ID}
	l.amend(catalog.Amendment{Act: catalog.ActAdd, From: 10, To: 12, Text: "  第二句 ", Speaker: " 张  立 "})
	l.amend(catalog.Amendment{Act: catalog.ActAdd, From: 1.0333, To: 3, Text: "第一句"})
	if l.said() != "第一句|第二句" || l.now.Origin != catalog.OriginTyped || l.now.Ordinal != 2 {
		t.Fatalf("%s, %s version %d", l.said(), l.now.Origin, l.now.Ordinal)
	}
	two := l.now
	l.amend(catalog.Amendment{Act: catalog.ActCheck, Number: 2})
	if q := l.now.Cues[0]; q.CheckedBy != "张立" || q.CheckedID != "u1" || q.CheckedAt.IsZero() {
		t.Errorf("checked: %+v", q)
	}
	l.amend(catalog.Amendment{Act: catalog.ActEdit, Number: 2, Text: "改过的第一句", Speaker: "王某", From: 99, To: 100})
	want := catalog.Cue{Number: 2, From: 1.033, To: 3, Speaker: "王某", Text: "改过的第一句"}
	if d := cmp.Diff(want, l.now.Cues[0]); d != "" {
		t.Error("times never move, and what was checked is other words now:", d)
	}
	l.amend(catalog.Amendment{Act: catalog.ActRemove, Number: 1})
	if l.said() != "改过的第一句" {
		t.Error(l.said())
	}
	then, err := h.Catalog.TranscriptAt(t.Context(), rec.ID, two.ID)
	if d := cmp.Diff(two, then); err != nil || d != "" {
		t.Error("the second version reads as it stood:", err, d)
	}
	l.amend(catalog.Amendment{Act: catalog.ActRestore, Version: two.ID})
	if d := cmp.Diff(two.Cues, l.now.Cues); d != "" {
		t.Error(d)
	}
	l.amend(catalog.Amendment{Act: catalog.ActAdd, From: 5, To: 6, Text: "新"})
	if n := l.now.Cues[1].Number; n != 3 {
		t.Errorf("number %d: a number is never given twice", n)
	}
	all, err := h.Catalog.TranscriptVersions(t.Context(), rec.ID, l.now.Line)
	var acts []string
	for _, v := range all {
		acts = append(acts, v.Act)
	}
	if d := cmp.Diff([]string{"add", "restore", "remove", "edit", "check", "add", "add"}, acts); err != nil || d != "" || all[0].Author != "张立" {
		t.Error(err, d)
	}
	if broken, err := h.Catalog.CheckSeals(t.Context()); err != nil || len(broken) > 0 {
		t.Errorf("seals: %v %v", broken, err)
	}
}

// Who puts a machine's words right has accepted them; the machine stays named.
func TestAmendMachine(t *testing.T) {
	h := backendtest.Open(t, backendtest.Options{})
	rec := paper(t, h, h.Case(t, "C-1").ID, "a")
	l := &line{t: t, h: h, record: rec.ID}
	err := do(t, h, func(tx *store.Tx) (err error) {
		l.now, err = h.Catalog.AddTranscript(t.Context(), tx, catalog.Transcript{
			RecordID: rec.ID, SourceID: rec.ID, Origin: catalog.OriginMachine, Engine: "hears",
			Cues: []catalog.Cue{{To: 1, Text: "听错", Engine: "hears", Confidence: 0.8125}},
		})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	l.amend(catalog.Amendment{Act: catalog.ActEdit, Number: 1, Text: "听对"})
	q := l.now.Cues[0]
	if q.Engine != "hears" || q.CheckedBy != "张立" || math.Abs(q.Confidence-0.8125) > 0.0006 {
		t.Errorf("%+v", q)
	}
	if _, err := h.Catalog.TranscriptAt(t.Context(), rec.ID, "nothing"); !errors.Is(err, catalog.ErrNoTranscript) {
		t.Errorf("no version: %v", err)
	}
}

func TestAmendRefused(t *testing.T) {
	h := backendtest.Open(t, backendtest.Options{})
	file := h.Case(t, "C-1")
	rec, other := paper(t, h, file.ID, "a"), paper(t, h, file.ID, "b")
	l := &line{t: t, h: h, record: rec.ID}
	if err := l.try(catalog.Amendment{Act: catalog.ActEdit, Number: 1, Text: "x"}); !errors.Is(err, catalog.ErrNoTranscript) {
		t.Errorf("no line: %v", err)
	}
	l.amend(catalog.Amendment{Act: catalog.ActAdd, To: 1, Text: "a"})
	first := l.now
	l.amend(catalog.Amendment{Act: catalog.ActAdd, From: 2, To: 3, Text: "b"})
	strange := &line{t: t, h: h, record: other.ID}
	strange.amend(catalog.Amendment{Act: catalog.ActAdd, To: 1, Text: "c"})
	for name, c := range map[string]struct {
		a    catalog.Amendment
		want error
	}{
		"an older version was seen": {catalog.Amendment{Act: catalog.ActRemove, Base: first.ID, Number: 1}, catalog.ErrTranscriptMoved},
		"no such cue":               {catalog.Amendment{Act: catalog.ActRemove, Number: 7}, catalog.ErrNoCue},
		"no such act":               {catalog.Amendment{Act: "shout", Number: 1}, catalog.ErrNoCue},
		"no words":                  {catalog.Amendment{Act: catalog.ActEdit, Number: 1, Text: " \n"}, catalog.ErrCueText},
		"a book":                    {catalog.Amendment{Act: catalog.ActEdit, Number: 1, Text: strings.Repeat("字", 4001)}, catalog.ErrCueText},
		"before the beginning":      {catalog.Amendment{Act: catalog.ActAdd, From: -1, To: 1, Text: "x"}, catalog.ErrCueTimes},
		"backwards":                 {catalog.Amendment{Act: catalog.ActAdd, From: 2, To: 1, Text: "x"}, catalog.ErrCueTimes},
		"no time":                   {catalog.Amendment{Act: catalog.ActAdd, From: math.NaN(), To: 1, Text: "x"}, catalog.ErrCueTimes},
		"another line's version":    {catalog.Amendment{Act: catalog.ActRestore, Version: strange.now.ID}, catalog.ErrNoTranscript},
		"another recording's line":  {catalog.Amendment{Act: catalog.ActRemove, Line: strange.now.Line, Number: 1}, catalog.ErrNoTranscript},
	} {
		if err := l.try(c.a); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	got, err := h.Catalog.Transcripts(t.Context(), rec.ID)
	if err != nil || len(got) != 1 || got[0].ID != l.now.ID || !slices.Equal(got[0].Cues, l.now.Cues) {
		t.Errorf("what was refused changed something: %+v %v", got, err)
	}
}

// An edit costs what it changes, not the whole transcript again.
func TestAmendWritesLittle(t *testing.T) {
	h := backendtest.Open(t, backendtest.Options{})
	rec := paper(t, h, h.Case(t, "C-1").ID, "a")
	l := &line{t: t, h: h, record: rec.ID}
	cues := make([]catalog.Cue, 500)
	for i := range cues {
		cues[i] = catalog.Cue{From: float64(i), To: float64(i + 1), Text: "话"}
	}
	err := do(t, h, func(tx *store.Tx) (err error) {
		l.now, err = h.Catalog.AddTranscript(t.Context(), tx, catalog.Transcript{RecordID: rec.ID, SourceID: rec.ID, Cues: cues})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 3 {
		l.amend(catalog.Amendment{Act: catalog.ActEdit, Number: i + 1, Text: "改"})
		h.Clock.Move(time.Minute)
	}
	rows := 0
	err = do(t, h, func(tx *store.Tx) error {
		return tx.QueryRowContext(t.Context(), `SELECT count(*) FROM cue`).Scan(&rows)
	})
	if err != nil || rows != 503 || len(l.now.Cues) != 500 {
		t.Errorf("%d rows for %d cues, %v", rows, len(l.now.Cues), err)
	}
}
