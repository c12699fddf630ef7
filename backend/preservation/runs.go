package preservation

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"diaoyue.example/workstation/backend/accounts"
	"diaoyue.example/workstation/backend/catalog"
	"diaoyue.example/workstation/backend/store"
)

// What a run of checks covers.
const (
	ScopeDue    = "due"    // what was not looked at for Every days, oldest first
	ScopeAll    = "all"    // everything, oldest first
	ScopeRecord = "record" // one record's original and copies
)

// States of a run.
const (
	RunRunning = "running"
	RunPaused  = "paused"
	RunDone    = "done"
	RunFailed  = "failed" // the originals were not there at all; nothing was concluded from that
)

// Kinds of file that are checked.
const (
	KindOriginal  = "original"
	KindCandidate = "candidate"
	KindCatalog   = "catalog" // a description: of a case file, of a record with its text and notes, of the archive
)

// What a check found.
const (
	FoundOK         = "ok"
	FoundMismatch   = "mismatch"   // the bytes do not have both digests
	FoundMissing    = "missing"    // there is no such file
	FoundUnreadable = "unreadable" // the disk failed
	FoundUnexpected = "unexpected" // taken out or disposed of, yet there
)

// Wish says what is to be checked.
type Wish struct {
	Scope    string
	RecordID string // of ScopeRecord
}

// Run is a run of checks (固化校验).
type Run struct {
	ID         string
	Scope      string
	RecordID   string
	By         string // name of the account, "" = the program
	State      string
	Started    time.Time
	Ended      time.Time
	Total      int // files
	Done       int
	Broken     int
	Bytes      int64
	BytesTotal int64
	Remaining  float64 // s, -1 unknown
}

// Finding is a file that a run found not to be as it must.
type Finding struct {
	Kind, ID             string
	RecordID, RecordCode string
	CaseCode, Title      string
	State                string
	Want, Got            string // SHA-256, or SM3 where only that differs
	At                   time.Time
}

// Report is a run and what it found broken.
type Report struct {
	Run      Run
	Findings []Finding
}

// Fixity is the state of the whole archive.
type Fixity struct {
	EveryDays  int
	Originals  int
	Candidates int
	Bytes      int64
	Never      int // never looked at since they were stored
	Overdue    int // not looked at for EveryDays
	Broken     int
	Oldest     time.Time // the check that lies furthest back; zero when there is nothing
	NextDue    time.Time
	Run        *Run // the newest
}

// Fixity returns the state of the archive.
func (d *Desk) Fixity(ctx context.Context, actor accounts.Actor) (Fixity, error) {
	out := Fixity{EveryDays: Every}
	if err := d.mayRead(ctx, actor, accounts.Fixity); err != nil {
		return out, err
	}
	files, err := d.files(ctx)
	if err != nil {
		return out, err
	}
	overdue := d.cfg.Now().AddDate(0, 0, -Every)
	for _, f := range files {
		if f.absent() {
			continue
		}
		out.Bytes += f.size
		if f.kind == KindOriginal {
			out.Originals++
		} else {
			out.Candidates++
		}
		if f.never {
			out.Never++
		}
		if f.last.Before(overdue) {
			out.Overdue++
		}
		if f.broken {
			out.Broken++
		}
		if out.Oldest.IsZero() || f.last.Before(out.Oldest) {
			out.Oldest = f.last
		}
	}
	if !out.Oldest.IsZero() {
		out.NextDue = out.Oldest.AddDate(0, 0, Every)
	}
	runs, err := d.runs(ctx, `1 = 1 ORDER BY id DESC LIMIT 1`)
	if err == nil && len(runs) > 0 {
		out.Run = &runs[0]
	}
	return out, err
}

// Runs returns all runs, newest first.
func (d *Desk) Runs(ctx context.Context, actor accounts.Actor) ([]Run, error) {
	if err := d.mayRead(ctx, actor, accounts.Fixity); err != nil {
		return nil, err
	}
	return d.runs(ctx, `1 = 1 ORDER BY id DESC LIMIT 500`)
}

// Report returns a run and what it found. ErrNoRun.
func (d *Desk) Report(ctx context.Context, actor accounts.Actor, runID string) (Report, error) {
	if err := d.mayRead(ctx, actor, accounts.Fixity); err != nil {
		return Report{}, err
	}
	return d.report(ctx, actor, runID)
}

