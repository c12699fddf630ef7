package audit

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"diaoyue.example/workstation/backend/audit/check"
	"diaoyue.example/workstation/backend/store"
)

const saltSize = 16

// insert writes the entry that follows size others, with its hashes.
func insert(ctx context.Context, tx *store.Tx, size int64, at time.Time, e Entry) error {
	b := check.Body{Actor: e.Actor, At: store.FormatTime(at), Event: string(e.Event), Objects: e.Objects, Result: string(e.Result), Seq: size + 1, V: check.Version}
	if b.Result == "" {
		b.Result = string(OK)
	}
	if len(e.Codes) > 0 {
		codes, err := canonical(e.Codes)
		if err != nil {
			return fmt.Errorf("log codes of %s: %w", e.Event, err)
		}
		b.Codes = codes
	}
	details, salt, err := withSalt(e.Details)
	if err != nil {
		return fmt.Errorf("log details of %s: %w", e.Event, err)
	}
	if salt != nil {
		b.Details = digest(salt, []byte(details.String))
	}
	text, err := write(b)
	if err != nil {
		return fmt.Errorf("log %s: %w", e.Event, err)
	}
	if _, err := tx.ExecContext(ctx, `INSERT INTO audit_entry (seq, body, details, salt, at, actor, event, result) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
		b.Seq, string(text), details, salt, b.At, b.Actor, b.Event, b.Result); err != nil {
		return fmt.Errorf("log %s: %w", e.Event, err)
	}
	for _, kind := range slices.Sorted(maps.Keys(b.Objects)) {
		if _, err := tx.ExecContext(ctx, `INSERT INTO audit_object (kind, id, seq) VALUES (?, ?, ?)`, kind, b.Objects[kind], b.Seq); err != nil {
			return fmt.Errorf("log %s: %w", e.Event, err)
		}
	}
	return grow(ctx, tx, size, tlog.RecordHash(text))
}

// withSalt writes details and draws their salt; both are NULL when there are
// no details.
func withSalt(details map[string]any) (sql.NullString, []byte, error) {
	if len(details) == 0 {
		return sql.NullString{}, nil, nil
	}
	text, err := canonical(details)
	if err != nil {
		return sql.NullString{}, nil, err
	}
	salt := make([]byte, saltSize)
	if _, err = rand.Read(salt); err != nil {
		return sql.NullString{}, nil, err
	}
	return sql.NullString{String: string(text), Valid: true}, salt, nil
}

// grow adds a leaf to the stored tree of size leaves. What it needs of the
// tree it reads in the same transaction: nothing is cached that a rollback
// could make untrue.
func grow(ctx context.Context, tx *store.Tx, size int64, leaf tlog.Hash) error {
	hashes, err := tlog.StoredHashesForRecordHash(size, leaf, reader(ctx, tx))
	if err != nil {
		return fmt.Errorf("grow log tree: %w", err)
	}
	first := tlog.StoredHashIndex(0, size)
	for i, h := range hashes {
		if _, err := tx.ExecContext(ctx, `INSERT INTO audit_hash (idx, hash) VALUES (?, ?)`, first+int64(i), h[:]); err != nil {
			return fmt.Errorf("grow log tree: %w", err)
		}
	}
	return nil
}

// reader reads stored hashes of the tree.
func reader(ctx context.Context, tx *store.Tx) tlog.HashReader {
	return tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		hashes := make([]tlog.Hash, len(indexes))
		for i, idx := range indexes {
			var h []byte
			if err := tx.QueryRowContext(ctx, `SELECT hash FROM audit_hash WHERE idx = ?`, idx).Scan(&h); err != nil {
				return nil, fmt.Errorf("read hash %d: %w", idx, err)
			}
			copy(hashes[i][:], h)
		}
		return hashes, nil
	})
}

// treeHead returns size and root by the stored hashes.
func treeHead(ctx context.Context, tx *store.Tx) (int64, tlog.Hash, error) {
	size, _, err := tail(ctx, tx)
	if err != nil {
		return 0, tlog.Hash{}, err
	}
	root, err := tlog.TreeHash(size, reader(ctx, tx))
	return size, root, err
}

// digest binds details to an entry: without the salt nobody can guess them
// from it.
func digest(salt, details []byte) string {
	sum := sha256.Sum256(append(slices.Clone(salt), details...))
	return hex.EncodeToString(sum[:])
}

// canonical writes v as JSON with sorted keys, also within structs.
func canonical(v any) ([]byte, error) {
	text, err := write(v)
	if err != nil {
		return nil, err
	}
	var plain any
	if err := read(text, &plain); err != nil {
		return nil, err
	}
	return write(plain)
}

// write writes JSON in one line without escaping <, > and &.
func write(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// read reads JSON and keeps numbers as they are written.
func read(text []byte, v any) error {
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber()
	return dec.Decode(v)
}
