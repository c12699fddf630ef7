package redact_test

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"

	"diaoyue.example/workstation/media/redact"
)

// TestVectors reads the vectors that the window's drawing layer is held against
// too, so that what is drawn is what is covered.
func TestVectors(t *testing.T) {
	data, err := os.ReadFile("../../frontend/src/player/vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Picture struct{ Width, Height int }
		Tracks  []struct {
			Name      string
			Keyframes []redact.Keyframe
			At        []struct {
				Frame   int64
				Edges   []float64
				Snapped []int
			}
		}
	}
	if err := json.Unmarshal(data, &file); err != nil {
		t.Fatal(err)
	}
	if len(file.Tracks) == 0 {
		t.Fatal("no vectors")
	}
	for _, v := range file.Tracks {
		t.Run(v.Name, func(t *testing.T) {
			for _, want := range v.At {
				var edges []float64
				var snapped []int
				for _, r := range track(v.Keyframes...).Regions(want.Frame) {
					s := r.Snap(file.Picture.Width, file.Picture.Height)
					edges, snapped = []float64{r.Left, r.Top, r.Right, r.Bottom}, []int{s.X0, s.Y0, s.X1, s.Y1}
				}
				if d := cmp.Diff(want.Edges, edges); d != "" {
					t.Errorf("frame %d: %s", want.Frame, d)
				}
				if d := cmp.Diff(want.Snapped, snapped); d != "" {
					t.Errorf("frame %d snapped: %s", want.Frame, d)
				}
			}
		})
	}
}
