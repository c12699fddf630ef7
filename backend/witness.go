package backend

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"diaoyue.example/workstation/backend/accounts"
	"diaoyue.example/workstation/backend/audit"
	"diaoyue.example/workstation/backend/fault"
)

// What keeps something from being written outside of the archive.
var (
	// ErrExists says that there is a file of that name; it was not touched.
	// Parameter "path".
	ErrExists = fault.New("backend.exists", "a file of that name exists")
	// ErrNoPlace says that nothing can be written there. Parameter "path".
	ErrNoPlace = fault.New("backend.no_place", "nothing can be written there")
)

// Everything of this file asks for the right to verify the log, which the
// security auditor has: witnesses, exports and keys are his.

func (w *Workstation) mayVerify(ctx context.Context, actor accounts.Actor) error {
	return w.Accounts.Require(ctx, actor, accounts.LogVerify, nil)
}

// VerifyAgainst is Verify, compared with checkpoints that came from outside.
func (w *Workstation) VerifyAgainst(ctx context.Context, actor accounts.Actor, witnesses []string, progress func(done, total int64)) (audit.Report, error) {
	if err := w.mayVerify(ctx, actor); err != nil {
		return audit.Report{}, err
	}
	report, failure := w.Log.VerifyAgainst(ctx, witnesses, progress)
	if ctx.Err() != nil {
		return report, failure
	}
	entry := audit.Entry{
		Actor: actor.ID, Event: audit.LogVerified,
		Codes: map[string]any{"entries": report.Entries, "root": report.Root, "witnessed": report.Witnessed},
	}
	if failure != nil {
		entry.Result, entry.Codes["code"] = audit.Failed, fault.Code(failure)
	}
	_, err := w.Log.Note(ctx, entry)
	return report, errors.Join(failure, err)
}

// WitnessSheet signs the log for a printed sheet; see audit.Log.WitnessSheet.
func (w *Workstation) WitnessSheet(ctx context.Context, actor accounts.Actor) (audit.Sheet, error) {
	if err := w.mayVerify(ctx, actor); err != nil {
		return audit.Sheet{}, err
	}
	return w.Log.WitnessSheet(ctx)
}

// SaveWitnessSheet signs the log and writes the printable page into dir, which
// must be there and lie outside the archive. ErrNoPlace, ErrExists.
func (w *Workstation) SaveWitnessSheet(ctx context.Context, actor accounts.Actor, dir string) (audit.Sheet, string, error) {
	if err := w.mayVerify(ctx, actor); err != nil {
		return audit.Sheet{}, "", err
	}
	if st, err := os.Stat(dir); err != nil || !st.IsDir() || w.inside(dir) {
		return audit.Sheet{}, "", ErrNoPlace.With("path", dir)
	}
	s, err := w.Log.WitnessSheet(ctx)
	if err != nil {
		return audit.Sheet{}, "", err
	}
	path := filepath.Join(dir, fmt.Sprintf("diaoyue-witness-%s-%012d.html", s.Archive, s.Size))
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return audit.Sheet{}, "", ErrExists.With("path", path)
	}
	if err != nil {
		return audit.Sheet{}, "", unwritten(err, path)
	}
	if err = errors.Join(s.Page(f, w.Organ(), actor.Name), f.Sync(), f.Close()); err != nil {
		err = errors.Join(err, os.Remove(path)) //nolint:forbidigo // half a page, made by this call
		return audit.Sheet{}, "", unwritten(err, path)
	}
	return s, path, nil
}

// Witness records that a checkpoint left the house.
func (w *Workstation) Witness(ctx context.Context, actor accounts.Actor, made audit.Witnessing) (audit.Witness, error) {
	if err := w.mayVerify(ctx, actor); err != nil {
		return audit.Witness{}, err
	}
	return w.Log.Witness(ctx, actor.ID, made)
}

// Witnesses lists the witnesses, newest first.
func (w *Workstation) Witnesses(ctx context.Context, actor accounts.Actor) ([]audit.Witness, error) {
	if err := w.mayVerify(ctx, actor); err != nil {
		return nil, err
	}
	return w.Log.Witnesses(ctx)
}

