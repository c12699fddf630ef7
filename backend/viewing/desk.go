// Package viewing is the reading room: the one desk through which pictures,
// sound and pages reach a person (《实施细则》第十九条).
//
// Invariant: the entry "displaying" is durable before anything of a record
// leaves the desk; only what was really served can count as shown; and every
// viewing is closed by an entry of its own, at the latest when the archive is
// next opened.
package viewing

import (
	"context"
	"os"
	"sync"
	"time"

	"diaoyue.example/workstation/backend/accounts"
	"diaoyue.example/workstation/backend/audit"
	"diaoyue.example/workstation/backend/catalog"
	"diaoyue.example/workstation/backend/store"
	"diaoyue.example/workstation/backend/vault"
	"diaoyue.example/workstation/media/redact"
	"diaoyue.example/workstation/media/remote"
	"diaoyue.example/workstation/search/extract"
)

// Purposes of a viewing (law-and-features §8.6); PurposeOther needs a note.
const (
	PurposePlanned     = "planned"
	PurposeCase        = "case"
	PurposeComplaint   = "complaint"
	PurposeDisclosure  = "disclosure"
	PurposeLitigation  = "litigation"
	PurposeArrangement = "arrangement"
	PurposeInspection  = "inspection"
	PurposeRedaction   = "redaction"
	PurposeApproval    = "approval"
	PurposeOther       = "other"
)

// Purposes returns all of them in the order of the form.
func Purposes() []string {
	return []string{
		PurposePlanned, PurposeCase, PurposeComplaint, PurposeDisclosure, PurposeLitigation,
		PurposeArrangement, PurposeInspection, PurposeRedaction, PurposeApproval, PurposeOther,
	}
}

// How a viewing ended.
const (
	CloseNormal    = "normal"
	CloseTimeout   = "timeout"
	CloseRecovered = "recovered"
	CloseFailed    = "failed"   // the record could not be opened
	CloseIsolated  = "isolated" // the record was kept apart meanwhile as a suspected state secret (R1)
)

// Desk opens viewings. It is safe for concurrent use.
type Desk struct {
	cfg        Config
	candidates Candidates

	mu   sync.Mutex
	open map[string]*Viewing
}

// Documents opens papers for the page view: the extractor in its worker
// (search/extract/remote), or in this process.
type Documents interface {
	Open(ctx context.Context, f *os.File, name string) (extract.Document, error)
}

// Config of a desk. Zero durations take their defaults.
type Config struct {
	DB        *store.DB
	Log       *audit.Log
	Accounts  *accounts.Desk
	Catalog   *catalog.Catalog
	Vault     *vault.Vault
	Media     *remote.Client
	Documents Documents
	Now       func() time.Time
	Idle      time.Duration         // a viewing without a request is closed after it; 30 min
	Silence   time.Duration         // what was served and not reported is logged after it; 5 s
	OnClose   func(id, kind string) // told of every close; may be nil
	// The fastest speeds that count as reviewed; 0 = 2 for records (law-and-
	// features §8.7) and 1 for the check of a copy (refusal R8).
	Speed, CheckSpeed float64
	// Reindex is asked to make a recording's frame index anew when the kept one
	// is of another file or another version of the decoder; may be nil.
	Reindex func(ctx context.Context, recordID string) error
}

const (
	defaultIdle    = 30 * time.Minute
	defaultSilence = 5 * time.Second

	defaultSpeed      = 2
	defaultCheckSpeed = 1
)

// New gives a desk with no viewing open.
func New(cfg Config) *Desk {
	if cfg.Idle <= 0 {
		cfg.Idle = defaultIdle
	}
	if cfg.Silence <= 0 {
		cfg.Silence = defaultSilence
	}
	if cfg.Speed <= 0 {
		cfg.Speed = defaultSpeed
	}
	if cfg.CheckSpeed <= 0 {
		cfg.CheckSpeed = defaultCheckSpeed
	}
	return &Desk{cfg: cfg, open: map[string]*Viewing{}}
}

// Request asks for a record, or for the sealed candidate of a copy.
type Request struct {
	RecordID string
	CopyID   string // instead of RecordID: the sealed candidate of this copy
	Purpose  string // one of Purposes
	Basis    string // document or task number
	Note     string // required when Purpose is PurposeOther
}

// Candidate names a sealed candidate copy.
type Candidate struct {
	CopyID   string
	VaultID  string // its name in the vault; "" = CopyID
	RecordID string // of which it is a copy
	SHA256   string
	Title    string
}

// Candidates knows the sealed candidates: the disclosure desk, one floor up.
type Candidates interface {
	Candidate(ctx context.Context, copyID string) (Candidate, error)
}

// Serve lets the desk show candidates too. Call it before the desk is used.
func (d *Desk) Serve(c Candidates) { d.candidates = c }

