// Package subtitles takes the words out of the subtitle tracks of a recording.
//
// Invariant: a cue's times count from frame 0, as everything of the engine
// does; nothing is decoded, and what a file may say is bounded.
package subtitles

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"os"
	"slices"

	"diaoyue.example/workstation/media"
	"diaoyue.example/workstation/media/frameindex"
	"diaoyue.example/workstation/media/internal/av"
)

// ErrTooMuch says that the tracks hold more than media's bounds of subtitles.
var ErrTooMuch = fmt.Errorf("%w: more subtitles than any recording holds", media.ErrUnsupported)

// form of the words by FFmpeg's name of the codec; "" is a picture, or unknown.
func form(codec string) string {
	switch codec {
	case movText, "text":
		return media.SubtitlePlain
	case "subrip", "srt":
		return media.SubtitleSRT
	case "webvtt", av.BoxedVTT:
		return media.SubtitleVTT
	case "ass", "ssa":
		return media.SubtitleASS
	}
	return ""
}

// Read returns the subtitle tracks of f by its frame index, in the file's
// order, with those that cannot be read; their cues in the order of their
// times. A recording of sound alone has no index: its times count from the
// file's time 0, as its sound does. Each track of text costs one pass over the
// file. Errors are those of probe.File, ErrNoFrame for an index without frames
// or pictures without an index, and ErrTooMuch.
func Read(ctx context.Context, f *os.File, ix *frameindex.Index) ([]media.SubtitleTrack, error) {
	tracks, streams, err := list(ctx, f, ix == nil)
	if err != nil {
		return nil, err
	}
	origin := 0.0
	if ix != nil {
		if origin, err = originOf(ix); err != nil {
			return nil, err
		}
	}
	left := budget{cues: media.MaxSubtitleCues, bytes: media.MaxSubtitleText}
	for i := range tracks {
		if tracks[i].Form == "" {
			continue
		}
		if tracks[i].Cues, err = cues(ctx, f, streams[i], origin, &left); err != nil {
			return nil, fmt.Errorf("read subtitle track %d: %w", tracks[i].Track, err)
		}
	}
	return tracks, nil
}

// originOf is the file's time at which frame 0 is shown, in seconds.
func originOf(ix *frameindex.Index) (float64, error) {
	for n := range ix.Len() {
		if pts := ix.At(n).PTS; pts != av.NoPTS {
			return ix.TimeBase().Seconds(pts) - ix.Time(n), nil
		}
	}
	return 0, fmt.Errorf("read subtitles: %w", media.ErrNoFrame)
}

func list(ctx context.Context, f *os.File, soundOnly bool) (tracks []media.SubtitleTrack, streams []int, err error) {
	s, err := av.Open(ctx, f)
	if err != nil {
		return nil, nil, err
	}
	defer s.Close()
	if soundOnly && s.Video() >= 0 {
		return nil, nil, fmt.Errorf("read subtitles: %w", media.ErrNoFrame)
	}
	streams = s.Subtitles()
	if len(streams) > media.MaxSubtitleTracks {
		return nil, nil, ErrTooMuch
	}
	tracks = []media.SubtitleTrack{}
	for i, stream := range streams {
		tags, codec := s.Tags(stream), s.SubtitleCodec(stream)
		tracks = append(tracks, media.SubtitleTrack{
			Track: i + 1, Codec: codec, Form: form(codec), Cues: []media.SubtitleCue{},
			Language: bounded(tags["language"]), Title: bounded(title(tags)),
		})
	}
	return tracks, streams, nil
}

// title is how a track calls itself: Matroska says title; an MP4 names its
// handler, which muxers fill with a word of their own.
func title(tags map[string]string) string {
	if t := tags["title"]; t != "" {
		return t
	}
	if h := tags["handler_name"]; h != "SubtitleHandler" {
		return h
	}
	return ""
}

// bounded cuts what a track calls itself.
func bounded(s string) string {
	const most = 200 // bytes
	return clean([]byte(s[:min(len(s), most)]))
}

// budget is what the tracks of one recording may still say.
type budget struct{ cues, bytes int }

// cues reads one stream from the file's start.
func cues(ctx context.Context, f *os.File, stream int, origin float64, left *budget) ([]media.SubtitleCue, error) {
	s, err := av.Open(ctx, f)
	if err != nil {
		return nil, err
	}
	defer s.Close()
	defer s.Watch(ctx)()
	s.Select(stream)
	base, codec := s.TimeBase(stream), s.SubtitleCodec(stream)
	said := sayings{cues: []media.SubtitleCue{}, last: map[phrase]int{}, left: left}
	for {
		p, err := s.Next()
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if err != nil {
			break // the end; a broken rest of a file is its end, as it is for its pictures
		}
		if p.PTS == av.NoPTS || p.Encrypted() {
			continue
		}
		from := base.Seconds(p.PTS) - origin
		to := from + base.Seconds(max(p.Duration, 0))
		if to < 0 || to > longest {
			continue // before the first frame, or no time of a recording
		}
		for _, words := range phrases(codec, s.Payload(media.MaxSubtitleCue)) {
			if err = said.add(words, max(from, 0), to); err != nil {
				return nil, err
			}
		}
	}
	slices.SortStableFunc(said.cues, func(a, b media.SubtitleCue) int { return cmp.Compare(a.From, b.From) })
	return said.cues, nil
}

// sayings are the cues of a track as they come.
type sayings struct {
	cues []media.SubtitleCue
	last map[phrase]int // where a cue stands that may go on in the next packet
	left *budget
}

// add takes what a packet says. A cue beside which another begins or ends is
// written in parts (ISO/IEC 14496-30): parts that touch are one again.
func (s *sayings) add(p phrase, from, to float64) error {
	const touch = 0.0005 // s
	if at, ok := s.last[p]; ok && p.part && math.Abs(s.cues[at].To-from) < touch {
		s.cues[at].To = to
		return nil
	}
	if s.left.cues, s.left.bytes = s.left.cues-1, s.left.bytes-len(p.words); s.left.cues < 0 || s.left.bytes < 0 {
		return ErrTooMuch
	}
	s.last[p] = len(s.cues)
	s.cues = append(s.cues, media.SubtitleCue{From: from, To: to, Text: p.words})
	return nil
}

// longest is a time that no recording reaches, in seconds: 30 days.
const longest = 30 * 24 * 3600

// Check bounds what a worker says it read; nil is fit to be believed.
func Check(tracks []media.SubtitleTrack) error {
	left := budget{cues: media.MaxSubtitleCues, bytes: media.MaxSubtitleText}
	if len(tracks) > media.MaxSubtitleTracks {
		return ErrTooMuch
	}
	for i, t := range tracks {
		known := slices.Contains([]string{"", media.SubtitlePlain, media.SubtitleSRT, media.SubtitleVTT, media.SubtitleASS}, t.Form)
		if t.Track != i+1 || !known || t.Form == "" && len(t.Cues) > 0 || max(len(t.Codec), len(t.Language), len(t.Title)) > 1000 {
			return fmt.Errorf("%w: subtitle track %d", media.ErrDamaged, t.Track)
		}
		for _, q := range t.Cues {
			if !(q.From >= 0 && q.To >= q.From && q.To <= longest) {
				return fmt.Errorf("%w: times of subtitle track %d", media.ErrDamaged, t.Track)
			}
			if left.cues, left.bytes = left.cues-1, left.bytes-len(q.Text); left.cues < 0 || left.bytes < 0 {
				return ErrTooMuch
			}
		}
	}
	return nil
}
