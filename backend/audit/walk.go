package audit

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"hash/maphash"
	"maps"
	"math"
	"slices"
	"sync"

	"golang.org/x/mod/sumdb/tlog"

	"diaoyue.example/workstation/backend/audit/check"
	"diaoyue.example/workstation/backend/store"
)

// A log of a million entries is verified while somebody waits for it. What
// takes the time is reading five million rows, so entries, stored hashes and
// objects are read by a connection each, and the tree is recomputed beside.

const (
	batchSize = 512  // entries handed on at once
	chunkSize = 4096 // stored hashes read at once
)

// errStop ends a reader whose reading is no longer wanted.
var errStop = errors.New("stop")

// walk reads entries, stored hashes and objects side by side, and stops at
// the first entry that does not fit.
func (v *verification) walk(ctx context.Context, db *store.DB, progress func(done, total int64)) error {
	ctx, cancel := context.WithCancel(ctx)
	seed := maphash.MakeSeed()
	w := &walker{
		verification: v, db: db, progress: progress, seed: seed,
		key: int64(maphash.String(seed, "indexes")>>33) | 1, groups: groups{}, batches: make(chan *batch, 4), spare: make(chan *batch, 6), chunks: make(chan chunk, 4), ready: make(chan struct{}),
	}
	var readers sync.WaitGroup
	defer readers.Wait()
	defer cancel()
	readers.Go(func() { w.entriesErr = w.readEntries(ctx); close(w.batches) })
	select {
	case <-w.ready: // the snapshot of the entries stands; later ones only hold more
	case <-ctx.Done():
		return ctx.Err()
	}
	if w.size == 0 && w.prepareErr != nil {
		return w.prepareErr
	}
	objects := make(chan struct{})
	readers.Go(func() { w.hashesErr = w.readHashes(ctx); close(w.chunks) })
	readers.Go(func() {
		defer close(objects)
		w.objectsErr = w.readObjects(ctx)
		w.indexesErr = w.readIndexes(ctx)
	})
	if err := w.compare(ctx); err != nil {
		return err
	}
	<-objects
	if err := w.compareObjects(ctx); err != nil {
		return err
	}
	return w.compareIndexes(ctx)
}

type walker struct {
	*verification
	db       *store.DB
	progress func(done, total int64)
	seed     maphash.Seed
	key      int64 // of the sums over objects and indexes, 31 bits, odd

	ready      chan struct{}
	prepareErr error
	size       int64 // entries in the snapshot
	last       int64 // number of the last entry in the snapshot

	batches    chan *batch
	spare      chan *batch
	entriesErr error

	chunks    chan chunk
	now       chunk
	hashesErr error

	said, held uint64 // sums over objects: of the bodies, and of the table
	beyond     int64  // greatest entry that the table of objects knows without its being there
	objectsErr error

	groups     groups // of the bodies
	indexed    map[string]map[share]int64
	indexesErr error
}

// batch is some entries, copied out of the rows.
type batch struct {
	text []byte
	rows []span
}

// span says where the fields of an entry end in the batch's text.
type span struct {
	seq           int64
	start         int
	end           [4]int // body, details, salt, columns
	details, salt bool
}

func (b *batch) field(r *span, i int) []byte {
	from := r.start
	if i > 0 {
		from = r.end[i-1]
	}
	return b.text[from:r.end[i]]
}

// readEntries reads the entries in order, in one snapshot.
func (w *walker) readEntries(ctx context.Context) error {
	var once sync.Once
	begin := func() { once.Do(func() { close(w.ready) }) }
	defer begin()
	return w.db.Read(ctx, func(tx *store.Tx) error {
		// The first query takes the snapshot.
		err := tx.QueryRowContext(ctx, `SELECT count(*), coalesce(max(seq), 0) FROM audit_entry`).Scan(&w.size, &w.last)
		if err == nil {
			err = w.prepare(ctx, tx)
		}
		var top sql.NullInt64
		if err == nil {
			err = tx.QueryRowContext(ctx, `SELECT max(idx) FROM audit_hash`).Scan(&top)
		}
		if err != nil {
			w.prepareErr, w.size = err, 0
			return err
		}
		// What speaks of later entries tells that there were some.
		if top.Valid && top.Int64 >= tlog.StoredHashCount(w.size) {
			w.Expect(w.size + 1)
		}
		begin()
		// The columns by which entries are found come as one: what a row costs
		// here is the number of its columns.
		rows, err := tx.QueryContext(ctx, `SELECT seq, body, details, salt, at || char(31) || actor || char(31) || event || char(31) || result FROM audit_entry ORDER BY seq`)
		if err != nil {
			return err
		}
		defer rows.Close()
		return w.batch(ctx, rows)
	})
}

