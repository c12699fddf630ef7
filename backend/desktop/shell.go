package desktop

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"diaoyue.example/workstation/backend"
	"diaoyue.example/workstation/backend/accounts"
	"diaoyue.example/workstation/backend/audit"
	"diaoyue.example/workstation/backend/fault"
	"diaoyue.example/workstation/backend/screenlock"
	"diaoyue.example/workstation/backend/store"
	"diaoyue.example/workstation/backend/viewing"
)

// Config says where the archive lies and whose clock and log the shell uses.
type Config struct {
	Dir      string // archive to open at start
	StateDir string // this user's state, outside every archive
	User     string // who holds the archive, told to a second process
	Version  string
	Now      func() time.Time
	Log      *slog.Logger
	Argon    accounts.Argon // zero: the default cost
	Idle     time.Duration  // locked after so long without a call; 0 = 10 min
	Away     time.Duration  // signed out after so long locked; 0 = 30 min
	Workers  bool           // media engines in child processes of this program
	Keyring  audit.Keyring  // may be nil: keys lie in files then
	Buses    screenlock.Buses
}

const (
	defaultIdle = 10 * time.Minute
	defaultAway = 30 * time.Minute
)

// Shell holds the open archive and who sits at it: one account at a time. It
// is safe for concurrent use.
type Shell struct {
	cfg Config
	log *slog.Logger
	ctx context.Context //nolint:containedctx // Wails calls carry none: the shell's life is theirs

	turn sync.Mutex // one of Start, Open, Found, SignIn, SignOut, Close at a time

	mu     sync.Mutex
	host   host
	work   *backend.Workstation
	actor  *accounts.Actor
	held   error  // why the archive is not open: store.ErrHeld or another failure
	dir    string // of the archive that is or was to be open
	seen   time.Time
	locked string // why the seat is locked, "" when it is not

	lockedAt time.Time
	heard    screenlock.Listening // what locks the seat besides the person and the clock

	head   int64
	ingest *submissions
	told   time.Time                     // when the page last heard of a run of checks
	tasks  map[string]context.CancelFunc // what a person may stop, by kind
	works  sync.WaitGroup                // those that must not outlive the archive
	end    []func()                      // what ends with the archive
}

// New makes a shell; nothing is opened yet.
func New(ctx context.Context, cfg Config) *Shell {
	if cfg.Idle == 0 {
		cfg.Idle = defaultIdle
	}
	if cfg.Away == 0 {
		cfg.Away = defaultAway
	}
	return &Shell{cfg: cfg, log: cfg.Log, ctx: ctx, host: nobody{}, dir: cfg.Dir, ingest: newSubmissions()}
}

// Faces are the structs bound to the page, one a capability.
func (s *Shell) Faces() []any {
	return append([]any{
		&Seat{s}, &Home{s}, &Cases{s}, &Ingest{s}, &Texts{s}, &Search{s}, &Viewings{s},
		&Redaction{s}, &Register{s}, &Preservation{s}, &Accounts{s}, &Jobs{s}, &Recognition{s},
	}, extraFaces(s)...)
}

// Start gives the shell its host and opens the configured archive. That there
// is none, that another process holds it or that it cannot be opened is a state
// the page shows and no error.
func (s *Shell) Start(ctx context.Context, h host) error {
	s.turn.Lock()
	defer s.turn.Unlock()
	s.mu.Lock()
	s.host = h
	s.mu.Unlock()
	go s.watchIdle()
	go s.watchDesktop()
	err := s.open(s.dir, nil)
	if errors.Is(err, backend.ErrNoArchive) || errors.Is(err, store.ErrHeld) {
		return nil
	}
	if err != nil {
		s.log.ErrorContext(ctx, "archive not opened", slog.String("code", fault.Code(err)), slog.String("error", err.Error()))
	}
	return nil
}

// Close closes the viewings and the archive. Calling it twice is harmless.
func (s *Shell) Close() {
	s.turn.Lock()
	defer s.turn.Unlock()
	s.shut()
}

// open opens dir instead of what was open; word is for a restored archive. The
// caller holds the turn.
func (s *Shell) open(dir string, word *backend.Acceptance) error {
	s.shut()
	cfg := s.config(dir)
	cfg.Restored = word
	w, err := backend.Open(s.ctx, cfg)
	s.install(dir, w, err)
	return err
}

func (s *Shell) config(dir string) backend.Config {
	return backend.Config{
		Dir: dir, StateDir: s.cfg.StateDir, Mode: store.ModeWindow, User: s.cfg.User,
		Now: s.cfg.Now, Log: s.cfg.Log, Argon: s.cfg.Argon, Workers: s.cfg.Workers, Keyring: s.cfg.Keyring,
		OnWorkerDeath: func(role, _, why string) { s.emit(eventWorkerDeath, workerDeath{Role: role, Why: why}) },
		OnClosed:      func(id, kind string) { s.emit(eventViewingClosed, viewingClosed{ID: id, Kind: kind}) },
	}
}

