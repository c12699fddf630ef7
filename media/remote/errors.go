package remote

import (
	"context"
	"errors"

	"diaoyue.example/workstation/media"
	"diaoyue.example/workstation/media/decode"
	"diaoyue.example/workstation/media/export"
	"diaoyue.example/workstation/media/frameindex"
	"diaoyue.example/workstation/media/redact"
)

// ErrWorkerGone says that the worker died or hung up; a fresh one may be asked.
var ErrWorkerGone = errors.New("the media worker is gone")

// ErrRepeated says that this file ended workers so often that none is given it
// any more.
var ErrRepeated = errors.New("this recording repeatedly stops the decoder")

// ErrClosed says that the recording was closed before.
var ErrClosed = errors.New("the recording is closed")

const codeGone = "gone"

// wireError is an error that crossed the connection: its text and, when it was
// one of the engine's sentinels, which.
type wireError struct {
	Code string `json:"code,omitempty"`
	Text string `json:"text"`

	Diagnosis *media.Diagnosis `json:"diagnosis,omitempty"`
}

func (e *wireError) Error() string { return e.Text }

// Is lets errors.Is find the sentinel that was meant at the other end.
func (e *wireError) Is(target error) bool {
	return e.Code != "" && sentinels()[e.Code] == target
}

// full is the error with what was found out about the file, as the engine
// itself would have returned it.
func (e *wireError) full() error {
	if e.Diagnosis == nil {
		return e
	}
	return &media.Refused{Err: e, Diagnosis: *e.Diagnosis}
}

func newWireError(err error) *wireError {
	e := &wireError{Text: err.Error()}
	if d, ok := media.DiagnosisOf(err); ok {
		e.Diagnosis = &d
	}
	for code, s := range sentinels() {
		if errors.Is(err, s) {
			e.Code = code
			break
		}
	}
	return e
}

func sentinels() map[string]error {
	return map[string]error{
		codeGone:               ErrWorkerGone,
		"closed":               ErrClosed,
		"decoder.closed":       decode.ErrClosed,
		"canceled":             context.Canceled,
		"protocol":             errProtocol,
		"media.empty":          media.ErrEmpty,
		"media.unsupported":    media.ErrUnsupported,
		"media.damaged":        media.ErrDamaged,
		"media.moov":           media.ErrMissingMoov,
		"media.encrypted":      media.ErrEncrypted,
		"media.no_video":       media.ErrNoVideo,
		"media.no_sound":       media.ErrNoSound,
		"media.no_frame":       media.ErrNoFrame,
		"media.inexact":        media.ErrInexact,
		"index.format":         frameindex.ErrFormat,
		"index.stale":          decode.ErrStale,
		"redact.syntax":        redact.ErrSyntax,
		"redact.unknown_field": redact.ErrUnknownField,
		"redact.version":       redact.ErrVersion,
		"redact.shape":         redact.ErrShape,
		"redact.effect":        redact.ErrEffect,
		"redact.keyframes":     redact.ErrKeyframes,
		"redact.geometry":      redact.ErrGeometry,
		"redact.mute":          redact.ErrMute,
		"export.other":         export.ErrOtherOriginal,
		"export.target":        export.ErrTarget,
		"export.check":         export.ErrCheck,
	}
}
