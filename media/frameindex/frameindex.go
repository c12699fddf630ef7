// Package frameindex says which picture is frame number n: its packet, its
// time and what it looks like.
//
// Invariant: a Verified index is the record of one linear decode of the whole
// stream; frame numbers come from the decoder's output and never from sorted
// time stamps. An index made of packets alone is Provisional and says so.
package frameindex

import (
	"sort"

	"diaoyue.example/workstation/media"
	"diaoyue.example/workstation/media/internal/av"
)

// State says how far an index can be trusted.
type State int

// States of an index.
const (
	Provisional State = iota // from packets only: numbers may be wrong
	Verified                 // from a linear decode without a complaint
	Damaged                  // from a linear decode of a stream with errors: decode with one thread
)

// String returns "provisional", "verified" or "damaged".
func (s State) String() string {
	switch s {
	case Provisional:
		return "provisional"
	case Verified:
		return "verified"
	case Damaged:
		return "damaged"
	}
	return "unknown"
}

// Entry is one shown frame.
type Entry struct {
	Packet int64  // number of its packet in the stream, in the file's order
	PTS    int64  // in TimeBase; NoPTS if the stream does not say
	Hash   uint64 // of the decoded picture; 0 while provisional
	Key    bool   // decodable by itself
}

// NoPTS stands for a missing time stamp.
const NoPTS = av.NoPTS

// Index is immutable and safe for concurrent use.
type Index struct {
	state    State
	stream   int
	timeBase media.Rational
	fileSize int64
	versions string
	packets  []av.Packet
	frames   []Entry

	first []int64   // packet → its first frame, or -1
	keys  []int64   // key packets in the file's order
	times []float64 // frame → s since frame 0, never falling
}

// finish derives the tables that are not stored.
func (ix *Index) finish() *Index {
	ix.first = make([]int64, len(ix.packets))
	for i, p := range ix.packets {
		ix.first[i] = -1
		if p.Key() {
			ix.keys = append(ix.keys, int64(i))
		}
	}
	for n := len(ix.frames) - 1; n >= 0; n-- {
		if k := ix.frames[n].Packet; k >= 0 && k < int64(len(ix.first)) {
			ix.first[k] = int64(n)
		}
	}
	ix.times = clock(ix.frames, ix.timeBase)
	return ix
}

// jump is how far back a time stamp must fall to count as a restarted clock.
const jump = 1.0 // s

// clock gives each frame a time that never falls: a stream whose clock starts
// anew (joined transport streams) goes on where it was, and a missing time
// stamp takes the usual step.
func clock(frames []Entry, tb media.Rational) []float64 {
	out := make([]float64, len(frames))
	step := usualStep(frames, tb)
	origin := NoPTS
	base := 0.0
	for n, e := range frames {
		prev := 0.0
		if n > 0 {
			prev = out[n-1]
		}
		switch {
		case e.PTS == NoPTS:
			if n > 0 {
				out[n] = prev + step
			}
			continue
		case origin == NoPTS:
			origin = e.PTS
			if n > 0 {
				base = prev + step
			}
		}
		t := base + tb.Seconds(e.PTS-origin)
		if t < prev-jump {
			origin, base = e.PTS, prev+step
			t = base
		}
		out[n] = max(t, prev)
	}
	return out
}

// usualStep is the median distance of the first frames, in seconds.
func usualStep(frames []Entry, tb media.Rational) float64 {
	var steps []float64
	for n := 1; n < len(frames) && len(steps) < 101; n++ {
		if a, b := frames[n-1].PTS, frames[n].PTS; a != NoPTS && b > a {
			steps = append(steps, tb.Seconds(b-a))
		}
	}
	if len(steps) == 0 {
		return 0.04
	}
	sort.Float64s(steps)
	return steps[len(steps)/2]
}

// Len returns the number of frames.
func (ix *Index) Len() int64 { return int64(len(ix.frames)) }

// State says how far the numbers can be trusted.
func (ix *Index) State() State { return ix.state }

// Stream returns the number of the stream in the container, -1 if there is no video.
func (ix *Index) Stream() int { return ix.stream }

// TimeBase returns the seconds per unit of PTS.
func (ix *Index) TimeBase() media.Rational { return ix.timeBase }

// FileSize returns the length of the file that was indexed, in bytes.
func (ix *Index) FileSize() int64 { return ix.fileSize }

// Versions names the libraries that decoded the pictures.
func (ix *Index) Versions() string { return ix.versions }

// Current reports whether the libraries in use are those that decoded the
// pictures; otherwise hashes may differ and the index must be built again.
func (ix *Index) Current() bool { return ix.versions == av.Versions() }

// At returns frame n; n must lie in [0, Len).
func (ix *Index) At(n int64) Entry { return ix.frames[n] }

// Time returns the seconds from frame 0 to frame n; n must lie in [0, Len).
func (ix *Index) Time(n int64) float64 { return ix.times[n] }

// Duration returns the seconds from the first to the last frame plus one usual step.
func (ix *Index) Duration() float64 {
	if len(ix.times) == 0 {
		return 0
	}
	return ix.times[len(ix.times)-1] + usualStep(ix.frames, ix.timeBase)
}

// FrameAt returns the frame on show at so many seconds after frame 0, held to
// the first and last one; -1 if there is none.
func (ix *Index) FrameAt(seconds float64) int64 {
	if len(ix.times) == 0 {
		return -1
	}
	const rounding = 1e-6 // times are written in decimals
	n := sort.Search(len(ix.times), func(i int) bool { return ix.times[i] > seconds+rounding })
	return int64(max(n-1, 0))
}

// KeyframeBefore returns the last key frame ≤ n, 0 if there is none.
func (ix *Index) KeyframeBefore(n int64) int64 {
	for n = min(n, ix.Len()-1); n > 0; n-- {
		if ix.frames[n].Key {
			return n
		}
	}
	return 0
}

// KeyframeAfter returns the first key frame > n, the last frame if there is none.
func (ix *Index) KeyframeAfter(n int64) int64 {
	for n = max(n+1, 0); n < ix.Len(); n++ {
		if ix.frames[n].Key {
			return n
		}
	}
	return ix.Len() - 1
}

// Packets returns the number of packets in the stream.
func (ix *Index) Packets() int64 { return int64(len(ix.packets)) }

// Packet returns packet i; i must lie in [0, Packets).
func (ix *Index) Packet(i int64) av.Packet { return ix.packets[i] }

// FrameOf returns the first frame made of packet i, -1 if it shows none.
func (ix *Index) FrameOf(i int64) int64 {
	if i < 0 || i >= int64(len(ix.first)) {
		return -1
	}
	return ix.first[i]
}

// SeekPoint returns the last key packet before packet limit that is shown at
// or before frame n and that usable allows; -1 if there is none. A key shown
// after n cannot serve: n may be a leading picture of an open group.
func (ix *Index) SeekPoint(n, limit int64, usable func(packet int64) bool) int64 {
	limit = min(limit, ix.frames[n].Packet+1)
	i := sort.Search(len(ix.keys), func(i int) bool { return ix.keys[i] >= limit })
	for i--; i >= 0; i-- {
		k := ix.keys[i]
		if r := ix.first[k]; r <= n && (r >= 0 || ix.packets[k].Discard()) && usable(k) {
			return k
		}
	}
	return -1
}
