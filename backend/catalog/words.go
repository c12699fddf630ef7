package catalog

import "slices"

// The five stages of article 3, in the order of a case's life.
const (
	StageInitiation    = "initiation"
	StageInvestigation = "investigation"
	StageDecision      = "decision"
	StageService       = "service"
	StageArchiving     = "archiving"
)

// Stages returns the five stages in order.
func Stages() []string {
	return []string{StageInitiation, StageInvestigation, StageDecision, StageService, StageArchiving}
}

// ValidStage reports whether s is one of the five.
func ValidStage(s string) bool { return slices.Contains(Stages(), s) }

// The two kinds of record of article 3. A photograph is an audio-visual
// record: article 3 names the camera.
const (
	KindText = "text"
	KindAV   = "av"
)

// What carries a record.
const (
	MediumVideo      = "video"
	MediumAudio      = "audio"
	MediumPhoto      = "photo"
	MediumDocument   = "document"
	MediumTranscript = "transcript"
)

// States of a recording's frame index. Frame numbers are certain only when
// verified.
const (
	IndexNone        = "none"
	IndexProvisional = "provisional"
	IndexVerified    = "verified"
	IndexDamaged     = "damaged"
	// IndexUnreadable: the recording is kept and cannot be played; its
	// Diagnosis says why.
	IndexUnreadable = "unreadable"
)

// TextStored says that a document's text has not been taken yet; the other
// states are those of search/extract. TextNone is the state of footage.
const (
	TextNone   = "none"
	TextStored = "stored"
	TextText   = "text"
	TextFailed = "failed"
)

// Timeliness of a recording's storing (article 17: two working days).
const (
	OnTime          = "on-time"
	Late            = "late"
	CalendarMissing = "calendar-missing"
	TimeUnknown     = "unknown"
)

// States of a case file.
const (
	CaseOpen   = "open"
	CaseClosed = "closed"
)

// DerivedFrameIndex is the kind under which the vault keeps the verified frame
// index of a recording.
const DerivedFrameIndex = "frameindex-v1"

// DerivedOfficePDF is the kind under which the vault keeps an office paper as
// LibreOffice laid it out. Where there is one, the paper is read and shown by it.
const DerivedOfficePDF = "office-pdf-v1"

// DerivedIndexPart is the kind under which the vault keeps how far the making
// of a frame index came; empty once it is made.
const DerivedIndexPart = "frameindex-part-v1"

// DerivedPreview is the kind under which the vault keeps thumbnails and sound
// curve of a recording (media/preview). The file says itself of which version it
// is; a newer one takes its place.
const DerivedPreview = "preview-v1"
