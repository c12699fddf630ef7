package retrieval_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"diaoyue.example/workstation/backend/accounts"
	"diaoyue.example/workstation/backend/catalog"
	"diaoyue.example/workstation/backend/retrieval"
	"diaoyue.example/workstation/backend/store"
	"diaoyue.example/workstation/search"
)

// wordless adds to a bureau records in every state of their words, all but
// one in the case of its officer: eight of which words are missing.
func (a *archive) wordless(t *testing.T, b bureau) {
	t.Helper()
	n := 100
	add := func(ctx context.Context, tx *store.Tx, f catalog.CaseFile, medium, state string, sources ...string) catalog.Record {
		n++
		r := a.record(ctx, t, tx, f, catalog.Record{
			Kind: catalog.KindText, Medium: medium, Stage: catalog.StageService, Title: fmt.Sprint("送达回证", n), SHA256: digest(n), TextState: state,
		})
		var pages []catalog.PageText
		for i, s := range sources {
			pages = append(pages, catalog.PageText{RecordID: r.ID, Page: i + 1, Source: s})
		}
		if err := a.catalog.PutPages(ctx, tx, r.ID, pages); err != nil {
			t.Fatal(err)
		}
		return r
	}
	a.change(t, func(ctx context.Context, tx *store.Tx) error {
		for _, r := range []catalog.Record{b.paper, b.question, b.decided} {
			if _, err := a.catalog.SetText(ctx, tx, r.ID, catalog.TextText, "", 1); err != nil {
				return err
			}
		}
		for _, state := range []string{catalog.TextStored, "encrypted", "unsupported", catalog.TextFailed, "timeout"} {
			add(ctx, tx, b.own, catalog.MediumDocument, state)
		}
		add(ctx, tx, b.own, catalog.MediumDocument, "needs_ocr", "none", "none")
		add(ctx, tx, b.own, catalog.MediumDocument, catalog.TextText, "text", "garbled") // one page of two
		add(ctx, tx, b.other, catalog.MediumAudio, catalog.TextNone)
		read := add(ctx, tx, b.own, catalog.MediumPhoto, "needs_ocr", "none")
		err := a.catalog.PutRead(ctx, tx, read.ID, []catalog.ReadPage{{Page: 1, State: catalog.ReadDone, Text: "送达"}})
		if err != nil {
			return err
		}
		words := add(ctx, tx, b.own, catalog.MediumTranscript, catalog.TextText, "text")
		spoken := add(ctx, tx, b.own, catalog.MediumVideo, catalog.TextNone)
		_, err = a.catalog.AddTranscript(ctx, tx, catalog.Transcript{RecordID: spoken.ID, SourceID: words.ID, Cues: []catalog.Cue{{From: 1, To: 2, Text: "送达"}}})
		return err
	})
	a.catchUp(t)
}

// Of whatever is asked the answer says how many records could not be searched
// and why, under the same filters and rights; they can be listed.
func TestUnsearchedRecordsAreCounted(t *testing.T) {
	a := newArchive(t)
	b := a.bureauWithCases(t)
	a.wordless(t, b)
	states := func(res []search.Facet) map[string]int {
		out := map[string]int{}
		for _, f := range res {
			if f.Value != "" { // records of the bureau that never had a state
				out[f.Value] = f.Count
			}
		}
		return out
	}
	own := map[string]int{"stored": 1, "encrypted": 1, "unsupported": 1, "failed": 1, "timeout": 1, "needs_ocr": 2}
	all := map[string]int{"stored": 1, "encrypted": 1, "unsupported": 1, "failed": 1, "timeout": 1, "needs_ocr": 2, "no_transcript": 1}
	for _, c := range []struct {
		name string
		by   accounts.Actor
		q    retrieval.Query
		want map[string]int
	}{
		{"words that are nowhere", b.archivist, retrieval.Query{Text: "不在任何材料里"}, all},
		{"an officer hears of his own", b.by[accounts.Handler], retrieval.Query{Text: "查封"}, own},
		{"one case", b.archivist, retrieval.Query{Text: "查封", CaseID: b.own.ID}, own},
		{"another stage", b.archivist, retrieval.Query{Text: "查封", Stages: []string{catalog.StageDecision}}, map[string]int{}},
		{"another kind", b.archivist, retrieval.Query{Text: "查封", Kinds: []string{catalog.KindAV}}, map[string]int{}},
		{"before them", b.archivist, retrieval.Query{Text: "查封", DateTo: "2026-02"}, map[string]int{}},
		{"in their month", b.archivist, retrieval.Query{Text: "查封", DateFrom: "2026-03", DateTo: "2026-03"}, all},
		{"another year", b.archivist, retrieval.Query{Text: "查封", Years: []string{"2025"}}, map[string]int{}},
		{"pages only", b.archivist, retrieval.Query{Text: "查封", Sources: []string{search.SourcePage}}, all},
		{"one reason", b.archivist, retrieval.Query{Text: "查封", Words: []string{"encrypted"}}, all},
		{"one record", b.archivist, retrieval.Query{Text: "查封", RecordID: b.paper.ID}, map[string]int{}},
	} {
		if d := cmp.Diff(c.want, states(a.search(t, c.by, c.q).Unsearched)); d != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, d)
		}
	}

	m, err := a.service.List(t.Context(), b.by[accounts.Handler], []string{"不在任何材料里"}, retrieval.Query{})
	if d := cmp.Diff(own, states(m.Unsearched)); d != "" || err != nil {
		t.Errorf("a list: %v (-want +got):\n%s", err, d)
	}

	res := a.search(t, b.archivist, retrieval.Query{Text: "送达回证", Level: search.LevelRecord})
	if d := cmp.Diff(map[string]int{
		"stored": 1, "encrypted": 1, "unsupported": 1, "failed": 1, "timeout": 1, "needs_ocr": 2, "no_transcript": 1, "searched": 3,
	}, states(res.Facets.Words)); d != "" {
		t.Errorf("facet (-want +got):\n%s", d)
	}
	for _, level := range []string{search.LevelPlace, search.LevelRecord} {
		res = a.search(t, b.archivist, retrieval.Query{Text: "送达 回证", Level: level, Words: []string{"needs_ocr", "no_transcript"}})
		if res.Records != 3 || res.Cases != 2 {
			t.Errorf("%s: %d records in %d cases, want 3 in 2", level, res.Records, res.Cases)
		}
	}
	res = a.search(t, b.archivist, retrieval.Query{Sources: []string{search.SourceTitle}, Words: []string{"stored", "no_transcript"}})
	if got := places(res); len(got) != 2 || res.Records != 2 {
		t.Errorf("listed: %v", got)
	}
	for _, g := range res.Groups {
		for _, r := range g.Records {
			if r.Words != catalog.TextStored && r.Words != catalog.WordsNoTranscript {
				t.Errorf("%s lacks %q", r.Record.Title, r.Words)
			}
		}
	}
}
