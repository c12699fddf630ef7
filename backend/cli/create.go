package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"diaoyue.example/workstation/backend"
	"diaoyue.example/workstation/backend/accounts"
)

type accountJSON struct {
	ID         string   `json:"id,omitempty"`
	Number     string   `json:"number"`
	Name       string   `json:"name"`
	Department string   `json:"department,omitempty"`
	Roles      []string `json:"roles"`
}

// createRun founds an archive. Without --account it makes the accounts of a
// small bureau: the user with the business duties that one person may hold
// together, the head of agency, and the three administrators, who are three
// people (law-and-features §14).
func createRun(ctx context.Context, c *call) (err error) {
	organ := c.flags.String("organ", "", "")
	fonds := c.flags.String("fonds", "", "")
	var people []accounts.NewAccount
	c.flags.Func("account", "", func(text string) error {
		one, parseErr := parseAccount(text)
		people = append(people, one)
		return parseErr
	})
	if err = c.parse(0, 0); err != nil {
		return err
	}
	if len(people) == 0 {
		people = c.smallBureau()
	}
	cfg, err := c.config()
	if err != nil {
		return err
	}
	password, err := c.password(c.words.line("password.new"))
	if err != nil {
		return err
	}
	for i := range people {
		people[i].Password = password
	}
	if *organ == "" {
		*organ = c.words.line("create.organ")
	}
	if *fonds == "" {
		*fonds = c.words.line("create.fonds")
	}
	w, err := backend.Create(ctx, cfg, backend.Founding{Organ: *organ, Fonds: *fonds, Accounts: people})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.Close()) }()
	made := make([]accountJSON, 0, len(people))
	for _, p := range people {
		made = append(made, accountJSON{Number: p.Number, Name: p.Name, Roles: roleKeys(p.Roles)})
	}
	place, public := w.Log.KeyPlace(), w.Log.Public().String()
	return c.print(map[string]any{
		"archive": cfg.Dir, "organ": *organ, "fonds": *fonds,
		"accounts": made, "public_key": public, "key_place": place,
	}, func() {
		c.say("create.done", "dir", cfg.Dir)
		for _, a := range made {
			c.say("create.account", "number", a.Number, "name", a.Name, "roles", c.roleNames(a.Roles))
		}
		if len(made) > 1 {
			c.say("create.same")
		}
		c.say("create.public", "public", public)
		c.say("create.key", "place", place)
	})
}

func (c *call) smallBureau() []accounts.NewAccount {
	user := c.as
	if user == "" {
		user = "archivist"
	}
	one := func(number, name string, roles ...accounts.Role) accounts.NewAccount {
		return accounts.NewAccount{Number: number, Name: c.words.line(name), Roles: roles}
	}
	return []accounts.NewAccount{
		one(user, "name.user", accounts.Archivist, accounts.Reviewer, accounts.DisclosureOfficer),
		one("head", "role.head", accounts.HeadOfAgency),
		one("sysadmin", "role.sysadmin", accounts.SystemAdministrator),
		one("secadmin", "role.secadmin", accounts.SecurityAdministrator),
		one("auditor", "role.auditor", accounts.SecurityAuditor),
	}
}

// parseAccount reads NUMBER:NAME:ROLE[,ROLE…].
func parseAccount(text string) (accounts.NewAccount, error) {
	part := strings.SplitN(text, ":", 3)
	if len(part) != 3 || part[0] == "" || part[1] == "" {
		return accounts.NewAccount{}, fmt.Errorf("account %q: %w", text, errUsage)
	}
	known := accounts.Roles()
	one := accounts.NewAccount{Number: part[0], Name: part[1]}
	for key := range strings.SplitSeq(part[2], ",") {
		if !slices.Contains(known, accounts.Role(key)) {
			return accounts.NewAccount{}, fmt.Errorf("role %q: %w", key, errUsage)
		}
		one.Roles = append(one.Roles, accounts.Role(key))
	}
	return one, nil
}

func roleKeys(roles []accounts.Role) []string {
	keys := make([]string, 0, len(roles))
	for _, r := range roles {
		keys = append(keys, string(r))
	}
	return keys
}

func (c *call) roleNames(keys []string) string {
	names := make([]string, 0, len(keys))
	for _, k := range keys {
		names = append(names, c.words.line("role."+k))
	}
	return strings.Join(names, c.words.line("list.comma"))
}
