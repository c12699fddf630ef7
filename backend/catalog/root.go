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
		for _, table := range []string{"fonds", "case_file", "record", "page_text", "page_ocr", "transcript", "cue", "annotation", "change"} {
			if err = out.Encode(table); err != nil {
				return err
			}
			if err = rowsOf(ctx, tx, part{table: table, where: `'' = ?`}, "", out); err != nil {
				return fmt.Errorf("digest %s: %w", table, err)
			}
		}
		digest = hex.EncodeToString(h.Sum(nil))
		return tx.QueryRowContext(ctx, `SELECT coalesce(max(seq), 0) FROM change`).Scan(&change)
	})
	return digest, change, err
}

// rowsOf writes the rows of a part, ordered by all their columns, each as the
// columns that hold something: one that a later version of the program adds
// changes no digest while it is empty.
func rowsOf(ctx context.Context, tx *store.Tx, p part, id string, out *json.Encoder) (err error) {
	columns, err := columnsOf(ctx, tx, p.table)
	if err != nil {
		return err
	}
	order := strings.Join(columns, ", ")
	rows, err := tx.QueryContext(ctx, `SELECT `+order+` FROM `+p.table+` WHERE `+p.where+` ORDER BY `+order, id)
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
		held := map[string]any{}
		for i, v := range values {
			if v != nil && v != "" && v != int64(0) && v != float64(0) {
				held[columns[i]] = v
			}
		}
		if err := out.Encode(held); err != nil { // keys in order
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
