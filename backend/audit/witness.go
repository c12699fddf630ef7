package audit

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"diaoyue.example/workstation/backend/audit/check"
	"diaoyue.example/workstation/backend/fault"
	"diaoyue.example/workstation/backend/qr"
	"diaoyue.example/workstation/backend/signature"
	"diaoyue.example/workstation/backend/store"
)

var (
	// ErrNoCheckpoint says that there is no checkpoint over that many entries.
	// Parameter "size".
	ErrNoCheckpoint = fault.New("audit.no_checkpoint", "no checkpoint over that many entries")
	// ErrOtherOld says that this workstation last saw another size of the log
	// than the request builds upon. Parameters "have", "old".
	ErrOtherOld = fault.New("audit.other_old", "the request builds upon another checkpoint than the one seen last")
	// ErrGrownApart says that a log of another workstation has not grown from
	// what was seen of it before. Parameter "origin".
	ErrGrownApart = fault.New("audit.grown_apart", "the log has not grown from what was seen before")
)

// Kinds of witnesses.
const (
	WitnessPrint       = "print"       // a printed sheet, filed or posted
	WitnessMedium      = "medium"      // a file on a stick
	WitnessCosignature = "cosignature" // another workstation's
)

// Witness is a checkpoint that left the house: what it covers can no longer
// be rewritten unseen, whoever has the key.
type Witness struct {
	Seq   int64  // the entry that says so
	Kind  string // one of the Witness constants
	Size  int64  // entries covered
	At    time.Time
	By    string // name of the cosigning key; "" for sheets and sticks
	Place string // where it lies, who has it
	Note  string // the checkpoint
}

// Witnessing says that a checkpoint was taken out of the house.
type Witnessing struct {
	Kind  string // WitnessPrint or WitnessMedium
	Size  int64  // entries of the checkpoint that was taken out
	Place string // where it lies, who has it
}

// Sheet is what a printed witness shows.
type Sheet struct {
	Archive      string
	Size         int64
	Root         string // lower hex
	At           time.Time
	Note         string // the signed checkpoint; what the QR code holds
	QR           []byte // PNG
	Fingerprint  string
	Public       string
	SinceWitness int64 // entries since the last witness
}

// qrScale makes the code 3 to 4 cm wide at 300 dpi.
const qrScale = 6

// WitnessSheet signs the log as it stands for a printed sheet. It counts as a
// witness only when Witness says that it was printed and filed.
func (l *Log) WitnessSheet(ctx context.Context) (Sheet, error) {
	head, err := l.Head(ctx)
	if err != nil {
		return Sheet{}, err
	}
	c, err := l.Checkpoint(ctx)
	if err != nil {
		return Sheet{}, err
	}
	code, err := qr.PNG(c.Note, qrScale)
	if err != nil {
		return Sheet{}, fmt.Errorf("draw witness sheet: %w", err)
	}
	p := l.Public()
	return Sheet{
		Archive: l.archive, Size: c.Size, Root: c.Root, At: c.At, Note: c.Note, QR: code,
		Fingerprint: p.Fingerprint(), Public: p.String(), SinceWitness: c.Size - head.WitnessSize,
	}, nil
}

// Witness records that the checkpoint over w.Size entries left the house.
// ErrNoCheckpoint.
func (l *Log) Witness(ctx context.Context, actor string, w Witnessing) (Witness, error) {
	var note string
	err := l.db.Read(ctx, func(tx *store.Tx) error {
		return tx.QueryRowContext(ctx, `SELECT note FROM audit_checkpoint WHERE size = ?`, w.Size).Scan(&note)
	})
	if errors.Is(err, sql.ErrNoRows) {
		return Witness{}, ErrNoCheckpoint.With("size", fmt.Sprint(w.Size))
	}
	if err != nil {
		return Witness{}, err
	}
	return l.witnessed(ctx, actor, Witness{Kind: w.Kind, Size: w.Size, Place: w.Place, Note: note})
}

