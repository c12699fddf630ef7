package desktop

import (
	"encoding/json"
	"time"

	"diaoyue.example/workstation/backend/accounts"
	"diaoyue.example/workstation/backend/catalog"
	"diaoyue.example/workstation/backend/fault"
	"diaoyue.example/workstation/backend/ingest"
	"diaoyue.example/workstation/backend/jobs"
	"diaoyue.example/workstation/backend/retrieval"
	"diaoyue.example/workstation/backend/viewing"
	"diaoyue.example/workstation/media"
	"diaoyue.example/workstation/search"
	"diaoyue.example/workstation/search/extract"
)

// How the rooms' types become what crosses the bridge.

// stamp writes a time; an unknown one is "".
func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.RFC3339)
}

// each maps a slice; the answer is never nil, for nil would arrive as null.
func each[A, B any](from []A, to func(A) B) []B {
	out := make([]B, 0, len(from))
	for _, a := range from {
		out = append(out, to(a))
	}
	return out
}

// filled returns list, or an empty slice for nil.
func filled[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

func params(err error) map[string]string {
	if p := fault.Params(err); p != nil {
		return p
	}
	return map[string]string{}
}

func dtoActor(a accounts.Actor) Account {
	return Account{
		ID: a.ID, Number: a.Number, Name: a.Name, Department: a.Department,
		Roles: each(a.Roles, func(r accounts.Role) string { return string(r) }), MustChange: a.MustChange,
	}
}

func dtoAccount(a accounts.Account, now time.Time) Account {
	out := dtoActor(a.Actor)
	out.Locked, out.Disabled, out.Awaits = a.LockedUntil.After(now), a.Disabled, a.AwaitsConfirmation
	return out
}

func newAccount(n NewAccount) accounts.NewAccount {
	return accounts.NewAccount{
		Number: n.Number, Name: n.Name, Department: n.Department, Password: n.Password,
		Roles: each(n.Roles, func(r string) accounts.Role { return accounts.Role(r) }),
	}
}

func dtoCase(f catalog.CaseFile) CaseSummary {
	return CaseSummary{
		ID: f.ID, Code: f.Code, Title: f.Title, CaseNumber: f.CaseNumber, Type: f.Type, Party: f.Party,
		Officers: filled(f.Officers), DateFrom: f.DateFrom, DateTo: f.DateTo, Retention: f.Retention,
		Status: f.Status, Records: f.Records, Footage: f.Footage,
	}
}

func dtoRecord(r catalog.Record) Record {
	return Record{
		ID: r.ID, CaseID: r.CaseID, CaseCode: r.CaseCode, CaseTitle: r.CaseTitle, Code: r.Code,
		Kind: r.Kind, Medium: r.Medium, Stage: r.Stage, Title: r.Title, Date: r.Date,
		FileName: r.FileName, Format: r.Format, Size: r.Size, SHA256: r.SHA256, SM3: r.SM3,
		StoredAt: stamp(r.StoredAt), StoredBy: r.StoredBy, Pages: r.Pages, Frames: r.Frames,
		Duration: r.Duration, Width: r.Width, Height: r.Height, StartedAt: stamp(r.StartedAt),
		IndexState: r.IndexState, Diagnosis: dtoDiagnosis(r), TextState: r.TextState, TextReason: r.TextReason, EnclosedIn: r.EnclosedIn,
		Timeliness: r.Timeliness, DueAt: stamp(r.DueAt), ChainID: r.ChainID,
		Segment: r.Segment, Segments: r.Segments, Annotations: r.Annotations,
		Custody: r.Custody, Suspected: r.Suspected,
	}
}

// dtoDiagnosis is nil for a recording that can be played.
func dtoDiagnosis(r catalog.Record) *Diagnosis {
	var d media.Diagnosis
	if r.Diagnosis == "" || json.Unmarshal([]byte(r.Diagnosis), &d) != nil {
		return nil
	}
	return &Diagnosis{Kind: d.Kind, Format: d.Format, Codec: d.Codec, MediaBytes: d.MediaBytes, Size: d.Size}
}

func dtoOutcome(o ingest.Outcome) IngestOutcome {
	out := IngestOutcome{
		Path: o.Path, Name: o.Name, Size: o.Size, State: string(o.State), Params: params(o.Err),
		RecordID: o.RecordID, SHA256: o.SHA256, SM3: o.SM3, Seq: o.Seq,
	}
	if o.Err != nil {
		out.Code = fault.Code(o.Err)
	}
	return out
}

func dtoSearch(r retrieval.Result) SearchResult {
	return SearchResult{
		Cases: r.Cases, Records: r.Records, Places: r.Places,
		Groups: each(r.Groups, dtoSearchCase),
		Stages: each(r.Facets.Stages, dtoFacet), Kinds: each(r.Facets.Kinds, dtoFacet), Years: each(r.Facets.Years, dtoFacet),
		Sources: each(r.Facets.Sources, func(f search.Facet) Facet { return Facet{Value: sourceName(f.Value), Count: f.Count} }),
		Words:   each(r.Facets.Words, dtoFacet), Unsearched: each(r.Unsearched, dtoFacet),
		Level: r.Level, Terms: each(r.Terms, dtoTerm),
		Unparsed: filled(r.Unparsed), Millis: float64(r.Took) / float64(time.Millisecond), Pending: int(r.Pending),
	}
}

func dtoTerm(t search.Term) SearchTerm {
	return SearchTerm{Text: t.Text, Literal: t.Literal, How: t.How, Field: t.Field, Within: t.Within, Not: t.Not}
}

func dtoFacet(f search.Facet) Facet { return Facet{Value: f.Value, Count: f.Count} }

func dtoSearchCase(g retrieval.CaseGroup) SearchCase {
	return SearchCase{
		CaseID: g.Case.ID, Code: g.Case.Code, Title: g.Case.Title,
		Records: each(g.Records, func(r retrieval.RecordGroup) SearchRecord {
			return SearchRecord{
				RecordID: r.Record.ID, Code: r.Record.Code, Title: r.Record.Title, Kind: r.Record.Kind,
				Medium: r.Record.Medium, Stage: r.Record.Stage, Date: r.Record.Date, Words: r.Words, Places: r.Places,
				Hits: each(r.Hits, dtoHit),
			}
		}),
	}
}

func dtoHit(h retrieval.Hit) SearchHit {
	return SearchHit{
		Source: sourceName(h.Source), Page: h.Page, Frame: h.Frame, Time: h.Time, Heard: h.Heard, Score: h.Score,
		Fragments: each(h.Fragments, func(f search.Fragment) Fragment { return Fragment{Text: f.Text, Mark: f.Mark} }),
	}
}

func dtoCoverage(c viewing.Coverage) Coverage {
	ranges := func(r viewing.Range) Range { return Range{From: r.From, To: r.To} }
	return Coverage{Ranges: each(c.Ranges, ranges), Fast: each(c.Fast, ranges), Shown: c.Shown, Total: c.Total, Share: c.Share}
}

func dtoViewing(i viewing.Info, c viewing.Coverage) Viewing {
	return Viewing{
		ID: i.ID, Number: i.Number, Record: dtoRecord(i.Record), CopyID: i.CopyID, Purpose: i.Purpose,
		Basis: i.Basis, OpenedAt: stamp(i.OpenedAt), Seq: i.Seq, Frames: i.Frames, Provisional: i.Provisional,
		Duration: i.Duration, FrameRate: i.FrameRate, Width: i.Width, Height: i.Height, PixelAspect: i.PixelAspect,
		Sound: each(i.Sound, func(s viewing.SoundTrack) SoundTrack {
			return SoundTrack{Index: s.Index, Rate: s.Rate, Channels: s.Channels, Language: s.Language}
		}),
		Pages: i.Pages, ClockOffset: i.ClockOffset, Segments: each(i.Segments, dtoRecord),
		Coverage: dtoCoverage(c), Watermark: i.Watermark,
	}
}

func interval(i Interval) viewing.Interval {
	return viewing.Interval{
		Kind: i.Kind, From: i.From, To: i.To, Presented: i.Presented, Speed: i.Speed,
		Sound: i.Sound, Visible: i.Visible, WallMs: i.WallMs,
	}
}

func dtoInterval(i viewing.Interval) Interval {
	return Interval{
		Kind: i.Kind, From: i.From, To: i.To, Presented: i.Presented, Speed: i.Speed,
		Sound: i.Sound, Visible: i.Visible, WallMs: i.WallMs,
	}
}

func dtoPageText(p viewing.PageText) PageText {
	out := PageText{Page: p.Page, Source: p.Source, Text: p.Text, Width: p.Width, Height: p.Height, Boxes: []Box{}}
	for _, b := range p.Boxes {
		out.Boxes = append(out.Boxes, dtoBox(b))
	}
	return out
}

func dtoBox(b extract.Box) Box { return Box{X: b.X, Y: b.Y, W: b.W, H: b.H, Text: b.Text} }

func dtoAnnotation(a catalog.Annotation) Annotation {
	return Annotation{
		ID: a.ID, RecordID: a.RecordID, Frame: a.Frame, FrameTo: a.FrameTo, Page: a.Page, Time: a.Time,
		Text: a.Text, Author: a.Author, AuthorID: a.AuthorID, CreatedAt: stamp(a.CreatedAt),
	}
}

func annotation(a Annotation) catalog.Annotation {
	return catalog.Annotation{
		ID: a.ID, RecordID: a.RecordID, Frame: a.Frame, FrameTo: a.FrameTo, Page: a.Page, Time: a.Time, Text: a.Text,
	}
}

func dtoViewingRow(r viewing.Row) ViewingRow {
	return ViewingRow{
		ID: r.ID, Number: r.Number, OpenedAt: stamp(r.OpenedAt), ClosedAt: stamp(r.ClosedAt), CloseKind: r.CloseKind,
		Account: r.AccountName, AccountNo: r.AccountNumber, Department: r.Department, Purpose: r.Purpose,
		Basis: r.Basis, Note: r.Note, CaseCode: r.CaseCode, CaseTitle: r.CaseTitle, RecordID: r.RecordID,
		RecordCode: r.RecordCode, RecordTitle: r.RecordTitle, Kind: r.Kind, Shown: r.Shown, Total: r.Total,
		WallMs: r.WallMs, MaxSpeed: r.MaxSpeed, Sound: r.Sound, SeqFirst: r.SeqFirst, SeqLast: r.SeqLast,
		Hash: r.Hash, Intervals: each(r.Intervals, dtoInterval), Seen: r.Seen, Unit: r.Unit, Whole: r.Whole,
		Result: r.Result(), CopyNumber: r.CopyNumber, Approver: r.Approver,
		Taken: r.Exported, Approval: r.ApprovalNumber,
	}
}

func dtoJob(j jobs.Job) Job {
	return Job{
		ID: j.ID, Kind: j.Kind, Subject: j.Subject, State: string(j.State), Done: j.Done, Total: j.Total,
		Remaining: j.Remaining, Code: j.Code,
	}
}
