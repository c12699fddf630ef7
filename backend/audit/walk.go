package audit

import (
	"context"
	"database/sql"
	"maps"

	"golang.org/x/mod/sumdb/tlog"

	"diaoyue.example/workstation/backend/store"
)

// stride is how many entries pass between two calls of progress.
const stride = 4096

// walk reads entries, stored hashes and object rows side by side, each in the
// order of the entries, and stops at the first that does not fit.
func (v *verifier) walk(ctx context.Context, tx *store.Tx, progress func(done, total int64)) error {
	var total int64
	if err := tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM audit_entry`).Scan(&total); err != nil {
		return err
	}
	entries, err := tx.QueryContext(ctx, `SELECT seq, body, details, salt, at, actor, event, result FROM audit_entry ORDER BY seq`)
	if err != nil {
		return err
	}
	defer entries.Close()
	hashes, err := newCursor(ctx, tx, `SELECT idx, hash FROM audit_hash ORDER BY idx`, scanHash)
	if err != nil {
		return err
	}
	defer hashes.close()
	objects, err := newCursor(ctx, tx, `SELECT seq, kind, id FROM audit_object ORDER BY seq, kind`, scanObject)
	if err != nil {
		return err
	}
	defer objects.close()

	for entries.Next() {
		var e storedEntry
		if err := entries.Scan(&e.seq, &e.body, &e.details, &e.salt, &e.at, &e.actor, &e.event, &e.result); err != nil {
			return err
		}
		if err := v.entry(e, hashes, objects); err != nil {
			return err
		}
		if progress != nil && v.n%stride == 0 {
			progress(v.n, total)
		}
	}
	if err := entries.Err(); err != nil {
		return err
	}
	// What speaks of later entries tells that there were some.
	if hashes.ok || objects.ok {
		v.reach = max(v.reach, v.n+1)
	}
	if progress != nil {
		progress(v.n, total)
	}
	return nil
}

// storedEntry is a row as the table has it, unbelieved.
type storedEntry struct {
	seq                      int64
	body                     string
	details                  sql.NullString
	salt                     []byte
	at, actor, event, result string
}

func (v *verifier) entry(e storedEntry, hashes *cursor[storedHash], objects *cursor[storedObject]) error {
	seq := v.n + 1
	if e.seq != seq {
		return &TamperError{Seq: seq, To: max(e.seq-1, seq), Kind: KindMissing}
	}
	leaf := tlog.RecordHash([]byte(e.body))
	wrong := func(kind string) error { return &TamperError{Seq: seq, To: seq, Kind: kind} }
	if hashes.ok && hashes.row.idx == tlog.StoredHashIndex(0, v.n) && hashes.row.hash != leaf {
		return wrong(KindBody)
	}
	var b body
	if err := read([]byte(e.body), &b); err != nil || b.Seq != seq || b.V != version {
		return wrong(KindBody)
	}
	if !e.detailsFit(b.Details) {
		return wrong(KindDetails)
	}
	if b.At != e.at || b.Actor != e.actor || string(b.Event) != e.event || string(b.Result) != e.result {
		return wrong(KindIndex)
	}
	found := map[string]string{}
	for objects.ok && objects.row.seq <= seq {
		if objects.row.seq < seq {
			return wrong(KindIndex)
		}
		found[objects.row.kind] = objects.row.id
		if err := objects.next(); err != nil {
			return err
		}
	}
	if !maps.Equal(found, b.Objects) {
		return wrong(KindIndex)
	}
	if err := v.grow(leaf, hashes); err != nil {
		return err
	}
	return v.check()
}

func (e storedEntry) detailsFit(want string) bool {
	if want == "" {
		return !e.details.Valid && e.salt == nil
	}
	return e.details.Valid && digest(e.salt, []byte(e.details.String)) == want
}

// grow adds a leaf to the recomputed tree and compares each hash that becomes
// known by it with the stored one.
func (v *verifier) grow(leaf tlog.Hash, hashes *cursor[storedHash]) error {
	index := tlog.StoredHashIndex(0, v.n)
	v.stack = append(v.stack, leaf)
	v.n++
	width := int64(1)
	for k := v.n; ; k >>= 1 {
		top := v.stack[len(v.stack)-1]
		if !hashes.ok || hashes.row.idx != index || hashes.row.hash != top {
			return &TamperError{Seq: v.n - width + 1, To: v.n, Kind: KindHashes}
		}
		if err := hashes.next(); err != nil {
			return err
		}
		if k&1 == 1 {
			return nil
		}
		left := v.stack[len(v.stack)-2]
		v.stack = append(v.stack[:len(v.stack)-2], tlog.NodeHash(left, top))
		index++
		width *= 2
	}
}

type storedHash struct {
	idx  int64
	hash tlog.Hash
}

type storedObject struct {
	seq      int64
	kind, id string
}

func scanHash(rows *sql.Rows) (storedHash, error) {
	var h storedHash
	var raw []byte
	err := rows.Scan(&h.idx, &raw)
	copy(h.hash[:], raw)
	return h, err
}

func scanObject(rows *sql.Rows) (storedObject, error) {
	var o storedObject
	err := rows.Scan(&o.seq, &o.kind, &o.id)
	return o, err
}

// cursor holds the next row of a query.
type cursor[T any] struct {
	rows *sql.Rows
	scan func(*sql.Rows) (T, error)
	row  T
	ok   bool
}

func newCursor[T any](ctx context.Context, tx *store.Tx, query string, scan func(*sql.Rows) (T, error)) (*cursor[T], error) {
	rows, err := tx.QueryContext(ctx, query) //nolint:rowserrcheck // next looks at Err
	if err != nil {
		return nil, err
	}
	c := &cursor[T]{rows: rows, scan: scan}
	if err := c.next(); err != nil {
		c.close()
		return nil, err
	}
	return c, nil
}

func (c *cursor[T]) next() error {
	if c.ok = c.rows.Next(); !c.ok {
		return c.rows.Err()
	}
	var err error
	c.row, err = c.scan(c.rows)
	return err
}

func (c *cursor[T]) close() { _ = c.rows.Close() }
