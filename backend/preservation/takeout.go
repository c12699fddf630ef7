package preservation

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/emmansun/gmsm/sm3"

	"diaoyue.example/workstation/backend/accounts"
	"diaoyue.example/workstation/backend/audit"
	"diaoyue.example/workstation/backend/catalog"
	"diaoyue.example/workstation/backend/store"
	"diaoyue.example/workstation/backend/vault"
)

// RequestTakeOut asks that an isolated record leave this workstation. Errors:
// ErrNotIsolated, ErrReason, accounts.ErrForbidden.
func (d *Desk) RequestTakeOut(ctx context.Context, actor accounts.Actor, recordID, reason string) error {
	if err := d.cfg.Accounts.Require(ctx, actor, accounts.TakeOutRequest, map[string]string{"record": recordID}); err != nil {
		return err
	}
	r, x, err := d.isolation(ctx, recordID)
	if err != nil {
		return err
	}
	if strings.TrimSpace(reason) == "" {
		return ErrReason.With()
	}
	if x.requestedAt != "" {
		return ErrNotIsolated.With("record", r.Code)
	}
	return d.step(ctx, actor, r, x, IsolationRequested, reason,
		`UPDATE isolation SET requested_by = ?, requested_at = ?, request = ? WHERE id = ?`, actor.ID, d.stamp(), strings.TrimSpace(reason), x.id)
}

// WithdrawTakeOut takes a request back, while nobody has confirmed it.
func (d *Desk) WithdrawTakeOut(ctx context.Context, actor accounts.Actor, recordID string) error {
	if err := d.cfg.Accounts.Require(ctx, actor, accounts.TakeOutRequest, map[string]string{"record": recordID}); err != nil {
		return err
	}
	r, x, err := d.isolation(ctx, recordID)
	if err != nil {
		return err
	}
	if x.requestedAt == "" || x.confirmedAt != "" {
		return ErrNotIsolated.With("record", r.Code)
	}
	return d.step(ctx, actor, r, x, stepWithdrawn, "", `UPDATE isolation SET requested_by = '', requested_at = '', request = '' WHERE id = ?`, x.id)
}

// stepWithdrawn is how the log tells that a request was taken back; the record
// stays apart.
const stepWithdrawn = "withdrawn"

func (d *Desk) step(ctx context.Context, actor accounts.Actor, r catalog.Record, x isolationRow, step, reason, update string, args ...any) error {
	_, err := d.cfg.Log.Do(ctx, audit.Entry{
		Actor: actor.ID, Event: audit.Quarantine, Objects: objectsOf(r),
		Codes: map[string]any{"isolation": x.id, "step": step}, Details: map[string]any{"reason": reason, "title": r.Title},
	}, func(tx *store.Tx) error {
		_, err := tx.ExecContext(ctx, update, args...)
		return err
	})
	if err != nil {
		return fmt.Errorf("take out: %w", err)
	}
	return nil
}

// ConfirmTakeOut takes an isolated record out, as another person than the one
// who asked: a verified copy of its original goes to dir, a medium that leaves
// the house; then, with the confirmation in the log, the original, everything
// derived, its copies and what was read out of it are removed. The record
// stays and says so. It can be called again after a crash. Errors:
// ErrNotIsolated, ErrSamePerson, ErrInside, ErrUnreadable,
// accounts.ErrForbidden.
func (d *Desk) ConfirmTakeOut(ctx context.Context, actor accounts.Actor, recordID, dir string) (string, error) {
	if err := d.cfg.Accounts.Require(ctx, actor, accounts.TakeOutConfirm, map[string]string{"record": recordID}); err != nil {
		return "", err
	}
	r, x, err := d.isolation(ctx, recordID)
	if err != nil {
		return "", err
	}
	switch {
	case x.requestedAt == "":
		return "", ErrNotIsolated.With("record", r.Code)
	case x.requestedBy == actor.ID:
		return "", d.refuse(ctx, actor, ErrSamePerson, basisSecret, objectsOf(r))
	}
	if err = d.outside(dir); err != nil {
		return "", err
	}
	path := filepath.Join(dir, r.SHA256)
	if err = d.handOver(ctx, r, path); err != nil {
		return "", err
	}
	seq, err := d.confirm(ctx, actor, r, x)
	if err != nil {
		return "", err
	}
	return path, d.remove(ctx, actor, r, x, vault.Warrant{Requested: x.requestedBy, Confirmed: actor.ID, Seq: seq})
}

// handOver writes a copy of the original and reads it back. One that is there
// already and whole is taken as it is.
func (d *Desk) handOver(ctx context.Context, r catalog.Record, path string) error {
	if same(ctx, path, r) == nil {
		return nil
	}
	src, err := d.cfg.Vault.Original(r.SHA256)
	if err != nil {
		return fmt.Errorf("open original: %w", err)
	}
	defer src.Close()
	dst, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o400)
	if err != nil {
		return errors.Join(ErrUnreadable.With("path", path), err)
	}
	_, err = io.Copy(dst, stoppable{ctx, src})
	if err = errors.Join(err, dst.Sync(), dst.Close()); err == nil {
		err = same(ctx, path, r)
	}
	if err != nil {
		return errors.Join(ErrUnreadable.With("path", path), err, os.Remove(path))
	}
	return syncDir(filepath.Dir(path))
}

