package catalog

import "diaoyue.example/workstation/backend/fault"

// What can be refused or missing.
var (
	// ErrCaseExists: another case file has this code. Parameter "code".
	ErrCaseExists = fault.New("catalog.case_exists", "a case file with this code exists")
	// ErrNoCase: no case file has this id or code. Parameter "case".
	ErrNoCase = fault.New("catalog.no_case", "there is no such case file")
	// ErrNoRecord: no record has this id or code. Parameter "record".
	ErrNoRecord = fault.New("catalog.no_record", "there is no such record")
	// ErrBadStage: not one of the five stages of article 3. Parameter "stage".
	ErrBadStage = fault.New("catalog.bad_stage", "not one of the five stages")
	// ErrMissingField: a mandatory field is empty. Parameter "field".
	ErrMissingField = fault.New("catalog.missing_field", "a mandatory field is empty")
	// ErrBadDate: not a date of the form 2026-03-12. Parameter "date".
	ErrBadDate = fault.New("catalog.bad_date", "not a date")
	// ErrOriginalKnown: the original is described already. Parameter "record".
	ErrOriginalKnown = fault.New("catalog.original_known", "the original is described already")
	// ErrNoPage: the record has no text of this page. Parameter "page".
	ErrNoPage = fault.New("catalog.no_page", "there is no text of this page")
	// ErrBadAnnotation: no text, or neither a frame nor a page.
	ErrBadAnnotation = fault.New("catalog.bad_annotation", "an annotation needs a text and a place")
	// ErrNoTranscript: the recording has no such line or version. Parameter "record".
	ErrNoTranscript = fault.New("catalog.no_transcript", "there is no such transcript")
	// ErrTranscriptMoved: the line was changed since the person saw it. Parameter "record".
	ErrTranscriptMoved = fault.New("catalog.transcript_moved", "the transcript was changed meanwhile")
	// ErrNoCue: the line has no such cue, or not that act. Parameter "cue".
	ErrNoCue = fault.New("catalog.no_cue", "there is no such cue")
	// ErrCueText: no words, or too many. Parameter "max", in characters.
	ErrCueText = fault.New("catalog.cue_text", "a cue needs words, and not too many")
	// ErrCueTimes: no span of time within the recording.
	ErrCueTimes = fault.New("catalog.cue_times", "not a span of time within the recording")
	// ErrSuspected: the record is kept apart as a suspected state secret.
	ErrSuspected = fault.New("catalog.suspected", "the record is kept apart as a suspected state secret")
	// ErrBroken: the original is damaged or gone; it is locked until an intact
	// copy is put back. Parameter "record".
	ErrBroken = fault.New("catalog.broken", "the original is damaged and locked")
	// ErrTakenOut: the original was taken out as a suspected state secret.
	ErrTakenOut = fault.New("catalog.taken_out", "the original was taken out of this workstation")
	// ErrDisposed: the original was disposed of after its retention.
	ErrDisposed = fault.New("catalog.disposed", "the original was disposed of")
)
