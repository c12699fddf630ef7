package av

/*
#include "gaps.h"
#include <libavutil/pixdesc.h>
*/
import "C"

import (
	"strings"
	"time"

	"github.com/asticode/go-astiav"

	"diaoyue.example/workstation/media"
)

// Container tells what the file says about itself.
func (s *Source) Container() media.Container {
	c := media.Container{
		Format:   s.Format(),
		BitRate:  s.fmt.BitRate(),
		Metadata: entries(s.fmt.Metadata()),
		Streams:  []media.Stream{},
	}
	if d := s.fmt.Duration(); d > 0 {
		c.Duration = float64(d) / C.AV_TIME_BASE
	}
	if t := s.fmt.StartTime(); t != NoPTS {
		c.Start = float64(t) / C.AV_TIME_BASE
	}
	for i := range s.streams {
		c.Streams = append(c.Streams, s.describe(i))
	}
	c.CreatedAt = createdAt(c.Metadata)
	c.Device = device(c.Metadata)
	return c
}

func (s *Source) describe(i int) media.Stream {
	st := s.streams[i]
	par := st.CodecParameters()
	meta := entries(st.Metadata())
	out := media.Stream{
		Index: i, Kind: kind(par.MediaType()), Codec: par.CodecID().Name(), Language: meta["language"],
		TimeBase: rational(st.TimeBase()), Frames: st.NbFrames(), Cover: s.cover(i),
	}
	if p := C.avcodec_profile_name(uint32(par.CodecID()), C.int(par.Profile())); p != nil {
		out.Profile = C.GoString(p)
	}
	if d := st.Duration(); d > 0 {
		out.Duration = out.TimeBase.Seconds(d)
	}
	switch out.Kind {
	case media.KindVideo:
		out.Width, out.Height, out.Rotation = par.Width(), par.Height(), s.Rotation(i)
		// what the container says of the shape of points goes before what the stream does, as for the ffmpeg program
		out.SAR, out.FrameRate = rational(s.fmt.GuessSampleAspectRatio(st, nil)), rational(st.AvgFrameRate())
		out.VariableRate = variable(st)
		out.PixelFormat = C.GoString(C.av_get_pix_fmt_name(int32(par.PixelFormat())))
		out.ColorSpace = C.GoString(C.av_color_space_name(uint32(par.ColorSpace())))
		out.ColorRange = C.GoString(C.av_color_range_name(uint32(par.ColorRange())))
	case media.KindAudio:
		out.SampleRate, out.Channels = par.SampleRate(), par.ChannelLayout().NbChannels()
	}
	return out
}

func kind(t astiav.MediaType) string {
	switch t { //nolint:exhaustive // everything else is data
	case astiav.MediaTypeVideo:
		return media.KindVideo
	case astiav.MediaTypeAudio:
		return media.KindAudio
	case astiav.MediaTypeSubtitle:
		return media.KindSubtitle
	case astiav.MediaTypeAttachment:
		return media.KindAttachment
	default:
		return media.KindData
	}
}

// variable compares the average rate with the lowest rate that could hold all
// time stamps: where they differ by more than a hundredth, the pictures are
// not evenly spaced.
func variable(st *astiav.Stream) bool {
	avg, base := st.AvgFrameRate().Float64(), st.RFrameRate().Float64()
	return avg > 0 && base > 0 && (base-avg)/base > 0.01
}

func entries(d *astiav.Dictionary) map[string]string {
	out := map[string]string{}
	if d == nil {
		return out
	}
	for e := d.Get("", nil, astiav.NewDictionaryFlags(astiav.DictionaryFlagIgnoreSuffix)); e != nil; e = d.Get("", e, astiav.NewDictionaryFlags(astiav.DictionaryFlagIgnoreSuffix)) {
		out[oneLine(e.Key())] = oneLine(e.Value())
	}
	return out
}

func createdAt(meta map[string]string) string {
	for _, key := range []string{"creation_time", "com.apple.quicktime.creationdate", "date"} {
		for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05-0700", "2006-01-02 15:04:05"} {
			if t, err := time.Parse(layout, meta[key]); err == nil {
				return t.Format(time.RFC3339)
			}
		}
	}
	return ""
}

func device(meta map[string]string) string {
	first := func(keys ...string) string {
		for _, k := range keys {
			if meta[k] != "" {
				return meta[k]
			}
		}
		return ""
	}
	return strings.TrimSpace(first("com.apple.quicktime.make", "make", "manufacturer") + " " + first("com.apple.quicktime.model", "model", "device", "DEVICE"))
}
