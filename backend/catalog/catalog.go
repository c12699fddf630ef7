// Package catalog is the description of the archive: the fonds, its case
// files, their records, and what is known of each (pages of text, transcripts,
// annotations). It holds no bytes of originals, only their digests.
//
// Invariant: every change is made inside audit.Log.Do, writes one row to the
// gapless change feed in the same transaction, which seals what the catalogue
// then holds of its subject; nothing that was described is ever deleted.
package catalog

import (
	"context"
	"time"

	"golang.org/x/text/unicode/norm"

	"diaoyue.example/workstation/backend/accounts"
	"diaoyue.example/workstation/backend/audit"
	"diaoyue.example/workstation/backend/store"
)

// Catalog reads and writes descriptions. It is safe for concurrent use.
// Methods that change something take the transaction of audit.Log.Do.
type Catalog struct {
	db    *store.DB
	log   *audit.Log
	desk  *accounts.Desk
	now   func() time.Time
	newID func() (string, error)
}

// Config of a catalog.
type Config struct {
	DB       *store.DB
	Log      *audit.Log
	Accounts *accounts.Desk
	Now      func() time.Time
}

// New gives the catalog of an open archive.
func New(cfg Config) *Catalog {
	return &Catalog{db: cfg.DB, log: cfg.Log, desk: cfg.Accounts, now: cfg.Now, newID: newID}
}

// read runs fn in a read transaction and returns what it found.
func read[T any](ctx context.Context, db *store.DB, fn func(*store.Tx) (T, error)) (T, error) {
	var out T
	err := db.Read(ctx, func(tx *store.Tx) error {
		var err error
		out, err = fn(tx)
		return err
	})
	return out, err
}

// clean is how a typed text is kept: Unicode NFC, so that twins that look
// alike are alike.
func clean(s string) string { return norm.NFC.String(s) }
