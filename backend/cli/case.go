package cli

import (
	"context"

	"diaoyue.example/workstation/backend"
	"diaoyue.example/workstation/backend/accounts"
	"diaoyue.example/workstation/backend/catalog"
)

type caseJSON struct {
	ID         string   `json:"id"`
	Code       string   `json:"code"`
	Title      string   `json:"title"`
	CaseNumber string   `json:"case_number"`
	Type       string   `json:"type"`
	Party      string   `json:"party"`
	Officers   []string `json:"officers"`
	DateFrom   string   `json:"date_from"`
	DateTo     string   `json:"date_to"`
	Retention  string   `json:"retention"`
	Status     string   `json:"status"`
	Records    int      `json:"records"`
}

func toCaseJSON(f catalog.CaseFile) caseJSON {
	officers := f.Officers
	if officers == nil {
		officers = []string{}
	}
	return caseJSON{
		ID: f.ID, Code: f.Code, Title: f.Title, CaseNumber: f.CaseNumber, Type: f.Type, Party: f.Party, Officers: officers,
		DateFrom: f.DateFrom, DateTo: f.DateTo, Retention: f.Retention, Status: f.Status, Records: f.Records,
	}
}

func caseAdd(ctx context.Context, c *call) error {
	var f catalog.CaseFile
	c.flags.StringVar(&f.Code, "code", "", "")
	c.flags.StringVar(&f.Title, "title", "", "")
	c.flags.StringVar(&f.CaseNumber, "number", "", "")
	c.flags.StringVar(&f.Party, "party", "", "")
	c.flags.StringVar(&f.Type, "type", "", "")
	c.flags.StringVar(&f.DateFrom, "date", "", "")
	c.flags.StringVar(&f.Retention, "retention", "", "")
	c.flags.Func("officer", "", func(officer string) error {
		f.Officers = append(f.Officers, officer)
		return nil
	})
	if err := c.parse(0, 0); err != nil {
		return err
	}
	if f.Code == "" || f.Title == "" {
		return errUsage
	}
	return c.signedIn(ctx, func(ctx context.Context, w *backend.Workstation, actor accounts.Actor) error {
		made, err := w.AddCase(ctx, actor, f)
		if err != nil {
			return err
		}
		return c.print(toCaseJSON(made), func() { c.say("case.added", "code", made.Code, "title", made.Title) })
	})
}

func caseList(ctx context.Context, c *call) error {
	if err := c.parse(0, 1); err != nil {
		return err
	}
	text := ""
	if len(c.args) > 0 {
		text = c.args[0]
	}
	return c.signedIn(ctx, func(ctx context.Context, w *backend.Workstation, actor accounts.Actor) error {
		list, err := w.Cases(ctx, actor, text)
		if err != nil {
			return err
		}
		out := make([]caseJSON, 0, len(list))
		for _, f := range list {
			out = append(out, toCaseJSON(f))
		}
		return c.print(map[string]any{"cases": out}, func() {
			for _, f := range out {
				c.row(f.Code, f.Title, number(int64(f.Records)))
			}
		})
	})
}
