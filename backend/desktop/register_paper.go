package desktop

import (
	"context"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"diaoyue.example/workstation/backend"
	"diaoyue.example/workstation/backend/accounts"
	"diaoyue.example/workstation/backend/forms"
	"diaoyue.example/workstation/backend/viewing"
)

// dash stands for what is unknown or not applicable.
const dash = "—"

// registerForm names the register in the log.
const registerForm = "register"

// Paper lays the register out on A4 for printing. That it was is an entry of
// the log, whose number, with the digest of the rows, stands on every page.
func (r *Register) Paper(filter RegisterFilter) (Paper, error) {
	return ask(r.shell, func(ctx context.Context, w *backend.Workstation, actor accounts.Actor) (Paper, error) {
		g, err := gatherRegister(ctx, w, actor, filter)
		if err != nil {
			return Paper{}, err
		}
		return g.print(ctx, w, actor)
	})
}

// Workbook writes the register as XLSX into dir and says where it lies.
func (r *Register) Workbook(filter RegisterFilter, dir string) (Saved, error) {
	return ask(r.shell, func(ctx context.Context, w *backend.Workstation, actor accounts.Actor) (Saved, error) {
		g, err := gatherRegister(ctx, w, actor, filter)
		if err != nil {
			return Saved{}, err
		}
		return g.save(ctx, w, actor, dir)
	})
}

func gatherRegister(ctx context.Context, w *backend.Workstation, actor accounts.Actor, filter RegisterFilter) (gathered, error) {
	f, err := registerFilter(filter)
	if err != nil {
		return gathered{}, err
	}
	rows, err := w.PaperRows(ctx, actor, f)
	if err != nil {
		return gathered{}, err
	}
	words, err := loadLexicon()
	if err != nil {
		return gathered{}, err
	}
	return gathered{
		words: words, sheet: registerSheet(words, w.Organ(), filter, rows),
		paper: backend.Paper{Form: registerForm},
		note:  words.say("common.shownNote") + words.say("audit.recovered"),
	}, nil
}

// registerColumns are those of the form (law-and-features §8.6) and their
// widths in millimetres: together what A4 across leaves.
func registerColumns(words lexicon) []forms.Column {
	columns := []forms.Column{}
	for _, c := range []struct {
		key   string
		width float64
		right bool
	}{
		{"no", 9, true},
		{"date", 19, false},
		{"span", 21, false},
		{"who", 24, false},
		{"purpose", 15, false},
		{"basis", 23, false},
		{"what", 36, false},
		{"scope", 16, false},
		{"wall", 15, true},
		{"coverage", 14, true},
		{"speed", 11, true},
		{"sound", 10, false},
		{"approver", 13, false},
		{"result", 13, false},
		{"taken", 12, false},
		{"check", 24, false},
		{"remark", 12, false},
	} {
		columns = append(columns, forms.Column{Title: words.say("papers.register." + c.key), Width: c.width, Right: c.right})
	}
	return columns
}

func registerSheet(words lexicon, organ string, filter RegisterFilter, rows []viewing.Row) forms.Sheet {
	s := forms.Sheet{
		Title: words.say("audit.register"), Columns: registerColumns(words), Landscape: true,
		Under: []string{words.say("papers.under", "organ", organ, "period", periodText(words, filter.From, filter.To), "n", strconv.Itoa(len(rows)))},
	}
	for i, row := range rows {
		s.Rows = append(s.Rows, registerCells(words, i+1, row))
	}
	return s
}

func registerCells(words lexicon, n int, r viewing.Row) []string {
	until := words.say("audit.open")
	if !r.ClosedAt.IsZero() {
		until = beijing(r.ClosedAt).Format("15:04")
	}
	wall, share, speed := dash, dash, dash
	if r.WallMs > 0 {
		wall = clockText(r.WallMs / 1000)
	}
	if r.Total > 0 {
		share = shareText(r.Shown, r.Total)
	}
	if r.MaxSpeed > 0 {
		speed = strconv.FormatFloat(r.MaxSpeed, 'f', -1, 64) + "×"
	}
	return []string{
		strconv.Itoa(n), beijing(r.OpenedAt).Format(time.DateOnly), beijing(r.OpenedAt).Format("15:04") + dash + until,
		lines(r.AccountName+" "+r.AccountNumber, r.Department), words.word("common.purpose.", r.Purpose), orDash(r.Basis),
		whatText(words, r), scopeText(words, r), wall, share, speed,
		words.word("audit.sound.", r.Sound), orDash(r.Approver), words.word("papers.result.", r.Result()), takenText(words, r),
		lines(r.Number, r.Hash), orDash(lines(r.Note, closeText(words, r.CloseKind))),
	}
}

// whatText names case and record; to the three administrators, who know no
// titles, the record is the end of its id.
func whatText(words lexicon, r viewing.Row) string {
	if text := lines(r.CaseCode, r.RecordTitle, r.RecordCode); text != "" {
		return text
	}
	if len(r.RecordID) < 6 {
		return dash
	}
	return words.say("audit.untitled", "id", r.RecordID[len(r.RecordID)-6:])
}

// closeText says how a viewing ended when it did not end as usual.
func closeText(words lexicon, kind string) string {
	if kind == "" || kind == viewing.CloseNormal {
		return ""
	}
	return words.word("audit.close.", kind)
}

func scopeText(words lexicon, r viewing.Row) string {
	switch {
	case r.Total == 0 || r.Seen == 0:
		return dash
	case r.Whole:
		return words.say("papers.whole")
	}
	return words.say("papers.part")
}

// takenText says whether what was viewed was handed out: only a copy can be.
func takenText(words lexicon, r viewing.Row) string {
	if !r.Exported {
		return words.say("papers.notTaken")
	}
	return lines(words.say("papers.taken"), r.ApprovalNumber)
}

func periodText(words lexicon, from, to string) string {
	if from == "" && to == "" {
		return words.say("papers.allTime")
	}
	if from == "" {
		from = words.say("papers.start")
	}
	if to == "" {
		to = words.say("papers.now")
	}
	return from + dash + to
}

// beijing is the bureau's clock, which is China's everywhere.
func beijing(t time.Time) time.Time { return t.In(time.FixedZone("CST", 8*60*60)) }

func clockText(seconds int64) string {
	return fmt.Sprintf("%02d:%02d:%02d", seconds/3600, seconds/60%60, seconds%60)
}

// shareText never says 100% of less than all, nor 0% of something.
func shareText(part, whole int64) string {
	switch {
	case part <= 0:
		return "0%"
	case part >= whole:
		return "100%"
	}
	tenths := min(999, max(1, math.Floor(float64(part)/float64(whole)*1000)))
	return strconv.FormatFloat(tenths/10, 'f', 1, 64) + "%"
}

// grouped writes a digest in groups of eight.
func grouped(hex string) string {
	var b strings.Builder
	for i, r := range hex {
		if i > 0 && i%8 == 0 {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// lines joins what is not empty, one a line.
func lines(parts ...string) string {
	out := make([]string, 0, len(parts))
	for _, p := range parts {
		if p = strings.TrimSpace(p); p != "" {
			out = append(out, p)
		}
	}
	return strings.Join(out, "\n")
}

func orDash(text string) string {
	if text == "" {
		return dash
	}
	return text
}
