// Package demo is the demonstration archive: one case of a fictitious bureau,
// all of whose papers and recordings are this project's own, and the headless
// run that walks the whole way through it.
//
// Invariant: it works through the same doors as everybody else; nothing in it
// is faked, and a step that did not check what it says is a failed step.
package demo

import (
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"diaoyue.example/workstation/backend"
	"diaoyue.example/workstation/backend/accounts"
	"diaoyue.example/workstation/backend/catalog"
	"diaoyue.example/workstation/backend/fault"
	"diaoyue.example/workstation/backend/ingest"
	"diaoyue.example/workstation/backend/viewing"
	"diaoyue.example/workstation/media/mediatest"
)

//go:embed demo.json files
var files embed.FS

// ErrCheck says that a step of the demonstration did not give what it must.
// Parameter "check".
var ErrCheck = fault.New("demo.check", "the demonstration found something wrong")

// Options of the demonstration.
type Options struct {
	Small  bool       // 320×180 and a few seconds, for tests
	Report func(Step) // told of each step as it ends; may be nil
}

// Step is one step of the demonstration and what it checked.
type Step struct {
	Key     string   `json:"key"`
	Title   string   `json:"title"` // for people
	Seconds float64  `json:"seconds"`
	Checked []string `json:"checked"`
	Error   string   `json:"error,omitempty"` // English; "" when all is well
}

// Account is an account of the demonstration with its password.
type Account struct {
	Number     string   `json:"number"`
	Name       string   `json:"name"`
	Department string   `json:"department"`
	Roles      []string `json:"roles"`
	Password   string   `json:"password"`
}

// Accounts returns the accounts of the demonstration, to be printed.
func Accounts() ([]Account, error) {
	d, err := load()
	return d.Accounts, err
}

// Make founds the demonstration archive in cfg.Dir and fills it; it returns
// when all derived work is done. The caller closes it.
func Make(ctx context.Context, cfg backend.Config, o Options) (*backend.Workstation, error) {
	r, err := newRun(ctx, cfg, o)
	if err != nil {
		return nil, err
	}
	defer r.clear()
	for _, s := range []step{{"found", r.found}, {"make", r.film}, {"ingest", r.ingest}, {"index", r.index}} {
		if err := r.do(ctx, s); err != nil {
			if r.w != nil {
				err = errors.Join(err, r.w.Close())
			}
			return nil, err
		}
	}
	return r.w, nil
}

// Run makes the demonstration archive and walks the whole way through it
// without a window, telling each step. With an empty cfg.Dir everything lies in
// a temporary folder, which is removed. The error is that of the first step
// that failed.
func Run(ctx context.Context, cfg backend.Config, o Options) (err error) {
	if cfg.Dir == "" {
		dir, failure := os.MkdirTemp("", "diaoyue-demo-")
		if failure != nil {
			return fmt.Errorf("make folder: %w", failure)
		}
		defer os.RemoveAll(dir) //nolint:forbidigo // a temporary folder of the demonstration
		cfg.Dir, cfg.StateDir = filepath.Join(dir, "archive"), filepath.Join(dir, "state")
	}
	r, err := newRun(ctx, cfg, o)
	if err != nil {
		return err
	}
	defer r.clear()
	defer func() {
		if r.w != nil {
			err = errors.Join(err, r.w.Close())
		}
	}()
	for _, s := range []step{
		{"found", r.found},
		{"make", r.film},
		{"ingest", r.ingest},
		{"odd", r.odd},
		{"index", r.index},
		{"search", r.search},
		{"refusals", r.refusals},
		{"frames", r.frames},
		{"pages", r.pages},
		{"play", r.play},
		{"redact", r.redact},
		{"check", r.review},
		{"approve", r.approve},
		{"release", r.release},
		{"reopen", r.reopen},
		{"log", r.verify},
	} {
		if err := r.do(ctx, s); err != nil {
			return err
		}
	}
	return nil
}

// step is a named part of the run.
type step struct {
	key string
	do  func(context.Context) error
}

