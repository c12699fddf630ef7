package text_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"diaoyue.example/workstation/search/extract/text"
)

// The words of one cue out of a container are read as those of a file.
func TestParseCue(t *testing.T) {
	for _, c := range []struct {
		name, form, in string
		want           spans
	}{
		{"plain", "", " 1 < 2 <b> ", spans{span(0, 0, "", "1 < 2 <b>")}},
		{"srt", text.SRT, "<i>查封</i> {\\an8}a &lt; b\n二", spans{span(0, 0, "", "查封 a < b\n二")}},
		{"vtt: voices", text.VTT, "<v 张立>请说。</v>\n<v 王某>不知道", spans{span(0, 0, "张立", "请说。"), span(0, 0, "王某", "不知道")}},
		{"ass", text.ASS, `3,0,Default,张立,0,0,0,,{\i1}好, 走\N二`, spans{span(0, 0, "张立", "好, 走\n二")}},
		{"ass: short", text.ASS, `3,0,Default,张立`, nil},
		{"silent", text.SRT, " \n", nil},
	} {
		if diff := cmp.Diff(c.want, text.ParseCue(c.form, c.in)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}
