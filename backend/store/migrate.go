package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"strings"

	"github.com/pressly/goose/v3"
)

//go:embed migrations/*.sql
var migrations embed.FS

// ready brings the schema of the database at path up to date. It uses a
// connection of its own, because the pools may not change the schema.
func ready(ctx context.Context, path string) error {
	steps, err := steps(migrations)
	if err != nil {
		return err
	}
	_, err = os.Stat(path)
	fresh := errors.Is(err, fs.ErrNotExist)
	if !fresh {
		// Looked at before it is opened for writing, so that a stranger's file
		// is not turned to WAL.
		err = look(ctx, path, steps)
		if halfWritten(err) {
			// Its founding was cut short before it had a WAL.
			if err = mend(ctx, path); err == nil {
				err = look(ctx, path, steps)
			}
		}
		if err != nil {
			return err
		}
	}
	db := pool(path, writing, unguarded(), 1)
	defer db.Close()
	return migrate(ctx, db, path, steps)
}

// mend lets SQLite roll back what was cut short.
func mend(ctx context.Context, path string) error {
	db := pool(path, mending, guarded(), 1)
	defer db.Close()
	var tables int
	return classify(db.QueryRowContext(ctx, "SELECT COUNT(*) FROM sqlite_schema").Scan(&tables))
}

// look returns an error when the existing database is not ours or is newer.
func look(ctx context.Context, path string, steps []step) error {
	db := pool(path, reading, guarded(), 1)
	defer db.Close()
	tx, err := db.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return classify(err)
	}
	defer tx.Rollback()
	if err = recognise(ctx, tx); err != nil {
		return err
	}
	have, err := version(ctx, tx)
	if err != nil {
		return err
	}
	if know := steps[len(steps)-1].version; have > know {
		return ErrNewerSchema.With("have", strconv.FormatInt(have, 10), "know", strconv.FormatInt(know, 10))
	}
	return nil
}

// version returns the number of the last migration applied, 0 for none.
func version(ctx context.Context, tx *sql.Tx) (int64, error) {
	var tables int
	if err := tx.QueryRowContext(ctx, "SELECT COUNT(*) FROM sqlite_schema WHERE name = 'schema_version'").Scan(&tables); err != nil || tables == 0 {
		return 0, classify(err)
	}
	var v int64
	err := tx.QueryRowContext(ctx, "SELECT COALESCE(MAX(version_id), 0) FROM schema_version WHERE is_applied").Scan(&v)
	return v, classify(err)
}

func migrate(ctx context.Context, db *sql.DB, path string, steps []step) error {
	all := make([]*goose.Migration, len(steps))
	for i, s := range steps {
		all[i] = goose.NewGoMigration(s.version, &goose.GoFunc{RunTx: s.run}, nil)
	}
	if err := claim(ctx, db); err != nil {
		return fmt.Errorf("mark database: %w", classify(err))
	}
	provider, err := goose.NewProvider(goose.DialectSQLite3, db, nil,
		goose.WithGoMigrations(all...), goose.WithDisableGlobalRegistry(true), goose.WithTableName("schema_version"),
		goose.WithAllowOutofOrder(true)) // numbers are given out before the work is done
	if err != nil {
		return fmt.Errorf("prepare migrations: %w", err)
	}
	have, _, err := provider.GetVersions(ctx)
	if err != nil {
		return fmt.Errorf("read schema version: %w", classify(err))
	}
	pending, err := provider.HasPending(ctx)
	if err != nil {
		return fmt.Errorf("read schema version: %w", classify(err))
	}
	if !pending {
		return nil
	}
	if have > 0 {
		if err := keepCopy(ctx, path, have); err != nil {
			return fmt.Errorf("copy database before migration: %w", err)
		}
	}
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("migrate database from version %d: %w", have, classify(err))
	}
	return nil
}

// claim marks an empty database as ours before anything is in it: a founding
// that is cut short must be known again.
func claim(ctx context.Context, db *sql.DB) error {
	var tables int
	if err := db.QueryRowContext(ctx, "SELECT COUNT(*) FROM sqlite_schema").Scan(&tables); err != nil || tables > 0 {
		return err
	}
	_, err := db.ExecContext(ctx, "PRAGMA application_id = "+strconv.Itoa(applicationID))
	return err
}

// keepCopy writes the database as it was beside it, once for each version.
func keepCopy(ctx context.Context, path string, have int64) error {
	to := fmt.Sprintf("%s.version-%d", path, have)
	for n := 2; ; n++ {
		if _, err := os.Lstat(to); errors.Is(err, fs.ErrNotExist) {
			return copyTo(ctx, path, to)
		}
		// A migration was tried before and cut short; its copy is not touched.
		to = fmt.Sprintf("%s.version-%d-%d", path, have, n)
	}
}

type step struct {
	version int64
	text    string
}

// run runs the whole file at once, so that triggers need no separators.
func (s step) run(ctx context.Context, tx *sql.Tx) error {
	_, err := tx.ExecContext(ctx, s.text)
	return err
}

// steps reads files named NNNN-name.sql, in order.
func steps(files fs.FS) ([]step, error) {
	names, err := fs.Glob(files, "migrations/*.sql")
	if err != nil {
		return nil, err
	}
	all := make([]step, 0, len(names))
	for _, name := range names {
		number, _, _ := strings.Cut(strings.TrimPrefix(name, "migrations/"), "-")
		v, err := strconv.ParseInt(number, 10, 32)
		if err != nil || v < 1 {
			return nil, fmt.Errorf("migration %s has no number", name)
		}
		text, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, err
		}
		all = append(all, step{version: v, text: string(text)})
	}
	return all, nil
}
