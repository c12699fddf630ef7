// Package backend is the workstation: it opens an archive, puts the rooms
// together, lends them to the faces, and closes them in reverse.
//
// Invariant: the archive is held by this process alone from the first byte
// read to the last written; opening finishes what a crash left undone before
// anybody may work.
package backend

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"diaoyue.example/workstation/backend/accounts"
	"diaoyue.example/workstation/backend/audit"
	"diaoyue.example/workstation/backend/catalog"
	"diaoyue.example/workstation/backend/converter"
	"diaoyue.example/workstation/backend/disclosure"
	"diaoyue.example/workstation/backend/ingest"
	"diaoyue.example/workstation/backend/jobs"
	"diaoyue.example/workstation/backend/preservation"
	"diaoyue.example/workstation/backend/retrieval"
	"diaoyue.example/workstation/backend/store"
	"diaoyue.example/workstation/backend/vault"
	"diaoyue.example/workstation/backend/viewing"
	"diaoyue.example/workstation/backend/workday"
	papers "diaoyue.example/workstation/search/extract/remote"
)

// Workstation is an open archive. Its rooms may be used until Close.
type Workstation struct {
	Accounts  *accounts.Desk
	Catalog   *catalog.Catalog
	Ingest    *ingest.Desk
	Retrieval *retrieval.Service
	Keeper    *retrieval.Keeper
	Viewing   *viewing.Desk
	Jobs      *jobs.Runner
	Log       *audit.Log
	Vault     *vault.Vault
	// Disclosure is the desk of redacted copies.
	Disclosure *disclosure.Desk
	// Preservation is the desk of fixity, backups, retention and isolation.
	Preservation *preservation.Desk

	Recovered Recovery // what the last end of the program left undone

	cfg     Config
	db      *store.DB
	fonds   catalog.Fonds
	engines []*engine
	papers  []*papers.Client // in children
	// starting is held while an extractor's child starts.
	starting sync.Mutex
	closers  []func() error // in order of opening
	office   *converter.Office
	scans    *scans
	speech   *transcriber
}

// Recovery says what was found half done at the opening.
type Recovery struct {
	Viewings int                  // closed as recovered
	Files    []ingest.Interrupted // taken up again, or to be submitted again
}

// Create founds an archive in an empty (or new) folder and opens it. Errors:
// ErrNotEmpty (also of the folder for the originals), those of vault.Prepare
// and of accounts.Desk.Found; after an error the folder is
// empty again.
func Create(ctx context.Context, cfg Config, f Founding) (*Workstation, error) {
	entries, err := os.ReadDir(cfg.Dir)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("found archive: %w", err)
	}
	if len(entries) > 0 {
		return nil, ErrNotEmpty.With("dir", cfg.Dir)
	}
	if err = os.MkdirAll(cfg.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("found archive: %w", err)
	}
	undo, err := foundElsewhere(cfg.Dir, f.Originals)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("found archive: %w", err), empty(cfg.Dir))
	}
	w, err := open(ctx, cfg.withDefaults())
	if err == nil {
		if err = w.found(ctx, f); err == nil {
			return w, nil
		}
		err = errors.Join(err, w.Close())
	}
	return nil, errors.Join(fmt.Errorf("found archive: %w", err), undo(), empty(cfg.Dir))
}

func (w *Workstation) found(ctx context.Context, f Founding) error {
	if _, err := w.Accounts.Found(ctx, f.Accounts); err != nil {
		return err
	}
	entry := audit.Entry{Event: audit.Description, Details: map[string]any{"organ": f.Organ, "fonds": f.Fonds}}
	_, err := w.Log.Do(ctx, entry, func(tx *store.Tx) error {
		return w.Catalog.SetFonds(ctx, tx, catalog.Fonds{Organ: f.Organ, Number: f.Fonds})
	})
	if err != nil {
		return err
	}
	w.fonds, err = w.Catalog.Fonds(ctx)
	return err
}

// empty takes back a founding that failed: the folder was empty before.
func empty(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("take back founding: %w", err)
	}
	var errs []error
	for _, e := range entries {
		errs = append(errs, os.RemoveAll(filepath.Join(dir, e.Name()))) //nolint:forbidigo // nothing was ever stored in it
	}
	return errors.Join(errs...)
}

// Open opens the archive in cfg.Dir: lock, database, vault, log, and the rooms
// above; it closes viewings and reports files that a crash interrupted, and
// lets waiting work go on. Errors: ErrNoArchive, store.ErrHeld, and those of
// store and audit (a newer schema, a log that was cut).
func Open(ctx context.Context, cfg Config) (*Workstation, error) {
	if _, err := os.Stat(filepath.Join(cfg.Dir, databaseName)); err != nil {
		if errors.Is(err, os.ErrNotExist) {
			return nil, ErrNoArchive.With("dir", cfg.Dir)
		}
		return nil, fmt.Errorf("open archive: %w", err)
	}
	w, err := open(ctx, cfg.withDefaults())
	if err != nil {
		return nil, fmt.Errorf("open archive: %w", err)
	}
	return w, nil
}

