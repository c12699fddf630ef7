package preservation

import (
	"context"
	"errors"
	"fmt"

	"diaoyue.example/workstation/backend/accounts"
	"diaoyue.example/workstation/backend/audit"
	"diaoyue.example/workstation/backend/catalog"
	"diaoyue.example/workstation/backend/store"
)

// catalogue checks the descriptions after the files, and writes down which are
// not what was sealed. A disk does not spare the database.
func (w *runner) catalogue() error {
	if w.run.Scope == ScopeRecord {
		return nil
	}
	found, err := w.d.cfg.Catalog.CheckSeals(w.ctx)
	if err != nil || len(found) == 0 {
		return err
	}
	ctx := context.WithoutCancel(w.ctx)
	_, err = w.d.cfg.Log.Do(ctx, audit.Entry{
		Actor: w.run.By, Event: audit.FixityCheck, Result: audit.Failed,
		Codes: map[string]any{"run": w.run.ID, "kind": KindCatalog, "broken": len(found)},
	}, func(tx *store.Tx) error {
		for _, u := range found {
			if err = w.d.unsealed(ctx, tx, w.run, u); err != nil {
				return err
			}
		}
		_, err = tx.ExecContext(ctx, `UPDATE fixity_run SET broken = broken + ? WHERE id = ?`, len(found), w.run.ID)
		return err
	})
	if err != nil {
		return fmt.Errorf("write down checks of the catalogue: %w", err)
	}
	w.d.mu.Lock()
	w.run.Broken += len(found)
	w.d.mu.Unlock()
	return nil
}

func (d *Desk) unsealed(ctx context.Context, tx *store.Tx, r Run, u catalog.Unsealed) error {
	record, state := "", FoundMismatch
	switch u.Kind {
	case catalog.ChangeRecord:
		record = u.ID
	case "":
		u.ID = "" // the feed, or the file
	}
	if u.Got == "" {
		state = FoundMissing
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO fixity_item (run, number, kind, id, record_id, sha256, sm3, size, state, got, at)
		SELECT ?1, coalesce(max(number), 0) + 1, ?2, ?3, ?4, ?5, '', 0, ?6, ?7, ?8 FROM fixity_item WHERE run = ?1`,
		r.ID, KindCatalog, u.ID, record, u.Want, state, u.Got, d.stamp())
	if err != nil {
		return err
	}
	objects := map[string]string{}
	if u.Kind != "" && u.ID != "" {
		objects[u.Kind] = u.ID
	}
	_, err = d.cfg.Log.Append(ctx, tx, audit.Entry{
		Actor: r.By, Event: audit.FixityCheck, Result: audit.Failed, Objects: objects,
		Codes: map[string]any{"run": r.ID, "kind": KindCatalog, "state": state, "want": u.Want, "got": u.Got},
	})
	return err
}

// describeCatalog names the description that does not hold, as far as it can
// still be read.
func (d *Desk) describeCatalog(ctx context.Context, actor accounts.Actor, f *Finding) error {
	if f.RecordID != "" {
		err := d.describe(ctx, actor, f)
		if errors.Is(err, catalog.ErrNoRecord) {
			return nil
		}
		return err
	}
	c, err := d.cfg.Catalog.Case(ctx, f.ID)
	if errors.Is(err, catalog.ErrNoCase) {
		return nil
	}
	f.CaseCode = c.Code
	if titled(actor) {
		f.Title = c.Title
	}
	return err
}
