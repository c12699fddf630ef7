package audit

import (
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"golang.org/x/mod/sumdb/tlog"

	"diaoyue.example/workstation/backend/signature"
	"diaoyue.example/workstation/backend/store"
)

// Report is the outcome of a verification that found nothing wrong.
type Report struct {
	Archive     string   // the archive's id
	Entries     int64    //
	Root        string   // lower hex, recomputed from the entries
	Checkpoints int      // checkpoints that fit
	HighWater   int64    // entries known to the mark outside the archive; 0 when there is none
	KeyPlace    string   // where this user's private key lies; "" when there is none
	SignedBy    []string // fingerprints of the keys that signed checkpoints
	TrustedSize int64    // entries covered by a checkpoint of a trusted key
	// Trusted is true when no checkpoint reaches beyond those of trusted keys.
	// Otherwise the log is only consistent in itself: whoever rewrote it could
	// have signed it with a key of his own.
	Trusted bool
}

// VerifyConfig says what is verified and against what.
type VerifyConfig struct {
	Database   string   // path of the database file
	ArchiveDir string   // "" leaves the checkpoints folder out
	StateDir   string   // "" leaves high-water mark and local key out
	Trusted    []string // public keys or fingerprints that came from elsewhere than the archive
}

// VerifyFile verifies a log without opening its archive: without sign-in,
// without writing, whether its triggers stand or not. Nothing stored is
// believed: the tree is recomputed from the entries, compared with every
// checkpoint and with the high-water mark. The first fault found is returned
// as a *TamperError. progress, which may be nil, is called every few thousand
// entries.
func VerifyFile(ctx context.Context, cfg VerifyConfig, progress func(done, total int64)) (Report, error) {
	db, err := store.OpenReadOnly(ctx, cfg.Database)
	if err != nil {
		return Report{}, fmt.Errorf("verify log: %w", err)
	}
	defer db.Close()
	r, err := verify(ctx, db, cfg, progress)
	if err != nil {
		return Report{}, fmt.Errorf("verify log: %w", err)
	}
	return r, nil
}

// Verify verifies the open log, with the key and the mark of the state folder.
func (l *Log) Verify(ctx context.Context, progress func(done, total int64)) (Report, error) {
	r, err := verify(ctx, l.db, VerifyConfig{ArchiveDir: l.cfg.ArchiveDir, StateDir: l.cfg.StateDir}, progress)
	if err != nil {
		return Report{}, fmt.Errorf("verify log: %w", err)
	}
	return r, nil
}

func verify(ctx context.Context, db *store.DB, cfg VerifyConfig, progress func(done, total int64)) (Report, error) {
	v := verifier{expect: map[int64][]expectation{}, notes: map[int64][]string{}}
	err := db.Read(ctx, func(tx *store.Tx) error {
		err := tx.QueryRowContext(ctx, `SELECT archive FROM audit_origin`).Scan(&v.report.Archive)
		if errors.Is(err, sql.ErrNoRows) {
			return &TamperError{Seq: 1, To: 1, Kind: KindIdentity}
		}
		return err
	})
	if err != nil {
		return Report{}, err
	}
	// What lies beside the database is read before the snapshot is taken:
	// others may go on appending, and a mark newer than the snapshot would
	// look like entries cut off.
	if err = v.readFiles(cfg); err != nil {
		return Report{}, err
	}
	err = db.Read(ctx, func(tx *store.Tx) error { return v.run(ctx, tx, cfg, progress) })
	return v.report, err
}

func (v *verifier) run(ctx context.Context, tx *store.Tx, cfg VerifyConfig, progress func(done, total int64)) error {
	if err := v.prepare(ctx, tx, cfg); err != nil {
		return err
	}
	if err := v.walk(ctx, tx, progress); err != nil {
		return err
	}
	return v.finish()
}

// verifier recomputes the tree while the entries pass by.
type verifier struct {
	report  Report
	keys    []signature.Public // all that may have signed
	trusted []signature.Public
	notes   map[int64][]string      // size → signed notes
	expect  map[int64][]expectation // size → roots that must be found there
	reach   int64                   // the greatest size expected
	good    int64                   // entries covered by a root that was found
	stack   []tlog.Hash             // complete subtrees, left to right
	n       int64                   // entries so far
}

// expectation is a root that someone signed or noted.
type expectation struct {
	root    tlog.Hash
	signer  string // fingerprint; "" for the mark
	trusted bool
}

// readFiles reads the mark and the checkpoints folder.
func (v *verifier) readFiles(cfg VerifyConfig) error {
	if err := v.admitMark(cfg.StateDir); err != nil || cfg.ArchiveDir == "" {
		return err
	}
	files, err := filepath.Glob(filepath.Join(cfg.ArchiveDir, checkpointDir, "*.note"))
	if err != nil {
		return err
	}
	for _, path := range files {
		var size int64
		if _, err = fmt.Sscanf(filepath.Base(path), "%d.note", &size); err != nil {
			continue // not a name of ours
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return fmt.Errorf("read checkpoint: %w", err)
		}
		v.notes[size] = append(v.notes[size], string(text))
	}
	return nil
}

