package catalog

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"diaoyue.example/workstation/backend/store"
)

// Fonds names whose archive this is.
type Fonds struct {
	Organ     string // the bureau's name
	Number    string // 全宗号
	CreatedAt time.Time
}

// SetFonds writes whose archive this is; once, at the founding.
func (c *Catalog) SetFonds(ctx context.Context, tx *store.Tx, f Fonds) error {
	if strings.TrimSpace(f.Organ) == "" {
		return ErrMissingField.With("field", "organ")
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO fonds (one, organ, number, created_at) VALUES (1, ?, ?, ?)`,
		clean(f.Organ), clean(f.Number), store.FormatTime(c.now()))
	if err != nil {
		return fmt.Errorf("write fonds: %w", err)
	}
	return c.Touch(ctx, tx, ChangeFonds, "")
}

// Fonds returns whose archive this is; the zero Fonds before the founding.
func (c *Catalog) Fonds(ctx context.Context) (Fonds, error) {
	return read(ctx, c.db, func(tx *store.Tx) (Fonds, error) {
		var f Fonds
		var created string
		err := tx.QueryRowContext(ctx, `SELECT organ, number, created_at FROM fonds`).Scan(&f.Organ, &f.Number, &created)
		if errors.Is(err, sql.ErrNoRows) {
			return Fonds{}, nil
		}
		if err != nil {
			return Fonds{}, fmt.Errorf("read fonds: %w", err)
		}
		f.CreatedAt, err = store.ParseTime(created)
		return f, err
	})
}
