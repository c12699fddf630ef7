package preservation

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"diaoyue.example/workstation/backend/accounts"
	"diaoyue.example/workstation/backend/audit"
	"diaoyue.example/workstation/backend/catalog"
	"diaoyue.example/workstation/backend/store"
	"diaoyue.example/workstation/backend/workday"
)

// Outcomes of an appraisal (鉴定).
const (
	OutcomeExtend  = "extend"  // 续存
	OutcomeDispose = "dispose" // 拟销毁
)

// States of a case file whose retention has ended.
const (
	DueExpired  = "expired" // 到期待鉴定: nothing happens to the files
	DueProposed = "proposed"
	DueApproved = "approved" // to be destroyed outside, under supervision
	DueDisposed = "disposed"
)

// basisOriginals is the rule that originals are not destroyed in their
// retention period.
const basisOriginals = "S20.1"

// Due is a case file whose retention has ended.
type Due struct {
	CaseID, CaseCode string
	Title            string
	Retention        string
	Expires          time.Time // the first day after the period, Beijing
	Held             bool
	Records          int
	State            string
	AppraisalID      string
}

// Appraisal is what was judged of it.
type Appraisal struct {
	ID               string
	CaseID, CaseCode string
	Title            string
	Outcome          string
	Until            string // YYYY-MM-DD of OutcomeExtend
	Opinion          string
	By               string
	At               time.Time
	ApprovedBy       string
	ApprovedAt       time.Time
	Approval         string
	Disposal         Disposal
	DisposedAt       time.Time // when it was registered
}

// Disposal is what was done outside, with two people watching (监销).
type Disposal struct {
	AppraisalID string
	Inventory   string // number of the list (销毁清册)
	On          string // YYYY-MM-DD
	Supervisors []string
}

// Expires returns the first day after a case file's retention period, which
// begins with the year after the case; ok is false where it never ends.
func Expires(f catalog.CaseFile) (at time.Time, ok bool) {
	years, found := strings.CutPrefix(f.Retention, "D")
	n, err := strconv.Atoi(years)
	if !found || err != nil || n < 1 {
		return time.Time{}, false // kept for ever, or of a kind that only a person can judge
	}
	end := f.CreatedAt.In(workday.Beijing())
	for _, date := range []string{f.DateFrom, f.DateTo} {
		if d, err := time.ParseInLocation(time.DateOnly, date, workday.Beijing()); err == nil {
			end = d
		}
	}
	return time.Date(end.Year()+1+n, 1, 1, 0, 0, 0, 0, workday.Beijing()), true
}

// Due returns the case files whose retention has ended, longest first. Nothing
// happens to them by itself.
func (d *Desk) Due(ctx context.Context, actor accounts.Actor) ([]Due, error) {
	if err := d.mayRead(ctx, actor, accounts.Appraise, accounts.AppraiseApprove); err != nil {
		return nil, err
	}
	cases, err := d.cfg.Catalog.Cases(ctx, "")
	if err != nil {
		return nil, err
	}
	all, err := d.appraisals(ctx, `1 = 1 ORDER BY a.id`)
	if err != nil {
		return nil, err
	}
	held, err := d.holds(ctx, `h.ended_at = ''`)
	if err != nil {
		return nil, err
	}
	out := []Due{}
	for _, f := range cases {
		x := Due{CaseID: f.ID, CaseCode: f.Code, Title: f.Title, Retention: f.Retention, Records: f.Records}
		if x.Expires, x.State, x.AppraisalID = standing(f, all); x.State == "" || x.Expires.After(d.cfg.Now()) {
			continue
		}
		x.Held = slices.ContainsFunc(held, func(h Hold) bool { return h.CaseID == f.ID })
		if !titled(actor) {
			x.Title = ""
		}
		out = append(out, x)
	}
	slices.SortStableFunc(out, func(a, b Due) int { return a.Expires.Compare(b.Expires) })
	return out, nil
}

