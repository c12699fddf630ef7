// Package retrieval finds records: the Keeper lets the search index follow the
// catalogue, the Service answers queries within a person's rights.
//
// Invariant: a query is in the log before its answer leaves; the answer names
// no case that the person may not search and no record that is kept apart. The
// index holds nothing that cannot be built anew from the catalogue.
package retrieval

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"diaoyue.example/workstation/backend/catalog"
	"diaoyue.example/workstation/search"
)

const (
	// changesAtOnce bounds how many changes are read and merged at a time.
	changesAtOnce = 500
	// lookAgain is how often the Keeper looks for changes it was not told of.
	lookAgain = 2 * time.Second
	// afterFailure is how long it waits when the index could not be written.
	afterFailure = 10 * time.Second
)

// Keeper follows catalog.Changes into the index. The position it has reached
// is written in the index itself, in the same batch as the documents: after a
// crash it goes on from there.
type Keeper struct {
	catalog *catalog.Catalog
	index   *search.Index
	log     *slog.Logger
	nudge   chan struct{}
	work    sync.Mutex // one catching up at a time

	building atomic.Pointer[search.Index] // the index being built beside, nil when none is
}

// NewKeeper gives a keeper; Run or CatchUp makes it work.
func NewKeeper(c *catalog.Catalog, x *search.Index, log *slog.Logger) *Keeper {
	return &Keeper{catalog: c, index: x, log: log, nudge: make(chan struct{}, 1)}
}

// Nudge says that the catalogue has changed. It never waits.
func (k *Keeper) Nudge() {
	select {
	case k.nudge <- struct{}{}:
	default:
	}
}

// Run keeps the index up to date until the context ends. A failure is logged
// and tried again.
func (k *Keeper) Run(ctx context.Context) {
	k.heal(ctx)
	wait := time.NewTimer(0)
	defer wait.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-k.nudge:
		case <-wait.C:
		}
		next := lookAgain
		if err := k.CatchUp(ctx); err != nil && ctx.Err() == nil {
			k.log.ErrorContext(ctx, "search index could not follow the catalogue", slog.Any("error", err))
			next = afterFailure
		} else if err := k.index.Seal(ctx); err != nil && ctx.Err() == nil {
			k.log.ErrorContext(ctx, "search index could not be sealed", slog.Any("error", err))
		}
		wait.Reset(next)
	}
}

// heal builds the index anew, unattended, when a segment on the disk is not
// what was written. Until it is done the present one answers.
func (k *Keeper) heal(ctx context.Context) {
	err := k.index.Check(ctx)
	if errors.Is(err, search.ErrDamaged) {
		k.log.WarnContext(ctx, "search index is damaged and is built anew", slog.Any("error", err))
		err = k.Rebuild(ctx)
	}
	if err != nil && ctx.Err() == nil {
		k.log.ErrorContext(ctx, "search index could not be checked", slog.Any("error", err))
	}
}

// Pending is how many changes are not in the index yet; while it is built
// anew, not in the one being built.
func (k *Keeper) Pending(ctx context.Context) (int64, error) {
	index := k.index
	if fresh := k.building.Load(); fresh != nil {
		index = fresh
	}
	at, err := index.Position()
	if err != nil {
		return 0, err
	}
	last, err := k.catalog.LastChange(ctx)
	if err != nil {
		return 0, err
	}
	return max(0, last-at), nil
}

// Rebuild indexes everything anew beside the present index, which answers
// meanwhile, and puts the fresh one in its place. Position 0 is the beginning
// of the catalogue's feed, which names every case and record.
func (k *Keeper) Rebuild(ctx context.Context) error {
	k.work.Lock()
	defer k.work.Unlock()
	defer k.building.Store(nil)
	err := k.index.Rebuild(ctx, func(ctx context.Context, fresh *search.Index) error {
		k.building.Store(fresh)
		defer k.building.Store(nil)
		return NewKeeper(k.catalog, fresh, k.log).CatchUp(ctx)
	})
	if err != nil {
		return fmt.Errorf("rebuild search index: %w", err)
	}
	return nil
}

