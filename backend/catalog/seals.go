package catalog

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"

	"diaoyue.example/workstation/backend/audit"
	"diaoyue.example/workstation/backend/store"
)

// Unsealed is a subject of the catalogue that is not what its newest change
// sealed.
type Unsealed struct {
	Kind, ID  string // ChangeCase, ChangeRecord or ChangeFonds; "" = the feed of changes itself, or the file
	Want, Got string // digests; Got "" = it is gone, Want "" = it never was sealed
}

// CheckSeals computes the digest of everything that is described and compares
// it with the seals, follows the chain of changes, and lets SQLite check its
// file. A bit that flipped in the database is not seen by the database alone:
// integrity_check misses nearly all of them. What it finds is no error.
//
// What flipped between two checks and was rewritten in between is sealed as it
// was then; that, only the comparison with a backup shows.
func (c *Catalog) CheckSeals(ctx context.Context) ([]Unsealed, error) {
	broken, err := read(ctx, c.db, func(tx *store.Tx) ([]Unsealed, error) { return checkSeals(ctx, tx) })
	if err != nil {
		return nil, fmt.Errorf("check seals: %w", err)
	}
	return broken, nil
}

func checkSeals(ctx context.Context, tx *store.Tx) ([]Unsealed, error) {
	broken, newest, err := checkFeed(ctx, tx)
	if err != nil {
		return nil, err
	}
	there, err := subjects(ctx, tx)
	if err != nil {
		return nil, err
	}
	for _, s := range there {
		var got string
		if got, err = contentOf(ctx, tx, s.Kind, s.ID); err != nil {
			return nil, err
		}
		if want := newest[s]; want != got {
			broken = append(broken, Unsealed{s.Kind, s.ID, want, got})
		}
		delete(newest, s)
	}
	for s, want := range newest {
		broken = append(broken, Unsealed{s.Kind, s.ID, want, ""})
	}
	strays, err := strays(ctx, tx)
	return append(broken, strays...), err
}

// subject is what is sealed as one.
type subject struct{ Kind, ID string }

// checkFeed follows the chain and returns the newest seal of each subject.
func checkFeed(ctx context.Context, tx *store.Tx) (broken []Unsealed, newest map[subject]string, err error) {
	newest = map[subject]string{}
	chain, last := "", int64(0)
	err = eachChange(ctx, tx, func(s sealedChange) error {
		chain = s.after(chain)
		if s.Seq != last+1 || s.chain != chain && (s.chain != "" || s.content != "") {
			broken = append(broken, Unsealed{Want: s.chain, Got: chain})
			chain = s.chain // and see whether the rest holds
		}
		last = s.Seq
		newest[subject{s.Kind, s.ID}] = s.content
		return nil
	})
	return broken, newest, err
}

// subjects lists what is described.
func subjects(ctx context.Context, tx *store.Tx) ([]subject, error) {
	rows, err := tx.QueryContext(ctx, `SELECT 'fonds', '' FROM fonds UNION ALL SELECT 'case', id FROM case_file UNION ALL SELECT 'record', id FROM record`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []subject
	for rows.Next() {
		var s subject
		if err := rows.Scan(&s.Kind, &s.ID); err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, rows.Err()
}

// strays finds what is there and belongs to nothing, and what SQLite itself
// finds: an index that does not lead to its row.
func strays(ctx context.Context, tx *store.Tx) ([]Unsealed, error) {
	var out []Unsealed
	for _, q := range []string{
		`SELECT 'page_text ' || record_id FROM page_text WHERE record_id NOT IN (SELECT id FROM record)`,
		`SELECT 'page_ocr ' || record_id FROM page_ocr WHERE record_id NOT IN (SELECT id FROM record)`,
		`SELECT 'transcript ' || id FROM transcript WHERE record_id NOT IN (SELECT id FROM record)`,
		`SELECT 'cue ' || transcript_id FROM cue WHERE transcript_id NOT IN (SELECT id FROM transcript)`,
		`SELECT 'annotation ' || id FROM annotation WHERE record_id NOT IN (SELECT id FROM record)`,
		`SELECT integrity_check FROM pragma_integrity_check WHERE integrity_check <> 'ok'`,
	} {
		found, err := textsOf(ctx, tx, q)
		if err != nil {
			return nil, err
		}
		for _, text := range found {
			out = append(out, Unsealed{Got: text})
		}
	}
	return out, nil
}

// textsOf returns the one column of a query.
func textsOf(ctx context.Context, tx *store.Tx, query string, args ...any) ([]string, error) {
	rows, err := tx.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []string
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			return nil, err
		}
		out = append(out, text)
	}
	return out, rows.Err()
}

// SealAll seals what an earlier version of the program described without
// sealing it. It is called when the archive is opened.
func (c *Catalog) SealAll(ctx context.Context) error {
	open, err := read(ctx, c.db, func(tx *store.Tx) ([]subject, error) {
		all, err := subjects(ctx, tx)
		if err != nil {
			return nil, err
		}
		var sealed int
		return slices.DeleteFunc(all, func(s subject) bool {
			if err == nil {
				err = tx.QueryRowContext(ctx, `SELECT count(*) FROM change WHERE kind = ? AND id = ? AND content <> ''`, s.Kind, s.ID).Scan(&sealed)
			}
			return sealed > 0
		}), err
	})
	if err != nil || len(open) == 0 {
		return err
	}
	_, err = c.log.Do(ctx, audit.Entry{Event: audit.Digest, Codes: map[string]any{"sealed": len(open)}}, func(tx *store.Tx) error {
		for _, s := range open {
			if err = c.Touch(ctx, tx, s.Kind, s.ID); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("seal catalogue: %w", err)
	}
	return nil
}

// contentOf is the digest of every row that the catalogue holds of a subject,
// in lower hex.
func contentOf(ctx context.Context, tx *store.Tx, kind, id string) (string, error) {
	h := sha256.New()
	out := json.NewEncoder(h)
	for _, part := range partsOf(kind) {
		if part.late {
			var rows int
			if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM `+part.table+` WHERE `+part.where, id).Scan(&rows); err != nil {
				return "", fmt.Errorf("digest %s: %w", part.table, err)
			}
			if rows == 0 {
				continue
			}
		}
		if err := out.Encode(part.table); err != nil {
			return "", err
		}
		if err := rowsOf(ctx, tx, part, id, out); err != nil {
			return "", fmt.Errorf("digest %s: %w", part.table, err)
		}
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// part is the rows of a table that belong to a subject. A late one came with a
// later version of the program: without rows it changes no digest.
type part struct {
	table, where string
	late         bool
}

func partsOf(kind string) []part {
	switch kind {
	case ChangeFonds:
		return []part{{table: "fonds", where: `'' = ?`}}
	case ChangeCase:
		return []part{{table: "case_file", where: `id = ?`}}
	case ChangeRecord:
		return []part{
			{table: "record", where: `id = ?`},
			{table: "page_text", where: `record_id = ?`},
			{table: "page_ocr", where: `record_id = ?`, late: true},
			{table: "transcript", where: `record_id = ?`},
			{table: "cue", where: `transcript_id IN (SELECT id FROM transcript WHERE record_id = ?)`},
			{table: "annotation", where: `record_id = ?`},
		}
	}
	return nil
}