// standing returns when a case's retention ends, as last extended, and how far
// its appraisal is; the state is "" where it never ends.
func standing(f catalog.CaseFile, all []Appraisal) (time.Time, string, string) {
	at, ok := Expires(f)
	if !ok {
		return at, "", ""
	}
	state, id := DueExpired, ""
	for _, a := range all {
		switch {
		case a.CaseID != f.ID:
		case !a.DisposedAt.IsZero():
			state, id = DueDisposed, a.ID
		case a.ApprovedAt.IsZero():
			state, id = DueProposed, a.ID
		case a.Outcome == OutcomeDispose:
			state, id = DueApproved, a.ID
		default:
			if until, err := time.ParseInLocation(time.DateOnly, a.Until, workday.Beijing()); err == nil {
				at, state, id = until.AddDate(0, 0, 1), DueExpired, ""
			}
		}
	}
	return at, state, id
}

// Appraise proposes what becomes of a case file. Within its retention it is
// refused (refusal R3), and while it is held. Errors: ErrWithinRetention,
// ErrHeld, ErrBadAppraisal, ErrNoAppraisal (one is under way),
// accounts.ErrForbidden.
func (d *Desk) Appraise(ctx context.Context, actor accounts.Actor, a Appraisal) (Appraisal, error) {
	objects := map[string]string{"case": a.CaseID}
	if err := d.cfg.Accounts.Require(ctx, actor, accounts.Appraise, objects); err != nil {
		return Appraisal{}, err
	}
	f, err := d.cfg.Catalog.Case(ctx, a.CaseID)
	if err != nil {
		return Appraisal{}, err
	}
	a.Opinion = strings.TrimSpace(a.Opinion)
	switch {
	case a.Outcome != OutcomeExtend && a.Outcome != OutcomeDispose:
		return Appraisal{}, ErrBadAppraisal.With("field", "outcome")
	case a.Opinion == "":
		return Appraisal{}, ErrBadAppraisal.With("field", "opinion")
	case a.Outcome == OutcomeDispose:
		a.Until = ""
	default:
		if until, bad := time.ParseInLocation(time.DateOnly, a.Until, workday.Beijing()); bad != nil || !until.After(d.cfg.Now()) {
			return Appraisal{}, ErrBadAppraisal.With("field", "until")
		}
	}
	if err = d.disposable(ctx, actor, f, a.Outcome, DueExpired); err != nil {
		return Appraisal{}, err
	}
	if a.ID, err = newID(); err != nil {
		return Appraisal{}, err
	}
	a.CaseCode, a.Title, a.By, a.At = f.Code, f.Title, actor.Name, d.cfg.Now()
	_, err = d.cfg.Log.Do(ctx, audit.Entry{
		Actor: actor.ID, Event: audit.PolicyAssignment, Objects: objects,
		Codes:   map[string]any{"appraisal": a.ID, "step": DueProposed, "outcome": a.Outcome, "until": a.Until},
		Details: map[string]any{"opinion": a.Opinion, "title": f.Title},
	}, func(tx *store.Tx) error {
		_, err = tx.ExecContext(ctx, `INSERT INTO appraisal (id, case_id, outcome, until, opinion, account, at) VALUES (?, ?, ?, ?, ?, ?, ?)`,
			a.ID, f.ID, a.Outcome, a.Until, a.Opinion, actor.ID, store.FormatTime(a.At))
		return err
	})
	if err != nil {
		return Appraisal{}, fmt.Errorf("appraise case: %w", err)
	}
	return a, nil
}

// disposable refuses what must not be disposed of, or is in another state.
func (d *Desk) disposable(ctx context.Context, actor accounts.Actor, f catalog.CaseFile, outcome, state string) error {
	objects := map[string]string{"case": f.ID}
	all, err := d.appraisals(ctx, `a.case_id = ? ORDER BY a.id`, f.ID)
	if err != nil {
		return err
	}
	expires, now, _ := standing(f, all)
	if outcome == OutcomeDispose && (now == "" || expires.After(d.cfg.Now())) {
		until := "never"
		if now != "" {
			until = expires.AddDate(0, 0, -1).Format(time.DateOnly)
		}
		return d.refuse(ctx, actor, ErrWithinRetention, basisOriginals, objects, "until", until)
	}
	held, err := d.holds(ctx, `h.case_id = ? AND h.ended_at = ''`, f.ID)
	if err != nil {
		return err
	}
	if outcome == OutcomeDispose && len(held) > 0 {
		return d.refuse(ctx, actor, ErrHeld, basisOriginals, objects)
	}
	if now != state && (outcome != OutcomeExtend || now != "") {
		return ErrNoAppraisal
	}
	return nil
}