func (w *walker) batch(ctx context.Context, rows *sql.Rows) error {
	b := &batch{}
	send := func() error {
		select {
		case w.batches <- b:
		case <-ctx.Done():
			return ctx.Err()
		}
		select {
		case b = <-w.spare:
			b.text, b.rows = b.text[:0], b.rows[:0]
		default:
			b = &batch{}
		}
		return nil
	}
	var fields [4]sql.RawBytes
	for rows.Next() {
		var r span
		if err := rows.Scan(&r.seq, &fields[0], &fields[1], &fields[2], &fields[3]); err != nil {
			return err
		}
		r.start, r.details, r.salt = len(b.text), fields[1] != nil, fields[2] != nil
		for i, f := range fields {
			b.text = append(b.text, f...)
			r.end[i] = len(b.text)
		}
		if b.rows = append(b.rows, r); len(b.rows) == batchSize {
			if err := send(); err != nil {
				return err
			}
		}
	}
	if err := rows.Err(); err != nil {
		return err
	}
	return send()
}

// compare recomputes the tree while the entries pass by.
func (w *walker) compare(ctx context.Context) error {
	for b := range w.batches {
		if err := ctx.Err(); err != nil {
			return err
		}
		for i := range b.rows {
			if err := w.entry(b, &b.rows[i]); err != nil {
				return err
			}
		}
		if n, _ := w.Head(); w.progress != nil {
			w.progress(n, w.size)
		}
		select {
		case w.spare <- b:
		default:
		}
	}
	return w.entriesErr
}

func (w *walker) entry(b *batch, r *span) error {
	e := check.Entry{Seq: r.seq, Body: b.field(r, 0)}
	if r.details {
		e.Details = b.field(r, 1)
	}
	if r.salt {
		e.Salt = b.field(r, 2)
	}
	n, _ := w.Head()
	wrong := func(kind string) error { return &TamperError{Seq: n + 1, To: n + 1, Kind: kind} }
	f, leaf, err := w.Read(&e)
	if r.seq == n+1 {
		h, ok, hashErr := w.hash(tlog.StoredHashIndex(0, n))
		if hashErr != nil {
			return hashErr
		}
		if ok && h != leaf {
			return wrong(KindBody)
		}
	}
	if err != nil {
		return err
	}
	if !columns(b.field(r, 3), f.At, f.Actor, f.Event, f.Result) {
		return wrong(KindIndex)
	}
	part := mixed(r.seq, w.key)
	w.groups.add(f, part)
	for _, o := range f.Objects {
		w.said += w.keyed(o.Kind, o.ID) * uint64(part) //nolint:gosec // G115: modulo 2⁶⁴, as the sum
	}
	var hashErr error
	err = w.Grow(leaf, func(index int64, want tlog.Hash) bool {
		h, ok, failed := w.hash(index)
		hashErr = errors.Join(hashErr, failed)
		return ok && h == want
	})
	return errors.Join(hashErr, err)
}

// columns reports whether joined is these fields with a unit separator between
// them. No field of ours has one, and a body with one is none of ours.
func columns(joined []byte, fields ...[]byte) bool {
	for i, f := range fields {
		rest, ok := bytes.CutPrefix(joined, f)
		if ok && i < len(fields)-1 {
			rest, ok = bytes.CutPrefix(rest, []byte{0x1f})
		}
		if !ok {
			return false
		}
		joined = rest
	}
	return len(joined) == 0
}

// keyed is what the numbers of an object's entries are multiplied with in the
// sum. Two sets of rows with the same sum are the same: nobody who wrote them
// knew seed and key.
func (w *walker) keyed(kind, id []byte) uint64 {
	var h maphash.Hash
	h.SetSeed(w.seed)
	var length [8]byte // so that what is the kind's cannot be the id's
	binary.LittleEndian.PutUint64(length[:], uint64(len(kind)))
	_, _ = h.Write(length[:])
	_, _ = h.Write(kind)
	_, _ = h.Write(id)
	return h.Sum64()
}

// chunk is a run of stored hashes.
type chunk struct {
	first  int64
	hashes []byte
}

// hash returns the stored hash of that index, false when there is none.
func (w *walker) hash(index int64) (tlog.Hash, bool, error) {
	for index >= w.now.first+int64(len(w.now.hashes)/tlog.HashSize) {
		next, ok := <-w.chunks
		if !ok {
			return tlog.Hash{}, false, w.hashesErr
		}
		w.now = next
	}
	if index < w.now.first {
		return tlog.Hash{}, false, nil
	}
	at := (index - w.now.first) * tlog.HashSize
	return tlog.Hash(w.now.hashes[at : at+tlog.HashSize]), true, nil
}

