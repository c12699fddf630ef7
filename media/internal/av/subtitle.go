package av

import (
	"bytes"

	"github.com/asticode/go-astiav"
)

// Subtitles returns the numbers of the subtitle streams, in the file's order.
func (s *Source) Subtitles() []int {
	var out []int
	for i, st := range s.streams {
		if st.CodecParameters().MediaType() == astiav.MediaTypeSubtitle {
			out = append(out, i)
		}
	}
	return out
}

// Tags returns what the container says about a stream, language and title
// among them.
func (s *Source) Tags(stream int) map[string]string { return entries(s.streams[stream].Metadata()) }

// Payload returns a copy of the first bytes of the packet at hand, at most so
// many. Subtitles are text already: no decoder is opened for them.
func (s *Source) Payload(most int) []byte {
	b := s.packet.Data()
	return bytes.Clone(b[:min(len(b), most)])
}