func open(ctx context.Context, cfg Config) (*Workstation, error) {
	w := &Workstation{cfg: cfg}
	for _, step := range []func(context.Context) error{w.openFoundations, w.openRooms, w.recover, w.start} {
		if err := step(ctx); err != nil {
			return nil, errors.Join(err, w.Close())
		}
	}
	return w, nil
}

func (w *Workstation) openFoundations(ctx context.Context) error {
	cfg := w.cfg
	if err := os.MkdirAll(cfg.StateDir, 0o700); err != nil {
		return fmt.Errorf("make state folder: %w", err)
	}
	lock, err := store.Acquire(cfg.Dir, store.Holder{Mode: cfg.Mode, User: cfg.User})
	if err != nil {
		return err
	}
	w.later(lock.Release)
	if w.db, err = store.Open(ctx, filepath.Join(cfg.Dir, databaseName)); err != nil {
		return err
	}
	w.later(w.db.Close)
	at, err := place(cfg.Dir)
	if err != nil {
		return err
	}
	if w.Vault, err = vault.Open(cfg.Dir, vault.WithOriginals(at.Dir, at.Mark)); err != nil {
		return err
	}
	if err = w.Vault.Sweep(ctx); err != nil {
		return fmt.Errorf("sweep staging: %w", err)
	}
	log := audit.Config{ArchiveDir: cfg.Dir, StateDir: cfg.StateDir, Now: cfg.Now, Keyring: cfg.Keyring}
	if cfg.Restored != nil {
		log.Restored = w.answers
	}
	w.Log, err = audit.Open(ctx, w.db, log)
	if err != nil {
		return err
	}
	w.later(func() error { return w.Log.Close(context.WithoutCancel(ctx)) })
	return nil
}

// answers finds who answers for a restored archive. The log cannot say so yet:
// it takes nothing before it is accepted.
func (w *Workstation) answers(ctx context.Context) (audit.Acceptance, error) {
	word := w.cfg.Restored
	if strings.TrimSpace(word.Reason) == "" {
		return audit.Acceptance{}, accounts.ErrNoReason.With()
	}
	actor, err := accounts.New(w.db, nil, accounts.Config{Now: w.cfg.Now, Argon: w.cfg.Argon}).Vouch(ctx, word.Number, word.Password, accounts.Backup)
	if err != nil {
		return audit.Acceptance{}, fmt.Errorf("accept restored archive: %w", err)
	}
	return audit.Acceptance{Actor: actor.ID, Reason: strings.TrimSpace(word.Reason)}, nil
}

func (w *Workstation) openRooms(ctx context.Context) error {
	cfg := w.cfg
	calendar, err := workday.Load()
	if err != nil {
		return err
	}
	desk, err := w.newMedia(RoleDesk)
	if err != nil {
		return err
	}
	bench, err := w.newMedia(RoleBench)
	if err != nil {
		return err
	}
	shown, err := w.newPapers(RoleDesk) //nolint:contextcheck // the engine lives as long as the workstation
	if err != nil {
		return err
	}
	read, err := w.newPapers(RoleBench) //nolint:contextcheck // the same
	if err != nil {
		return err
	}
	w.office = converter.New(converter.Config{Program: cfg.Office})
	if w.scans, err = w.newScans(); err != nil { //nolint:contextcheck // the same
		return err
	}
	if w.speech, err = w.newTranscriber(); err != nil {
		return err
	}
	w.Accounts = accounts.New(w.db, w.Log, accounts.Config{Now: cfg.Now, Argon: cfg.Argon})
	w.Catalog = catalog.New(catalog.Config{DB: w.db, Log: w.Log, Accounts: w.Accounts, Now: cfg.Now})
	w.Jobs = jobs.New(w.db, cfg.Now)
	w.Ingest = ingest.New(ingest.Config{
		DB: w.db, Log: w.Log, Accounts: w.Accounts, Catalog: w.Catalog, Vault: w.Vault, Jobs: w.Jobs,
		Media: bench, Documents: read, Scans: w.scans, Office: w.office, Transcriber: w.speech,
		Viewed:   func(recordID string) bool { return w.Viewing.Viewed(recordID) },
		Calendar: calendar, Now: cfg.Now,
	})
	w.Viewing = viewing.New(viewing.Config{
		DB: w.db, Log: w.Log, Accounts: w.Accounts, Catalog: w.Catalog, Vault: w.Vault,
		Media: desk, Documents: shown, Now: cfg.Now, Idle: cfg.Idle, Silence: cfg.Silence, OnClose: cfg.OnClosed,
		Reindex: w.Ingest.Reindex,
	})
	w.Disclosure = disclosure.New(disclosure.Config{
		DB: w.db, Log: w.Log, Accounts: w.Accounts, Catalog: w.Catalog, Vault: w.Vault, Jobs: w.Jobs,
		Engine: bench, Viewings: w.Viewing, Now: cfg.Now,
	})
	w.Viewing.Serve(w.Disclosure)
	w.Preservation = preservation.New(preservation.Config{
		DB: w.db, Log: w.Log, Accounts: w.Accounts, Catalog: w.Catalog, Vault: w.Vault, Jobs: w.Jobs, Dir: cfg.Dir, Now: cfg.Now,
		Nudge: func() { w.Keeper.Nudge() },
	})
	w.Preservation.Serve(w.Disclosure)
	if w.fonds, err = w.Catalog.Fonds(ctx); err != nil {
		return err
	}
	return w.openIndex()
}

