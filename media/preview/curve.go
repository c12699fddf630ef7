package preview

import (
	"math"

	"diaoyue.example/workstation/media"
)

const (
	soundPiece = 10.0 // s decoded at once
	finest     = 10   // ms a bin
	coarser    = 8    // bins of one level to a bin of the next
	levelCount = 4
)

// curve gathers the least and the greatest sample of every bin.
type curve struct{ pairs []int8 }

func newCurve(duration float64) *curve {
	return &curve{pairs: make([]int8, 2*int(math.Ceil(duration*1000/finest)))}
}

// add takes samples in; of several channels the loudest counts.
func (c *curve) add(s media.Samples) {
	if s.Rate <= 0 || s.Channels <= 0 {
		return
	}
	bins := len(c.pairs) / 2
	for i := range len(s.Data) / s.Channels {
		at := int((s.From+float64(i)/float64(s.Rate))*1000/finest + 1e-6)
		if at < 0 || at >= bins {
			continue
		}
		for _, v := range s.Data[i*s.Channels : (i+1)*s.Channels] {
			level := int8(v >> 8) //nolint:gosec // the upper half of 16 bits
			c.pairs[2*at] = min(c.pairs[2*at], level)
			c.pairs[2*at+1] = max(c.pairs[2*at+1], level)
		}
	}
}

type level struct {
	binMs int
	pairs []byte
}

// levels gives the curve at every zoom, finest first.
func (c *curve) levels() []level {
	out := make([]level, 0, levelCount)
	pairs, binMs := c.pairs, finest
	for range levelCount {
		bytes := make([]byte, len(pairs))
		for i, v := range pairs {
			bytes[i] = byte(v) //nolint:gosec // the bits of a signed byte
		}
		out = append(out, level{binMs, bytes})
		pairs, binMs = coarse(pairs), binMs*coarser
	}
	return out
}

func coarse(pairs []int8) []int8 {
	bins := len(pairs) / 2
	out := make([]int8, 2*((bins+coarser-1)/coarser))
	for i := range bins {
		k := i / coarser
		out[2*k] = min(out[2*k], pairs[2*i])
		out[2*k+1] = max(out[2*k+1], pairs[2*i+1])
	}
	return out
}
