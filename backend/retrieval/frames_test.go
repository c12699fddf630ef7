package retrieval_test

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"diaoyue.example/workstation/backend/catalog"
	"diaoyue.example/workstation/backend/retrieval"
	"diaoyue.example/workstation/backend/store"
	"diaoyue.example/workstation/media/frameindex"
	"diaoyue.example/workstation/media/mediatest"
)

// TestSpokenPlaceHasItsFrame speaks in a recording of uneven times: the hit
// carries the frame on show when the span begins.
func TestSpokenPlaceHasItsFrame(t *testing.T) {
	a := newArchive(t)
	b := a.bureauWithCases(t)
	path := filepath.Join(t.TempDir(), "clip.mp4")
	err := mediatest.Make(t.Context(), path, mediatest.Clip{Width: 320, Height: 180, FPS: 25, Frames: 60, GOP: 30, VFR: true})
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	ix, err := frameindex.Build(t.Context(), f, nil)
	if err != nil {
		t.Fatal(err)
	}
	const spoken = 31
	at := (ix.Time(spoken) + ix.Time(spoken+1)) / 2
	var footage catalog.Record
	a.change(t, func(ctx context.Context, tx *store.Tx) error {
		footage = a.record(ctx, t, tx, b.own, catalog.Record{
			Kind: catalog.KindAV, Medium: catalog.MediumVideo, Stage: catalog.StageInvestigation, Title: "补充录像", SHA256: digest(8), Frames: ix.Len(),
		})
		_, failed := a.catalog.AddTranscript(ctx, tx, catalog.Transcript{RecordID: footage.ID, SourceID: b.question.ID, Cues: []catalog.Cue{
			{From: at, To: at + 1, Text: "木料四十二根"},
		}})
		return failed
	})
	a.catchUp(t)
	if got := a.spokenFrames(t, b); !cmp.Equal(got, []int64{-1}) {
		t.Errorf("without an index the frames are %v, want -1", got)
	}
	err = a.vault.PutDerived(t.Context(), footage.SHA256, catalog.DerivedFrameIndex, func(w io.Writer) error {
		_, failed := w.Write(ix.Marshal())
		return failed
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := a.spokenFrames(t, b); !cmp.Equal(got, []int64{spoken}) {
		t.Errorf("frames %v, want %d", got, spoken)
	}
}

func (a *archive) spokenFrames(t *testing.T, b bureau) []int64 {
	t.Helper()
	var out []int64
	for _, g := range a.search(t, b.archivist, retrieval.Query{Text: `"木料四十二根"`}).Groups {
		for _, r := range g.Records {
			for _, h := range r.Hits {
				out = append(out, h.Frame)
			}
		}
	}
	return out
}