func (s *Shell) install(dir string, w *backend.Workstation, err error) {
	s.mu.Lock()
	s.dir, s.held, s.work = dir, err, w
	s.mu.Unlock()
	if w != nil {
		stop, deaf := w.Jobs.Subscribe(s.jobChanged), w.Preservation.Subscribe(s.fixityMoved)
		s.mu.Lock()
		s.end = []func(){stop, deaf}
		s.mu.Unlock()
	}
}

// shut ends long work, submissions, viewings and archive.
func (s *Shell) shut() {
	s.leave(viewing.CloseNormal)
	s.mu.Lock()
	w, end := s.work, s.end
	s.work, s.end, s.held = nil, nil, nil
	s.mu.Unlock()
	if w == nil {
		return
	}
	s.cancelAll()
	s.works.Wait()
	s.ingest.stop()
	for _, f := range end {
		f()
	}
	if err := w.Close(); err != nil {
		s.log.Error("archive not closed cleanly", slog.String("error", err.Error()))
	}
}

// leave empties the seat: the account's viewings are closed with kind.
func (s *Shell) leave(kind string) {
	s.mu.Lock()
	w, actor := s.work, s.actor
	s.actor, s.locked = nil, ""
	s.mu.Unlock()
	if w == nil || actor == nil {
		return
	}
	// The page may be gone and with it its context: closing entries are owed anyway.
	ctx := context.WithoutCancel(s.ctx)
	if err := w.Viewing.CloseAll(ctx, kind); err != nil {
		s.log.Error("viewings not closed", slog.String("error", err.Error()))
	}
	if err := w.Accounts.SignOut(ctx, *actor); err != nil {
		s.log.Error("sign-out not logged", slog.String("error", err.Error()))
	}
}

// seated returns the open archive and who sits at it.
func (s *Shell) seated() (*backend.Workstation, accounts.Actor, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.work == nil {
		return nil, accounts.Actor{}, ErrNotOpen.With()
	}
	if s.actor == nil {
		return nil, accounts.Actor{}, ErrNotSignedIn.With()
	}
	if s.locked != "" {
		return nil, accounts.Actor{}, ErrLocked.With()
	}
	s.seen = s.cfg.Now()
	return s.work, *s.actor, nil
}

// viewing returns an open viewing of the account that sits here; a guessed or
// foreign id is viewing.ErrNoViewing.
func (s *Shell) viewing(id string) (*viewing.Viewing, error) {
	w, actor, err := s.seated()
	if err != nil {
		return nil, err
	}
	return w.Viewing.Get(id, actor)
}

// state is what the window shows of the station.
func (s *Shell) state() (Station, error) {
	s.mu.Lock()
	w, actor, held, dir, locked, heard := s.work, s.actor, s.held, s.dir, s.locked, s.heard
	s.mu.Unlock()
	out := Station{
		State: "none", Archive: Archive{Dir: dir}, Permissions: []string{}, Version: s.cfg.Version,
		Locked: locked, DesktopLock: heard.Desktop, SleepLock: heard.Login,
	}
	if errors.Is(held, store.ErrHeld) {
		out.State = "held"
		p := fault.Params(held)
		out.Holder = p["user"] + "@" + p["host"] + " (" + p["mode"] + ", pid " + p["pid"] + ")"
		return out, nil
	}
	if w == nil {
		if held != nil && !errors.Is(held, backend.ErrNoArchive) {
			problem := ProblemOf(held)
			out.State, out.Problem = "shut", &problem
		}
		return out, nil
	}
	out.State = "ready"
	out.Archive = Archive{
		Dir: w.Dir(), Organ: w.Organ(), Fonds: w.Fonds(),
		KeyPlace: w.Log.KeyPlace(), KeyKind: w.Log.KeyKind(), Public: w.Log.Public().String(),
	}
	if at := w.Vault.Originals(); at != filepath.Join(w.Dir(), "originals") {
		out.Archive.Apart = at
	}
	if actor != nil {
		account := dtoActor(*actor)
		out.Account = &account
		out.Permissions = permissions(*actor)
	}
	head, err := w.Log.Head(s.ctx)
	if err != nil {
		return out, err
	}
	out.Head = dtoHead(head)
	return out, nil
}

// permissions are the keys of what an account may do, of its own cases at least.
func permissions(actor accounts.Actor) []string {
	list := each(actor.Permissions(), func(p accounts.Permission) string { return string(p) })
	slices.Sort(list)
	return list
}
