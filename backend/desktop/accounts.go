package desktop

import (
	"context"

	"diaoyue.example/workstation/backend"
	"diaoyue.example/workstation/backend/accounts"
)

// Accounts is the face of accounts.
type Accounts struct{ shell *Shell }

// List lists the accounts to those who make accounts or grant roles.
func (a *Accounts) List() ([]Account, error) {
	return ask(a.shell, func(ctx context.Context, w *backend.Workstation, actor accounts.Actor) ([]Account, error) {
		list, err := w.ListAccounts(ctx, actor)
		return each(list, func(one accounts.Account) Account { return dtoAccount(one, w.Now()) }), err
	})
}

// Add makes an account without duties; the password given must be changed at
// the first sign-in. Duties are another administrator's to give (§14).
func (a *Accounts) Add(account NewAccount) (Account, error) {
	return ask(a.shell, func(ctx context.Context, w *backend.Workstation, actor accounts.Actor) (Account, error) {
		made, err := w.Accounts.Create(ctx, actor, newAccount(account))
		if err != nil {
			return Account{}, err
		}
		return dtoAccount(made, w.Now()), nil
	})
}

// Grant gives an account exactly these duties.
func (a *Accounts) Grant(id string, roles []string) (Account, error) {
	return ask(a.shell, func(ctx context.Context, w *backend.Workstation, actor accounts.Actor) (Account, error) {
		now, err := w.Accounts.Grant(ctx, actor, id, each(roles, func(r string) accounts.Role { return accounts.Role(r) }))
		if err != nil {
			return Account{}, err
		}
		return dtoAccount(now, w.Now()), nil
	})
}

// Reset gives a forgotten password's account a one-time password, told once.
// It is good for nothing before another administrator has confirmed it.
func (a *Accounts) Reset(id string) (string, error) {
	return ask(a.shell, func(ctx context.Context, w *backend.Workstation, actor accounts.Actor) (string, error) {
		return w.Accounts.ResetPassword(ctx, actor, id)
	})
}

// ConfirmReset lets the one-time password in.
func (a *Accounts) ConfirmReset(id string) error {
	return tell(a.shell, func(ctx context.Context, w *backend.Workstation, actor accounts.Actor) error {
		return w.Accounts.ConfirmReset(ctx, actor, id)
	})
}

// SetDisabled stops an account, or lets it in again; the reason is logged.
func (a *Accounts) SetDisabled(id string, disabled bool, reason string) error {
	return tell(a.shell, func(ctx context.Context, w *backend.Workstation, actor accounts.Actor) error {
		if disabled {
			return w.Accounts.Disable(ctx, actor, id, reason)
		}
		return w.Accounts.Enable(ctx, actor, id, reason)
	})
}

// Shortages lists the duties for which there are too few people.
func (a *Accounts) Shortages() ([]Shortage, error) {
	return ask(a.shell, func(ctx context.Context, w *backend.Workstation, actor accounts.Actor) ([]Shortage, error) {
		list, err := w.Accounts.Shortages(ctx, actor)
		return each(list, func(s accounts.Shortage) Shortage {
			return Shortage{Duties: roleKeys(s.Duties), Vacant: roleKeys(s.Vacant), Need: s.Need, Have: s.Have}
		}), err
	})
}

func roleKeys(roles []accounts.Role) []string {
	return each(roles, func(r accounts.Role) string { return string(r) })
}

// Roles lists the role keys in the order of the table (law-and-features §14).
func (a *Accounts) Roles() ([]string, error) {
	return free(a.shell, func(context.Context) ([]string, error) {
		return roleKeys(accounts.Roles()), nil
	})
}
