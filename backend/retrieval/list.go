package retrieval

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"diaoyue.example/workstation/backend/accounts"
	"diaoyue.example/workstation/backend/audit"
	"diaoyue.example/workstation/backend/catalog"
	"diaoyue.example/workstation/backend/fault"
	"diaoyue.example/workstation/search"
)

// MaxLines is how many lines a list search takes at once.
const MaxLines = 2000

// Sentinels of a list search.
var (
	ErrNoLines      = fault.New("retrieval.no_lines", "the list is empty")
	ErrTooManyLines = fault.New("retrieval.too_many_lines", "the list is too long") // parameters "max", "lines"
)

// Matrix is the answer to a list: which line stands in which case.
type Matrix struct {
	Lines []Line
	Cases []catalog.CaseFile // the columns: every case that holds a line, most lines first
	Hits  int                // lines that were found at all
	Seq   int64              // of the log entry
	// Unsearched is as of Result: no line was sought in these records.
	Unsearched []search.Facet
}

// Line is one line of the list. Each is sought literally, as if in quotes.
type Line struct {
	Text                   string
	Cases, Records, Places int
	ByCase                 map[string]int // case id → places
}

// List seeks every line of a list, for instance names or document numbers,
// within the actor's rights; the other fields of q bound the search, its Text
// is not used. Empty lines and repetitions are left out. One entry "search" of
// the log holds the whole list. Errors: ErrNoLines, ErrTooManyLines,
// accounts.ErrForbidden.
func (s *Service) List(ctx context.Context, actor accounts.Actor, lines []string, q Query) (Matrix, error) {
	lines = distinct(lines)
	if len(lines) == 0 {
		return Matrix{}, ErrNoLines
	}
	if len(lines) > MaxLines {
		return Matrix{}, ErrTooManyLines.With("max", fmt.Sprint(MaxLines), "lines", fmt.Sprint(len(lines)))
	}
	objects := objectsOf(q)
	reg, err := s.register(ctx)
	if err != nil {
		return Matrix{}, fmt.Errorf("search list: %w", err)
	}
	asked, err := s.bound(ctx, actor, q, reg, objects)
	if err != nil {
		return Matrix{}, err
	}
	var out Matrix
	columns := map[string]int{}
	for _, text := range lines {
		asked.Text = search.Quote(text)
		found, failed := s.index.Tally(ctx, asked)
		if failed != nil {
			return Matrix{}, fmt.Errorf("search list: %w", failed)
		}
		line := Line{Text: text, Cases: len(found.Cases), Records: len(found.Records), Places: found.Places, ByCase: map[string]int{}}
		for _, c := range found.Cases {
			line.ByCase[c.ID] = c.Places
			columns[c.ID]++
		}
		if line.Places > 0 {
			out.Hits++
		}
		out.Lines = append(out.Lines, line)
	}
	out.Cases, out.Unsearched = columnsOf(columns, reg), reg.unsearched(asked)
	receipt, err := s.log.Note(ctx, audit.Entry{
		Actor: actor.ID, Event: audit.Search, Objects: objects, Result: audit.OK,
		Codes:   map[string]any{"lines": len(lines), "found": out.Hits, "cases": len(out.Cases), "unsearched": total(out.Unsearched)},
		Details: map[string]any{"list": lines, "stages": q.Stages, "kinds": q.Kinds, "from": q.DateFrom, "to": q.DateTo},
	})
	if err != nil {
		return Matrix{}, fmt.Errorf("note search: %w", err) // no entry, no answer
	}
	out.Seq = receipt.Seq
	return out, nil
}

// distinct leaves each line once, without the space around it, in its order.
func distinct(lines []string) []string {
	seen := map[string]bool{}
	var out []string
	for _, l := range lines {
		l = strings.Join(strings.Fields(l), " ")
		if l == "" || seen[l] {
			continue
		}
		seen[l] = true
		out = append(out, l)
	}
	return out
}

// columnsOf are the cases found by a list, those with most lines first.
func columnsOf(lines map[string]int, reg register) []catalog.CaseFile {
	ids := slices.SortedFunc(maps.Keys(lines), func(a, b string) int {
		return cmp.Or(lines[b]-lines[a], cmp.Compare(reg.cases[a].Code, reg.cases[b].Code), cmp.Compare(a, b))
	})
	out := make([]catalog.CaseFile, 0, len(ids))
	for _, id := range ids {
		f := reg.cases[id]
		f.ID = id
		out = append(out, f)
	}
	return out
}
