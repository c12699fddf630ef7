package av

import (
	"bytes"

	"github.com/asticode/go-astiav"
)

// WebVTT in an MP4 (ISO/IEC 14496-30): its name and, as FFmpeg packs it, its
// tag. This FFmpeg takes it for data of no known codec.
const (
	BoxedVTT    = "wvtt"
	boxedVTTTag = 'w' | 'v'<<8 | 't'<<16 | 't'<<24
)

// Subtitles returns the numbers of the subtitle streams, in the file's order.
// Those of WebVTT in an MP4 come last: what is known of the others by its place
// keeps it.
func (s *Source) Subtitles() []int {
	var out, boxed []int
	for i, st := range s.streams {
		switch {
		case s.boxedVTT(i):
			boxed = append(boxed, i)
		case st.CodecParameters().MediaType() == astiav.MediaTypeSubtitle:
			out = append(out, i)
		}
	}
	return append(out, boxed...)
}

// SubtitleCodec returns FFmpeg's name of a subtitle stream's codec, or BoxedVTT.
func (s *Source) SubtitleCodec(stream int) string {
	if s.boxedVTT(stream) {
		return BoxedVTT
	}
	return s.Codec(stream)
}

func (s *Source) boxedVTT(stream int) bool {
	return s.streams[stream].CodecParameters().CodecTag() == boxedVTTTag
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
