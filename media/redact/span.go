package redact

// Span is a run of frames in which a track covers something, both ends included.
type Span struct{ From, To int64 }

// Spans returns the runs of frames in which t covers, in a recording of frames
// pictures.
func (t Track) Spans(frames int64) []Span {
	var out []Span
	for i := 0; i < len(t.Keyframes); i++ {
		if !t.Keyframes[i].Visible || t.Keyframes[i].Frame >= frames {
			continue
		}
		s := Span{t.Keyframes[i].Frame, frames - 1}
		for i++; i < len(t.Keyframes); i++ {
			if !t.Keyframes[i].Visible {
				s.To = min(s.To, t.Keyframes[i].Frame-1)
				break
			}
		}
		out = append(out, s)
	}
	return out
}
