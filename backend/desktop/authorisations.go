package desktop

import (
	"context"
	"time"

	"diaoyue.example/workstation/backend"
	"diaoyue.example/workstation/backend/accounts"
)

// Exception is an authorisation of the head of agency.
type Exception struct {
	ID        string `json:"id"`
	Kind      string `json:"kind"`
	Number    string `json:"number"`
	Name      string `json:"name"`
	CaseCode  string `json:"caseCode"` // "" = any
	Reason    string `json:"reason"`
	Basis     string `json:"basis"`
	Until     string `json:"until"`
	By        string `json:"by"`
	GrantedAt string `json:"grantedAt"`
	RevokedAt string `json:"revokedAt"` // "" while not revoked
	InForce   bool   `json:"inForce"`
}

// ExceptionRequest is what the head fills in.
type ExceptionRequest struct {
	Number   string `json:"number"`
	CaseCode string `json:"caseCode"` // "" = any
	Until    string `json:"until"`    // YYYY-MM-DD, the last day
	Reason   string `json:"reason"`
	Basis    string `json:"basis"`
}

// Exceptions lists what the heads of agency allowed in writing.
func (a *Accounts) Exceptions() ([]Exception, error) {
	return ask(a.shell, func(ctx context.Context, w *backend.Workstation, actor accounts.Actor) ([]Exception, error) {
		all, err := w.Exceptions(ctx, actor)
		return each(all, func(e backend.Exception) Exception { return dtoException(e, w.Now()) }), err
	})
}

// AllowReviewOwn lets an officer review a case of his own.
func (a *Accounts) AllowReviewOwn(r ExceptionRequest) (Exception, error) {
	return ask(a.shell, func(ctx context.Context, w *backend.Workstation, actor accounts.Actor) (Exception, error) {
		made, err := w.AuthoriseReviewOwn(ctx, actor, r.Number, r.CaseCode, r.Until, r.Reason, r.Basis)
		if err != nil {
			return Exception{}, err
		}
		return dtoException(made, w.Now()), nil
	})
}

// RevokeException ends one before its time.
func (a *Accounts) RevokeException(id, reason string) error {
	return tell(a.shell, func(ctx context.Context, w *backend.Workstation, actor accounts.Actor) error {
		return w.Accounts.Revoke(ctx, actor, id, reason)
	})
}

func dtoException(e backend.Exception, now time.Time) Exception {
	return Exception{
		ID: e.ID, Kind: e.Kind, Number: e.Number, Name: e.Name, CaseCode: e.CaseCode, Reason: e.Reason, Basis: e.Basis,
		Until: stamp(e.Until.Add(-time.Second)), By: e.By, GrantedAt: stamp(e.GrantedAt), RevokedAt: stamp(e.RevokedAt),
		InForce: e.RevokedAt.IsZero() && e.Until.After(now),
	}
}
