// Package remote is the media engine over a conduit: the same work, done in
// another process, so that a decoder that dies on foreign bytes takes neither
// the window nor the log with it.
//
// The invariant: what the worker says is bounded before it is believed, and an
// open recording outlives the worker it was opened in.
package remote

import (
	"encoding/json"

	"diaoyue.example/workstation/media"
)

// Methods of the protocol.
const (
	methodProbe  = "probe"
	methodIndex  = "index"
	methodOpen   = "open"
	methodTimes  = "times"
	methodFrame  = "frame"
	methodSound  = "sound"
	methodExport = "export"
)

type frameArgs struct {
	Frame     int64           `json:"frame"`
	MaxWidth  int             `json:"max_width,omitempty"`
	MaxHeight int             `json:"max_height,omitempty"`
	Lossless  bool            `json:"lossless,omitempty"`
	Digest    bool            `json:"digest,omitempty"`
	Step      int             `json:"step,omitempty"`
	Plan      json.RawMessage `json:"plan,omitempty"` // canonical
}

type frameAnswer struct {
	Info media.FrameInfo `json:"info"`
	MIME string          `json:"mime"`
}

type soundArgs struct {
	Track int     `json:"track"`
	From  float64 `json:"from"`
	To    float64 `json:"to"`
}

type soundAnswer struct {
	Rate     int     `json:"rate"`
	Channels int     `json:"channels"`
	From     float64 `json:"from"`
}

type exportArgs struct {
	Plan json.RawMessage `json:"plan"` // canonical
}
