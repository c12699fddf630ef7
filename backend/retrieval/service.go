package retrieval

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"diaoyue.example/workstation/backend/accounts"
	"diaoyue.example/workstation/backend/audit"
	"diaoyue.example/workstation/backend/catalog"
	"diaoyue.example/workstation/backend/store"
	"diaoyue.example/workstation/backend/vault"
	"diaoyue.example/workstation/search"
)

// DefaultPerRecord is how many places of a record an answer holds when the
// query does not say.
const DefaultPerRecord = 5

// Query is what a person asks.
type Query struct {
	Text             string   // in the query language (package search/language)
	Level            string   // at what level all words must be found: search.LevelPlace when empty
	Sort             string   // search.SortBest when empty
	Stages, Kinds    []string // any of; empty means all
	Years            []string
	Sources          []string // of search.SourceTitle …; empty means all
	Words            []string // of catalog.WordsSearched …, states of a record's words; empty means all
	DateFrom, DateTo string   // inclusive, YYYY-MM-DD or a prefix
	CaseID           string   // only this case
	RecordID         string   // only this record: search inside it
	Offset, Limit    int      // case groups; Limit 0 = all
	PerRecord        int      // places of each record; 0 = DefaultPerRecord, below 0 = all
}

// Result is the answer, with counts of the whole of it.
type Result struct {
	Cases, Records, Places int
	Groups                 []CaseGroup
	Facets                 search.Facets
	Level                  string        // at what level all words were found
	Terms                  []search.Term // what was understood
	Unparsed               []string      // what was not understood, and so not applied
	Took                   time.Duration
	Pending                int64 // changes of the catalogue not in the index yet
	Seq                    int64 // of the log entry
	// Unsearched counts, by why, the records under the same filters of which
	// words are missing from the search, whatever was asked: not to be found is
	// not the same as not to be there.
	Unsearched []search.Facet
}

// CaseGroup is one case with its records, best first.
type CaseGroup struct {
	Case    catalog.CaseFile
	Places  int
	Records []RecordGroup
}

// RecordGroup is one record with its best places. A group without a record
// (Record.ID empty) is the case itself.
type RecordGroup struct {
	Record catalog.Record
	Words  string // why words of it are missing from the search, "" when none are
	Places int
	Hits   []Hit
}

// Hit is one place. Page is 1-based, 0 when it is no page; Frame is 0-based,
// -1 when it is no frame or the recording has no frame index yet; Time is in seconds from the first frame, -1 when
// there is none.
type Hit struct {
	Source    string // search.SourceTitle, SourcePage, SourceSpeech, SourceNote
	Page      int
	Frame     int64
	Time      float64
	TimeTo    float64
	Note      string // id of the annotation
	Heard     bool   // by a machine, and nobody has checked it
	Score     float64
	Fragments []search.Fragment // of the title when only that holds the words
}

// Service answers queries. It is safe for concurrent use.
type Service struct {
	catalog  *catalog.Catalog
	accounts *accounts.Desk
	log      *audit.Log
	index    *search.Index
	keeper   *Keeper
	frames   frames
	db       *store.DB
	now      func() time.Time

	mu    sync.Mutex
	known register
}

// Config of a service.
type Config struct {
	Catalog  *catalog.Catalog
	Accounts *accounts.Desk
	Log      *audit.Log
	Index    *search.Index
	Keeper   *Keeper
	Vault    *vault.Vault // for the frame indexes
	Store    *store.DB    // of the saved searches
	Now      func() time.Time
}

// New gives a service over an index that the keeper fills.
func New(cfg Config) *Service {
	return &Service{
		catalog: cfg.Catalog, accounts: cfg.Accounts, log: cfg.Log, index: cfg.Index, keeper: cfg.Keeper,
		frames: frames{vault: cfg.Vault}, db: cfg.Store, now: cfg.Now,
	}
}

// Search answers a query within the actor's rights. The entry "search" is in
// the log before it returns: the words in its details, the counts in its codes.
// Errors: accounts.ErrForbidden for duties that do not search (the refusal is
// logged, too).
func (s *Service) Search(ctx context.Context, actor accounts.Actor, q Query) (Result, error) {
	objects := objectsOf(q)
	reg, err := s.register(ctx)
	if err != nil {
		return Result{}, fmt.Errorf("search: %w", err)
	}
	asked, err := s.bound(ctx, actor, q, reg, objects)
	if err != nil {
		return Result{}, err
	}
	found, err := s.index.Search(ctx, asked)
	if err != nil {
		return Result{}, fmt.Errorf("search: %w", err)
	}
	out := Result{
		Cases: found.Cases, Records: found.Records, Places: found.Places, Facets: found.Facets, Level: found.Level,
		Terms: found.Terms, Unparsed: found.Unparsed, Took: found.Took, Groups: join(found.Groups, reg, q.RecordID != ""),
		Unsearched: reg.unsearched(asked),
	}
	if err = s.frames.fill(out.Groups); err != nil {
		return Result{}, fmt.Errorf("search: %w", err)
	}
	if err = s.heard(ctx, out.Groups); err != nil {
		return Result{}, fmt.Errorf("search: %w", err)
	}
	if out.Pending, err = s.keeper.Pending(ctx); err != nil {
		return Result{}, fmt.Errorf("search: %w", err)
	}
	receipt, err := s.log.Note(ctx, audit.Entry{
		Actor: actor.ID, Event: audit.Search, Objects: objects, Result: audit.OK,
		Codes: map[string]any{"cases": out.Cases, "records": out.Records, "places": out.Places, "unsearched": total(out.Unsearched)},
		Details: map[string]any{
			"query": q.Text, "level": out.Level, "stages": q.Stages, "kinds": q.Kinds, "sources": q.Sources, "years": q.Years, "from": q.DateFrom, "to": q.DateTo,
			"words": q.Words,
		},
	})
	if err != nil {
		return Result{}, fmt.Errorf("note search: %w", err) // no entry, no answer
	}
	out.Seq = receipt.Seq
	return out, nil
}

