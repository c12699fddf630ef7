package search_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"diaoyue.example/workstation/search"
)

func TestTally(t *testing.T) {
	x := open(t, t.TempDir())
	put(t, x, 1,
		page("A", "A/1", 1, "查封"), page("A", "A/1", 2, "查封仓库"), page("A", "A/2", 1, "查封"), page("B", "B/1", 1, "扣押"),
		search.Document{ID: "B#case", Case: "B", Title: "查封一案", Source: search.SourceTitle},
	)
	got, err := x.Tally(t.Context(), search.Query{Text: `"查封"`})
	if err != nil {
		t.Fatal(err)
	}
	want := search.Tally{
		Places:  4,
		Cases:   []search.Count{{ID: "A", Case: "A", Places: 3}, {ID: "B", Case: "B", Places: 1}},
		Records: []search.Count{{ID: "A/1", Case: "A", Places: 2}, {ID: "A/2", Case: "A", Places: 1}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got, err = x.Tally(t.Context(), search.Query{Text: `""`}); err != nil || got.Places != 0 {
		t.Errorf("of nothing understood: %+v, %v", got, err)
	}
}
