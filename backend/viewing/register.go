package viewing

import (
	"context"
	"database/sql"
	"encoding/hex"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"diaoyue.example/workstation/backend/accounts"
	"diaoyue.example/workstation/backend/store"
)

// Row is a row of the register of viewings (调阅登记簿, law-and-features §8.6).
type Row struct {
	ID            string
	Number        string
	OpenedAt      time.Time
	ClosedAt      time.Time // zero while open
	CloseKind     string    // "" while open
	AccountID     string
	AccountNumber string
	AccountName   string
	Department    string
	Purpose       string
	Basis         string
	Note          string
	CaseCode      string
	CaseTitle     string
	RecordID      string
	RecordCode    string
	RecordTitle   string
	CopyID        string
	Kind          string
	Unit          string  // what Shown, Seen, Total and the ranges count
	Shown         int64   // counted in this viewing (有效审看)
	Seen          int64   // on the glass in this viewing, counted or not
	Total         int64   // of the record
	Share         float64 // counted of all, 0..1
	Whole         bool    // all of it was on the glass (全片)
	Ranges        []Range // what was on the glass (系统向该账号显示的画面范围)
	Counted       []Range // what of it counts
	Untold        []Range // announced and never told: only of a viewing that a crash ended
	WallMs        int64   // time on the glass of a visible window
	MaxSpeed      float64
	Notes         int    // annotations made in it
	Sound         string // on when any was on, muted when all was muted, none
	SeqFirst      int64
	SeqLast       int64
	Hash          string     // first 8 hex digits of the leaf of the last entry
	Intervals     []Interval // only from Session

	// Of the viewing of a copy; filled in by the workstation, one floor up.
	CopyNumber     string
	Approver       string // name of who approved the copy
	ApprovalNumber string
	Exported       bool // the copy was handed out
}

// CloseOpen selects the viewings that are not closed.
const CloseOpen = "open"

// What came of a viewing, for the register.
const (
	ResultNone  = "none"  // nothing was noted
	ResultNoted = "noted" // annotations were made
)

// PageTime says how long a page was on the glass.
type PageTime struct {
	Page int64
	On   time.Duration
}

// PageTimes adds up how long each page stood on a visible window; of a row
// from Session, in the order of the pages.
func (r Row) PageTimes() []PageTime {
	out := []PageTime{}
	for _, i := range r.Intervals {
		if i.Kind != KindPage || !i.Visible {
			continue
		}
		each := time.Duration(i.WallMs) * time.Millisecond / time.Duration(i.To-i.From+1)
		for page := i.From; page <= i.To; page++ {
			at, found := slices.BinarySearchFunc(out, page, func(t PageTime, n int64) int { return int(t.Page - n) })
			if !found {
				out = slices.Insert(out, at, PageTime{Page: page})
			}
			out[at].On += each
		}
	}
	return out
}

// Result says what came of the viewing.
func (r Row) Result() string {
	if r.Notes > 0 {
		return ResultNoted
	}
	return ResultNone
}

// Filter narrows the register. Zero fields select all.
type Filter struct {
	From, To  time.Time // From inclusive, To exclusive
	AccountID string
	Purpose   string
	Text      string // in number, case, record, account
	RecordID  string
	CopyID    string
	Close     string // "open" or how it ended
	Result    string // ResultNone or ResultNoted
	Before    int64  // only viewings with a smaller first entry
	Limit     int    // 0 = 100
}

const defaultLimit = 100

// Rows returns the register, newest first. Those who may read the log and those
// who may print the register see all, the three administrators without titles
// and reasons; everybody else sees his own viewings.
func (d *Desk) Rows(ctx context.Context, actor accounts.Actor, f Filter) ([]Row, error) {
	if !readsLog(actor) {
		f.AccountID = actor.ID
	}
	where, args := f.where()
	limit := f.Limit
	if limit <= 0 {
		limit = defaultLimit
	}
	rows, err := d.rows(ctx, where, ` ORDER BY v.seq_first DESC LIMIT ?`, append(args, limit)...)
	if err != nil {
		return nil, err
	}
	for i := range rows {
		rows[i] = trimmed(actor, rows[i])
	}
	return rows, nil
}