// ExportCheckpoint writes the signed position of the log into dir, which must
// be there: a stick that is pulled out is not made up for by a folder in its
// place. ErrNoPlace.
func (w *Workstation) ExportCheckpoint(ctx context.Context, actor accounts.Actor, dir string) (string, error) {
	if err := w.mayVerify(ctx, actor); err != nil {
		return "", err
	}
	if st, err := os.Stat(dir); err != nil || !st.IsDir() || w.inside(dir) {
		return "", ErrNoPlace.With("path", dir)
	}
	path, err := w.Log.ExportCheckpoint(ctx, actor.ID, dir)
	return path, unwritten(err, dir)
}

// inside reports whether a path lies in the archive, where nothing taken out
// of it belongs: what is rolled back with the archive witnesses nothing.
func (w *Workstation) inside(path string) bool {
	abs, err := filepath.Abs(path)
	if err != nil {
		return false
	}
	// A link into the archive is in it; a file that is not there yet has a folder.
	if found, linkErr := filepath.EvalSymlinks(abs); linkErr == nil {
		abs = found
	} else if found, linkErr = filepath.EvalSymlinks(filepath.Dir(abs)); linkErr == nil {
		abs = filepath.Join(found, filepath.Base(abs))
	}
	dir, err := filepath.EvalSymlinks(w.cfg.Dir)
	if err != nil {
		return false
	}
	rel, err := filepath.Rel(dir, abs)
	return err == nil && (rel == "." || filepath.IsLocal(rel))
}

// unwritten gives a failure of the disk the code that names the place.
func unwritten(err error, path string) error {
	var failed *fs.PathError
	if errors.As(err, &failed) {
		return fmt.Errorf("%w: %w", ErrNoPlace.With("path", path), err)
	}
	return err
}

// Cosign cosigns another workstation's checkpoint.
func (w *Workstation) Cosign(ctx context.Context, actor accounts.Actor, request []byte, key string) ([]byte, error) {
	if err := w.mayVerify(ctx, actor); err != nil {
		return nil, err
	}
	return w.Log.Cosign(ctx, actor.ID, request, key)
}

// ImportCosignature takes another workstation's cosignature.
func (w *Workstation) ImportCosignature(ctx context.Context, actor accounts.Actor, note, key string) (audit.Witness, error) {
	if err := w.mayVerify(ctx, actor); err != nil {
		return audit.Witness{}, err
	}
	return w.Log.ImportCosignature(ctx, actor.ID, note, key)
}

// ExportLog writes the log to path, which must not exist. The auditor sees no
// details, so what he takes out has none either. ErrExists, ErrNoPlace; after
// an error no file is left.
func (w *Workstation) ExportLog(ctx context.Context, actor accounts.Actor, path string, withhold bool, progress func(done, total int64)) (audit.Exported, error) {
	if err := w.mayVerify(ctx, actor); err != nil {
		return audit.Exported{}, err
	}
	if w.inside(path) {
		return audit.Exported{}, ErrNoPlace.With("path", path)
	}
	withhold = withhold || administrative(actor)
	f, err := os.OpenFile(filepath.Clean(path), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return audit.Exported{}, ErrExists.With("path", path)
	}
	if err != nil {
		return audit.Exported{}, fmt.Errorf("%w: %w", ErrNoPlace.With("path", path), err)
	}
	made, err := w.Log.Export(ctx, f, actor.ID, withhold, progress)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		err = errors.Join(err, os.Remove(path)) //nolint:forbidigo // half an export, made by this call
		return audit.Exported{}, unwritten(err, path)
	}
	made.Path, made.Withheld = path, withhold
	return made, nil
}

// ChangeKey makes a new signing key; see audit.Log.ChangeKey.
func (w *Workstation) ChangeKey(ctx context.Context, actor accounts.Actor, reason string) error {
	if err := w.mayVerify(ctx, actor); err != nil {
		return err
	}
	return w.Log.ChangeKey(ctx, actor.ID, reason)
}

// Marks says where the high-water marks lie and how far they reach.
func (w *Workstation) Marks(ctx context.Context, actor accounts.Actor) ([]audit.Mark, error) {
	if err := w.mayVerify(ctx, actor); err != nil {
		return nil, err
	}
	return w.Log.Marks(ctx)
}

// SetSecondMedium keeps a second high-water mark in dir; "" gives it up.
func (w *Workstation) SetSecondMedium(ctx context.Context, actor accounts.Actor, dir string) error {
	if err := w.mayVerify(ctx, actor); err != nil {
		return err
	}
	return w.Log.SetSecondMedium(ctx, actor.ID, dir)
}
