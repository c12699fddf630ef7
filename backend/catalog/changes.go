package catalog

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strconv"

	"diaoyue.example/workstation/backend/store"
)

// Kinds of change.
const (
	ChangeCase   = "case"   // a case file or its description
	ChangeRecord = "record" // a record, its text, its transcripts or its annotations
	ChangeFonds  = "fonds"  // whose archive this is
)

// Change is one row of the feed: something about this case or record is new.
type Change struct {
	Seq  int64 // 1-based, gapless, in order of commit
	Kind string
	ID   string
}

// Touch writes one change, sealed: with the digest of what the catalogue now
// holds of the subject, chained to the change before. Every method of this
// package that changes a row does it afterwards; other rooms call it when what
// they keep about a record changed.
func (c *Catalog) Touch(ctx context.Context, tx *store.Tx, kind, id string) error {
	content, err := contentOf(ctx, tx, kind, id)
	if err != nil {
		return fmt.Errorf("seal %s: %w", kind, err)
	}
	last, chain, err := endOfFeed(ctx, tx)
	if err != nil {
		return err
	}
	row := sealedChange{Change: Change{Seq: last + 1, Kind: kind, ID: id}, content: content}
	_, err = tx.ExecContext(ctx, `INSERT INTO change (seq, kind, id, content, chain) VALUES (?, ?, ?, ?, ?)`,
		row.Seq, kind, id, content, row.after(chain))
	if err != nil {
		return fmt.Errorf("write change: %w", err)
	}
	return nil
}

// endOfFeed returns the number and the chain of the newest change. A feed that
// an earlier version wrote has no chain; it is made from all its rows.
func endOfFeed(ctx context.Context, tx *store.Tx) (seq int64, chain string, err error) {
	err = tx.QueryRowContext(ctx, `SELECT seq, chain FROM change ORDER BY seq DESC LIMIT 1`).Scan(&seq, &chain)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, "", nil
	}
	if err != nil {
		return 0, "", fmt.Errorf("read changes: %w", err)
	}
	if chain == "" {
		err = eachChange(ctx, tx, func(r sealedChange) error {
			chain = r.after(chain)
			return nil
		})
	}
	return seq, chain, err
}

// sealedChange is a change with its seals.
type sealedChange struct {
	Change
	content, chain string
}

// after is the change's link in the chain: a digest over the one before and
// over all of the row.
func (s sealedChange) after(chain string) string {
	h := sha256.New()
	for _, part := range []string{chain, strconv.FormatInt(s.Seq, 10), s.Kind, s.ID, s.content} {
		_, _ = io.WriteString(h, strconv.Quote(part)) // so that no part runs into the next
	}
	return hex.EncodeToString(h.Sum(nil))
}

func eachChange(ctx context.Context, tx *store.Tx, fn func(sealedChange) error) error {
	rows, err := tx.QueryContext(ctx, `SELECT seq, kind, id, content, chain FROM change ORDER BY seq`)
	if err != nil {
		return fmt.Errorf("read changes: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var s sealedChange
		if err := rows.Scan(&s.Seq, &s.Kind, &s.ID, &s.content, &s.chain); err != nil {
			return fmt.Errorf("read changes: %w", err)
		}
		if err := fn(s); err != nil {
			return err
		}
	}
	return rows.Err()
}

// Changes returns up to limit changes after since, oldest first. limit 0 means
// all.
func (c *Catalog) Changes(ctx context.Context, since int64, limit int) ([]Change, error) {
	if limit <= 0 {
		limit = -1
	}
	return read(ctx, c.db, func(tx *store.Tx) ([]Change, error) {
		rows, err := tx.QueryContext(ctx, `SELECT seq, kind, id FROM change WHERE seq > ? ORDER BY seq LIMIT ?`, since, limit)
		if err != nil {
			return nil, fmt.Errorf("read changes: %w", err)
		}
		defer rows.Close()
		out := []Change{}
		for rows.Next() {
			var ch Change
			if err := rows.Scan(&ch.Seq, &ch.Kind, &ch.ID); err != nil {
				return nil, fmt.Errorf("read changes: %w", err)
			}
			out = append(out, ch)
		}
		return out, rows.Err()
	})
}

// LastChange returns the sequence number of the newest change, 0 when there is
// none.
func (c *Catalog) LastChange(ctx context.Context) (int64, error) {
	return read(ctx, c.db, func(tx *store.Tx) (int64, error) {
		var seq int64
		err := tx.QueryRowContext(ctx, `SELECT coalesce(max(seq), 0) FROM change`).Scan(&seq)
		return seq, err
	})
}
