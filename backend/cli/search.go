package cli

import (
	"context"
	"strings"

	"diaoyue.example/workstation/backend"
	"diaoyue.example/workstation/backend/accounts"
	"diaoyue.example/workstation/backend/retrieval"
	"diaoyue.example/workstation/search"
)

type searchJSON struct {
	Cases   int              `json:"cases"`
	Records int              `json:"records"`
	Places  int              `json:"places"`
	Groups  []searchCaseJSON `json:"groups"`
	Stages  []facetJSON      `json:"stages"`
	Kinds   []facetJSON      `json:"kinds"`
	Years   []facetJSON      `json:"years"`
	Words   []facetJSON      `json:"words"`
	// Unsearched counts the records whose words cannot be searched, by why.
	Unsearched []facetJSON `json:"unsearched"`
	Unparsed   []string    `json:"unparsed"`
	Millis     float64     `json:"millis"`
	Seq        int64       `json:"seq"`
}

type facetJSON struct {
	Value string `json:"value"`
	Count int    `json:"count"`
}

type searchCaseJSON struct {
	ID      string             `json:"id"`
	Code    string             `json:"code"`
	Title   string             `json:"title"`
	Records []searchRecordJSON `json:"records"`
}

type searchRecordJSON struct {
	ID     string    `json:"id"`
	Code   string    `json:"code"`
	Title  string    `json:"title"`
	Kind   string    `json:"kind"`
	Stage  string    `json:"stage"`
	Date   string    `json:"date"`
	Places int       `json:"places"`
	Hits   []hitJSON `json:"hits"`
}

type hitJSON struct {
	Source  string  `json:"source"` // title | page | speech | note
	Page    int     `json:"page"`   // 1-based, 0 when not a page
	Frame   int64   `json:"frame"`  // 0-based, -1 when not a frame
	Time    float64 `json:"time"`   // seconds, -1 when none
	Snippet string  `json:"snippet"`
}

func searchRun(ctx context.Context, c *call) error {
	var q retrieval.Query
	var stage, kind string
	caseName := c.flags.String("case", "", "")
	c.flags.StringVar(&stage, "stage", "", "")
	c.flags.StringVar(&kind, "kind", "", "")
	c.flags.StringVar(&q.DateFrom, "from", "", "")
	c.flags.StringVar(&q.DateTo, "to", "", "")
	c.flags.IntVar(&q.Limit, "limit", 0, "")
	list := c.flags.String("list", "", "")
	if err := c.parse(0, -1); err != nil {
		return err
	}
	if (len(c.args) == 0) != (*list != "") {
		return errUsage // words or a list, never both
	}
	q.Text = strings.Join(c.args, " ")
	var lines []string
	if *list != "" {
		var err error
		if lines, err = linesOf(*list); err != nil {
			return err
		}
	}
	if stage != "" {
		q.Stages = []string{c.words.stage(stage)}
	}
	if kind != "" {
		q.Kinds = []string{kind}
	}
	return c.signedIn(ctx, func(ctx context.Context, w *backend.Workstation, actor accounts.Actor) error {
		if *caseName != "" {
			file, err := w.Case(ctx, actor, *caseName)
			if err != nil {
				return err
			}
			q.CaseID = file.File.ID
		}
		if err := w.Settle(ctx); err != nil {
			return err
		}
		if *list != "" {
			return c.searchList(ctx, w, actor, lines, q)
		}
		found, err := w.Retrieval.Search(ctx, actor, q)
		if err != nil {
			return err
		}
		out := toSearchJSON(found)
		return c.print(out, func() { c.showFound(out) })
	})
}

func toSearchJSON(r retrieval.Result) searchJSON {
	facets := func(list []search.Facet) []facetJSON {
		out := make([]facetJSON, 0, len(list))
		for _, f := range list {
			out = append(out, facetJSON(f))
		}
		return out
	}
	out := searchJSON{
		Cases: r.Cases, Records: r.Records, Places: r.Places, Groups: []searchCaseJSON{},
		Stages: facets(r.Facets.Stages), Kinds: facets(r.Facets.Kinds), Years: facets(r.Facets.Years),
		Words: facets(r.Facets.Words), Unsearched: facets(r.Unsearched),
		Unparsed: append([]string{}, r.Unparsed...), Millis: r.Took.Seconds() * 1000, Seq: r.Seq,
	}
	for _, g := range r.Groups {
		one := searchCaseJSON{ID: g.Case.ID, Code: g.Case.Code, Title: g.Case.Title, Records: []searchRecordJSON{}}
		for _, rec := range g.Records {
			record := searchRecordJSON{
				ID: rec.Record.ID, Code: rec.Record.Code, Title: rec.Record.Title, Kind: rec.Record.Kind,
				Stage: rec.Record.Stage, Date: rec.Record.Date, Places: rec.Places, Hits: []hitJSON{},
			}
			for _, h := range rec.Hits {
				record.Hits = append(record.Hits, hitJSON{Source: h.Source, Page: h.Page, Frame: h.Frame, Time: h.Time, Snippet: snippet(h.Fragments)})
			}
			one.Records = append(one.Records, record)
		}
		out.Groups = append(out.Groups, one)
	}
	return out
}

// snippet writes marked words in 【】, which hardly occur in speech or forms.
func snippet(fragments []search.Fragment) string {
	var b strings.Builder
	for _, f := range fragments {
		if f.Mark {
			b.WriteString("\u3010" + f.Text + "\u3011")
		} else {
			b.WriteString(f.Text)
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

func (c *call) showFound(out searchJSON) {
	for _, g := range out.Groups {
		c.row(g.Code, g.Title)
		for _, r := range g.Records {
			if r.ID != "" {
				c.row("  "+r.Code, r.Title)
			}
			for _, h := range r.Hits {
				place := c.words.line("search.title")
				switch {
				case h.Page > 0:
					place = c.words.line("search.page", "n", number(int64(h.Page)))
				case h.Frame >= 0:
					place = c.words.line("search.frame", "n", number(h.Frame))
				}
				c.row("    "+place, h.Snippet)
			}
		}
	}
	c.say("search.sum", "cases", number(int64(out.Cases)), "records", number(int64(out.Records)), "places", number(int64(out.Places)))
	missing := 0
	for _, f := range out.Unsearched {
		missing += f.Count
	}
	if missing > 0 {
		c.say("search.unsearched", "n", number(int64(missing)))
	}
	if len(out.Unparsed) > 0 {
		c.say("search.unparsed", "text", strings.Join(out.Unparsed, " "))
	}
}
