package backend

import (
	"context"
	"slices"
	"time"

	"diaoyue.example/workstation/backend/accounts"
	"diaoyue.example/workstation/backend/catalog"
	"diaoyue.example/workstation/backend/jobs"
	"diaoyue.example/workstation/backend/preservation"
	"diaoyue.example/workstation/backend/viewing"
)

// Overview is the home screen of an account. Copies that wait stand with the
// disclosure desk.
type Overview struct {
	Counts  []Count
	Due     []Due
	Recent  []viewing.Row // this account's last viewings
	Jobs    []Work        // waiting, running and failed work
	Storage Storage
}

// Count is one number of the home screen.
type Count struct {
	Key   string // cases records footage pages unviewed overdue failed broken expired isolated
	Value int64
	Total int64
}

// Due is one line of due work, most urgent first.
type Due struct {
	Kind    string // overdue | unread-text | failed
	Record  catalog.Record
	DueAt   time.Time
	Overdue bool
}

// Work is a job with the title of what it is done to.
type Work struct {
	jobs.Job

	Title string
}

// Storage is the room used and left, in bytes.
type Storage struct {
	Originals, Free int64
}

const recentViewings = 8

// Overview returns what this account finds at its desk. An account without any
// right to search gets the numbers of the archive's work only.
func (w *Workstation) Overview(ctx context.Context, actor accounts.Actor) (Overview, error) {
	out := Overview{Counts: []Count{}, Due: []Due{}, Recent: []viewing.Row{}, Jobs: []Work{}}
	var err error
	if out.Storage.Free, err = w.Vault.FreeBytes(); err != nil {
		return out, err
	}
	titles := map[string]string{}
	if actor.May(accounts.Search) || actor.MayOwn(accounts.Search) {
		if err = w.holdings(ctx, actor, &out, titles); err != nil {
			return out, err
		}
		if out.Recent, err = w.Viewing.Rows(ctx, actor, viewing.Filter{AccountID: actor.ID, Limit: recentViewings}); err != nil {
			return out, err
		}
	}
	if err = w.kept(ctx, actor, &out); err != nil {
		return out, err
	}
	out.Jobs, err = w.work(ctx, titles)
	return out, err
}

// kept adds what of the originals needs somebody: to the archivist, the head
// of agency and the auditor what is broken, to those who must act what has
// outlived its retention or is kept apart.
func (w *Workstation) kept(ctx context.Context, actor accounts.Actor, out *Overview) error {
	if actor.May(accounts.Fixity) || actor.May(accounts.Approve) || actor.May(accounts.LogRead) {
		locks, err := w.Preservation.Locks(ctx, actor)
		if err != nil {
			return err
		}
		out.Counts = append(out.Counts, Count{Key: "broken", Value: int64(len(locks))})
	}
	if actor.May(accounts.Appraise) || actor.May(accounts.AppraiseApprove) {
		due, err := w.Preservation.Due(ctx, actor)
		if err != nil {
			return err
		}
		open := slices.DeleteFunc(due, func(d preservation.Due) bool { return d.State == preservation.DueDisposed })
		if len(open) > 0 {
			out.Counts = append(out.Counts, Count{Key: "expired", Value: int64(len(open))})
		}
	}
	if actor.May(accounts.TakeOutConfirm) || actor.May(accounts.SecrecyReview) {
		apart, err := w.Preservation.Isolated(ctx, actor)
		if err != nil {
			return err
		}
		open := slices.DeleteFunc(apart, func(x preservation.Isolation) bool { return x.State == preservation.IsolationTakenOut })
		if len(open) > 0 {
			out.Counts = append(out.Counts, Count{Key: "isolated", Value: int64(len(open))})
		}
	}
	return nil
}

func (w *Workstation) holdings(ctx context.Context, actor accounts.Actor, out *Overview, titles map[string]string) error {
	cases, err := w.Cases(ctx, actor, "")
	if err != nil {
		return err
	}
	n := map[string]int64{"cases": int64(len(cases))}
	for _, f := range cases {
		records, err := w.Catalog.Records(ctx, f.ID)
		if err != nil {
			return err
		}
		for _, r := range records {
			titles[r.ID] = r.Title
			if err := w.count(ctx, actor, r, n, out); err != nil {
				return err
			}
		}
	}
	for _, key := range []string{"cases", "records", "footage", "pages", "unviewed", "overdue", "failed"} {
		total := n[key]
		if key == "unviewed" || key == "overdue" {
			total = n["footage"]
		}
		out.Counts = append(out.Counts, Count{Key: key, Value: n[key], Total: total})
	}
	return nil
}

func (w *Workstation) count(ctx context.Context, actor accounts.Actor, r catalog.Record, n map[string]int64, out *Overview) error {
	n["records"]++
	n["pages"] += int64(r.Pages)
	out.Storage.Originals += r.Size
	if r.Footage() {
		n["footage"]++
		c, err := w.Viewing.Coverage(ctx, r.ID, "", actor.ID, r.Frames)
		if err != nil {
			return err
		}
		if c.Shown == 0 {
			n["unviewed"]++
		}
	}
	switch {
	case r.Timeliness == catalog.Late:
		n["overdue"]++
		out.Due = append(out.Due, Due{Kind: "overdue", Record: r, DueAt: r.DueAt, Overdue: true})
	case r.IndexState == catalog.IndexDamaged || r.IndexState == catalog.IndexUnreadable || r.TextState == catalog.TextFailed:
		n["failed"]++
		out.Due = append(out.Due, Due{Kind: "failed", Record: r})
	case r.TextState == "needs_ocr":
		out.Due = append(out.Due, Due{Kind: "unread-text", Record: r})
	}
	return nil
}

// work lists jobs with titles, where this account may know them.
func (w *Workstation) work(ctx context.Context, titles map[string]string) ([]Work, error) {
	open, err := w.Jobs.List(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]Work, 0, len(open))
	for _, j := range open {
		out = append(out, Work{j, titles[j.Subject]})
	}
	return out, nil
}

// OpenJobs lists the jobs that wait, run or failed.
func (w *Workstation) OpenJobs(ctx context.Context, actor accounts.Actor) ([]Work, error) {
	titles := map[string]string{}
	if actor.May(accounts.Search) {
		all, err := w.Catalog.AllRecords(ctx)
		if err != nil {
			return nil, err
		}
		for _, r := range all {
			titles[r.ID] = r.Title
		}
	}
	return w.work(ctx, titles)
}
