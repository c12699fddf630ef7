package retrieval

import (
	"context"

	"diaoyue.example/workstation/backend/catalog"
)

// register is the catalogue as the service needs it for one answer: the
// descriptions, and what is kept apart. It is read once and kept until the
// catalogue changes.
type register struct {
	at         int64
	read       bool
	cases      map[string]catalog.CaseFile
	records    map[string]catalog.Record
	apart      []string // records perhaps holding a state secret (Law on Guarding State Secrets, article 30)
	apartCases []string
	wordless   map[string]string // why words of a record are missing from the search
}

func (s *Service) register(ctx context.Context) (register, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	at, err := s.catalog.LastChange(ctx)
	if err != nil {
		return register{}, err
	}
	if s.known.read && s.known.at == at {
		return s.known, nil
	}
	cases, err := s.catalog.Cases(ctx, "")
	if err != nil {
		return register{}, err
	}
	records, err := s.catalog.AllRecords(ctx)
	if err != nil {
		return register{}, err
	}
	wordless, err := s.catalog.Wordless(ctx)
	if err != nil {
		return register{}, err
	}
	reg := register{
		at: at, read: true, wordless: wordless,
		cases: make(map[string]catalog.CaseFile, len(cases)), records: make(map[string]catalog.Record, len(records)),
	}
	for _, f := range cases {
		reg.cases[f.ID] = f
		if f.Suspected {
			reg.apartCases = append(reg.apartCases, f.ID)
		}
	}
	for _, r := range records {
		reg.records[r.ID] = r
		if r.Suspected {
			reg.apart = append(reg.apart, r.ID)
		}
	}
	s.known = reg
	return reg, nil
}

// casesOf lists the cases in which the account with this number is an officer;
// never nil, so that it is a filter even when empty.
func (r register) casesOf(number string) []string {
	out := []string{}
	for id, f := range r.cases {
		if f.Of(number) {
			out = append(out, id)
		}
	}
	return out
}
