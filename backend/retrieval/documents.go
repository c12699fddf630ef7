package retrieval

import (
	"math"
	"regexp"
	"strconv"
	"strings"

	"diaoyue.example/workstation/backend/catalog"
	"diaoyue.example/workstation/search"
)

// partySeparator stands between two parties in one field.
var partySeparator = regexp.MustCompile(`[,;，；、\s]+`)

// caseDocument is the place of the case itself: its title, numbers and people.
func caseDocument(f catalog.CaseFile) search.Document {
	return search.Document{
		ID: "case:" + f.ID, Case: f.ID, Date: f.DateFrom, Title: f.Title, Source: search.SourceTitle,
		Text: lines(append([]string{f.Code, f.CaseNumber, f.Type, f.Party}, f.Officers...)...),
		Type: f.Type, Number: given(f.Code, f.CaseNumber), Party: parties(f.Party), Officer: f.Officers, Retention: f.Retention,
		Names: names(f),
	}
}

// parties divides what was typed as the party: several stand apart by commas.
func parties(s string) []string { return given(partySeparator.Split(s, -1)...) }

// names are the people of a case, who may be sought by their initials: the
// parties, and the officers without their numbers.
func names(f catalog.CaseFile) []string {
	out := parties(f.Party)
	for _, o := range f.Officers {
		name, _, _ := strings.Cut(o, " ")
		out = append(out, name)
	}
	return out
}

func given(parts ...string) []string {
	var out []string
	for _, p := range parts {
		if p = strings.TrimSpace(p); p != "" {
			out = append(out, p)
		}
	}
	return out
}

// recordDocuments are the places of one record: its description, its pages,
// what is spoken in it, and the notes on it. Each carries the title, so that a
// word of the title and one of a page can be sought together, and the
// description of its case, so that a field and a word can.
func recordDocuments(f catalog.CaseFile, r catalog.Record, pages []catalog.PageText, spoken []catalog.Transcript, notes []catalog.Annotation) []search.Document {
	base := search.Document{
		Case: r.CaseID, Record: r.ID, Kind: r.Kind, Stage: r.Stage, Date: r.Date, Title: r.Title,
		Type: f.Type, Number: given(f.Code, f.CaseNumber, r.Code), Party: parties(f.Party), Officer: f.Officers, Retention: f.Retention,
	}
	out := make([]search.Document, 0, 1+len(pages)+len(notes))

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
	n := 0 // of the cue among all lines: two people may begin to speak in the same millisecond
	for _, line := range spoken {
		for _, c := range line.Cues {
			d := base
			d.T0, d.T1 = milliseconds(c.From), milliseconds(c.To)
			d.ID = r.ID + "#t" + strconv.FormatInt(d.T0, 10) + "." + strconv.Itoa(n)
			d.Source, d.Text = search.SourceSpeech, lines(c.Speaker, c.Text)
			out = append(out, d)
			n++
		}
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

func lines(parts ...string) string { return strings.Join(given(parts...), "\n") }