// same returns nil when the file at path has both digests of the original.
func same(ctx context.Context, path string, r catalog.Record) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	two, three := sha256.New(), sm3.New()
	if _, err := io.Copy(io.MultiWriter(two, three), stoppable{ctx, f}); err != nil {
		return err
	}
	for _, s := range []struct {
		h    hash.Hash
		want string
	}{{two, r.SHA256}, {three, r.SM3}} {
		if got := hex.EncodeToString(s.h.Sum(nil)); got != s.want {
			return &vault.MismatchError{Want: s.want, Got: got}
		}
	}
	return nil
}

// confirm writes the entry before anything is removed.
func (d *Desk) confirm(ctx context.Context, actor accounts.Actor, r catalog.Record, x isolationRow) (int64, error) {
	receipt, err := d.cfg.Log.Do(ctx, audit.Entry{
		Actor: actor.ID, Event: audit.Deaccession, Objects: objectsOf(r),
		Codes:   map[string]any{"isolation": x.id, "step": "confirmed", "requested": x.requestedBy, "sha256": r.SHA256, "sm3": r.SM3, "size": r.Size, "basis": basisSecret},
		Details: map[string]any{"title": r.Title},
	}, func(tx *store.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE isolation SET confirmed_by = ?, confirmed_at = ? WHERE id = ?`, actor.ID, d.stamp(), x.id)
		if err != nil {
			return err
		}
		_, err = d.cfg.Catalog.SetCustody(ctx, tx, r.ID, catalog.CustodyTakenOut)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("confirm take-out: %w", err)
	}
	return receipt.Seq, nil
}

func (d *Desk) remove(ctx context.Context, actor accounts.Actor, r catalog.Record, x isolationRow, w vault.Warrant) error {
	// Begun is finished, whoever has closed the window.
	ctx = context.WithoutCancel(ctx)
	d.nudge() // out of the search index
	copies, err := d.sealed(ctx)
	if err != nil {
		return err
	}
	removed := 0
	for _, c := range copies {
		if c.RecordID != r.ID {
			continue
		}
		if err = d.cfg.Vault.TakeOutCandidate(c.ID, w); err != nil {
			return err
		}
		removed++
	}
	if err = d.cfg.Vault.TakeOut(r.SHA256, w); err != nil {
		return err
	}
	_, err = d.cfg.Log.Do(ctx, audit.Entry{
		Actor: actor.ID, Event: audit.Deaccession, Objects: objectsOf(r),
		Codes: map[string]any{"isolation": x.id, "step": IsolationTakenOut, "confirmation": w.Seq, "copies": removed, "sha256": r.SHA256},
	}, func(tx *store.Tx) error {
		if err = d.cfg.Jobs.ForgetParts(ctx, tx, r.ID); err != nil {
			return err
		}
		if err = d.cfg.Catalog.Blank(ctx, tx, r.ID); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `UPDATE isolation SET done_at = ? WHERE id = ?`, d.stamp(), x.id)
		return err
	})
	d.nudge()
	if err != nil {
		return fmt.Errorf("take out: %w", err)
	}
	return nil
}

// Recover finishes what the last end of the program left undone: a take-out
// that was confirmed is carried through. It is called once, at the opening.
func (d *Desk) Recover(ctx context.Context) error {
	left, err := d.isolations(ctx, `confirmed_at <> '' AND done_at = ''`)
	if err != nil {
		return err
	}
	for _, x := range left {
		r, err := d.cfg.Catalog.Record(ctx, x.recordID)
		if err != nil {
			return err
		}
		confirmed, err := d.cfg.Log.List(ctx, audit.Filter{Event: audit.Deaccession, ObjectKind: "record", ObjectID: r.ID, Limit: 1})
		if err != nil {
			return err
		}
		if len(confirmed) == 0 {
			return fmt.Errorf("finish take-out: %w", vault.ErrWarrant)
		}
		w := vault.Warrant{Requested: x.requestedBy, Confirmed: x.confirmedBy, Seq: confirmed[0].Seq}
		if err := d.remove(ctx, accounts.Actor{ID: x.confirmedBy}, r, x, w); err != nil {
			return err
		}
	}
	return nil
}

// outside refuses a folder that is none, or lies inside the archive.
func (d *Desk) outside(dir string) error {
	info, err := os.Stat(dir)
	if err != nil || !info.IsDir() {
		return errors.Join(ErrUnreadable.With("path", dir), err)
	}
	for _, of := range []string{d.cfg.Dir, d.cfg.Vault.Originals()} {
		if below(dir, of) {
			return ErrInside.With("path", dir)
		}
	}
	return nil
}

// below reports whether dir is of or lies below it, links followed.
func below(dir, of string) bool {
	real, err := filepath.EvalSymlinks(dir)
	if err != nil {
		return true
	}
	root, err := filepath.EvalSymlinks(of)
	if err != nil {
		return false
	}
	rel, err := filepath.Rel(root, real)
	return err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator))
}

func syncDir(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// stoppable is a reader that ends when its context does.
type stoppable struct {
	ctx context.Context //nolint:containedctx // lives only as long as one copying
	r   io.Reader
}

func (s stoppable) Read(p []byte) (int, error) {
	if err := s.ctx.Err(); err != nil {
		return 0, err
	}
	return s.r.Read(p)
}
