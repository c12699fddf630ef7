// Package ingest takes recordings and papers into the archive.
//
// Invariant: a file is acknowledged only when its bytes lie in the vault, were
// read back and stand in the catalogue with a log entry; until then nothing of
// it is there, and the source must be kept. A file that cannot be taken never
// stops the others.
package ingest

import (
	"context"
	"os"
	"time"

	"diaoyue.example/workstation/backend/accounts"
	"diaoyue.example/workstation/backend/audit"
	"diaoyue.example/workstation/backend/catalog"
	"diaoyue.example/workstation/backend/jobs"
	"diaoyue.example/workstation/backend/store"
	"diaoyue.example/workstation/backend/vault"
	"diaoyue.example/workstation/backend/workday"
	"diaoyue.example/workstation/media/remote"
	"diaoyue.example/workstation/search/extract"
)

// Kinds of derived work.
const (
	JobFrameIndex = "frame-index"
	JobText       = "text"
	JobOCR        = "ocr"
	JobEnclosures = "enclosures"
)

// Desk receives. It is safe for concurrent use.
type Desk struct {
	cfg  Config
	pace pace // of reading scans
}

// Documents takes the text of papers: the extractor in its worker
// (search/extract/remote), or in this process.
type Documents interface {
	File(ctx context.Context, f *os.File, name string, emit func(extract.Page) error) (extract.Meta, error)
	Enclosures(ctx context.Context, f *os.File, name string, emit func(extract.Enclosure) error) error
}

// Scans reads the text off pages that are pictures, in a worker of its own.
type Scans interface {
	Open(ctx context.Context, f *os.File, name string) (extract.Document, error)
	// Recognise reads page n of a document that Open gave.
	Recognise(ctx context.Context, doc extract.Document, n int) (extract.Page, error)
	// Reads names what is read with; "" when nothing on this machine reads.
	Reads() string
}

// Config of a desk.
type Config struct {
	DB        *store.DB
	Log       *audit.Log
	Accounts  *accounts.Desk
	Catalog   *catalog.Catalog
	Vault     *vault.Vault
	Jobs      *jobs.Runner
	Media     *remote.Client
	Documents Documents
	Scans     Scans
	Office    Office
	Viewed    func(recordID string) bool // whether a record is open before somebody; may be nil
	// Transcriber hears what is said.
	Transcriber Transcriber
	Calendar    *workday.Calendar
	Now         func() time.Time
}

// New gives a desk and names its handlers to the runner.
func New(cfg Config) *Desk {
	d := &Desk{cfg: cfg}
	cfg.Jobs.Handle(JobFrameIndex, d.buildIndex)
	cfg.Jobs.Handle(JobText, d.takeText)
	cfg.Jobs.Handle(JobEnclosures, d.takeEnclosures)
	cfg.Jobs.Handle(JobPreview, d.buildPreview)
	cfg.Jobs.Handle(JobSubtitles, d.takeSubtitles)
	cfg.Jobs.Handle(JobIntake, d.takeUp)
	cfg.Jobs.Handle(JobMissed, d.queueMissed)
	cfg.Jobs.HandleLate(JobTranscription, d.hear) // before scans: a person asked for it
	cfg.Jobs.HandleLate(JobOCR, d.readPages)
	return d
}

// Submission is what the archivist chose.
type Submission struct {
	CaseID string
	Stage  string
	Paths  []string // files and folders
	Chain  bool     // the recordings are consecutive segments of one activity
	// RecordingID is the recording of the case whose transcripts these files
	// are; "" = the recordings that have their names.
	RecordingID string
}

// State of a file of a submission.
type State string

// States of a file.
const (
	Waiting State = "waiting"
	Running State = "running"
	Stored  State = "stored"  // described, derived work is queued
	Known   State = "known"   // the archive had this original already
	Refused State = "refused" // nothing of it is stored; Err says why
	Skipped State = "skipped" // hidden files and links in a chosen folder
)

// Steps of a file on its way.
const (
	StepReading     = "reading" // looking at what it holds
	StepCopying     = "copying"
	StepReadingBack = "reading-back"
	StepCataloguing = "cataloguing"
)

// Outcome is what became of one file.
type Outcome struct {
	Path     string
	Name     string
	Size     int64
	State    State
	Err      error // a fault when State is Refused or Skipped; of a stored transcript perhaps a remark
	RecordID string
	SHA256   string
	SM3      string
	Seq      int64 // log position of the receipt
}

// Progress is how far a submission is. Bytes count what was copied.
type Progress struct {
	Files, FilesDone int
	Bytes, BytesDone int64
	Step             string
	Current          string    // name of the file
	Started          time.Time // of the submission
	Remaining        float64   // s at the present pace, -1 unknown
	Outcomes         []Outcome // of all files, in order
}

// Inspect expands folders and returns every file with its size, without taking
// anything: hidden files and links are skipped and said.
func (d *Desk) Inspect(ctx context.Context, paths []string) ([]Outcome, error) {
	return expand(ctx, paths)
}
