package disclosure

import (
	"context"

	"diaoyue.example/workstation/backend/preservation"
)

// Sealed returns every sealed candidate, so that it is checked and backed up
// as originals are.
func (d *Desk) Sealed(ctx context.Context) ([]preservation.Sealed, error) {
	rows, err := d.rows(ctx, `k.candidate_id IS NOT NULL`)
	if err != nil {
		return nil, err
	}
	out := make([]preservation.Sealed, 0, len(rows))
	for _, r := range rows {
		out = append(out, preservation.Sealed{ID: r.candidateID, RecordID: r.recordID, Original: r.original, SHA256: r.sha256, SM3: r.sm3, Size: r.size})
	}
	return out, nil
}