// witnessed writes the entry and what is kept of the witness.
func (l *Log) witnessed(ctx context.Context, actor string, w Witness) (Witness, error) {
	sum := sha256.Sum256([]byte(w.Note))
	e := Entry{Actor: actor, Event: Witnessed, Codes: map[string]any{"kind": w.Kind, "size": w.Size, "note": hex.EncodeToString(sum[:])}}
	if w.By != "" {
		e.Codes["by"] = w.By
	}
	if w.Place != "" {
		e.Details = map[string]any{"place": w.Place}
	}
	err := l.db.Write(ctx, func(tx *store.Tx) error {
		r, err := l.Append(ctx, tx, e)
		if err != nil {
			return err
		}
		w.Seq, w.At = r.Seq, r.At
		_, err = tx.ExecContext(ctx, `INSERT INTO audit_witness (seq, kind, size, note) VALUES (?, ?, ?, ?)`, w.Seq, w.Kind, w.Size, w.Note)
		return err
	})
	if err != nil {
		return Witness{}, fmt.Errorf("record witness: %w", err)
	}
	l.keeper.poke()
	return w, nil
}

// Witnesses returns the witnesses, newest first.
func (l *Log) Witnesses(ctx context.Context) ([]Witness, error) {
	all := []Witness{}
	err := l.db.Read(ctx, func(tx *store.Tx) error {
		rows, err := tx.QueryContext(ctx, `SELECT w.seq, w.kind, w.size, w.note, e.body, coalesce(e.details, '')
			FROM audit_witness w JOIN audit_entry e ON e.seq = w.seq ORDER BY w.seq DESC`)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var w Witness
			var text, details string
			if err := rows.Scan(&w.Seq, &w.Kind, &w.Size, &w.Note, &text, &details); err != nil {
				return err
			}
			row, err := parseRow(text, details)
			if err != nil {
				return &TamperError{Seq: w.Seq, To: w.Seq, Kind: KindBody}
			}
			w.At = row.At
			w.By, _ = row.Codes["by"].(string)
			w.Place, _ = row.Details["place"].(string)
			all = append(all, w)
		}
		return rows.Err()
	})
	return all, err
}

// Consistency proves that the log over recent entries has grown from the one
// over old entries.
func (l *Log) Consistency(ctx context.Context, old, recent int64) (signature.Consistency, error) {
	c := signature.Consistency{Old: old, New: recent}
	path, err := l.growth(ctx, old, recent)
	for _, h := range path {
		c.Path = append(c.Path, hex.EncodeToString(h[:]))
	}
	return c, err
}

func (l *Log) growth(ctx context.Context, old, recent int64) ([]tlog.Hash, error) {
	if old == 0 || old == recent {
		return nil, nil
	}
	var path tlog.TreeProof
	err := l.db.Read(ctx, func(tx *store.Tx) error {
		size, _, err := tail(ctx, tx)
		if err != nil {
			return err
		}
		if old < 1 || old > recent || recent > size {
			return ErrNoEntry
		}
		path, err = tlog.ProveTree(recent, old, reader(ctx, tx))
		return err
	})
	return path, err
}

// ExportCheckpoint signs the log and writes it into dir, a stick, as a request
// for another workstation's cosignature; even without one it is a witness.
func (l *Log) ExportCheckpoint(ctx context.Context, actor, dir string) (string, error) {
	c, err := l.Checkpoint(ctx)
	if err != nil {
		return "", err
	}
	var old int64
	err = l.db.Read(ctx, func(tx *store.Tx) error {
		return tx.QueryRowContext(ctx, `SELECT coalesce(max(size), 0) FROM audit_witness WHERE kind = ?`, WitnessCosignature).Scan(&old)
	})
	if err != nil {
		return "", err
	}
	path, err := l.growth(ctx, old, c.Size)
	if err != nil {
		return "", err
	}
	name := filepath.Join(dir, fmt.Sprintf("diaoyue-checkpoint-%s-%012d.txt", l.archive, c.Size))
	request := signature.Request{Old: old, Path: path, Note: c.Note}
	if err = store.Keep(name, []byte(request.Text()), 0o600); err != nil {
		return "", fmt.Errorf("write checkpoint: %w", err)
	}
	_, err = l.Witness(ctx, actor, Witnessing{Kind: WitnessMedium, Size: c.Size, Place: name})
	return name, err
}

