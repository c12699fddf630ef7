package desktop

import (
	"context"

	"diaoyue.example/workstation/backend"
	"diaoyue.example/workstation/backend/accounts"
	"diaoyue.example/workstation/backend/preservation"
)

// RetentionDue lists the case files whose retention has ended. Nothing happens
// to them by itself.
func (p *Preservation) RetentionDue() ([]RetentionDue, error) {
	return ask(p.shell, func(ctx context.Context, w *backend.Workstation, actor accounts.Actor) ([]RetentionDue, error) {
		due, err := w.Preservation.Due(ctx, actor)
		return each(due, dtoRetentionDue), err
	})
}

// Appraisals lists what was judged, newest first.
func (p *Preservation) Appraisals() ([]Appraisal, error) {
	return ask(p.shell, func(ctx context.Context, w *backend.Workstation, actor accounts.Actor) ([]Appraisal, error) {
		all, err := w.Preservation.Appraisals(ctx, actor)
		return each(all, dtoAppraisal), err
	})
}

// Appraise proposes what becomes of a case file: outcome "extend" until a day,
// or "dispose".
func (p *Preservation) Appraise(caseID, outcome, until, opinion string) (Appraisal, error) {
	return ask(p.shell, func(ctx context.Context, w *backend.Workstation, actor accounts.Actor) (Appraisal, error) {
		a, err := w.Preservation.Appraise(ctx, actor, preservation.Appraisal{CaseID: caseID, Outcome: outcome, Until: until, Opinion: opinion})
		return dtoAppraisal(a), err
	})
}

// ApproveAppraisal is the head of agency's word on one.
func (p *Preservation) ApproveAppraisal(id, opinion string) error {
	return tell(p.shell, func(ctx context.Context, w *backend.Workstation, actor accounts.Actor) error {
		return w.Preservation.ApproveAppraisal(ctx, actor, id, opinion)
	})
}

// RegisterDisposal notes what was destroyed outside; nothing is removed here.
func (p *Preservation) RegisterDisposal(id, inventory, on string, supervisors []string) error {
	return tell(p.shell, func(ctx context.Context, w *backend.Workstation, actor accounts.Actor) error {
		return w.Preservation.RegisterDisposal(ctx, actor, preservation.Disposal{AppraisalID: id, Inventory: inventory, On: on, Supervisors: supervisors})
	})
}

// Holds lists the holds, newest first, ended ones too.
func (p *Preservation) Holds() ([]CaseHold, error) {
	return ask(p.shell, func(ctx context.Context, w *backend.Workstation, actor accounts.Actor) ([]CaseHold, error) {
		all, err := w.Preservation.Holds(ctx, actor, false)
		return each(all, dtoHold), err
	})
}

// Hold keeps the case file with this id or code from being disposed of.
func (p *Preservation) Hold(caseIDOrCode, reason, basis string) (CaseHold, error) {
	return ask(p.shell, func(ctx context.Context, w *backend.Workstation, actor accounts.Actor) (CaseHold, error) {
		h, err := w.Preservation.Hold(ctx, actor, caseIDOrCode, reason, basis)
		return dtoHold(h), err
	})
}

// EndHold ends one.
func (p *Preservation) EndHold(id, reason string) error {
	return tell(p.shell, func(ctx context.Context, w *backend.Workstation, actor accounts.Actor) error {
		return w.Preservation.EndHold(ctx, actor, id, reason)
	})
}
