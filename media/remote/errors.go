package remote

import (
	"encoding/json"

	"diaoyue.example/workstation/backend/conduit"
	"diaoyue.example/workstation/media"
	"diaoyue.example/workstation/media/decode"
	"diaoyue.example/workstation/media/export"
	"diaoyue.example/workstation/media/frameindex"
	"diaoyue.example/workstation/media/redact"
)

// What may happen to any call besides what the engine finds.
var (
	// ErrWorkerGone: the worker died or hung up; a fresh one may be asked.
	ErrWorkerGone = conduit.ErrGone
	// ErrRepeated: this recording ended workers so often that none is given it.
	ErrRepeated = conduit.ErrRepeated
	// ErrClosed: the recording was closed before.
	ErrClosed = conduit.ErrClosed
)

// errs is how this engine's errors cross: with what was found out about the
// file, as the engine itself would have returned them.
func errs() conduit.Errors {
	return conduit.Errors{
		Sentinels: sentinels(),
		Detail: func(err error) any {
			if d, ok := media.DiagnosisOf(err); ok {
				return d
			}
			return nil
		},
		Restore: func(err error, detail json.RawMessage) error {
			var d media.Diagnosis
			if json.Unmarshal(detail, &d) != nil {
				return err
			}
			return &media.Refused{Err: err, Diagnosis: d}
		},
	}
}

func sentinels() map[string]error {
	return map[string]error{
		"decoder.closed":       decode.ErrClosed,
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
