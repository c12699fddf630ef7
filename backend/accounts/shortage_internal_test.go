package accounts

import (
	"fmt"
	"testing"
)

func TestShortages(t *testing.T) {
	person := func(id string, roles ...Role) Account {
		return Account{Actor: Actor{ID: id, Number: id, Name: id, Roles: roles}}
	}
	administrators := []Account{person("s", SystemAdministrator), person("a", SecurityAdministrator), person("j", SecurityAuditor)}
	full := append([]Account{
		person("1", HeadOfAgency), person("2", Archivist, DisclosureOfficer), person("3", Checker), person("4", Reviewer, SecrecyReviewer),
	}, administrators...)
	away := person("3", Checker)
	away.Disabled = true
	everything := []Role{HeadOfAgency, Archivist, Reviewer, DisclosureOfficer, Checker, SecrecyReviewer, Handler}
	for name, c := range map[string]struct {
		people []Account
		want   string
	}{
		"enough":                      {full, ""},
		"the checker has left":        {append([]Account{away}, append(full[:2:2], full[3:]...)...), "2 of 3 [checker];"},
		"one does everything":         {append([]Account{person("1", everything...)}, administrators...), "1 of 3 [];1 of 2 [];"},
		"two do everything":           {append([]Account{person("1", everything...), person("2", everything...)}, administrators...), "2 of 3 [];"},
		"three do everything":         {append([]Account{person("1", everything...), person("2", everything...), person("3", everything...)}, administrators...), ""},
		"no auditor":                  {full[:len(full)-1], "2 of 3 [auditor];"},
		"nobody reviews nor archives": {append([]Account{full[0], person("2", DisclosureOfficer, SecrecyReviewer), full[2]}, administrators...), "0 of 1 [archivist];0 of 1 [reviewer];"},
	} {
		got := ""
		for _, s := range shortages(c.people) {
			got += fmt.Sprint(s.Have, " of ", s.Need, " ", s.Vacant, ";")
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
