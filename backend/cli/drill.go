package cli

import (
	"context"
	"os"

	"diaoyue.example/workstation/backend"
	"diaoyue.example/workstation/backend/accounts"
	"diaoyue.example/workstation/backend/preservation"
)

type drillJSON struct {
	ID              string   `json:"id"`
	Set             string   `json:"set"`
	At              string   `json:"at"`
	By              string   `json:"by"`
	Equal           bool     `json:"equal"`
	LogSize         int64    `json:"log_size"`
	LogRoot         string   `json:"log_root"`
	RestoredLogRoot string   `json:"restored_log_root"`
	Catalog         string   `json:"catalog"`
	RestoredCatalog string   `json:"restored_catalog"`
	Files           int      `json:"files"`
	FilesEqual      int      `json:"files_equal"`
	Missing         []string `json:"missing"`
	Code            string   `json:"code"`
	Seconds         float64  `json:"seconds"`
}

func drillOf(d preservation.Drill) drillJSON {
	return drillJSON{
		ID: d.ID, Set: d.Set, At: stamp(d.At), By: d.By, Equal: d.Equal, LogSize: d.LogSize, LogRoot: d.LogRoot, RestoredLogRoot: d.RestoredLogRoot,
		Catalog: d.CatalogDigest, RestoredCatalog: d.RestoredCatalogDigest, Files: d.Originals, FilesEqual: d.OriginalsEqual,
		Missing: d.Missing, Code: d.Code, Seconds: d.Duration.Seconds(),
	}
}

// drillRun restores a set to a scratch folder and compares roots and files
// with what the log says of it. Exit code 3: they are not equal.
func drillRun(ctx context.Context, c *call) error {
	key := c.flags.String("key", "", "")
	set := c.flags.String("set", "", "")
	scratch := c.flags.String("scratch", os.TempDir(), "")
	if err := c.parse(1, 1); err != nil {
		return err
	}
	if *key == "" {
		return errUsage
	}
	wish := preservation.DrillWish{Dir: c.args[0], Set: *set, IdentityPath: *key, Scratch: *scratch}
	return c.signedIn(ctx, func(ctx context.Context, w *backend.Workstation, actor accounts.Actor) error {
		tell := c.progress()
		d, err := w.Preservation.Drill(ctx, actor, wish, func(p preservation.Progress) { tell(p.Done, p.Total) })
		if err != nil {
			return err
		}
		out := drillOf(d)
		err = c.print(out, func() {
			c.say("drill.log", "size", number(out.LogSize), "want", out.LogRoot, "got", out.RestoredLogRoot)
			c.say("drill.catalog", "want", out.Catalog, "got", out.RestoredCatalog)
			c.say("drill.files", "files", number(int64(out.Files)), "equal", number(int64(out.FilesEqual)))
			if out.Equal {
				c.say("drill.equal", "set", out.Set)
			}
		})
		if err == nil && !out.Equal {
			err = c.unsound("drill.unequal", "set", out.Set, "code", out.Code)
		}
		return err
	})
}

func drillList(ctx context.Context, c *call) error {
	if err := c.parse(0, 0); err != nil {
		return err
	}
	return c.signedIn(ctx, func(ctx context.Context, w *backend.Workstation, actor accounts.Actor) error {
		all, err := w.Preservation.Drills(ctx, actor)
		if err != nil {
			return err
		}
		out := make([]drillJSON, 0, len(all))
		for _, d := range all {
			out = append(out, drillOf(d))
		}
		return c.print(map[string]any{"drills": out}, func() {
			for _, d := range out {
				verdict := "drill.is.unequal"
				if d.Equal {
					verdict = "drill.is.equal"
				}
				c.row(d.At, c.words.line(verdict), d.Set, d.By, d.Code)
			}
		})
	})
}
