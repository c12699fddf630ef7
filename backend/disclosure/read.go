package disclosure

import (
	"context"
	"errors"
	"fmt"
	"time"

	"diaoyue.example/workstation/backend/accounts"
	"diaoyue.example/workstation/backend/audit"
	"diaoyue.example/workstation/backend/catalog"
	"diaoyue.example/workstation/backend/jobs"
	"diaoyue.example/workstation/backend/store"
	"diaoyue.example/workstation/backend/viewing"
	"diaoyue.example/workstation/media/export"
)

// Summary is a copy in a list.
type Summary struct {
	ID          string
	Number      string // FB-2026-001
	RecordID    string
	RecordTitle string
	CaseCode    string
	State       State
	Submitter   string // name
	SubmitterID string
	Checker     string // name of who checked and passed it, "" = nobody
	CheckerID   string
	SubmittedAt time.Time
	Tracks      int
	Mutes       int
	Done, Total int64  // frames passed while Making, as the engine counts them
	Error       string // fault code when Failed
	Mine        bool   // the actor submitted it
}

// Copy is all that checker and approver must know.
type Copy struct {
	Summary
	Record      catalog.Record
	Items       []Item
	Checks      []export.Check
	Dropped     []string
	PlanDigest  string
	Original    string // SHA-256
	CandidateID string // in the vault; "" while there is none
	SHA256, SM3 string
	Size        int64
	Frames      int64
	Duration    float64 // s
	Viewed      bool    // the actor opened the candidate
	Coverage    viewing.Coverage
	MayCheck    bool
	WhyNoCheck  string // fault code when not
	MayApprove  bool
	WhyNot      string // fault code when not
	Check       *Check // nil while nobody checked it
	Opinion     string
	Approver    string // name of who decided
	DecidedAt   time.Time
	History     []Step
	ReleasedTo  string // folder of the last release
}

// Check is what a third person said of a candidate.
type Check struct {
	Passed       bool   // else sent back
	Checker      string // name
	At           time.Time
	Opinion      string
	Shown, Total int64 // frames of the candidate: shown to the checker, all
}

// Item is one thing that a copy hides. Times are seconds from the first shown
// frame; frames are both covered, -1 for sound.
type Item struct {
	Kind, Track        string // Kind mask or mute
	From, To           float64
	FromFrame, ToFrame int64
	Effect             string
	Ground, Reason     string
}

// Step is one log entry about a copy.
type Step struct {
	Seq    int64
	At     time.Time
	Event  audit.Event
	Actor  string // name, "" for the program itself
	Result audit.Result
	Facts  map[string]string
}

// Copies lists the copies in a state (all for ""), newest first, to those whose
// duty has to do with copies. Errors: accounts.ErrForbidden.
func (d *Desk) Copies(ctx context.Context, actor accounts.Actor, state State) ([]Summary, error) {
	if err := d.concerned(ctx, actor, nil); err != nil {
		return nil, err
	}
	rows, err := d.rows(ctx, `1 = 1`)
	if err != nil {
		return nil, err
	}
	out := []Summary{}
	for _, c := range rows {
		s, err := d.summarize(ctx, actor, c)
		if err != nil {
			return nil, err
		}
		if state == "" || s.State == state {
			out = append(out, s)
		}
	}
	return out, nil
}

// Copy gives one copy by id or number. Errors: accounts.ErrForbidden, ErrNoCopy.
func (d *Desk) Copy(ctx context.Context, actor accounts.Actor, id string) (Copy, error) {
	if err := d.concerned(ctx, actor, map[string]string{"copy": id}); err != nil {
		return Copy{}, err
	}
	c, err := d.row(ctx, id)
	if err != nil {
		return Copy{}, err
	}
	out := Copy{
		PlanDigest: c.planDigest, Original: c.original, CandidateID: c.candidateID, SHA256: c.sha256, SM3: c.sm3, Size: c.size,
		Opinion: c.decision.Opinion, ReleasedTo: c.folder, Checks: []export.Check{}, Dropped: []string{},
	}
	if out.Summary, err = d.summarize(ctx, actor, c); err != nil {
		return Copy{}, err
	}
	if out.Record, err = d.cfg.Catalog.Record(ctx, c.recordID); err != nil {
		return Copy{}, err
	}
	if out.Items, err = c.items(); err != nil {
		return Copy{}, err
	}
	if c.candidateID != "" {
		var m export.Manifest
		if m, err = c.readManifest(); err != nil {
			return Copy{}, err
		}
		out.Checks, out.Dropped, out.Frames, out.Duration = m.Report.Checks(), dropped(m), m.Frames, m.Duration
	}
	if err = d.decided(ctx, c, &out); err != nil {
		return Copy{}, err
	}
	if err = d.shownTo(ctx, actor, c, &out); err != nil {
		return Copy{}, err
	}
	out.History, err = d.history(ctx, c.id)
	return out, err
}

