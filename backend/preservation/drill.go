package preservation

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"time"

	"diaoyue.example/workstation/backend/accounts"
	"diaoyue.example/workstation/backend/audit"
	"diaoyue.example/workstation/backend/catalog"
	"diaoyue.example/workstation/backend/store"
)

// DrillWish says which backup is tried.
type DrillWish struct {
	Dir          string // the folder of the backup
	Set          string // "" = the newest
	IdentityPath string
	Scratch      string // a folder with room for the whole archive; what is restored there is removed again
}

// Drill is what a try of restoring found (恢复演练). Equal is all that counts:
// log, catalogue and every file are what this archive's log says of the set.
type Drill struct {
	ID                    string
	Set                   string
	At                    time.Time
	By                    string
	Equal                 bool
	LogSize               int64
	LogRoot               string // as the log of this archive has it
	RestoredLogRoot       string
	CatalogDigest         string
	RestoredCatalogDigest string
	Originals             int // files that had to come back
	OriginalsEqual        int // with both digests
	Missing               []string
	Code                  string // of the error that ended it, "" otherwise
	Duration              time.Duration
}

// Drill restores a set into a folder of its own below Scratch, computes the
// roots anew, compares them with the entry of the log that was written when the
// set was made, and removes what it restored. Unequal roots are no error but
// the result. Errors: those of Restore, accounts.ErrForbidden, ErrInside.
func (d *Desk) Drill(ctx context.Context, actor accounts.Actor, w DrillWish, progress func(Progress)) (Drill, error) {
	if err := d.cfg.Accounts.Require(ctx, actor, accounts.Backup, nil); err != nil {
		return Drill{}, err
	}
	if err := d.outside(w.Scratch); err != nil {
		return Drill{}, err
	}
	to, err := os.MkdirTemp(w.Scratch, "diaoyue-drill-")
	if err != nil {
		return Drill{}, errors.Join(ErrUnreadable.With("path", w.Scratch), err)
	}
	// Only what was restored a moment ago, below a folder made for it.
	defer func() { logged(ctx, "remove drill", os.RemoveAll(to)) }()
	begun := d.cfg.Now()
	r, err := Restore(ctx, RestoreWish{From: w.Dir, Set: w.Set, IdentityPath: w.IdentityPath, To: to, Now: d.cfg.Now}, progress)
	if ctx.Err() != nil {
		return Drill{}, ctx.Err()
	}
	out := Drill{Set: r.Set, At: begun, By: actor.Name, Missing: r.Missing, OriginalsEqual: r.Files, RestoredLogRoot: r.LogRoot, RestoredCatalogDigest: r.CatalogDigest}
	if err != nil {
		if r.Set == "" {
			return Drill{}, err // nothing was tried
		}
		out.Code = coding(err)
	}
	known, found, err := d.setOf(ctx, r.Set)
	if err != nil {
		return Drill{}, err
	}
	out.LogSize, out.LogRoot, out.CatalogDigest, out.Originals = known.LogSize, known.LogRoot, known.CatalogDigest, known.Originals
	out.Duration = d.cfg.Now().Sub(begun)
	out.Equal = found && out.Code == "" && r.Archive == d.cfg.Log.Archive() && r.LogSize == out.LogSize && r.LogRoot == out.LogRoot &&
		r.CatalogDigest == out.CatalogDigest && r.Files == out.Originals && len(r.Missing) == 0
	if out.Equal {
		// A catalogue that has not changed since must still be the same.
		if digest, change, err := catalog.Root(ctx, d.cfg.DB); err != nil {
			return Drill{}, err
		} else if restored := r.change; change == restored && digest != r.CatalogDigest {
			out.Equal = false
		}
	}
	return out, d.drilled(ctx, actor, &out)
}

// setOf returns what the log of this archive says of a set.
func (d *Desk) setOf(ctx context.Context, id string) (Set, bool, error) {
	rows, err := d.cfg.Log.List(ctx, audit.Filter{Event: audit.Replication, Limit: 100_000})
	if err != nil {
		return Set{}, false, err
	}
	for _, row := range rows {
		if row.Codes["set"] != id {
			continue
		}
		s := Set{ID: id}
		s.LogRoot, _ = row.Codes["log_root"].(string)
		s.CatalogDigest, _ = row.Codes["catalog"].(string)
		s.LogSize = integer(row.Codes["log_size"])
		s.Originals = int(integer(row.Codes["files"]))
		return s, true, nil
	}
	return Set{}, false, nil
}

func integer(v any) int64 {
	n, ok := v.(json.Number)
	if !ok {
		return 0
	}
	i, err := n.Int64()
	if err != nil {
		return 0
	}
	return i
}

func (d *Desk) drilled(ctx context.Context, actor accounts.Actor, x *Drill) error {
	var err error
	if x.ID, err = newID(); err != nil {
		return err
	}
	report, err := json.Marshal(x)
	if err != nil {
		return fmt.Errorf("write drill: %w", err)
	}
	result := audit.OK
	if !x.Equal {
		result = audit.Failed
	}
	_, err = d.cfg.Log.Do(ctx, audit.Entry{
		Actor: actor.ID, Event: audit.Recovery, Result: result,
		Codes: map[string]any{
			"drill": x.ID, "set": x.Set, "equal": x.Equal, "log_root": x.RestoredLogRoot, "catalog": x.RestoredCatalogDigest,
			"files": x.OriginalsEqual, "of": x.Originals, "code": x.Code,
		},
	}, func(tx *store.Tx) error {
		_, err = tx.ExecContext(ctx, `INSERT INTO restore_drill (id, at, account, equal, report) VALUES (?, ?, ?, ?, ?)`,
			x.ID, store.FormatTime(x.At), actor.ID, x.Equal, string(report))
		return err
	})
	return err
}

// Drills returns the drills that were made, newest first.
func (d *Desk) Drills(ctx context.Context, actor accounts.Actor) ([]Drill, error) {
	if err := d.mayRead(ctx, actor, accounts.Backup); err != nil {
		return nil, err
	}
	out := []Drill{}
	err := d.cfg.DB.Read(ctx, func(tx *store.Tx) error {
		rows, err := tx.QueryContext(ctx, `SELECT report FROM restore_drill ORDER BY id DESC`)
		if err != nil {
			return fmt.Errorf("read drills: %w", err)
		}
		defer rows.Close()
		for rows.Next() {
			var text string
			var x Drill
			if err := rows.Scan(&text); err != nil {
				return fmt.Errorf("read drills: %w", err)
			}
			if err := json.Unmarshal([]byte(text), &x); err != nil {
				return fmt.Errorf("read drills: %w", err)
			}
			out = append(out, x)
		}
		return rows.Err()
	})
	return out, err
}
