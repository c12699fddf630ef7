package cli

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"diaoyue.example/workstation/backend"
	"diaoyue.example/workstation/backend/accounts"
	"diaoyue.example/workstation/backend/audit"
)

// logExport writes the whole log for somebody who has no archive.
func logExport(ctx context.Context, c *call) error {
	withhold := c.flags.Bool("withhold", false, "")
	if err := c.parse(1, 1); err != nil {
		return err
	}
	return c.signedIn(ctx, func(ctx context.Context, w *backend.Workstation, actor accounts.Actor) error {
		made, err := w.ExportLog(ctx, actor, c.args[0], *withhold, nil)
		if err != nil {
			return err
		}
		return c.print(map[string]any{
			"path": made.Path, "entries": made.Entries, "root": made.Root, "size": made.Size, "withheld": made.Withheld,
		}, func() {
			c.say("log.exported", "entries", number(made.Entries), "size", number(made.Size), "path", made.Path, "root", made.Root)
			if made.Withheld {
				c.say("log.withheld")
			}
		})
	})
}

// logWitness lists the witnesses, gives what a printed sheet shows, or records
// that a sheet was filed.
func logWitness(ctx context.Context, c *call) error {
	sheet := c.flags.Bool("sheet", false, "")
	code := c.flags.String("qr", "", "")
	page := c.flags.String("page", "", "")
	filed := c.flags.Int64("filed", 0, "")
	place := c.flags.String("place", "", "")
	if err := c.parse(0, 0); err != nil {
		return err
	}
	if *sheet && *filed != 0 || *code+*page != "" && !*sheet || (*filed != 0) != (*place != "") {
		return errUsage
	}
	return c.signedIn(ctx, func(ctx context.Context, w *backend.Workstation, actor accounts.Actor) error {
		switch {
		case *sheet:
			return c.witnessSheet(ctx, w, actor, *code, *page)
		case *filed != 0:
			made, err := w.Witness(ctx, actor, audit.Witnessing{Kind: audit.WitnessPrint, Size: *filed, Place: *place})
			if err != nil {
				return err
			}
			return c.print(witnessJSON(made), func() { c.sayWitness(made) })
		}
		return c.witnessList(ctx, w, actor)
	})
}

// witnessSheet signs the log for a sheet: the picture of its code and the page
// to be printed are written where code and page say, if they do.
func (c *call) witnessSheet(ctx context.Context, w *backend.Workstation, actor accounts.Actor, code, page string) error {
	s, err := w.WitnessSheet(ctx, actor)
	if err != nil {
		return err
	}
	var html bytes.Buffer
	if err = s.Page(&html, w.Organ(), actor.Name); err != nil {
		return err
	}
	for path, data := range map[string][]byte{code: s.QR, page: html.Bytes()} {
		if path == "" {
			continue
		}
		if err = writeNew(path, data); err != nil {
			return err
		}
	}
	at := s.At.Format(time.RFC3339)
	return c.print(map[string]any{
		"archive": s.Archive, "size": s.Size, "root": s.Root, "at": at, "note": s.Note,
		"public_key": s.Public, "fingerprint": s.Fingerprint, "since_witness": s.SinceWitness,
	}, func() {
		c.say("log.sheet", "archive", s.Archive, "size", number(s.Size), "at", at, "root", s.Root, "fingerprint", s.Fingerprint, "note", s.Note)
		c.say("log.since", "count", number(s.SinceWitness))
		c.say("log.sheet.next", "size", number(s.Size))
	})
}

func (c *call) witnessList(ctx context.Context, w *backend.Workstation, actor accounts.Actor) error {
	all, err := w.Witnesses(ctx, actor)
	if err != nil {
		return err
	}
	head, err := w.Log.Head(ctx)
	if err != nil {
		return err
	}
	list := make([]map[string]any, 0, len(all))
	for _, one := range all {
		list = append(list, witnessJSON(one))
	}
	since := head.Size - head.WitnessSize
	return c.print(map[string]any{"witnesses": list, "since_witness": since}, func() {
		for _, one := range all {
			c.sayWitness(one)
		}
		c.say("log.since", "count", number(since))
	})
}

func witnessJSON(w audit.Witness) map[string]any {
	return map[string]any{
		"seq": w.Seq, "kind": w.Kind, "size": w.Size, "at": w.At.Format(time.RFC3339), "by": w.By, "place": w.Place, "note": w.Note,
	}
}

func (c *call) sayWitness(w audit.Witness) {
	c.say("log.witnessed", "seq", number(w.Seq), "kind", c.words.line("witness."+w.Kind), "size", number(w.Size),
		"at", w.At.Format(time.RFC3339), "place", w.Place+w.By)
}

