package retrieval

import (
	"math"
	"strconv"
	"strings"

	"diaoyue.example/workstation/backend/catalog"
	"diaoyue.example/workstation/search"
)

// caseDocument is the place of the case itself: its title, numbers and people.
func caseDocument(f catalog.CaseFile) search.Document {
	return search.Document{
		ID: "case:" + f.ID, Case: f.ID, Date: f.DateFrom, Title: f.Title, Source: search.SourceTitle,
		Text: lines(append([]string{f.Code, f.CaseNumber, f.Type, f.Party}, f.Officers...)...),
	}
}

// recordDocuments are the places of one record: its description, its pages,
// what is spoken in it, and the notes on it. Each carries the title, so that a
// word of the title and one of a page can be sought together.
func recordDocuments(r catalog.Record, pages []catalog.PageText, spoken catalog.Transcript, notes []catalog.Annotation) []search.Document {
	base := search.Document{Case: r.CaseID, Record: r.ID, Kind: r.Kind, Stage: r.Stage, Date: r.Date, Title: r.Title}
	out := make([]search.Document, 0, 1+len(pages)+len(spoken.Cues)+len(notes))

	d := base
	d.ID, d.Source, d.Text = r.ID+"#title", search.SourceTitle, lines(r.Code, r.FileName)
	out = append(out, d)

	for _, p := range pages {
		if strings.TrimSpace(p.Text) == "" {
			continue
		}
		d := base
		d.ID, d.Source, d.Page, d.Text = r.ID+"#p"+strconv.Itoa(p.Page), search.SourcePage, p.Page, p.Text
		out = append(out, d)
	}
	for n, c := range spoken.Cues {
		d := base
		d.T0, d.T1 = milliseconds(c.From), milliseconds(c.To)
		// Two people may begin to speak in the same millisecond.
		d.ID = r.ID + "#t" + strconv.FormatInt(d.T0, 10) + "." + strconv.Itoa(n)
		d.Source, d.Text = search.SourceSpeech, lines(c.Speaker, c.Text)
		out = append(out, d)
	}
	for _, a := range notes {
		d := base
		d.ID, d.Source, d.Note, d.Text = r.ID+"#n"+a.ID, search.SourceNote, a.ID, a.Text
		d.Page, d.Frame, d.T0, d.T1 = a.Page, a.Frame, milliseconds(a.Time), milliseconds(a.Time)
		out = append(out, d)
	}
	return out
}

func milliseconds(seconds float64) int64 { return int64(math.Round(seconds * 1000)) }

func lines(parts ...string) string {
	var kept []string
	for _, p := range parts {
		if strings.TrimSpace(p) != "" {
			kept = append(kept, p)
		}
	}
	return strings.Join(kept, "\n")
}
