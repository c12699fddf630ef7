package backend

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"diaoyue.example/workstation/backend/accounts"
	"diaoyue.example/workstation/backend/audit"
	"diaoyue.example/workstation/backend/fault"
	"diaoyue.example/workstation/backend/viewing"
)

// Sentinels of what leaves as paper or workbook. What leaves is the register
// of viewings or the log, never the content of a record.
var (
	// ErrTooManyRows says that what is asked for is longer than a person could
	// read, or than a workbook is good for. Parameters "max".
	ErrTooManyRows = fault.New("backend.too_many_rows", "too many rows for one paper")
)

// How many rows one paper or exported register has at most, a year of a county
// bureau; and how many entries of the log one workbook.
const (
	MaxPaperRows    = 5000
	MaxWorkbookRows = 100_000
)

// PaperRows returns the rows of the register that go on paper, oldest first,
// to who may print it: the head of the agency and the security auditor (article
// 19: the viewing itself must be provable). accounts.ErrForbidden, ErrTooManyRows.
func (w *Workstation) PaperRows(ctx context.Context, actor accounts.Actor, f viewing.Filter) ([]viewing.Row, error) {
	if err := w.Accounts.Require(ctx, actor, accounts.RegisterPrint, map[string]string{"form": "register"}); err != nil {
		return nil, err
	}
	f.Before, f.Limit = 0, MaxPaperRows+1
	rows, err := w.Register(ctx, actor, f)
	if err != nil {
		return nil, err
	}
	if len(rows) > MaxPaperRows {
		return nil, ErrTooManyRows.With("max", fmt.Sprint(MaxPaperRows))
	}
	slices.Reverse(rows)
	return rows, nil
}

// PaperEntries returns the entries of the log that go on paper or into a
// workbook, oldest first, to who may read others' entries, and no more of them
// than the screen tells (see Entries). accounts.ErrForbidden, ErrTooManyRows
// when there are more than most.
func (w *Workstation) PaperEntries(ctx context.Context, actor accounts.Actor, f audit.Filter, most int) ([]audit.Row, error) {
	if !actor.May(accounts.LogReadBusiness) {
		if err := w.Accounts.Require(ctx, actor, accounts.LogRead, map[string]string{"form": "log"}); err != nil {
			return nil, err
		}
	}
	_, f, err := w.mayRead(ctx, actor, f)
	if err != nil {
		return nil, err
	}
	f.Before, f.Limit = 0, most+1
	rows, err := w.Log.List(ctx, f)
	if err != nil {
		return nil, err
	}
	if len(rows) > most {
		return nil, ErrTooManyRows.With("max", fmt.Sprint(most))
	}
	if administrative(actor) {
		withhold(rows)
	}
	slices.Reverse(rows)
	return rows, nil
}

// Paper is what the log keeps of a paper or workbook: enough to know it again.
type Paper struct {
	Form   string // "register" or "log"
	Rows   int
	Digest string       // see forms.Sheet.Digest
	Asked  audit.Filter // of "log": which entries were asked for
}

// NotePaper writes down that a paper was printed or carried out as a workbook
// and returns the entry's number, which stands on it.
func (w *Workstation) NotePaper(ctx context.Context, actor accounts.Actor, event audit.Event, p Paper) (int64, error) {
	codes := map[string]any{"form": p.Form, "rows": p.Rows, "digest": p.Digest}
	if p.Form == "log" {
		maps.Copy(codes, askedFor(p.Asked))
	}
	receipt, err := w.Log.Note(ctx, audit.Entry{
		Actor: actor.ID, Event: event, Objects: map[string]string{"form": p.Form}, Codes: codes,
	})
	return receipt.Seq, err
}
