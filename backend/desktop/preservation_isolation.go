package desktop

import (
	"context"

	"diaoyue.example/workstation/backend"
	"diaoyue.example/workstation/backend/accounts"
	"diaoyue.example/workstation/backend/preservation"
)

// Isolated lists the records that are kept apart or were taken out.
func (p *Preservation) Isolated() ([]Isolation, error) {
	return ask(p.shell, func(ctx context.Context, w *backend.Workstation, actor accounts.Actor) ([]Isolation, error) {
		all, err := w.Preservation.Isolated(ctx, actor)
		return each(all, func(x preservation.Isolation) Isolation { return dtoIsolation(x, actor.ID) }), err
	})
}

// IsolationSteps tells what was done about a record, each step an entry of the
// log.
func (p *Preservation) IsolationSteps(recordID string) ([]IsolationStep, error) {
	return ask(p.shell, func(ctx context.Context, w *backend.Workstation, actor accounts.Actor) ([]IsolationStep, error) {
		steps, err := w.Preservation.IsolationSteps(ctx, actor, recordID)
		return each(steps, dtoIsolationStep), err
	})
}

// Classify says that a record is "suspected" or, by another person, "none".
// One of the three grades is refused (R1), and keeps it apart at once.
func (p *Preservation) Classify(recordID, class, reason string) error {
	return tell(p.shell, func(ctx context.Context, w *backend.Workstation, actor accounts.Actor) error {
		return w.Classify(ctx, actor, recordID, class, reason)
	})
}

// RequestTakeOut asks that an isolated record leave this workstation.
func (p *Preservation) RequestTakeOut(recordID, reason string) error {
	return tell(p.shell, func(ctx context.Context, w *backend.Workstation, actor accounts.Actor) error {
		return w.Preservation.RequestTakeOut(ctx, actor, recordID, reason)
	})
}

// WithdrawTakeOut takes a request back.
func (p *Preservation) WithdrawTakeOut(recordID string) error {
	return tell(p.shell, func(ctx context.Context, w *backend.Workstation, actor accounts.Actor) error {
		return w.Preservation.WithdrawTakeOut(ctx, actor, recordID)
	})
}

// ConfirmTakeOut takes it out, as another person, onto the medium at dir, and
// says where the handed-over copy lies.
func (p *Preservation) ConfirmTakeOut(recordID, dir string) (string, error) {
	return ask(p.shell, func(ctx context.Context, w *backend.Workstation, actor accounts.Actor) (string, error) {
		return w.Preservation.ConfirmTakeOut(ctx, actor, recordID, dir)
	})
}