// Fate is what became of a copy, for the register of viewings.
type Fate struct {
	Number   string // of the copy, FB-2026-001; an approval is known by it
	Approver string // name of who approved it, "" when nobody did
	Released bool   // it was handed out
}

// Fate tells what became of a copy. Whoever may see a row of the register may
// know it; so no duty is asked for. Errors: ErrNoCopy.
func (d *Desk) Fate(ctx context.Context, id string) (Fate, error) {
	c, err := d.row(ctx, id)
	if err != nil {
		return Fate{}, err
	}
	f := Fate{Number: c.number, Released: c.releasedAt != ""}
	if c.decision.Approved {
		f.Approver, err = d.name(ctx, c.decision.Account)
	}
	return f, err
}

// concerned lets through those whose duty has to do with copies.
func (d *Desk) concerned(ctx context.Context, actor accounts.Actor, objects map[string]string) error {
	for _, p := range []accounts.Permission{accounts.CheckRedaction, accounts.SecrecyReview, accounts.Approve, accounts.Release} {
		if actor.May(p) {
			return d.cfg.Accounts.Require(ctx, actor, p, objects)
		}
	}
	return d.cfg.Accounts.Require(ctx, actor, accounts.Redact, objects)
}

// decided says who checked and who decided.
func (d *Desk) decided(ctx context.Context, c row, out *Copy) error {
	if x := c.check; x.Account != "" {
		at, err := store.ParseTime(x.At)
		if err != nil {
			return err
		}
		name, err := d.name(ctx, x.Account)
		if err != nil {
			return err
		}
		out.Check = &Check{Passed: x.Approved, Checker: name, At: at, Opinion: x.Opinion, Shown: x.Shown, Total: x.Total}
	}
	if c.decision.Account == "" {
		return nil
	}
	var err error
	if out.Approver, err = d.name(ctx, c.decision.Account); err != nil {
		return err
	}
	out.DecidedAt, err = store.ParseTime(c.decision.At)
	return err
}

// shownTo says what the actor was shown and whether he may check or approve.
func (d *Desk) shownTo(ctx context.Context, actor accounts.Actor, c row, out *Copy) error {
	ids, _, total, err := d.cfg.Viewings.ShownCopy(ctx, actor.ID, c.id)
	if err != nil {
		return err
	}
	out.Viewed = len(ids) > 0
	if total == 0 {
		total = out.Frames
	}
	if out.Coverage, err = d.cfg.Viewings.Coverage(ctx, c.recordID, c.id, actor.ID, total); err != nil {
		return err
	}
	out.WhyNoCheck = c.whyNot(actor, accounts.CheckRedaction, checking, out)
	out.WhyNot = c.whyNot(actor, accounts.Approve, decide, out)
	out.MayCheck, out.MayApprove = out.WhyNoCheck == "", out.WhyNot == ""
	return nil
}

// whyNot is the code of what stands in the way of a, in the order in which the
// act itself refuses; "" when nothing does.
func (r row) whyNot(actor accounts.Actor, p accounts.Permission, a act, out *Copy) string {
	excluded, _ := r.excluded(actor.ID, a)
	switch {
	case !actor.May(p):
		return accounts.ErrForbidden.Code()
	case !out.State.allows(a):
		return ErrState.Code()
	case excluded != nil:
		return excluded.Code()
	case !out.Viewed:
		return ErrNotViewed.Code()
	}
	return ""
}

func (d *Desk) summary(ctx context.Context, actor accounts.Actor, id string) (Summary, error) {
	c, err := d.row(ctx, id)
	if err != nil {
		return Summary{}, err
	}
	return d.summarize(ctx, actor, c)
}

