package av

/*
#include "gaps.h"
#include <libavcodec/vorbis_parser.h>
*/
import "C"

import "github.com/asticode/go-astiav"

// Lengths tells how many samples each packet of a sound stream brings, where the
// packets differ and say so themselves: Vorbis mixes long and short ones, and
// containers round their durations.
type Lengths struct{ c *C.AVVorbisParseContext }

// NewLengths returns nil for a stream of another kind. Close must follow.
func NewLengths(s *Source, stream int) *Lengths {
	par := s.streams[stream].CodecParameters()
	if par.CodecID() != astiav.CodecIDVorbis {
		return nil
	}
	p := (*C.AVStream)(raw(s.streams[stream])).codecpar
	c := C.av_vorbis_parse_init(p.extradata, p.extradata_size)
	if c == nil {
		return nil
	}
	return &Lengths{c}
}

// Of returns the samples per channel of the packet at hand. They depend on the
// packet before: it must be asked of every packet from the first on.
func (l *Lengths) Of(s *Source) int {
	p := (*C.AVPacket)(raw(s.packet))
	var special C.int // headers in mid-stream bring nothing
	return max(int(C.av_vorbis_parse_frame_flags(l.c, p.data, p.size, &special)), 0)
}

// Close frees l.
func (l *Lengths) Close() { C.av_vorbis_parse_free(&l.c) }
