package retrieval_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"diaoyue.example/workstation/search/extract"
)

func TestMarkBoxes(t *testing.T) {
	a := newArchive(t)
	text := "对仓库实施查\n封，财物。"
	var boxes []extract.Box
	x, y := 0.1, 0.1
	for i, r := range text {
		if r == '\n' {
			x, y = 0.1, 0.15
			continue
		}
		boxes = append(boxes, extract.Box{X: x, Y: y, W: 0.02, H: 0.02, Text: string(r), Start: i, End: i + len(string(r))})
		x += 0.02
	}
	run := extract.Box{X: 0.5, Y: 0.5, W: 0.1, H: 0.02, Text: "后仓库一二", Start: len(text), End: len(text) + 15}
	for _, c := range []struct {
		query string
		want  []extract.Box
	}{
		{"", nil},
		{"没有", nil},
		{`"仓库"`, []extract.Box{{X: 0.12, Y: 0.1, W: 0.04, H: 0.02, Text: "仓库", Start: 3, End: 9}, {X: 0.52, Y: 0.5, W: 0.04, H: 0.02, Text: "仓库", Start: len(text) + 3, End: len(text) + 9}}},
		{"题名:x 来源:页面 查封", []extract.Box{{X: 0.2, Y: 0.1, W: 0.02, H: 0.02, Text: "查", Start: 15, End: 18}, {X: 0.1, Y: 0.15, W: 0.02, H: 0.02, Text: "封", Start: 19, End: 22}}},
	} {
		got := a.service.MarkBoxes(c.query, text+run.Text, append(boxes, run))
		if diff := cmp.Diff(c.want, got, cmpopts.EquateApprox(0, 1e-9)); diff != "" {
			t.Errorf("%q (-want +got):\n%s", c.query, diff)
		}
	}
}