// CatchUp brings the index to the newest change and returns then.
func (k *Keeper) CatchUp(ctx context.Context) error {
	k.work.Lock()
	defer k.work.Unlock()
	at, err := k.index.Position()
	if err != nil {
		return fmt.Errorf("follow catalogue: %w", err)
	}
	last, err := k.catalog.LastChange(ctx)
	if err != nil {
		return fmt.Errorf("follow catalogue: %w", err)
	}
	if at > last { // the catalogue was restored from an older copy
		at = 0
	}
	for {
		changes, err := k.catalog.Changes(ctx, at, changesAtOnce)
		if err != nil {
			return fmt.Errorf("follow catalogue: %w", err)
		}
		if len(changes) == 0 {
			return nil
		}
		if err := k.follow(ctx, at, changes); err != nil {
			return fmt.Errorf("follow catalogue: %w", err)
		}
		at = changes[len(changes)-1].Seq
	}
}

// follow indexes what these changes name, each thing once, as it stands now.
// The position moves only with the last of them.
func (k *Keeper) follow(ctx context.Context, from int64, changes []catalog.Change) error {
	type thing struct{ kind, id string }
	seen := map[thing]bool{}
	for _, c := range changes {
		t := thing{c.Kind, c.ID}
		if seen[t] {
			continue
		}
		seen[t] = true
		if err := k.one(ctx, c, from); err != nil {
			return err
		}
	}
	return k.index.Put(ctx, nil, changes[len(changes)-1].Seq)
}

func (k *Keeper) one(ctx context.Context, c catalog.Change, position int64) error {
	switch c.Kind {
	case catalog.ChangeCase:
		return k.caseFile(ctx, c.ID, position)
	case catalog.ChangeRecord:
		r, err := k.catalog.Record(ctx, c.ID)
		if errors.Is(err, catalog.ErrNoRecord) {
			return k.index.Replace(ctx, c.ID, nil, position)
		}
		if err != nil {
			return err
		}
		f, err := k.catalog.Case(ctx, r.CaseID)
		if err != nil {
			return err
		}
		return k.record(ctx, f, r, position)
	}
	return nil // a kind of change that a later version writes
}

// caseFile indexes a case and, since its isolation or title may have changed,
// its records.
func (k *Keeper) caseFile(ctx context.Context, id string, position int64) error {
	f, err := k.catalog.Case(ctx, id)
	if errors.Is(err, catalog.ErrNoCase) {
		return k.index.Delete(ctx, []string{caseDocument(catalog.CaseFile{ID: id}).ID}, position)
	}
	if err != nil {
		return err
	}
	doc := caseDocument(f)
	if f.Suspected {
		err = k.index.Delete(ctx, []string{doc.ID}, position)
	} else {
		err = k.index.Put(ctx, []search.Document{doc}, position)
	}
	if err != nil {
		return err
	}
	records, err := k.catalog.Records(ctx, id)
	if err != nil {
		return err
	}
	for _, r := range records {
		if err := k.record(ctx, f, r, position); err != nil {
			return err
		}
	}
	return nil
}

func (k *Keeper) record(ctx context.Context, f catalog.CaseFile, r catalog.Record, position int64) error {
	if f.Suspected || r.Suspected {
		return k.index.Replace(ctx, r.ID, nil, position) // kept apart: not even in the index
	}
	pages, err := k.catalog.Pages(ctx, r.ID)
	if err != nil {
		return err
	}
	spoken, err := k.catalog.Transcripts(ctx, r.ID)
	if err != nil {
		return err
	}
	notes, err := k.catalog.Annotations(ctx, r.ID)
	if err != nil {
		return err
	}
	return k.index.Replace(ctx, r.ID, recordDocuments(f, r, pages, spoken, notes), position)
}
