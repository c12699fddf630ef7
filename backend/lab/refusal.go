package main

import (
	"errors"

	"diaoyue.example/workstation/media"
)

// refusal is the engine's own name for why it will not show a file, "" for an
// error that has none: the window then could say nothing a clerk understands.
func refusal(err error) string {
	for name, e := range refusals() {
		if errors.Is(err, e) {
			return name
		}
	}
	return ""
}

func refusals() map[string]error {
	return map[string]error{
		"empty":       media.ErrEmpty,
		"unsupported": media.ErrUnsupported,
		"damaged":     media.ErrDamaged,
		"moov":        media.ErrMissingMoov,
		"encrypted":   media.ErrEncrypted,
		"no-video":    media.ErrNoVideo,
		"no-sound":    media.ErrNoSound,
		"no-frame":    media.ErrNoFrame,
		"inexact":     media.ErrInexact,
	}
}
