package cli

import (
	"context"
	"path/filepath"

	"diaoyue.example/workstation/backend"
	"diaoyue.example/workstation/backend/accounts"
	"diaoyue.example/workstation/backend/preservation"
)

type setJSON struct {
	ID         string        `json:"id"`
	Dir        string        `json:"dir"`
	At         string        `json:"at"`
	By         string        `json:"by"`
	LogSize    int64         `json:"log_size"`
	LogRoot    string        `json:"log_root"`
	Catalog    string        `json:"catalog"`
	Files      int           `json:"files"`
	Bytes      int64         `json:"bytes"`
	Added      int           `json:"added"`
	AddedBytes int64         `json:"added_bytes"`
	Skipped    []findingJSON `json:"skipped,omitempty"`
}

func setOf(s preservation.Set) setJSON {
	out := setJSON{
		ID: s.ID, Dir: s.Dir, At: stamp(s.At), By: s.By, LogSize: s.LogSize, LogRoot: s.LogRoot, Catalog: s.CatalogDigest,
		Files: s.Originals, Bytes: s.Bytes, Added: s.Added, AddedBytes: s.AddedBytes,
	}
	for _, f := range s.Skipped {
		out.Skipped = append(out.Skipped, findingOf(f))
	}
	return out
}

// backupRun writes a set into a folder, encrypted for the keys given or those
// of the folder. Exit code 3: some files were damaged and are in no set.
func backupRun(ctx context.Context, c *call) error {
	var keys []string
	c.flags.Func("key", "", func(key string) error {
		keys = append(keys, key)
		return nil
	})
	if err := c.parse(1, 1); err != nil {
		return err
	}
	dir, err := filepath.Abs(c.args[0])
	if err != nil {
		return errNoFile.With("path", c.args[0])
	}
	return c.signedIn(ctx, func(ctx context.Context, w *backend.Workstation, actor accounts.Actor) error {
		tell := c.progress()
		set, err := w.Preservation.Backup(ctx, actor, dir, keys, func(p preservation.Progress) { tell(p.Done, p.Total) })
		if err != nil {
			return err
		}
		out := setOf(set)
		err = c.print(out, func() {
			for _, f := range out.Skipped {
				c.row(c.words.line("found."+f.State), f.RecordID, c.words.line("kind."+f.Kind), f.Want)
			}
			c.say("backup.done", "set", out.ID, "files", number(int64(out.Files)), "bytes", number(out.Bytes),
				"added", number(int64(out.Added)), "added_bytes", number(out.AddedBytes))
			c.say("backup.roots", "size", number(out.LogSize), "root", out.LogRoot, "catalog", out.Catalog)
		})
		if err == nil && len(out.Skipped) > 0 {
			err = c.unsound("backup.skipped", "count", number(int64(len(out.Skipped))))
		}
		return err
	})
}

// backupKey makes the key that opens backups. It asks for no archive: the key
// is best made, and kept, elsewhere.
func backupKey(_ context.Context, c *call) error {
	if err := c.parse(1, 1); err != nil {
		return err
	}
	path, err := filepath.Abs(c.args[0])
	if err != nil {
		return errNoFile.With("path", c.args[0])
	}
	public, err := preservation.NewIdentity(path, c.env.Now())
	if err != nil {
		return err
	}
	return c.print(map[string]any{"path": path, "public_key": public}, func() {
		c.say("backup.key", "path", path, "public", public)
		c.say("backup.key.keep")
	})
}

func backupList(ctx context.Context, c *call) error {
	if err := c.parse(0, 0); err != nil {
		return err
	}
	return c.signedIn(ctx, func(ctx context.Context, w *backend.Workstation, actor accounts.Actor) error {
		sets, err := w.Preservation.Backups(ctx, actor)
		if err != nil {
			return err
		}
		out := make([]setJSON, 0, len(sets))
		for _, s := range sets {
			out = append(out, setOf(s))
		}
		return c.print(map[string]any{"sets": out}, func() {
			for _, s := range out {
				c.row(s.ID, s.At, s.By, number(int64(s.Files)), number(s.Bytes), s.Dir)
			}
			if len(sets) == 0 {
				c.say("backup.never")
				return
			}
			c.say("backup.age", "days", number(int64(c.env.Now().Sub(sets[0].At).Hours()/24)))
		})
	})
}
