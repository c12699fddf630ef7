package redact

import (
	"fmt"
	"math"
	"regexp"
)

// Bounds that no real recording reaches; they keep the arithmetic exact.
const (
	maxCoordinate = 1 << 20 // pixels
	maxFrame      = 1 << 31
	maxSeconds    = 1 << 24
	maxText       = 2000 // bytes of a reason
	maxID         = 100  // bytes of a track id
)

var original = regexp.MustCompile(`^sha256:[0-9a-f]{64}$`)

// Check tells whether p can be carried out by this version, wrapping the
// sentinels of this package. Grounds and reasons may still be missing: asking
// for them is the law's part (disclosure), not the engine's.
func (p Plan) Check() error {
	if p.Version != Version {
		return fmt.Errorf("%w: %d", ErrVersion, p.Version)
	}
	if p.Original != "" && !original.MatchString(p.Original) {
		return ErrOriginal
	}
	seen := map[string]bool{}
	for i, t := range p.Tracks {
		if t.ID == "" || len(t.ID) > maxID || seen[t.ID] {
			return fmt.Errorf("%w: track %d", ErrTrackID, i)
		}
		seen[t.ID] = true
		if err := t.check(); err != nil {
			return fmt.Errorf("track %q: %w", t.ID, err)
		}
	}
	for i, m := range p.Mutes {
		if err := m.check(); err != nil {
			return fmt.Errorf("mute %d: %w", i, err)
		}
	}
	return nil
}

func (t Track) check() error {
	if t.Shape != ShapeRect {
		return fmt.Errorf("%w: %q", ErrShape, t.Shape)
	}
	if t.Effect != EffectFill {
		return fmt.Errorf("%w: %q", ErrEffect, t.Effect)
	}
	if err := checkGround(t.Ground, t.Reason); err != nil {
		return err
	}
	if len(t.Keyframes) == 0 {
		return ErrKeyframes
	}
	for i, k := range t.Keyframes {
		if k.Frame < 0 || k.Frame > maxFrame || i > 0 && k.Frame <= t.Keyframes[i-1].Frame {
			return fmt.Errorf("%w: keyframe %d", ErrKeyframes, i)
		}
		for _, v := range []float64{k.X, k.Y, k.W, k.H} {
			if math.IsNaN(v) || math.Abs(v) > maxCoordinate {
				return fmt.Errorf("%w: keyframe %d", ErrGeometry, i)
			}
		}
		if k.W < 0 || k.H < 0 || k.Visible && (k.W == 0 || k.H == 0) {
			return fmt.Errorf("%w: keyframe %d", ErrGeometry, i)
		}
	}
	return nil
}

func (m Mute) check() error {
	if m.Effect != EffectSilence {
		return fmt.Errorf("%w: %q", ErrEffect, m.Effect)
	}
	if !(m.From >= 0 && m.To > m.From && m.To <= maxSeconds) { // NaN fails too
		return ErrMute
	}
	return checkGround(m.Ground, m.Reason)
}

func checkGround(ground, reason string) error {
	if len(reason) > maxText {
		return ErrReason
	}
	if ground == "" {
		return nil
	}
	for _, g := range Grounds() {
		if g.Value == ground {
			return nil
		}
	}
	return ErrGround
}
