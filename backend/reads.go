package backend

import (
	"context"
	"errors"
	"strings"

	"diaoyue.example/workstation/backend/accounts"
	"diaoyue.example/workstation/backend/audit"
	"diaoyue.example/workstation/backend/catalog"
	"diaoyue.example/workstation/backend/disclosure"
	"diaoyue.example/workstation/backend/viewing"
)

// Case is a case file with its records in their order.
type Case struct {
	File    catalog.CaseFile
	Records []Described
}

// Described is a record with how much of it this account was shown.
type Described struct {
	catalog.Record

	Coverage viewing.Coverage
}

// minPrefix is how many signs of an id or digest name a record.
const minPrefix = 8

// Cases lists the case files this account may search whose code, title, number
// or party holds text ("" = all). Officers see their own.
func (w *Workstation) Cases(ctx context.Context, actor accounts.Actor, text string) ([]catalog.CaseFile, error) {
	if err := w.Accounts.RequireOwn(ctx, actor, accounts.Search, nil); err != nil {
		return nil, err
	}
	all, err := w.Catalog.Cases(ctx, text)
	if err != nil || actor.May(accounts.Search) {
		return all, err
	}
	own := []catalog.CaseFile{}
	for _, f := range all {
		if f.Of(actor.Number) {
			own = append(own, f)
		}
	}
	return own, nil
}

// AddCase opens a case file. Errors as of catalog.Catalog.Register.
func (w *Workstation) AddCase(ctx context.Context, actor accounts.Actor, f catalog.CaseFile) (catalog.CaseFile, error) {
	made, _, err := w.Catalog.Register(ctx, actor, f)
	if err == nil {
		w.Keeper.Nudge()
	}
	return made, err
}

// Case returns the case file with this id or code and its records.
// catalog.ErrNoCase, accounts.ErrForbidden.
func (w *Workstation) Case(ctx context.Context, actor accounts.Actor, idOrCode string) (Case, error) {
	f, err := w.Catalog.Case(ctx, idOrCode)
	if errors.Is(err, catalog.ErrNoCase) {
		f, err = w.Catalog.CaseByCode(ctx, idOrCode)
	}
	if err != nil {
		return Case{}, err
	}
	if err = w.maySearch(ctx, actor, f, nil); err != nil {
		return Case{}, err
	}
	records, err := w.Catalog.Records(ctx, f.ID)
	if err != nil {
		return Case{}, err
	}
	c := Case{File: f, Records: make([]Described, 0, len(records))}
	for _, r := range records {
		d, err := w.described(ctx, actor, r)
		if err != nil {
			return Case{}, err
		}
		c.Records = append(c.Records, d)
	}
	return c, nil
}

// Record returns the record with this id, code, or unambiguous beginning (at
// least eight signs) of its id or SHA-256. Its description is not its picture:
// that needs a viewing. catalog.ErrNoRecord, accounts.ErrForbidden.
func (w *Workstation) Record(ctx context.Context, actor accounts.Actor, name string) (Described, error) {
	r, err := w.findRecord(ctx, strings.TrimSpace(name))
	if err != nil {
		return Described{}, err
	}
	f, err := w.Catalog.Case(ctx, r.CaseID)
	if err != nil {
		return Described{}, err
	}
	if err := w.maySearch(ctx, actor, f, map[string]string{"record": r.ID}); err != nil {
		return Described{}, err
	}
	return w.described(ctx, actor, r)
}

func (w *Workstation) findRecord(ctx context.Context, name string) (catalog.Record, error) {
	r, err := w.Catalog.Record(ctx, name)
	if !errors.Is(err, catalog.ErrNoRecord) {
		return r, err
	}
	if r, err = w.Catalog.RecordByCode(ctx, name); !errors.Is(err, catalog.ErrNoRecord) || len(name) < minPrefix {
		return r, err
	}
	all, err := w.Catalog.AllRecords(ctx)
	if err != nil {
		return catalog.Record{}, err
	}
	var found []catalog.Record
	for _, r := range all {
		if strings.HasPrefix(r.ID, name) || strings.HasPrefix(r.SHA256, strings.ToLower(name)) {
			found = append(found, r)
		}
	}
	if len(found) != 1 {
		return catalog.Record{}, catalog.ErrNoRecord.With("record", name)
	}
	return found[0], nil
}

// maySearch lets pass who may search all, or the officer whose case it is.
func (w *Workstation) maySearch(ctx context.Context, actor accounts.Actor, f catalog.CaseFile, objects map[string]string) error {
	about := map[string]string{"case": f.ID}
	for k, v := range objects {
		about[k] = v
	}
	if f.Of(actor.Number) {
		return w.Accounts.RequireOwn(ctx, actor, accounts.Search, about)
	}
	return w.Accounts.Require(ctx, actor, accounts.Search, about)
}

