package backend

import (
	"context"
	"errors"
	"time"

	"diaoyue.example/workstation/backend/accounts"
	"diaoyue.example/workstation/backend/catalog"
)

// Exception is an authorisation of the head of agency as people name it.
type Exception struct {
	accounts.Authorisation

	Number, Name string // of who may
	By           string // name of the head who allowed it
	CaseCode     string // "" = any case
}

// AuthoriseReviewOwn lets an officer review a case of his own, or any when the
// code is empty, until the end of the day given (YYYY-MM-DD, Beijing time). The
// account is named by its number. Errors: accounts.ErrForbidden,
// accounts.ErrBadAuthorisation, catalog.ErrNoCase.
func (w *Workstation) AuthoriseReviewOwn(ctx context.Context, actor accounts.Actor, number, caseCode, until, reason, basis string) (Exception, error) {
	about := map[string]string{"number": number}
	if err := w.Accounts.Require(ctx, actor, accounts.Authorise, about); err != nil {
		return Exception{}, err
	}
	a := accounts.Authorisation{Kind: accounts.AuthoriseReviewOwn, Reason: reason, Basis: basis}
	day, err := time.ParseInLocation(time.DateOnly, until, time.FixedZone("CST", 8*60*60))
	if err != nil {
		return Exception{}, accounts.ErrBadAuthorisation.With("field", "until")
	}
	a.Until = day.AddDate(0, 0, 1)
	who, err := w.accountOf(ctx, number)
	if err != nil {
		return Exception{}, err
	}
	a.AccountID = who.ID
	if caseCode != "" {
		file, failed := w.Catalog.CaseByCode(ctx, caseCode)
		if failed != nil {
			return Exception{}, failed
		}
		a.ObjectKind, a.ObjectID = "case", file.ID
	}
	made, err := w.Accounts.Authorise(ctx, actor, a)
	if err != nil {
		return Exception{}, err
	}
	return w.exception(ctx, made)
}

// Exceptions lists all authorisations, newest first. Errors: accounts.ErrForbidden.
func (w *Workstation) Exceptions(ctx context.Context, actor accounts.Actor) ([]Exception, error) {
	all, err := w.Accounts.Authorisations(ctx, actor)
	if err != nil {
		return nil, err
	}
	out := make([]Exception, 0, len(all))
	for _, a := range all {
		e, err := w.exception(ctx, a)
		if err != nil {
			return nil, err
		}
		out = append(out, e)
	}
	return out, nil
}

func (w *Workstation) exception(ctx context.Context, a accounts.Authorisation) (Exception, error) {
	out := Exception{Authorisation: a}
	who, err := w.Accounts.ByID(ctx, a.AccountID)
	if err != nil {
		return out, err
	}
	by, err := w.Accounts.ByID(ctx, a.GrantedBy)
	if err != nil {
		return out, err
	}
	out.Number, out.Name, out.By = who.Number, who.Name, by.Name
	if a.ObjectKind != "case" {
		return out, nil
	}
	file, err := w.Catalog.Case(ctx, a.ObjectID)
	if err != nil && !errors.Is(err, catalog.ErrNoCase) {
		return out, err
	}
	out.CaseCode = file.Code
	return out, nil
}

func (w *Workstation) accountOf(ctx context.Context, number string) (accounts.Account, error) {
	all, err := w.Accounts.List(ctx)
	if err != nil {
		return accounts.Account{}, err
	}
	for _, a := range all {
		if a.Number == number {
			return a, nil
		}
	}
	return accounts.Account{}, accounts.ErrBadAuthorisation.With("field", "account")
}
