package backend

import (
	"context"
	"errors"

	"diaoyue.example/workstation/backend/accounts"
	"diaoyue.example/workstation/backend/audit"
	"diaoyue.example/workstation/backend/preservation"
	"diaoyue.example/workstation/backend/viewing"
)

// Classify marks a record as preservation.Desk.Classify does. Whoever has it
// open is shown nothing more of it.
func (w *Workstation) Classify(ctx context.Context, actor accounts.Actor, recordID, class, reason string) error {
	err := w.Preservation.Classify(ctx, actor, recordID, class, reason)
	r, found := w.Catalog.Record(ctx, recordID)
	if found != nil || !r.Suspected {
		return err
	}
	return errors.Join(err, w.Viewing.CloseOf(context.WithoutCancel(ctx), recordID, viewing.CloseIsolated))
}

// Restore puts a backup back into an empty folder, as preservation.Restore
// does, and notes it in the log of this archive. That one is not touched.
func (w *Workstation) Restore(ctx context.Context, actor accounts.Actor, wish preservation.RestoreWish, progress func(preservation.Progress)) (preservation.Restored, error) {
	if err := w.Accounts.Require(ctx, actor, accounts.Backup, nil); err != nil {
		return preservation.Restored{}, err
	}
	wish.Now = w.cfg.Now
	if w.inside(wish.To) {
		return preservation.Restored{}, preservation.ErrInside.With("path", wish.To)
	}
	r, err := preservation.Restore(ctx, wish, progress)
	entry := audit.Entry{
		Actor: actor.ID, Event: audit.Recovery,
		Codes:   map[string]any{"set": r.Set, "step": "restored", "equal": r.Equal, "files": r.Files},
		Details: map[string]any{"to": wish.To},
	}
	if err != nil || !r.Equal {
		entry.Result = audit.Failed
	}
	_, noted := w.Log.Note(context.WithoutCancel(ctx), entry)
	return r, errors.Join(err, noted)
}