func (w *Workstation) described(ctx context.Context, actor accounts.Actor, r catalog.Record) (Described, error) {
	total := r.Frames
	if !r.Footage() {
		total = int64(r.Pages)
	}
	c, err := w.Viewing.Coverage(ctx, r.ID, "", actor.ID, total)
	return Described{Record: r, Coverage: c}, err
}

// Register returns the register of viewings: see viewing.Desk.Rows.
func (w *Workstation) Register(ctx context.Context, actor accounts.Actor, f viewing.Filter) ([]viewing.Row, error) {
	rows, err := w.Viewing.Rows(ctx, actor, f)
	if err != nil {
		return nil, err
	}
	return rows, w.tellFates(ctx, rows)
}

// tellFates fills in what became of the copies that were viewed: who approved
// one, and whether it was handed out. A viewing of an original names nobody.
func (w *Workstation) tellFates(ctx context.Context, rows []viewing.Row) error {
	known := map[string]disclosure.Fate{}
	for i := range rows {
		r := &rows[i]
		if r.CopyID == "" {
			continue
		}
		fate, ok := known[r.CopyID]
		if !ok {
			var err error
			if fate, err = w.Disclosure.Fate(ctx, r.CopyID); err != nil {
				return err
			}
			known[r.CopyID] = fate
		}
		r.CopyNumber, r.Approver, r.Exported = fate.Number, fate.Approver, fate.Released
		if fate.Approver != "" {
			r.ApprovalNumber = fate.Number
		}
	}
	return nil
}

// Session returns one viewing of the register with its intervals.
func (w *Workstation) Session(ctx context.Context, actor accounts.Actor, id string) (viewing.Row, error) {
	row, err := w.Viewing.Session(ctx, actor, id)
	if err != nil {
		return viewing.Row{}, err
	}
	rows := []viewing.Row{row}
	return rows[0], w.tellFates(ctx, rows)
}

// Step is one thing that happened to a record or a copy.
type Step struct {
	Seq    int64
	At     string // RFC 3339
	Event  audit.Event
	Actor  string // name, "" for the program
	Result audit.Result
	Codes  map[string]any
}

// History returns what the log knows of a record, oldest first.
func (w *Workstation) History(ctx context.Context, actor accounts.Actor, recordID string) ([]Step, error) {
	r, err := w.Record(ctx, actor, recordID)
	if err != nil {
		return nil, err
	}
	return w.steps(ctx, "record", r.ID)
}

// Life is History on paper: the entry "printing" stands in the log before it is
// laid out, and its number on the sheet.
func (w *Workstation) Life(ctx context.Context, actor accounts.Actor, recordID string) (Described, []Step, int64, error) {
	r, err := w.Record(ctx, actor, recordID)
	if err != nil {
		return Described{}, nil, 0, err
	}
	receipt, err := w.Log.Note(ctx, audit.Entry{
		Actor: actor.ID, Event: audit.Printing, Objects: map[string]string{"record": r.ID, "case": r.CaseID}, Codes: map[string]any{"paper": "life"},
	})
	if err != nil {
		return Described{}, nil, 0, err
	}
	steps, err := w.steps(ctx, "record", r.ID)
	return r, steps, receipt.Seq, err
}

// historyLimit bounds how many entries a record's life shows.
const historyLimit = 500

func (w *Workstation) steps(ctx context.Context, kind, id string) ([]Step, error) {
	rows, err := w.Log.List(ctx, audit.Filter{ObjectKind: kind, ObjectID: id, Limit: historyLimit})
	if err != nil {
		return nil, err
	}
	names, err := w.names(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]Step, 0, len(rows))
	for i := len(rows) - 1; i >= 0; i-- {
		e := rows[i]
		out = append(out, Step{Seq: e.Seq, At: e.At.Format(timeForm), Event: e.Event, Actor: names[e.Actor], Result: e.Result, Codes: e.Codes})
	}
	return out, nil
}

// names maps account ids to names.
func (w *Workstation) names(ctx context.Context) (map[string]string, error) {
	all, err := w.Accounts.List(ctx)
	if err != nil {
		return nil, err
	}
	out := map[string]string{}
	for _, a := range all {
		out[a.ID] = a.Name
	}
	return out, nil
}

// ListAccounts returns the accounts to those who make accounts or grant roles.
func (w *Workstation) ListAccounts(ctx context.Context, actor accounts.Actor) ([]accounts.Account, error) {
	if !actor.May(accounts.RoleGrant) && !actor.May(accounts.LogRead) {
		if err := w.Accounts.Require(ctx, actor, accounts.AccountCreate, nil); err != nil {
			return nil, err
		}
	}
	return w.Accounts.List(ctx)
}