// logCosign cosigns the checkpoint of another workstation, whose key came from
// its people and not from the stick.
func logCosign(ctx context.Context, c *call) error {
	key := c.flags.String("key", "", "")
	out := c.flags.String("out", "", "")
	if err := c.parse(1, 1); err != nil {
		return err
	}
	if *key == "" || *out == "" {
		return errUsage
	}
	request, err := os.ReadFile(c.args[0])
	if err != nil {
		return errNoFile.With("path", c.args[0])
	}
	return c.signedIn(ctx, func(ctx context.Context, w *backend.Workstation, actor accounts.Actor) error {
		note, err := w.Cosign(ctx, actor, request, keyOrFile(*key))
		if err == nil {
			err = writeNew(*out, note)
		}
		if err != nil {
			return err
		}
		return c.print(map[string]any{"path": *out, "note": string(note)}, func() { c.say("log.cosigned", "path", *out) })
	})
}

// logImport takes another workstation's cosignature.
func logImport(ctx context.Context, c *call) error {
	key := c.flags.String("key", "", "")
	if err := c.parse(1, 1); err != nil {
		return err
	}
	if *key == "" {
		return errUsage
	}
	note, err := os.ReadFile(c.args[0])
	if err != nil {
		return errNoFile.With("path", c.args[0])
	}
	return c.signedIn(ctx, func(ctx context.Context, w *backend.Workstation, actor accounts.Actor) error {
		made, err := w.ImportCosignature(ctx, actor, string(note), keyOrFile(*key))
		if err != nil {
			return err
		}
		return c.print(witnessJSON(made), func() {
			c.say("log.imported", "size", number(made.Size), "by", made.By, "seq", number(made.Seq))
		})
	})
}

// logKey changes the signing key.
func logKey(ctx context.Context, c *call) error {
	reason := c.flags.String("reason", "", "")
	if err := c.parse(0, 0); err != nil {
		return err
	}
	if *reason == "" {
		return errUsage
	}
	return c.signedIn(ctx, func(ctx context.Context, w *backend.Workstation, actor accounts.Actor) error {
		if err := w.ChangeKey(ctx, actor, *reason); err != nil {
			return err
		}
		p, place := w.Log.Public(), w.Log.KeyPlace()
		return c.print(map[string]any{"public_key": p.String(), "fingerprint": p.Fingerprint(), "key_place": place}, func() {
			c.say("log.key", "fingerprint", p.Fingerprint(), "place", place)
		})
	})
}

// logMedium names the folder of the second high-water mark, gives it up, or
// lists the marks.
func logMedium(ctx context.Context, c *call) error {
	none := c.flags.Bool("none", false, "")
	if err := c.parse(0, 1); err != nil {
		return err
	}
	if *none && len(c.args) > 0 {
		return errUsage
	}
	return c.signedIn(ctx, func(ctx context.Context, w *backend.Workstation, actor accounts.Actor) error {
		if *none || len(c.args) > 0 {
			dir := strings.Join(c.args, "")
			if err := w.SetSecondMedium(ctx, actor, dir); err != nil {
				return err
			}
			return c.print(map[string]any{"dir": dir}, func() {
				if *none {
					c.say("log.medium.none")
					return
				}
				c.say("log.medium", "dir", dir)
			})
		}
		return c.marks(ctx, w, actor)
	})
}

func (c *call) marks(ctx context.Context, w *backend.Workstation, actor accounts.Actor) error {
	all, err := w.Marks(ctx, actor)
	if err != nil {
		return err
	}
	list := make([]map[string]any, 0, len(all))
	for _, m := range all {
		list = append(list, map[string]any{"place": m.Place, "second": m.Second, "size": m.Size, "at": m.At.Format(time.RFC3339), "missing": m.Missing})
	}
	return c.print(map[string]any{"marks": list}, func() {
		for _, m := range all {
			if m.Missing {
				c.say("log.mark.missing", "place", m.Place)
				continue
			}
			c.say("log.mark", "place", m.Place, "size", number(m.Size), "at", m.At.Format(time.RFC3339))
		}
	})
}

// keyOrFile is the key, or what is in the file of that name.
func keyOrFile(key string) string {
	if held, err := os.ReadFile(key); err == nil {
		return strings.TrimSpace(string(held))
	}
	return key
}

// writeNew writes a file that must not exist.
func writeNew(path string, data []byte) error {
	f, err := os.OpenFile(filepath.Clean(path), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return backend.ErrExists.With("path", path)
	}
	if err != nil {
		return errors.Join(backend.ErrNoPlace.With("path", path), err)
	}
	_, err = f.Write(data)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return errors.Join(backend.ErrNoPlace.With("path", path), err)
	}
	return nil
}