func (w *Workstation) openIndex() error {
	index, err := retrieval.OpenIndex(filepath.Join(w.cfg.Dir, "index"), w.cfg.Now)
	if err != nil {
		return fmt.Errorf("open search index: %w", err)
	}
	w.later(index.Close)
	w.Keeper = retrieval.NewKeeper(w.Catalog, index, w.cfg.Log)
	w.Retrieval = retrieval.New(retrieval.Config{
		Catalog: w.Catalog, Accounts: w.Accounts, Log: w.Log, Index: index, Keeper: w.Keeper, Vault: w.Vault,
		Store: w.db, Now: w.cfg.Now,
	})
	return nil
}

// recover finishes what the last end of the program left undone.
func (w *Workstation) recover(ctx context.Context) error {
	err := w.Catalog.SealAll(ctx)
	if err != nil {
		return err
	}
	if w.Recovered.Viewings, err = w.Viewing.Recover(ctx); err != nil {
		return fmt.Errorf("close interrupted viewings: %w", err)
	}
	if w.Recovered.Files, err = w.Ingest.Recover(ctx); err != nil {
		return fmt.Errorf("take up interrupted files: %w", err)
	}
	if err := w.Preservation.Recover(ctx); err != nil {
		return fmt.Errorf("finish take-out: %w", err)
	}
	return nil
}

// start lets the work in the background begin.
func (w *Workstation) start(ctx context.Context) error {
	end := w.Jobs.Subscribe(func(j jobs.Job) {
		if !j.Open() {
			w.Keeper.Nudge()
		}
	})
	if err := w.Ingest.ReadWaiting(ctx); err != nil {
		return err
	}
	if err := w.Ingest.AskMissed(ctx); err != nil {
		return err
	}
	if err := w.Jobs.Start(ctx); err != nil {
		return err
	}
	work, stop := context.WithCancel(context.WithoutCancel(ctx))
	var running sync.WaitGroup
	running.Go(func() { w.Keeper.Run(work) })
	w.later(func() error {
		end()
		w.Jobs.Close()
		stop()
		running.Wait()
		return nil
	})
	if w.cfg.Mode == store.ModeWindow {
		running.Go(func() { w.warm(work) })
		w.Preservation.Roll() // a command ends too soon to check years of recordings
	}
	w.later(func() error {
		w.Preservation.Close()
		return nil
	})
	w.later(func() error { return w.Viewing.CloseAll(context.WithoutCancel(ctx), viewing.CloseNormal) })
	return nil
}

// Close closes the viewings with their entries, stops the work, signs a last
// checkpoint and gives the archive up. Closing twice is harmless.
func (w *Workstation) Close() error {
	var errs []error
	for i := len(w.closers) - 1; i >= 0; i-- {
		errs = append(errs, w.closers[i]())
	}
	w.closers = nil
	return errors.Join(errs...)
}

// Settle returns when no job waits or runs and the search index has caught
// up: for the command line, which ends when its work is done, and for tests.
func (w *Workstation) Settle(ctx context.Context) error {
	if err := w.Jobs.Drain(ctx); err != nil {
		return err
	}
	return w.Keeper.CatchUp(ctx)
}

// Dir is the archive's root.
func (w *Workstation) Dir() string { return w.cfg.Dir }

// Organ is the name of the bureau whose archive this is.
func (w *Workstation) Organ() string { return w.fonds.Organ }

// Fonds is the archive's 全宗号.
func (w *Workstation) Fonds() string { return w.fonds.Number }

// Now is the workstation's clock.
func (w *Workstation) Now() time.Time { return w.cfg.Now() }

func (w *Workstation) later(f func() error) { w.closers = append(w.closers, f) }