// Marks lists where the words of a query stand in a page's text, in bytes. It
// tells nothing that the caller does not hold, and so asks no rights.
func (s *Service) Marks(query, text string) []search.Range { return s.index.Marks(query, text) }

func objectsOf(q Query) map[string]string {
	out := map[string]string{}
	if q.CaseID != "" {
		out["case"] = q.CaseID
	}
	if q.RecordID != "" {
		out["record"] = q.RecordID
	}
	return out
}

// bound turns the rights into a filter inside the query, so that counts and
// facets, too, tell only of what may be found. Whom the table of permissions
// lets search what is his own only searches the cases that name him as an
// officer.
func (s *Service) bound(ctx context.Context, actor accounts.Actor, q Query, reg register, objects map[string]string) (search.Query, error) {
	out := search.Query{
		Text: q.Text, Level: q.Level, Sort: q.Sort, Stages: q.Stages, Kinds: q.Kinds, Years: q.Years, Sources: q.Sources, DateFrom: q.DateFrom, DateTo: q.DateTo,
		Limit: q.Limit, Offset: q.Offset, PerRecord: q.PerRecord,
		Words: q.Words, WordsOf: reg.wordsOf,
		Exclude: reg.apart, ExcludeCases: reg.apartCases,
	}
	switch {
	case q.PerRecord == 0:
		out.PerRecord = DefaultPerRecord
	case q.PerRecord < 0:
		out.PerRecord = 0
	}
	// The roles of this moment, not those of the sign-in.
	if err := s.accounts.RequireOwn(ctx, actor, accounts.Search, objects); err != nil {
		return search.Query{}, err
	}
	now, err := s.accounts.ByID(ctx, actor.ID)
	if err != nil {
		return search.Query{}, fmt.Errorf("search: %w", err)
	}
	if !now.May(accounts.Search) {
		out.Cases = reg.casesOf(now.Number)
	}
	if q.CaseID != "" {
		if out.Cases != nil && !slices.Contains(out.Cases, q.CaseID) {
			out.Cases = []string{}
		} else {
			out.Cases = []string{q.CaseID}
		}
	}
	if q.RecordID != "" {
		out.Records = []string{q.RecordID}
	}
	return out, nil
}

// join puts the descriptions to what was found. The title's words stand in
// every place of a record, so of the places that match by their title alone
// only the first is listed, and none inside one record, whose title is in sight
// anyway; the counts keep all.
func join(groups []search.CaseGroup, reg register, inside bool) []CaseGroup {
	out := make([]CaseGroup, 0, len(groups))
	for _, g := range groups {
		cg := CaseGroup{Case: reg.cases[g.Case], Places: g.Places}
		cg.Case.ID = g.Case
		for _, r := range g.Records {
			rg := RecordGroup{Record: reg.records[r.Record], Words: reg.wordless[r.Record], Places: r.Places}
			byTitle := inside
			entitled := slices.ContainsFunc(r.Hits, func(h search.Hit) bool { return h.Source == search.SourceTitle })
			for _, h := range r.Hits {
				hit, title := place(h)
				if title && (byTitle || entitled && h.Source != search.SourceTitle) {
					continue
				}
				byTitle = byTitle || title
				rg.Hits = append(rg.Hits, hit)
			}
			cg.Records = append(cg.Records, rg)
		}
		out = append(out, cg)
	}
	return out
}

// place says where to open a hit, and whether only its title holds the words.
func place(h search.Hit) (hit Hit, title bool) {
	out := Hit{
		Source: h.Source, Page: h.Page, Frame: -1, Time: -1, TimeTo: -1, Note: h.Note, Score: h.Score, Fragments: h.Fragments,
	}
	switch h.Source {
	case search.SourceSpeech:
		out.Time, out.TimeTo = float64(h.T0)/1000, float64(h.T1)/1000
	case search.SourceNote:
		if h.Page == 0 {
			out.Frame, out.Time = h.Frame, float64(h.T0)/1000
			out.TimeTo = out.Time
		}
	}
	if !marked(h.Fragments) && (marked(h.TitleFragments) || len(h.Fragments) == 0) {
		out.Fragments = h.TitleFragments
		return out, marked(h.TitleFragments)
	}
	out.Heard = h.Source == search.SourceSpeech // for all that the text tells; see heard
	return out, false
}

func marked(fragments []search.Fragment) bool {
	return slices.ContainsFunc(fragments, func(f search.Fragment) bool { return f.Mark })
}