// ApproveAppraisal is the head of agency's word on it, never the proposer's
// own. Errors: ErrNoAppraisal, ErrSamePerson, ErrHeld, ErrReason,
// accounts.ErrForbidden.
func (d *Desk) ApproveAppraisal(ctx context.Context, actor accounts.Actor, id, opinion string) error {
	a, f, by, err := d.appraisal(ctx, actor, accounts.AppraiseApprove, id)
	if err != nil {
		return err
	}
	switch {
	case !a.ApprovedAt.IsZero():
		return ErrNoAppraisal
	case by == actor.ID:
		return d.refuse(ctx, actor, ErrSamePerson, "R5", map[string]string{"case": f.ID})
	case strings.TrimSpace(opinion) == "":
		return ErrReason.With()
	}
	if err = d.disposable(ctx, actor, f, a.Outcome, DueProposed); err != nil {
		return err
	}
	_, err = d.cfg.Log.Do(ctx, audit.Entry{
		Actor: actor.ID, Event: audit.Approval, Objects: map[string]string{"case": f.ID},
		Codes:   map[string]any{"appraisal": a.ID, "step": DueApproved, "outcome": a.Outcome, "until": a.Until},
		Details: map[string]any{"opinion": opinion, "title": f.Title},
	}, func(tx *store.Tx) error {
		_, err = tx.ExecContext(ctx, `UPDATE appraisal SET approved_by = ?, approved_at = ?, approval = ? WHERE id = ?`, actor.ID, d.stamp(), strings.TrimSpace(opinion), id)
		return err
	})
	return err
}

// RegisterDisposal notes that the files of a case were destroyed outside, with
// an approved appraisal, a list and two supervisors. Nothing is removed here;
// the checks know that the originals must be gone from now on. Errors:
// ErrNoAppraisal, ErrBadAppraisal, ErrHeld, accounts.ErrForbidden.
func (d *Desk) RegisterDisposal(ctx context.Context, actor accounts.Actor, x Disposal) error {
	a, f, _, err := d.appraisal(ctx, actor, accounts.Appraise, x.AppraisalID)
	if err != nil {
		return err
	}
	people := slices.DeleteFunc(slices.Clone(x.Supervisors), func(s string) bool { return strings.TrimSpace(s) == "" })
	slices.Sort(people)
	on, bad := time.ParseInLocation(time.DateOnly, x.On, workday.Beijing())
	switch {
	case a.ApprovedAt.IsZero() || a.Outcome != OutcomeDispose || !a.DisposedAt.IsZero():
		return ErrNoAppraisal
	case strings.TrimSpace(x.Inventory) == "":
		return ErrBadAppraisal.With("field", "inventory")
	case len(slices.Compact(people)) < 2:
		return ErrBadAppraisal.With("field", "supervisors")
	case bad != nil || on.After(d.cfg.Now()):
		return ErrBadAppraisal.With("field", "on")
	}
	if err = d.disposable(ctx, actor, f, a.Outcome, DueApproved); err != nil {
		return err
	}
	records, err := d.cfg.Catalog.Records(ctx, f.ID)
	if err != nil {
		return err
	}
	names, err := json.Marshal(people)
	if err != nil {
		return fmt.Errorf("write supervisors: %w", err)
	}
	_, err = d.cfg.Log.Do(ctx, audit.Entry{
		Actor: actor.ID, Event: audit.Deaccession, Objects: map[string]string{"case": f.ID},
		Codes:   map[string]any{"appraisal": a.ID, "step": DueDisposed, "records": len(records), "on": x.On},
		Details: map[string]any{"inventory": x.Inventory, "supervisors": people, "title": f.Title},
	}, func(tx *store.Tx) error {
		_, err = tx.ExecContext(ctx, `UPDATE appraisal SET inventory = ?, supervisors = ?, disposed_on = ?, disposed_at = ? WHERE id = ?`,
			strings.TrimSpace(x.Inventory), string(names), x.On, d.stamp(), a.ID)
		for _, r := range records {
			if err == nil && r.Custody != catalog.CustodyTakenOut {
				_, err = d.cfg.Catalog.SetCustody(ctx, tx, r.ID, catalog.CustodyDisposed)
			}
		}
		return err
	})
	d.nudge()
	return err
}

