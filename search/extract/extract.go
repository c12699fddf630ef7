// Package extract opens the papers of the archive: it tells what a file is,
// takes its text page by page, and shows a page as a picture.
//
// Invariant: whatever the bytes are, the answer is one of the States; no file
// stops the program, and what was read before a failure is kept.
package extract

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"
)

// State is what became of a file.
type State string

// States of a file. Every state is archived and found by its description.
const (
	StateText        State = "text"
	StateNeedsOCR    State = "needs_ocr"
	StateEncrypted   State = "encrypted"
	StateUnsupported State = "unsupported"
	StateFailed      State = "failed"
	StateTimeout     State = "timeout"
)

// Why a file is in its state: StateFailed, if not said otherwise.
const (
	WhyDamaged  = "damaged"  // it cannot be read to its end
	WhyEmpty    = "empty"    // it has no bytes
	WhyLimit    = "limit"    // it would cost more than a file may
	WhyMemory   = "memory"   // it took more memory than the worker may have
	WhyWorker   = "worker"   // the worker ended over it, twice
	WhyRepeated = "repeated" // it ended so many workers that none is given it any more
	WhyBusy     = "busy"     // too much was being read at once
	WhyOther    = "other"
	// Why a file is StateUnsupported though LibreOffice could lay it out.
	WhyNoOffice     = "office_absent" // there is none on this machine
	WhyOfficeFailed = "office_failed" // it made nothing of the file
	WhyOfficeSlow   = "office_slow"   // it was ended after its time
)

// Sentinels of this engine.
var (
	ErrEmpty       = errors.New("the file is empty")
	ErrEncrypted   = errors.New("the file is protected by a password")
	ErrUnsupported = errors.New("this kind of file is not read")
	ErrLimit       = errors.New("the file exceeds a limit")
	ErrDamaged     = errors.New("the file is damaged")
	ErrNoPage      = errors.New("there is no such page")
	ErrBusy        = errors.New("too many documents are open")
	ErrTimeout     = errors.New("reading took too long")
	ErrNoReader    = errors.New("nothing on this machine reads the text off a picture")
	ErrNoFont      = errors.New("no Chinese font was found: install the Debian package fonts-noto-cjk")
)

// Sources of a page's text.
const (
	SourceText = "text" // the file holds it
	SourceOCR  = "ocr"  // read off the picture of the page
	SourceNone = "none" // there is no text: a picture
	// SourceGarbled: the file holds text, but more than a twentieth of its
	// characters mean nothing (private use, replaced).
	SourceGarbled = "garbled"
)

// Box is one run of text, usually one character, on a page: fractions of the
// page, origin at the top left. Start and End are the byte range in Page.Text.
type Box struct {
	X     float64 `json:"x"`
	Y     float64 `json:"y"`
	W     float64 `json:"w"`
	H     float64 `json:"h"`
	Text  string  `json:"text"`
	Start int     `json:"start"`
	End   int     `json:"end"`
	// Confidence of the line it was read with, 0…1; 0 where the file holds the text.
	Confidence float64 `json:"confidence,omitempty"`
}

// Page is one page's text. Spaces that a PDF puts between Han are already
// dropped.
type Page struct {
	N      int     `json:"n"` // 1-based
	Text   string  `json:"text"`
	Source string  `json:"source"` // one of the Sources
	Boxes  []Box   `json:"boxes"`
	Width  float64 `json:"width"`  // points
	Height float64 `json:"height"` // points
	// Confidence is the mean of the characters that were read, 0…1; 0 where the
	// file holds the text.
	Confidence float64 `json:"confidence,omitempty"`
}

// Within gives the boxes of the characters in a byte range of Text, as search's
// Marks names them.
func (p Page) Within(start, end int) []Box {
	var out []Box
	for _, b := range p.Boxes {
		if b.Start < end && b.End > start {
			out = append(out, b)
		}
	}
	return out
}

