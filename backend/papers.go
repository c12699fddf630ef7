package backend

import (
	"context"
	"fmt"

	"diaoyue.example/workstation/backend/accounts"
	"diaoyue.example/workstation/backend/audit"
	"diaoyue.example/workstation/backend/fault"
	"diaoyue.example/workstation/backend/viewing"
)

// Sentinels of what leaves as paper or workbook. What leaves is the register
// of viewings, never the content of a record.
var (
	// ErrTooManyRows says that the register asked for is longer than a person
	// could read. Parameters "max".
	ErrTooManyRows = fault.New("backend.too_many_rows", "too many rows for one paper")
)

// MaxPaperRows is how many rows one printed or exported register has at most:
// a year of a county bureau.
const MaxPaperRows = 5000

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
	for i, j := 0, len(rows)-1; i < j; i, j = i+1, j-1 {
		rows[i], rows[j] = rows[j], rows[i]
	}
	return rows, nil
}

// Paper is what the log keeps of a paper or workbook: enough to know it again.
type Paper struct {
	Form   string // "register"
	Rows   int
	Digest string // see forms.Sheet.Digest
}

// NotePaper writes down that a paper was printed or carried out as a workbook
// and returns the entry's number, which stands on it.
func (w *Workstation) NotePaper(ctx context.Context, actor accounts.Actor, event audit.Event, p Paper) (int64, error) {
	receipt, err := w.Log.Note(ctx, audit.Entry{
		Actor: actor.ID, Event: event, Objects: map[string]string{"form": p.Form},
		Codes: map[string]any{"form": p.Form, "rows": p.Rows, "digest": p.Digest},
	})
	return receipt.Seq, err
}
