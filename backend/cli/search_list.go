package cli

import (
	"context"
	"os"
	"strings"

	"diaoyue.example/workstation/backend"
	"diaoyue.example/workstation/backend/accounts"
	"diaoyue.example/workstation/backend/retrieval"
)

type matrixJSON struct {
	Lines []matrixLineJSON `json:"lines"`
	Hits  int              `json:"hits"` // lines that were found at all
	Seq   int64            `json:"seq"`
}

type matrixLineJSON struct {
	Text    string           `json:"text"`
	Cases   int              `json:"cases"`
	Records int              `json:"records"`
	Places  int              `json:"places"`
	In      []matrixCellJSON `json:"in"`
}

type matrixCellJSON struct {
	Code   string `json:"code"` // of the case
	Places int    `json:"places"`
}

func linesOf(path string) ([]string, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, errNoFile.With("path", path)
	}
	return strings.Split(strings.TrimPrefix(string(text), "\ufeff"), "\n"), nil
}

// searchList seeks every line of a list and tells in which cases it stands: a
// line of the answer is a line of the list, then how many cases, records and
// places, then each case with its places.
func (c *call) searchList(ctx context.Context, w *backend.Workstation, actor accounts.Actor, lines []string, q retrieval.Query) error {
	m, err := w.Retrieval.List(ctx, actor, lines, q)
	if err != nil {
		return err
	}
	out := matrixJSON{Lines: []matrixLineJSON{}, Hits: m.Hits, Seq: m.Seq}
	for _, l := range m.Lines {
		line := matrixLineJSON{Text: l.Text, Cases: l.Cases, Records: l.Records, Places: l.Places, In: []matrixCellJSON{}}
		for _, file := range m.Cases {
			if n := l.ByCase[file.ID]; n > 0 {
				line.In = append(line.In, matrixCellJSON{Code: file.Code, Places: n})
			}
		}
		out.Lines = append(out.Lines, line)
	}
	return c.print(out, func() {
		for _, l := range out.Lines {
			fields := []string{l.Text, number(int64(l.Cases)), number(int64(l.Records)), number(int64(l.Places))}
			for _, cell := range l.In {
				fields = append(fields, cell.Code+" "+number(int64(cell.Places)))
			}
			c.row(fields...)
		}
		c.say("search.list", "hits", number(int64(out.Hits)), "lines", number(int64(len(out.Lines))))
	})
}
