package redact

import "errors"

// What can be wrong with a plan. ParsePlan and Check wrap these with the place.
var (
	ErrSyntax       = errors.New("the plan is not well-formed JSON")
	ErrTooLarge     = errors.New("the plan is too large")
	ErrUnknownField = errors.New("unknown field in the plan")
	ErrTwice        = errors.New("field given twice in the plan")
	ErrMissingField = errors.New("field missing in the plan")
	ErrVersion      = errors.New("plan version is not known here")
	ErrOriginal     = errors.New("the original must be named as sha256: and 64 lower hex digits")
	ErrTrackID      = errors.New("track id is empty, too long or used twice")
	ErrShape        = errors.New("shape is not offered in this version")
	ErrEffect       = errors.New("effect is not offered in this version: only solid cover and silence hide for certain")
	ErrGround       = errors.New("ground is not one of the known grounds")
	ErrKeyframes    = errors.New("a track needs keyframes with strictly rising frame numbers")
	ErrGeometry     = errors.New("rectangle is empty or out of range")
	ErrMute         = errors.New("a mute must run from a time to a later one")
	ErrReason       = errors.New("reason is too long")
)
