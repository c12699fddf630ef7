package extract_test

import (
	"errors"
	"math"
	"strings"
	"testing"

	"diaoyue.example/workstation/search/extract"
)

func TestPackBoxes(t *testing.T) {
	text := strings.Repeat("查封 A仓\n", 200)
	var boxes []extract.Box
	for i, r := range text {
		if r == ' ' || r == '\n' {
			continue
		}
		x := float64(i%97) / 97
		boxes = append(boxes, extract.Box{X: x, Y: x / 2, W: 0.01, H: 0.02, Text: string(r), Start: i, End: i + len(string(r)), Confidence: 0.97})
	}
	packed, err := extract.PackBoxes(boxes)
	if err != nil {
		t.Fatal(err)
	}
	if len(packed) > 8*len(boxes) {
		t.Errorf("%d boxes take %d bytes", len(boxes), len(packed))
	}
	got, err := extract.UnpackBoxes(packed, text)
	if err != nil || len(got) != len(boxes) {
		t.Fatalf("%d boxes, %v", len(got), err)
	}
	for i, b := range got {
		want := boxes[i]
		if b.Text != want.Text || b.Start != want.Start || b.End != want.End || math.Abs(b.X-want.X) > 1e-4 || math.Abs(b.H-want.H) > 1e-4 || math.Abs(b.Confidence-want.Confidence) > 0.01 {
			t.Fatalf("box %d: %+v, want %+v", i, b, want)
		}
	}
	if _, err := extract.UnpackBoxes(packed, text[:len(text)/2]); !errors.Is(err, extract.ErrDamaged) {
		t.Errorf("boxes of another text: %v", err)
	}
	if _, err := extract.UnpackBoxes(packed[:len(packed)/2], text); !errors.Is(err, extract.ErrDamaged) {
		t.Errorf("cut boxes: %v", err)
	}
	if none, err := extract.UnpackBoxes(nil, ""); err != nil || len(none) != 0 {
		t.Errorf("no boxes: %v, %v", none, err)
	}
}

func FuzzUnpackBoxes(f *testing.F) {
	packed, err := extract.PackBoxes([]extract.Box{{X: 0.1, Y: 0.2, W: 0.3, H: 0.4, Start: 0, End: 3}})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(packed, "查")
	f.Fuzz(func(t *testing.T, packed []byte, text string) {
		boxes, err := extract.UnpackBoxes(packed, text)
		for _, b := range boxes {
			if err != nil || text[b.Start:b.End] != b.Text || b.X < 0 || b.X > 1 {
				t.Fatalf("%+v, %v", b, err)
			}
		}
	})
}