// Session returns one row of the register with its intervals. ErrNoViewing for
// one the actor may not see.
func (d *Desk) Session(ctx context.Context, actor accounts.Actor, id string) (Row, error) {
	rows, err := d.rows(ctx, `v.id = ?`, ``, id)
	if err != nil {
		return Row{}, err
	}
	if len(rows) == 0 || !readsLog(actor) && rows[0].AccountID != actor.ID {
		return Row{}, ErrNoViewing.With("viewing", id)
	}
	r := trimmed(actor, rows[0])
	r.Intervals, err = d.intervals(ctx, id)
	return r, err
}

func readsLog(actor accounts.Actor) bool {
	return actor.May(accounts.LogRead) || actor.May(accounts.LogReadBusiness) || actor.May(accounts.RegisterPrint)
}

// trimmed withholds what the three administrators must not see.
func trimmed(actor accounts.Actor, r Row) Row {
	if actor.May(accounts.Search) || actor.MayOwn(accounts.Search) {
		return r
	}
	r.CaseCode, r.CaseTitle, r.RecordCode, r.RecordTitle, r.Basis, r.Note = "", "", "", "", "", ""
	return r
}

func (f Filter) where() (string, []any) {
	var b strings.Builder
	var args []any
	b.WriteString(`1 = 1`)
	and := func(set bool, condition string, arg ...any) {
		if set {
			b.WriteString(` AND ` + condition)
			args = append(args, arg...)
		}
	}
	and(!f.From.IsZero(), `v.opened_at >= ?`, store.FormatTime(f.From))
	and(!f.To.IsZero(), `v.opened_at < ?`, store.FormatTime(f.To))
	and(f.AccountID != "", `v.account_id = ?`, f.AccountID)
	and(f.Purpose != "", `v.purpose = ?`, f.Purpose)
	and(f.RecordID != "", `v.record_id = ?`, f.RecordID)
	and(f.CopyID != "", `v.copy_id = ?`, f.CopyID)
	and(f.Close == CloseOpen, `v.closed_at = ''`)
	and(f.Close != "" && f.Close != CloseOpen, `v.close_kind = ?`, f.Close)
	const noted = `EXISTS (SELECT 1 FROM annotation a WHERE a.viewing_id = v.id)`
	and(f.Result == ResultNoted, noted)
	and(f.Result == ResultNone, `NOT `+noted)
	and(f.Before > 0, `v.seq_first < ?`, f.Before)
	and(f.Text != "", `(instr(v.number || ' ' || v.case_code || ' ' || v.case_title || ' ' || v.record_code || ' ' || v.record_title
		|| ' ' || v.account_name || ' ' || v.account_number || ' ' || v.basis, ?) > 0)`, f.Text)
	return b.String(), args
}

const selectViewing = `SELECT v.id, v.number, v.opened_at, v.closed_at, v.close_kind, v.account_id, v.account_number, v.account_name,
	v.department, v.purpose, v.basis, v.note, v.case_code, v.case_title, v.record_id, v.record_code, v.record_title, v.copy_id, v.kind,
	v.unit, v.total, v.seq_first, v.seq_last,
	coalesce((SELECT sum(wall_ms) FROM viewing_interval i WHERE i.viewing_id = v.id AND i.visible = 1 AND i.replaced = 0), 0),
	coalesce((SELECT max(abs(speed)) FROM viewing_interval i WHERE i.viewing_id = v.id AND i.replaced = 0), 0),
	coalesce((SELECT max(CASE sound WHEN 'on' THEN 2 WHEN 'muted' THEN 1 ELSE 0 END) FROM viewing_interval i WHERE i.viewing_id = v.id), 0),
	coalesce((SELECT body FROM audit_entry e WHERE e.seq = v.seq_last), '')
	FROM viewing v`

