package desktop

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"diaoyue.example/workstation/backend"
	"diaoyue.example/workstation/backend/accounts"
	"diaoyue.example/workstation/backend/audit"
	"diaoyue.example/workstation/backend/forms"
)

// gathered is a table that is about to leave as paper or workbook.
type gathered struct {
	words lexicon
	sheet forms.Sheet
	paper backend.Paper // what the entry says besides rows and digest
	note  string        // first line of the foot
}

// print lays the table out on A4. The entry comes first; its number, with the
// digest of the rows, stands on every page.
func (g gathered) print(ctx context.Context, w *backend.Workstation, actor accounts.Actor) (Paper, error) {
	seq, digest, err := g.noted(ctx, w, actor, audit.Printing)
	if err != nil {
		return Paper{}, err
	}
	g.sheet.Foot = g.foot(actor, w.Now(), seq, digest)
	pages, err := forms.Paginate(g.sheet)
	if err != nil {
		return Paper{}, err
	}
	return dtoPaper(g.sheet, pages, digest, seq), nil
}

// save writes the table as XLSX into dir. The entry comes first: what is
// carried out is known before it is.
func (g gathered) save(ctx context.Context, w *backend.Workstation, actor accounts.Actor, dir string) (Saved, error) {
	if dir == "" {
		return Saved{}, ErrBadRequest.With("field", "dir")
	}
	seq, digest, err := g.noted(ctx, w, actor, audit.Exporting)
	if err != nil {
		return Saved{}, err
	}
	g.sheet.Foot = g.foot(actor, w.Now(), seq, digest)
	name := fmt.Sprintf("%s_%s_%d.xlsx", g.sheet.Title, beijing(w.Now()).Format(time.DateOnly), seq)
	path, err := forms.Save(dir, name, g.sheet)
	if err != nil {
		return Saved{}, ErrNotWritten.With("path", dir)
	}
	return Saved{Path: path, Rows: len(g.sheet.Rows), Seq: seq, Digest: digest}, nil
}

func (g gathered) noted(ctx context.Context, w *backend.Workstation, actor accounts.Actor, event audit.Event) (seq int64, digest string, err error) {
	if digest, err = g.sheet.Digest(); err != nil {
		return 0, "", err
	}
	g.paper.Rows, g.paper.Digest = len(g.sheet.Rows), digest
	seq, err = w.NotePaper(ctx, actor, event, g.paper)
	return seq, digest, err
}

func (g gathered) foot(actor accounts.Actor, now time.Time, seq int64, digest string) []string {
	return []string{
		g.note,
		g.words.say("papers.foot", "seq", strconv.FormatInt(seq, 10), "digest", grouped(digest[:32]),
			"who", actor.Name+" "+actor.Number, "at", beijing(now).Format("2006-01-02 15:04")),
	}
}

func dtoPaper(s forms.Sheet, pages []forms.Page, digest string, seq int64) Paper {
	return Paper{
		Title: s.Title, Under: filled(s.Under), Foot: filled(s.Foot), Landscape: s.Landscape, Digest: digest, Seq: seq, Rows: len(s.Rows),
		Columns: each(s.Columns, func(c forms.Column) PaperColumn {
			return PaperColumn{Title: c.Title, Width: c.Width, Right: c.Right}
		}),
		Pages: each(pages, func(p forms.Page) PaperPage {
			return PaperPage{Number: p.Number, Of: p.Of, Rows: each(p.Rows, func(r forms.Row) PaperRow {
				return PaperRow{Cells: r.Cells, Height: r.Height}
			})}
		}),
	}
}
