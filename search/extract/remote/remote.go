// Package remote is the extractor over a conduit: the same work, done in
// another process, so that a parser that dies on foreign bytes takes neither
// the window nor the log with it.
//
// The invariant: whatever a file does to its worker, File ends with one of the
// states and what was read before is kept; what the worker says is bounded and
// looked at before it is believed.
package remote

import (
	"diaoyue.example/workstation/backend/conduit"
	"diaoyue.example/workstation/search/extract"
)

// Methods of the protocol.
const (
	methodFile       = "file"       // the text of a whole file, page by page
	methodEnclosures = "enclosures" // the files that another carries, piece by piece
	methodOpen       = "open"       // for the page view
	methodPage       = "page"       // text and boxes
	methodRender     = "render"     // a picture
	methodRead       = "read"       // the text read off the picture of a page
)

type fileArgs struct {
	Name string `json:"name"` // for formats that bytes cannot tell
}

type openAnswer struct {
	Kind  string `json:"kind"`
	Pages int    `json:"pages"`
}

type pageArgs struct {
	Page    int `json:"page"`
	WidthPx int `json:"width_px,omitempty"`
}

type imageAnswer struct {
	MIME   string `json:"mime"`
	Width  int    `json:"width"`
	Height int    `json:"height"`
}

// maxPage bounds one page's text and boxes as JSON, and one picture. A page of
// a hundred thousand characters has 12 MB.
const maxPage = conduit.MaxCallBody

// errs is how the extractor's errors cross.
func errs() conduit.Errors {
	return conduit.Errors{Sentinels: map[string]error{
		"extract.encrypted":   extract.ErrEncrypted,
		"extract.unsupported": extract.ErrUnsupported,
		"extract.limit":       extract.ErrLimit,
		"extract.empty":       extract.ErrEmpty,
		"extract.damaged":     extract.ErrDamaged,
		"extract.no_page":     extract.ErrNoPage,
		"extract.busy":        extract.ErrBusy,
		"extract.timeout":     extract.ErrTimeout,
		"extract.no_font":     extract.ErrNoFont,
		"extract.no_reader":   extract.ErrNoReader,
	}}
}