func (d *Desk) rows(ctx context.Context, where, tail string, args ...any) ([]Row, error) {
	out := []Row{}
	err := d.cfg.DB.Read(ctx, func(tx *store.Tx) error {
		rows, err := tx.QueryContext(ctx, selectViewing+` WHERE `+where+tail, args...)
		if err != nil {
			return fmt.Errorf("read register: %w", err)
		}
		defer rows.Close()
		for rows.Next() {
			r, err := scanRow(rows)
			if err != nil {
				return err
			}
			out = append(out, r)
		}
		if err := rows.Err(); err != nil {
			return fmt.Errorf("read register: %w", err)
		}
		for i := range out {
			c, err := coverageOf(ctx, tx, out[i].Total, `v.id = ?`, out[i].ID)
			if err != nil {
				return err
			}
			out[i].tell(c)
			if out[i].CloseKind != CloseRecovered {
				continue
			}
			if out[i].Untold, err = announcedOf(ctx, tx, out[i].ID, out[i].Total); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return out, d.countNotes(ctx, out)
}

// tell fills in what was on the glass.
func (r *Row) tell(c Coverage) {
	r.Shown, r.Seen, r.Share, r.Counted = c.Shown, c.Seen, c.Share, c.Ranges
	r.Ranges = union(slices.Concat(c.Ranges, c.Fast))
	r.Whole = c.Total > 0 && c.Seen >= c.Total
}

func (d *Desk) countNotes(ctx context.Context, rows []Row) error {
	for i := range rows {
		n, err := d.cfg.Catalog.CountAnnotations(ctx, rows[i].ID)
		if err != nil {
			return err
		}
		rows[i].Notes = n
	}
	return nil
}

func scanRow(rows *sql.Rows) (Row, error) {
	var r Row
	var opened, closed, body string
	var sound int
	err := rows.Scan(&r.ID, &r.Number, &opened, &closed, &r.CloseKind, &r.AccountID, &r.AccountNumber, &r.AccountName,
		&r.Department, &r.Purpose, &r.Basis, &r.Note, &r.CaseCode, &r.CaseTitle, &r.RecordID, &r.RecordCode, &r.RecordTitle, &r.CopyID, &r.Kind,
		&r.Unit, &r.Total, &r.SeqFirst, &r.SeqLast, &r.WallMs, &r.MaxSpeed, &sound, &body)
	if err != nil {
		return Row{}, fmt.Errorf("read register: %w", err)
	}
	if r.OpenedAt, err = store.ParseTime(opened); err != nil {
		return Row{}, fmt.Errorf("read register: %w", err)
	}
	if closed != "" {
		if r.ClosedAt, err = store.ParseTime(closed); err != nil {
			return Row{}, fmt.Errorf("read register: %w", err)
		}
	}
	r.Sound = []string{SoundNone, SoundMuted, SoundOn}[sound]
	r.MaxSpeed = math.Abs(r.MaxSpeed)
	// The leaf of an entry is the record hash of its codes (docs/formats).
	leaf := tlog.RecordHash([]byte(body))
	r.Hash = hex.EncodeToString(leaf[:4])
	r.Intervals, r.Untold = []Interval{}, []Range{}
	return r, nil
}

func (d *Desk) intervals(ctx context.Context, id string) ([]Interval, error) {
	out := []Interval{}
	err := d.cfg.DB.Read(ctx, func(tx *store.Tx) error {
		rows, err := tx.QueryContext(ctx, `SELECT kind, from_at, to_at, presented, speed, sound, visible, wall_ms
			FROM viewing_interval WHERE viewing_id = ? AND replaced = 0 ORDER BY number`, id)
		if err != nil {
			return fmt.Errorf("read intervals: %w", err)
		}
		defer rows.Close()
		for rows.Next() {
			var i Interval
			if err := rows.Scan(&i.Kind, &i.From, &i.To, &i.Presented, &i.Speed, &i.Sound, &i.Visible, &i.WallMs); err != nil {
				return fmt.Errorf("read interval: %w", err)
			}
			out = append(out, i)
		}
		return rows.Err()
	})
	return out, err
}
