package retrieval_test

import (
	"context"
	"testing"

	"diaoyue.example/workstation/backend/accounts"
	"diaoyue.example/workstation/backend/catalog"
	"diaoyue.example/workstation/backend/retrieval"
	"diaoyue.example/workstation/backend/store"
	"diaoyue.example/workstation/search"
)

// A hit in words that only a machine wrote says so, until somebody has checked
// them; what a person wrote at the same moment is his.
func TestHeardHitsAreTold(t *testing.T) {
	a := newArchive(t)
	b := a.bureauWithCases(t)
	a.change(t, func(ctx context.Context, tx *store.Tx) error {
		_, err := a.catalog.AddTranscript(ctx, tx, catalog.Transcript{
			RecordID: b.footage.ID, SourceID: b.footage.ID, Origin: catalog.OriginMachine, Engine: "ears", Cues: []catalog.Cue{
				{From: 1.25, To: 2, Text: "机器所闻甲", Engine: "ears"},
				{From: 3, To: 4, Text: "机器所闻乙", Engine: "ears", CheckedBy: "张立"},
			},
		})
		return err
	})
	a.catchUp(t)
	heard := func() map[float64]bool {
		t.Helper()
		found, err := a.service.Search(t.Context(), b.by[accounts.Reviewer], retrieval.Query{Text: `"机器所闻"`})
		if err != nil || found.Places != 2 {
			t.Fatalf("%d places, %v", found.Places, err)
		}
		out := map[float64]bool{}
		for _, h := range found.Groups[0].Records[0].Hits {
			if h.Source != search.SourceSpeech {
				t.Errorf("%+v", h)
			}
			out[h.Time] = h.Heard
		}
		return out
	}
	if got := heard(); !got[1.25] || got[3] {
		t.Errorf("heard: %v", got)
	}
	a.change(t, func(ctx context.Context, tx *store.Tx) error {
		_, err := a.catalog.AddTranscript(ctx, tx, catalog.Transcript{
			RecordID: b.footage.ID, SourceID: b.footage.ID, Origin: catalog.OriginTyped, Cues: []catalog.Cue{{From: 1.25, To: 2, Text: "人所写"}},
		})
		return err
	})
	if got := heard(); got[1.25] {
		t.Errorf("what a person wrote there is called heard: %v", got)
	}
	// A recording that is found by its title is no hit in what was heard in it.
	found, err := a.service.Search(t.Context(), b.by[accounts.Reviewer], retrieval.Query{Text: b.footage.Title})
	if err != nil {
		t.Fatal(err)
	}
	titles := 0
	for _, g := range found.Groups {
		for _, r := range g.Records {
			for _, h := range r.Hits {
				if h.Heard {
					t.Errorf("by title: %+v", h)
				}
				if r.Record.ID == b.footage.ID && h.Source == search.SourceTitle {
					titles++
				} else if r.Record.ID == b.footage.ID {
					t.Errorf("the title stands twice: %+v", h)
				}
			}
		}
	}
	if titles != 1 {
		t.Errorf("%d titles", titles)
	}
}