// run is the demonstration on its way.
type run struct {
	cfg     backend.Config
	o       Options
	data    data
	now     func() time.Time
	sources string // temporary folder of the files to be ingested
	w       *backend.Workstation
	file    catalog.CaseFile
	records map[string]string // key → record id
	checked []string
	copyID  string
}

func newRun(_ context.Context, cfg backend.Config, o Options) (*run, error) {
	d, err := load()
	if err != nil {
		return nil, err
	}
	sources, err := os.MkdirTemp("", "diaoyue-sources-")
	if err != nil {
		return nil, fmt.Errorf("make folder: %w", err)
	}
	now := cfg.Now
	if now == nil {
		now = time.Now //nolint:forbidigo // the demonstration is started by a face, which has no clock to give
	}
	return &run{cfg: cfg, o: o, data: d, now: now, sources: sources, records: map[string]string{}}, nil
}

func (r *run) clear() {
	_ = os.RemoveAll(r.sources) //nolint:forbidigo // a temporary folder of the demonstration
}

func (r *run) do(ctx context.Context, s step) error {
	begun := r.now()
	r.checked = []string{}
	err := s.do(ctx)
	done := Step{Key: s.key, Title: r.data.Steps[s.key], Seconds: r.now().Sub(begun).Seconds(), Checked: r.checked}
	if err != nil {
		err = fmt.Errorf("demonstration, step %s: %w", s.key, err)
		done.Error = err.Error()
	}
	if r.o.Report != nil {
		r.o.Report(done)
	}
	return err
}

// check notes what was checked, and fails when it does not hold.
func (r *run) check(holds bool, format string, args ...any) error {
	what := fmt.Sprintf(format, args...)
	if !holds {
		return ErrCheck.With("check", what)
	}
	r.checked = append(r.checked, r.data.say(format, args))
	return nil
}

// say tells a check in the users' words: the texts of the demonstration hold
// one for each, with the same places, which may be numbered or left out. What
// has no words is told in English.
func (d data) say(format string, args []any) string {
	text, ok := d.Checks[format]
	if !ok {
		return fmt.Sprintf(format, args...)
	}
	if !strings.Contains(text, "%") {
		return text
	}
	said := make([]any, len(args))
	for i, a := range args {
		said[i] = a
		if name, named := d.name(fmt.Sprint(a)); named {
			said[i] = name
		}
	}
	return fmt.Sprintf(text, said...)
}

// name gives the title of a document or recording, or the word of a code.
func (d data) name(key string) (string, bool) {
	for _, one := range d.Documents {
		if one.Key == key {
			return strings.TrimSuffix(one.Name, filepath.Ext(one.Name)), true
		}
	}
	for _, one := range d.Recordings {
		if one.Key == key {
			return strings.TrimSuffix(one.Name, filepath.Ext(one.Name)), true
		}
	}
	name, ok := d.Names[key]
	return name, ok
}

// found makes the archive, its accounts and its case file.
func (r *run) found(ctx context.Context) error {
	f := backend.Founding{Organ: r.data.Organ, Fonds: r.data.Fonds}
	for _, a := range r.data.Accounts {
		roles := make([]accounts.Role, 0, len(a.Roles))
		for _, role := range a.Roles {
			roles = append(roles, accounts.Role(role))
		}
		f.Accounts = append(f.Accounts, accounts.NewAccount{
			Number: a.Number, Name: a.Name, Department: a.Department, Password: a.Password, Roles: roles,
		})
	}
	w, err := backend.Create(ctx, r.cfg, f)
	if err != nil {
		return err
	}
	r.w = w
	archivist, err := r.as(ctx, accounts.Archivist)
	if err != nil {
		return err
	}
	c := r.data.Case
	r.file, err = w.AddCase(ctx, archivist, catalog.CaseFile{
		Code: c.Code, Title: c.Title, CaseNumber: c.CaseNumber, Type: c.Type, Party: c.Party,
		Officers: c.Officers, DateFrom: c.DateFrom, Retention: c.Retention,
	})
	if err != nil {
		return err
	}
	return r.check(true, "%d accounts, case %s", len(f.Accounts), r.file.Code)
}

