package audit

import (
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/sumdb/tlog"

	"diaoyue.example/workstation/backend/audit/check"
	"diaoyue.example/workstation/backend/signature"
	"diaoyue.example/workstation/backend/store"
)

// VerifyConfig says what is verified and against what.
type VerifyConfig struct {
	Database   string   // path of the database file
	ArchiveDir string   // "" leaves the checkpoints folder and the public key there out
	StateDir   string   // "" leaves high-water mark and local key out
	Trusted    []string // public keys or fingerprints that came from elsewhere than the archive
	Witnesses  []string // checkpoints that came from elsewhere: a printed sheet, a stick, another workstation
	Cosigners  []string // public keys of other workstations, whose cosignatures kept in the log count as witnesses
}

// VerifyFile verifies a log without opening its archive: without sign-in,
// without writing, whether its triggers stand or not. Nothing stored is
// believed: the tree is recomputed from the entries, compared with every
// checkpoint, with the high-water mark and with the witnesses. The first fault
// found is returned as a *TamperError. progress, which may be nil, is called
// every few thousand entries. When ctx ends, its error is returned at once.
func VerifyFile(ctx context.Context, cfg VerifyConfig, progress func(done, total int64)) (Report, error) {
	db, err := store.OpenReadOnly(ctx, cfg.Database)
	if err != nil {
		return Report{}, fmt.Errorf("verify log: %w", err)
	}
	defer db.Close()
	r, err := verify(ctx, db, cfg, progress)
	if err != nil {
		return r, fmt.Errorf("verify log: %w", err)
	}
	return r, nil
}

// Verify verifies the open log, with the key and the mark of the state folder.
func (l *Log) Verify(ctx context.Context, progress func(done, total int64)) (Report, error) {
	return l.VerifyAgainst(ctx, nil, progress)
}

// VerifyAgainst is Verify, compared with checkpoints that came from outside
// the archive.
func (l *Log) VerifyAgainst(ctx context.Context, witnesses []string, progress func(done, total int64)) (Report, error) {
	// Through a handle of its own: it reads for seconds with several
	// connections, and the window must go on reading meanwhile.
	r, err := VerifyFile(ctx, VerifyConfig{Database: l.db.Path(), ArchiveDir: l.cfg.ArchiveDir, StateDir: l.cfg.StateDir, Witnesses: witnesses}, progress)
	r.KeyPlace, r.KeyKind = l.KeyPlace(), l.KeyKind()
	return r, err
}

func verify(ctx context.Context, db *store.DB, cfg VerifyConfig, progress func(done, total int64)) (Report, error) {
	archive, err := archiveOf(ctx, db)
	if err != nil {
		return Report{}, err
	}
	v := verification{cfg: cfg, archive: archive}
	// What lies beside the database is read before the snapshot is taken:
	// others may go on appending, and a mark newer than the snapshot would
	// look like entries cut off.
	if err = v.readFiles(); err != nil {
		return Report{Archive: archive}, err
	}
	v.Checker = check.New(archive, v.trusted)
	if err = v.walk(ctx, db, progress); err != nil {
		return Report{Archive: archive}, err
	}
	r, err := v.Finish(ctx)
	r.KeyPlace, r.KeyKind = v.keyPlace, v.keyKind
	if err != nil {
		return r, err
	}
	return r, v.besides()
}

func archiveOf(ctx context.Context, db *store.DB) (archive string, err error) {
	err = db.Read(ctx, func(tx *store.Tx) error {
		err = tx.QueryRowContext(ctx, `SELECT archive FROM audit_origin`).Scan(&archive)
		if errors.Is(err, sql.ErrNoRows) {
			return &TamperError{Seq: 1, To: 1, Kind: KindIdentity}
		}
		return err
	})
	return archive, err
}

// verification is a check of an archive's log with what lies beside it.
type verification struct {
	*check.Checker
	cfg               VerifyConfig
	archive           string
	trusted           []string
	keyPlace, keyKind string
	marks             []highWater
	files             map[string]string // name → note, of the checkpoints folder
	sizes             map[int64]string  // size → note, of the table
}

