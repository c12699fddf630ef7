package audit

import (
	"bufio"
	"context"
	"database/sql"
	"encoding/hex"
	"fmt"
	"io"

	"diaoyue.example/workstation/backend/audit/check"
	"diaoyue.example/workstation/backend/store"
)

// Exported says what an export holds.
type Exported struct {
	Entries int64
	Root    string // lower hex
	Size    int64  // bytes
	Path    string // set by who wrote it to a file
	// Withheld says that the details were kept back, as asked for or because
	// the account may not see them.
	Withheld bool
}

// Export writes the whole log, keys, checkpoints and witnesses included, as
// docs/formats/log.md describes it, signed up to its last entry, which is that
// of the export itself. With withhold, details (titles, names, reasons,
// queries) are left out; every proof still holds. Package check verifies it
// without the archive.
func (l *Log) Export(ctx context.Context, out io.Writer, actor string, withhold bool, progress func(done, total int64)) (Exported, error) {
	if _, err := l.Note(ctx, Entry{Actor: actor, Event: Exporting, Codes: map[string]any{"what": "log", "withheld": withhold}}); err != nil {
		return Exported{}, err
	}
	c, err := l.Checkpoint(ctx)
	if err != nil {
		return Exported{}, err
	}
	count := &counter{w: out}
	b := bufio.NewWriterSize(count, 1<<16)
	err = l.db.Read(ctx, func(tx *store.Tx) error {
		x := exporter{w: b, withhold: withhold, size: c.Size, progress: progress}
		return x.write(ctx, tx, check.Line{Head: &check.Head{V: check.ExportVersion, Archive: l.archive, At: store.FormatTime(l.cfg.Now()), Withheld: withhold}})
	})
	if err == nil {
		err = b.Flush()
	}
	if err != nil {
		return Exported{}, fmt.Errorf("export log: %w", err)
	}
	return Exported{Entries: c.Size, Root: c.Root, Size: count.n, Withheld: withhold}, nil
}

type counter struct {
	w io.Writer
	n int64
}

func (c *counter) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	c.n += int64(n)
	return n, err
}

type exporter struct {
	w        *bufio.Writer
	withhold bool
	size     int64
	progress func(done, total int64)
}

func (x *exporter) line(l check.Line) error {
	text, err := write(l)
	if err != nil {
		return err
	}
	_, err = x.w.Write(append(text, '\n'))
	return err
}

func (x *exporter) write(ctx context.Context, tx *store.Tx, head check.Line) error {
	if err := x.line(head); err != nil {
		return err
	}
	for _, part := range []struct {
		query string
		scan  func(*sql.Rows) (check.Line, error)
	}{
		{`SELECT public, since FROM audit_key WHERE since <= ? ORDER BY since, rowid`, func(r *sql.Rows) (check.Line, error) {
			k := &check.KeyLine{}
			return check.Line{Key: k}, r.Scan(&k.Public, &k.Since)
		}},
		{`SELECT size, note FROM audit_checkpoint WHERE size <= ? ORDER BY size`, func(r *sql.Rows) (check.Line, error) {
			c := &check.NoteLine{}
			return check.Line{Checkpoint: c}, r.Scan(&c.Size, &c.Note)
		}},
		{`SELECT seq, size, note FROM audit_witness WHERE seq <= ? ORDER BY seq`, func(r *sql.Rows) (check.Line, error) {
			c := &check.NoteLine{}
			return check.Line{Witness: c}, r.Scan(&c.Seq, &c.Size, &c.Note)
		}},
		{`SELECT seq, body, details, salt FROM audit_entry WHERE seq <= ? ORDER BY seq`, x.entry},
	} {
		if err := x.each(ctx, tx, part.query, part.scan); err != nil {
			return err
		}
	}
	return x.line(check.Line{End: &check.End{Size: x.size}})
}

func (x *exporter) each(ctx context.Context, tx *store.Tx, query string, scan func(*sql.Rows) (check.Line, error)) error {
	rows, err := tx.QueryContext(ctx, query, x.size)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		l, err := scan(rows)
		if err != nil {
			return err
		}
		if err := x.line(l); err != nil {
			return err
		}
	}
	return rows.Err()
}

func (x *exporter) entry(r *sql.Rows) (check.Line, error) {
	e := &check.EntryLine{}
	var details sql.NullString
	var salt []byte
	if err := r.Scan(&e.Seq, &e.Body, &details, &salt); err != nil {
		return check.Line{}, err
	}
	if details.Valid && !x.withhold {
		e.Details, e.Salt = &details.String, hex.EncodeToString(salt)
	}
	if x.progress != nil && (e.Seq%4096 == 0 || e.Seq == x.size) {
		x.progress(e.Seq, x.size)
	}
	return check.Line{Entry: e}, nil
}