// Info is what is known of an open viewing.
type Info struct {
	ID          string
	Number      string // S-XXXX-XXXX, shown in the status line
	Actor       accounts.Actor
	Record      catalog.Record
	CopyID      string // "" when the original is shown
	Purpose     string
	Basis       string
	Note        string
	OpenedAt    time.Time
	Seq         int64 // log position of the opening entry
	Frames      int64
	Provisional bool
	Duration    float64 // s
	FrameRate   float64 // average, 1/s
	Width       int     // upright
	Height      int
	PixelAspect float64 // width of an upright point by its height; 1 = square
	Sound       []SoundTrack
	Pages       int
	ClockOffset float64 // s to add to the device's clock
	Segments    []catalog.Record
	Watermark   string
}

// SoundTrack is one track of sound; Index counts sound tracks from 0.
type SoundTrack struct {
	Index    int
	Rate     int
	Channels int
	Language string
}

// FrameRequest says how a frame is wanted.
type FrameRequest struct {
	Generation int64 // newest wins; 0 is never superseded
	MaxW, MaxH int   // JPEG scaled down to fit; 0 = as it is
	Lossless   bool  // PNG in full size
	Digest     bool
	Step       int          // frames from this wish to the next at the present speed; 0 at rest
	Plan       *redact.Plan // preview: cover the picture as a copy by this plan would
}

// Interval is a range that was really on the glass. From and To, both shown,
// are frames (from 0) of footage, pages (from 1) of documents, milliseconds
// (from 0) of sound alone.
type Interval struct {
	Kind      string  `json:"kind"`
	From      int64   `json:"from"`
	To        int64   `json:"to"`
	Presented int64   `json:"presented"` // distinct frames drawn within
	Speed     float64 `json:"speed"`     // 1 = real time, negative = backwards, 0 = still
	Sound     string  `json:"sound"`
	Visible   bool    `json:"visible"`
	WallMs    int64   `json:"wall_ms"`
}

// Kinds of interval. Served is written by the desk itself for what it gave out
// and nobody reported, Thumbnail for small pictures of the whole; neither ever
// counts.
const (
	KindPlay   = "play"
	KindStep   = "step"
	KindStill  = "still"
	KindPage   = "page"
	KindServed = "served"

	KindThumbnail = "thumbnail"
)

// Sound of an interval.
const (
	SoundOn    = "on"
	SoundMuted = "muted"
	SoundNone  = "none"
)

// Coverage is what the program showed to one account over all its viewings of
// one record or copy (系统向该账号显示的画面范围). It proves display, not
// attention, and is never merged between people.
type Coverage struct {
	Ranges []Range // counted as reviewed (有效审看)
	Fast   []Range // on the glass, but too fast, hidden, backwards or without sound: not counted
	Shown  int64   // how many are counted
	Seen   int64   // how many were on the glass, counted or not
	Total  int64
	Share  float64 // counted of all, 0..1
	Unit   string  // UnitFrame, UnitPage or UnitMs
	Speed  float64 // the fastest speed that counts; 0 where no viewing is meant
}

// PageText is the text of a page with its places.
type PageText struct {
	Page          int
	Source        string // text | ocr | none
	Text          string
	Boxes         []extract.Box
	Width, Height float64 // points
}

// Cue is one spoken span with the frame at which it begins.
type Cue struct {
	catalog.Cue

	Frame int64
}

// Line is a version of one line of the transcript, its cues with their frames.
type Line struct {
	catalog.Transcript

	Cues []Cue
}

// Get returns an open viewing of this account. ErrNoViewing for any other id:
// who guesses an id learns nothing.
func (d *Desk) Get(id string, actor accounts.Actor) (*Viewing, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	v, ok := d.open[id]
	if !ok || v.info.Actor.ID != actor.ID {
		return nil, ErrNoViewing.With("viewing", id)
	}
	return v, nil
}

// CloseAll closes every viewing, at sign-out and at the end.
func (d *Desk) CloseAll(ctx context.Context, kind string) error {
	d.mu.Lock()
	all := make([]*Viewing, 0, len(d.open))
	for _, v := range d.open {
		all = append(all, v)
	}
	d.mu.Unlock()
	return closeEach(ctx, all, kind)
}

// CloseOf closes every viewing of a record, whoever has it open.
func (d *Desk) CloseOf(ctx context.Context, recordID, kind string) error {
	return closeEach(ctx, d.before(recordID), kind)
}

// Viewed reports whether somebody has a record before him.
func (d *Desk) Viewed(recordID string) bool { return len(d.before(recordID)) > 0 }

func (d *Desk) before(recordID string) []*Viewing {
	d.mu.Lock()
	defer d.mu.Unlock()
	var of []*Viewing
	for _, v := range d.open {
		if v.info.Record.ID == recordID {
			of = append(of, v)
		}
	}
	return of
}
