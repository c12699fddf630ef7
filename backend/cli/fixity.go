package cli

import (
	"context"
	"fmt"
	"time"

	"diaoyue.example/workstation/backend"
	"diaoyue.example/workstation/backend/accounts"
	"diaoyue.example/workstation/backend/preservation"
)

// exitUnsound says that a command ran to its end and that what it looked at is
// not as it must be: a damaged original, a backup that does not come back.
const exitUnsound = 3

// unsound writes the line of an outcome that is bad without being an error.
func (c *call) unsound(key string, pairs ...string) error {
	_, _ = fmt.Fprintln(c.env.Stderr, c.words.line(key, pairs...))
	return codeError(exitUnsound)
}

type findingJSON struct {
	Kind       string `json:"kind"` // original candidate catalog
	ID         string `json:"id"`
	RecordID   string `json:"record_id"`
	RecordCode string `json:"record_code"`
	CaseCode   string `json:"case_code"`
	Title      string `json:"title"`
	State      string `json:"state"` // mismatch missing unreadable unexpected
	Want       string `json:"want"`
	Got        string `json:"got"`
	At         string `json:"at"`
}

type runJSON struct {
	ID       string        `json:"id"`
	Scope    string        `json:"scope"` // due all record
	State    string        `json:"state"` // running paused done failed
	Started  string        `json:"started"`
	Ended    string        `json:"ended"`
	Files    int           `json:"files"`
	Done     int           `json:"done"`
	Broken   int           `json:"broken"`
	Bytes    int64         `json:"bytes"`
	Findings []findingJSON `json:"findings,omitempty"`
}

// fixityRun checks originals and sealed copies against both digests. Exit code
// 3 says that something is broken; what, is listed.
func fixityRun(ctx context.Context, c *call) error {
	scope := c.flags.String("scope", preservation.ScopeDue, "")
	record := c.flags.String("record", "", "")
	if err := c.parse(0, 0); err != nil {
		return err
	}
	if *scope != preservation.ScopeDue && *scope != preservation.ScopeAll {
		return errUsage
	}
	return c.signedIn(ctx, func(ctx context.Context, w *backend.Workstation, actor accounts.Actor) error {
		wish := preservation.Wish{Scope: *scope}
		if *record != "" {
			r, err := w.Record(ctx, actor, *record)
			if err != nil {
				return err
			}
			wish = preservation.Wish{Scope: preservation.ScopeRecord, RecordID: r.ID}
		}
		tell := c.progress()
		report, err := w.Preservation.RunFixity(ctx, actor, wish, func(r preservation.Run) { tell(r.Bytes, r.BytesTotal) })
		if err != nil {
			return err
		}
		return c.fixityReport(report)
	})
}

func (c *call) fixityReport(report preservation.Report) error {
	out := runOf(report.Run)
	out.Findings = make([]findingJSON, 0, len(report.Findings))
	for _, f := range report.Findings {
		out.Findings = append(out.Findings, findingOf(f))
	}
	err := c.print(out, func() {
		for _, f := range out.Findings {
			c.row(c.words.line("found."+f.State), f.CaseCode, f.RecordCode, c.words.line("kind."+f.Kind), f.Want, f.Got, f.Title)
		}
		c.say("fixity.sum", "files", number(int64(out.Done)), "bytes", number(out.Bytes), "broken", number(int64(out.Broken)))
	})
	switch {
	case err != nil:
		return err
	case report.Run.Broken > 0:
		return c.unsound("fixity.broken", "count", number(int64(report.Run.Broken)))
	case report.Run.State != preservation.RunDone:
		return c.unsound("fixity.unfinished", "files", number(int64(report.Run.Total-report.Run.Done)))
	}
	return nil
}

func findingOf(f preservation.Finding) findingJSON {
	return findingJSON{
		Kind: f.Kind, ID: f.ID, RecordID: f.RecordID, RecordCode: f.RecordCode, CaseCode: f.CaseCode, Title: f.Title,
		State: f.State, Want: f.Want, Got: f.Got, At: stamp(f.At),
	}
}

func runOf(r preservation.Run) runJSON {
	return runJSON{
		ID: r.ID, Scope: r.Scope, State: r.State, Started: stamp(r.Started), Ended: stamp(r.Ended),
		Files: r.Total, Done: r.Done, Broken: r.Broken, Bytes: r.Bytes,
	}
}

// fixityStatus says how old the checks are, without checking anything. Exit
// code 3: something is broken, or was not looked at for too long.
func fixityStatus(ctx context.Context, c *call) error {
	if err := c.parse(0, 0); err != nil {
		return err
	}
	return c.signedIn(ctx, func(ctx context.Context, w *backend.Workstation, actor accounts.Actor) error {
		s, err := w.Preservation.Fixity(ctx, actor)
		if err != nil {
			return err
		}
		var last *runJSON
		if s.Run != nil {
			one := runOf(*s.Run)
			last = &one
		}
		err = c.print(map[string]any{
			"every_days": s.EveryDays, "originals": s.Originals, "candidates": s.Candidates, "bytes": s.Bytes, "never": s.Never,
			"overdue": s.Overdue, "broken": s.Broken, "oldest": stamp(s.Oldest), "next_due": stamp(s.NextDue), "last_run": last,
		}, func() {
			c.say("fixity.status", "originals", number(int64(s.Originals)), "candidates", number(int64(s.Candidates)), "bytes", number(s.Bytes),
				"never", number(int64(s.Never)), "overdue", number(int64(s.Overdue)), "broken", number(int64(s.Broken)), "days", number(int64(s.EveryDays)))
			if !s.Oldest.IsZero() {
				c.say("fixity.dates", "oldest", stamp(s.Oldest), "due", stamp(s.NextDue))
			}
		})
		if err == nil && s.Broken+s.Overdue > 0 {
			err = c.unsound("fixity.attend", "broken", number(int64(s.Broken)), "overdue", number(int64(s.Overdue)))
		}
		return err
	})
}

// stamp writes a time, "" for none.
func stamp(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.Format(time.RFC3339)
}

// tellEvery is how often long work says how far it is.
const tellEvery = 5 * time.Second

// progress returns what long work calls with the bytes done and in all. It
// writes to standard error, so that standard output stays what was asked for.
func (c *call) progress() func(done, total int64) {
	last := c.env.Now()
	return func(done, total int64) {
		now := c.env.Now()
		if c.json || total <= 0 || now.Sub(last) < tellEvery {
			return
		}
		last = now
		_, _ = fmt.Fprintln(c.env.Stderr, c.words.line("progress", "percent", number(done*100/total), "done", number(done), "total", number(total)))
	}
}