// as signs the person with this role in.
func (r *run) as(ctx context.Context, role accounts.Role) (accounts.Actor, error) {
	for _, a := range r.data.Accounts {
		if slices.Contains(a.Roles, string(role)) {
			return r.w.Accounts.SignIn(ctx, a.Number, a.Password)
		}
	}
	return accounts.Actor{}, accounts.ErrUnknown
}

// film makes the recordings.
func (r *run) film(ctx context.Context) error {
	for _, c := range r.data.Recordings {
		if err := mediatest.Make(ctx, r.source(c.Name), r.clip(c)); err != nil {
			return fmt.Errorf("make recording: %w", err)
		}
	}
	return r.check(true, "%d recordings made", len(r.data.Recordings))
}

func (r *run) clip(c recording) mediatest.Clip {
	start := c.Start
	if start.IsZero() {
		start = r.now().Add(-time.Duration(c.HoursAgo * float64(time.Hour))).Truncate(time.Second)
		start = start.Add(time.Duration(c.MinutesLater * float64(time.Minute)))
	}
	out := mediatest.Clip{
		Width: c.Width, Height: c.Height, FPS: 25, Frames: c.Frames, GOP: c.GOP, BFrames: c.BFrames, VFR: c.VFR, Sound: true,
		Scene: mediatest.Courtyard, Start: start, CreationTime: start, Seed: c.Seed,
	}
	if c.Scene == "room" {
		out.Scene = mediatest.Room
	}
	if r.o.Small {
		out.Width, out.Height, out.Frames = 320, 180, c.SmallFrames
	}
	return out
}

func (r *run) source(name string) string { return filepath.Join(r.sources, name) }

// ingest takes papers and recordings, stage by stage, as an archivist would.
func (r *run) ingest(ctx context.Context) error {
	archivist, err := r.as(ctx, accounts.Archivist)
	if err != nil {
		return err
	}
	if err := r.layOut(); err != nil {
		return err
	}
	for _, b := range r.batches() {
		out, err := r.w.Ingest.Receive(ctx, archivist, ingest.Submission{
			CaseID: r.file.ID, Stage: b.stage, Paths: b.paths, Chain: b.chain,
		}, nil)
		if err != nil {
			return err
		}
		for i, o := range out {
			if o.State != ingest.Stored || o.Seq == 0 {
				return ErrCheck.With("check", o.Name+" is "+string(o.State)+": "+fmt.Sprint(o.Err))
			}
			r.records[b.keys[i]] = o.RecordID
		}
	}
	return r.check(len(r.records) == len(r.data.Documents)+len(r.data.Recordings), "%d originals stored, read back and described", len(r.records))
}

// layOut writes the papers where they can be ingested from.
func (r *run) layOut() error {
	for _, d := range r.data.Documents {
		text, err := files.ReadFile("files/" + d.File)
		if err != nil {
			return fmt.Errorf("read paper: %w", err)
		}
		path := r.source(d.Name)
		if err = os.WriteFile(path, text, 0o600); err != nil { //nolint:forbidigo // a temporary folder of the demonstration
			return fmt.Errorf("lay out paper: %w", err)
		}
		at, err := time.Parse(time.DateOnly, d.Date)
		if err != nil {
			return fmt.Errorf("lay out paper: %w", err)
		}
		if err := os.Chtimes(path, at, at); err != nil {
			return fmt.Errorf("lay out paper: %w", err)
		}
	}
	return nil
}

// batch is what is submitted at once.
type batch struct {
	stage string
	chain bool
	keys  []string
	paths []string
}

func (r *run) batches() []batch {
	var out []batch
	add := func(stage, chain, key, name string) {
		i := slices.IndexFunc(out, func(b batch) bool { return b.stage == stage && b.chain == (chain != "") })
		if i < 0 {
			out = append(out, batch{stage: stage, chain: chain != ""})
			i = len(out) - 1
		}
		out[i].keys, out[i].paths = append(out[i].keys, key), append(out[i].paths, r.source(name))
	}
	for _, stage := range catalog.Stages() {
		for _, d := range r.data.Documents {
			if d.Stage == stage {
				add(stage, "", d.Key, d.Name)
			}
		}
		for _, c := range r.data.Recordings {
			if c.Stage == stage {
				add(stage, c.Chain, c.Key, c.Name)
			}
		}
	}
	return out
}

