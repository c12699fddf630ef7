package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"diaoyue.example/workstation/backend"
	"diaoyue.example/workstation/backend/accounts"
)

func accountAdd(ctx context.Context, c *call) error {
	department := c.flags.String("department", "", "")
	if err := c.parse(1, 1); err != nil {
		return err
	}
	// Who makes accounts gives no duties: number and name only.
	number, name, ok := strings.Cut(c.args[0], ":")
	if !ok || number == "" || name == "" || strings.Contains(name, ":") {
		return fmt.Errorf("account %q: %w", c.args[0], errUsage)
	}
	added := accounts.NewAccount{Number: number, Name: name, Department: *department}
	return c.signedIn(ctx, func(ctx context.Context, w *backend.Workstation, actor accounts.Actor) error {
		// The new account's password is its own: DIAOYUE_NEW_PASSWORD, or typed.
		added.Password = c.env.Getenv("DIAOYUE_NEW_PASSWORD")
		if added.Password == "" {
			var err error
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

func accountGrant(ctx context.Context, c *call) error {
	if err := c.parse(2, 2); err != nil {
		return err
	}
	var roles []accounts.Role
	for role := range strings.SplitSeq(c.args[1], ",") {
		roles = append(roles, accounts.Role(role))
	}
	return c.signedIn(ctx, func(ctx context.Context, w *backend.Workstation, actor accounts.Actor) error {
		list, err := w.ListAccounts(ctx, actor)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(list, func(a accounts.Account) bool { return a.Number == c.args[0] })
		if i < 0 {
			return accounts.ErrUnknown.With()
		}
		now, err := w.Accounts.Grant(ctx, actor, list[i].ID, roles)
		if err != nil {
			return err
		}
		out := toAccountJSON(now)
		return c.print(out, func() {
			c.say("account.granted", "number", out.Number, "name", out.Name, "roles", c.roleNames(out.Roles))
		})
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
