package audit

import "testing"

// One who hides entries may choose which others he lists twice instead, so that
// numbers and squares sum up to the same. The key he does not know.
func TestMixedTellsExchangedEntries(t *testing.T) {
	told := 0
	const keys = 1000
	for k := range int64(keys) {
		key := (k*2_147_000_011)&(1<<31-1) | 1
		var honest, hiding int64
		for i, seq := range []int64{1, 4, 6, 7} {
			honest += mixed(100_000+seq, key)
			hiding += mixed(100_000+[]int64{2, 3, 5, 8}[i], key)
		}
		if honest != hiding {
			told++
		}
	}
	if told < keys*995/1000 {
		t.Errorf("seen with %d of %d keys", told, keys)
	}
}
