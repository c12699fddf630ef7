package audit

import (
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"diaoyue.example/workstation/backend/audit/check"
	"diaoyue.example/workstation/backend/signature"
	"diaoyue.example/workstation/backend/store"
)

// Checkpoint is a signed statement of the log's size and root. Whoever keeps
// one elsewhere can later tell whether what it covers was rewritten.
type Checkpoint struct {
	Size int64
	Root string // lower hex
	Note string // C2SP signed note, signed by Ed25519 and SM2
	At   time.Time
}

// checkpointDir is the folder of checkpoints in the archive.
const checkpointDir = "checkpoints"

// Checkpoint signs the log as it is committed, in the table and in the
// checkpoints folder. A log that has not grown since, or is empty, gets no
// second checkpoint: the last one (or a zero one) is returned.
func (l *Log) Checkpoint(ctx context.Context) (Checkpoint, error) {
	var c Checkpoint
	err := l.db.Write(ctx, func(tx *store.Tx) error { return l.sign(ctx, tx, &c) })
	if err != nil {
		return Checkpoint{}, fmt.Errorf("sign checkpoint: %w", err)
	}
	return c, nil
}

// signOwn signs what must not wait for the next checkpoint: a restore, which
// unsigned could be the word of anybody who owns the disk and which
// verification does not take; and the first words of a key that did not sign
// the last checkpoint, or the log would be trusted by nobody who has that key
// alone.
func (l *Log) signOwn(ctx context.Context) error {
	var last Checkpoint
	var size, restored int64
	err := l.db.Read(ctx, func(tx *store.Tx) error {
		var err error
		if last, err = lastCheckpoint(ctx, tx); err != nil {
			return err
		}
		return tx.QueryRowContext(ctx, `SELECT coalesce(max(seq), 0), coalesce(max(seq) FILTER (WHERE event = ?), 0) FROM audit_entry
			WHERE seq > ?`, string(Recovery), last.Size).Scan(&size, &restored)
	})
	if err != nil {
		return err
	}
	strange := false
	if last.Size > 0 {
		_, openErr := l.Public().OpenNote(last.Note)
		strange = openErr != nil
	}
	if strange && size == 0 {
		// A checkpoint signs a log that has grown.
		e := Entry{Event: Signing, Codes: map[string]any{"fingerprint": l.Public().Fingerprint(), "size": last.Size}}
		err = l.db.Write(ctx, func(tx *store.Tx) error {
			_, appendErr := l.Append(ctx, tx, e)
			return appendErr
		})
	}
	if err == nil && (strange || restored > 0) {
		_, err = l.Checkpoint(ctx)
	}
	return err
}

func noteName(size int64) string { return fmt.Sprintf("%012d.note", size) }

// keepNote writes a checkpoint into the folder. What lies there under that
// name and says something else is of a part of the log that a restore gave
// up; it is put aside.
func (l *Log) keepNote(size int64, note string) error {
	path := filepath.Join(l.cfg.ArchiveDir, checkpointDir, noteName(size))
	text, err := os.ReadFile(path)
	if err == nil && string(text) == note {
		return nil
	}
	if err == nil {
		if err := os.Rename(path, path+".lost"); err != nil { //nolint:forbidigo // put aside, not taken away
			return fmt.Errorf("keep checkpoint: %w", err)
		}
	}
	if err := store.Keep(path, []byte(note), 0o600); err != nil {
		return fmt.Errorf("keep checkpoint: %w", err)
	}
	return nil
}

// refile writes the files of the table's checkpoints that a restored folder
// lacks.
func (l *Log) refile(ctx context.Context, tx *store.Tx) error {
	rows, err := tx.QueryContext(ctx, `SELECT size, note FROM audit_checkpoint`)
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
		if err := l.keepNote(size, note); err != nil {
			return err
		}
	}
	return rows.Err()
}

// sign sets c to the last checkpoint, or to a new one when the log has grown
// since.
func (l *Log) sign(ctx context.Context, tx *store.Tx, c *Checkpoint) error {
	last, err := lastCheckpoint(ctx, tx)
	if err != nil {
		return err
	}
	size, root, err := treeHead(ctx, tx)
	if err != nil {
		return err
	}
	if size == last.Size {
		*c = last
		return nil
	}
	at := l.cfg.Now().UTC().Truncate(time.Microsecond)
	s := signature.Statement{Origin: check.Origin(l.archive), Size: size, Root: root, At: store.FormatTime(at)}
	note, err := l.key.Load().SignNote(s.Text())
	if err != nil {
		return err
	}
	// The file stands before the row does: a row without its file is then never
	// the trace of a crash.
	if err = l.keepNote(size, note); err != nil {
		return err
	}
	*c = Checkpoint{Size: size, Root: hex.EncodeToString(root[:]), Note: note, At: at}
	_, err = tx.ExecContext(ctx, `INSERT INTO audit_checkpoint (size, at, note) VALUES (?, ?, ?)`, size, s.At, note)
	return err
}

// lastCheckpoint returns the last checkpoint, zero when there is none.
func lastCheckpoint(ctx context.Context, tx *store.Tx) (Checkpoint, error) {
	var c Checkpoint
	var at string
	err := tx.QueryRowContext(ctx, `SELECT size, at, note FROM audit_checkpoint ORDER BY size DESC LIMIT 1`).Scan(&c.Size, &at, &c.Note)
	if errors.Is(err, sql.ErrNoRows) {
		return Checkpoint{}, nil
	}
	if err != nil {
		return Checkpoint{}, err
	}
	s, noteErr := statement(c.Note)
	t, timeErr := store.ParseTime(at)
	if noteErr != nil || timeErr != nil || s.Size != c.Size {
		return Checkpoint{}, &TamperError{Seq: c.Size, To: c.Size, Kind: KindCheckpoint}
	}
	c.Root, c.At = hex.EncodeToString(s.Root[:]), t
	return c, nil
}

// statement reads a note without asking who signed it.
func statement(note string) (signature.Statement, error) {
	text, err := signature.NoteText(note)
	if err != nil {
		return signature.Statement{}, err
	}
	return signature.ParseStatement(text)
}
