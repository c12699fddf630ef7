package desktop

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"diaoyue.example/workstation/backend"
	"diaoyue.example/workstation/backend/accounts"
	"diaoyue.example/workstation/backend/audit"
	"diaoyue.example/workstation/backend/forms"
	"diaoyue.example/workstation/backend/retrieval"
	"diaoyue.example/workstation/search"
)

// listForm names the matrix of a list search in the log.
const listForm = "list-search"

// matrixCases is how many cases have columns of their own in a workbook.
const matrixCases = 200

// List seeks every line of a pasted list and tells in which cases it stands.
func (q *Search) List(lines string, request SearchRequest) (SearchMatrix, error) {
	return ask(q.shell, func(ctx context.Context, w *backend.Workstation, actor accounts.Actor) (SearchMatrix, error) {
		m, err := w.Retrieval.List(ctx, actor, strings.Split(lines, "\n"), queryOf(request))
		if err != nil {
			return SearchMatrix{}, err
		}
		return dtoMatrix(m), nil
	})
}

// ListTable seeks a list anew and writes the matrix into dir, as XLSX or, when
// format is "csv", as CSV. It carries out what was typed and case codes, never
// the content of a record.
func (q *Search) ListTable(lines string, request SearchRequest, dir, format string) (Saved, error) {
	return ask(q.shell, func(ctx context.Context, w *backend.Workstation, actor accounts.Actor) (Saved, error) {
		m, err := w.Retrieval.List(ctx, actor, strings.Split(lines, "\n"), queryOf(request))
		if err != nil {
			return Saved{}, err
		}
		if dir == "" {
			return Saved{}, ErrBadRequest.With("field", "dir")
		}
		words, err := loadLexicon()
		if err != nil {
			return Saved{}, err
		}
		sheet := matrixSheet(words, m)
		digest, err := sheet.Digest()
		if err != nil {
			return Saved{}, err
		}
		// First the entry, then the file: what is carried out is known before it is.
		seq, err := w.NotePaper(ctx, actor, audit.Exporting, backend.Paper{Form: listForm, Rows: len(sheet.Rows), Digest: digest})
		if err != nil {
			return Saved{}, err
		}
		name := fmt.Sprintf("%s_%s_%d", sheet.Title, beijing(w.Now()).Format(time.DateOnly), seq)
		var path string
		if format == "csv" {
			path, err = forms.SaveCSV(dir, name+".csv", sheet)
		} else {
			path, err = forms.Save(dir, name+".xlsx", sheet)
		}
		if err != nil {
			return Saved{}, ErrNotWritten.With("path", dir)
		}
		return Saved{Path: path, Rows: len(sheet.Rows), Seq: seq, Digest: digest}, nil
	})
}

func dtoMatrix(m retrieval.Matrix) SearchMatrix {
	out := SearchMatrix{Hits: m.Hits, Cases: []MatrixCase{}, Lines: []MatrixLine{}, Unsearched: each(m.Unsearched, dtoFacet)}
	for _, f := range m.Cases {
		out.Cases = append(out.Cases, MatrixCase{CaseID: f.ID, Code: f.Code, Title: f.Title})
	}
	for _, l := range m.Lines {
		line := MatrixLine{Text: l.Text, Cases: l.Cases, Records: l.Records, Total: l.Places, Places: make([]int, len(m.Cases))}
		for i, f := range m.Cases {
			line.Places[i] = l.ByCase[f.ID]
		}
		out.Lines = append(out.Lines, line)
	}
	return out
}

// matrixSheet has a row for each line and a column for each case.
func matrixSheet(words lexicon, m retrieval.Matrix) forms.Sheet {
	s := forms.Sheet{Title: words.say("search.list.title"), Landscape: true, Columns: []forms.Column{
		{Title: words.say("search.list.line"), Width: 60},
		{Title: words.say("search.list.cases"), Width: 16, Right: true},
		{Title: words.say("search.list.records"), Width: 16, Right: true},
		{Title: words.say("search.list.places"), Width: 16, Right: true},
	}}
	cases := m.Cases[:min(len(m.Cases), matrixCases)]
	for _, f := range cases {
		s.Columns = append(s.Columns, forms.Column{Title: f.Code, Width: 30, Right: true})
	}
	if len(cases) < len(m.Cases) {
		s.Under = append(s.Under, words.say("search.list.cut", "n", strconv.Itoa(matrixCases), "all", strconv.Itoa(len(m.Cases))))
	}
	s.Foot = unsearchedLines(words, m.Unsearched)
	for _, l := range m.Lines {
		row := []string{l.Text, strconv.Itoa(l.Cases), strconv.Itoa(l.Records), strconv.Itoa(l.Places)}
		for _, f := range cases {
			cell := ""
			if n := l.ByCase[f.ID]; n > 0 {
				cell = strconv.Itoa(n)
			}
			row = append(row, cell)
		}
		s.Rows = append(s.Rows, row)
	}
	return s
}

// unsearchedLines say how many records no line was sought in and why, as the
// window does: an empty cell is not the same as nothing being there.
func unsearchedLines(words lexicon, facets []search.Facet) []string {
	all := 0
	var why []string
	for _, f := range facets {
		all += f.Count
		n := strconv.Itoa(f.Count)
		state := words.say("search.words.of", "state", words.say("search.words.state."+f.Value), "n", n)
		why = append(why, strings.TrimSpace(state+" "+words["search.words.why."+f.Value]))
	}
	if all == 0 {
		return nil
	}
	head := words.say("search.words.unsearched", "n", strconv.Itoa(all))
	return append([]string{head, words.say("search.words.unsearchedWhy")}, why...)
}
