// Package preservation keeps what was received whole for as long as it must
// be: it checks originals and sealed copies against both digests, locks what
// is broken, makes backups and proves that they can be restored, knows what has
// outlived its retention, and leads suspected state secrets out of the house.
//
// Invariant: nothing here edits an original, and nothing removes one but the
// take-out of a suspected state secret by two people. Each finding, lock,
// backup and decision is an entry of the log in the same commit.
package preservation

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"

	"diaoyue.example/workstation/backend/accounts"
	"diaoyue.example/workstation/backend/audit"
	"diaoyue.example/workstation/backend/catalog"
	"diaoyue.example/workstation/backend/fault"
	"diaoyue.example/workstation/backend/jobs"
	"diaoyue.example/workstation/backend/store"
	"diaoyue.example/workstation/backend/vault"
)

// Every is how often each original is checked at least, in days.
const Every = 90

// early is how many days before its time a file is taken up, so that a run of
// some days still ends in time.
const early = 15

// defaultRate is how fast files are read for a check in the background, in
// bytes a second.
const defaultRate = 80 << 20

// Config of a desk.
type Config struct {
	DB       *store.DB
	Log      *audit.Log
	Accounts *accounts.Desk
	Catalog  *catalog.Catalog
	Vault    *vault.Vault
	Jobs     *jobs.Runner
	Dir      string // the archive's root
	Now      func() time.Time
	Rate     int64 // bytes a second of a check in the background; 0 = 80 MiB, below 0 as fast as it goes
	// Nudge is called when the catalogue changed, so that the search index
	// follows at once; may be nil.
	Nudge func()
}

// Desk of preservation. It is safe for concurrent use.
type Desk struct {
	cfg    Config
	copies Copies

	mu      sync.Mutex
	current *runner // the run at work
	hearers map[int]func(Run)
	next    int
	backing sync.Mutex // one backup at a time
	idle    sync.WaitGroup
	ctx     context.Context //nolint:containedctx // of the work in the background, from New to Close
	stop    context.CancelFunc
}

// Copies tells of the sealed copies, which are checked as originals are.
type Copies interface {
	Sealed(ctx context.Context) ([]Sealed, error)
}

// Sealed is a sealed copy in the vault.
type Sealed struct {
	ID       string // its name in the vault
	RecordID string
	Original string // SHA-256 of the original it was made from
	SHA256   string
	SM3      string
	Size     int64
}

// New gives a desk.
func New(cfg Config) *Desk {
	if cfg.Rate == 0 {
		cfg.Rate = defaultRate
	}
	d := &Desk{cfg: cfg, hearers: map[int]func(Run){}}
	d.ctx, d.stop = context.WithCancel(context.Background())
	return d
}

// Serve names who knows the sealed copies. Call it before any work.
func (d *Desk) Serve(c Copies) { d.copies = c }

// Close stops the work in the background; it goes on from there at Roll.
func (d *Desk) Close() {
	d.stop()
	d.idle.Wait()
}

// Subscribe calls fn at every step of a run of checks. fn must be quick. The
// returned function ends it.
func (d *Desk) Subscribe(fn func(Run)) (end func()) {
	d.mu.Lock()
	defer d.mu.Unlock()
	id := d.next
	d.next++
	d.hearers[id] = fn
	return func() {
		d.mu.Lock()
		defer d.mu.Unlock()
		delete(d.hearers, id)
	}
}

func (d *Desk) tell(r Run) {
	d.mu.Lock()
	hearers := make([]func(Run), 0, len(d.hearers))
	for _, fn := range d.hearers {
		hearers = append(hearers, fn)
	}
	d.mu.Unlock()
	for _, fn := range hearers {
		fn(r)
	}
}

// Progress is how far long work is.
type Progress struct {
	Step        string
	Done, Total int64   // bytes
	Remaining   float64 // s at the present pace, -1 unknown
}

// mayRead returns nil for whom the table lets do p or see its outcome, and
// logs the refusal otherwise.
func (d *Desk) mayRead(ctx context.Context, actor accounts.Actor, ps ...accounts.Permission) error {
	account, err := d.cfg.Accounts.ByID(ctx, actor.ID)
	if err != nil {
		return err
	}
	for _, p := range ps {
		for _, r := range account.Roles {
			if g := accounts.GrantOf(r, p); g == accounts.May || g == accounts.Read {
				return nil
			}
		}
	}
	return d.cfg.Accounts.Require(ctx, actor, ps[0], nil)
}

// titled says whether the actor may see titles: the three administrators see
// no business content.
func titled(actor accounts.Actor) bool {
	return !slices.ContainsFunc(actor.Roles, accounts.Role.Administrative)
}

// nameOf is the name of an account, "" for the program itself.
func (d *Desk) nameOf(ctx context.Context, id string) string {
	if id == "" {
		return ""
	}
	a, err := d.cfg.Accounts.ByID(ctx, id)
	if err != nil {
		return id
	}
	return a.Name
}

func (d *Desk) nudge() {
	if d.cfg.Nudge != nil {
		d.cfg.Nudge()
	}
}

func (d *Desk) stamp() string { return store.FormatTime(d.cfg.Now()) }

func newID() (string, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return "", fmt.Errorf("make id: %w", err)
	}
	return id.String(), nil
}

// coded is a sentinel that carries a code and parameters.
type coded interface {
	Code() string
	With(pairs ...string) error
}

// refuse logs a refusal with its basis and returns it, with further parameters
// for its sentence.
func (d *Desk) refuse(ctx context.Context, actor accounts.Actor, why coded, basis string, objects map[string]string, pairs ...string) error {
	_, err := d.cfg.Log.Note(ctx, audit.Entry{
		Actor: actor.ID, Event: audit.Refusal, Result: audit.Refused, Objects: objects,
		Codes: map[string]any{"code": why.Code(), "basis": basis},
	})
	return errors.Join(why.With(append([]string{fault.Basis, basis}, pairs...)...), err)
}

func objectsOf(r catalog.Record) map[string]string {
	return map[string]string{"record": r.ID, "case": r.CaseID}
}

func logged(ctx context.Context, what string, err error) {
	if err != nil && ctx.Err() == nil {
		slog.ErrorContext(ctx, "preservation", slog.String("what", what), slog.Any("error", err))
	}
}

// parseTime reads a time of the database; "" is no time.
func parseTime(text string) time.Time {
	at, err := store.ParseTime(text)
	if err != nil {
		return time.Time{}
	}
	return at
}