func (d *Desk) report(ctx context.Context, actor accounts.Actor, runID string) (Report, error) {
	runs, err := d.runs(ctx, `id = ?`, runID)
	if err != nil {
		return Report{}, err
	}
	if len(runs) == 0 {
		return Report{}, ErrNoRun
	}
	out := Report{Run: runs[0], Findings: []Finding{}}
	err = d.cfg.DB.Read(ctx, func(tx *store.Tx) error {
		rows, failed := tx.QueryContext(ctx, `SELECT kind, id, record_id, sha256, state, got, at FROM fixity_item
			WHERE run = ? AND state NOT IN ('', 'ok') ORDER BY number`, runID)
		if failed != nil {
			return fmt.Errorf("read findings: %w", failed)
		}
		defer rows.Close()
		for rows.Next() {
			var f Finding
			var at string
			if bad := rows.Scan(&f.Kind, &f.ID, &f.RecordID, &f.Want, &f.State, &f.Got, &at); bad != nil {
				return fmt.Errorf("read findings: %w", bad)
			}
			f.At = parseTime(at)
			out.Findings = append(out.Findings, f)
		}
		return rows.Err()
	})
	for i := range out.Findings {
		switch {
		case err != nil:
		case out.Findings[i].Kind == KindCatalog:
			err = d.describeCatalog(ctx, actor, &out.Findings[i])
		default:
			err = d.describe(ctx, actor, &out.Findings[i])
		}
	}
	return out, err
}

func (d *Desk) describe(ctx context.Context, actor accounts.Actor, f *Finding) error {
	r, err := d.cfg.Catalog.Record(ctx, f.RecordID)
	if err != nil {
		return err
	}
	f.RecordCode, f.CaseCode = r.Code, r.CaseCode
	if titled(actor) {
		f.Title = r.Title
	}
	return nil
}

func (d *Desk) runs(ctx context.Context, where string, args ...any) ([]Run, error) {
	out := []Run{}
	err := d.cfg.DB.Read(ctx, func(tx *store.Tx) error {
		rows, err := tx.QueryContext(ctx, `SELECT id, scope, record_id, account, state, started_at, ended_at, total, bytes_total, done, broken, bytes
			FROM fixity_run WHERE `+where, args...)
		if err != nil {
			return fmt.Errorf("read runs: %w", err)
		}
		defer rows.Close()
		for rows.Next() {
			r, err := scanRun(rows)
			if err != nil {
				return err
			}
			out = append(out, r)
		}
		return rows.Err()
	})
	for i := range out {
		out[i].By = d.nameOf(ctx, out[i].By)
		out[i] = d.live(out[i])
	}
	return out, err
}

func scanRun(rows *sql.Rows) (Run, error) {
	r := Run{Remaining: -1}
	var started, ended string
	err := rows.Scan(&r.ID, &r.Scope, &r.RecordID, &r.By, &r.State, &started, &ended, &r.Total, &r.BytesTotal, &r.Done, &r.Broken, &r.Bytes)
	if err != nil {
		return r, fmt.Errorf("read run: %w", err)
	}
	r.Started, r.Ended = parseTime(started), parseTime(ended)
	return r, nil
}

// live adds what the run at work has done since its last commit. A row that
// says running with nobody at work is one that the program left: it is paused.
func (d *Desk) live(r Run) Run {
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case d.current != nil && d.current.run.ID == r.ID:
		now := d.current.run
		now.By = r.By // a name by now
		return now
	case r.State == RunRunning:
		r.State = RunPaused
	}
	return r
}

// file is one file that must be as it was.
type file struct {
	kind, id    string
	recordID    string
	caseID      string
	custody     string
	sha256, sm3 string
	size        int64
	last        time.Time // of the last check, or of the storing
	never       bool
	broken      bool
}

// absent reports whether the file must not be there any more.
func (f file) absent() bool {
	return f.custody == catalog.CustodyTakenOut || f.custody == catalog.CustodyDisposed
}

// files lists everything that must be whole, oldest check first.
func (d *Desk) files(ctx context.Context) ([]file, error) {
	records, err := d.cfg.Catalog.AllRecords(ctx)
	if err != nil {
		return nil, err
	}
	var out []file
	byID := map[string]catalog.Record{}
	for _, r := range records {
		byID[r.ID] = r
		out = append(out, file{
			kind: KindOriginal, id: r.SHA256, recordID: r.ID, caseID: r.CaseID, custody: r.Custody,
			sha256: r.SHA256, sm3: r.SM3, size: r.Size, last: r.StoredAt, never: true, broken: r.Custody == catalog.CustodyBroken,
		})
	}
	sealed, err := d.sealed(ctx)
	if err != nil {
		return nil, err
	}
	for _, c := range sealed {
		r := byID[c.RecordID]
		custody := r.Custody
		if custody != catalog.CustodyTakenOut {
			custody = "" // the copies of what was disposed of are not disposed of with it
		}
		out = append(out, file{
			kind: KindCandidate, id: c.ID, recordID: c.RecordID, caseID: r.CaseID, custody: custody,
			sha256: c.SHA256, sm3: c.SM3, size: c.Size, last: r.StoredAt, never: true,
		})
	}
	return out, d.checked(ctx, out)
}

func (d *Desk) sealed(ctx context.Context) ([]Sealed, error) {
	if d.copies == nil {
		return nil, nil
	}
	return d.copies.Sealed(ctx)
}
