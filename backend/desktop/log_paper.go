package desktop

import (
	"cmp"
	"context"
	"strconv"
	"strings"

	"diaoyue.example/workstation/backend"
	"diaoyue.example/workstation/backend/accounts"
	"diaoyue.example/workstation/backend/audit"
	"diaoyue.example/workstation/backend/forms"
)

// logForm names the log in its own entries.
const logForm = "log"

// LogPaper lays the entries that fit out on A4 for printing, oldest first, as
// far as the account may read them.
func (r *Register) LogPaper(filter LogFilter) (Paper, error) {
	return ask(r.shell, func(ctx context.Context, w *backend.Workstation, actor accounts.Actor) (Paper, error) {
		g, err := r.gatherLog(ctx, w, actor, filter, backend.MaxPaperRows)
		if err != nil {
			return Paper{}, err
		}
		return g.print(ctx, w, actor)
	})
}

// LogWorkbook writes the entries that fit as XLSX into dir and says where it lies.
func (r *Register) LogWorkbook(filter LogFilter, dir string) (Saved, error) {
	return ask(r.shell, func(ctx context.Context, w *backend.Workstation, actor accounts.Actor) (Saved, error) {
		g, err := r.gatherLog(ctx, w, actor, filter, backend.MaxWorkbookRows)
		if err != nil {
			return Saved{}, err
		}
		return g.save(ctx, w, actor, dir)
	})
}

func (r *Register) gatherLog(ctx context.Context, w *backend.Workstation, actor accounts.Actor, filter LogFilter, most int) (gathered, error) {
	f, err := logFilter(filter)
	if err != nil {
		return gathered{}, err
	}
	rows, err := w.PaperEntries(ctx, actor, f, most)
	if err != nil {
		return gathered{}, err
	}
	words, err := loadLexicon()
	if err != nil {
		return gathered{}, err
	}
	names := r.names(ctx, w)
	sheet := forms.Sheet{
		Title: words.say("audit.log"), Columns: logColumns(words), Landscape: true,
		Under: []string{
			words.say("papers.underLog", "organ", w.Organ(), "period", periodText(words, filter.From, filter.To), "n", strconv.Itoa(len(rows))),
			words.say("papers.chosen", "what", chosenText(words, filter, names)),
		},
	}
	for _, row := range rows {
		sheet.Rows = append(sheet.Rows, logCells(words, row, names))
	}
	return gathered{
		words: words, sheet: sheet, paper: backend.Paper{Form: logForm, Asked: f}, note: words.say("papers.logNote"),
	}, nil
}

// logColumns are the columns of the log and their widths in millimetres:
// together what A4 across leaves.
func logColumns(words lexicon) []forms.Column {
	columns := []forms.Column{}
	for _, c := range []struct {
		key   string
		width float64
		right bool
	}{
		{"seq", 17, true},
		{"at", 34, false},
		{"actor", 34, false},
		{"event", 38, false},
		{"result", 15, false},
		{"objects", 62, false},
		{"facts", 67, false},
		{"check", 20, false},
	} {
		columns = append(columns, forms.Column{Title: words.say("audit.head." + c.key), Width: c.width, Right: c.right})
	}
	return columns
}

func logCells(words lexicon, row audit.Row, names map[string]string) []string {
	return []string{
		strconv.FormatInt(row.Seq, 10), beijing(row.At).Format("2006-01-02 15:04:05"), whoText(words, row.Actor, names),
		words.word("audit.event.", string(row.Event)), words.word("audit.result.", string(row.Result)),
		factLine(words, objectsNamed(row.Objects, names)), factLine(words, plainFacts(row.Codes, unitFrames)), row.Hash,
	}
}

// whoText names an account as number and name; the program itself has neither.
func whoText(words lexicon, id string, names map[string]string) string {
	if id == "" {
		return words.say("audit.system")
	}
	return cmp.Or(names[id], id)
}

// chosenText tells which entries were asked for, so that a sheet is not taken
// for the whole log.
func chosenText(words lexicon, f LogFilter, names map[string]string) string {
	var parts []string
	for _, event := range f.Events {
		parts = append(parts, words.word("audit.event.", event))
	}
	for _, account := range f.Accounts {
		if account == theProgram {
			account = ""
		}
		parts = append(parts, whoText(words, account, names))
	}
	if f.Result != "" {
		parts = append(parts, words.word("audit.result.", f.Result))
	}
	if f.Object != "" {
		parts = append(parts, words.say("audit.recordOnly", "id", tail(f.Object)))
	}
	return cmp.Or(strings.Join(parts, "、"), words.say("papers.everyEntry"))
}
