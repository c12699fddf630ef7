package redact

import (
	"math"

	"diaoyue.example/workstation/media"
)

// FadeSeconds is how long the sound takes to fall before a mute and to rise
// after it. The fades lie outside the muted range, which is digital silence from
// its first to its last sample.
const FadeSeconds = 0.005

// Silence sets the muted ranges of s to zero, sample-exact, with short fades
// outside them. The result does not depend on how the sound was cut into pieces.
func (p Plan) Silence(s *media.Samples) {
	if s.Rate <= 0 || s.Channels <= 0 {
		return
	}
	first := int64(math.Round(s.From * float64(s.Rate)))
	fade := int64(math.Ceil(FadeSeconds * float64(s.Rate)))
	for _, m := range p.Mutes {
		from, to := m.Samples(s.Rate)
		lo := max(from-fade, first)
		hi := min(to+fade, first+int64(len(s.Data)/s.Channels))
		for at := lo; at < hi; at++ {
			frame := s.Data[int(at-first)*s.Channels:][:s.Channels]
			if at >= from && at < to {
				clear(frame)
				continue
			}
			distance := max(from-at, at-to+1) // 1 right at the edge, fade at the far end
			for c, v := range frame {
				frame[c] = int16(int64(v) * distance / (fade + 1)) //nolint:gosec // G115: |v·d/(f+1)| ≤ |v|
			}
		}
	}
}

// Widened returns p with every mute longer by that many seconds at both ends,
// for an encoder that smears a sound into its neighbourhood: what was asked to
// be silent then is silent after the encoder, too. The masks stay as they are.
func (p Plan) Widened(seconds float64) Plan {
	wide := make([]Mute, 0, len(p.Mutes))
	for _, m := range p.Mutes {
		m.From, m.To = max(m.From-seconds, 0), m.To+seconds
		wide = append(wide, m)
	}
	p.Mutes = wide
	return p
}

// Samples returns the muted range of m in samples since the first shown frame at
// rate: from inclusive, to exclusive, rounded outward.
func (m Mute) Samples(rate int) (from, to int64) {
	return int64(math.Floor(m.From * float64(rate))), int64(math.Ceil(m.To * float64(rate)))
}
