package desktop

import (
	"context"

	"diaoyue.example/workstation/backend"
	"diaoyue.example/workstation/backend/accounts"
	"diaoyue.example/workstation/backend/preservation"
)

// Backups gives the backups, the drills and the keys that were made.
func (p *Preservation) Backups() (BackupState, error) {
	return ask(p.shell, func(ctx context.Context, w *backend.Workstation, actor accounts.Actor) (BackupState, error) {
		sets, err := w.Preservation.Backups(ctx, actor)
		if err != nil {
			return BackupState{}, err
		}
		drills, err := w.Preservation.Drills(ctx, actor)
		if err != nil {
			return BackupState{}, err
		}
		keys, err := w.Preservation.Keys(ctx, actor)
		return BackupState{Sets: each(sets, dtoSet), Drills: each(drills, dtoDrill), Keys: each(keys, dtoKey)}, err
	})
}

// MakeKey makes the key that opens backups in a new file below dir.
func (p *Preservation) MakeKey(dir string) (BackupKey, error) {
	return ask(p.shell, func(ctx context.Context, w *backend.Workstation, actor accounts.Actor) (BackupKey, error) {
		k, err := w.Preservation.MakeKey(ctx, actor, dir)
		return dtoKey(k), err
	})
}

// Backup writes a set into dir, encrypted for the public key given ("" = the
// keys of the folder). Progress comes as event "working"; Cancel ends it.
func (p *Preservation) Backup(dir, key string) (BackupSet, error) {
	return ask(p.shell, func(ctx context.Context, w *backend.Workstation, actor accounts.Actor) (BackupSet, error) {
		var keys []string
		if key != "" {
			keys = []string{key}
		}
		ctx, told, done := p.shell.long(ctx, taskBackup)
		defer done()
		set, err := w.Preservation.Backup(ctx, actor, dir, keys, told)
		return dtoSet(set), stopped(ctx, err)
	})
}

// Drill restores the newest set of dir below scratch, compares roots and files
// with the log, and removes what it restored. Unequal is an answer, no error.
func (p *Preservation) Drill(dir, keyPath, scratch string) (Drill, error) {
	return ask(p.shell, func(ctx context.Context, w *backend.Workstation, actor accounts.Actor) (Drill, error) {
		ctx, told, done := p.shell.long(ctx, taskDrill)
		defer done()
		d, err := w.Preservation.Drill(ctx, actor, preservation.DrillWish{Dir: dir, IdentityPath: keyPath, Scratch: scratch}, told)
		return dtoDrill(d), stopped(ctx, err)
	})
}

// Restore puts the newest set of from back into an empty folder. The archive
// that is open is not touched; the restored one is opened with a reason.
func (p *Preservation) Restore(from, keyPath, to string) (Restored, error) {
	return ask(p.shell, func(ctx context.Context, w *backend.Workstation, actor accounts.Actor) (Restored, error) {
		ctx, told, done := p.shell.long(ctx, taskRestore)
		defer done()
		r, err := w.Restore(ctx, actor, preservation.RestoreWish{From: from, IdentityPath: keyPath, To: to}, told)
		return Restored{
			Set: r.Set, At: stamp(r.At), Dir: to, LogSize: r.LogSize, LogRoot: r.LogRoot, Catalog: r.CatalogDigest,
			Files: r.Files, Bytes: r.Bytes, Missing: filled(r.Missing), Equal: r.Equal,
		}, stopped(ctx, err)
	})
}

// Cancel stops a backup, restore or drill under way.
func (p *Preservation) Cancel(kind string) error {
	return tell(p.shell, func(context.Context, *backend.Workstation, accounts.Actor) error {
		for _, known := range []string{taskBackup, taskRestore, taskDrill} {
			if kind == known {
				p.shell.cancel(kind)
				return nil
			}
		}
		return ErrBadRequest.With("field", "kind")
	})
}

// stopped says ErrStopped for what the person ended.
func stopped(ctx context.Context, err error) error {
	if err != nil && ctx.Err() != nil {
		return ErrStopped.With()
	}
	return err
}
