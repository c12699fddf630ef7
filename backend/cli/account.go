package cli

import (
	"context"

	"diaoyue.example/workstation/backend"
	"diaoyue.example/workstation/backend/accounts"
)

func accountAdd(ctx context.Context, c *call) error {
	department := c.flags.String("department", "", "")
	if err := c.parse(1, 1); err != nil {
		return err
	}
	added, err := parseAccount(c.args[0])
	if err != nil {
		return err
	}
	added.Department = *department
	return c.signedIn(ctx, func(ctx context.Context, w *backend.Workstation, actor accounts.Actor) error {
		// The new account's password is its own: DIAOYUE_NEW_PASSWORD, or typed.
		added.Password = c.env.Getenv("DIAOYUE_NEW_PASSWORD")
		if added.Password == "" {
			if added.Password, err = c.ask(c.words.line("password.new")); err != nil {
				return err
			}
		}
		made, err := w.Accounts.Create(ctx, actor, added)
		if err != nil {
			return err
		}
		return c.print(toAccountJSON(made), func() { c.say("account.added", "number", made.Number, "name", made.Name) })
	})
}

func accountList(ctx context.Context, c *call) error {
	if err := c.parse(0, 0); err != nil {
		return err
	}
	return c.signedIn(ctx, func(ctx context.Context, w *backend.Workstation, actor accounts.Actor) error {
		list, err := w.ListAccounts(ctx, actor)
		if err != nil {
			return err
		}
		out := make([]accountJSON, 0, len(list))
		for _, a := range list {
			out = append(out, toAccountJSON(a))
		}
		return c.print(map[string]any{"accounts": out}, func() {
			for _, a := range out {
				c.row(a.Number, a.Name, a.Department, c.roleNames(a.Roles))
			}
		})
	})
}

func toAccountJSON(a accounts.Account) accountJSON {
	return accountJSON{ID: a.ID, Number: a.Number, Name: a.Name, Department: a.Department, Roles: roleKeys(a.Roles)}
}
