package viewing

import "math"

// What the numbers of a viewing count.
const (
	UnitFrame = "frame" // frames of a recording, from 0
	UnitPage  = "page"  // pages of a document or photograph, from 1
	UnitMs    = "ms"    // milliseconds of a recording of sound alone, from 0
)

// Unit says what ranges and totals of this viewing count.
func (i Info) Unit() string {
	switch {
	case i.Pages > 0:
		return UnitPage
	case i.Frames == 0 && len(i.Sound) > 0:
		return UnitMs
	}
	return UnitFrame
}

// Total is the number of frames; of pages of a document; of milliseconds of a
// recording of sound alone.
func (i Info) Total() int64 {
	switch i.Unit() {
	case UnitPage:
		return int64(i.Pages)
	case UnitMs:
		return int64(math.Ceil(i.Duration * 1000))
	}
	return i.Frames
}

// whole is the range of everything there is.
func (i Info) whole() Range {
	if i.Unit() == UnitPage {
		return Range{1, int64(i.Pages)}
	}
	return Range{0, i.Total() - 1}
}

// block is how many numbers one entry "serving" announces: about ten seconds
// of footage, ten seconds of sound, one page.
func (i Info) block() int64 {
	switch i.Unit() {
	case UnitPage:
		return 1
	case UnitMs:
		return 10_000
	}
	return 256
}

// span is how long a range lasts when it is played as it was recorded, in
// milliseconds; 0 for pages.
func (v *Viewing) span(r Range) float64 {
	switch v.info.Unit() {
	case UnitMs:
		return float64(r.To - r.From + 1)
	case UnitFrame:
		return (v.times[r.To] - v.times[r.From]) * 1000
	}
	return 0
}
