package catalog

import (
	"context"
	"fmt"

	"diaoyue.example/workstation/backend/store"
)

// CheckSeals compares every case file and record with its digest: a bit that
// flipped in the database is not seen by the database itself. ErrSealBroken
// names the first row that does not hold.
func (c *Catalog) CheckSeals(ctx context.Context) error {
	return c.db.Read(ctx, func(tx *store.Tx) error {
		cases, err := scanCases(tx.QueryContext(ctx, selectCase))
		if err != nil {
			return err
		}
		seals, err := sealsOf(ctx, tx, `SELECT id, digest FROM case_file`)
		if err != nil {
			return err
		}
		for _, f := range cases {
			if err = holds(ChangeCase, f.ID, caseSeal(f), seals); err != nil {
				return err
			}
		}
		records, err := scanRecords(tx.QueryContext(ctx, selectRecord))
		if err != nil {
			return err
		}
		if seals, err = sealsOf(ctx, tx, `SELECT id, digest FROM record`); err != nil {
			return err
		}
		for _, r := range records {
			if err := holds(ChangeRecord, r.ID, recordSeal(r), seals); err != nil {
				return err
			}
		}
		return nil
	})
}

func holds(kind, id string, row any, seals map[string]string) error {
	got, err := digestOf(row)
	if err != nil {
		return err
	}
	if got != seals[id] {
		return ErrSealBroken.With("kind", kind, "id", id)
	}
	return nil
}

func sealsOf(ctx context.Context, tx *store.Tx, query string) (map[string]string, error) {
	rows, err := tx.QueryContext(ctx, query)
	if err != nil {
		return nil, fmt.Errorf("read seals: %w", err)
	}
	defer rows.Close()
	out := map[string]string{}
	for rows.Next() {
		var id, digest string
		if err := rows.Scan(&id, &digest); err != nil {
			return nil, fmt.Errorf("read seals: %w", err)
		}
		out[id] = digest
	}
	return out, rows.Err()
}
