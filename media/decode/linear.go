package decode

import (
	"context"
	"os"

	"diaoyue.example/workstation/media"
	"diaoyue.example/workstation/media/frameindex"
	"diaoyue.example/workstation/media/internal/av"
)

// Linear decodes f once from its first to its last picture and hands each to
// fn, which must not keep it. With an index that is not provisional, each
// picture is proved by its hash (media.ErrInexact), and one picture more or
// fewer is media.ErrInexact too. Without one, numbers are counted and times
// are as the stream says. fn's error stops it.
func Linear(ctx context.Context, f *os.File, ix *frameindex.Index, fn func(*Frame) error) error {
	s, err := av.Open(ctx, f)
	if err != nil {
		return err
	}
	defer s.Close()
	stream := s.Video()
	if stream < 0 {
		return media.ErrNoVideo
	}
	if ix != nil && ix.State() == frameindex.Provisional {
		ix = nil
	}
	threads := 1 // alone deterministic on a stream that may be damaged
	if ix != nil && ix.State() == frameindex.Verified {
		threads = defaultThreads
	}
	s.Select(stream)
	d, err := av.NewDecoder(s, stream, threads)
	if err != nil {
		return err
	}
	defer d.Close()
	l := &linear{ix: ix, fn: fn, rotation: s.Rotation(stream), timeBase: s.TimeBase(stream), origin: av.NoPTS}
	if _, err := av.Pass(ctx, s, d, func(int64, av.Packet) {}, l.frame); err != nil {
		return err
	}
	if ix != nil && l.n != ix.Len() {
		return media.ErrInexact
	}
	return nil
}

type linear struct {
	ix       *frameindex.Index
	fn       func(*Frame) error
	rotation int
	timeBase media.Rational
	n        int64
	origin   int64
}

func (l *linear) frame(pic *av.Frame) error {
	info := media.FrameInfo{Number: l.n, PTS: pic.PTS(), Keyframe: pic.Key()}
	if l.origin == av.NoPTS {
		l.origin = info.PTS
	}
	if info.PTS != av.NoPTS {
		info.Time = l.timeBase.Seconds(info.PTS - l.origin)
	}
	if l.ix != nil {
		if l.n >= l.ix.Len() || l.ix.At(l.n).Hash != pic.Hash() {
			return media.ErrInexact
		}
		info.Time = l.ix.Time(l.n)
	}
	l.n++
	return l.fn(&Frame{pic: pic, rotation: l.rotation, timeBase: l.timeBase, info: info})
}
