package cli

import (
	"context"
	"errors"
	"path/filepath"

	"diaoyue.example/workstation/backend"
	"diaoyue.example/workstation/backend/preservation"
)

// restoreRun puts a set back into an empty folder. It asks for no account: who
// has backup and key has it all. Exit code 3: files were damaged when the set
// was made, or the roots are not those the set was sealed with.
func restoreRun(ctx context.Context, c *call) error {
	to := c.flags.String("to", "", "")
	key := c.flags.String("key", "", "")
	set := c.flags.String("set", "", "")
	if err := c.parse(1, 1); err != nil {
		return err
	}
	if *to == "" || *key == "" {
		return errUsage
	}
	dir, err := filepath.Abs(*to)
	if err != nil {
		return errNoFile.With("path", *to)
	}
	tell := c.progress()
	r, err := preservation.Restore(ctx, preservation.RestoreWish{From: c.args[0], Set: *set, IdentityPath: *key, To: dir, Now: c.env.Now},
		func(p preservation.Progress) { tell(p.Done, p.Total) })
	if err != nil {
		return err
	}
	err = c.print(map[string]any{
		"archive": r.Archive, "set": r.Set, "at": stamp(r.At), "to": dir, "log_size": r.LogSize, "log_root": r.LogRoot, "catalog": r.CatalogDigest,
		"files": r.Files, "bytes": r.Bytes, "missing": r.Missing, "equal": r.Equal,
	}, func() {
		c.say("restore.done", "set", r.Set, "to", dir, "files", number(int64(r.Files)), "bytes", number(r.Bytes))
		c.say("backup.roots", "size", number(r.LogSize), "root", r.LogRoot, "catalog", r.CatalogDigest)
		for _, sha256 := range r.Missing {
			c.row(c.words.line("restore.missing"), sha256)
		}
		c.say("restore.next", "to", dir)
	})
	switch {
	case err != nil:
		return err
	case !r.Equal:
		return c.unsound("restore.unequal")
	case len(r.Missing) > 0:
		return c.unsound("restore.partly", "count", number(int64(len(r.Missing))))
	}
	return nil
}

// restoreAccept opens a restored archive for the first time: the log went
// back, which it takes on the word of one who may make backups and with a reason
// only, and says so in an entry.
func restoreAccept(ctx context.Context, c *call) (err error) {
	reason := c.flags.String("reason", "", "")
	if err = c.parse(0, 0); err != nil {
		return err
	}
	if *reason == "" {
		return errUsage
	}
	cfg, err := c.config()
	if err != nil {
		return err
	}
	if c.as == "" {
		return errNoUser.With()
	}
	password, err := c.password(c.words.line("password.ask", "number", c.as))
	if err != nil {
		return err
	}
	cfg.Restored = &backend.Acceptance{Number: c.as, Password: password, Reason: *reason}
	w, err := backend.Open(ctx, cfg)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.Close()) }()
	return c.print(map[string]any{"archive": cfg.Dir, "reason": *reason, "key_place": w.Log.KeyPlace()}, func() {
		c.say("restore.accepted", "dir", cfg.Dir)
	})
}