func (v *verifier) prepare(ctx context.Context, tx *store.Tx, cfg VerifyConfig) error {
	if err := v.findKeys(ctx, tx, cfg); err != nil {
		return err
	}
	if err := v.readNotes(ctx, tx); err != nil {
		return err
	}
	for _, size := range slices.Sorted(maps.Keys(v.notes)) {
		for _, note := range v.notes[size] {
			if err := v.admit(size, note); err != nil {
				return err
			}
		}
	}
	return nil
}

// findKeys gathers the keys the archive names, the user's own, and those given.
func (v *verifier) findKeys(ctx context.Context, tx *store.Tx, cfg VerifyConfig) error {
	rows, err := tx.QueryContext(ctx, `SELECT public FROM audit_key ORDER BY since, fingerprint`)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			return err
		}
		if p, err := signature.ParsePublic(text); err == nil {
			v.keys = append(v.keys, p)
		}
	}
	if err := rows.Err(); err != nil {
		return err
	}
	trusted := slices.Clone(cfg.Trusted)
	if cfg.StateDir != "" {
		key, err := readKey(cfg.StateDir, v.report.Archive)
		if err == nil {
			v.report.KeyPlace = keyPath(cfg.StateDir, v.report.Archive)
			trusted = append(trusted, key.Public().String())
		} else if !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	for _, text := range trusted {
		if p, err := signature.ParsePublic(text); err == nil {
			v.keys = append(v.keys, p)
		}
	}
	for _, p := range v.keys {
		if slices.ContainsFunc(trusted, p.Is) {
			v.trusted = append(v.trusted, p)
		}
	}
	return nil
}

// readNotes adds the checkpoints of the table to those of the folder.
func (v *verifier) readNotes(ctx context.Context, tx *store.Tx) error {
	rows, err := tx.QueryContext(ctx, `SELECT size, note FROM audit_checkpoint`)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var size int64
		var note string
		if err = rows.Scan(&size, &note); err != nil {
			return err
		}
		if !slices.Contains(v.notes[size], note) {
			v.notes[size] = append(v.notes[size], note)
		}
	}
	return rows.Err()
}

// admit takes a checkpoint whose signatures fit one of the keys.
func (v *verifier) admit(size int64, note string) error {
	for _, p := range v.keys {
		text, err := p.OpenNote(note)
		if err != nil {
			continue
		}
		s, err := signature.ParseStatement(text)
		if err != nil || s.Size != size || s.Origin != originOf(v.report.Archive) {
			break
		}
		trusted := slices.ContainsFunc(v.trusted, func(t signature.Public) bool { return t.Fingerprint() == p.Fingerprint() })
		v.need(size, expectation{root: s.Root, signer: p.Fingerprint(), trusted: trusted})
		return nil
	}
	return &TamperError{Seq: size, To: size, Kind: KindCheckpoint}
}

func (v *verifier) admitMark(stateDir string) error {
	if stateDir == "" {
		return nil
	}
	m, err := readMark(stateDir, v.report.Archive)
	if err != nil || m.Size == 0 {
		return err
	}
	root, err := hex.DecodeString(m.Root)
	if err != nil || len(root) != tlog.HashSize {
		return fmt.Errorf("read high-water mark: %w", ErrRolledBack)
	}
	v.report.HighWater = m.Size
	v.need(m.Size, expectation{root: tlog.Hash(root)})
	return nil
}

func (v *verifier) need(size int64, e expectation) {
	v.expect[size] = append(v.expect[size], e)
	v.reach = max(v.reach, size)
}

// finish looks for what should have come after the last entry.
func (v *verifier) finish() error {
	if v.reach > v.n {
		return v.missing()
	}
	v.report.Entries = v.n
	root, err := v.root()
	if err != nil {
		return err
	}
	v.report.Root = hex.EncodeToString(root[:])
	var last int64
	for size, expected := range v.expect {
		for _, e := range expected {
			if e.signer == "" {
				continue
			}
			v.report.Checkpoints++
			last = max(last, size)
			if e.trusted {
				v.report.TrustedSize = max(v.report.TrustedSize, size)
			}
			if !slices.Contains(v.report.SignedBy, e.signer) {
				v.report.SignedBy = append(v.report.SignedBy, e.signer)
			}
		}
	}
	slices.Sort(v.report.SignedBy)
	v.report.Trusted = len(v.trusted) > 0 && v.report.TrustedSize == last
	return nil
}

func (v *verifier) missing() error {
	return &TamperError{Seq: v.n + 1, To: max(v.reach, v.n+1), Kind: KindMissing}
}

// root folds the complete subtrees into the root of the entries so far.
func (v *verifier) root() (tlog.Hash, error) {
	if len(v.stack) == 0 {
		return tlog.TreeHash(0, nil)
	}
	root := v.stack[len(v.stack)-1]
	for _, left := range slices.Backward(v.stack[:len(v.stack)-1]) {
		root = tlog.NodeHash(left, root)
	}
	return root, nil
}

// check compares the root so far with those expected at this size.
func (v *verifier) check() error {
	expected := v.expect[v.n]
	if len(expected) == 0 {
		return nil
	}
	root, err := v.root()
	if err != nil {
		return err
	}
	for _, e := range expected {
		if e.root != root {
			return &TamperError{Seq: v.good + 1, To: v.n, Kind: KindRewritten}
		}
	}
	v.good = v.n
	return nil
}
