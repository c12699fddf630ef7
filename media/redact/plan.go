// Package redact hides parts of a recording for certain: a Plan says what is
// covered from which frame to which and why, and Plan.Apply covers it. Preview
// and export call the very same Apply, so what a person was shown is what
// leaves the house.
//
// The invariant: whatever a plan names is covered at least where it says, never
// less; geometry is only ever rounded outward, sound only ever silenced longer.
package redact

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
)

// Version is the plan format written and understood here (docs/formats/plan.md).
const Version = 1

// Shapes and effects offered in this version. Solid cover is the only effect:
// blur and mosaic can be undone and are refused by name (ErrEffect).
const (
	ShapeRect     = "rect"
	EffectFill    = "fill"
	EffectSilence = "silence"
)

// Plan says what of one original is to be hidden. Make it with ParsePlan; a Plan
// put together by hand is checked by Check.
type Plan struct {
	Version  int     `json:"version"`
	Original string  `json:"original"` // "sha256:" and 64 lower hex digits; "" = not bound yet
	Tracks   []Track `json:"tracks"`
	Mutes    []Mute  `json:"mutes"`
}

// Track is one thing to be covered as it moves through the picture.
type Track struct {
	ID        string     `json:"id"`
	Shape     string     `json:"shape"`
	Effect    string     `json:"effect"`
	Ground    string     `json:"ground"` // one of Grounds, "" while drafting
	Reason    string     `json:"reason"`
	Keyframes []Keyframe `json:"keyframes"`
}

// Keyframe fixes a track's rectangle at a frame, in pixels of the upright
// picture. Visible false ends the cover at this frame.
type Keyframe struct {
	Frame   int64   `json:"frame"` // 0-based display frame
	X       float64 `json:"x"`
	Y       float64 `json:"y"`
	W       float64 `json:"w"`
	H       float64 `json:"h"`
	Visible bool    `json:"visible"`
}

// Mute silences the sound from From (inclusive) to To (exclusive), in seconds
// from the first shown frame.
type Mute struct {
	From   float64 `json:"from"`
	To     float64 `json:"to"`
	Effect string  `json:"effect"`
	Ground string  `json:"ground,omitempty"`
	Reason string  `json:"reason,omitempty"`
}

// Canonical returns the one spelling of p: fields in the order of the format,
// no white space, no escaped Han or HTML, no null. Equal plans have equal bytes.
func (p Plan) Canonical() []byte {
	if p.Tracks == nil {
		p.Tracks = []Track{}
	}
	if p.Mutes == nil {
		p.Mutes = []Mute{}
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(p); err != nil {
		panic("redact: a plan that was never checked: " + err.Error()) // only NaN or Inf, which Check refuses
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

// Digest is the SHA-256 of Canonical in lower hex: what an approval binds.
func (p Plan) Digest() string {
	sum := sha256.Sum256(p.Canonical())
	return hex.EncodeToString(sum[:])
}

// Empty reports whether p hides nothing at all.
func (p Plan) Empty() bool { return len(p.Tracks) == 0 && len(p.Mutes) == 0 }
