package analysis_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"diaoyue.example/workstation/search/analysis"
)

func TestInitials(t *testing.T) {
	for _, c := range []struct {
		name string
		want []string
	}{
		{"蒋军波", []string{"jjb"}},
		{"单雄信", []string{"cxs", "cxx", "dxs", "dxx", "sxs", "sxx"}},
		{"恒丰超市", []string{"hfcf", "hfcs", "hftf", "hfts"}},
		{"张A", []string{"za"}},
		{"John", nil},
		{"", nil},
		{"一个长得不可能是任何人名字的句子", nil},
	} {
		got := analysis.Initials(c.name)
		slices.Sort(got)
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}
