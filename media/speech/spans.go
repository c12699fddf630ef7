package speech

import (
	"math"
	"slices"
)

// How spans are told by loudness.
const (
	frame    = Rate / 50       // 20 ms, in samples
	pause    = 30              // frames of silence that end a span: 0.6 s
	margin   = 10              // frames kept before and after
	least    = 8               // frames of sound that may be a word
	overlap  = Rate            // samples heard twice where a span is cut within speech
	floor    = 0.001           // RMS below which nothing is heard: -60 dB
	above    = 2.8             // times the quiet of the piece: 9 dB
	quietest = 10              // percent of the frames that are its quiet
	earliest = maxSpan * 3 / 5 // where the cut of a long span is looked for
)

// span is a part of a piece in which somebody speaks.
type span struct {
	from, to int  // samples
	seam     bool // it begins with what the one before it ends with
}

// spansOf says what is to be heard at once, and how much of the piece need not
// be given again. The last piece is heard to its end.
func spansOf(ears Ears, pcm []float32, last bool) (out []span, used int) {
	voiced, open, ok := ears.Voice(pcm, last)
	if !ok {
		voiced, open = loud(pcm, last)
	}
	used = len(pcm)
	if open {
		used = 0
	}
	for _, v := range voiced {
		from, to := max(0, v[0]), min(v[1], len(pcm))
		if from < to {
			out = append(out, cut(pcm, span{from: from, to: to})...)
		}
		if open {
			used = max(used, to)
		}
	}
	// Somebody speaks on and on: the piece is heard as it is, but for its end.
	if open && len(pcm)-used > maxLeft {
		more := cut(pcm, span{from: used, to: len(pcm)})
		more = more[:len(more)-1]
		out, used = append(out, more...), more[len(more)-1].to
	}
	return out, used
}

// loud tells spans by loudness. One that lasts to the end of the piece, with no
// pause behind it, is open: its beginning is where the next piece begins.
func loud(pcm []float32, last bool) (out [][2]int, open bool) {
	levels := levelsOf(pcm)
	limit := threshold(levels)
	begun, heard, silent := -1, 0, 0
	end := func(to int) {
		if begun >= 0 && heard >= least {
			out = append(out, [2]int{max(0, begun-margin) * frame, min(to+margin, len(levels)) * frame})
		}
		begun, heard, silent = -1, 0, 0
	}
	for i, l := range levels {
		if l >= limit {
			if begun < 0 {
				begun = i
			}
			heard, silent = heard+1, 0
			continue
		}
		if silent++; begun >= 0 && silent >= pause {
			end(i - silent + 1)
		}
	}
	if begun < 0 {
		return out, false
	}
	if last {
		end(len(levels) - silent)
		return out, false
	}
	// What was left out before it must not be swallowed: a span of no length
	// says where the open one begins.
	at := max(0, begun-margin) * frame
	return append(out, [2]int{at, at}), true
}

func levelsOf(pcm []float32) []float64 {
	out := make([]float64, 0, len(pcm)/frame+1)
	for part := range slices.Chunk(pcm, frame) {
		sum := 0.0
		for _, s := range part {
			sum += float64(s) * float64(s)
		}
		out = append(out, math.Sqrt(sum/float64(len(part))))
	}
	return out
}

// threshold is what sound must reach to be speech, by the quiet of the piece;
// where it is loud throughout, all of it may be.
func threshold(levels []float64) float64 {
	if len(levels) == 0 {
		return floor
	}
	sorted := slices.Sorted(slices.Values(levels))
	quiet, usual := sorted[len(sorted)*quietest/100], sorted[len(sorted)/2]
	return max(floor, min(quiet*above, usual*0.8))
}

// cut makes spans of at most maxSpan out of one, each cut where it is quietest;
// where that is no silence, the next begins a second earlier.
func cut(pcm []float32, s span) []span {
	var out []span
	for s.to-s.from > maxSpan {
		levels := levelsOf(pcm[s.from+earliest : s.from+maxSpan])
		limit, best := threshold(levelsOf(pcm[s.from:s.to])), 0
		for i := range levels {
			if levels[i] < levels[best] {
				best = i
			}
		}
		at := s.from + earliest + best*frame + frame/2
		out = append(out, span{s.from, at, s.seam})
		s.from, s.seam = at, false
		if levels[best] >= limit {
			s.from, s.seam = at-overlap, true
		}
	}
	return append(out, s)
}
