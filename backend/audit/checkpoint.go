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
	"time"

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
	if c.Size == 0 {
		return c, nil
	}
	path := filepath.Join(l.cfg.ArchiveDir, checkpointDir, fmt.Sprintf("%012d.note", c.Size))
	if _, err := os.Lstat(path); errors.Is(err, fs.ErrNotExist) {
		if err := store.Keep(path, []byte(c.Note), 0o600); err != nil {
			return Checkpoint{}, fmt.Errorf("keep checkpoint: %w", err)
		}
	}
	return c, nil
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
	s := signature.Statement{Origin: originOf(l.archive), Size: size, Root: root, At: store.FormatTime(at)}
	note, err := l.key.SignNote(s.Text())
	if err != nil {
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