func (d *Desk) summarize(ctx context.Context, actor accounts.Actor, c row) (Summary, error) {
	record, err := d.cfg.Catalog.Record(ctx, c.recordID)
	if err != nil {
		return Summary{}, err
	}
	s := Summary{
		ID: c.id, Number: c.number, RecordID: c.recordID, RecordTitle: record.Title, CaseCode: record.CaseCode,
		State: c.state, Error: c.failure, SubmitterID: c.submitter, Mine: actor.ID == c.submitter,
	}
	if s.Submitter, err = d.name(ctx, c.submitter); err != nil {
		return Summary{}, err
	}
	if c.check.Approved {
		s.CheckerID = c.check.Account
		if s.Checker, err = d.name(ctx, c.check.Account); err != nil {
			return Summary{}, err
		}
	}
	if s.SubmittedAt, err = store.ParseTime(c.submittedAt); err != nil {
		return Summary{}, err
	}
	if plan, broken := c.frozenPlan(); broken == nil { // a broken one is found out at approval and release
		s.Tracks, s.Mutes = len(plan.Tracks), len(plan.Mutes)
	}
	if c.state != Making {
		return s, nil
	}
	job, err := d.cfg.Jobs.Job(ctx, c.job)
	if err != nil {
		return Summary{}, err
	}
	s.Done, s.Total = job.Done, job.Total
	switch job.State {
	case jobs.Failed: // the program died each time, so nobody could write it down
		s.State, s.Error = Failed, job.Code
	case jobs.Cancelled:
		s.State, s.Error = Failed, ErrCancelled.Code()
	case jobs.Waiting, jobs.Running, jobs.Done:
	}
	return s, nil
}

// items lists what a copy hides. Before there is a candidate the times of frames
// are not known and stand at -1.
func (r row) items() ([]Item, error) {
	plan, err := r.frozenPlan()
	if err != nil {
		return nil, err
	}
	var spans []export.Span
	if r.manifest != "" {
		m, err := r.readManifest()
		if err != nil {
			return nil, err
		}
		spans = m.Spans
	} else {
		for _, t := range plan.Tracks {
			spans = append(spans, export.Span{Track: t.ID, FromFrame: t.Keyframes[0].Frame, ToFrame: -1, From: -1, To: -1})
		}
	}
	out := []Item{}
	for _, t := range plan.Tracks {
		for _, s := range spans {
			if s.Track == t.ID {
				out = append(out, Item{
					Kind: "mask", Track: t.ID, From: s.From, To: s.To, FromFrame: s.FromFrame, ToFrame: s.ToFrame,
					Effect: t.Effect, Ground: t.Ground, Reason: t.Reason,
				})
			}
		}
	}
	for _, m := range plan.Mutes {
		out = append(out, Item{Kind: "mute", From: m.From, To: m.To, FromFrame: -1, ToFrame: -1, Effect: m.Effect, Ground: m.Ground, Reason: m.Reason})
	}
	return out, nil
}

func dropped(m export.Manifest) []string {
	out := []string{}
	for _, x := range m.Dropped {
		out = append(out, x.String())
	}
	return out
}

// history gives the log's entries about a copy, oldest first.
func (d *Desk) history(ctx context.Context, copyID string) ([]Step, error) {
	rows, err := d.cfg.Log.List(ctx, audit.Filter{ObjectKind: "copy", ObjectID: copyID, Limit: 500})
	if err != nil {
		return nil, fmt.Errorf("read history: %w", err)
	}
	out := make([]Step, 0, len(rows))
	for i := len(rows) - 1; i >= 0; i-- {
		r := rows[i]
		s := Step{Seq: r.Seq, At: r.At, Event: r.Event, Result: r.Result, Facts: map[string]string{}}
		if s.Actor, err = d.name(ctx, r.Actor); err != nil {
			return nil, err
		}
		for k, v := range r.Codes {
			if text, ok := v.(string); ok {
				s.Facts[k] = text
			}
		}
		out = append(out, s)
	}
	return out, nil
}

func (d *Desk) name(ctx context.Context, accountID string) (string, error) {
	if accountID == "" {
		return "", nil
	}
	a, err := d.cfg.Accounts.ByID(ctx, accountID)
	if errors.Is(err, accounts.ErrUnknown) {
		return "", nil
	}
	return a.Name, err
}
