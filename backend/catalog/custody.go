package catalog

import (
	"context"
	"fmt"

	"diaoyue.example/workstation/backend/store"
)

// What keeps an original from being read though it is described.
const (
	CustodyBroken   = "broken"    // its bytes are not those of its digest, or it is gone
	CustodyTakenOut = "taken-out" // left this workstation as a suspected state secret (refusal R1)
	CustodyDisposed = "disposed"  // destroyed outside under supervision after its retention (article 20)
)

// Readable returns why the record's original must not be opened, nil when it
// may. Whoever opens bytes for a person, a job or a copy asks this first.
// Errors: ErrSuspected, ErrBroken, ErrTakenOut, ErrDisposed.
func (r Record) Readable() error {
	switch r.Custody {
	case CustodyBroken:
		return ErrBroken.With("record", r.Code, "basis", "S20.1")
	case CustodyTakenOut:
		return ErrTakenOut.With("record", r.Code, "basis", "R1")
	case CustodyDisposed:
		return ErrDisposed.With("record", r.Code, "basis", "S20.1")
	}
	if r.Suspected {
		return ErrSuspected.With("record", r.Code, "basis", "R1")
	}
	return nil
}

// SetCustody notes what became of a record's original; "" is whole and here.
func (c *Catalog) SetCustody(ctx context.Context, tx *store.Tx, recordID, custody string) (Record, error) {
	return c.update(ctx, tx, recordID, `custody = ?`, custody)
}

// SetSuspected keeps a record apart as a suspected state secret, or ends that.
// The change feed takes it out of the search index.
func (c *Catalog) SetSuspected(ctx context.Context, tx *store.Tx, recordID string, suspected bool) (Record, error) {
	return c.update(ctx, tx, recordID, `suspected = ?`, suspected)
}

// Blank takes what was read out of a record that is taken out of the archive:
// text of pages, spoken words and notes. The record and its digests stay; it
// is the only removal of this package, for refusal R1.
func (c *Catalog) Blank(ctx context.Context, tx *store.Tx, recordID string) error {
	// Words spoken in another recording may have been taken from this record.
	touched, err := textsOf(ctx, tx, `SELECT DISTINCT record_id FROM transcript WHERE source_id = ?1 AND record_id <> ?1`, recordID)
	if err != nil {
		return fmt.Errorf("blank record: %w", err)
	}
	for _, q := range []string{
		`DELETE FROM page_text WHERE record_id = ?1`,
		`DELETE FROM page_ocr WHERE record_id = ?1`,
		`DELETE FROM cue WHERE transcript_id IN (SELECT id FROM transcript WHERE record_id = ?1 OR source_id = ?1)`,
		`UPDATE annotation SET text = '' WHERE record_id = ?1`,
	} {
		if _, err := tx.ExecContext(ctx, q, recordID); err != nil {
			return fmt.Errorf("blank record: %w", err)
		}
	}
	for _, id := range append(touched, recordID) {
		if err := c.Touch(ctx, tx, ChangeRecord, id); err != nil {
			return err
		}
	}
	return nil
}
