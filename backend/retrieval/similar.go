package retrieval

import (
	"context"
	"fmt"

	"diaoyue.example/workstation/backend/accounts"
	"diaoyue.example/workstation/backend/audit"
	"diaoyue.example/workstation/backend/catalog"
)

// similarCases is how many cases with similar records are told.
const similarCases = 10

// Similar finds records whose pages say much of what this one's do, within the
// actor's rights. The entry "search" is in the log before it returns. Errors:
// catalog.ErrNoRecord, also for a record that the actor may not find,
// accounts.ErrForbidden.
func (s *Service) Similar(ctx context.Context, actor accounts.Actor, recordID string) (Result, error) {
	objects := map[string]string{"record": recordID}
	reg, err := s.register(ctx)
	if err != nil {
		return Result{}, fmt.Errorf("find similar records: %w", err)
	}
	asked, err := s.bound(ctx, actor, Query{Limit: similarCases, PerRecord: 1}, reg, objects)
	if err != nil {
		return Result{}, err
	}
	record, ok := reg.records[recordID]
	if !ok || !asked.Allows(record.CaseID, recordID) {
		return Result{}, catalog.ErrNoRecord
	}
	found, err := s.index.Similar(ctx, recordID, asked)
	if err != nil {
		return Result{}, fmt.Errorf("find similar records: %w", err)
	}
	out := Result{
		Cases: found.Cases, Records: found.Records, Places: found.Places, Facets: found.Facets, Level: found.Level,
		Took: found.Took, Groups: join(found.Groups, reg, false),
	}
	receipt, err := s.log.Note(ctx, audit.Entry{
		Actor: actor.ID, Event: audit.Search, Objects: objects, Result: audit.OK,
		Codes: map[string]any{"similar": true, "cases": out.Cases, "records": out.Records},
	})
	if err != nil {
		return Result{}, fmt.Errorf("note search: %w", err) // no entry, no answer
	}
	out.Seq = receipt.Seq
	return out, nil
}
