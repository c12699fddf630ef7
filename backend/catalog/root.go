package catalog

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"diaoyue.example/workstation/backend/store"
)

// Root returns one digest over every row of the catalogue in db and the number
// of its newest change: two catalogues are the same exactly when it is. It is
// what a restore drill compares.
func Root(ctx context.Context, db *store.DB) (digest string, change int64, err error) {
	err = db.Read(ctx, func(tx *store.Tx) error {
		h := sha256.New()
		out := json.NewEncoder(h)
		for _, table := range []string{"fonds", "case_file", "record", "page_text", "transcript", "cue", "annotation", "change"} {
			if err = out.Encode(table); err != nil {
				return err
			}
			if err = rowsOf(ctx, tx, table, out); err != nil {
				return fmt.Errorf("digest %s: %w", table, err)
			}
		}
		digest = hex.EncodeToString(h.Sum(nil))
		return tx.QueryRowContext(ctx, `SELECT coalesce(max(seq), 0) FROM change`).Scan(&change)
	})
	return digest, change, err
}

// rowsOf writes a table's rows, ordered by all their columns.
func rowsOf(ctx context.Context, tx *store.Tx, table string, out *json.Encoder) (err error) {
	columns, err := columnsOf(ctx, tx, table)
	if err != nil {
		return err
	}
	order := strings.Join(columns, ", ")
	rows, err := tx.QueryContext(ctx, `SELECT `+order+` FROM `+table+` ORDER BY `+order)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	values, into := make([]any, len(columns)), make([]any, len(columns))
	for i := range values {
		into[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return err
		}
		if err := out.Encode(values); err != nil {
			return err
		}
	}
	return rows.Err()
}

func columnsOf(ctx context.Context, tx *store.Tx, table string) ([]string, error) {
	var joined sql.NullString
	err := tx.QueryRowContext(ctx, `SELECT group_concat(name, ' ') FROM (SELECT name FROM pragma_table_info(?) ORDER BY name)`, table).Scan(&joined)
	return strings.Fields(joined.String), err
}
