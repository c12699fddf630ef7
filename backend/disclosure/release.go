package disclosure

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"diaoyue.example/workstation/backend/accounts"
	"diaoyue.example/workstation/backend/audit"
	"diaoyue.example/workstation/backend/certificate"
	"diaoyue.example/workstation/backend/fault"
	"diaoyue.example/workstation/backend/store"
)

// Released says where a released copy lies.
type Released struct {
	CopyPath        string
	CertificatePath string
	SheetPath       string
	Seq             int64 // log position of the release
}

// Release hashes the candidate again, holds it against the approval in the log,
// and writes copy, certificate and printable sheet into outDir, never over a
// file that is there. The entry "dissemination" is durable before the first
// byte appears; if writing fails, a failed entry follows and the copy is as
// before. Errors: accounts.ErrForbidden, ErrState, ErrChanged, ErrExists,
// ErrFolder, ErrNoCopy.
func (d *Desk) Release(ctx context.Context, actor accounts.Actor, id, outDir string) (Released, error) {
	c, err := d.row(ctx, id)
	if err != nil {
		return Released{}, err
	}
	objects := map[string]string{"copy": c.id, "record": c.recordID}
	if err = d.cfg.Accounts.Require(ctx, actor, accounts.Release, objects); err != nil {
		return Released{}, err
	}
	if !c.state.allows(release) {
		// Nothing is handed out without its approval (refusal R4).
		return Released{}, d.refuse(ctx, actor, ErrState, BasisApproval, objects, "state", string(c.state))
	}
	record, err := d.cfg.Catalog.Record(ctx, c.recordID)
	if err != nil {
		return Released{}, err
	}
	// A copy of what is kept apart, or of an original that is broken, stays here.
	if err = record.Readable(); err != nil {
		return Released{}, errors.Join(err, d.noteRefusal(ctx, actor, err, objects))
	}
	if err = d.unchanged(ctx, actor, c, objects, BasisApproval); err != nil {
		return Released{}, err
	}
	rests, err := d.proofsOf(ctx, c)
	if errors.Is(err, ErrChanged) {
		return Released{}, errors.Join(d.refuse(ctx, actor, ErrChanged, BasisApproval, objects, "what", fault.Params(err)["what"]), err)
	}
	if err != nil {
		return Released{}, err
	}
	out := Released{
		CopyPath:        filepath.Join(outDir, c.number+".mp4"),
		CertificatePath: filepath.Join(outDir, c.number+".certificate.json"),
		SheetPath:       filepath.Join(outDir, c.number+".certificate.html"),
	}
	if err = free(outDir, out.paths()); err != nil {
		return Released{}, err
	}
	at := store.FormatTime(d.cfg.Now())
	entry := audit.Entry{
		Actor: actor.ID, Event: audit.Dissemination, Objects: objects,
		Codes: map[string]any{
			certificate.CodePlan: c.planDigest, certificate.CodeCopySHA256: c.sha256, certificate.CodeCopySM3: c.sm3, "size": c.size,
		},
		Details: map[string]any{"number": c.number, "folder": outDir},
	}
	receipt, err := d.cfg.Log.Do(ctx, entry, func(tx *store.Tx) error {
		if _, err = tx.ExecContext(ctx, `INSERT INTO copy_release (copy_id, at, account, folder) VALUES (?, ?, ?, ?)`, c.id, at, actor.ID, outDir); err != nil {
			return fmt.Errorf("write release: %w", err)
		}
		return setState(ctx, tx, c.id, c.state, StateReleased, "")
	})
	if err != nil {
		return Released{}, fmt.Errorf("release: %w", err)
	}
	out.Seq = receipt.Seq
	if err := d.writeOut(ctx, actor, c, rests, receipt, out); err != nil {
		return Released{}, errors.Join(err, d.takeBack(context.WithoutCancel(ctx), actor, c, objects, at))
	}
	return out, nil
}

func (r Released) paths() []string { return []string{r.CopyPath, r.CertificatePath, r.SheetPath} }

