package accounts

import (
	"context"
	"slices"
)

// Shortage says that a bureau has too few people for duties that different
// persons must hold (law-and-features §14: the program says so, and relaxes
// nothing in silence).
type Shortage struct {
	Duties     []Role
	Vacant     []Role // those of them that nobody holds
	Need, Have int    // different people
}

// together are the duties that different people must hold: on one copy the
// maker, the checker and the head; the three administrators; on one case the
// reviewer and the officer in charge.
func together() [][]Role {
	return [][]Role{
		{DisclosureOfficer, Checker, HeadOfAgency},
		{Archivist},
		{SecrecyReviewer},
		{Reviewer},
		{Reviewer, Handler},
		{SystemAdministrator, SecurityAdministrator, SecurityAuditor},
	}
}

// Shortages returns what the bureau lacks, to those who make accounts or grant
// roles, the head of agency and the auditor. Errors: ErrForbidden.
func (d *Desk) Shortages(ctx context.Context, actor Actor) ([]Shortage, error) {
	if !slices.ContainsFunc([]Permission{AccountCreate, RoleGrant, LogRead}, actor.May) {
		if err := d.Require(ctx, actor, Authorise, nil); err != nil {
			return nil, err
		}
	}
	people, err := d.List(ctx)
	if err != nil {
		return nil, err
	}
	return shortages(people), nil
}

func shortages(people []Account) []Shortage {
	people = slices.DeleteFunc(slices.Clone(people), func(a Account) bool { return a.Disabled })
	held := func(r Role) bool {
		return slices.ContainsFunc(people, func(a Account) bool { return slices.Contains(a.Roles, r) })
	}
	short := []Shortage{}
	for _, duties := range together() {
		if slices.Contains(duties, Handler) && (!held(Handler) || !held(Reviewer)) {
			continue // officers come with their cases
		}
		have := distinct(duties, people)
		if have == len(duties) {
			continue
		}
		s := Shortage{Duties: duties, Need: len(duties), Have: have}
		for _, r := range duties {
			if !held(r) {
				s.Vacant = append(s.Vacant, r)
			}
		}
		short = append(short, s)
	}
	return short
}

// distinct returns how many of the duties can be held by different people.
func distinct(duties []Role, people []Account) int {
	if len(duties) == 0 {
		return 0
	}
	best := distinct(duties[1:], people)
	for i, p := range people {
		if slices.Contains(p.Roles, duties[0]) {
			others := slices.Delete(slices.Clone(people), i, i+1)
			best = max(best, 1+distinct(duties[1:], others))
		}
	}
	return best
}
