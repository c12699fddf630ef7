package desktop

import (
	"context"

	"diaoyue.example/workstation/backend"
)

// named maps account ids to "name number".
type named map[string]string

// people reads the names once for a whole answer: who may read a record may
// know who stored it. Without them ids are left out, not shown.
func people(ctx context.Context, w *backend.Workstation) named {
	names := named{}
	list, err := w.Accounts.List(ctx)
	if err != nil {
		return names
	}
	for _, a := range list {
		names[a.ID] = a.Name + " " + a.Number
	}
	return names
}

// of puts the person's name where the record carries the account's id.
func (n named) of(r Record) Record {
	r.StoredBy = n[r.StoredBy]
	return r
}

// in does the same for all records of a viewing.
func (n named) in(v Viewing) Viewing {
	v.Record = n.of(v.Record)
	v.Segments = each(v.Segments, n.of)
	return v
}