// free refuses a folder that is none and names that are taken.
func free(dir string, paths []string) error {
	if s, err := os.Stat(dir); err != nil || !s.IsDir() {
		return ErrFolder.With("path", dir)
	}
	for _, p := range paths {
		if _, err := os.Lstat(p); !errors.Is(err, fs.ErrNotExist) {
			return ErrExists.With("path", p)
		}
	}
	return nil
}

func (d *Desk) takeBack(ctx context.Context, actor accounts.Actor, c row, objects map[string]string, at string) error {
	entry := audit.Entry{
		Actor: actor.ID, Event: audit.Dissemination, Result: audit.Failed, Objects: objects,
		Codes: map[string]any{certificate.CodePlan: c.planDigest, certificate.CodeCopySHA256: c.sha256},
	}
	_, err := d.cfg.Log.Do(ctx, entry, func(tx *store.Tx) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM copy_release WHERE copy_id = ? AND at = ?`, c.id, at); err != nil {
			return fmt.Errorf("take release back: %w", err)
		}
		return setState(ctx, tx, c.id, StateReleased, c.state, "")
	})
	return err
}

// writeOut writes the three files, the copy first. Whatever fails, none of them
// stays.
func (d *Desk) writeOut(ctx context.Context, actor accounts.Actor, c row, rests proofs, receipt audit.Receipt, out Released) (err error) {
	cert, err := d.certify(ctx, actor, c, rests, receipt)
	if err != nil {
		return err
	}
	text, err := cert.Bytes()
	if err != nil {
		return err
	}
	var made []string
	defer func() {
		if err != nil {
			for _, p := range made {
				err = errors.Join(err, os.Remove(p)) //nolint:forbidigo // an unfinished file of our own, outside the archive
			}
		}
	}()
	for _, f := range []struct {
		path  string
		write func(io.Writer) error
	}{
		{out.CopyPath, func(w io.Writer) error { return d.copyOut(ctx, c, w) }},
		{out.CertificatePath, func(w io.Writer) error { _, failed := w.Write(text); return failed }},
		{out.SheetPath, cert.Sheet},
	} {
		var created bool
		created, err = writeNew(f.path, f.write)
		if created {
			made = append(made, f.path)
		}
		if err != nil {
			return err
		}
	}
	dir, err := os.Open(filepath.Dir(out.CopyPath))
	if err != nil {
		return fmt.Errorf("%w: %w", ErrFolder, err)
	}
	defer dir.Close()
	if err := dir.Sync(); err != nil {
		return fmt.Errorf("%w: %w", ErrFolder, err)
	}
	return nil
}

func writeNew(path string, write func(io.Writer) error) (created bool, err error) {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644) //nolint:gosec // G302, G304: the copy is meant to be handed out, where the person said
	if errors.Is(err, fs.ErrExist) {
		return false, ErrExists.With("path", path)
	}
	if err != nil {
		return false, fmt.Errorf("%w: %w", ErrFolder.With("path", path), err)
	}
	if err := errors.Join(write(f), f.Sync(), f.Close()); err != nil {
		return true, fmt.Errorf("write %s: %w", filepath.Base(path), err)
	}
	return true, nil
}

// copyOut writes the candidate and holds what was written against the approval
// once more: between hashing and writing somebody may have been quick.
func (d *Desk) copyOut(ctx context.Context, c row, w io.Writer) error {
	src, err := d.cfg.Vault.Candidate(c.candidateID)
	if err != nil {
		return fmt.Errorf("open candidate: %w", err)
	}
	defer src.Close()
	h := sha256.New()
	buf := make([]byte, 1<<20)
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		n, err := src.Read(buf)
		h.Write(buf[:n])
		if _, failed := w.Write(buf[:n]); failed != nil {
			return fmt.Errorf("%w: %w", ErrFolder, failed)
		}
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return fmt.Errorf("read candidate: %w", err)
		}
	}
	if hex.EncodeToString(h.Sum(nil)) != c.decision.SHA256 {
		return ErrChanged.With("what", "candidate")
	}
	return nil
}
