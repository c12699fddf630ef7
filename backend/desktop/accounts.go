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

// Add makes an account.
func (a *Accounts) Add(account NewAccount) (Account, error) {
	return ask(a.shell, func(ctx context.Context, w *backend.Workstation, actor accounts.Actor) (Account, error) {
		made, err := w.Accounts.Create(ctx, actor, newAccount(account))
		if err != nil {
			return Account{}, err
		}
		return dtoAccount(made, w.Now()), nil
	})
}

// Roles lists the role keys in the order of the table (law-and-features §14).
func (a *Accounts) Roles() ([]string, error) {
	return free(a.shell, func(context.Context) ([]string, error) {
		return each(accounts.Roles(), func(r accounts.Role) string { return string(r) }), nil
	})
}