// Cosign cosigns the checkpoint of another workstation: key is that one's
// public key. It refuses a log that has not grown from what was seen of it
// before, and one that is not the key's own. Errors: signature.ErrBadKey,
// ErrBadSignature, ErrBadProof, check.ErrOtherLog, ErrOtherOld, ErrGrownApart.
func (l *Log) Cosign(ctx context.Context, actor string, request []byte, key string) ([]byte, error) {
	p, err := signature.ParsePublic(key)
	if err != nil {
		return nil, err
	}
	r, err := signature.ParseRequest(string(request))
	if err != nil {
		return nil, err
	}
	text, err := p.OpenNote(r.Note)
	if err != nil {
		return nil, err
	}
	s, err := signature.ParseStatement(text)
	if err != nil {
		return nil, err
	}
	if s.Origin != p.Name() {
		// Or one workstation could speak for another's log, and have the true one
		// refused the next time.
		return nil, check.ErrOtherLog.With("origin", s.Origin, "archive", strings.TrimPrefix(p.Name(), check.Origin("")))
	}
	var out string
	e := Entry{Actor: actor, Event: Cosigned, Codes: map[string]any{"origin": s.Origin, "size": s.Size, "root": hex.EncodeToString(s.Root[:])}}
	_, err = l.Do(ctx, e, func(tx *store.Tx) error {
		if err = seen(ctx, tx, r, s); err != nil {
			return err
		}
		at := l.cfg.Now()
		_, err = tx.ExecContext(ctx, `INSERT INTO audit_cosigned (origin, public, size, root, at) VALUES (?, ?, ?, ?, ?)
			ON CONFLICT (origin) DO UPDATE SET public = excluded.public, size = excluded.size, root = excluded.root, at = excluded.at`,
			s.Origin, p.String(), s.Size, s.Root[:], store.FormatTime(at))
		if err != nil {
			return err
		}
		out, err = l.key.Load().Cosign(r.Note, at)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("cosign checkpoint: %w", err)
	}
	return []byte(out), nil
}

// seen compares a request with what was seen of that log before.
func seen(ctx context.Context, tx *store.Tx, r signature.Request, s signature.Statement) error {
	var size int64
	var root []byte
	err := tx.QueryRowContext(ctx, `SELECT size, root FROM audit_cosigned WHERE origin = ?`, s.Origin).Scan(&size, &root)
	if errors.Is(err, sql.ErrNoRows) {
		return nil // the first sight is taken as it is
	}
	if err != nil {
		return err
	}
	if r.Old != size {
		return ErrOtherOld.With("have", fmt.Sprint(size), "old", fmt.Sprint(r.Old))
	}
	if err := signature.CheckGrowth(r.Path, size, s.Size, tlog.Hash(root), s.Root); err != nil {
		return ErrGrownApart.With("origin", s.Origin)
	}
	return nil
}

// ImportCosignature takes back a checkpoint that another workstation cosigned;
// key is that one's public key. Errors: signature.ErrBadKey, ErrBadSignature,
// ErrNoCheckpoint.
func (l *Log) ImportCosignature(ctx context.Context, actor, note, key string) (Witness, error) {
	c, err := signature.ParseCosigner(key)
	if err != nil {
		return Witness{}, err
	}
	if _, err = c.Open(note); err != nil {
		return Witness{}, err
	}
	s, err := statement(note)
	if err != nil {
		return Witness{}, err
	}
	var ours string
	err = l.db.Read(ctx, func(tx *store.Tx) error {
		return tx.QueryRowContext(ctx, `SELECT note FROM audit_checkpoint WHERE size = ?`, s.Size).Scan(&ours)
	})
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return Witness{}, err
	}
	if mine, mineErr := statement(ours); err != nil || mineErr != nil || mine.Origin != s.Origin || mine.Root != s.Root {
		return Witness{}, ErrNoCheckpoint.With("size", fmt.Sprint(s.Size))
	}
	return l.witnessed(ctx, actor, Witness{Kind: WitnessCosignature, Size: s.Size, By: c.Name(), Note: note})
}

// ReadWitness reads a checkpoint that was brought back: the text of a sheet's
// QR code, or the file of a stick.
func ReadWitness(path string) (string, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	r, err := signature.ParseRequest(string(text))
	return r.Note, err
}