// readFiles reads the marks, the local key and the checkpoints folder.
func (v *verification) readFiles() error {
	v.trusted = slices.Clone(v.cfg.Trusted)
	if v.cfg.StateDir != "" {
		var err error
		if v.marks, err = readMarks(v.cfg.StateDir, v.archive); err != nil {
			return err
		}
		place := newPlace(v.cfg.StateDir, v.archive, nil)
		public, kind, err := place.public()
		if err == nil {
			v.keyPlace, v.keyKind = place.where(kind), kind
			v.trusted = append(v.trusted, public)
		} else if !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	if v.cfg.ArchiveDir == "" {
		return nil
	}
	v.files = map[string]string{}
	names, err := filepath.Glob(filepath.Join(v.cfg.ArchiveDir, checkpointDir, "*.note"))
	if err != nil {
		return err
	}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			return fmt.Errorf("read checkpoint: %w", err)
		}
		v.files[filepath.Base(name)] = string(text)
	}
	return nil
}

// prepare gives the checker the keys and all roots that must be found.
func (v *verification) prepare(ctx context.Context, tx *store.Tx) error {
	if err := v.readKeys(ctx, tx); err != nil {
		return err
	}
	for _, m := range v.marks {
		root, err := hex.DecodeString(m.Root)
		if err != nil || len(root) != tlog.HashSize {
			return fmt.Errorf("read high-water mark: %w", ErrRolledBack)
		}
		v.Mark(m.Size, tlog.Hash(root))
	}
	if err := v.readNotes(ctx, tx); err != nil {
		return err
	}
	for name, note := range v.files {
		var size int64
		if _, err := fmt.Sscanf(name, "%d.note", &size); err != nil {
			continue // not a name of ours
		}
		if err := v.Checkpoint(size, note); err != nil {
			return err
		}
	}
	for _, note := range v.cfg.Witnesses {
		if err := v.Witness(note); err != nil {
			return err
		}
	}
	return v.readWitnesses(ctx, tx)
}

func (v *verification) readKeys(ctx context.Context, tx *store.Tx) error {
	rows, err := tx.QueryContext(ctx, `SELECT public, since FROM audit_key ORDER BY since, rowid`)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var text string
		var since int64
		if err := rows.Scan(&text, &since); err != nil {
			return err
		}
		if p, err := signature.ParsePublic(text); err == nil {
			v.Key(p, since)
		}
	}
	return rows.Err()
}

// readNotes takes the checkpoints of the table.
func (v *verification) readNotes(ctx context.Context, tx *store.Tx) error {
	v.sizes = map[int64]string{}
	rows, err := tx.QueryContext(ctx, `SELECT size, note FROM audit_checkpoint ORDER BY size`)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var size int64
		var note string
		if err := rows.Scan(&size, &note); err != nil {
			return err
		}
		v.sizes[size] = note
		if err := v.Checkpoint(size, note); err != nil {
			return err
		}
	}
	return rows.Err()
}

// readWitnesses takes what the log keeps of its witnesses.
func (v *verification) readWitnesses(ctx context.Context, tx *store.Tx) error {
	var cosigners []signature.Cosigner
	for _, text := range v.cfg.Cosigners {
		c, err := signature.ParseCosigner(text)
		if err != nil {
			return err
		}
		cosigners = append(cosigners, c)
	}
	var known int
	err := tx.QueryRowContext(ctx, `SELECT count(*) FROM sqlite_schema WHERE name = 'audit_witness'`).Scan(&known)
	if err != nil || known == 0 {
		return err // an older schema, read only
	}
	rows, err := tx.QueryContext(ctx, `SELECT seq, size, note FROM audit_witness ORDER BY seq`)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var seq, size int64
		var note string
		if err := rows.Scan(&seq, &size, &note); err != nil {
			return err
		}
		if err := v.Kept(seq, size, note, cosigners); err != nil {
			return err
		}
	}
	return rows.Err()
}

// besides names what is wrong with the files beside a log that is sound in
// itself: a checkpoint whose file is gone or another, and a public key that is
// none of this log's.
func (v *verification) besides() error {
	if v.cfg.ArchiveDir == "" {
		return nil
	}
	for _, size := range sorted(v.sizes) {
		if v.files[noteName(size)] == "" {
			// The file is written before the row, so no crash explains this;
			// but one written since the folder was read is not missing.
			if text, err := os.ReadFile(filepath.Join(v.cfg.ArchiveDir, checkpointDir, noteName(size))); err != nil || len(text) == 0 {
				return &TamperError{Seq: size, To: size, Kind: KindFile}
			}
		}
	}
	text, err := os.ReadFile(filepath.Join(v.cfg.ArchiveDir, PublicKeyFile))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("read public key: %w", err)
	}
	p, keyErr := signature.ParsePublic(strings.TrimSpace(string(text)))
	if keyErr != nil || !v.Knows(p) {
		n, _ := v.Head()
		return &TamperError{Seq: n, To: n, Kind: KindPublicKey}
	}
	return nil
}
