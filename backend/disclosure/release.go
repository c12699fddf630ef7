package disclosure

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"diaoyue.example/workstation/backend/accounts"
	"diaoyue.example/workstation/backend/audit"
	"diaoyue.example/workstation/backend/certificate"
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
	if err = d.unchanged(ctx, actor, c, objects); err != nil {
		return Released{}, err
	}
	approval, err := d.approvalOf(ctx, c)
	if errors.Is(err, ErrChanged) {
		return Released{}, errors.Join(d.refuse(ctx, actor, ErrChanged, BasisApproval, objects, "what", "approval"), err)
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
	if err := d.writeOut(ctx, actor, c, approval, receipt, out); err != nil {
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

// approvalOf proves the approval from the log: the entry stands in the signed
// tree and speaks of exactly these rows. What does not hold is ErrChanged.
func (d *Desk) approvalOf(ctx context.Context, c row) (audit.Proof, error) {
	changed := ErrChanged.With("what", "approval")
	x := c.decision
	if !x.Approved || x.Plan != c.planDigest || x.SHA256 != c.sha256 || x.SM3 != c.sm3 || x.Account == c.submitter {
		return audit.Proof{}, changed
	}
	seq, err := d.seqOf(ctx, audit.Approval, c.id)
	if err != nil {
		return audit.Proof{}, err
	}
	if seq == 0 {
		return audit.Proof{}, changed
	}
	p, err := d.cfg.Log.Prove(ctx, seq)
	if err != nil {
		return audit.Proof{}, fmt.Errorf("prove approval: %w", err)
	}
	if _, err = d.cfg.Log.Public().VerifyInclusion(p); err != nil {
		return audit.Proof{}, fmt.Errorf("%w: %w", changed, err)
	}
	seal, err := c.approvalSeal()
	if err != nil {
		return audit.Proof{}, err
	}
	var e struct {
		Actor string         `json:"actor"`
		Event audit.Event    `json:"event"`
		Codes map[string]any `json:"codes"`
	}
	if err := json.Unmarshal([]byte(p.Body), &e); err != nil {
		return audit.Proof{}, fmt.Errorf("%w: %w", changed, err)
	}
	if e.Actor != x.Account || e.Event != audit.Approval || e.Codes["seal"] != seal {
		return audit.Proof{}, changed
	}
	return p, nil
}

// seqOf returns the number of the newest good entry of that event about a copy,
// 0 when there is none.
func (d *Desk) seqOf(ctx context.Context, event audit.Event, copyID string) (int64, error) {
	rows, err := d.cfg.Log.List(ctx, audit.Filter{Event: event, ObjectKind: "copy", ObjectID: copyID, Result: audit.OK, Limit: 1})
	if err != nil || len(rows) == 0 {
		return 0, err
	}
	return rows[0].Seq, nil
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
func (d *Desk) writeOut(ctx context.Context, actor accounts.Actor, c row, approval audit.Proof, receipt audit.Receipt, out Released) (err error) {
	cert, err := d.certify(ctx, actor, c, approval, receipt)
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

func (d *Desk) certify(ctx context.Context, actor accounts.Actor, c row, approval audit.Proof, receipt audit.Receipt) (certificate.Certificate, error) {
	var none certificate.Certificate
	record, err := d.cfg.Catalog.Record(ctx, c.recordID)
	if err != nil {
		return none, err
	}
	fonds, err := d.cfg.Catalog.Fonds(ctx)
	if err != nil {
		return none, err
	}
	m, err := c.readManifest()
	if err != nil {
		return none, err
	}
	items, err := c.items()
	if err != nil {
		return none, err
	}
	submitted, err := d.seqOf(ctx, audit.Submission, c.id)
	if err != nil {
		return none, err
	}
	proof, err := d.cfg.Log.Prove(ctx, receipt.Seq)
	if err != nil {
		return none, fmt.Errorf("prove release: %w", err)
	}
	cert := certificate.Certificate{
		Number: c.number, Archive: d.cfg.Log.Archive(), Organ: fonds.Organ,
		Copy:     certificate.File{SHA256: c.sha256, SM3: c.sm3, Size: c.size},
		Original: certificate.File{SHA256: record.SHA256, SM3: record.SM3, Size: record.Size},
		Record:   certificate.Record{CaseCode: record.CaseCode, Code: record.Code, Title: record.Title},
		Plan:     c.planDigest,
		Machine:  certificate.Machine{Frames: m.Frames, Duration: m.Duration, Dropped: dropped(m)},
		Opinion:  c.decision.Opinion,
		Log:      certificate.Log{Approval: approval, Release: proof},
	}
	for _, i := range items {
		cert.Items = append(cert.Items, certificate.Item{Kind: i.Kind, From: i.From, To: i.To, Effect: i.Effect, Ground: i.Ground, Reason: i.Reason})
	}
	for _, k := range m.Report.Checks() {
		cert.Machine.Checks = append(cert.Machine.Checks, certificate.Check(k))
	}
	for _, a := range []struct {
		into    *certificate.Act
		account string
		at      string
		seq     int64
	}{
		{&cert.Submitted, c.submitter, c.submittedAt, submitted},
		{&cert.Approved, c.decision.Account, c.decision.At, approval.Seq},
		{&cert.Released, actor.ID, store.FormatTime(receipt.At), receipt.Seq},
	} {
		person, err := d.cfg.Accounts.ByID(ctx, a.account)
		if err != nil {
			return none, fmt.Errorf("name account: %w", err)
		}
		*a.into = certificate.Act{Number: person.Number, Name: person.Name, At: a.at, Seq: a.seq}
	}
	return cert, cert.Sign(d.cfg.Log)
}
