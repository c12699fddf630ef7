package retrieval_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"diaoyue.example/workstation/backend/accounts"
	"diaoyue.example/workstation/backend/catalog"
	"diaoyue.example/workstation/backend/retrieval"
	"diaoyue.example/workstation/backend/store"
	"diaoyue.example/workstation/search"
)

func TestList(t *testing.T) {
	a := newArchive(t)
	b := a.bureauWithCases(t)
	m, err := a.service.List(t.Context(), b.archivist, []string{"查封", " 恒丰 超市 ", "", "查封", "涉密线索", "从未出现"}, retrieval.Query{})
	if err != nil {
		t.Fatal(err)
	}
	type line struct {
		Text           string
		Cases, Records int
		ByCase         map[string]int
	}
	var got []line
	for _, l := range m.Lines {
		got = append(got, line{l.Text, l.Cases, l.Records, l.ByCase})
	}
	want := []line{
		{"查封", 2, 2, map[string]int{b.own.ID: 2, b.other.ID: 1}},
		{"恒丰 超市", 1, 0, map[string]int{b.own.ID: 1}},
		{"涉密线索", 0, 0, map[string]int{}}, // kept apart
		{"从未出现", 0, 0, map[string]int{}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("lines (-want +got):\n%s", diff)
	}
	if len(m.Cases) != 2 || m.Cases[0].ID != b.own.ID || m.Hits != 2 {
		t.Errorf("columns %v, %d lines found", m.Cases, m.Hits)
	}
	if m.Seq == 0 {
		t.Error("the list is not in the log")
	}

	// Whom the table lets search only what is his own sees only that.
	mine, err := a.service.List(t.Context(), b.by[accounts.Handler], []string{"查封"}, retrieval.Query{})
	if err != nil || len(mine.Cases) != 1 || mine.Cases[0].ID != b.own.ID {
		t.Errorf("the officer's: %+v, %v", mine.Cases, err)
	}
	if _, err := a.service.List(t.Context(), b.archivist, []string{" ", ""}, retrieval.Query{}); !errors.Is(err, retrieval.ErrNoLines) {
		t.Errorf("an empty list: %v", err)
	}
	long := make([]string, retrieval.MaxLines+1)
	for i := range long {
		long[i] = fmt.Sprint("第", i)
	}
	if _, err := a.service.List(t.Context(), b.archivist, long, retrieval.Query{}); !errors.Is(err, retrieval.ErrTooManyLines) {
		t.Errorf("too long a list: %v", err)
	}
	if _, err := a.service.List(t.Context(), b.by[accounts.SystemAdministrator], []string{"查封"}, retrieval.Query{}); !errors.Is(err, accounts.ErrForbidden) {
		t.Errorf("the system administrator's: %v", err)
	}
}

func TestFieldsOfTheArchive(t *testing.T) {
	a := newArchive(t)
	b := a.bureauWithCases(t)
	for _, c := range []struct {
		query          string
		cases, records int
	}{
		{"当事人:恒丰 查封", 1, 1},
		{"档号:SYMZ-2026-002", 1, 1},
		{"承办人:李四 正文:封条", 1, 1},
		{"题名:笔录 或 题名:决定书", 2, 3},
		{"来源:语音", 1, 1},
		{"类型:视频", 1, 1},
		{"hfcs", 1, 0}, // the case's own place
		{"hfcs 查封", 0, 0},
	} {
		res := a.search(t, b.archivist, retrieval.Query{Text: c.query})
		if res.Cases != c.cases || res.Records != c.records || len(res.Unparsed) > 0 {
			t.Errorf("%s: %d cases, %d records, %v not understood; want %d, %d", c.query, res.Cases, res.Records, res.Unparsed, c.cases, c.records)
		}
	}
	if res := a.search(t, b.archivist, retrieval.Query{Text: "hfcs 查封", Level: search.LevelCase}); res.Cases != 1 {
		t.Errorf("by case: %d cases", res.Cases)
	}
}

func TestSavedSearches(t *testing.T) {
	a := newArchive(t)
	b := a.bureauWithCases(t)
	ctx, me, other := t.Context(), b.archivist, b.by[accounts.Reviewer]
	q := retrieval.Query{Text: "查封 -仓库", Level: search.LevelRecord, Sort: search.SortNewest, Stages: []string{catalog.StageDecision}, DateFrom: "2026", Offset: 20, Limit: 20}
	if _, err := a.service.Save(ctx, me, " ", q); !errors.Is(err, retrieval.ErrNoName) {
		t.Errorf("without a name: %v", err)
	}
	if _, err := a.service.Save(ctx, me, "本月查封", retrieval.Query{Text: "旧"}); err != nil {
		t.Fatal(err)
	}
	if _, err := a.service.Save(ctx, me, " 本月  查封", q); err != nil {
		t.Fatal(err)
	}
	kept, err := a.service.Save(ctx, me, "本月查封", q) // replaces the first
	if err != nil {
		t.Fatal(err)
	}
	all, err := a.service.SavedSearches(ctx, me)
	if err != nil || len(all) != 2 {
		t.Fatalf("%+v, %v", all, err)
	}
	want := q
	want.Offset, want.Limit = 0, 0
	for _, s := range all {
		if diff := cmp.Diff(want, s.Query); diff != "" {
			t.Errorf("%s (-want +got):\n%s", s.Name, diff)
		}
	}
	theirs, err := a.service.SavedSearches(ctx, other)
	if err != nil || len(theirs) != 0 {
		t.Errorf("another sees %v, %v", theirs, err)
	}
	if err = a.service.Forget(ctx, other, kept.ID); !errors.Is(err, retrieval.ErrNoSaved) {
		t.Errorf("another forgets it: %v", err)
	}
	if err = a.service.Forget(ctx, me, kept.ID); err != nil {
		t.Fatal(err)
	}
	if all, err = a.service.SavedSearches(ctx, me); err != nil || len(all) != 1 {
		t.Errorf("after forgetting: %v, %v", all, err)
	}
	if _, err := a.service.Save(ctx, b.by[accounts.SystemAdministrator], "x", q); !errors.Is(err, accounts.ErrForbidden) {
		t.Errorf("the system administrator's: %v", err)
	}
}

func TestSimilar(t *testing.T) {
	a := newArchive(t)
	b := a.bureauWithCases(t)
	var like, unlike catalog.Record
	a.change(t, func(ctx context.Context, tx *store.Tx) error {
		like = a.record(ctx, t, tx, b.other, catalog.Record{Kind: catalog.KindText, Medium: catalog.MediumDocument, Stage: catalog.StageDecision, Title: "甲", SHA256: digest(21)}, strings.Repeat("对岱岳镇仓库实施查封，财物清点完毕。", 2))
		unlike = a.record(ctx, t, tx, b.other, catalog.Record{Kind: catalog.KindText, Medium: catalog.MediumDocument, Stage: catalog.StageDecision, Title: "乙", SHA256: digest(22)}, "送达回证一份，邮寄送达。")
		return nil
	})
	a.catchUp(t)
	res, err := a.service.Similar(t.Context(), b.archivist, b.paper.ID)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, g := range res.Groups {
		for _, r := range g.Records {
			got = append(got, r.Record.ID)
		}
	}
	if len(got) == 0 || got[0] != like.ID {
		t.Errorf("similar to the record: %v, want %s first", got, like.ID)
	}
	for _, id := range got {
		if id == unlike.ID || id == b.paper.ID {
			t.Errorf("%s is told as similar", id)
		}
	}
	if _, err := a.service.Similar(t.Context(), b.by[accounts.Handler], b.decided.ID); !errors.Is(err, catalog.ErrNoRecord) {
		t.Errorf("of a record that the officer may not find: %v", err)
	}
	if res.Seq == 0 {
		t.Error("it is not in the log")
	}
}