// index waits for the derived work and puts the reviewer's note in its place.
func (r *run) index(ctx context.Context) error {
	if err := r.w.Jobs.Drain(ctx); err != nil {
		return err
	}
	for _, c := range r.data.Recordings {
		got, err := r.w.Catalog.Record(ctx, r.records[c.Key])
		if err != nil {
			return err
		}
		if err := r.check(got.IndexState == catalog.IndexVerified && got.Frames == int64(r.clip(c).Frames),
			"%s: %d frames, %s", c.Key, got.Frames, got.IndexState); err != nil {
			return err
		}
		place, args := "%s: segment %d of %d", []any{c.Key, got.Segment, got.Segments}
		if c.Chain == "" {
			place, args = "%s: stands alone", []any{c.Key}
		}
		if err := r.check((got.Segments == 2) == (c.Chain != ""), place, args...); err != nil {
			return err
		}
	}
	scans, err := r.w.Ingest.Recognition(ctx)
	if err != nil {
		return err
	}
	for _, d := range r.data.Documents {
		got, err := r.w.Catalog.Record(ctx, r.records[d.Key])
		if err != nil {
			return err
		}
		want := "text"
		if strings.HasPrefix(d.File, "inventory") && scans.Reader == "" {
			want = "needs_ocr" // nothing on this machine reads scans
		}
		if err := r.check(got.TextState == want, "%s: %s, %d pages", d.Key, got.TextState, got.Pages); err != nil {
			return err
		}
	}
	if err := r.annotate(ctx); err != nil {
		return err
	}
	return r.w.Settle(ctx)
}

func (r *run) annotate(ctx context.Context) error {
	reviewer, err := r.as(ctx, accounts.Reviewer)
	if err != nil {
		return err
	}
	n := r.data.Note
	v, err := r.w.Viewing.Open(ctx, reviewer, viewing.Request{RecordID: r.records[n.Recording], Purpose: n.Purpose, Basis: n.Basis})
	if err != nil {
		return err
	}
	frame := int64(float64(v.Info().Frames) * n.Share)
	_, err = v.Annotate(ctx, catalog.Annotation{Frame: frame, FrameTo: frame, Text: n.Text})
	return errors.Join(err, v.Close(ctx, viewing.CloseNormal))
}

// data is demo.json.
type data struct {
	Organ, Fonds string
	Accounts     []Account
	Case         struct {
		Code, Title, CaseNumber, Type, Party, DateFrom, Retention string
		Officers                                                  []string
	}
	Documents  []struct{ Key, File, Name, Stage, Date string }
	Recordings []recording
	Note       struct {
		Recording, Text, Purpose, Basis string
		Share                           float64
	}
	Searches  []struct{ Text, Find, Source string }
	Odd       struct{ Duplicate, Empty, Broken string }
	Redaction redaction
	Steps     map[string]string
	Checks    map[string]string // a check's English form → what people read
	Names     map[string]string // codes within checks
}

type recording struct {
	Key, Name, Stage, Chain, Scene     string
	Width, Height, Frames, SmallFrames int
	GOP, BFrames                       int
	VFR                                bool
	Start                              time.Time
	HoursAgo, MinutesLater             float64
	Seed                               int64
}

type redaction struct{ Recording, Ground, Reason, Spoken, Basis, Checked, Opinion string }

func load() (data, error) {
	var d data
	text, err := files.ReadFile("demo.json")
	if err != nil {
		return d, fmt.Errorf("read demonstration: %w", err)
	}
	if err := json.Unmarshal(text, &d); err != nil {
		return d, fmt.Errorf("read demonstration: %w", err)
	}
	return d, nil
}
