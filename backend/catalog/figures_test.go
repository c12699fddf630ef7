//go:build faults && linux && amd64

package catalog_test

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"diaoyue.example/workstation/backend/backendtest"
	"diaoyue.example/workstation/backend/catalog"
	"diaoyue.example/workstation/backend/figure"
	"diaoyue.example/workstation/backend/figure/mishap"
	"diaoyue.example/workstation/backend/store"
)

// Single bits flip in the file of the database, in every page that the
// catalogue uses: what changes anything a person could read is found by the
// seals; what SQLite's own check finds is counted beside it, as the control.
func TestFigureCatalogFlips(t *testing.T) {
	path, pages, size := described(t)
	image, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	before, err := dump(t, path)
	if err != nil {
		t.Fatal(err)
	}
	const flips = 800
	dice := rand.New(rand.NewPCG(11, 12))
	harmed, found, blind, spared := 0, 0, 0, 0
	home, err := mishap.NewMemory(t, 64<<20)
	if errors.Is(err, mishap.ErrUnable) {
		home = t.TempDir()
	} else if err != nil {
		t.Fatal(err)
	}
	copied := filepath.Join(home, "flipped.db")
	for range flips {
		at := (pages[dice.IntN(len(pages))]-1)*size + dice.Int64N(size)
		flipped := append([]byte(nil), image...)
		flipped[at] ^= 1 << dice.IntN(8)
		if err := os.WriteFile(copied, flipped, 0o600); err != nil {
			t.Fatal(err)
		}
		seen := sealsSee(t, copied)
		after, err := dump(t, copied)
		if err == nil && after == before && !seen {
			spared++ // a byte that nothing uses
			continue
		}
		harmed++
		if seen {
			found++
		} else {
			t.Errorf("a bit of byte %d changed the catalogue and was not found", at)
		}
		if sound(t, copied) {
			blind++
		}
	}
	figure.Report(t, figure.Figure{
		Row: figure.CatalogFlips, Name: fmt.Sprintf("%d of %d, of %d bits flipped in the pages of the catalogue; %d fell where nothing lies", found, harmed, flips, spared),
		Value: fmt.Sprintf("%.4g %%", 100*float64(found)/float64(harmed)), OK: found == harmed && harmed > flips/4,
	})
	figure.Report(t, figure.Figure{
		Row: figure.CatalogBlind, Name: fmt.Sprintf("the same %d", harmed), Value: fmt.Sprintf("%d", blind), OK: blind > 0,
	})
}

// described makes a closed archive with all that is described and returns its
// database and the pages that hold it.
func described(t *testing.T) (path string, pages []int64, size int64) {
	t.Helper()
	h := backendtest.Open(t, backendtest.Options{})
	for i := range 6 {
		file := h.Case(t, fmt.Sprintf("C-%d", i))
		for j := range 8 {
			r := paper(t, h, file.ID, fmt.Sprintf("%d-%d", i, j))
			err := do(t, h, func(tx *store.Tx) error {
				cues := make([]catalog.Cue, 12)
				for n := range cues {
					cues[n] = catalog.Cue{From: float64(n), To: float64(n + 1), Speaker: "A", Text: fmt.Sprintf("what was said %d %d %d", i, j, n)}
				}
				_, err := h.Catalog.AddTranscript(t.Context(), tx, catalog.Transcript{RecordID: r.ID, SourceID: r.ID, Cues: cues})
				if err == nil {
					_, err = h.Catalog.AddAnnotation(t.Context(), tx, catalog.Annotation{RecordID: r.ID, Page: 1, Text: "noted", Author: "B"})
				}
				if err == nil {
					err = h.Catalog.PutPages(t.Context(), tx, r.ID, []catalog.PageText{{Page: 1, Source: "text", Text: strings.Repeat(fmt.Sprintf("printed %d ", j), 40)}})
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	path = filepath.Join(h.Dir(), "workstation.db")
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	db := foreign(t, path)
	defer db.Close()
	rows, err := db.QueryContext(t.Context(), `SELECT pageno, pgsize FROM dbstat WHERE name IN (SELECT name FROM sqlite_schema
		WHERE tbl_name IN ('fonds', 'case_file', 'record', 'page_text', 'transcript', 'cue', 'annotation', 'change'))`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var page int64
		if err := rows.Scan(&page, &size); err != nil {
			t.Fatal(err)
		}
		pages = append(pages, page)
	}
	if err := rows.Err(); err != nil || len(pages) < 20 {
		t.Fatalf("%d pages, %v", len(pages), err)
	}
	return path, pages, size
}

// foreign opens a database as another program does.
func foreign(t *testing.T, path string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+path+"?mode=ro&immutable=1")
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	return db
}

// sealsSee reports whether the program notices, as a run of checks does.
func sealsSee(t *testing.T, path string) bool {
	t.Helper()
	defer clear(t, path)
	db, err := store.Open(t.Context(), path)
	if err != nil {
		return true
	}
	defer db.Close()
	broken, err := catalog.New(catalog.Config{DB: db}).CheckSeals(t.Context())
	return err != nil || len(broken) > 0
}

func clear(t *testing.T, path string) {
	t.Helper()
	for _, end := range []string{"-wal", "-shm"} {
		if err := os.Remove(path + end); err != nil && !errors.Is(err, os.ErrNotExist) {
			t.Fatal(err)
		}
	}
}

// sound reports whether SQLite's own check finds nothing.
func sound(t *testing.T, path string) bool {
	t.Helper()
	db := foreign(t, path)
	defer db.Close()
	var said string
	err := db.QueryRowContext(t.Context(), `PRAGMA integrity_check`).Scan(&said)
	return err == nil && said == "ok"
}

// dump is a digest over all rows of the catalogue, read past the program by a
// walk over the tables and by a walk over each index.
func dump(t *testing.T, path string) (string, error) {
	t.Helper()
	db := foreign(t, path)
	defer db.Close()
	h := sha256.New()
	for _, q := range []string{
		`SELECT * FROM fonds`, `SELECT * FROM case_file NOT INDEXED`, `SELECT * FROM record NOT INDEXED`, `SELECT * FROM page_text NOT INDEXED`,
		`SELECT * FROM transcript NOT INDEXED`, `SELECT * FROM cue NOT INDEXED`, `SELECT * FROM annotation NOT INDEXED`, `SELECT * FROM change NOT INDEXED`,
		`SELECT code FROM case_file ORDER BY code`, `SELECT id FROM case_file ORDER BY id`, `SELECT sha256 FROM record ORDER BY sha256`, `SELECT id FROM record ORDER BY id`,
		`SELECT record_id, page FROM page_text ORDER BY record_id, page`, `SELECT transcript_id, number FROM cue ORDER BY transcript_id, number`,
		`SELECT record_id, frame, page FROM annotation ORDER BY record_id, frame, page`, `SELECT kind, id, seq FROM change ORDER BY kind, id, seq`,
	} {
		if err := pour(t.Context(), db, q, func(row string) { _, _ = fmt.Fprintln(h, row) }); err != nil {
			return "", err
		}
	}
	return fmt.Sprintf("%x", h.Sum(nil)), nil
}

func pour(ctx context.Context, db *sql.DB, query string, fn func(row string)) error {
	rows, err := db.QueryContext(ctx, query)
	if err != nil {
		return err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return err
	}
	values, into := make([]any, len(columns)), make([]any, len(columns))
	for i := range values {
		into[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return err
		}
		fn(fmt.Sprintf("%q", values))
	}
	return rows.Err()
}