// Appraisals returns all appraisals, newest first.
func (d *Desk) Appraisals(ctx context.Context, actor accounts.Actor) ([]Appraisal, error) {
	if err := d.mayRead(ctx, actor, accounts.Appraise, accounts.AppraiseApprove); err != nil {
		return nil, err
	}
	out, err := d.appraisals(ctx, `1 = 1 ORDER BY a.id DESC`)
	for i := range out {
		out[i].By, out[i].ApprovedBy = d.nameOf(ctx, out[i].By), d.nameOf(ctx, out[i].ApprovedBy)
		if !titled(actor) {
			out[i].Title, out[i].Opinion, out[i].Approval = "", "", ""
		}
	}
	return out, err
}

// appraisal returns one with its case file and the account that proposed it.
func (d *Desk) appraisal(ctx context.Context, actor accounts.Actor, p accounts.Permission, id string) (Appraisal, catalog.CaseFile, string, error) {
	if err := d.cfg.Accounts.Require(ctx, actor, p, nil); err != nil {
		return Appraisal{}, catalog.CaseFile{}, "", err
	}
	found, err := d.appraisals(ctx, `a.id = ?`, id)
	if err != nil {
		return Appraisal{}, catalog.CaseFile{}, "", err
	}
	if len(found) == 0 {
		return Appraisal{}, catalog.CaseFile{}, "", ErrNoAppraisal
	}
	f, err := d.cfg.Catalog.Case(ctx, found[0].CaseID)
	return found[0], f, found[0].By, err
}

// appraisals reads rows; By and ApprovedBy are account ids.
func (d *Desk) appraisals(ctx context.Context, where string, args ...any) ([]Appraisal, error) {
	out := []Appraisal{}
	err := d.cfg.DB.Read(ctx, func(tx *store.Tx) error {
		rows, err := tx.QueryContext(ctx, `SELECT a.id, a.case_id, f.code, f.title, a.outcome, a.until, a.opinion, a.account, a.at,
			a.approved_by, a.approved_at, a.approval, a.inventory, a.supervisors, a.disposed_on, a.disposed_at
			FROM appraisal a JOIN case_file f ON f.id = a.case_id WHERE `+where, args...)
		if err != nil {
			return fmt.Errorf("read appraisals: %w", err)
		}
		defer rows.Close()
		for rows.Next() {
			var a Appraisal
			var at, approved, people, disposed string
			if err := rows.Scan(&a.ID, &a.CaseID, &a.CaseCode, &a.Title, &a.Outcome, &a.Until, &a.Opinion, &a.By, &at,
				&a.ApprovedBy, &approved, &a.Approval, &a.Disposal.Inventory, &people, &a.Disposal.On, &disposed); err != nil {
				return fmt.Errorf("read appraisals: %w", err)
			}
			if people != "" {
				if err := json.Unmarshal([]byte(people), &a.Disposal.Supervisors); err != nil {
					return fmt.Errorf("read appraisals: %w", err)
				}
			}
			a.Disposal.AppraisalID = a.ID
			a.At, a.ApprovedAt, a.DisposedAt = parseTime(at), parseTime(approved), parseTime(disposed)
			out = append(out, a)
		}
		return rows.Err()
	})
	return out, err
}