// readHashes reads the stored hashes in runs.
func (w *walker) readHashes(ctx context.Context) error {
	end := tlog.StoredHashCount(w.last)
	return w.db.Read(ctx, func(tx *store.Tx) error {
		query, err := tx.PrepareContext(ctx, `SELECT count(*), coalesce(group_concat(hash, ''), '')
			FROM (SELECT hash FROM audit_hash WHERE idx >= ? AND idx < ? ORDER BY idx)`)
		if err != nil {
			return err
		}
		defer query.Close()
		for first := int64(0); first < end; first += chunkSize {
			var count int64
			var text sql.RawBytes
			var raw []byte
			to := min(first+chunkSize, end)
			rows, err := query.QueryContext(ctx, first, to)
			if err != nil {
				return err
			}
			if rows.Next() {
				err = rows.Scan(&count, &text)
				raw = bytes.Clone(text)
			}
			if err = errors.Join(err, rows.Err(), rows.Close()); err != nil { //nolint:sqlclosecheck // one of many in a loop, closed here
				return err
			}
			if count != to-first || int64(len(raw)) != count*tlog.HashSize {
				err = w.holes(ctx, tx, first, to)
			} else {
				err = w.hand(ctx, chunk{first, raw})
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// holes reads a run that is not whole, row by row.
func (w *walker) holes(ctx context.Context, tx *store.Tx, first, to int64) error {
	rows, err := tx.QueryContext(ctx, `SELECT idx, hash FROM audit_hash WHERE idx >= ? AND idx < ? ORDER BY idx`, first, to)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var index int64
		var hash []byte
		if err := rows.Scan(&index, &hash); err != nil {
			return err
		}
		if len(hash) != tlog.HashSize {
			continue // as if it were gone
		}
		if err := w.hand(ctx, chunk{index, hash}); err != nil {
			return err
		}
	}
	return rows.Err()
}

func (w *walker) hand(ctx context.Context, c chunk) error {
	select {
	case w.chunks <- c:
		return nil
	case <-ctx.Done():
		return errStop
	}
}

// readObjects sums up the table of objects.
func (w *walker) readObjects(ctx context.Context) error {
	return w.db.Read(ctx, func(tx *store.Tx) error {
		rows, err := tx.QueryContext(ctx, `SELECT kind, id, sum(iif(seq <= ?2, `+mixedSQL+`, 0)), max(seq) FROM audit_object GROUP BY kind, id`, w.key, w.last)
		if err != nil {
			return err
		}
		defer rows.Close()
		var top int64
		for rows.Next() {
			var kind, id sql.RawBytes
			var sum, newest int64
			if err = rows.Scan(&kind, &id, &sum, &newest); err != nil {
				return err
			}
			top = max(top, newest)
			w.held += w.keyed(kind, id) * uint64(sum) //nolint:gosec // G115: modulo 2⁶⁴, as the sum
		}
		if err = rows.Err(); err != nil || top <= w.last {
			return err
		}
		// This snapshot is the later one: rows of entries written since are
		// right, rows of entries that are not here are not.
		var there int
		if err = tx.QueryRowContext(ctx, `SELECT count(*) FROM audit_entry WHERE seq = ?`, top).Scan(&there); err == nil && there == 0 {
			w.beyond = top
		}
		return err
	})
}

// compareObjects names the entry whose objects do not fit.
func (w *walker) compareObjects(ctx context.Context) error {
	if w.objectsErr != nil {
		return w.objectsErr
	}
	if w.beyond > 0 {
		w.Expect(w.size + 1)
	}
	if w.said == w.held {
		return nil
	}
	return w.db.Read(ctx, func(tx *store.Tx) error { return wrongObjects(ctx, tx) })
}

// wrongObjects finds the first entry whose objects are not those of its body.
func wrongObjects(ctx context.Context, tx *store.Tx) error {
	objects, err := tx.QueryContext(ctx, `SELECT seq, kind, id FROM audit_object ORDER BY seq, kind`) //nolint:sqlclosecheck // closed below
	if err != nil {
		return err
	}
	defer objects.Close()
	entries, err := tx.QueryContext(ctx, `SELECT seq, body FROM audit_entry ORDER BY seq`)
	if err != nil {
		return err
	}
	defer entries.Close()
	var at int64
	var kind, id string
	next := func() error {
		if at = math.MaxInt64; objects.Next() {
			return objects.Scan(&at, &kind, &id)
		}
		return objects.Err()
	}
	if err = next(); err != nil {
		return err
	}
	for entries.Next() {
		var seq int64
		var text []byte
		if err = entries.Scan(&seq, &text); err != nil {
			return err
		}
		found := map[string]string{}
		for ; at <= seq && err == nil; err = next() {
			if at < seq {
				return &TamperError{Seq: at, To: at, Kind: KindIndex}
			}
			found[kind] = id
		}
		if err != nil {
			return err
		}
		if b, err := check.ParseBody(text); err != nil || !maps.Equal(found, b.Objects) {
			return &TamperError{Seq: seq, To: seq, Kind: KindIndex}
		}
	}
	return entries.Err()
}

func sorted(m map[int64]string) []int64 { return slices.Sorted(maps.Keys(m)) }
