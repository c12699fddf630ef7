//go:build faults

package disclosure_test

import (
	"fmt"
	"testing"

	"diaoyue.example/workstation/backend/figure"
)

// The folder into which copies are released is searched for every block of
// the original, at any offset.
func TestFigureExportBlocks(t *testing.T) {
	const rounds = 5
	blocks, early, files, searched := 0, 0, 0, 0
	for range rounds {
		b := open(t)
		out, soon, n := leaks(t, b)
		blocks, early, files = blocks+out, early+soon, files+n
		searched += len(b.original(t)) / blockSize
	}
	figure.Report(t, figure.Figure{
		Row:   figure.ExportBlocks,
		Name:  fmt.Sprintf("%d releases, %d files, %d blocks searched for at any offset; while made, as candidate and when rejected %d files went out", rounds, files, searched, early),
		Value: fmt.Sprint(blocks), OK: blocks == 0 && early == 0 && searched > 20,
	})
}