// Check says whether the page can be: it has a number, a size, and boxes that
// name its text. ErrDamaged.
func (p Page) Check() error {
	if p.N < 1 || p.Width < 0 || p.Height < 0 {
		return fmt.Errorf("page %d of %g by %g: %w", p.N, p.Width, p.Height, ErrDamaged)
	}
	for _, b := range p.Boxes {
		if b.Start < 0 || b.End < b.Start || b.End > len(p.Text) {
			return fmt.Errorf("a box of the bytes %d to %d: %w", b.Start, b.End, ErrDamaged)
		}
	}
	return nil
}

// Meta is what is known of a file after it was read.
type Meta struct {
	State  State  `json:"state"`
	Why    string `json:"why,omitempty"`    // one of the codes above
	Reason string `json:"reason,omitempty"` // the same at length in English, for every State but text and needs_ocr
	Kind   string `json:"kind,omitempty"`   // pdf, docx, txt, image, srt
	Pages  int    `json:"pages"`
}

// Image is a page as a picture.
type Image struct {
	Bytes         []byte
	MIME          string
	Width, Height int // pixels
}

// Document is an open file. It is safe for concurrent use; Close it.
type Document interface {
	Kind() string
	Pages() int
	// Page is the text and boxes of page n (1-based). ErrNoPage beyond the last.
	Page(ctx context.Context, n int) (Page, error)
	// Render is page n as a picture widthPx wide (clamped to 16…Limits.RenderWidth).
	Render(ctx context.Context, n, widthPx int) (Image, error)
	Close() error
}

// Format reads one family of files. The rooms below extract provide them.
type Format interface {
	// Probe says how surely the file is of this format, 0 (not) to 100, by the
	// first bytes and, where bytes cannot tell, the name.
	Probe(head []byte, name string) int
	// Open reads from f, which stays the caller's and must stay open until the
	// document is closed.
	Open(ctx context.Context, f *os.File, name string) (Document, error)
}

// Limits bound what one file may cost. A zero field takes its default.
type Limits struct {
	FileBytes     int64         // 1 GiB
	TextBytes     int64         // 20 MiB of text in all
	Pages         int           // 5,000
	RenderWidth   int           // 4,000 px
	RenderPixels  int           // 40 million
	PageTime      time.Duration // 30 s for one page's text or picture
	ReadTime      time.Duration // 2 min to read the text off one picture
	FileTime      time.Duration // 10 min for the text of a whole file
	ExpandedBytes int64         // 256 MiB out of one zip
	Ratio         int64         // 400 times the packed size, for one part over 1 MiB
	Depth         int           // 256 nested XML elements
}

// WithDefaults fills the fields that are zero.
func (l Limits) WithDefaults() Limits {
	def := Limits{
		FileBytes: 1 << 30, TextBytes: 20 << 20, Pages: 5000, RenderWidth: 4000, RenderPixels: 40_000_000,
		PageTime: 30 * time.Second, ReadTime: 2 * time.Minute, FileTime: 10 * time.Minute,
		ExpandedBytes: 256 << 20, Ratio: 400, Depth: 256,
	}
	l.FileBytes = orDefault(l.FileBytes, def.FileBytes)
	l.TextBytes = orDefault(l.TextBytes, def.TextBytes)
	l.Pages = orDefault(l.Pages, def.Pages)
	l.RenderWidth = orDefault(l.RenderWidth, def.RenderWidth)
	l.RenderPixels = orDefault(l.RenderPixels, def.RenderPixels)
	l.PageTime = orDefault(l.PageTime, def.PageTime)
	l.ReadTime = orDefault(l.ReadTime, def.ReadTime)
	l.FileTime = orDefault(l.FileTime, def.FileTime)
	l.ExpandedBytes = orDefault(l.ExpandedBytes, def.ExpandedBytes)
	l.Ratio = orDefault(l.Ratio, def.Ratio)
	l.Depth = orDefault(l.Depth, def.Depth)
	return l
}

func orDefault[T int | int64 | time.Duration](v, def T) T {
	if v <= 0 {
		return def
	}
	return v
}
