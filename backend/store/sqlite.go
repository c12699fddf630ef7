package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"slices"
	"strings"

	"modernc.org/sqlite" // the one room that names the driver
	sqlite3 "modernc.org/sqlite/lib"
)

// applicationID marks the file as ours: "DYT1".
const applicationID = 0x44595431

type mode int

const (
	writing mode = iota
	reading
	copying // as reading, but VACUUM INTO may write its copy
	mending // rolls back what was cut short, and changes nothing else
)

// dsn names the file with the pragmas every connection has. busy_timeout
// stands first, so that setting WAL can wait for a lock; recursive_triggers
// makes REPLACE fire the triggers that refuse a DELETE.
func dsn(path string, m mode) string {
	pragmas := []string{"busy_timeout(10000)"}
	query := url.Values{"_defensive": {"1"}}
	switch m {
	case writing:
		query.Set("_txlock", "immediate")
		pragmas = append(pragmas, "journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(1)", "recursive_triggers(1)", "journal_size_limit(67108864)")
	case reading:
		query.Set("mode", "ro")
		pragmas = append(pragmas, "query_only(1)")
	case copying:
		query.Set("mode", "ro")
	case mending:
		query.Set("mode", "rw")
	}
	query["_pragma"] = append(pragmas, "trusted_schema(0)", "cell_size_check(1)")
	// SQLite decodes the path of a URI, so a space, % or ? in it must be escaped.
	u := url.URL{Scheme: "file", Path: filepath.ToSlash(path), RawQuery: query.Encode(), OmitHost: true}
	return u.String()
}

// guarded returns a driver whose connections cannot change the schema: the
// triggers that keep the log are dropped by nobody who talks to us.
func guarded() *sqlite.Driver {
	d := &sqlite.Driver{}
	d.RegisterConnectionHook(func(conn sqlite.ExecQuerierContext, _ string) error {
		a, ok := conn.(sqlite.AuthorizerRegisterer)
		if !ok {
			return errors.New("the driver has no authorizer")
		}
		return a.RegisterAuthorizer(authorize)
	})
	return d
}

// unguarded returns a driver for migrations and copies.
func unguarded() *sqlite.Driver { return &sqlite.Driver{} }

func authorize(action sqlite.AuthorizerActionCode, _, _, _, _ string) sqlite.AuthorizerReturnCode {
	switch int32(action) {
	case sqlite3.SQLITE_CREATE_INDEX, sqlite3.SQLITE_CREATE_TABLE, sqlite3.SQLITE_CREATE_TRIGGER, sqlite3.SQLITE_CREATE_VIEW, sqlite3.SQLITE_CREATE_VTABLE,
		sqlite3.SQLITE_DROP_INDEX, sqlite3.SQLITE_DROP_TABLE, sqlite3.SQLITE_DROP_TRIGGER, sqlite3.SQLITE_DROP_VIEW, sqlite3.SQLITE_DROP_VTABLE,
		sqlite3.SQLITE_ALTER_TABLE, sqlite3.SQLITE_ATTACH, sqlite3.SQLITE_DETACH:
		return sqlite.AuthorizerReturnCode(sqlite3.SQLITE_DENY)
	}
	return sqlite.AuthorizerReturnCode(sqlite3.SQLITE_OK)
}

type connector struct {
	driver *sqlite.Driver
	dsn    string
}

func (c connector) Connect(context.Context) (driver.Conn, error) { return c.driver.Open(c.dsn) }
func (c connector) Driver() driver.Driver                        { return c.driver }

func pool(path string, m mode, d *sqlite.Driver, conns int) *sql.DB {
	db := sql.OpenDB(connector{driver: d, dsn: dsn(path, m)})
	db.SetMaxOpenConns(conns)
	db.SetMaxIdleConns(conns)
	return db
}

// useOFDLocks asks for locks that survive another part of the process opening
// and closing the file. Where they do not exist the rule of this package, not
// to open SQLite's files, must do.
func useOFDLocks() error {
	_, err := sqlite.OFDLocking(true)
	if err == nil || errors.Is(err, sqlite.ErrOFDLockingUnavailable) {
		return nil
	}
	return fmt.Errorf("use OFD locks: %w", err)
}

// recognise returns ErrForeign for a database that is not ours. An empty one
// is ours to be.
func recognise(ctx context.Context, tx *sql.Tx) error {
	var id, tables int64
	if err := tx.QueryRowContext(ctx, "PRAGMA application_id").Scan(&id); err != nil {
		return classify(err)
	}
	if err := tx.QueryRowContext(ctx, "SELECT COUNT(*) FROM sqlite_schema").Scan(&tables); err != nil {
		return classify(err)
	}
	if id != applicationID && (id != 0 || tables != 0) {
		return ErrForeign
	}
	return nil
}

func isConstraint(err error) bool {
	var e *sqlite.Error
	return errors.As(err, &e) && e.Code()&0xff == sqlite3.SQLITE_CONSTRAINT
}

// halfWritten says that a change was cut short and must be rolled back before
// anybody can read.
func halfWritten(err error) bool {
	var e *sqlite.Error
	return errors.As(err, &e) && slices.Contains([]int{
		sqlite3.SQLITE_READONLY_ROLLBACK, sqlite3.SQLITE_READONLY_RECOVERY, sqlite3.SQLITE_READONLY_CANTINIT,
	}, e.Code())
}

func cannotOpen(err error) bool {
	var e *sqlite.Error
	return errors.As(err, &e) && e.Code()&0xff == sqlite3.SQLITE_CANTOPEN
}

// classify puts the sentinel of this room over SQLite's own error.
func classify(err error) error {
	if err == nil {
		return nil
	}
	if errors.Is(err, sql.ErrConnDone) || strings.Contains(err.Error(), "sql: database is closed") {
		return fmt.Errorf("%w: %w", ErrClosed, err)
	}
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return err
	}
	// The file of shared memory cannot grow: there is no room for its pages.
	if e.Code() == sqlite3.SQLITE_IOERR_SHMSIZE {
		return fmt.Errorf("%w: %w", ErrNoSpace, err)
	}
	switch e.Code() & 0xff {
	case sqlite3.SQLITE_FULL:
		return fmt.Errorf("%w: %w", ErrNoSpace, err)
	case sqlite3.SQLITE_READONLY:
		return fmt.Errorf("%w: %w", ErrReadOnly, err)
	case sqlite3.SQLITE_CORRUPT:
		return fmt.Errorf("%w: %w", ErrCorrupt, err)
	case sqlite3.SQLITE_NOTADB:
		return fmt.Errorf("%w: %w", ErrForeign, err)
	case sqlite3.SQLITE_IOERR, sqlite3.SQLITE_PROTOCOL: // the memory shared by connections could not be had
		return fmt.Errorf("%w: %w", ErrDisk, err)
	case sqlite3.SQLITE_BUSY:
		return fmt.Errorf("%w: %w", ErrBusy, err)
	}
	return err
}
